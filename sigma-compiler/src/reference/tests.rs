use std::sync::Arc;

use super::*;
use crate::ast::{
    Condition, Detection, DetectionItem, Filter, FilteredRules, IdentifierPattern, Modifier, Rule,
    SearchIdentifier, Value,
};
use crate::source::{FileId, Span, Spanned};

const SPAN: Span = Span { file: FileId(0), start: 0, end: 0 };

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, SPAN)
}

fn json(text: &str) -> Json {
    Json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn modifier(name: &str) -> Modifier {
    match name {
        "contains" => Modifier::Contains,
        "startswith" => Modifier::StartsWith,
        "endswith" => Modifier::EndsWith,
        "all" => Modifier::All,
        "re" => Modifier::Re,
        "i" => Modifier::IgnoreCase,
        "m" => Modifier::MultiLine,
        "s" => Modifier::DotAll,
        "cased" => Modifier::Cased,
        "exists" => Modifier::Exists,
        "cidr" => Modifier::Cidr,
        "fieldref" => Modifier::FieldRef,
        "gt" => Modifier::Gt,
        "gte" => Modifier::Gte,
        "lt" => Modifier::Lt,
        "lte" => Modifier::Lte,
        "neq" => Modifier::Neq,
        unknown => panic!("no modifier `{unknown}`"),
    }
}

/// The item of a key as a rule writes it and of values written as JSON: one, or a list.
fn item(key: &str, values: &str) -> Search {
    let mut parts = key.split('|');
    let field = parts.next().filter(|field| !field.is_empty());
    let values = match json(values) {
        Json::Array(values) => values,
        value => vec![value],
    };
    let value = |value| match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(text) => Value::Number(text),
        Json::String(text) => Value::String(text.value().to_owned()),
        other => panic!("no value of a rule: {}", other.compact()),
    };
    Search::Item(DetectionItem {
        field: field.map(|field| spanned(field.to_owned())),
        modifiers: parts.map(|name| spanned(modifier(name))).collect(),
        values: values.into_iter().map(|each| spanned(value(each))).collect(),
        span: SPAN,
    })
}

fn identifier(name: &str) -> ConditionExpr {
    ConditionExpr::Identifier(spanned(name.to_owned()))
}

fn of(quantity: Quantity, pattern: IdentifierPattern) -> ConditionExpr {
    ConditionExpr::Of { quantity, pattern: spanned(pattern) }
}

fn pattern(text: &str) -> IdentifierPattern {
    IdentifierPattern::Pattern(text.to_owned())
}

fn rule(identifiers: &[(&str, Search)], conditions: &[ConditionExpr]) -> CheckedRule {
    let identifiers = identifiers.iter().map(|(name, search)| SearchIdentifier {
        name: spanned((*name).to_owned()),
        search: search.clone(),
    });
    let conditions = conditions
        .iter()
        .map(|expr| Condition { text: spanned("as tested".to_owned()), expr: expr.clone() });
    let rule = Rule {
        file: FileId(0),
        number: 1,
        title: spanned("A rule".to_owned()),
        id: None,
        name: None,
        status: None,
        description: None,
        references: Vec::new(),
        author: None,
        date: None,
        modified: None,
        tags: Vec::new(),
        fields: Vec::new(),
        falsepositives: Vec::new(),
        level: None,
        related: Vec::new(),
        license: None,
        taxonomy: None,
        scope: Vec::new(),
        custom: Vec::new(),
        alerting: crate::ast::Alerting::default(),
        detection: Detection {
            identifiers: identifiers.collect(),
            conditions: conditions.collect(),
        },
    };
    CheckedRule {
        rule,
        id: "rule".to_owned(),
        exceptions: None,
        generate: true,
        filters: Vec::new(),
    }
}

/// The verdict, the same from both entries.
fn verdict(rule: &CheckedRule, record: &Json) -> bool {
    let verdict = matches(rule, record);
    assert_eq!(explain(rule, record).holds, verdict, "`explain` and `matches` differ");
    verdict
}

/// Rows of key, values, record, and whether a rule of this one item matches. Of the same item with
/// `neq` the contrary is checked.
fn check(rows: &[(&str, &str, &str, bool)]) {
    for (key, values, record, expected) in rows {
        assert_eq!(item_holds(key, values, record), *expected, "{key}: {values} on {record}");
        let contrary = item_holds(&format!("{key}|neq"), values, record);
        assert_eq!(contrary, !expected, "{key}|neq: {values} on {record}");
    }
}

fn item_holds(key: &str, values: &str, record: &str) -> bool {
    verdict(&rule(&[("s", item(key, values))], &[identifier("s")]), &json(record))
}

