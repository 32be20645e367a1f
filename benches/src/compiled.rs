//! The rules in `benches/rules`, compiled: for the stages, and to tell which records of a corpus
//! concern a rule.

#![allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
