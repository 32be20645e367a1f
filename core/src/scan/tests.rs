use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;

/// What `value_end` says of these bytes, in short: the end, `…` for too few bytes, or the reason.
fn scan(json: impl AsRef<[u8]>) -> String {
    let json = json.as_ref();
    match value_end(json, 0) {
        Ok(end) => end.to_string(),
        Err(ScanError::Incomplete) => "…".to_owned(),
        Err(error @ ScanError::Invalid { .. }) => error.to_string(),
    }
}

#[test]
fn values_end_where_they_end() {
    for (json, expected) in [
        ("", "…"),
        ("{}", "2"),
        ("[ ]x", "3"),
        (r#"{"a":[1,{"b":null}], "c" : "d"} rest"#, "31"),
        ("tru", "…"),
        ("truth", "expected `true` at byte 3"),
        ("true", "4"),
        ("truex", "4"),
        ("0", "1"),
        ("01", "1"),
        ("-", "…"),
        ("-x", "expected a digit at byte 1"),
        ("1.", "…"),
        ("1.e", "expected a digit at byte 2"),
        ("1.50e+7,", "7"),
        ("1e", "…"),
        (".5", "expected a value at byte 0"),
        (" 1", "expected a value at byte 0"),
        ("[1,]", "expected a value at byte 3"),
        ("[1 2]", "expected `,` or `]` at byte 3"),
        ("[1}", "expected `,` or `]` at byte 2"),
        (r#"{"a":1]"#, "expected `,` or `}` at byte 6"),
        (r#"{"a":1,}"#, "expected a key in double quotes at byte 7"),
        ("{a:1}", "expected a key in double quotes at byte 1"),
        (r#"{"a" 1}"#, "expected `:` at byte 5"),
        (r#"{"a":}"#, "expected a value at byte 5"),
        (r#""a\"b""#, "6"),
        (r#""a\"#, "…"),
        (r#""\x""#, "unknown escape in a string at byte 2"),
        (r#""\ud800""#, "8"),
        (r#""\u12"#, "…"),
        (r#""\u12g4""#, "expected four hexadecimal digits at byte 5"),
        ("\"a\nb\"", "control character in a string at byte 2"),
        ("\"0123456\u{1f}\"", "control character in a string at byte 8"),
        ("\"0123456\u{7f}é\"", "12"),
    ] {
        assert_eq!(scan(json), expected, "{json}");
    }
    assert_eq!(scan(b"\"\xff\xfe\""), "4", "UTF-8 is not checked here");
    assert_eq!(value_end(b"[1, 22]", 4), Ok(6));
    assert_eq!(value_end(b"[]", 9), Err(ScanError::Incomplete));
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = |depth| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let fits = nested(MAX_DEPTH);
        assert_eq!(scan(&fits), fits.len().to_string());
        let at = MAX_DEPTH * open.len();
        let error = format!("nested deeper than {MAX_DEPTH} levels at byte {at}");
        assert_eq!(scan(nested(MAX_DEPTH + 1)), error);
        assert_eq!(scan(open.repeat(1_000_000)), error);
    }
    let object = format!(r#"{{"a":{}{}}}"#, "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(members(object.as_bytes()).is_err(), "members count the object around them");
}

/// Keys and values of an object as text, and its length.
fn members(json: &[u8]) -> Result<(Vec<(String, String)>, usize), ScanError> {
    let text = |range| String::from_utf8_lossy(json.get(range).unwrap()).into_owned();
    let mut members = Members::open(json, 0)?;
    let mut found = Vec::new();
    while let Some(key) = members.key()? {
        let value = members.value()?;
        assert_eq!(key.value, value.start);
        assert_eq!(members.value()?, value.end..value.end, "a value is read once");
        found.push((text(key.text), text(value)));
    }
    assert_eq!(members.key()?, None, "the end stays the end");
    Ok((found, members.at()))
}

#[test]
fn members_come_in_order() {
    let (found, length) = members(br#" {"a":1}"#.trim_ascii_start()).unwrap();
    assert_eq!((found.len(), length), (1, 7));
    let json = br#"{ "a" : [1, 2] ,"b\u0020":"x","a":{"c":{}} } "#;
    let (found, length) = members(json).unwrap();
    let found: Vec<_> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(found, [("a", "[1, 2]"), (r"b\u0020", r#""x""#), ("a", r#"{"c":{}}"#)]);
    assert_eq!(length, json.len() - 1);
    assert_eq!(members(b"{}"), Ok((vec![], 2)));
    assert!(Members::open(b"[]", 0).is_err());
}

#[test]
fn members_can_be_left_and_resumed() {
    let json = br#"{"x":0,"Records":[1,2],"more":true}"#;
    let mut members = Members::open(json, 0).unwrap();
    assert_eq!(members.key().unwrap().unwrap().text, 2..3);
    let records = members.key().unwrap().unwrap();
    assert_eq!((records.text, records.escaped, records.value), (8..15, false, 17));
    let mut rest = Members::resume(json, 22);
    let more = rest.key().unwrap().unwrap();
    assert_eq!(json.get(more.text), Some(&b"more"[..]));
    assert_eq!((rest.key(), rest.at()), (Ok(None), json.len()));
    let key = Members::open(br#"{"\u0061":1}"#, 0).unwrap().key().unwrap().unwrap();
    assert!(key.escaped);
}

/// JSON text, valid or nearly so.
fn json_text() -> impl Strategy<Value = Vec<u8>> {
    let tokens = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u12aF",
        "\\ud800",
        " ",
        "\n",
        "\t",
        "\r",
        "\u{1}",
        "a",
        "é",
        "0",
        "1",
        "-",
        "+",
        ".",
        "e",
        "E",
        "true",
        "false",
        "null",
        "nul",
        "\"a\":",
        "\"b\"",
        "\"longer text, and more\"",
        "{\"k\":",
        "[1,",
        "\u{feff}",
    ]);
    let mutated = (value(), any::<bool>(), any::<prop::sample::Index>(), 0..4, any::<u8>());
    prop_oneof![
        prop::collection::vec(tokens, 0..24).prop_map(|tokens| tokens.concat().into_bytes()),
        mutated.prop_map(|(value, pretty, index, kind, byte)| {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let mut text = text.into_bytes();
            let at = index.index(text.len());
            match kind {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                2 => drop(text.remove(at)),
                _ => {}
            }
            text
        }),
    ]
}

pub(crate) fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<i32>().prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
        any::<String>().prop_map(Into::into),
        "[a-c \"\\\\\n]{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map("[ab.é\"]{0,3}", inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn agrees_with_another_parser(json in json_text()) {
        let start = whitespace_end(&json, 0);
        let whole = value_end(&json, start).is_ok_and(|end| whitespace_end(&json, end) == json.len());
        if let Ok(text) = core::str::from_utf8(&json) {
            let theirs = serde_json::from_str::<&RawValue>(text);
            prop_assert_eq!(whole, theirs.is_ok(), "{:?}", theirs);
        }
        if json.get(start) == Some(&b'{') {
            let at = json.get(start..).unwrap();
            let length = value_end(at, 0);
            prop_assert_eq!(members(at).map(|(_, length)| length), length);
        }
    }

    #[test]
    fn an_error_names_the_first_wrong_byte(json in json_text()) {
        if let Err(ScanError::Invalid { at, .. }) = value_end(&json, 0) {
            prop_assert!(at < json.len());
            let before = value_end(&json[..at], 0);
            prop_assert!(!matches!(before, Err(ScanError::Invalid { .. })), "{:?}", before);
        }
    }

    #[test]
    fn the_beginning_of_a_value_is_incomplete(value in value()) {
        let json = format!("[{value}]");
        prop_assert_eq!(value_end(json.as_bytes(), 0), Ok(json.len()));
        for end in 0..json.len() {
            prop_assert_eq!(value_end(&json.as_bytes()[..end], 0), Err(ScanError::Incomplete));
        }
    }
}
