//! What is generated of correlations and post-processing rules says what the documents say.

use std::fmt::Write as _;

use trailalerts_conformance::RULE_SET;
use trailalerts_core::{
    Correlation, Level, PostprocessingRule, Rule,
    correlation::{Comparison, Condition, Expression, Key, Kind, Member, Operator},
    postprocessing,
};

fn correlation(title: &str) -> &'static Correlation {
    RULE_SET.correlations.iter().find(|each| each.title == title).expect("a fixture")
}

fn rule(title: &str) -> &'static Rule {
    RULE_SET.rules.iter().find(|each| each.title == title).expect("a fixture")
}

fn members(correlation: &Correlation) -> Vec<&'static str> {
    let title = |member: &Member| match *member {
        Member::Rule(rule) => RULE_SET.rules[rule].title,
        Member::Correlation(other) => RULE_SET.correlations[other].title,
    };
    correlation.members.iter().map(title).collect()
}

fn comparisons(correlation: &Correlation) -> Vec<(Operator, f64)> {
    match correlation.condition {
        Condition::Compare(comparisons) => {
            comparisons.iter().map(|Comparison { operator, value }| (*operator, *value)).collect()
        }
        Condition::Expression(_) => Vec::new(),
    }
}

/// Keys as `name: field, field; name: …`.
fn keys(keys: &[Key]) -> String {
    let mut text = String::new();
    for key in keys {
        let _ = write!(text, "{}: {}; ", key.name, key.fields.join(", "));
    }
    text
}

#[test]
fn all_attributes_are_kept() {
    let found = correlation("Correlation event count");
    assert_eq!(found.id.len(), 36);
    assert_eq!(found.level, Level::High);
    assert_eq!(found.status, Some("test"));
    assert_eq!(found.description, Some("Counts matches in a range."));
    assert_eq!(found.author, Some("Ann"));
    assert_eq!(found.date, Some("2026-05-01"));
    assert_eq!(found.modified, Some("2026-05-02"));
    assert_eq!(found.references, ["https://example.com/"]);
    assert_eq!(found.tags, ["attack.t1110"]);
    assert_eq!(found.fields, ["sourceIPAddress"]);
    assert_eq!(found.falsepositives, ["Migrations"]);
    assert!(found.source.ends_with("correlations/correlation_event_count.yml"));
}

#[test]
fn types_members_and_timespans_are_those_of_the_documents() {
    let bytes = "additionalEventData.bytesTransferredOut";
    let field = format!("{bytes}: {bytes}; ");
    let pair =
        "sourceIPAddress: sourceIPAddress, sourceIPAddress; userAgent: userAgent, userAgent; ";
    let login = ["Joined login"].as_slice();
    let cases = [
        ("event count", Kind::EventCount, login, 5_400, ""),
        ("absence", Kind::EventCount, &["Joined and alerting"], 2_629_746, ""),
        ("value count", Kind::ValueCount, &["Joined login", "Joined and alerting"], 30, pair),
        ("value sum", Kind::ValueSum, login, 1_209_600, &field),
        ("value avg", Kind::ValueAvg, login, 1_209_600, &field),
        ("value percentile", Kind::ValuePercentile(95), login, 86_400, &field),
        ("temporal", Kind::Temporal, &["Joined user", "Joined key"], 3_600, ""),
        (
            "temporal expression",
            Kind::Temporal,
            &["Joined login", "Joined user", "Joined key"],
            3_600,
            "",
        ),
        (
            "temporal ordered",
            Kind::TemporalOrdered,
            &["Correlation event count", "Joined user"],
            31_556_952,
            "",
        ),
    ];
    assert_eq!(cases.len(), RULE_SET.correlations.len(), "every correlation is looked at");
    for (title, kind, joined, timespan, measured) in cases {
        let found = correlation(&format!("Correlation {title}"));
        assert_eq!(found.kind, kind, "{title}");
        assert_eq!(members(found), joined, "{title}");
        assert_eq!(found.timespan, timespan, "{title}");
        assert_eq!(keys(found.measured), measured, "{title}");
        let fields = found.group_by.iter().chain(found.measured).map(|key| key.fields.len());
        assert!(fields.into_iter().all(|count| count == joined.len()), "{title}");
    }
}

