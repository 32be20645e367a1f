//! Detection rules for AWS CloudTrail as native code.
//!
//! `build.rs` compiles the rules directory into Rust; this crate is the result: [`rule_set()`]
//! holds every rule, [`Matcher`] finds those that fire on a [`Record`].
//!
//! Pure: no input or output, no clock, no AWS.

// Generated code names this crate by its absolute path, here as in any other crate.
extern crate self as trailalerts;

pub mod actor;
pub mod alerting;
pub mod correlation;
pub mod exception;
mod generated;
pub mod message;
pub mod postprocessing;
pub mod predicate;
pub mod record;
pub mod rule_set;
pub mod scan;
pub mod structure;

#[doc(hidden)]
pub use {ipnet, phf, regex};

pub use actor::Actor;
pub use alerting::Alerting;
pub use correlation::Correlation;
pub use message::{Match, Origin};
pub use postprocessing::PostprocessingRule;
pub use record::Record;
pub use rule_set::{Level, Matcher, Rule, RuleSet, Source};

/// The rules that were compiled in.
pub fn rule_set() -> &'static RuleSet {
    &generated::RULE_SET
}

/// The documents that the rules were compiled from.
pub fn sources() -> &'static [Source] {
    generated::SOURCES
}
