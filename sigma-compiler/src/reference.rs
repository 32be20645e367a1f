//! The reference interpreter: says whether a rule matches a record by reading the rule's AST, one
//! plain function for each sentence of the specification. It shares no code with the compiled
//! matchers and never runs in production: it is what they are tested against, and what explains
//! a rule to its author.
//!
//! Nothing here is fast. A rule is expected to have been checked; what a checked rule cannot hold
//! (a regular expression that does not compile, a search identifier that does not exist) does not
//! match here.

mod encode;
mod explain;
mod item;
mod json;
mod pattern;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use explain::key;
pub use explain::{
    ConditionExplanation, Explanation, FilterExplanation, Found, IdentifierExplanation,
    ItemExplanation, Kind, SearchExplanation, ValueExplanation, explain,
};
pub(crate) use item::{holds, reach, value_text};
pub use json::{Json, MAX_DEPTH, Text};

use crate::{
    ast::{ConditionExpr, Detection, Quantity, Rule, Search, SearchIdentifier},
    check::CheckedRule,
};

/// Whether a rule matches a record: its detection holds, and that of every Sigma filter which names
/// it (Sigma filters specification).
pub fn matches(rule: &CheckedRule, record: &Json) -> bool {
    detection_holds(&rule.rule.detection, record)
        && rule.filters.iter().all(|filter| detection_holds(&filter.detection, record))
}

/// Whether a rule matches a record by itself, whatever Sigma filters say of it.
pub fn detects(rule: &Rule, record: &Json) -> bool {
    detection_holds(&rule.detection, record)
}

/// Sigma rules specification, "Detection": any of the conditions holds.
fn detection_holds(detection: &Detection, record: &Json) -> bool {
    detection.conditions.iter().any(|each| condition_holds(&each.expr, detection, record))
}

/// Sigma rules specification, "Condition".
fn condition_holds(expr: &ConditionExpr, detection: &Detection, record: &Json) -> bool {
    let holds = |identifier: &&SearchIdentifier| search_holds(&identifier.search, record);
    let mut identifiers = detection.identifiers.iter();
    match expr {
        ConditionExpr::Identifier(name) => {
            identifiers.find(|each| each.name.value == name.value).is_some_and(|each| holds(&each))
        }
        ConditionExpr::Of { quantity, pattern } => {
            let mut fitting = identifiers.filter(|each| pattern.value.fits(&each.name.value));
            match quantity {
                Quantity::AtLeast(wanted) => fitting.filter(holds).count() >= *wanted,
                Quantity::All => fitting.all(|each| holds(&each)),
            }
        }
        ConditionExpr::Not(operand) => !condition_holds(operand, detection, record),
        ConditionExpr::And(operands) => {
            operands.iter().all(|each| condition_holds(each, detection, record))
        }
        ConditionExpr::Or(operands) => {
            operands.iter().any(|each| condition_holds(each, detection, record))
        }
    }
}

/// Sigma rules specification, "Detection": a map is an `and`, a list is an `or`.
fn search_holds(search: &Search, record: &Json) -> bool {
    match search {
        Search::All(parts) => parts.iter().all(|part| search_holds(part, record)),
        Search::Any(parts) => parts.iter().any(|part| search_holds(part, record)),
        Search::Item(item) => item::holds(item, record),
    }
}
