//! Records derived from the rules: the generated matchers, with and without dispatch, must say of
//! each what the reference interpreter says.
//!
//! `CONFORMANCE_CASES` sets how many records are built and `CONFORMANCE_SEED` where chance begins.

mod encoded;
mod folding;
mod mutate;
mod regex_text;
mod satisfy;
mod tape;
mod tree;
mod value;
mod write;

#[path = "../common/mod.rs"]
mod common;

use std::{cell::RefCell, env};

use common::Rules;
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use satisfy::Names;
use tape::Tape;

const CASES: u32 = 8_000;
const SEED: u64 = 1;

/// How many choices a record takes at most.
const CHOICES: usize = 400;

/// From so many records on, each rule must have matched one of its own, and missed one.
const ENOUGH_CASES: u32 = 3_000;

/// What became of the records that were derived from a rule.
#[derive(Default, Clone)]
struct Tally {
    derived: u32,
    matched: u32,
}

#[expect(clippy::panic, reason = "a test fails by it")]
fn number<T: std::str::FromStr>(variable: &str, default: T) -> T {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}: `{text}` is no number")),
        Err(_) => default,
    }
}

fn json_for(rules: &Rules, names: &Names, rule: usize, choices: &[u16]) -> String {
    let mut tape = Tape::new(choices);
    let mut tree = satisfy::record(&rules.parsed()[rule], names, &mut tape);
    mutate::mutate(&mut tree, &mut tape);
    write::write(&tree, &mut tape)
}

#[test]
fn generated_matchers_agree_with_the_reference() {
    let (cases, seed) = (number("CONFORMANCE_CASES", CASES), number("CONFORMANCE_SEED", SEED));
    let rules = RefCell::new(Rules::new());
    let names = Names::of(rules.borrow().parsed());
    let count = rules.borrow().parsed().len();
    let tallies = RefCell::new(vec![Tally::default(); count]);

    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let strategy = (0..count, vec(any::<u16>(), 0..=CHOICES));
    let outcome = TestRunner::new_with_rng(config, random).run(&strategy, |(rule, choices)| {
        let mut rules = rules.borrow_mut();
        let json = json_for(&rules, &names, rule, &choices);
        let verdicts = rules.verdicts(&json).map_err(|error| failure(&json, &error))?;
        for (at, verdict) in verdicts.iter().enumerate() {
            if verdict.agreed().is_none() {
                let name = rules.name(at);
                return Err(failure(&json, &format!("{name}: {verdict:?}")));
            }
        }
        let tally = &mut tallies.borrow_mut()[rule];
        tally.derived += 1;
        tally.matched += u32::from(verdicts[rule].reference);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => {
            panic!("{reason}\nto see it again: CONFORMANCE_SEED={seed} CONFORMANCE_CASES={cases}")
        }
        Err(error) => panic!("CONFORMANCE_SEED={seed}: {error}"),
    }
    println!("seed {seed}");
    judge(&rules.borrow(), &tallies.borrow(), cases);
}

fn failure(json: &str, problem: &str) -> TestCaseError {
    TestCaseError::fail(format!("{problem}\nrecord: {json}"))
}

/// The records must be worth asking about: a good part of them match the rule that they are
/// derived from, a good part do not, and no rule always does the same.
fn judge(rules: &Rules, tallies: &[Tally], cases: u32) {
    let derived: u32 = tallies.iter().map(|tally| tally.derived).sum();
    let matched: u32 = tallies.iter().map(|tally| tally.matched).sum();
    let share = f64::from(matched) / f64::from(derived.max(1));
    println!("{derived} records; {:.1} % match the rule they are derived from", share * 100.0);
    if cases >= 100 {
        assert!((1.0 / 3.0..=2.0 / 3.0).contains(&share), "{share} of the records match");
    }
    if cases >= ENOUGH_CASES {
        for (at, tally) in tallies.iter().enumerate() {
            let (name, Tally { derived, matched }) = (rules.name(at), tally);
            assert!(
                *matched > 0 && matched < derived,
                "{name} matches {matched} of the {derived} records derived from it"
            );
        }
    }
}
