//! Why an alert of a pattern is told, in words.

use std::collections::BTreeSet;

use trailalerts_core::{
    RuleSet,
    correlation::{Comparison, Member, Operator},
};

use crate::{
    entry::Entry,
    pattern::{Group, GroupBy, Measure, Origin, Pattern, Test},
};

/// Why a pattern's alert is told: what holds of the records, within which time, of which group.
pub fn reason(set: &RuleSet, pattern: &Pattern, group: &Group, entries: &[Entry]) -> String {
    let what = what(set, pattern, entries);
    let place = match pattern.group_by {
        GroupBy::Account => format!(" in account {}", group.get("account").unwrap_or("unknown")),
        GroupBy::ActorAndAccount => format!(
            " by {} in account {}",
            group.get("actor").unwrap_or("unknown"),
            group.get("account").unwrap_or("unknown")
        ),
        GroupBy::Fields(_) if group.0.is_empty() => String::new(),
        GroupBy::Fields(_) => {
            let pairs = group.0.iter().map(|(name, value)| format!("{name} {value}"));
            format!(", all with {}", pairs.collect::<Vec<_>>().join(", "))
        }
    };
    let text = format!("{what} within {}{place}", duration(pattern.window / 1000));
    match pattern.origin {
        Origin::Postprocessing(index) => match set.postprocessing.get(index) {
            Some(written) => format!("{}: {text}", written.description),
            None => text,
        },
        Origin::Correlation(_) => text,
    }
}

fn what(set: &RuleSet, pattern: &Pattern, entries: &[Entry]) -> String {
    let titles = |members: &mut dyn Iterator<Item = usize>, between: &str| {
        let titles =
            members.filter_map(|at| Some(format!("`{}`", title(set, pattern.members.get(at)?)?)));
        titles.collect::<Vec<_>>().join(between)
    };
    let all = || titles(&mut (0..pattern.members.len()), " or ");
    let measured = || {
        let names = pattern.measured.iter().filter_map(|fields| fields.first().copied());
        names.collect::<Vec<_>>().join(" and ")
    };
    match &pattern.test {
        Test::Count(comparisons) => {
            format!(
                "{} ({}) of {}",
                counted(entries.len(), "match", "matches"),
                words(comparisons),
                all()
            )
        }
        Test::Distinct(comparisons) => {
            let values: BTreeSet<_> =
                entries.iter().filter_map(|entry| entry.value.as_deref()).collect();
            let (count, field) = (values.len(), measured());
            let counted = counted(count, "different value", "different values");
            format!("{counted} ({}) of {field} in matches of {}", words(comparisons), all())
        }
        Test::Values(measure, comparisons) => {
            let measure = match measure {
                Measure::Sum => "the sum".to_owned(),
                Measure::Average => "the mean".to_owned(),
                Measure::Percentile(percent) => format!("percentile {percent}"),
            };
            format!("{measure} of {} ({}) in matches of {}", measured(), words(comparisons), all())
        }
        Test::Present { ordered, .. } => {
            let present: BTreeSet<usize> = entries.iter().map(|entry| entry.member).collect();
            let between = if *ordered { ", then " } else { " and " };
            titles(&mut present.into_iter(), between)
        }
    }
}

/// The title of a member.
pub fn title(set: &RuleSet, member: &Member) -> Option<&'static str> {
    match member {
        Member::Rule(index) => set.rules.get(*index).map(|rule| rule.title),
        Member::Correlation(index) => set.correlations.get(*index).map(|other| other.title),
    }
}

/// Comparisons in words: `at least 10`
pub fn words(comparisons: &[Comparison]) -> String {
    let words = comparisons.iter().map(|comparison| {
        let operator = match comparison.operator {
            Operator::Equal => "exactly",
            Operator::NotEqual => "any but",
            Operator::Greater => "more than",
            Operator::GreaterOrEqual => "at least",
            Operator::Less => "fewer than",
            Operator::LessOrEqual => "at most",
        };
        format!("{operator} {}", comparison.value)
    });
    words.collect::<Vec<_>>().join(" and ")
}

/// `1 match`, `2 matches`
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A length of time in the largest units that divide it: `90` seconds are `90 seconds`, 120 are
/// `2 minutes`.
pub fn duration(seconds: i64) -> String {
    let units = [(86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes")];
    let fitting = units.into_iter().find(|(length, ..)| seconds > 0 && seconds % length == 0);
    let (length, one, many) = fitting.unwrap_or((1, "second", "seconds"));
    counted(usize::try_from(seconds / length).unwrap_or(0), one, many)
}
