//! The ways in which a condition can come to hold: which items must, and which must not.

use super::{edit, edit::Edit, sample};
use crate::{
    ast::{
        ConditionExpr, Detection, DetectionItem, IdentifierPattern, Modifier, Quantity, Rule,
        Search,
    },
    reference::{Json, holds},
};

/// One thing that a record must bring about.
#[derive(Debug, Clone)]
pub(super) struct Goal {
    /// The item; of a list of values, it may hold one alone.
    item: DetectionItem,
    /// Whether it must hold.
    holds: bool,
}

/// What a record must bring about, all of it.
pub(super) type Way = Vec<Goal>;

/// Most ways that are followed.
const MAX_WAYS: usize = 128;

/// The ways in which a rule matches.
pub(super) fn of_rule(rule: &Rule) -> Vec<Way> {
    let detection = &rule.detection;
    either(detection.conditions.iter().map(|each| of_condition(&each.expr, detection, true)))
}

fn of_condition(expr: &ConditionExpr, detection: &Detection, holds: bool) -> Vec<Way> {
    let named = |pattern: &IdentifierPattern| -> Vec<Vec<Way>> {
        let fitting = detection.identifiers.iter().filter(|each| pattern.fits(&each.name.value));
        fitting.map(|each| of_search(&each.search, holds)).collect()
    };
    match expr {
        ConditionExpr::Identifier(name) => {
            either(named(&IdentifierPattern::Pattern(name.value.clone())))
        }
        ConditionExpr::Of { quantity, pattern } => {
            let each = named(&pattern.value);
            match (quantity, holds) {
                (Quantity::AtLeast(1), true) | (Quantity::All, false) => either(each),
                (Quantity::AtLeast(count), true) => {
                    either(each.windows((*count).max(1)).map(|some| together(some.to_vec())))
                }
                (Quantity::All, true) | (Quantity::AtLeast(_), false) => together(each),
            }
        }
        ConditionExpr::Not(operand) => of_condition(operand, detection, !holds),
        ConditionExpr::And(operands) | ConditionExpr::Or(operands) => {
            let each = operands.iter().map(|operand| of_condition(operand, detection, holds));
            if matches!(expr, ConditionExpr::And(_)) == holds {
                together(each)
            } else {
                either(each)
            }
        }
    }
}

/// The ways in which a search holds, or does not.
pub(super) fn of_search(search: &Search, holds: bool) -> Vec<Way> {
    match search {
        Search::Item(item) => of_item(item, holds),
        Search::All(parts) | Search::Any(parts) => {
            let each = parts.iter().map(|part| of_search(part, holds));
            if matches!(search, Search::All(_)) == holds { together(each) } else { either(each) }
        }
    }
}

fn of_item(item: &DetectionItem, holds: bool) -> Vec<Way> {
    let single = |item: DetectionItem| vec![Goal { item, holds }];
    if !holds || item.has(Modifier::All) || item.has(Modifier::Neq) {
        return vec![single(item.clone())];
    }
    item.values
        .iter()
        .map(|value| single(DetectionItem { values: vec![value.clone()], ..item.clone() }))
        .collect()
}

fn either(each: impl IntoIterator<Item = Vec<Way>>) -> Vec<Way> {
    each.into_iter().flatten().take(MAX_WAYS).collect()
}

fn together(each: impl IntoIterator<Item = Vec<Way>>) -> Vec<Way> {
    each.into_iter().fold(vec![Way::new()], |before, next| {
        let joined =
            before.iter().flat_map(|way| next.iter().map(|more| [&way[..], &more[..]].concat()));
        joined.take(MAX_WAYS).collect()
    })
}

/// Brings about what the way asks for, as far as it can: what must hold first, and again what has
/// been undone on the way. Returns the changes, and the changed record.
pub(super) fn walk(way: &Way, record: &Json) -> (Vec<Edit>, Json) {
    let (mut made, mut record) = (Vec::new(), record.clone());
    for wanted in [true, false, true, false] {
        for Goal { item, holds: must } in way.iter().filter(|goal| goal.holds == wanted) {
            if holds(item, &record) == *must {
                continue;
            }
            let candidates = if *must != item.has(Modifier::Neq) {
                sample::satisfying(item, &record)
            } else {
                sample::violating(item, &record)
            };
            if let Some(edits) = candidates.into_iter().next() {
                record = edit::apply_all(&edits, &record);
                made.extend(edits);
            }
        }
    }
    (made, record)
}

/// Whether the item's values hold, `neq` left aside.
pub(super) fn holds_plainly(item: &DetectionItem, record: &Json) -> bool {
    holds(item, record) != item.has(Modifier::Neq)
}
