//! Texts as they look once a program has encoded them (modifiers appendix: `base64`,
//! `base64offset`, `utf16`, `utf16le`, `wide`, `utf16be`).

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    ast::{DetectionItem, Modifier},
    hir::Part,
};

/// What a value without wildcards may look like in base64; `None` where the item does not ask.
pub fn encoded(item: &DetectionItem, parts: &[Part]) -> Option<Vec<String>> {
    let offsets = item.has(Modifier::Base64Offset);
    if !offsets && !item.has(Modifier::Base64) {
        return None;
    }
    let text: String = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let bytes = bytes(item, &text);
    Some(if offsets { at_each_offset(&bytes).to_vec() } else { vec![STANDARD.encode(bytes)] })
}

fn bytes(item: &DetectionItem, text: &str) -> Vec<u8> {
    if item.has(Modifier::Utf16Be) {
        return text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    }
    let little = || text.encode_utf16().flat_map(u16::to_le_bytes);
    if item.has(Modifier::Utf16) {
        return [0xff, 0xfe].into_iter().chain(little()).collect();
    }
    if item.has(Modifier::Utf16Le) { little().collect() } else { text.as_bytes().to_vec() }
}

/// Base64 turns three bytes into four characters, so that a text inside a longer one looks one of
/// three ways. The characters at the ends that depend on what stands around the text are left out.
fn at_each_offset(bytes: &[u8]) -> [String; 3] {
    [0, 1, 2].map(|offset| {
        let padded = [&b"  "[..offset], bytes].concat();
        let encoded = STANDARD.encode(&padded);
        let start = [0, 2, 3][offset];
        let end = encoded.len() - [0, 3, 2][padded.len() % 3];
        encoded.get(start..end).unwrap_or_default().to_owned()
    })
}
