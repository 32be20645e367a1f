//! What both Lambda functions have in common: settings from the environment, logs, metrics, objects of S3.

pub mod aws;
pub mod environment;
pub mod logs;
pub mod metrics;
pub mod object;
