use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::scan::{self, MAX_DEPTH};

fn record(json: &str) -> Record<'_> {
    Record::parse(json.as_bytes()).unwrap()
}

/// The values that a path reaches, as a list of their JSON texts.
fn reached(json: &str, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let record = record(json);
    record.any(path, &mut |value| {
        found.push(as_written(value));
        false
    });
    found
}

fn as_written(value: Value<'_>) -> String {
    match value {
        Value::String(string) => format!("\"{}\"", string.raw()),
        Value::Array(nested) | Value::Object(nested) => nested.json().to_owned(),
        Value::Null => "null".to_owned(),
        _ => value.text().unwrap().into_owned(),
    }
}

#[test]
fn one_object_is_a_record() {
    let record = record(" \n{\"a\": 1} \t");
    assert_eq!(record.json(), "{\"a\": 1}");
    for (bytes, error) in [
        (&b"{\"a\":1"[..], "the JSON ends too early"),
        (b"", "the JSON ends too early"),
        (b" [1]", "expected `{` at byte 1"),
        (b"{} {}", "expected nothing after the `}` at byte 3"),
        (b" {\"a\":\"\xff\"}", "invalid UTF-8 at byte 7"),
        (b" {\"a\":nil}", "expected `null` at byte 7"),
    ] {
        assert_eq!(Record::parse(bytes).unwrap_err().to_string(), error);
    }
}

#[test]
fn members_are_bounded() {
    let members = |count| format!("{{{}\"\":0}}", "\"\":0,".repeat(count - 1));
    assert!(Record::parse(members(MAX_MEMBERS).as_bytes()).is_ok());
    let error = Record::parse(members(MAX_MEMBERS + 1).as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("more than 65,536 members at byte "), "{error}");
}

#[test]
fn paths_reach_values() {
    let json = r#"{
        "eventName": "PutObject", "a.b": 1, "a": {"b": 2, "c.d": 3, "c": {"d": 4, "e": 5}},
        "list": [{"k": 1}, [{"k": 2}, {"x": 0}], 7, {"k": [3, [4]]}],
        "null": null, "empty": [], "event\u004eame2": true, "twice": 1, "twice": 2,
        "in": {"t": 1, "t": 2, "u": {"v": 1}, "u": {"w": 2}, "u.w": 3}
    }"#;
    for (path, values) in [
        ("eventName", &["\"PutObject\""][..]),
        ("EventName", &[]),
        ("", &[]),
        (".", &[]),
        ("a.b", &["1"]),
        ("a.c.d", &["3"]),
        ("a.c.e", &["5"]),
        ("a.b.c", &[]),
        ("eventName.x", &[]),
        ("list.k", &["1", "2", "[3, [4]]", "3", "[4]", "4"]),
        ("list.k.z", &[]),
        ("null", &["null"]),
        ("null.x", &[]),
        ("empty", &["[]"]),
        ("empty.x", &[]),
        ("eventName2", &["true"]),
        ("twice", &["1"]),
        ("in.t", &["1"]),
        ("in.u.v", &["1"]),
        ("in.u.w", &["3"]),
    ] {
        assert_eq!(reached(json, path), values, "{path}");
    }
}

#[test]
fn every_member_is_found_however_many_there_are() {
    for count in [1_usize, 20, 254, 255, 256, 400] {
        // Each seven have the same last letters, so that they have one slot.
        let key = |number: usize| format!("{:03}{}", number, "sameEnd".repeat(number % 7));
        let members = |number: usize| format!("\"{}\":{number}", key(number));
        let json: Vec<String> = (0..count).map(members).collect();
        let json = format!("{{{},\"{}\":\"twice\"}}", json.join(","), key(0));
        let record = record(&json);
        for number in 0..count {
            let path = key(number);
            assert_eq!(record.text(&path).unwrap(), number.to_string(), "{path} of {count}");
        }
        assert_eq!(record.text("sameEnd"), None);
        assert_eq!(record.text("x000sameEnd"), None);
    }
}

#[test]
fn keys_of_cloudtrail_have_slots_of_their_own() {
    let keys = "eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent \
        errorCode errorMessage requestParameters responseElements additionalEventData requestID eventID eventType \
        managementEvent readOnly resources recipientAccountId serviceEventDetails sharedEventID vpcEndpointId \
        eventCategory addendum sessionCredentialFromConsole eventContext";
    let slots: std::collections::HashSet<_> =
        keys.split_whitespace().map(member::slot_of).collect();
    assert_eq!(slots.len(), keys.split_whitespace().count());
}

#[test]
fn a_path_stops_where_the_test_says() {
    let record = record(r#"{"a":[1,2,3]}"#);
    let mut seen = 0;
    let found = record.any("a", &mut |value| {
        seen += 1;
        value == Value::Number("2")
    });
    assert!(found);
    assert_eq!(seen, 3, "the array, 1 and 2");
    assert_eq!(record.text("a").unwrap(), "1");
}

#[test]
fn texts() {
    let json = r#"{"s":"x","n":-1.50E+3,"big":12345678901234567890123,"b":false,"z":null,"o":{},
        "a":[null,{},[[]],"deep"],"e":"a\"\\\/\b\f\n\r\tbé","p":"\ud83d\ude00","lone":"\ud83dx\ude00",
        "twohigh":"\ud83d\ud83d\ude00","end":"\\"}"#;
    let record = record(json);
    for (path, text) in [
        ("s", Some("x")),
        ("n", Some("-1.50E+3")),
        ("big", Some("12345678901234567890123")),
        ("b", Some("false")),
        ("z", None),
        ("o", None),
        ("a", Some("deep")),
        ("e", Some("a\"\\/\u{8}\u{c}\n\r\tbé")),
        ("p", Some("😀")),
        ("lone", Some("\u{fffd}x\u{fffd}")),
        ("twohigh", Some("\u{fffd}😀")),
        ("end", Some("\\")),
        ("none", None),
    ] {
        assert_eq!(record.text(path).as_deref(), text, "{path}");
    }
    assert!(matches!(record.text("s"), Some(Cow::Borrowed(_))));
}

