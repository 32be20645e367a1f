//! Whether a pattern's test holds of the records of a window. Nothing here knows a store.

use std::{collections::HashSet, ops::ControlFlow};

use jiff::Timestamp;
use trailalerts_core::correlation::{Comparison, Expression, Operator};

use crate::{
    entry::Entry,
    pattern::{Measure, Pattern, Test, Which, number},
};

/// Of an ordered pattern of more members all that are there must come in order; of fewer, those
/// that make the condition hold.
const MOST_CHOSEN: usize = 12;

/// The times, from `from` on, at which the pattern's test holds of the window that ends there.
/// `entries` are sorted by time; only times at which there are some are looked at.
pub fn anchors(pattern: &Pattern, entries: &[Entry], from: Timestamp) -> Vec<Timestamp> {
    let mut found: Vec<Timestamp> = Vec::new();
    let mut start = 0;
    for (at, entry) in entries.iter().enumerate() {
        let last_of_its_time = entries.get(at + 1).is_none_or(|next| next.time > entry.time);
        if entry.time < from || !last_of_its_time {
            continue;
        }
        while entries.get(start).is_some_and(|first| first.time < before(entry.time, pattern)) {
            start += 1;
        }
        if holds(pattern, entries.get(start..=at).unwrap_or_default()) {
            found.push(entry.time);
        }
    }
    found
}

/// The start of the window that ends at a time; both belong to it.
pub fn before(end: Timestamp, pattern: &Pattern) -> Timestamp {
    let start = end.as_millisecond().saturating_sub(pattern.window);
    Timestamp::from_millisecond(start.max(0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The end of the window that starts at a time; both belong to it.
pub fn after(start: Timestamp, pattern: &Pattern) -> Timestamp {
    let end = start.as_millisecond().saturating_add(pattern.window);
    Timestamp::from_millisecond(end).unwrap_or(Timestamp::MAX)
}

/// Whether the test holds of the records of one window, which are sorted by time.
pub fn holds(pattern: &Pattern, entries: &[Entry]) -> bool {
    if entries.is_empty() {
        return false;
    }
    match &pattern.test {
        Test::Count(comparisons) => all_hold(comparisons, entries.len() as f64),
        Test::Distinct(comparisons) => {
            let distinct: HashSet<_> =
                entries.iter().filter_map(|entry| entry.value.as_deref()).collect();
            all_hold(comparisons, distinct.len() as f64)
        }
        Test::Values(measure, comparisons) => {
            let numbers = entries.iter().filter_map(|entry| number(entry.value.as_deref()?));
            measured(*measure, numbers.collect()).is_some_and(|value| all_hold(comparisons, value))
        }
        Test::Present { which, ordered } => {
            let members = pattern.members.len();
            let present: Vec<bool> =
                (0..members).map(|at| entries.iter().any(|entry| entry.member == at)).collect();
            if !ordered {
                return wanted(which, &present, &present);
            }
            match which {
                Which::All => chain(&vec![true; members], entries),
                _ => chosen(&present, &mut |choice| {
                    wanted(which, choice, &present) && chain(choice, entries)
                }),
            }
        }
    }
}

/// Whether all comparisons hold of a number.
pub fn all_hold(comparisons: &[Comparison], number: f64) -> bool {
    comparisons.iter().all(|comparison| match comparison.operator {
        Operator::Equal => number == comparison.value,
        Operator::NotEqual => number != comparison.value,
        Operator::Greater => number > comparison.value,
        Operator::GreaterOrEqual => number >= comparison.value,
        Operator::Less => number < comparison.value,
        Operator::LessOrEqual => number <= comparison.value,
    })
}

fn measured(measure: Measure, mut numbers: Vec<f64>) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let sum = || numbers.iter().sum::<f64>();
    Some(match measure {
        Measure::Sum => sum(),
        Measure::Average => sum() / numbers.len() as f64,
        Measure::Percentile(percent) => {
            numbers.sort_by(f64::total_cmp);
            let rank = (usize::from(percent) * numbers.len()).div_ceil(100).max(1);
            *numbers.get(rank - 1)?
        }
    })
}

/// Whether the members that were chosen, of those that are present, are what the pattern wants.
fn wanted(which: &Which, choice: &[bool], present: &[bool]) -> bool {
    match which {
        Which::All => choice.iter().all(|chosen| *chosen),
        Which::Number(comparisons) => {
            all_hold(comparisons, choice.iter().filter(|chosen| **chosen).count() as f64)
        }
        Which::Expression(expression) => {
            choice.contains(&true) && evaluate(expression, choice, present)
        }
    }
}

/// `not` asks what is present, whatever was chosen.
fn evaluate(expression: &Expression, choice: &[bool], present: &[bool]) -> bool {
    match expression {
        Expression::Member(member) => choice.get(*member) == Some(&true),
        Expression::Not(operand) => !evaluate(operand, present, present),
        Expression::And(operands) => {
            operands.iter().all(|operand| evaluate(operand, choice, present))
        }
        Expression::Or(operands) => {
            operands.iter().any(|operand| evaluate(operand, choice, present))
        }
    }
}

/// Whether a choice of the members that are present passes.
fn chosen(present: &[bool], passes: &mut dyn FnMut(&[bool]) -> bool) -> bool {
    let there: Vec<usize> =
        present.iter().enumerate().filter_map(|(at, present)| present.then_some(at)).collect();
    if there.len() > MOST_CHOSEN {
        return passes(present);
    }
    let found = (1..1_u32 << there.len()).try_for_each(|bits| {
        let mut choice = vec![false; present.len()];
        for (bit, member) in there.iter().enumerate() {
            if let Some(chosen) = choice.get_mut(*member) {
                *chosen = bits >> bit & 1 == 1;
            }
        }
        if passes(&choice) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found.is_break()
}

/// Whether the chosen members occur in their order, each as another record than the one before it
/// and not earlier.
fn chain(choice: &[bool], entries: &[Entry]) -> bool {
    // The first two records that may end the chain so far: the earliest, and the earliest that is
    // another one.
    let mut ends: Option<Vec<&Entry>> = None;
    for member in (0..choice.len()).filter(|member| choice.get(*member) == Some(&true)) {
        let mut next: Vec<&Entry> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.member == member) {
            let follows = ends.as_ref().is_none_or(|ends| {
                ends.iter().any(|end| end.time <= entry.time && end.record != entry.record)
            });
            if follows && next.iter().all(|other| other.record != entry.record) {
                next.push(entry);
                if next.len() == 2 {
                    break;
                }
            }
        }
        if next.is_empty() {
            return false;
        }
        ends = Some(next);
    }
    ends.is_some()
}
