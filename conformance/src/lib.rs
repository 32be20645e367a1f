//! Rules that use every construct of the rule language, compiled as the shipped rules are.
//!
//! This crate is the object of its tests:
//!
//! - `tests/differential` derives records from the rules, and from rules made by chance, and asks the
//!   generated matchers, with and without dispatch, and the reference interpreter of
//!   `sigma-compiler`: all must agree.
//! - `tests/cases` holds both against verdicts written by hand, in `cases/`.
//! - `tests/determinism.rs` compiles the same rules again and expects the same bytes.
//! - `tests/correlations.rs` compares what is generated of correlations and post-processing rules with
//!   their documents.
//! - `tests/coverage.rs` finds constructs that no rule here uses.
//!
//! - `tests/alerts` holds the decisions of the processor on the matches of another set of rules
//!   against expectations written by hand, in `alerting/cases`, and against what follows from all
//!   matches at once.
//!
//! What is here is generated code, and in `alerting` what tests of alerts have in common.

pub mod alerting;

#[allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

pub use generated::{RULE_SET, SOURCES};

/// Rules made by chance, by `build/`.
#[allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated")]
pub mod random {
    include!(concat!(env!("OUT_DIR"), "/random.rs"));
}
