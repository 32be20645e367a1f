//! Post-processing rules as data: what becomes of a match when other matches surround it. Nothing
//! here evaluates them.

use crate::rule_set::Level;

/// One compiled post-processing rule.
#[derive(Debug)]
pub struct PostprocessingRule {
    /// What it looks for.
    pub kind: Kind,
    /// Index of the rule whose matches it looks at.
    pub rule: usize,
    /// `windowMinutes`, in seconds.
    pub window: u64,
    /// `severity_adjustment`: the least level of the alert.
    pub level: Level,
    /// `description`
    pub description: &'static str,
    /// `groupBy`: fields that must agree. Where there is none, a threshold counts for each actor
    /// and account, and a correlation joins within an account.
    pub group_by: Option<&'static [&'static str]>,
    /// `cooldownMinutes`, in seconds; 0 is none.
    pub cooldown: Option<u64>,
    /// Path of the file, as given to the compiler.
    pub source: &'static str,
}

/// What a post-processing rule looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `correlation`: another rule matched too.
    Correlation {
        /// Index of the rule that `lookFor` names.
        look_for: usize,
    },
    /// `threshold`: the rule matched so often.
    Threshold {
        /// `thresholdCount`
        count: u32,
    },
}

impl Kind {
    /// The type as the file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Correlation { .. } => "correlation",
            Kind::Threshold { .. } => "threshold",
        }
    }
}
