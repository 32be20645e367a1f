//! What patterns find, told from all records at once, by trying everything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use trailalerts_core::{
    Match,
    correlation::{Comparison, Expression, Member, Operator},
};
use trailalerts_processor::{
    Processor,
    facts::{Facts, digest},
    pattern::{Group, Origin, Pattern, Test, Which},
};

/// An entry of a pattern's group: time in milliseconds, the record, the member that matched and
/// the value that is looked at.
pub type Entry = (i64, String, usize, Option<String>);

/// The entries of each group of a pattern.
pub type Groups = BTreeMap<Group, BTreeSet<Entry>>;

/// Times in milliseconds: the first and last anchor of an episode.
pub type Episode = (i64, i64);

/// What all patterns find, by their ids.
#[derive(Default)]
pub struct Oracle {
    groups: BTreeMap<String, Groups>,
}

impl Oracle {
    /// Adds a match to every group it belongs to.
    pub fn add(&mut self, processor: &Processor, found: &Match<'_>, facts: &Facts) {
        for pattern in processor.patterns.iter() {
            for (member, of) in pattern.members.iter().enumerate() {
                let is_of = matches!(of, Member::Rule(rule)
                    if processor.patterns.set().rules.get(*rule).is_some_and(|rule| rule.id == found.rule.id));
                let field = |path: &str| found.text(path).map(|text| text.into_owned());
                let (true, Some(group), Some(value)) = (
                    is_of,
                    pattern.group_of(member, found, facts),
                    pattern.value_of(member, &field),
                ) else {
                    continue;
                };
                let entry = (facts.time.as_millisecond(), facts.record.clone(), member, value);
                self.groups
                    .entry(pattern.id.clone())
                    .or_default()
                    .entry(group)
                    .or_default()
                    .insert(entry);
            }
        }
    }

    /// The entries of a pattern, those of correlations that it joins among them.
    pub fn entries(&self, processor: &Processor, pattern: &Pattern) -> Groups {
        let mut groups = self.groups.get(&pattern.id).cloned().unwrap_or_default();
        for (member, of) in pattern.members.iter().enumerate() {
            let Member::Correlation(index) = of else { continue };
            let inner = processor.patterns.iter().find(
                |inner| matches!(inner.origin, Origin::Correlation(other) if other == *index),
            );
            let Some(inner) = inner else { continue };
            for (group, entries) in self.entries(processor, inner) {
                let Some(place) = pattern.group_of_group(member, &group) else { continue };
                for at in anchors(inner, &entries) {
                    // Named as the processor names it; the name decides nothing.
                    let time = Timestamp::from_millisecond(at).unwrap_or_default();
                    let record = digest(&[&inner.id, &group.digest(), &time.to_string()]);
                    let entry = (at, record, member, None);
                    groups.entry(place.clone()).or_default().insert(entry);
                }
            }
        }
        groups
    }
}

/// The episodes of a group.
pub fn episodes(pattern: &Pattern, entries: &BTreeSet<Entry>) -> BTreeSet<Episode> {
    let mut episodes: Vec<Episode> = Vec::new();
    for at in anchors(pattern, entries) {
        match episodes.last_mut() {
            Some((_, last)) if at - *last <= pattern.window => *last = at,
            _ => episodes.push((at, at)),
        }
    }
    episodes.into_iter().collect()
}

fn anchors(pattern: &Pattern, entries: &BTreeSet<Entry>) -> BTreeSet<i64> {
    let times: BTreeSet<i64> = entries.iter().map(|(time, ..)| *time).collect();
    let holds_at = |at: &i64| {
        let within: Vec<&Entry> = entries
            .iter()
            .filter(|(time, ..)| *time <= *at && *at - *time <= pattern.window)
            .collect();
        holds(pattern, &within)
    };
    times.into_iter().filter(holds_at).collect()
}

fn holds(pattern: &Pattern, window: &[&Entry]) -> bool {
    let members: BTreeSet<usize> = window.iter().map(|(_, _, member, _)| *member).collect();
    match &pattern.test {
        Test::Count(comparisons) => compare(comparisons, window.len()),
        Test::Distinct(comparisons) => {
            let values: BTreeSet<&String> =
                window.iter().filter_map(|(.., value)| value.as_ref()).collect();
            compare(comparisons, values.len())
        }
        Test::Present { which, ordered: false } => wanted(which, &members, pattern.members.len()),
        Test::Present { which, ordered: true } => {
            let all: Vec<usize> = members.iter().copied().collect();
            (1..1_u32 << all.len()).any(|bits| {
                let choice: BTreeSet<usize> = all
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| bits >> bit & 1 == 1)
                    .map(|(_, member)| *member)
                    .collect();
                wanted(which, &choice, pattern.members.len())
                    && follows(&choice.into_iter().collect::<Vec<_>>(), None, window)
            })
        }
        Test::Values(..) => false,
    }
}

/// Whether the members come in order behind an entry.
fn follows(members: &[usize], behind: Option<&Entry>, window: &[&Entry]) -> bool {
    let Some((member, rest)) = members.split_first() else { return true };
    window.iter().any(|entry| {
        entry.2 == *member
            && behind.is_none_or(|behind| behind.0 <= entry.0 && behind.1 != entry.1)
            && follows(rest, Some(entry), window)
    })
}

fn wanted(which: &Which, members: &BTreeSet<usize>, all: usize) -> bool {
    match which {
        Which::All => members.len() == all,
        Which::Number(comparisons) => compare(comparisons, members.len()),
        Which::Expression(expression) => !members.is_empty() && evaluate(expression, members),
    }
}

fn evaluate(expression: &Expression, members: &BTreeSet<usize>) -> bool {
    match expression {
        Expression::Member(member) => members.contains(member),
        Expression::Not(operand) => !evaluate(operand, members),
        Expression::And(operands) => operands.iter().all(|operand| evaluate(operand, members)),
        Expression::Or(operands) => operands.iter().any(|operand| evaluate(operand, members)),
    }
}

fn compare(comparisons: &[Comparison], number: usize) -> bool {
    comparisons.iter().all(|Comparison { operator, value }| {
        let order = (number as f64).partial_cmp(value);
        order.is_some_and(|order| match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
        })
    })
}
