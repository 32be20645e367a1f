use std::iter;

use proptest::prelude::*;

use super::Structure;

/// Positions of brackets and colons, and of quotes that begin or end a string, byte by byte.
fn positions(json: &[u8]) -> (Vec<usize>, Vec<usize>) {
    let (mut signs, mut quotes) = (Vec::new(), Vec::new());
    let (mut in_string, mut escaped) = (false, false);
    for (at, &byte) in (0..).zip(json) {
        // A backslash counts outside of a string, too: such text is no JSON, but all ways must agree.
        let is_escaped = escaped;
        escaped = byte == b'\\' && !is_escaped;
        match byte {
            b'"' if !is_escaped => {
                in_string = !in_string;
                quotes.push(at);
            }
            b'{' | b'}' | b'[' | b']' | b':' if !in_string => signs.push(at),
            _ => {}
        }
    }
    (signs, quotes)
}

/// Where the objects begin that are in no other one.
fn outermost(json: &[u8], signs: &[usize]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut behind = Some(0);
    for &sign in signs {
        if json[sign] == b'{' && behind.is_some_and(|behind| sign >= behind) {
            found.push(sign);
            behind = walked(json, signs, sign).1;
        }
    }
    found
}

/// The positions of what a bracket opens: its own colons, and the one behind its end.
fn walked(json: &[u8], signs: &[usize], start: usize) -> (Vec<u32>, Option<usize>) {
    let mut colons = Vec::new();
    let mut depth = 0;
    for &sign in signs.iter().filter(|&&sign| sign >= start) {
        match json[sign] {
            b':' if depth == 1 => colons.push(sign as u32),
            b':' => {}
            b'{' | b'[' => depth += 1,
            _ => depth -= 1,
        }
        if depth == 0 {
            return (colons, Some(sign + 1));
        }
    }
    (colons, None)
}

/// What the ways of reading make of the text, which has to be the same.
fn read(json: &[u8]) -> Structure {
    let mut structure = Structure::new();
    structure.read(json);
    let ways = Structure::every_way(json);
    assert!(!ways.is_empty());
    for way in ways {
        assert_eq!(structure, way);
    }
    structure
}

/// The quotes that begin or end a string.
fn quotes(structure: &Structure) -> Vec<usize> {
    let next = |&quote: &usize| structure.quote(quote + 1);
    iter::successors(structure.quote(0), next).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_way_agrees_with_reading_byte_by_byte(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            "[{}\\[\\]\",:\\\\a ]{0,300}".prop_map(String::into_bytes),
            "([{\\[:a]{0,9}|[}\\]:]{0,9}|a{0,50}){0,40}".prop_map(String::into_bytes),
            "(\\\\{0,70}\"|[{:,a]){0,60}".prop_map(String::into_bytes),
        ],
        // So that it lies across the end of many blocks, in a string or not.
        in_front in prop_oneof![Just(0_usize), 4_000..4_100_usize, 8_100..8_200_usize],
        filling in prop::sample::select(b" \\\"a[".to_vec()),
    ) {
        let bytes = [vec![filling; in_front], bytes].concat();
        let structure = read(&bytes);
        let (signs, quotes_expected) = positions(&bytes);
        prop_assert_eq!(quotes(&structure), quotes_expected);
        let objects = structure.outermost();
        let found: Vec<_> = objects.iter().map(|object| object.start as usize).collect();
        prop_assert_eq!(found, outermost(&bytes, &signs));
        for object in objects {
            let (colons, end) = walked(&bytes, &signs, object.start as usize);
            prop_assert_eq!(object.end.map(|end| end as usize), end);
            prop_assert_eq!(structure.colons(object), &colons);
        }
        for &start in &signs {
            if !matches!(bytes[start], b'{' | b'[') {
                prop_assert_eq!(structure.end(start), None);
                continue;
            }
            let (colons, end) = walked(&bytes, &signs, start);
            prop_assert_eq!(structure.end(start), end);
            let mut seen = Vec::new();
            structure.find(start, |colon| {
                seen.push(colon as u32);
                false
            });
            prop_assert_eq!(&seen, &colons);
            let last = colons.last().map(|&colon| colon as usize);
            prop_assert_eq!(structure.find(start, |colon| Some(colon) == last), last);
        }
    }
}