#[test]
fn conditions_are_those_of_the_documents() {
    let cases = [
        ("event count", vec![(Operator::Greater, 100.0), (Operator::LessOrEqual, 200.0)]),
        ("absence", vec![(Operator::Equal, 0.0)]),
        ("value count", vec![(Operator::NotEqual, 3.0)]),
        ("value sum", vec![(Operator::Greater, 1.5)]),
        ("value avg", vec![(Operator::Less, -2.0)]),
        ("value percentile", vec![(Operator::GreaterOrEqual, 1000.0)]),
        // Without a condition all of the members have to match.
        ("temporal", vec![(Operator::GreaterOrEqual, 2.0)]),
        ("temporal ordered", vec![(Operator::GreaterOrEqual, 2.0)]),
    ];
    for (title, expected) in cases {
        assert_eq!(comparisons(correlation(&format!("Correlation {title}"))), expected, "{title}");
    }
    let Condition::Expression(expression) =
        &correlation("Correlation temporal expression").condition
    else {
        panic!("the condition is an expression");
    };
    let expected = Expression::And(&[
        Expression::Member(0),
        Expression::Or(&[Expression::Member(1), Expression::Not(&Expression::Member(2))]),
    ]);
    assert_eq!(*expression, expected);
}

#[test]
fn aliases_are_resolved_for_each_member() {
    let found = keys(correlation("Correlation temporal").group_by);
    let expected = "user: requestParameters.userName, responseElements.accessKey.userName; \
                    recipientAccountId: recipientAccountId, recipientAccountId; ";
    assert_eq!(found, expected);
    assert!(correlation("Correlation absence").group_by.is_empty());
}

#[test]
fn a_correlation_without_a_level_has_the_highest_of_its_members() {
    assert_eq!(correlation("Correlation temporal ordered").level, Level::High);
    assert_eq!(correlation("Correlation absence").level, Level::Low);
}

#[test]
fn what_only_correlations_want_does_not_alert_by_itself() {
    assert!(!rule("Joined login").generate);
    assert!(!rule("Joined user").generate);
    assert!(rule("Joined and alerting").generate, "one of two correlations says so");
    assert!(rule("Dispatch pair").generate, "no correlation names it");
    assert!(!correlation("Correlation event count").generate);
    assert!(correlation("Correlation temporal").generate);
}

#[test]
fn post_processing_rules_say_what_their_file_says() {
    let [joining, counting] = RULE_SET.postprocessing else {
        panic!("there are two");
    };
    let index = |title: &str| RULE_SET.rules.iter().position(|each| each.title == title);
    let titled = |each: &PostprocessingRule| RULE_SET.rules[each.rule].title;
    let look_for = index("Joined user").expect("a fixture");
    assert_eq!(joining.kind, postprocessing::Kind::Correlation { look_for });
    assert_eq!(titled(joining), "Joined key");
    assert_eq!((joining.window, joining.level), (900, Level::High));
    assert_eq!(joining.description, "User creation followed by a key");
    assert_eq!((joining.group_by, joining.cooldown), (None, None));
    assert_eq!(counting.kind, postprocessing::Kind::Threshold { count: 10 });
    assert_eq!(titled(counting), "Joined login");
    assert_eq!((counting.window, counting.level), (300, Level::Medium));
    assert_eq!(counting.group_by, Some(["sourceIPAddress"].as_slice()));
    assert_eq!(counting.cooldown, Some(3_600));
    assert!(counting.source.ends_with("postprocessing_rules/joined.json"));
}
