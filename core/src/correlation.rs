//! Sigma correlations as data (Sigma correlation rules specification 2.1): which matches belong
//! together, and when they amount to something. Nothing here evaluates them.

use crate::{alerting::Alerting, rule_set::Level};

/// One compiled correlation.
#[derive(Debug)]
pub struct Correlation {
    /// The Sigma `id`, or the file's name where it has none.
    pub id: &'static str,
    /// `title`
    pub title: &'static str,
    /// `level`; the highest of its members where it has none.
    pub level: Level,
    /// `status`
    pub status: Option<&'static str>,
    /// `description`
    pub description: Option<&'static str>,
    /// `author`
    pub author: Option<&'static str>,
    /// `date`
    pub date: Option<&'static str>,
    /// `modified`
    pub modified: Option<&'static str>,
    /// `references`
    pub references: &'static [&'static str],
    /// `tags`
    pub tags: &'static [&'static str],
    /// `fields`: those a person wants to see first.
    pub fields: &'static [&'static str],
    /// `falsepositives`
    pub falsepositives: &'static [&'static str],
    /// `type`
    pub kind: Kind,
    /// `rules`: what is joined, in the order that an ordered type asks for.
    pub members: &'static [Member],
    /// `group-by`: matches are joined only where these agree; empty where all belong together.
    pub group_by: &'static [Key],
    /// `timespan`, in seconds.
    pub timespan: u64,
    /// `condition`
    pub condition: Condition,
    /// `field` of the condition: the values that are looked at. More than one only where distinct
    /// values are counted, then as one combined value.
    pub measured: &'static [Key],
    /// Whether it alerts by itself: not where only other correlations want it.
    pub generate: bool,
    /// What it says of its alerts beyond Sigma.
    pub alerting: Alerting,
    /// Path of the document, as given to the compiler.
    pub source: &'static str,
}

/// What a correlation looks at (specification, "Correlation Types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `event_count`: how many matches there are.
    EventCount,
    /// `value_count`: how many distinct values a field has.
    ValueCount,
    /// `temporal`: which of the members match.
    Temporal,
    /// `temporal_ordered`: which of the members match, in their order.
    TemporalOrdered,
    /// `value_sum`: the sum of a field's values.
    ValueSum,
    /// `value_avg`: their mean.
    ValueAvg,
    /// `value_percentile`: the value below which so many percent of them lie.
    ValuePercentile(u8),
}

impl Kind {
    /// The type as Sigma writes it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::EventCount => "event_count",
            Kind::ValueCount => "value_count",
            Kind::Temporal => "temporal",
            Kind::TemporalOrdered => "temporal_ordered",
            Kind::ValueSum => "value_sum",
            Kind::ValueAvg => "value_avg",
            Kind::ValuePercentile(_) => "value_percentile",
        }
    }
}

/// What a correlation joins. Following members always ends: no correlation leads to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// A rule, by its index in the rule set.
    Rule(usize),
    /// A correlation, by its index in the rule set.
    Correlation(usize),
}

/// A field or alias, with the field it stands for in each member.
#[derive(Debug)]
pub struct Key {
    /// As the document writes it.
    pub name: &'static str,
    /// Dotted paths, one a member.
    pub fields: &'static [&'static str],
}

/// When a correlation matches (specification, "Condition").
#[derive(Debug)]
pub enum Condition {
    /// All of the comparisons hold: one, or a lower and an upper bound. Of temporal types the
    /// number of different members that match is compared.
    Compare(&'static [Comparison]),
    /// Members match as the expression says.
    Expression(Expression),
}

/// A comparison with a number; what is compared stands on the left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How it is compared.
    pub operator: Operator,
    /// With what; whole where things are counted.
    pub value: f64,
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

impl Operator {
    /// The operator as Sigma writes it.
    pub fn name(self) -> &'static str {
        match self {
            Operator::Equal => "eq",
            Operator::NotEqual => "neq",
            Operator::Greater => "gt",
            Operator::GreaterOrEqual => "gte",
            Operator::Less => "lt",
            Operator::LessOrEqual => "lte",
        }
    }
}

/// A boolean expression over members. It does not hold where none of them matches.
#[derive(Debug, PartialEq, Eq)]
pub enum Expression {
    /// The member at this position matches.
    Member(usize),
    /// The operand does not hold.
    Not(&'static Expression),
    /// All operands hold.
    And(&'static [Expression]),
    /// Any operand holds.
    Or(&'static [Expression]),
}
