//! What compiled rules are made of: a [`RuleSet`] is generated Rust that names this crate by its
//! absolute path, and [`Matcher`] finds those of its rules that fire on a [`Record`].
//!
//! It lies below the rules, so that a change of one compiles none of this again.
//!
//! Pure: no input or output, no clock, no AWS.

pub mod actor;
pub mod alerting;
pub mod correlation;
pub mod exception;
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
