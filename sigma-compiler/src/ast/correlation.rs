//! One correlation document as its author wrote it (Sigma correlation rules specification 2.1).

use super::{Alerting, Condition, Level, Status};
use crate::source::{FileId, Span, Spanned};

/// A Sigma correlation.
#[derive(Debug, Clone)]
pub struct Correlation {
    /// The file that holds it.
    pub file: FileId,
    /// Its place among the correlations of the file, from 1.
    pub number: usize,
    /// `title`
    pub title: Spanned<String>,
    /// `id`, in lower case
    pub id: Option<Spanned<String>>,
    /// `name`: how other correlations may call it
    pub name: Option<Spanned<String>>,
    /// `status`
    pub status: Option<Status>,
    /// `description`
    pub description: Option<String>,
    /// `references`
    pub references: Vec<String>,
    /// `author`
    pub author: Option<String>,
    /// `date`, as written
    pub date: Option<String>,
    /// `modified`, as written
    pub modified: Option<String>,
    /// `tags`
    pub tags: Vec<Spanned<String>>,
    /// `fields`
    pub fields: Vec<String>,
    /// `falsepositives`
    pub falsepositives: Vec<String>,
    /// `level`
    pub level: Option<Level>,
    /// `type`, with the percentile where it is one
    pub kind: CorrelationKind,
    /// `rules`: ids or names of rules and correlations, each once
    pub rules: Vec<Spanned<String>>,
    /// `group-by`: fields or aliases, each once
    pub group_by: Vec<Spanned<String>>,
    /// `timespan`, in seconds
    pub timespan: u64,
    /// `condition`
    pub condition: CorrelationCondition,
    /// `field` of the condition: fields or aliases
    pub measured: Vec<Spanned<String>>,
    /// `aliases`
    pub aliases: Vec<Alias>,
    /// `generate`: whether the rules named also alert by themselves
    pub generate: bool,
    /// `trailalerts`
    pub alerting: Alerting,
}

/// What a correlation looks at (specification, "Correlation Types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationKind {
    /// `event_count`
    EventCount,
    /// `value_count`
    ValueCount,
    /// `temporal`
    Temporal,
    /// `temporal_ordered`
    TemporalOrdered,
    /// `value_sum`
    ValueSum,
    /// `value_avg`
    ValueAvg,
    /// `value_percentile`, with the percentile of 0 to 100
    ValuePercentile(u8),
}

/// When a correlation matches (specification, "Condition").
#[derive(Debug, Clone)]
pub enum CorrelationCondition {
    /// All of the comparisons hold: one, or a lower and an upper bound, which leave room.
    Compare(Vec<Comparison>),
    /// An expression whose identifiers are elements of `rules`, all of which it uses.
    Expression(Condition),
}

/// `gte: 10` and its kin.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The operator.
    pub operator: Spanned<Operator>,
    /// The number; whole and not negative where things are counted.
    pub value: f64,
    /// Where the number stands.
    pub span: Span,
}

/// How a count or value is compared with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `neq`
    NotEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
}

/// A name for fields that are called differently in different rules (specification, "Field Name
/// Aliases").
#[derive(Debug, Clone)]
pub struct Alias {
    /// The alias.
    pub name: Spanned<String>,
    /// Rules, by id or name, and the field that is meant in each.
    pub fields: Vec<(Spanned<String>, String)>,
    /// From the alias to the last field.
    pub span: Span,
}
