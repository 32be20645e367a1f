//! Test records out of a rule: records that it matches, and the nearest ones that it does not.
//!
//! Whatever is proposed here is tried with the reference interpreter before it is handed out, so
//! nothing below has to be complete or exact: a guess that does not fit is dropped.

mod edit;
mod sample;
#[cfg(test)]
mod tests;
mod ways;

pub use edit::{Edit, pretty};

use crate::{
    ast::{DetectionItem, Rule, Search},
    mutate::{Change, changes},
    reference::{Json, detects},
};

/// A record on which a rule and its changed form differ.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Which of the given records it is made from.
    pub base: usize,
    /// What is different from that one; nothing where it is that one.
    pub edits: Vec<Edit>,
    /// The record.
    pub record: Json,
    /// Whether the rule matches it, as it stands.
    pub matches: bool,
}

/// Most records that are tried for one change, once a single step from a given record has not
/// been enough.
const MAX_TRIED: usize = 3000;

/// The records near to given ones: those themselves, and those a step away.
pub struct Neighbourhood<'a> {
    rule: &'a Rule,
    near: Vec<Witness>,
}

impl<'a> Neighbourhood<'a> {
    /// The neighbourhood of the records. What is near to one of the first `preferred` of them
    /// comes first.
    pub fn of(rule: &'a Rule, records: &[Json], preferred: usize) -> Self {
        let witness = |base, edits, record: Json| Witness {
            base,
            edits,
            matches: detects(rule, &record),
            record,
        };
        let mut near: Vec<Witness> = Vec::new();
        for (base, record) in records.iter().enumerate() {
            near.push(witness(base, Vec::new(), record.clone()));
        }
        // What is near to a record that matches is told more easily: it comes first.
        near.sort_by_key(|each| !each.matches);
        for center in near.clone() {
            for edits in steps(rule, &center.record) {
                let record = edit::apply_all(&edits, &center.record);
                near.push(witness(center.base, edits, record));
            }
        }
        near.sort_by_key(|each| each.base >= preferred);
        Self { rule, near }
    }

    /// A record on which the changed rule differs, if one is found.
    pub fn witness(&self, changed: &Rule) -> Option<Witness> {
        let differs = |each: &&Witness| detects(changed, &each.record) != each.matches;
        if let Some(found) = self.near.iter().find(differs) {
            return Some(found.clone());
        }
        let further = self.near.iter().flat_map(|first| {
            steps(self.rule, &first.record).into_iter().map(move |second| {
                let record = edit::apply_all(&second, &first.record);
                let edits = [first.edits.clone(), second].concat();
                Witness { base: first.base, edits, matches: detects(self.rule, &record), record }
            })
        });
        further.take(MAX_TRIED).find(|each| differs(&each))
    }
}

/// Single changes of a record that may matter to the rule: an item or a whole search identifier
/// made to hold, or an item made not to.
fn steps(rule: &Rule, record: &Json) -> Vec<Vec<Edit>> {
    let mut found: Vec<Vec<Edit>> = Vec::new();
    for identifier in &rule.detection.identifiers {
        for item in items(&identifier.search) {
            found.extend(sample::violating(item, record));
            for value in &item.values {
                let single = DetectionItem { values: vec![value.clone()], ..item.clone() };
                found.extend(sample::satisfying(&single, record));
            }
            if item.values.len() > 1 {
                found.extend(sample::satisfying(item, record));
            }
        }
        let ways = ways::of_search(&identifier.search, true);
        found.extend(ways.iter().map(|way| ways::walk(way, record).0));
    }
    found.retain(|edits| !edits.is_empty());
    found
}

fn items(search: &Search) -> Vec<&DetectionItem> {
    match search {
        Search::Item(item) => vec![item],
        Search::All(parts) | Search::Any(parts) => parts.iter().flat_map(items).collect(),
    }
}

/// Records that the rule matches, each in another way, made out of one frame.
pub fn matching_records(rule: &Rule, frame: &Json) -> Vec<Json> {
    let mut found: Vec<Json> = Vec::new();
    for way in ways::of_rule(rule) {
        let (_, record) = ways::walk(&way, frame);
        if detects(rule, &record) && !found.contains(&record) {
            found.push(record);
        }
    }
    found
}

/// The frame that needs the fewest changes for the rule to match; `None` where no record could be
/// made that it matches.
pub fn nearest_frame<'a>(rule: &Rule, frames: &'a [Json]) -> Option<&'a Json> {
    let changes = |frame: &Json| {
        let walked = ways::of_rule(rule).into_iter().map(|way| ways::walk(&way, frame));
        walked.filter(|(_, record)| detects(rule, record)).map(|(edits, _)| edits.len()).min()
    };
    let reachable = frames.iter().filter_map(|frame| Some((changes(frame)?, frame)));
    reachable.min_by_key(|(count, _)| *count).map(|(_, frame)| frame)
}

/// Records made for a rule.
#[derive(Debug, Clone, Default)]
pub struct Derived {
    /// Records that the rule matches.
    pub should_match: Vec<Json>,
    /// Records that it does not match.
    pub should_not_match: Vec<Json>,
    /// Changes of the rule for which no record was found that notices them.
    pub unnoticed: Vec<Change>,
}

/// The records that a rule lacks beside `existing` ones: one that it matches and one that it does
/// not, and for every change of the rule one that notices it. They are made from the existing
/// records that match, else from `frame`.
pub fn missing_records(rule: &Rule, existing: &[Json], frame: &Json) -> Derived {
    let mut derived = Derived::default();
    let mut known: Vec<Json> = existing.to_vec();
    let mut bases: Vec<Json> =
        existing.iter().filter(|record| detects(rule, record)).cloned().collect();
    let preferred = bases.len();
    bases.extend(matching_records(rule, frame));
    if let (0, Some(first)) = (preferred, bases.first()) {
        known.push(first.clone());
        derived.should_match.push(first.clone());
    }
    let neighbourhood = Neighbourhood::of(rule, &bases, preferred);
    let mut changes = changes(rule);
    for change in changes.drain(..) {
        if notices(rule, &change.rule, &known) {
            continue;
        }
        match neighbourhood.witness(&change.rule) {
            Some(witness) => {
                known.push(witness.record.clone());
                derived.list(witness.matches).push(witness.record);
            }
            None => derived.unnoticed.push(change),
        }
    }
    if known.iter().all(|record| detects(rule, record))
        && let Some(other) = neighbourhood.near.iter().find(|each| !each.matches)
    {
        derived.should_not_match.push(other.record.clone());
    }
    derived
}

impl Derived {
    fn list(&mut self, matches: bool) -> &mut Vec<Json> {
        if matches { &mut self.should_match } else { &mut self.should_not_match }
    }
}

/// Whether any of the records gets another verdict from the changed rule.
pub fn notices(rule: &Rule, changed: &Rule, records: &[Json]) -> bool {
    records.iter().any(|record| detects(rule, record) != detects(changed, record))
}