#[test]
fn paths() {
    check(&[
        ("a", r#""x""#, r#"{"a":"x"}"#, true),
        ("a", r#""x""#, r#"{"A":"x"}"#, false),
        ("a.b.c", r#""x""#, r#"{"a":{"b":{"c":"x"}}}"#, true),
        ("a.b", r#""x""#, r#"{"a":"x"}"#, false),
        ("a", r#""x""#, r#"["no object"]"#, false),
        ("a", r#""x""#, r#""x""#, false),
        // The literal key first, at every level; where it stands, nothing else is tried.
        ("a.b", r#""x""#, r#"{"a.b":"x"}"#, true),
        ("a.b", r#""x""#, r#"{"a.b":"y","a":{"b":"x"}}"#, false),
        ("a.b", r#""x""#, r#"{"a.b":null,"a":{"b":"x"}}"#, false),
        ("a.b", r#""y""#, r#"{"a.b":"y","a":{"b":"x"}}"#, true),
        ("r.a.b.c", r#""x""#, r#"{"r":{"a.b.c":"x"}}"#, true),
        ("r.a.b.c", r#""x""#, r#"{"r":{"a":{"b.c":"x"}}}"#, true),
        // Only the whole rest is tried as a key, not a part of it beyond the first dot.
        ("r.a.b.c", r#""x""#, r#"{"r":{"a.b":{"c":"x"}}}"#, false),
        // Arrays, at any step and nested.
        ("a.b", r#""x""#, r#"{"a":[{"b":"y"},{"b":"x"}]}"#, true),
        ("a.b.c", r#""x""#, r#"{"a":[[{"b":[{"c":1},{"c":"x"}]}]]}"#, true),
        ("a.b", r#""x""#, r#"{"a":["b","x"]}"#, false),
        ("a.0", r#""x""#, r#"{"a":["x"]}"#, false),
        ("a.b.c", r#""x""#, r#"{"a":[{"b.c":"x"}]}"#, true),
        ("a", r#""x""#, r#"{"a":["y","x"]}"#, true),
        ("a", r#""x""#, r#"{"a":[["y"],[["x"]]]}"#, true),
        // The first of duplicate keys.
        ("a", r#""x""#, r#"{"a":"x","a":"y"}"#, true),
        ("a", r#""y""#, r#"{"a":"x","a":"y"}"#, false),
        ("a.b", r#""x""#, r#"{"a":{},"a":{"b":"x"}}"#, false),
        // Keys are compared as they read, not as they are written.
        ("a/b", r#""x""#, r#"{"\u0061\/b":"x"}"#, true),
    ]);
}

#[test]
fn null_and_exists() {
    check(&[
        ("a", "null", r#"{"a":null}"#, true),
        ("a", "null", r#"{}"#, true),
        ("a", "null", r#"{"a":""}"#, false),
        ("a", "null", r#"{"a":"null"}"#, false),
        ("a", "null", r#"{"a":[]}"#, false),
        ("a", "null", r#"{"a":["x",null]}"#, true),
        ("a", "null", r#"{"a":{"b":null}}"#, false),
        ("a.b", "null", r#"{"a":[]}"#, true),
        ("a.b", "null", r#"{"a":null}"#, true),
        ("a.b", "null", r#"{"a":[{"b":"x"},{}]}"#, false),
        ("a", r#"[null,"x"]"#, r#"{}"#, true),
        ("a", r#"[null,"x"]"#, r#"{"a":"X"}"#, true),
        ("a", r#"[null,"x"]"#, r#"{"a":"y"}"#, false),
        ("a|exists", "true", r#"{"a":null}"#, true),
        ("a|exists", "true", r#"{"a":[]}"#, true),
        ("a|exists", "true", r#"{"a":{}}"#, true),
        ("a|exists", "true", r#"{"b":1}"#, false),
        ("a|exists", "false", r#"{"b":1}"#, true),
        ("a|exists", "false", r#"{"a":null}"#, false),
        ("a.b|exists", "true", r#"{"a":[]}"#, false),
        ("a.b|exists", "false", r#"{"a":[{"c":1}]}"#, true),
        // Null is never text.
        ("a", r#""null""#, r#"{"a":null}"#, false),
        ("a", r#""*""#, r#"{"a":null}"#, false),
        ("a|contains", r#""""#, r#"{"a":null}"#, false),
        ("a|re", r#""null|^$""#, r#"{"a":null}"#, false),
    ]);
}

#[test]
fn equality() {
    check(&[
        ("a", r#""ConsoleLogin""#, r#"{"a":"consolelogin"}"#, true),
        ("a", r#""x""#, r#"{"a":"xy"}"#, false),
        ("a", r#""x""#, r#"{"a":"x\n"}"#, false),
        ("a", r#"["x","y"]"#, r#"{"a":"Y"}"#, true),
        ("a", r#"["x","y"]"#, r#"{"a":"z"}"#, false),
        ("a", r#""""#, r#"{"a":""}"#, true),
        ("a", r#""""#, r#"{"a":" "}"#, false),
        ("a", r#""""#, r#"{}"#, false),
        ("a", r#""a.c+""#, r#"{"a":"a.c+"}"#, true),
        ("a", r#""a.c""#, r#"{"a":"abc"}"#, false),
        // Simple case folding: one character to one character.
        ("a", r#""STRASSE""#, r#"{"a":"straße"}"#, false),
        ("a", r#""STRAẞE""#, r#"{"a":"straße"}"#, true),
        ("a", r#""ΣΊΣΥΦΟΣ""#, r#"{"a":"σίσυφος"}"#, true),
        ("a", r#""K""#, r#"{"a":"\u212a"}"#, true),
        ("a", r#""i""#, r#"{"a":"\u0130"}"#, false),
        ("a|cased", r#""Root""#, r#"{"a":"Root"}"#, true),
        ("a|cased", r#""Root""#, r#"{"a":"root"}"#, false),
        // Numbers and booleans compare as their text.
        ("a", "443", r#"{"a":443}"#, true),
        ("a", r#""443""#, r#"{"a":443}"#, true),
        ("a", "443", r#"{"a":"443"}"#, true),
        ("a", "443", r#"{"a":443.0}"#, false),
        ("a", "443", r#"{"a":4430}"#, false),
        ("a", "9007199254740993", r#"{"a":9007199254740993}"#, true),
        ("a", "9007199254740993", r#"{"a":9007199254740992}"#, false),
        ("a", r#""1.50""#, r#"{"a":1.50}"#, true),
        ("a", "true", r#"{"a":true}"#, true),
        ("a", "true", r#"{"a":"True"}"#, true),
        ("a", r#""TRUE""#, r#"{"a":true}"#, true),
        ("a", "false", r#"{"a":true}"#, false),
        ("a|cased", r#""True""#, r#"{"a":true}"#, false),
        // Plain equality sees no objects and arrays.
        ("a", r#""{}""#, r#"{"a":{}}"#, false),
        ("a", r#""[1]""#, r#"{"a":[1]}"#, false),
        ("a", r#""\\[\"\\*\"]""#, r#"{"a":["*"]}"#, false),
    ]);
}

#[test]
fn wildcards_and_escapes() {
    check(&[
        ("a", r#""List*""#, r#"{"a":"listbuckets"}"#, true),
        ("a", r#""List*""#, r#"{"a":"List"}"#, true),
        ("a", r#""List*""#, r#"{"a":"xList"}"#, false),
        ("a", r#""a*c*e""#, r#"{"a":"abcde"}"#, true),
        ("a", r#""a*c""#, r#"{"a":"a\nb\r\nc"}"#, true),
        ("a", r#""*""#, r#"{"a":""}"#, true),
        ("a", r#""*""#, r#"{}"#, false),
        ("a", r#""a?c""#, r#"{"a":"abc"}"#, true),
        ("a", r#""a?c""#, r#"{"a":"a\nc"}"#, true),
        ("a", r#""a?c""#, r#"{"a":"a😀c"}"#, true),
        ("a", r#""a?c""#, r#"{"a":"ac"}"#, false),
        ("a", r#""a?c""#, r#"{"a":"abbc"}"#, false),
        ("a", r#""4*""#, r#"{"a":443}"#, true),
        ("a|cased", r#""A*""#, r#"{"a":"Ab"}"#, true),
        ("a|cased", r#""A*""#, r#"{"a":"ab"}"#, false),
        // The values are JSON: each backslash stands twice.
        ("a", r#""a\\*""#, r#"{"a":"a*"}"#, true),
        ("a", r#""a\\*""#, r#"{"a":"ab"}"#, false),
        ("a", r#""a\\?""#, r#"{"a":"a?"}"#, true),
        ("a", r#""a\\?""#, r#"{"a":"ab"}"#, false),
        ("a", r#""a\\b""#, r#"{"a":"a\\b"}"#, true),
        ("a", r#""a\\\\b""#, r#"{"a":"a\\b"}"#, true),
        ("a", r#""a\\\\\\b""#, r#"{"a":"a\\\\b"}"#, true),
        ("a", r#""a\\\\*""#, r#"{"a":"a\\bc"}"#, true),
        ("a", r#""a\\\\*""#, r#"{"a":"a*"}"#, false),
        ("a", r#""a\\\\\\*""#, r#"{"a":"a\\*"}"#, true),
        ("a", r#""a\\\\\\*""#, r#"{"a":"a\\b"}"#, false),
        ("a", r#""a\\""#, r#"{"a":"a\\"}"#, true),
        ("a", r#""C:\\Windows\\""#, r#"{"a":"c:\\windows\\"}"#, true),
    ]);
}

#[test]
fn contains_startswith_endswith() {
    check(&[
        ("a|contains", r#""B""#, r#"{"a":"abc"}"#, true),
        ("a|contains", r#""x""#, r#"{"a":"abc"}"#, false),
        ("a|contains", r#"["x","C"]"#, r#"{"a":"abc"}"#, true),
        ("a|contains", r#""""#, r#"{"a":""}"#, true),
        ("a|contains", r#""b*d""#, r#"{"a":"abcde"}"#, true),
        ("a|contains", r#""b\\*d""#, r#"{"a":"abcde"}"#, false),
        ("a|contains", r#""\\""#, r#"{"a":"a\\b"}"#, true),
        ("a|contains", "44", r#"{"a":1443}"#, true),
        ("a|contains", r#""b""#, r#"{}"#, false),
        ("a|startswith", r#""AB""#, r#"{"a":"abc\nd"}"#, true),
        ("a|startswith", r#""b""#, r#"{"a":"abc"}"#, false),
        ("a|startswith", r#""b""#, r#"{"a":"a\nb"}"#, false),
        ("a|startswith", r#""?b""#, r#"{"a":"abc"}"#, true),
        ("a|startswith", r#""C:\\""#, r#"{"a":"C:\\x"}"#, true),
        ("a|startswith", r#""C:\\""#, r#"{"a":"C:x"}"#, false),
        ("a|endswith", r#""BC""#, r#"{"a":"abc"}"#, true),
        ("a|endswith", r#""b""#, r#"{"a":"abc"}"#, false),
        ("a|endswith", r#""a""#, r#"{"a":"a\n"}"#, false),
        ("a|endswith|cased", r#""C""#, r#"{"a":"abc"}"#, false),
        ("a|contains|cased", r#""b""#, r#"{"a":"abc"}"#, true),
        // Compact text of objects and arrays, as it stands in the record.
        ("a|contains", r#""\"status\":\"Suspended\"""#, r#"{"a":{"status" : "Suspended"}}"#, true),
        ("a|contains", r#""\"x y\":[1,2]""#, r#"{"a":{ "x y": [1, 2] }}"#, true),
        ("a|contains", r#""\"b\":2""#, r#"{"a":{"b":1,"b":2}}"#, true),
        ("a|contains", r#""A/b""#, r#"{"a":{"x":"\u0041\/b"}}"#, false),
        ("a|contains", r#""u0041""#, r#"{"a":{"x":"\u0041"}}"#, true),
        ("a", r#""{*}""#, r#"{"a":{"b":1}}"#, true),
        ("a|startswith", r#""[1,""#, r#"{"a":[ 1, 2 ]}"#, true),
        ("a|endswith", r#""null]""#, r#"{"a":[1,null]}"#, true),
        ("a|re", r#""^\\{\"b\":1\\.0\\}$""#, r#"{"a":{"b": 1.0}}"#, true),
        ("a.b|contains", r#""\"c\"""#, r#"{"a":[{"b":{"c":1}}]}"#, true),
        // Objects within a reached array are reached too, those within an object are not.
        ("a", r#""{*}""#, r#"{"a":[{"b":1}]}"#, true),
        ("a", r#""{\"c*""#, r#"{"a":{"b":{"c":1}}}"#, false),
    ]);
}

#[test]
fn all_and_neq() {
    check(&[
        ("a|contains|all", r#"["a","b"]"#, r#"{"a":"xbxa"}"#, true),
        ("a|contains|all", r#"["a","b"]"#, r#"{"a":"xa"}"#, false),
        // Each value may hold on another element.
        ("a|all", r#"["x","y"]"#, r#"{"a":["Y","z","X"]}"#, true),
        ("a|all", r#"["x","y"]"#, r#"{"a":["y","z"]}"#, false),
        ("a.b|contains|all", r#"["x","y"]"#, r#"{"a":[{"b":"xx"},{"b":"yy"}]}"#, true),
        ("a|re|all", r#"["^x","y$"]"#, r#"{"a":"x-y"}"#, true),
        ("a|cased|all", r#"["x","Y"]"#, r#"{"a":["x","y"]}"#, false),
    ]);
    // `check` holds every row of every table against its contrary; here as a rule writes it.
    let rows = [
        (r#""x""#, r#"{}"#, true),
        (r#""x""#, r#"{"a":null}"#, true),
        (r#""x""#, r#"{"a":"X"}"#, false),
        (r#""x""#, r#"{"a":["y","x"]}"#, false),
        (r#"["x","y"]"#, r#"{"a":"y"}"#, false),
        (r#"["x","y"]"#, r#"{"a":"z"}"#, true),
        ("null", r#"{}"#, false),
        ("null", r#"{"a":0}"#, true),
    ];
    for (values, record, expected) in rows {
        assert_eq!(item_holds("a|neq", values, record), expected, "{values} on {record}");
    }
}

#[test]
fn regular_expressions() {
    check(&[
        ("a|re", r#""b.d""#, r#"{"a":"abcde"}"#, true),
        ("a|re", r#""^b""#, r#"{"a":"abc"}"#, false),
        ("a|re", r#""B""#, r#"{"a":"abc"}"#, false),
        ("a|re|i", r#""B""#, r#"{"a":"abc"}"#, true),
        ("a|re", r#""^b$""#, r#"{"a":"a\nb\nc"}"#, false),
        ("a|re|m", r#""^b$""#, r#"{"a":"a\nb\nc"}"#, true),
        ("a|re", r#""a.b""#, r#"{"a":"a\nb"}"#, false),
        ("a|re|s", r#""a.b""#, r#"{"a":"a\nb"}"#, true),
        ("a|re|i|m|s", r#""^B.C$""#, r#"{"a":"a\nb\nc"}"#, true),
        ("a|re|i", r#""x|B""#, r#"{"a":"b"}"#, true),
        ("a|re", r#"["x","c$"]"#, r#"{"a":"abc"}"#, true),
        // No wildcards, and no escapes but the regular expression's own.
        ("a|re", r#""a*c""#, r#"{"a":"c"}"#, true),
        ("a|re", r#""^a\\*$""#, r#"{"a":"a*"}"#, true),
        ("a|re", r#""^a\\\\$""#, r#"{"a":"a\\"}"#, true),
        ("a|re", r#""^\\d{3}$""#, r#"{"a":443}"#, true),
        ("a|re", r#""^tru""#, r#"{"a":true}"#, true),
        ("a|re", r#""x""#, r#"{}"#, false),
        ("a|re", r#""""#, r#"{"a":""}"#, true),
        // What a checked rule cannot hold.
        ("a|re", r#""(""#, r#"{"a":"("}"#, false),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("a|gt", "5", r#"{"a":6}"#, true),
        ("a|gt", "5", r#"{"a":5}"#, false),
        ("a|gte", "5", r#"{"a":5}"#, true),
        ("a|gte", "5", r#"{"a":5.0}"#, true),
        ("a|lt", "5", r#"{"a":4.9}"#, true),
        ("a|lt", "5", r#"{"a":-6}"#, true),
        ("a|lt", "5", r#"{"a":5}"#, false),
        ("a|lte", "5", r#"{"a":5}"#, true),
        ("a|lte", "5.5", r#"{"a":5.6}"#, false),
        ("a|gt", "5", r#"{"a":1e1}"#, true),
        ("a|gt", "9", r#"{"a":"10"}"#, true),
        ("a|gt", "9", r#"{"a":"1e1"}"#, true),
        ("a|gt", "9007199254740992", r#"{"a":9007199254740993}"#, true),
        ("a|lt", "-9007199254740992", r#"{"a":"-9007199254740993"}"#, true),
        ("a|gte", "0", r#"{"a":-0}"#, true),
        ("a|gt", "5", r#"{"a":1e999}"#, true),
        ("a|gt", "5", r#"{"a":[1,[6]]}"#, true),
        ("a|gt", "[5,50]", r#"{"a":6}"#, true),
        // Anything else does not hold.
        ("a|gt", "5", r#"{"a":" 6"}"#, false),
        ("a|gt", "5", r#"{"a":"+6"}"#, false),
        ("a|gt", "5", r#"{"a":"06"}"#, false),
        ("a|gt", "5", r#"{"a":"6."}"#, false),
        ("a|gt", "5", r#"{"a":"0x10"}"#, false),
        ("a|gt", "5", r#"{"a":"inf"}"#, false),
        ("a|gt", "5", r#"{"a":"6\n"}"#, false),
        ("a|gt", "5", r#"{"a":"2026-01-01"}"#, false),
        ("a|gt", "0", r#"{"a":true}"#, false),
        ("a|gte", "0", r#"{"a":null}"#, false),
        ("a|gte", "0", r#"{"a":{}}"#, false),
        ("a|lt", "5", r#"{}"#, false),
    ]);
}

#[test]
fn networks() {
    check(&[
        ("a|cidr", r#""10.0.0.0/8""#, r#"{"a":"10.255.255.255"}"#, true),
        ("a|cidr", r#""10.0.0.0/8""#, r#"{"a":"11.0.0.0"}"#, false),
        ("a|cidr", r#"["10.0.0.0/8","192.168.0.0/16"]"#, r#"{"a":"192.168.3.4"}"#, true),
        ("a|cidr", r#""2001:db8::/32""#, r#"{"a":"2001:DB8::1"}"#, true),
        ("a|cidr", r#""2001:db8::/32""#, r#"{"a":"2001:db9::1"}"#, false),
        ("a|cidr", r#""10.0.0.0/8""#, r#"{"a":"::ffff:10.0.0.1"}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":"::1"}"#, false),
        ("a|cidr", r#""::/0""#, r#"{"a":"10.0.0.1"}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":"ec2.amazonaws.com"}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":" 10.0.0.1"}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":"10.0.0.1/32"}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":"010.0.0.1"}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":10}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":null}"#, false),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{"a":["x","10.0.0.1"]}"#, true),
        ("a|cidr", r#""0.0.0.0/0""#, r#"{}"#, false),
    ]);
}

#[test]
fn field_references() {
    check(&[
        ("a|fieldref", r#""b""#, r#"{"a":"x","b":"X"}"#, true),
        ("a|fieldref", r#""b""#, r#"{"a":"x","b":"y"}"#, false),
        ("a|fieldref|cased", r#""b""#, r#"{"a":"x","b":"X"}"#, false),
        ("a|fieldref", r#""b.c""#, r#"{"a":"1","b":[{"c":2},{"c":1}]}"#, true),
        ("a|fieldref", r#""b""#, r#"{"a":[1,2],"b":[3,2]}"#, true),
        ("a|fieldref", r#""b""#, r#"{"a":"true","b":true}"#, true),
        // The other text is taken literally.
        ("a|fieldref", r#""b""#, r#"{"a":"xyz","b":"x*"}"#, false),
        ("a|fieldref", r#""b""#, r#"{"a":"x\\*","b":"x\\*"}"#, true),
        ("a|fieldref|startswith", r#""b""#, r#"{"a":"xyz","b":"X"}"#, true),
        ("a|fieldref|startswith", r#""b""#, r#"{"a":"x","b":"xyz"}"#, false),
        ("a|fieldref|endswith", r#""b""#, r#"{"a":"xyz","b":"yz"}"#, true),
        ("a|fieldref|contains", r#""b""#, r#"{"a":"xyz","b":"y"}"#, true),
        ("a|fieldref|contains|cased", r#""b""#, r#"{"a":"xyz","b":"Y"}"#, false),
        ("a|fieldref|contains", r#""b""#, r#"{"a":"xyz","b":""}"#, true),
        // Compact text on the left only, and not for equality.
        ("a|fieldref|contains", r#""b""#, r#"{"a":{"k": "v"},"b":"\"k\":\"v\""}"#, true),
        ("a|fieldref", r#""b""#, r#"{"a":{},"b":"{}"}"#, false),
        ("a|fieldref", r#""b""#, r#"{"a":"{}","b":{}}"#, false),
        ("a|fieldref|contains", r#""b""#, r#"{"a":"{}","b":{}}"#, false),
        ("a|fieldref", r#""b""#, r#"{"a":{},"b":{}}"#, false),
        // Missing and null on either side.
        ("a|fieldref", r#""b""#, r#"{"a":"x"}"#, false),
        ("a|fieldref", r#""b""#, r#"{"b":"x"}"#, false),
        ("a|fieldref", r#""b""#, r#"{}"#, false),
        ("a|fieldref", r#""b""#, r#"{"a":null,"b":null}"#, false),
        ("a|fieldref|contains", r#""b""#, r#"{"a":"null","b":null}"#, false),
        ("a|fieldref", r#"["b","c"]"#, r#"{"a":"x","c":"x"}"#, true),
        ("a|fieldref|all", r#"["b","c"]"#, r#"{"a":"x","b":"x","c":"x"}"#, true),
        ("a|fieldref|all", r#"["b","c"]"#, r#"{"a":"x","b":"x"}"#, false),
    ]);
}

#[test]
fn keywords() {
    check(&[
        ("", r#""GPU""#, r#"{"a":{"b":["x","a gpu here"]}}"#, true),
        ("", r#""a*z""#, r#"{"x":"..a--z.."}"#, true),
        ("", r#""a\\*z""#, r#"{"x":"..a--z.."}"#, false),
        ("", r#""44""#, r#"{"x":1443}"#, true),
        ("", "44", r#"{"x":1443}"#, true),
        ("", r#""ru""#, r#"{"x":true}"#, true),
        ("", r#""nul""#, r#"{"x":null}"#, false),
        ("", "null", r#"{"x":null}"#, false),
        // Neither keys nor the text of objects and arrays.
        ("", r#""key""#, r#"{"key":"x"}"#, false),
        ("", r#""\"x\"""#, r#"{"a":["x"]}"#, false),
        ("", r#""x*y""#, r#"{"a":"x","b":"y"}"#, false),
        ("", r#"["p","q"]"#, r#"{"a":"q"}"#, true),
        ("|all", r#"["p","q"]"#, r#"{"a":"q"}"#, false),
        ("|all", r#"["p","q"]"#, r#"{"a":"q","b":["P"]}"#, true),
        ("|cased", r#""Ab""#, r#"{"a":"xAbx"}"#, true),
        ("|cased", r#""Ab""#, r#"{"a":"xabx"}"#, false),
        ("|startswith", r#""ab""#, r#"{"a":"abx"}"#, true),
        ("|startswith", r#""ab""#, r#"{"a":"xab"}"#, false),
        ("|endswith", r#""ab""#, r#"{"a":"xab"}"#, true),
        ("|endswith", r#""ab""#, r#"{"a":"abx"}"#, false),
        ("|contains", r#""ab""#, r#"{"a":"xabx"}"#, true),
        ("|re", r#""^a.c$""#, r#"{"a":["abc"]}"#, true),
        ("|re", r#""^A.c$""#, r#"{"a":["abc"]}"#, false),
        ("|re|i", r#""^A.c$""#, r#"{"a":["abc"]}"#, true),
        // Every value of the record, those of a repeated key too.
        ("", r#""y""#, r#"{"a":"x","a":"y"}"#, true),
    ]);
}

#[test]
fn searches() {
    let a = || item("a", r#""x""#);
    let b = || item("b", r#""x""#);
    let rows = [
        (Search::All(vec![a(), b()]), r#"{"a":"x","b":"x"}"#, true),
        (Search::All(vec![a(), b()]), r#"{"a":"x"}"#, false),
        (Search::Any(vec![a(), b()]), r#"{"b":"x"}"#, true),
        (Search::Any(vec![a(), b()]), r#"{"c":"x"}"#, false),
        (Search::Any(vec![Search::All(vec![a(), b()]), item("", r#""z""#)]), r#"{"c":"z"}"#, true),
        (Search::Any(vec![Search::All(vec![a(), b()]), item("", r#""z""#)]), r#"{"a":"x"}"#, false),
    ];
    for (search, record, expected) in rows {
        let rule = rule(&[("s", search)], &[identifier("s")]);
        assert_eq!(verdict(&rule, &json(record)), expected, "{record}");
    }
}

#[test]
fn conditions() {
    let not = |expr| ConditionExpr::Not(Box::new(expr));
    let at_least = |count, names: &str| of(Quantity::AtLeast(count), pattern(names));
    let rows = [
        (vec![identifier("sel_a")], true),
        (vec![identifier("sel_b")], false),
        (vec![identifier("unknown")], false),
        (vec![not(identifier("sel_b"))], true),
        (vec![ConditionExpr::And(vec![identifier("sel_a"), identifier("sel_c")])], true),
        (vec![ConditionExpr::And(vec![identifier("sel_a"), identifier("sel_b")])], false),
        (vec![ConditionExpr::Or(vec![identifier("sel_b"), identifier("sel_c")])], true),
        (vec![ConditionExpr::Or(vec![identifier("sel_b"), identifier("_h")])], true),
        (vec![identifier("sel_b"), identifier("sel_c")], true),
        (vec![identifier("sel_b"), not(identifier("sel_c"))], false),
        (vec![at_least(1, "sel_*")], true),
        (vec![at_least(2, "sel_*")], true),
        (vec![at_least(3, "sel_*")], false),
        (vec![at_least(1, "*_b")], false),
        // Two of them hold: `not 1 of` is not "not exactly one".
        (vec![not(at_least(1, "sel_*"))], false),
        (vec![of(Quantity::All, pattern("sel_*"))], false),
        (vec![of(Quantity::All, pattern("*c"))], true),
        // `_h` holds and is left out.
        (vec![of(Quantity::AtLeast(3), IdentifierPattern::Them)], false),
        (vec![at_least(1, "_*")], true),
        (vec![of(Quantity::All, IdentifierPattern::Them)], false),
    ];
    let identifiers = [
        ("sel_a", item("a", r#""x""#)),
        ("sel_b", item("b", r#""x""#)),
        ("sel_c", item("c", r#""x""#)),
        ("_h", item("a", r#""x""#)),
    ];
    let record = json(r#"{"a":"x","c":"x"}"#);
    for (conditions, expected) in rows {
        let rule = rule(&identifiers, &conditions);
        assert_eq!(verdict(&rule, &record), expected, "{conditions:?}");
    }
}

#[test]
fn filters_narrow_a_rule() {
    let filter = |name: &str, condition: ConditionExpr| {
        let narrowing = rule(&[("selection", item("user", &format!("{name:?}")))], &[condition]);
        Arc::new(Filter {
            file: FileId(0),
            title: spanned(format!("Filter of {name}")),
            id: None,
            rules: FilteredRules::Any,
            detection: narrowing.rule.detection,
        })
    };
    let not = |name: &str| ConditionExpr::Not(Box::new(identifier(name)));
    let mut narrowed = rule(&[("selection", item("a", r#""x""#))], &[identifier("selection")]);
    narrowed.filters =
        vec![filter("robot", not("selection")), filter("r*", identifier("selection"))];
    for (record, expected) in [
        (r#"{"a":"x","user":"rose"}"#, true),
        (r#"{"a":"x","user":"robot"}"#, false),
        (r#"{"a":"x","user":"lily"}"#, false),
        (r#"{"a":"y","user":"rose"}"#, false),
    ] {
        assert_eq!(verdict(&narrowed, &json(record)), expected, "{record}");
    }
    let explanation = explain(&narrowed, &json(r#"{"a":"x","user":"robot"}"#));
    assert!(explanation.conditions[0].holds && !explanation.holds);
    let filters: Vec<_> =
        explanation.filters.iter().map(|each| (each.title.as_str(), each.holds)).collect();
    assert_eq!(filters, [("Filter of robot", false), ("Filter of r*", true)]);
}

#[test]
fn explanation() {
    let selection = Search::All(vec![
        item("user.name|contains|all", r#"["ROOT","x"]"#),
        item("missing|neq", r#""y""#),
        Search::Any(vec![item("a|fieldref", r#""b""#), item("", r#"["two", "zzz"]"#)]),
    ]);
    let rule = rule(&[("selection", selection)], &[identifier("selection")]);
    let record = json(r#"{"user":[{"name":"root"},{"name":null}],"a":1,"b":["1.0",2],"c":"Two"}"#);
    let explanation = explain(&rule, &record);

    assert!(!explanation.holds && !explanation.conditions[0].holds);
    assert_eq!(explanation.conditions[0].text, "as tested");
    let selection = &explanation.identifiers[0];
    assert_eq!((selection.name.as_str(), selection.holds), ("selection", false));

    let shown = |found: &[Found]| {
        found.iter().map(|each| format!("{:?} {}", each.kind, each.text)).collect::<Vec<_>>()
    };
    let lines: Vec<_> = selection
        .search
        .items()
        .into_iter()
        .map(|item| {
            let values: Vec<_> = item
                .values
                .iter()
                .map(|value| {
                    (value.text.as_str(), value.holds, value.referenced.as_deref().map(shown))
                })
                .collect();
            format!("{} = {}: {values:?} in {:?}", item.key, item.holds, shown(&item.found))
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"user.name|contains|all = false: [("ROOT", true, None), ("x", false, None)] in ["String root", "Null null"]"#,
            r#"missing|neq = true: [("y", false, None)] in []"#,
            r#"a|fieldref = false: [("b", false, Some(["Array [\"1.0\",2]", "String 1.0", "Number 2"]))] in ["Number 1"]"#,
            r#" = true: [("two", true, None), ("zzz", false, None)] in ["String Two"]"#,
        ]
    );
}

#[test]
fn deep_records() {
    let nested = format!("{}1{}", "{\"a\":".repeat(MAX_DEPTH), "}".repeat(MAX_DEPTH));
    assert!(item_holds(&vec!["a"; MAX_DEPTH].join("."), "1", &nested));
    let nested = format!("{}1{}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH - 1));
    assert!(item_holds("a", "1", &format!("{{\"a\":{nested}}}")));
    assert!(item_holds("", "1", &nested));
}
