//! What becomes of a match.

use trailalerts::{Level, Match};

use crate::alert::Alert;

/// What becomes of a match.
#[derive(Debug, Clone)]
pub enum Decision {
    /// An exception of the rule leaves it out.
    Excluded,
    /// It weighs less than what people want to be told.
    BelowSeverity,
    /// People are told.
    Alerted(Box<Alert>),
}

/// Decides on a match by itself, without knowledge of other matches: its exception first, then
/// the minimum severity.
pub fn decide(found: &Match<'_>, min_severity: Level) -> Decision {
    let actor = found.actor();
    if found.is_excluded(&actor) {
        return Decision::Excluded;
    }
    if found.rule.level < min_severity {
        return Decision::BelowSeverity;
    }
    Decision::Alerted(Box::new(Alert::of_match(found, actor)))
}
