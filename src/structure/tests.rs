use proptest::prelude::*;

use super::Structure;

/// The same, byte by byte.
fn positions(json: &[u8]) -> Vec<u32> {
    let (mut found, mut in_string, mut escaped) = (Vec::new(), false, false);
    for (at, &byte) in (0..).zip(json) {
        // A backslash counts outside of a string, too: such text is no JSON, but all ways must agree.
        let is_escaped = escaped;
        escaped = byte == b'\\' && !is_escaped;
        match byte {
            b'"' if !is_escaped => in_string = !in_string,
            b'{' | b'}' | b'[' | b']' | b':' if !in_string => found.push(at),
            _ => {}
        }
    }
    found
}

/// What the ways of reading make of the text; the positions of all must be the same.
fn read(json: &[u8]) -> Structure {
    let (mut structure, mut portable) = (Structure::new(), Structure::new());
    structure.read(json);
    portable.read_portably(json);
    assert_eq!(structure.positions(), portable.positions());
    assert_eq!(structure.scalars, portable.scalars);
    assert_eq!(structure.elements, portable.elements);
    assert_eq!(structure.irregular, portable.irregular);
    assert_eq!(structure.escapes, portable.escapes);
    structure
}

#[test]
fn signs_of_damage_are_irregular() {
    let whole = |json: &str| read(json.as_bytes()).is_regular(0, json.len());
    for json in [
        r#"{"a":"b","c":[1,true,null,"d",{}],"e":{"f":"g\"h"},"i":[]}"#,
        r#"{"a":-1.5e3}"#,
        // Not seen: scalars, and which brackets belong together.
        r#"{"a": tru,"b":[}}"#,
    ] {
        assert!(whole(json), "{json}");
    }
    for json in [
        r#"{"a":"b,"c":"d"}"#,
        r#"{"a":b","c":"d"}"#,
        r#"{"a":"b""c":"d"}"#,
        r#"{"a": "b"}"#,
        r#"{"a":"b" ,"c":1}"#,
        r#"{"a":,"b":1}"#,
        r#"{"a":[1,]}"#,
        "{\"a\":\"b\u{1}\"}",
        "{\"a\":\"ä\"}",
        "{\n\"a\":1}",
    ] {
        assert!(!whole(json), "{json}");
    }
}

#[test]
fn parts_are_judged_apart() {
    let json = format!("{}\u{1}{}", " ".repeat(130), " ".repeat(100));
    let structure = read(json.as_bytes());
    for (start, end, regular) in
        [(0, 130, true), (0, 131, false), (130, 140, false), (131, 231, true), (192, 231, true)]
    {
        assert_eq!(structure.is_regular(start, end), regular, "{start}..{end}");
    }
}

#[test]
fn scalars_and_elements_are_known() {
    let structure = read(br#"{"a":[1,-2.5,"x",{"b":null},[true]],"c":false}"#);
    assert_eq!(structure.scalars(0, 99).collect::<Vec<_>>(), [6, 8, 22, 29, 40]);
    assert_eq!(structure.elements(0, 99).collect::<Vec<_>>(), [8, 17, 28]);
    assert_eq!(structure.scalars(7, 29).collect::<Vec<_>>(), [8, 22]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_way_agrees_with_reading_byte_by_byte(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            "[{}\\[\\]\",:\\\\a ]{0,300}".prop_map(String::into_bytes),
            "(\\\\{0,70}\"|[{:,a]){0,60}".prop_map(String::into_bytes),
        ],
    ) {
        let structure = read(&bytes);
        let expected = positions(&bytes);
        prop_assert_eq!(structure.positions(), expected.as_slice());
    }
}
