use super::*;

fn json(text: &str) -> Json {
    Json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn keeps_its_text() {
    let text = "\n{ \"b\" : [ 1.50, -0, 1E+2, 123456789012345678901234567890 ],\t\"a\": { \"x\\u0041\\/ \\\" y\" : null },\r\n \"b\":true, \"e\":[ ], \"o\":{ } }\n";
    let record = json(text);
    assert_eq!(
        record.compact(),
        r#"{"b":[1.50,-0,1E+2,123456789012345678901234567890],"a":{"x\u0041\/ \" y":null},"b":true,"e":[],"o":{}}"#
    );
    assert_eq!(json(&record.compact()), record);
    assert_eq!(
        record.get("b").map(Json::compact).as_deref(),
        Some("[1.50,-0,1E+2,123456789012345678901234567890]")
    );
    assert_eq!(record.get("a").and_then(|a| a.get("xA/ \" y")), Some(&Json::Null));
    assert_eq!(record.get("missing"), None);
}

#[test]
fn strings() {
    let rows = [
        (r#""""#, ""),
        (r#""\"""#, "\""),
        (r#""\\\"\\""#, "\\\"\\"),
        (r#""\b\f\n\r\t\/\u0000\u00e9\u00E9""#, "\u{8}\u{c}\n\r\t/\0éé"),
        (r#""\ud83d\uDE00 😀""#, "😀 😀"),
        (r#""[{,:}] \u005b""#, "[{,:}] ["),
        // Surrogates without their partner, one replacement each.
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ude00x""#, "\u{fffd}x"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
        (r#""\ud83d😀""#, "\u{fffd}😀"),
        (r#""\ud83d\n""#, "\u{fffd}\n"),
    ];
    for (raw, value) in rows {
        let read = json(raw);
        assert_eq!(read.scalar_text(), Some(value), "{raw}");
        assert_eq!(read.compact(), raw);
        if let Ok(other) = serde_json::from_str::<String>(raw) {
            assert_eq!(other, value, "{raw} as serde_json reads it");
        }
    }
    let record = json(r#"{"\ud800":"\ud800"}"#);
    assert_eq!(record.get("\u{fffd}").and_then(Json::scalar_text), Some("\u{fffd}"));
}

#[test]
fn refused() {
    let texts = [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1} x",
        "nul",
        "01",
        "1.",
        "+1",
        "NaN",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"",
        "'a'",
        "// c\n1",
        "\u{feff}{}",
    ];
    for text in texts {
        assert!(Json::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn depth() {
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    for nested in [&arrays as &dyn Fn(usize) -> String, &objects] {
        let deepest = json(&nested(MAX_DEPTH));
        assert_eq!(deepest.compact(), nested(MAX_DEPTH));
        let too_deep = Json::parse(&nested(MAX_DEPTH + 1));
        assert!(too_deep.is_err_and(|error| error.contains("512")));
        assert!(Json::parse(&nested(200_000)).is_err());
    }
}
