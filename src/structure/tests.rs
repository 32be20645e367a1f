use std::iter;

use proptest::prelude::*;

use super::{Structure, processor};

/// Positions of brackets and of colons, byte by byte.
fn positions(json: &[u8]) -> (Vec<u32>, Vec<u32>) {
    let (mut brackets, mut colons) = (Vec::new(), Vec::new());
    let (mut in_string, mut escaped) = (false, false);
    for (at, &byte) in (0..).zip(json) {
        // A backslash counts outside of a string, too: such text is no JSON, but all ways must agree.
        let is_escaped = escaped;
        escaped = byte == b'\\' && !is_escaped;
        match byte {
            b'"' if !is_escaped => in_string = !in_string,
            b'{' | b'}' | b'[' | b']' if !in_string => brackets.push(at),
            b':' if !in_string => colons.push(at),
            _ => {}
        }
    }
    (brackets, colons)
}

/// What the ways of reading make of the text, which has to be the same.
fn read(json: &[u8]) -> Structure {
    let mut structure = Structure::new();
    structure.read(json);
    for read in processor::WAYS {
        let mut other = Structure::new();
        if !other.read_with(json, *read) {
            continue;
        }
        assert_eq!(structure.brackets(), other.brackets());
        assert_eq!(structure.colons(), other.colons());
        assert_eq!(structure.scalars(), other.scalars());
        assert_eq!(structure.irregular(), other.irregular());
        assert_eq!(structure.escapes(), other.escapes());
        assert_eq!(structure.counts(), other.counts());
        assert_eq!(quotes(&structure), quotes(&other));
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
    ) {
        let structure = read(&bytes);
        let (brackets, colons) = positions(&bytes);
        prop_assert_eq!(structure.brackets(), brackets.as_slice());
        prop_assert_eq!(structure.colons(), colons.as_slice());
        for &bracket in structure.brackets() {
            let before = colons.iter().filter(|&&colon| colon < bracket).count();
            prop_assert_eq!(structure.colons_before(bracket), before);
        }
    }
}
