//! Walking the text of a record: the values that a path reaches, and all scalars.
//!
//! The text is valid JSON, so that a scan of a part of it cannot fail; where the code has to say
//! what happens then, the walk ends. Nothing here recurses: nesting costs no stack.

use core::str;

use super::Value;
use super::value::unescape;
use crate::scan::{Members, value_end, whitespace_end};

/// A value on the way, and what is left of the path: `None` where the value is reached.
pub(super) type Step<'a, 'p> = (Value<'a>, Option<&'p str>);

/// Visits what `path` reaches from `value` on, until `test` says true; whether it did.
pub(super) fn any<'a>(
    value: Value<'a>,
    path: Option<&str>,
    test: &mut dyn FnMut(Value<'a>) -> bool,
) -> bool {
    // The arrays that are being gone through, innermost last, each with the path that is left
    // for its elements.
    let mut arrays: Vec<(Elements<'a>, Option<&str>)> = Vec::new();
    let mut next = Some((value, path));
    loop {
        while let Some((value, path)) = next.take() {
            if path.is_none() && test(value) {
                return true;
            }
            match (value, path) {
                (Value::Array(json), _) => arrays.push((Elements::of(json), path)),
                (Value::Object(json), Some(path)) => next = step(json, path),
                _ => {}
            }
        }
        let Some((elements, path)) = arrays.last_mut() else {
            return false;
        };
        next = elements.next().map(|value| (value, *path));
        if next.is_none() {
            arrays.pop();
        }
    }
}

/// One step from an object along `path`: to the key that is the whole path, else to the part
/// before its first dot.
fn step<'a, 'p>(json: &'a str, path: &'p str) -> Option<Step<'a, 'p>> {
    let shorter = path.split_once('.');
    let mut found = None;
    let mut members = Members::open(json.as_bytes(), 0).ok()?;
    while let Ok(Some(key)) = members.key() {
        let name = json.get(key.text).unwrap_or_default();
        let is = |wanted: &str| if key.escaped { unescape(name) == wanted } else { name == wanted };
        let rest = match shorter {
            _ if is(path) => None,
            Some((head, rest)) if found.is_none() && is(head) => Some(rest),
            _ => continue,
        };
        let value = members.value().ok().and_then(|range| json.get(range))?;
        found = Some((Value::of(value), rest));
        if rest.is_none() {
            break;
        }
    }
    found
}

/// Visits every string, number and boolean in `json` that is not a key, until `test` says true;
/// whether it did.
pub(super) fn any_scalar<'a>(json: &'a str, test: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if let b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' = byte {
            at += 1;
            continue;
        }
        let Ok(end) = value_end(bytes, at) else {
            return false;
        };
        let is_key = byte == b'"' && bytes.get(whitespace_end(bytes, end)) == Some(&b':');
        if !is_key && byte != b'n' && json.get(at..end).is_some_and(|text| test(Value::of(text))) {
            return true;
        }
        at = end;
    }
    false
}

/// The elements of an array.
struct Elements<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Elements<'a> {
    /// The elements of the array of which `json` is the valid text.
    fn of(json: &'a str) -> Self {
        Self { json, at: 1 }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let bytes = self.json.as_bytes();
        let mut at = whitespace_end(bytes, self.at);
        if let Some(b',') = bytes.get(at) {
            at = whitespace_end(bytes, at + 1);
        }
        // Fails at the closing bracket.
        self.at = value_end(bytes, at).ok()?;
        self.json.get(at..self.at).map(Value::of)
    }
}
