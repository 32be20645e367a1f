//! What joins matches, after the rules: correlations and post-processing rules.

use std::fmt::Write as _;

use super::alerting;
use serde_json::{Value, json};
use trailalerts_core::{
    Correlation, PostprocessingRule, RuleSet,
    correlation::{Condition, Expression, Kind, Member},
    postprocessing,
};

use crate::output::{DIM, RESET, level_style, plain};

/// A line each.
pub fn table(set: &RuleSet) -> String {
    let mut text = String::new();
    for each in set.correlations {
        let members: Vec<&str> = each.members.iter().map(|member| title(set, *member)).collect();
        let _ = writeln!(
            text,
            "{}{:<13}{RESET}  {}  {DIM}{} of {} within {} s{RESET}",
            level_style(each.level),
            each.level.name(),
            plain(each.title),
            each.kind.name(),
            plain(&members.join(", ")),
            each.timespan,
        );
    }
    for each in set.postprocessing {
        let what = match each.kind {
            postprocessing::Kind::Correlation { look_for } => {
                format!("correlation with {}", rule_title(set, look_for))
            }
            postprocessing::Kind::Threshold { count } => format!("threshold of {count}"),
        };
        let _ = writeln!(
            text,
            "{}{:<13}{RESET}  {}  {DIM}{} within {} s{RESET}",
            level_style(each.level),
            each.level.name(),
            plain(rule_title(set, each.rule)),
            plain(&what),
            each.window,
        );
    }
    text
}

/// An object each. `kind` tells them from rules.
pub fn as_json(set: &RuleSet) -> impl Iterator<Item = Value> + use<'_> {
    let correlations = set.correlations.iter().map(|each| correlation(set, each));
    correlations.chain(set.postprocessing.iter().map(|each| postprocessing(set, each)))
}

fn correlation(set: &RuleSet, each: &Correlation) -> Value {
    let keys = |keys: &[trailalerts_core::correlation::Key]| {
        let keys = keys.iter().map(|key| json!({ "name": key.name, "fields": key.fields }));
        keys.collect::<Vec<Value>>()
    };
    let condition = match &each.condition {
        Condition::Compare(comparisons) => comparisons
            .iter()
            .map(|each| (each.operator.name().to_owned(), number(each.value)))
            .collect(),
        Condition::Expression(expression) => Value::from(shown(set, each, expression)),
    };
    let percentile = match each.kind {
        Kind::ValuePercentile(percentile) => Some(percentile),
        _ => None,
    };
    json!({
        "kind": "correlation",
        "id": each.id,
        "title": each.title,
        "level": each.level.name(),
        "status": each.status,
        "description": each.description,
        "author": each.author,
        "date": each.date,
        "modified": each.modified,
        "tags": each.tags,
        "fields": each.fields,
        "falsepositives": each.falsepositives,
        "references": each.references,
        "type": each.kind.name(),
        "rules": each.members.iter().map(|member| id(set, *member)).collect::<Vec<_>>(),
        "group_by": keys(each.group_by),
        "timespan_seconds": each.timespan,
        "condition": condition,
        "field": keys(each.measured),
        "percentile": percentile,
        "generate": each.generate,
        "alerting": alerting::as_json(&each.alerting),
        "source": each.source,
    })
}

/// Whole numbers as such: the compiler takes none beyond 2^53.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 { Value::from(value as i64) } else { Value::from(value) }
}

/// The expression with the ids of what it names.
fn shown(set: &RuleSet, of: &Correlation, expression: &Expression) -> String {
    let list = |operands: &[Expression], word: &str| {
        let operands: Vec<_> = operands.iter().map(|each| shown(set, of, each)).collect();
        format!("({})", operands.join(word))
    };
    match expression {
        Expression::Member(at) => {
            of.members.get(*at).map_or("", |member| id(set, *member)).to_owned()
        }
        Expression::Not(inner) => format!("not {}", shown(set, of, inner)),
        Expression::And(operands) => list(operands, " and "),
        Expression::Or(operands) => list(operands, " or "),
    }
}

fn postprocessing(set: &RuleSet, each: &PostprocessingRule) -> Value {
    let (look_for, count) = match each.kind {
        postprocessing::Kind::Correlation { look_for } => (Some(look_for), None),
        postprocessing::Kind::Threshold { count } => (None, Some(count)),
    };
    let look_for = look_for.and_then(|rule| set.rules.get(rule)).map(|rule| rule.id);
    json!({
        "kind": "postprocessing",
        "type": each.kind.name(),
        "rule": set.rules.get(each.rule).map(|rule| rule.id),
        "look_for": look_for,
        "count": count,
        "window_seconds": each.window,
        "level": each.level.name(),
        "description": each.description,
        "group_by": each.group_by,
        "cooldown_seconds": each.cooldown,
        "source": each.source,
    })
}

fn rule_title(set: &RuleSet, rule: usize) -> &'static str {
    set.rules.get(rule).map_or("", |rule| rule.title)
}

fn title(set: &RuleSet, member: Member) -> &'static str {
    match member {
        Member::Rule(rule) => rule_title(set, rule),
        Member::Correlation(other) => set.correlations.get(other).map_or("", |each| each.title),
    }
}

fn id(set: &RuleSet, member: Member) -> &'static str {
    match member {
        Member::Rule(rule) => set.rules.get(rule).map_or("", |rule| rule.id),
        Member::Correlation(other) => set.correlations.get(other).map_or("", |each| each.id),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use trailalerts_conformance::RULE_SET;

    fn found(title: &str) -> Value {
        super::as_json(&RULE_SET)
            .find(|each| each["title"] == title || each["description"] == title)
            .expect("a fixture")
    }

    #[test]
    fn every_correlation_and_post_processing_rule_has_a_line() {
        let table = super::table(&RULE_SET);
        let count = RULE_SET.correlations.len() + RULE_SET.postprocessing.len();
        assert_eq!(table.lines().count(), count, "{table}");
        for part in [
            "temporal of Joined user, Joined key within 3600 s",
            "correlation with Joined user within 900 s",
            "threshold of 10 within 300 s",
        ] {
            assert!(table.contains(part), "`{part}` in {table}");
        }
    }

    #[test]
    fn json_names_rules_by_id() {
        let counting = found("Correlation event count");
        assert_eq!(counting["alerting"]["distribution"], json!([]));
        assert_eq!(counting["kind"], "correlation");
        assert_eq!(counting["condition"], json!({ "gt": 100, "lte": 200 }));
        assert_eq!(counting["timespan_seconds"], 5_400);
        let chain = found("Correlation temporal ordered");
        assert_eq!(chain["rules"][0], counting["id"]);
        assert_eq!(found("Correlation value sum")["condition"], json!({ "gt": 1.5 }));
        assert_eq!(found("Correlation value percentile")["percentile"], 95);
        let expression = found("Correlation temporal expression");
        let id = |at: usize| expression["rules"][at].as_str().unwrap_or_default();
        let shown = format!("({} and ({} or not {}))", id(0), id(1), id(2));
        assert_eq!(expression["condition"], shown);
        let threshold = found("Many logins in a short time");
        assert_eq!(
            (&threshold["kind"], &threshold["count"]),
            (&json!("postprocessing"), &json!(10))
        );
        assert_eq!(threshold["group_by"], json!(["sourceIPAddress"]));
    }
}
