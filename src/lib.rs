//! Detection rules for AWS CloudTrail as native code.
//!
//! `build.rs` compiles the rules directory into Rust; this crate is the result, and nothing else:
//! whatever depends on it is compiled again when a rule changes.

use trailalerts_core::{RuleSet, Source};

mod generated;

/// The rules that were compiled in.
pub fn rule_set() -> &'static RuleSet {
    &generated::RULE_SET
}

/// The documents that the rules were compiled from.
pub fn sources() -> &'static [Source] {
    generated::SOURCES
}
