//! Patterns: what several matches amount to together. Sigma correlations, thresholds and the
//! correlations of post-processing rules, in one form.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use trailalerts_core::{
    Correlation, Level, Match, PostprocessingRule, Rule, RuleSet,
    correlation::{self, Comparison, Condition, Expression, Member, Operator},
    postprocessing,
};

use crate::{
    facts::{Facts, bounded, digest},
    json::body,
};

/// What several matches amount to together.
#[derive(Debug)]
pub struct Pattern {
    /// Names the pattern in the store: the same from one build to the next while it means the same.
    pub id: String,
    /// Where it is from.
    pub origin: Origin,
    /// What it joins. Each has a lane of its own in the store.
    pub members: Vec<Member>,
    /// Matches of one group are joined.
    pub group_by: GroupBy,
    /// The longest time between two records that belong together, in milliseconds.
    pub window: i64,
    /// What must hold of the records of a window.
    pub test: Test,
    /// The fields that the test looks at, each by what it is called in each member.
    pub measured: Vec<Vec<&'static str>>,
}

/// Where a pattern is from.
#[derive(Debug, Clone, Copy)]
pub enum Origin {
    /// A Sigma correlation, by its index in the rule set: an alert of its own.
    Correlation(usize),
    /// A post-processing rule, by its index in the rule set: adjusts the alert of its rule.
    Postprocessing(usize),
}

/// What the records of a group have in common.
#[derive(Debug)]
pub enum GroupBy {
    /// The account.
    Account,
    /// The actor and the account.
    ActorAndAccount,
    /// Fields: the name of each, and what it is called in each member.
    Fields(Vec<(&'static str, Vec<&'static str>)>),
}

/// All of them hold.
pub type Comparisons = Cow<'static, [Comparison]>;

/// What must hold of the records of a window.
#[derive(Debug)]
pub enum Test {
    /// So many matches.
    Count(Comparisons),
    /// So many distinct values.
    Distinct(Comparisons),
    /// So many members, or those that an expression wants, in their order or in any.
    Present {
        /// Which.
        which: Which,
        /// Whether each comes at the time of the one before it or later, as another record.
        ordered: bool,
    },
    /// The values amount to so much.
    Values(Measure, Comparisons),
}

/// Which members must be there.
#[derive(Debug)]
pub enum Which {
    /// All.
    All,
    /// So many of them.
    Number(Comparisons),
    /// Those that the expression wants.
    Expression(&'static Expression),
}

/// What is made of the numbers of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The least of them that so many percent do not exceed.
    Percentile(u8),
}

impl Pattern {
    /// The pattern of a Sigma correlation.
    pub fn of_correlation(set: &'static RuleSet, index: usize) -> Option<Pattern> {
        let written = set.correlations.get(index)?;
        let compared = Cow::Borrowed(match written.condition {
            Condition::Compare(comparisons) => comparisons,
            Condition::Expression(_) => &[],
        });
        let which = || match &written.condition {
            Condition::Expression(expression) => Which::Expression(expression),
            Condition::Compare([]) => Which::All,
            // What the compiler writes where the document says nothing.
            Condition::Compare([one]) if wants_all(one, written.members.len()) => Which::All,
            Condition::Compare(comparisons) => Which::Number(Cow::Borrowed(comparisons)),
        };
        let test = match written.kind {
            correlation::Kind::EventCount => Test::Count(compared),
            correlation::Kind::ValueCount => Test::Distinct(compared),
            correlation::Kind::Temporal => Test::Present { which: which(), ordered: false },
            correlation::Kind::TemporalOrdered => Test::Present { which: which(), ordered: true },
            correlation::Kind::ValueSum => Test::Values(Measure::Sum, compared),
            correlation::Kind::ValueAvg => Test::Values(Measure::Average, compared),
            correlation::Kind::ValuePercentile(percent) => {
                Test::Values(Measure::Percentile(percent), compared)
            }
        };
        let keys = written.group_by.iter().map(|key| (key.name, key.fields.to_vec())).collect();
        Some(Pattern {
            id: format!("c-{}", written.id),
            origin: Origin::Correlation(index),
            members: written.members.to_vec(),
            group_by: GroupBy::Fields(keys),
            window: milliseconds(written.timespan),
            test,
            measured: written.measured.iter().map(|key| key.fields.to_vec()).collect(),
        })
    }

