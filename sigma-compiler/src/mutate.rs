//! Changes of a rule that its test records should notice: each takes away or turns round one part
//! of the detection, as a slip of its author would.
//!
//! A change that means the same as the rule, or as a change before it, is left out: what both
//! mean is compared in the normal form of `hir`. No change survives because it says nothing.

mod condition;
mod search;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    ast::{Condition, Detection, Rule, SearchIdentifier},
    lower::detection_expr,
    source::Span,
};

pub(crate) use search::{MAX_VALUES, with_values};

/// A rule with one part of its detection changed.
#[derive(Debug, Clone)]
pub struct Change {
    /// What was done, to be read after "when": "`errorCode: null` is dropped".
    pub what: String,
    /// The part of the rule that was changed.
    pub span: Span,
    /// The changed rule. Its identifiers may be empty, and then always hold.
    pub rule: Rule,
}

/// A part of a rule with something changed in it; built only when it is looked at, as a rule with
/// long lists has many changes.
struct Changed<'a, T> {
    what: String,
    span: Span,
    part: Box<dyn FnOnce() -> T + 'a>,
}

impl<'a, T: 'a> Changed<'a, T> {
    fn new(what: String, span: Span, part: impl FnOnce() -> T + 'a) -> Self {
        Self { what, span, part: Box::new(part) }
    }

    /// The same change, seen from what surrounds the part.
    fn within<U>(self, surround: impl FnOnce(T) -> U + 'a) -> Changed<'a, U> {
        let part = self.part;
        Changed { what: self.what, span: self.span, part: Box::new(move || surround(part())) }
    }
}

/// Every change of a rule that changes what it means, in the order of the rule. A change is built
/// when the iterator comes to it.
pub fn changes(rule: &Rule) -> impl Iterator<Item = Change> {
    let detection = &rule.detection;
    let mut found: Vec<Changed<'_, Detection>> = Vec::new();
    for (at, identifier) in detection.identifiers.iter().enumerate() {
        found.extend(search::changes_of(&identifier.search).into_iter().map(|changed| {
            changed.within(move |search| {
                let mut detection = detection.clone();
                detection.identifiers[at] =
                    SearchIdentifier { name: identifier.name.clone(), search };
                detection
            })
        }));
    }
    for (at, condition) in detection.conditions.iter().enumerate() {
        if detection.conditions.len() > 1 {
            let what = format!("the condition `{}` is dropped", condition.text.value);
            found.push(Changed::new(what, condition.text.span, move || {
                let mut without = detection.clone();
                without.conditions.remove(at);
                without
            }));
        }
        let changed = condition::changes_of(&condition.expr, detection);
        found.extend(changed.into_iter().map(|changed| {
            changed.within(move |expr| {
                let mut detection = detection.clone();
                detection.conditions[at] = Condition { text: condition.text.clone(), expr };
                detection
            })
        }));
    }
    let mut known = HashSet::from([meaning(detection)]);
    found.into_iter().filter_map(move |Changed { what, span, part }| {
        let part = part();
        let change = Change { what, span, rule: Rule { detection: part, ..rule.clone() } };
        known.insert(meaning(&change.rule.detection)).then_some(change)
    })
}

/// What a detection means, as a number: two that mean the same have the same one.
fn meaning(detection: &Detection) -> u64 {
    let mut hasher = DefaultHasher::new();
    detection_expr(detection).hash(&mut hasher);
    hasher.finish()
}
