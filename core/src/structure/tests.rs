use std::iter;

use proptest::prelude::*;

use super::Structure;

/// Positions of brackets, of colons, and of quotes that begin or end a string, byte by byte.
fn positions(json: &[u8]) -> (Vec<u32>, Vec<u32>, Vec<usize>) {
    let (mut brackets, mut colons, mut quotes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut in_string, mut escaped) = (false, false);
    for (at, &byte) in (0..).zip(json) {
        // A backslash counts outside of a string, too: such text is no JSON, but all ways must agree.
        let is_escaped = escaped;
        escaped = byte == b'\\' && !is_escaped;
        match byte {
            b'"' if !is_escaped => {
                in_string = !in_string;
                quotes.push(at as usize);
            }
            b'{' | b'}' | b'[' | b']' if !in_string => brackets.push(at),
            b':' if !in_string => colons.push(at),
            _ => {}
        }
    }
    (brackets, colons, quotes)
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
            "(\\\\{0,70}\"|[{:,a]){0,60}".prop_map(String::into_bytes),
        ],
        // So that it lies across the end of a stretch of blocks, in a string or not.
        in_front in prop_oneof![Just(0_usize), 4_000..4_100_usize, 8_100..8_200_usize],
        filling in prop::sample::select(b" \\\"a[".to_vec()),
    ) {
        let bytes = [vec![filling; in_front], bytes].concat();
        let structure = read(&bytes);
        let (brackets, colons, quotes_expected) = positions(&bytes);
        prop_assert_eq!(quotes(&structure), quotes_expected);
        prop_assert_eq!(structure.brackets(), brackets.as_slice());
        prop_assert_eq!(structure.colons(), colons.as_slice());
        for &bracket in structure.brackets() {
            let before = colons.iter().filter(|&&colon| colon < bracket).count();
            prop_assert_eq!(structure.colons_before(bracket), before);
        }
    }
}
