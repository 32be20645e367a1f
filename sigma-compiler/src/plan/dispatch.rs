//! Which rules a record can concern, by its eventSource and eventName alone.
//!
//! Soundness: the pairs of a rule are a superset of those of the records on which it fires. The
//! analysis may over-include (an unknown test counts as "any"), never omit.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{Expr, Predicate, Test, TextTest, fold};

/// A pair of folded values; `None` is any value, or none.
type Pair = (Option<String>, Option<String>);

/// Beyond so many pairs a rule is bounded by less.
const MAX_PAIRS: usize = 4096;

/// Candidate rules for each value of eventSource and eventName (folded), by rule index, ascending.
/// A record concerns those of its pair, of its eventSource, of its eventName, and `any`.
#[derive(Debug, Default)]
pub struct Dispatch {
    /// For both.
    pub pairs: BTreeMap<(String, String), Vec<usize>>,
    /// For an eventSource, whatever the eventName.
    pub sources: BTreeMap<String, Vec<usize>>,
    /// For an eventName, whatever the eventSource.
    pub names: BTreeMap<String, Vec<usize>>,
    /// For every record.
    pub any: Vec<usize>,
}

impl Dispatch {
    /// Derives the candidates from the rules' expressions.
    pub fn new(rules: &[Expr]) -> Self {
        let mut dispatch = Dispatch::default();
        for (rule, expr) in rules.iter().enumerate() {
            for pair in pairs(expr) {
                match pair {
                    (Some(source), Some(name)) => {
                        dispatch.pairs.entry((source, name)).or_default().push(rule)
                    }
                    (Some(source), None) => dispatch.sources.entry(source).or_default().push(rule),
                    (None, Some(name)) => dispatch.names.entry(name).or_default().push(rule),
                    (None, None) => dispatch.any.push(rule),
                }
            }
        }
        dispatch
    }
}

/// A superset of the pairs on which the expression can hold.
fn pairs(expr: &Expr) -> BTreeSet<Pair> {
    let any = || BTreeSet::from([(None, None)]);
    match expr {
        Expr::Test(predicate) => match predicate {
            Predicate::Field { path, test: Test::Text(test) } if path == "eventSource" => {
                values(test).map_or_else(any, |values| {
                    values.into_iter().map(|value| (Some(value), None)).collect()
                })
            }
            Predicate::Field { path, test: Test::Text(test) } if path == "eventName" => {
                values(test).map_or_else(any, |values| {
                    values.into_iter().map(|value| (None, Some(value))).collect()
                })
            }
            _ => any(),
        },
        // What a negation leaves out says nothing about where it holds.
        Expr::Not(_) => any(),
        Expr::And(operands) => {
            operands.iter().fold(any(), |both, operand| intersect(both, &pairs(operand)))
        }
        Expr::Or(operands) | Expr::AtLeast(_, operands) => {
            bounded(operands.iter().flat_map(pairs).collect())
        }
    }
}

/// The exact values that a text must have, folded; `None` where there is no such list.
fn values(test: &TextTest) -> Option<Vec<String>> {
    match test {
        TextTest::Equals(_, text) => Some(vec![fold(text)]),
        TextTest::OneOf(_, texts) => Some(texts.iter().map(|text| fold(text)).collect()),
        TextTest::AnyOf(tests) => {
            tests.iter().map(values).collect::<Option<Vec<_>>>().map(|lists| lists.concat())
        }
        _ => None,
    }
}

fn intersect(left: BTreeSet<Pair>, right: &BTreeSet<Pair>) -> BTreeSet<Pair> {
    if left.len().saturating_mul(right.len()) > MAX_PAIRS {
        return left; // either side alone is a superset of both
    }
    let meet = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) if a != b => None,
        (Some(value), _) | (_, Some(value)) => Some(Some(value.clone())),
        (None, None) => Some(None),
    };
    let both = left.iter().flat_map(|a| {
        right.iter().filter_map(move |b| Some((meet(&a.0, &b.0)?, meet(&a.1, &b.1)?)))
    });
    bounded(both.collect())
}

/// Drops pairs that a wider one covers.
fn bounded(pairs: BTreeSet<Pair>) -> BTreeSet<Pair> {
    if pairs.contains(&(None, None)) || pairs.len() > MAX_PAIRS {
        return BTreeSet::from([(None, None)]);
    }
    let covered = |(source, name): &Pair| {
        source.is_some()
            && name.is_some()
            && (pairs.contains(&(source.clone(), None)) || pairs.contains(&(None, name.clone())))
    };
    pairs.iter().filter(|pair| !covered(pair)).cloned().collect()
}