    /// The pattern of a post-processing rule.
    pub fn of_postprocessing(set: &'static RuleSet, index: usize) -> Option<Pattern> {
        let written = set.postprocessing.get(index)?;
        let rule = set.rules.get(written.rule)?;
        let window = written.window.to_string();
        let (members, test, default, parts) = match &written.kind {
            postprocessing::Kind::Threshold { count } => (
                vec![Member::Rule(written.rule)],
                Test::Count(at_least(*count)),
                GroupBy::ActorAndAccount,
                ["threshold".to_owned(), count.to_string()],
            ),
            postprocessing::Kind::Correlation { look_for } => (
                vec![Member::Rule(*look_for), Member::Rule(written.rule)],
                Test::Present { which: Which::All, ordered: true },
                GroupBy::Account,
                ["correlation".to_owned(), set.rules.get(*look_for)?.id.to_owned()],
            ),
        };
        // Two may differ in their level alone.
        let mut named = vec![rule.id, &parts[0], &parts[1], &window, written.level.name()];
        named.extend(written.group_by.unwrap_or_default());
        let id = format!("p-{}", digest(&named));
        let fields = |fields: &&'static [&'static str]| {
            let of_all = |field: &&'static str| (*field, vec![*field; members.len()]);
            GroupBy::Fields(fields.iter().map(of_all).collect())
        };
        let group_by = written.group_by.as_ref().map_or(default, fields);
        Some(Pattern {
            id,
            origin: Origin::Postprocessing(index),
            group_by,
            members,
            window: milliseconds(written.window),
            test,
            measured: Vec::new(),
        })
    }

    /// The values that a match of a member has in common with the others of its group; `None`
    /// where it lacks one and belongs to none.
    pub fn group_of(&self, member: usize, found: &Match<'_>, facts: &Facts) -> Option<Group> {
        let value = |field: &str| found.text(field).map(bounded);
        let account = || facts.account.clone().unwrap_or_else(|| "unknown".to_owned());
        let group = match &self.group_by {
            GroupBy::Account => vec![("account".to_owned(), account())],
            GroupBy::ActorAndAccount => vec![
                ("actor".to_owned(), facts.actor.canonical.clone()),
                ("account".to_owned(), account()),
            ],
            GroupBy::Fields(keys) => keys
                .iter()
                .map(|(name, fields)| Some(((*name).to_owned(), value(fields.get(member)?)?)))
                .collect::<Option<_>>()?,
        };
        Some(Group(group))
    }

    /// The group of another pattern's finding, which knows no more than its own group. A field is
    /// found there by the name that stands for this member, or by its own.
    pub fn group_of_group(&self, member: usize, inner: &Group) -> Option<Group> {
        let GroupBy::Fields(keys) = &self.group_by else {
            return None;
        };
        let value = |(name, fields): &(&'static str, Vec<&'static str>)| {
            let value = inner.get(fields.get(member)?).or_else(|| inner.get(name))?;
            Some(((*name).to_owned(), value.to_owned()))
        };
        keys.iter().map(value).collect::<Option<_>>().map(Group)
    }

    /// The same, where values of one of its records stand for those that its group lacks.
    pub fn group_of_record(
        &self,
        member: usize,
        inner: &Group,
        values: &BTreeMap<String, String>,
    ) -> Option<Group> {
        let GroupBy::Fields(keys) = &self.group_by else {
            return None;
        };
        let value = |(name, fields): &(&'static str, Vec<&'static str>)| {
            let field = *fields.get(member)?;
            let known = inner.get(field).or_else(|| inner.get(name));
            let value = known.or_else(|| values.get(field).map(String::as_str))?;
            Some(((*name).to_owned(), value.to_owned()))
        };
        keys.iter().map(value).collect::<Option<_>>().map(Group)
    }

    /// The value that the test looks at in a match of a member, if it looks at any; `None` where
    /// the match lacks it and does not count.
    pub fn value_of(
        &self,
        member: usize,
        field: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Option<String>> {
        let values = self.measured.iter().map(|fields| field(fields.get(member)?));
        let mut values = values.collect::<Option<Vec<String>>>()?;
        match (&self.test, values.len()) {
            (_, 0) => Some(None),
            (Test::Values(..), _) => values.pop().filter(|value| number(value).is_some()).map(Some),
            (_, 1) => values.pop().map(Some),
            (_, _) => Some(Some(body(&values))),
        }
    }

    /// Whether all records belong to one group.
    pub fn has_one_group(&self) -> bool {
        matches!(&self.group_by, GroupBy::Fields(fields) if fields.is_empty())
    }

    /// Whether what holds of some records holds of more of them, too. Of such patterns the order
    /// of arrival changes nothing, but for counts of what other correlations find: two of their
    /// episodes can become one.
    pub fn grows(&self) -> bool {
        let lower = |comparisons: &[Comparison]| {
            comparisons.iter().all(|comparison| {
                matches!(comparison.operator, Operator::Greater | Operator::GreaterOrEqual)
            })
        };
        match &self.test {
            Test::Count(comparisons) | Test::Distinct(comparisons) => lower(comparisons),
            Test::Present { which: Which::All, .. } => true,
            Test::Present { which: Which::Number(comparisons), .. } => lower(comparisons),
            Test::Present { which: Which::Expression(expression), .. } => !has_not(expression),
            // A sum can shrink by what is added to it.
            Test::Values(..) => false,
        }
    }

    /// Whether it is about too few matches, which shows when a window closes and not when a
    /// record arrives.
    pub fn is_absence(&self) -> bool {
        let Test::Count(comparisons) = &self.test else {
            return false;
        };
        !comparisons.is_empty()
            && comparisons.iter().all(|comparison| {
                matches!(
                    comparison.operator,
                    Operator::Less | Operator::LessOrEqual | Operator::Equal
                )
            })
    }
}

