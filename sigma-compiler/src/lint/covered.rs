//! Values of a list that can be taken out of it, and nothing changes.

use std::collections::HashMap;

use super::implies::{implies, size};
use crate::{
    ast::{DetectionItem, Modifier, Value},
    diagnostic::{Code, Diagnostic},
    hir::{Expr, Predicate, Test, TextTest},
    lower::value_expr,
    source::Spanned,
};

/// In lists that take more work than this, only values that occur twice are found.
const MAX_WORK: usize = 1_000_000;

/// So many of an item are told; whoever removes them is told the others.
const MAX_TOLD: usize = 10;

/// Finds such values of an item.
pub fn covered(item: &DetectionItem, found: &mut Vec<Diagnostic>) {
    // What a placeholder stands for is not written here.
    if item.values.len() < 2 || item.has(Modifier::Expand) {
        return;
    }
    let tests: Vec<Predicate> = item
        .values
        .iter()
        .filter_map(|value| match value_expr(item, &value.value) {
            Expr::Test(test) => Some(test),
            _ => None,
        })
        .collect();
    if tests.len() < item.values.len() {
        return;
    }
    let all = item.has(Modifier::All);
    let patterns = patterns(&tests);
    let mut first: HashMap<&Predicate, usize> = HashMap::new();
    let implied = |a: usize, b: usize| match all {
        false => implies(&tests[a], &tests[b]),
        true => implies(&tests[b], &tests[a]),
    };
    // Of two that are worth the same, the first stays.
    let covers = |other: usize, at: usize| {
        other != at && implied(at, other) && (other < at || !implied(other, at))
    };
    let before = found.len();
    for (at, test) in tests.iter().enumerate() {
        if found.len() - before == MAX_TOLD {
            return;
        }
        let value = &item.values[at];
        let same = *first.entry(test).or_insert(at);
        if same != at {
            found.push(twice(value, &item.values[same]));
            continue;
        }
        // Of a list, what matches less adds nothing; of `all`, what demands less.
        let beside = match all {
            false => patterns.iter().copied().find(|&other| covers(other, at)),
            true if patterns.contains(&at) => (0..tests.len()).find(|&other| covers(other, at)),
            true => None,
        };
        if let Some(other) = beside {
            found.push(beside_other(value, &item.values[other], all));
        }
    }
}

/// The positions of tests that others can imply: more than one text passes them. None where
/// comparing each value with them would take too long.
fn patterns(tests: &[Predicate]) -> Vec<usize> {
    let test_size = |test: &Predicate| match test {
        Predicate::Field { test: Test::Text(text), .. } | Predicate::Keyword(text) => size(text),
        _ => (1, 1),
    };
    let is_pattern = |test: &Predicate| {
        !matches!(
            test,
            Predicate::FieldRef { .. }
                | Predicate::Field {
                    test: Test::Null | Test::Text(TextTest::Equals(..) | TextTest::Regex(_)),
                    ..
                }
        )
    };
    let patterns: Vec<usize> = (0..tests.len()).filter(|&at| is_pattern(&tests[at])).collect();
    let total = |sizes: &mut dyn Iterator<Item = &Predicate>| {
        sizes.map(test_size).fold((0_usize, 0_usize), |(count, length), (more, longer)| {
            (count + more, length + longer)
        })
    };
    let (count, length) = total(&mut tests.iter());
    let (pattern_count, pattern_length) = total(&mut patterns.iter().map(|&at| &tests[at]));
    let work =
        count.saturating_mul(pattern_length).saturating_add(pattern_count.saturating_mul(length));
    if work > MAX_WORK { Vec::new() } else { patterns }
}

fn twice(again: &Spanned<Value>, first: &Spanned<Value>) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        Code::CoveredValue,
        format!("`{}` is in this list already", written(&again.value)),
    )
    .at(again.span, "again here")
    .at(first.span, "first here");
    diagnostic.help(match written(&again.value) == written(&first.value) {
        true => "remove one of the two",
        false => "the two match the same, mostly as letter case does not count; remove one",
    })
}

fn beside_other(value: &Spanned<Value>, other: &Spanned<Value>, all: bool) -> Diagnostic {
    let (written, beside) = (written(&value.value), written(&other.value));
    let (here, there) = match all {
        false => ("adds nothing", "matches all of it"),
        true => ("demands nothing more", "demands all of it"),
    };
    Diagnostic::warning(
        Code::CoveredValue,
        format!("`{written}` makes no difference beside `{beside}`"),
    )
    .at(value.span, here)
    .at(other.span, there)
    .help(match all {
        false => "remove it, or narrow the other value",
        true => "remove it",
    })
}

fn written(value: &Value) -> &str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(text) | Value::String(text) => text,
    }
}
