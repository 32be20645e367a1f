//! Post-processing rules as their author wrote them: `postprocessing_rules/*.json`.

use super::Level;
use crate::source::{FileId, Span, Spanned};

/// A post-processing rule.
#[derive(Debug, Clone)]
pub struct PostprocessingRule {
    /// The file that holds it.
    pub file: FileId,
    /// The whole object.
    pub span: Span,
    /// `type`, with what belongs to it
    pub kind: PostprocessingKind,
    /// `sigmaRuleTitle`
    pub title: Spanned<String>,
    /// `windowMinutes`
    pub window_minutes: u32,
    /// `severity_adjustment`
    pub level: Level,
    /// `description`
    pub description: String,
    /// `groupBy`: fields of the record
    pub group_by: Option<Vec<Spanned<String>>>,
    /// `cooldownMinutes`; 0 is none
    pub cooldown_minutes: Option<u32>,
}

/// What a post-processing rule looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostprocessingKind {
    /// `correlation`: another rule matched too.
    Correlation {
        /// `lookFor`: the title of the other rule
        look_for: Spanned<String>,
    },
    /// `threshold`: the rule matched so often.
    Threshold {
        /// `thresholdCount`
        count: u32,
    },
}
