//! What the measurements of TrailAlerts are made with: logs and rules that are made up, runs of
//! programs, and the bars that they are held to.

pub mod bars;
pub mod compiled;
pub mod corpus;
pub mod floor;
pub mod function;
pub mod instructions;
pub mod measure;
#[cfg(feature = "peers")]
pub mod peers;
pub mod programs;
pub mod random;
pub mod report;
pub mod rules;
pub mod share;
