//! Records derived from rules made by chance: dispatch must find what trying every rule finds, for
//! every rule and record, and both what the reference interpreter says.
//!
//! The reference is asked of the rule that a record is derived from, of every rule that matches,
//! and of some of the others: of all of them it would take longer than all other tests together.
//!
//! `CONFORMANCE_RECORDS` sets how many records are derived from each rule. When the rules are
//! built, `CONFORMANCE_RULES` sets how many there are, and `CONFORMANCE_SEED` where chance begins,
//! for rules and records.

use std::{cell::RefCell, thread};

use proptest::{collection::vec, prelude::any};
use trailalerts_conformance::random::{SEED, SETS};

use super::{
    CHOICES, Tally,
    common::{Rules, Verdict},
    failure, json_for, number, reason, runner,
    satisfy::Names,
};

const RECORDS: u32 = 100;

/// Of so many other rules the reference is asked about one, another one for each record.
const ASKED_ONE_IN: usize = 32;

/// Which part of the records may match the rule that they are derived from.
const SHARES: std::ops::RangeInclusive<f64> = 0.3..=0.7;

#[test]
fn rules_made_by_chance_agree_with_the_reference() {
    let records = number("CONFORMANCE_RECORDS", RECORDS);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let of_sets = |first: usize| -> Result<Vec<Tally>, String> {
        let sets = (first..SETS.len()).step_by(threads);
        let tallies: Result<Vec<_>, _> = sets.map(|set| of_set(set, records)).collect();
        Ok(tallies?.concat())
    };
    let tallies: Result<Vec<_>, String> = thread::scope(|scope| {
        let running: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || of_sets(first))).collect();
        running.into_iter().map(|each| each.join().expect("it does not panic")).collect()
    });
    let count: usize = SETS.iter().map(|(rule_set, _)| rule_set.rules.len()).sum();
    let again = format!("CONFORMANCE_RULES={count} CONFORMANCE_SEED={SEED}");
    let tallies = match tallies {
        Ok(tallies) => tallies.concat(),
        Err(problem) => panic!("{problem}to see it again: {again} CONFORMANCE_RECORDS={records}"),
    };
    judge(&tallies);
}

/// Derives records from each rule of a set.
fn of_set(set: usize, records: u32) -> Result<Vec<Tally>, String> {
    let (rule_set, sources) = SETS[set];
    let rules = Rules::new(rule_set, sources);
    let names = Names::of(rules.parsed());
    let derive = |rule: usize| {
        of_rule(&rules, &names, set, rule, records).map_err(|(wrong, reason)| {
            let path = rule_set.rules[wrong].source;
            let text = sources.iter().find(|source| source.path == path);
            format!("{reason}\n{}", text.map_or("", |source| source.text))
        })
    };
    (0..rule_set.rules.len()).map(derive).collect()
}

/// Derives records from one rule; where something is wrong, says of which rule, and what.
fn of_rule(
    rules: &Rules,
    names: &Names,
    set: usize,
    rule: usize,
    records: u32,
) -> Result<Tally, (usize, String)> {
    let matcher = RefCell::new(rules.matcher());
    let tally = RefCell::new(Tally::default());
    let wrong = RefCell::new(rule);
    let choices = vec(any::<u16>(), 0..=CHOICES);
    let seed = (set << 32 | rule) as u64;
    let outcome = runner(records, SEED, seed).run(&choices, |choices| {
        let json = json_for(rules, names, rule, &choices);
        let turn = tally.borrow().derived as usize;
        let asks = |at: usize| at == rule || (at + turn).is_multiple_of(ASKED_ONE_IN);
        let verdicts = rules
            .verdicts_of(&mut matcher.borrow_mut(), &json, asks)
            .map_err(|error| failure(&json, &error))?;
        if let Some(at) = verdicts.iter().position(|verdict| verdict.agreed().is_none()) {
            wrong.replace(at);
            return Err(failure(&json, &said(rules, at, verdicts[at])));
        }
        tally.borrow_mut().note(verdicts[rule].generated);
        Ok(())
    });
    match outcome {
        Ok(()) => Ok(tally.into_inner()),
        Err(error) => Err((wrong.into_inner(), reason(error))),
    }
}

fn said(rules: &Rules, rule: usize, verdict: Verdict) -> String {
    let Verdict { dispatched, generated, reference } = verdict;
    let word = |matches: bool| if matches { "matches" } else { "does not match" };
    format!(
        "{}: with dispatch it {}, without it {}, for the reference it {}",
        rules.name(rule),
        word(dispatched),
        word(generated),
        reference.map_or("was not asked", word),
    )
}

/// The records must be worth asking about.
fn judge(tallies: &[Tally]) {
    let sum = Tally::sum(tallies);
    let share = sum.share();
    println!("{} rules, {} records, seed {SEED}", tallies.len(), sum.derived);
    println!("{:.1} % match the rule they are derived from", share * 100.0);
    let same = |wanted: fn(&Tally) -> bool| tallies.iter().filter(|tally| wanted(tally)).count();
    println!(
        "{} rules match none of their records, {} all",
        same(|tally| tally.matched == 0),
        same(|tally| tally.matched == tally.derived)
    );
    assert!(SHARES.contains(&share), "{share} of the records match");
}
