use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::{record::Outline, scan};

fn find(json: &[u8]) -> Found {
    let mut objects = Objects::default();
    objects.read(json);
    objects.find(json, 0)
}

/// What reading strictly says, byte by byte.
fn strictly(json: &[u8]) -> Option<usize> {
    let length = Outline::new().read(json).ok()?;
    check_utf8(json.get(..length)?).ok().map(|()| length)
}

#[test]
fn what_has_no_sound_shape_is_irregular() {
    for json in [
        r#"{"a" :1}"#,
        r#"{"a":b:1}"#,
        r#"{"a":"b,"c":"12:00","d":1}"#,
        r#"{"a":[1}]"#,
        r#"{"a":1]"#,
        r#"{"a":{"b":1,{"c":2},{"c":3}]}"#,
        r#"{"a":[1},{"b":2},{"eventID":3]}"#,
        r#"{"a":{"b":1},{"eventName":2},{"c":3}}"#,
        r#"{"eventSource":{"b":1},{"eventSource":2},{"c":3}}"#,
        r#"{"a":{"b":1},{"event\u004eame":2},{"c":3}}"#,
        r#"[1]"#,
        "{\"a\":\"\u{1}\"}",
    ] {
        assert_eq!(find(json.as_bytes()), Found::Irregular, "{json}");
    }
    assert_eq!(find(b"{\"a\":\"\xff\"}"), Found::Irregular);
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(700), "]".repeat(700));
    assert_eq!(find(deep.as_bytes()), Found::Irregular);
}

#[test]
fn what_is_no_json_may_have_a_sound_shape() {
    for json in [
        r#"{"a":tru}"#,
        r#"{"a":01}"#,
        r#"{"a":[{"b":1]}}"#,
        r#"{"a":"\q"}"#,
        r#"{"a":["b":1]}"#,
        r#"{"a":{"b":1,2}}"#,
        r#"{,"a":1}"#,
        r#"{"a":{}{}}"#,
        r#"{"a":{"b":1},{"eventType":2},"eventName":3}"#,
        r#"{"a":é}"#,
    ] {
        assert_eq!(find(json.as_bytes()), Found::Object(json.len()), "{json}");
        assert_eq!(strictly(json.as_bytes()), None, "{json}");
    }
}

#[test]
fn what_is_compact_json_is_found() {
    for json in [
        r#"{}"#,
        r#"{"eventName":"a","b":[{},{"eventName":"c"}],"eventID":"d"}"#,
        r#"{"a":[[],{},[{}],"b",[1,2],[{"c":null},{"d":true}]],"e":{"f":{}}}"#,
        r#"{"a":-0.5e+3,"b":"\"\\\u00e9","c":"é","d":12345678901234567890}"#,
    ] {
        assert_eq!(find(json.as_bytes()), Found::Object(json.len()), "{json}");
    }
    assert_eq!(find(br#"{"a":["b",{"#), Found::Incomplete);
    assert_eq!(find(br#"{"a":1}{"a""#), Found::Object(7));
}

#[test]
fn an_object_is_not_judged_by_what_is_wrong_in_front_of_it() {
    let text = br#"[}{]{"a":1}{[}{]}{"a":[}]{"a":{]},{"b":{"c":[1]}}"#;
    let mut objects = Objects::default();
    objects.read(text);
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(json) = text.get(start..).filter(|json| !json.is_empty()) {
        let length = match objects.find(json, start) {
            Found::Object(length) => Some(length).filter(|_| objects.is_json(&json[..length])),
            _ => None,
        };
        assert_eq!(length, strictly(json), "from {start} on");
        found.extend(length);
        start += length.unwrap_or(1);
    }
    assert_eq!(found, [7, 15]);
}

#[test]
fn an_object_has_no_members_of_others() {
    let one = (r#"{"eventName":"a","eventID":"b","x":{"y":"c"}}"#, "a b c -");
    let other = (r#"{"z":{"eventID":"d"},"eventName":"e"}"#, "e - - d");
    let mut objects = Objects::default();
    for texts in [[one, other], [other, one], [one, one]] {
        let text = texts.map(|(json, _)| json).concat();
        objects.read(text.as_bytes());
        let mut start = 0;
        for (json, said) in texts {
            assert_eq!(objects.find(&text.as_bytes()[start..], start), Found::Object(json.len()));
            let record = objects.record(json.as_bytes());
            let says = |path| record.text(path).map_or("-".to_owned(), Cow::into_owned);
            assert_eq!(["eventName", "eventID", "x.y", "z.eventID"].map(says).join(" "), said);
            start += json.len();
        }
    }
}

#[test]
fn an_object_has_no_members_of_a_text_before() {
    let mut objects = Objects::default();
    // The colon of the same key stands at the same place, but in another object.
    for (json, has) in [(r#"{"":1,"eventID":"a"}"#, true), (r#"{"z":{"eventID":"b"}}"#, false)] {
        objects.read(json.as_bytes());
        assert_eq!(objects.find(json.as_bytes(), 0), Found::Object(json.len()));
        let record = objects.record(json.as_bytes());
        assert_eq!(record.has(&Path::new("eventID")), has, "{json}");
        assert_eq!(record.text("eventID").is_some(), has, "{json}");
    }
}

fn tokens() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"b\\\"c\"",
        "\"\\u0041\"",
        "\"\\q\"",
        "\"é\"",
        "1",
        "-2.5e3",
        "01",
        "true",
        "tru",
        "null",
        " ",
        "\"",
        "\\",
        "\"long enough for two blocks\"",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

/// A reading by shape loses nothing that reading strictly finds, and tells it from other things.
fn agrees(json: &[u8]) -> Result<(), TestCaseError> {
    let mut objects = Objects::default();
    objects.read(json);
    match objects.find(json, 0) {
        Found::Object(length) => {
            let is_json = objects.is_json(&json[..length]);
            prop_assert_eq!(strictly(json), is_json.then_some(length));
        }
        Found::Incomplete => prop_assert_eq!(strictly(json), None),
        Found::Irregular => {}
        Found::Hidden => prop_assert_ne!(json.first(), Some(&b'{')),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn json_ends_where_its_shape_does(
        tokens in tokens(), nested: bool, in_front in prop_oneof![Just(0_usize), 4_000..4_100_usize],
    ) {
        let in_front = match in_front {
            0 => String::new(),
            length => format!("\"b\":\"{}\",", "x".repeat(length)),
        };
        let json = match nested {
            true => format!("{{{in_front}\"a\":{tokens}}}"),
            false => format!("{{{in_front}{tokens}"),
        };
        agrees(json.as_bytes())?;
    }

    #[test]
    fn json_is_found_unless_a_byte_was_changed(
        value in scan::tests::value(), at: prop::sample::Index, byte: Option<u8>,
        in_front in prop_oneof![Just(0_usize), 4_000..4_100_usize],
    ) {
        let value = serde_json::json!({ "Z": "x".repeat(in_front), "a": value });
        let mut json = serde_json::to_vec(&value).unwrap();
        prop_assert_eq!(find(&json), Found::Object(json.len()));
        if let Some(byte) = byte {
            let at = at.index(json.len());
            json[at] = byte;
            agrees(&json)?;
        }
    }
}
