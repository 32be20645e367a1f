//! Records derived from the fixture rules, all of which are asked about each of them.
//!
//! `CONFORMANCE_CASES` sets how many records are built and `CONFORMANCE_SEED` where chance begins.

use std::cell::RefCell;

use proptest::{collection::vec, prelude::any};
use trailalerts_conformance::{RULE_SET, SOURCES};

use super::{
    CHOICES, Tally, common::Rules, failure, json_for, number, reason, runner, satisfy::Names,
};

const CASES: u32 = 10_000;
const SEED: u64 = 1;

/// From so many records on, each rule must have matched one of its own, and missed one.
const ENOUGH_CASES: u32 = 3_000;

#[test]
fn generated_matchers_agree_with_the_reference() {
    let (cases, seed) = (number("CONFORMANCE_CASES", CASES), number("CONFORMANCE_SEED", SEED));
    let rules = Rules::new(&RULE_SET, SOURCES);
    let names = Names::of(rules.parsed());
    let count = rules.parsed().len();
    let matcher = RefCell::new(rules.matcher());
    let tallies = RefCell::new(vec![Tally::default(); count]);

    let strategy = (0..count, vec(any::<u16>(), 0..=CHOICES));
    let outcome = runner(cases, seed, 0).run(&strategy, |(rule, choices)| {
        let json = json_for(&rules, &names, rule, &choices);
        let verdicts = rules
            .verdicts(&mut matcher.borrow_mut(), &json)
            .map_err(|error| failure(&json, &error))?;
        for (at, verdict) in verdicts.iter().enumerate() {
            if verdict.agreed().is_none() {
                let name = rules.name(at);
                return Err(failure(&json, &format!("{name}: {verdict:?}")));
            }
        }
        tallies.borrow_mut()[rule].note(verdicts[rule].generated);
        Ok(())
    });
    if let Err(error) = outcome {
        let again = format!("CONFORMANCE_SEED={seed} CONFORMANCE_CASES={cases}");
        panic!("{}\nto see it again: {again}", reason(error));
    }
    println!("seed {seed}");
    judge(&rules, &tallies.borrow(), cases);
}

/// The records must be worth asking about: a good part of them match the rule that they are
/// derived from, a good part do not, and no rule always does the same.
fn judge(rules: &Rules, tallies: &[Tally], cases: u32) {
    let sum = Tally::sum(tallies);
    let share = sum.share();
    println!(
        "{} records; {:.1} % match the rule they are derived from",
        sum.derived,
        share * 100.0
    );
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
