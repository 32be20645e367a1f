//! Rules of which alerts are made, and what tests of alerts have in common.

pub mod calls;
#[allow(clippy::should_implement_trait, reason = "it never ends")]
#[path = "../build/chance.rs"]
pub mod chance;
pub mod load;
pub mod memory;
pub mod month;
pub mod oracle;
pub mod order;
pub mod record;
pub mod yielding;

#[allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/alerting.rs"));
}

pub use generated::{RULE_SET, SOURCES};
