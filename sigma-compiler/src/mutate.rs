//! Changes of a rule that its test records should notice: each takes away or turns round one part
//! of the detection, as a slip of its author would.
//!
//! A change that means the same as the rule, or as a change before it, is left out: what both
//! mean is compared in the normal form of `hir`. No change survives because it says nothing.

mod condition;
mod search;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crate::{
    ast::{Condition, Detection, Rule, SearchIdentifier},
    lower::detection_expr,
    source::Span,
};

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

/// A part of a rule with something changed in it.
struct Changed<T> {
    what: String,
    span: Span,
    part: T,
}

impl<T> Changed<T> {
    fn new(what: String, span: Span, part: T) -> Self {
        Self { what, span, part }
    }

    /// The same change, seen from what surrounds the part.
    fn within<U>(self, surround: impl FnOnce(T) -> U) -> Changed<U> {
        Changed { what: self.what, span: self.span, part: surround(self.part) }
    }
}

/// Every change of a rule that changes what it means, in the order of the rule.
pub fn changes(rule: &Rule) -> Vec<Change> {
    let detection = &rule.detection;
    let mut found: Vec<Changed<Detection>> = Vec::new();
    for (at, identifier) in detection.identifiers.iter().enumerate() {
        found.extend(search::changes_of(&identifier.search).into_iter().map(|changed| {
            changed.within(|search| {
                let mut detection = detection.clone();
                detection.identifiers[at] =
                    SearchIdentifier { name: identifier.name.clone(), search };
                detection
            })
        }));
    }
    for (at, condition) in detection.conditions.iter().enumerate() {
        if detection.conditions.len() > 1 {
            let mut without = detection.clone();
            without.conditions.remove(at);
            let what = format!("the condition `{}` is dropped", condition.text.value);
            found.push(Changed::new(what, condition.text.span, without));
        }
        let changed = condition::changes_of(&condition.expr, detection);
        found.extend(changed.into_iter().map(|changed| {
            changed.within(|expr| {
                let mut detection = detection.clone();
                detection.conditions[at] = Condition { text: condition.text.clone(), expr };
                detection
            })
        }));
    }
    let mut known = HashSet::from([detection_expr(detection)]);
    found.retain(|changed| known.insert(detection_expr(&changed.part)));
    found
        .into_iter()
        .map(|Changed { what, span, part }| Change {
            what,
            span,
            rule: Rule { detection: part, ..rule.clone() },
        })
        .collect()
}
