//! Records derived from rules: the generated matchers, with and without dispatch, must say of each
//! what the reference interpreter says.
//!
//! `fixtures` derives them from the fixture rules, `random` from rules made by chance.

mod encoded;
mod fixtures;
mod folding;
mod mutate;
mod random;
mod regex_text;
mod satisfy;
mod tape;
mod tree;
mod value;
mod write;

#[path = "../common/mod.rs"]
mod common;

use std::env;

use common::Rules;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use satisfy::Names;
use tape::Tape;

/// How many choices a record takes at most.
const CHOICES: usize = 400;

/// What became of the records that were derived from a rule.
#[derive(Default, Clone, Copy)]
struct Tally {
    derived: u32,
    matched: u32,
}

impl Tally {
    fn note(&mut self, matched: bool) {
        self.derived += 1;
        self.matched += u32::from(matched);
    }

    /// Of several rules together.
    fn sum(tallies: &[Tally]) -> Tally {
        Tally {
            derived: tallies.iter().map(|tally| tally.derived).sum(),
            matched: tallies.iter().map(|tally| tally.matched).sum(),
        }
    }

    /// Which part of the records matches the rule that it is derived from.
    fn share(self) -> f64 {
        f64::from(self.matched) / f64::from(self.derived.max(1))
    }
}

/// The number that an environment variable holds.
#[expect(clippy::panic, reason = "a test fails by it")]
fn number<T: std::str::FromStr>(variable: &str, default: T) -> T {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}: `{text}` is no number")),
        Err(_) => default,
    }
}

/// A runner of so many cases, whose chance begins at the two seeds.
fn runner(cases: u32, seed: u64, second_seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&second_seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn json_for(rules: &Rules, names: &Names, rule: usize, choices: &[u16]) -> String {
    let mut tape = Tape::new(choices);
    let mut tree = satisfy::record(&rules.parsed()[rule], names, &mut tape);
    mutate::mutate(&mut tree, &mut tape);
    write::write(&tree, &mut tape)
}

fn failure(json: &str, problem: &str) -> TestCaseError {
    TestCaseError::fail(format!("{problem}\nrecord: {json}"))
}

/// What went wrong, for the smallest record that was found.
fn reason<T: std::fmt::Debug>(error: TestError<T>) -> String {
    match error {
        TestError::Fail(reason, _) => reason.to_string(),
        error => error.to_string(),
    }
}
