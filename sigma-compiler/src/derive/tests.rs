use super::*;
use crate::{compile, mutate::changes, source::SourceFile};

/// The rule of a detection.
fn rule(detection: &str) -> Rule {
    let text = format!(
        "title: T\nid: 11111111-2222-4333-8444-555555555555\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n{detection}\nlevel: low\n"
    );
    let mut compilation = compile(vec![SourceFile::new("rules/a.yml", text)], Vec::new());
    assert!(!compilation.has_errors(), "{:?}", compilation.diagnostics);
    compilation.set.rules.remove(0).rule
}

fn json(text: &str) -> Json {
    Json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn derived_records_notice_every_change() {
    let cases = [
        "  s:\n    a: x\n    b: null\n  condition: s",
        "  s:\n    a:\n      - x\n      - y*z\n    b|endswith: '\\*'\n  condition: s",
        "  s:\n    a.items.b: x\n    a.items.c: y\n  condition: s",
        "  s:\n    n|gt: 5\n    m|lte: 1.5\n    o: false\n    p: 443\n  condition: s",
        "  s:\n    ip|cidr: 10.0.0.0/8\n    ip6|cidr: '2001:db8::/32'\n  condition: s",
        "  s:\n    a|re|i: '^[a-z]+-(one|two){2}[0-9]{3}$'\n    b|re: 'x.y'\n  condition: s",
        "  s:\n    a|exists: true\n    b|exists: false\n    c|neq: z\n  condition: s",
        "  s:\n    a|fieldref: b.c\n    d|fieldref|startswith: e\n  condition: s",
        "  s:\n    a|re: '^x:[0-9]{12}:'\n  f:\n    a|fieldref|contains: eventName\n  condition: s and not f",
        "  s:\n    a|contains|all:\n      - one\n      - two\n    b|cased: X\n  condition: s",
        "  s:\n    - word\n    - other\n  condition: s",
        "  s:\n    a: x\n  f_1:\n    b: y\n    c: z\n    d: w\n  f_2:\n    e: v\n  condition: s and not 1 of f_*",
        "  s_1:\n    a: x\n  s_2:\n    b: y\n  s_3:\n    c: z\n  condition: 2 of s_*",
        "  s:\n    - a: x\n      b: y\n    - c: z\n  t:\n    d: w\n  condition: (s or t) and not (s and t)",
        "  s:\n    requestParameters|contains: x\n    requestParameters.b: y\n  condition: s",
        "  s:\n    a: x\n  condition: not s",
    ];
    for detection in cases {
        let rule = rule(detection);
        let derived = missing_records(&rule, &[], &json(r#"{"eventName":"E"}"#));
        let left: Vec<_> = derived.unnoticed.iter().map(|change| &change.what).collect();
        assert!(left.is_empty(), "{detection}\n{left:?}");
        assert!(!derived.should_match.is_empty() && !derived.should_not_match.is_empty());
        assert!(derived.should_match.iter().all(|record| detects(&rule, record)));
        assert!(!derived.should_not_match.iter().any(|record| detects(&rule, record)));
        let all = [derived.should_match, derived.should_not_match].concat();
        for change in changes(&rule) {
            assert!(notices(&rule, &change.rule, &all), "{detection}\n{}", change.what);
        }
        let again = missing_records(&rule, &all, &json("{}"));
        assert!(again.should_match.is_empty() && again.should_not_match.is_empty());
    }
}

#[test]
fn a_rule_that_cannot_match_gets_no_record() {
    let rule = rule("  s:\n    a: x\n  f:\n    a: x\n  condition: s and not f");
    let derived = missing_records(&rule, &[], &json("{}"));
    assert!(derived.should_match.is_empty());
}

#[test]
fn an_edit_keeps_what_stands_around_it() {
    let cases = [
        (
            r#"{"a":1.50,"b":{"c":[{"d":1},{"d":2}]}}"#,
            "b.c.d",
            Some("3"),
            r#"{"a":1.50,"b":{"c":[{"d":3},{"d":2}]}}"#,
        ),
        (r#"{"b":{"c":[{"d":1},{"d":2,"e":0}]}}"#, "b.c.d", None, r#"{"b":{"c":[{},{"e":0}]}}"#),
        ("{}", "a.items.b", Some("true"), r#"{"a":{"items":[{"b":true}]}}"#),
        (r#"{"a.b":1,"a":{"b":2}}"#, "a.b", Some("3"), r#"{"a.b":3,"a":{"b":2}}"#),
        (r#"{"a":null}"#, "a.b", Some("1"), r#"{"a":{"b":1}}"#),
        (r#"{"a":{"b":1}}"#, "a", Some(r#""\u0041""#), r#"{"a":{"b":1,"example":"\u0041"}}"#),
        (r#"{"a":[]}"#, "a.b", Some("1"), r#"{"a":{"b":1}}"#),
        (r#"{"a":1}"#, "b.c", None, r#"{"a":1}"#),
    ];
    for (record, path, value, expected) in cases {
        let edit = Edit { path: path.to_owned(), value: value.map(json) };
        assert_eq!(edit.apply(&json(record)).compact(), expected, "{edit} in {record}");
    }
}

#[test]
fn records_are_written_over_several_lines() {
    let record = json(r#"{"a":{"b":[1.50,"\u0041"],"c":{}},"d":[]}"#);
    let expected = "{\n  \"a\": {\n    \"b\": [\n      1.50,\n      \"\\u0041\"\n    ],\n    \"c\": {}\n  },\n  \"d\": []\n}";
    assert_eq!(pretty(&record, 0), expected);
    assert_eq!(json(&pretty(&record, 4)), record);
}