#[test]
fn compact_texts() {
    let record =
        record("{\"o\": {\"a\" : [1,\t2 ],\n\"b\": \"x \\\" y\"} ,\"t\":[1,\"a b\"],\"s\":\"x\"}");
    let compact = |path| {
        let mut text = None;
        record.any(path, &mut |value| {
            text = value.compact();
            true
        });
        text
    };
    assert_eq!(compact("o").as_deref(), Some(r#"{"a":[1,2],"b":"x \" y"}"#));
    assert!(matches!(compact("t"), Some(Cow::Borrowed(r#"[1,"a b"]"#))));
    assert_eq!(compact("s"), None);
}

#[test]
fn names_for_dispatch() {
    for (json, name) in [
        (r#"{"eventName":"A\u0062"}"#, Name::Text("Ab".into())),
        (r#"{"eventName":7}"#, Name::Text("7".into())),
        (r#"{"eventName":true}"#, Name::Text("true".into())),
        (r#"{"eventName":null}"#, Name::Missing),
        (r#"{"eventNam":"x"}"#, Name::Missing),
        (r#"{"eventName":["A"]}"#, Name::Other),
        (r#"{"eventName":{}}"#, Name::Other),
        (r#"{"eventName":"first","eventName":"second"}"#, Name::Text("first".into())),
    ] {
        assert_eq!(record(json).event_name(), name, "{json}");
    }
    assert_eq!(record(r#"{"eventSource":"s3"}"#).event_source(), Name::Text("s3".into()));
}

#[test]
fn scalars_are_not_keys() {
    let json = r#"{"a" : "b", "c":[1, null, {"d":true , "e":[]}], "f":{"g":"h"}, "i":-2.5}"#;
    let mut found = Vec::new();
    let record = record(json);
    record.any_scalar(&mut |value| {
        found.push(as_written(value));
        false
    });
    assert_eq!(found, ["\"b\"", "1", "true", "\"h\"", "-2.5"]);
    assert!(record.any_scalar(&mut |value| value == Value::Bool(true)));
}

/// Test threads have 2 MiB of stack, those of a Lambda not much more.
#[test]
fn deep_nesting_takes_no_stack() {
    let depth = MAX_DEPTH - 1;
    let arrays = format!(r#"{{"a":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert_eq!(reached(&arrays, "a").len(), depth + 1);
    assert!(record(&arrays).any_scalar(&mut |_| true));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let path = ["a"; MAX_DEPTH - 1].join(".");
    assert_eq!(reached(&objects, &path), ["1"]);
    let too_deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(Record::parse(too_deep.as_bytes()).is_err());
}

/// The meaning of paths once more, over another data model.
fn reach<'j>(value: &'j Json, path: Option<&str>, found: &mut Vec<&'j Json>) {
    match (value, path) {
        (_, None) => {
            found.push(value);
            value.as_array().into_iter().flatten().for_each(|element| reach(element, None, found));
        }
        (Json::Array(elements), _) => elements.iter().for_each(|e| reach(e, path, found)),
        (Json::Object(members), Some(path)) => {
            let split = path.split_once('.');
            if let Some(value) = members.get(path) {
                reach(value, None, found);
            } else if let Some((value, rest)) = split.and_then(|(k, r)| Some((members.get(k)?, r)))
            {
                reach(value, Some(rest), found);
            }
        }
        _ => {}
    }
}

fn scalars<'j>(value: &'j Json, found: &mut Vec<&'j Json>) {
    match value {
        Json::Array(elements) => elements.iter().for_each(|element| scalars(element, found)),
        Json::Object(members) => members.values().for_each(|value| scalars(value, found)),
        Json::Null => {}
        _ => found.push(value),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn agrees_with_another_model(value in scan::tests::value(), path in "[ab.é]{0,6}", pretty: bool) {
        let json = serde_json::json!({"a": value, "b": [value], "a.b": value["a"]});
        let text = if pretty { format!("{json:#}") } else { json.to_string() };
        let record = record(&text);

        let mut expected = Vec::new();
        reach(&json, Some(&path), &mut expected);
        let mut found = Vec::new();
        record.any(&path, &mut |value| { found.push(value); false });
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let written: Json = serde_json::from_str(&as_written(*found)).unwrap();
            prop_assert_eq!(&written, expected);
            if let Some(compact) = found.compact() {
                prop_assert_eq!(compact, expected.to_string());
            }
        }
        let first = found.iter().find_map(Value::text);
        prop_assert_eq!(record.text(&path), first.clone());
        let rest = path.split_once('.').map(|(_, rest)| Path::new(rest));
        let nested = rest.as_ref().map_or(Path::new(&path), |rest| Path::nested(&path, rest));
        prop_assert_eq!(record.text_of(&nested), first);

        let mut expected = Vec::new();
        scalars(&json, &mut expected);
        let expected: Vec<String> = expected.into_iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        let mut found = Vec::new();
        record.any_scalar(&mut |value| { found.push(value.text().unwrap().into_owned()); false });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, text in "[{}\\[\\]\",:a-b0\\\\u ]{0,40}", path: String) {
        for bytes in [&bytes[..], text.as_bytes(), format!("{{\"a\":{text}}}").as_bytes()] {
            if let Ok(record) = Record::parse(bytes) {
                record.any(&path, &mut |value| value.compact().is_none());
                record.any_scalar(&mut |value| value.text().is_none());
            }
        }
    }
}
