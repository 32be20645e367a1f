//! Rules of which alerts are made, and what tests of alerts have in common.

pub mod calls;
pub mod memory;
pub mod record;

#[allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/alerting.rs"));
}

pub use generated::{RULE_SET, SOURCES};