/// The values that the records of a group have in common, by field, in the order of the pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Group(pub Vec<(String, String)>);

impl Group {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Names the group by its values.
    pub fn digest(&self) -> String {
        digest(&self.0.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>())
    }
}

/// All patterns of a rule set, and who waits for whom.
#[derive(Debug)]
pub struct Patterns {
    set: &'static RuleSet,
    all: Vec<Pattern>,
}

impl Patterns {
    /// The patterns of a rule set.
    pub fn of(set: &'static RuleSet) -> Patterns {
        let correlations =
            (0..set.correlations.len()).filter_map(|index| Pattern::of_correlation(set, index));
        let postprocessing = (0..set.postprocessing.len())
            .filter_map(|index| Pattern::of_postprocessing(set, index));
        Patterns { set, all: correlations.chain(postprocessing).collect() }
    }

    /// The patterns.
    pub fn iter(&self) -> impl Iterator<Item = &Pattern> {
        self.all.iter()
    }

    /// The patterns that join what is found by a rule or correlation, and its place in each.
    pub fn joining(&self, member: Member) -> impl Iterator<Item = (&Pattern, usize)> {
        self.all.iter().filter_map(move |pattern| {
            let place = pattern.members.iter().position(|other| *other == member)?;
            Some((pattern, place))
        })
    }

    /// The fields of a pattern's records by which correlations join it, beyond its own group.
    pub fn wanted_of(&self, pattern: &Pattern) -> Vec<&'static str> {
        let (Origin::Correlation(index), GroupBy::Fields(own)) =
            (pattern.origin, &pattern.group_by)
        else {
            return Vec::new();
        };
        let mut wanted = Vec::new();
        for (outer, member) in self.joining(Member::Correlation(index)) {
            let GroupBy::Fields(keys) = &outer.group_by else { continue };
            for (name, fields) in keys {
                let Some(field) = fields.get(member) else { continue };
                if own.iter().all(|(own, _)| own != field && own != name) && !wanted.contains(field)
                {
                    wanted.push(*field);
                }
            }
        }
        wanted
    }

    /// The correlation that a pattern is from.
    pub fn correlation(&self, pattern: &Pattern) -> Option<&'static Correlation> {
        match pattern.origin {
            Origin::Correlation(index) => self.set.correlations.get(index),
            Origin::Postprocessing(_) => None,
        }
    }

    /// The post-processing rule that a pattern is from, and the rule whose alerts it adjusts.
    pub fn postprocessing(
        &self,
        pattern: &Pattern,
    ) -> Option<(&'static PostprocessingRule, &'static Rule)> {
        let Origin::Postprocessing(index) = pattern.origin else {
            return None;
        };
        let written = self.set.postprocessing.get(index)?;
        Some((written, self.set.rules.get(written.rule)?))
    }

    /// The rule set.
    pub fn set(&self) -> &'static RuleSet {
        self.set
    }

    /// The title of what a pattern is from.
    pub fn title(&self, pattern: &Pattern) -> &'static str {
        match (self.correlation(pattern), self.postprocessing(pattern)) {
            (Some(correlation), _) => correlation.title,
            (None, Some((_, rule))) => rule.title,
            (None, None) => "",
        }
    }

    /// How much an alert of a pattern weighs by itself.
    pub fn level(&self, pattern: &Pattern) -> Level {
        match (self.correlation(pattern), self.postprocessing(pattern)) {
            (Some(correlation), _) => correlation.level,
            (None, Some((written, rule))) => written.level.max(rule.level),
            (None, None) => Level::Medium,
        }
    }
}

/// A finite number, as JSON or a person writes it.
pub fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn milliseconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)
}

/// `gte: count`
fn at_least(count: u32) -> Comparisons {
    let value = f64::from(count);
    Cow::Owned(vec![Comparison { operator: Operator::GreaterOrEqual, value }])
}

/// Whether a number of members meets the comparison only if it is the number of all.
fn wants_all(comparison: &Comparison, members: usize) -> bool {
    let all = members as f64;
    match comparison.operator {
        Operator::GreaterOrEqual | Operator::Equal => comparison.value == all,
        Operator::Greater => comparison.value == all - 1.0,
        Operator::NotEqual | Operator::Less | Operator::LessOrEqual => false,
    }
}

fn has_not(expression: &Expression) -> bool {
    match expression {
        Expression::Member(_) => false,
        Expression::Not(_) => true,
        Expression::And(operands) | Expression::Or(operands) => operands.iter().any(has_not),
    }
}
