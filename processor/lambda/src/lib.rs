//! The processor with what it needs on AWS.

pub mod dynamodb;
