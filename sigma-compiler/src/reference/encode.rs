//! The texts that a value stands for once it is encoded, or its dashes varied.

use super::pattern::Pattern;
use crate::ast::{DetectionItem, Modifier};

/// The patterns to look for in place of the one that the rule writes.
pub(super) fn variants(item: &DetectionItem, pattern: Pattern) -> Vec<Pattern> {
    if item.has(Modifier::Windash) {
        return vec![pattern.with_dashes()];
    }
    if !item.has(Modifier::Base64) && !item.has(Modifier::Base64Offset) {
        return vec![pattern];
    }
    let Some(text) = pattern.as_text() else { return Vec::new() };
    let bytes = bytes(item, &text);
    let texts =
        if item.has(Modifier::Base64) { vec![base64(&bytes)] } else { inside_base64(&bytes) };
    texts.iter().map(|text| Pattern::literal(text)).collect()
}

fn bytes(item: &DetectionItem, text: &str) -> Vec<u8> {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    if item.has(Modifier::Utf16) {
        units.insert(0, 0xfeff);
    }
    let little = |unit: u16| [(unit & 0xff) as u8, (unit >> 8) as u8];
    let big = |unit: u16| [(unit >> 8) as u8, (unit & 0xff) as u8];
    if item.has(Modifier::Utf16) || item.has(Modifier::Utf16Le) {
        units.into_iter().flat_map(little).collect()
    } else if item.has(Modifier::Utf16Be) {
        units.into_iter().flat_map(big).collect()
    } else {
        text.bytes().collect()
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 of RFC 4648 with padding: six bits a character.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for at in 0..4 {
            let six = (bits >> (18 - 6 * at)) & 63;
            text.push(if at <= group.len() { char::from(ALPHABET[six as usize]) } else { '=' });
        }
    }
    text
}

/// What stands in the base64 of any text around these bytes: the characters all of whose bits are
/// theirs, for each of the three places at which they can begin in a group of three.
fn inside_base64(bytes: &[u8]) -> Vec<String> {
    (0..3)
        .map(|before| {
            let around = [&vec![0; before], bytes, &[0; 3]].concat();
            let (first, last) = (8 * before, 8 * (before + bytes.len()));
            let whole = |at: &usize| 6 * at >= first && 6 * (at + 1) <= last;
            let encoded: Vec<char> = base64(&around).chars().collect();
            (0..encoded.len()).filter(whole).map(|at| encoded[at]).collect()
        })
        .collect()
}
