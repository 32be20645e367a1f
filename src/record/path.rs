//! Walking a record by its structure: the values that a path reaches, and all scalars.
//!
//! Nothing here recurses: nesting costs no stack. Where a record that was not validated has no
//! sense, a walk ends.

use core::str;

use super::value::{Value, scalar, unescape};
use crate::scan::whitespace_end;

/// A value on the way, and what is left of the path: `None` where the value is reached.
pub(super) type Step<'a, 'p> = (Value<'a>, Option<&'p str>);

/// An object or array of a record, and what follows it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Container<'a> {
    /// The whole record.
    pub(super) json: &'a [u8],
    /// What is added to an offset in the record to make a position.
    pub(super) base: u32,
    /// Positions from the opening bracket on.
    pub(super) positions: &'a [u32],
    /// Whether the record may hold escapes.
    pub(super) escapes: bool,
}

/// A key that is looked for.
struct Key<'p> {
    text: &'p str,
    /// Its last bytes and the closing quote, as they stand in front of a colon.
    tail: u64,
    /// Which bytes of the tail count.
    mask: u64,
}

impl<'p> Key<'p> {
    #[inline]
    fn of(text: &'p str) -> Self {
        let mut tail = [0; 8];
        let bytes = text.as_bytes().iter().rev();
        for (byte, to) in std::iter::once(&b'"').chain(bytes).zip(tail.iter_mut().rev()) {
            *to = *byte;
        }
        let length = (text.len() + 1).min(8);
        Self { text, tail: u64::from_le_bytes(tail), mask: !0 << (64 - 8 * length) }
    }
}

impl<'a> Container<'a> {
    /// Its JSON text, with its brackets.
    pub fn json(&self) -> &'a str {
        let text = || {
            let start = self.offset(0)?;
            let end = self.offset(self.close()?)?;
            str::from_utf8(self.json.get(start..=end)?).ok()
        };
        text().unwrap_or_default()
    }

    /// Offset in the record of a position.
    fn offset(&self, index: usize) -> Option<usize> {
        self.positions.get(index).map(|position| position.wrapping_sub(self.base) as usize)
    }

    fn byte(&self, index: usize) -> Option<u8> {
        self.json.get(self.offset(index)?).copied()
    }

    /// Index of the closing bracket's position.
    fn close(&self) -> Option<usize> {
        let mut depth = 0_usize;
        for index in 0..self.positions.len() {
            match self.byte(index)? {
                b'{' | b'[' => depth += 1,
                b':' => {}
                _ if depth <= 1 => return Some(index),
                _ => depth -= 1,
            }
        }
        None
    }

    /// One step along `path`, through members of which the colons have these indices: to the key
    /// that is the whole path, else to the part before its first dot.
    #[inline]
    pub(super) fn step<'p>(
        &self,
        mut colons: impl Iterator<Item = usize>,
        path: &'p str,
    ) -> Option<Step<'a, 'p>> {
        let whole = Key::of(path);
        let Some((head, rest)) = path.split_once('.') else {
            let (index, colon) = colons.find_map(|index| {
                let colon = self.offset(index)?;
                self.is_key(colon, &whole).then_some((index, colon))
            })?;
            return Some((self.member(index, colon)?, None));
        };
        let head = Key::of(head);
        let mut found = None;
        for index in colons {
            let colon = self.offset(index)?;
            if self.is_key(colon, &whole) {
                return Some((self.member(index, colon)?, None));
            }
            if found.is_none() && self.is_key(colon, &head) {
                found = Some((index, colon));
            }
        }
        let (index, colon) = found?;
        Some((self.member(index, colon)?, Some(rest)))
    }

    /// Whether the key in front of a colon is this one.
    #[inline]
    fn is_key(&self, colon: usize, key: &Key<'_>) -> bool {
        let before = self.json.get(..colon).unwrap_or_default();
        let Some(tail) = before.last_chunk::<8>() else {
            return self.is_unusual_key(colon, key.text);
        };
        let tail = u64::from_le_bytes(*tail);
        if (tail ^ key.tail) & key.mask == 0 {
            return self.is_usual_key(before, key.text)
                || self.escapes && self.is_unusual_key(colon, key.text);
        }
        // The byte in front of the colon is the highest.
        (self.escapes || tail >> 56 != u64::from(b'"')) && self.is_unusual_key(colon, key.text)
    }

    /// Whether a quoted key ends the text.
    fn is_usual_key(&self, before: &[u8], key: &str) -> bool {
        let start = || {
            let before = before.strip_suffix(b"\"")?.strip_suffix(key.as_bytes())?;
            before.strip_suffix(b"\"")
        };
        // In front of an opening quote there is never a backslash.
        start().is_some_and(|before| before.last() != Some(&b'\\'))
    }

    /// The same for a key with escapes in it, or with whitespace behind it.
    #[cold]
    fn is_unusual_key(&self, colon: usize, key: &str) -> bool {
        let text = || {
            let before = self.json.get(..colon)?.trim_ascii_end().strip_suffix(b"\"")?;
            // The quotes within are escaped by an odd number of backslashes.
            let mut start = before.len();
            loop {
                start = memchr::memrchr(b'"', before.get(..start)?)?;
                let in_front = before.get(..start)?;
                let backslashes = in_front.iter().rev().take_while(|&&byte| byte == b'\\').count();
                if backslashes % 2 == 0 {
                    return str::from_utf8(before.get(start + 1..)?).ok();
                }
            }
        };
        text().is_some_and(|text| unescape(text) == key)
    }

    /// The value behind the colon of this index.
    fn member(&self, index: usize, colon: usize) -> Option<Value<'a>> {
        let at = whitespace_end(self.json, colon + 1);
        self.value(index + 1, at).map(|(value, _)| value)
    }

    /// The value at `at`, and the offset behind it if it is a scalar; `index` is that of the next
    /// position.
    fn value(&self, index: usize, at: usize) -> Option<(Value<'a>, Option<usize>)> {
        let nested = || {
            let positions = self.positions.get(index..)?;
            Some(Container { positions, ..*self }).filter(|nested| nested.offset(0) == Some(at))
        };
        match self.json.get(at)? {
            b'{' => nested().map(|object| (Value::Object(object), None)),
            b'[' => nested().map(|array| (Value::Array(array), None)),
            _ => scalar(self.json, at, self.escapes).map(|(value, end)| (value, Some(end))),
        }
    }

    /// The colons of its own members.
    fn colons(self) -> impl Iterator<Item = usize> {
        let mut depth = 0_usize;
        let mut index = 0;
        std::iter::from_fn(move || {
            loop {
                let byte = self.byte(index)?;
                index += 1;
                match byte {
                    b'{' | b'[' => depth += 1,
                    b':' if depth == 1 => return Some(index - 1),
                    b':' => {}
                    _ if depth <= 1 => return None,
                    _ => depth -= 1,
                }
            }
        })
    }
}

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
                (Value::Array(array), _) => arrays.push((Elements::of(array), path)),
                (Value::Object(object), Some(path)) => next = object.step(object.colons(), path),
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

/// Visits every string, number and boolean in `json` that is not a key, until `test` says true;
/// whether it did.
pub(super) fn any_scalar<'a>(
    json: &'a [u8],
    escapes: bool,
    test: &mut dyn FnMut(Value<'a>) -> bool,
) -> bool {
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        if let b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' = byte {
            at += 1;
            continue;
        }
        let Some((value, end)) = scalar(json, at, escapes) else {
            return false;
        };
        let is_key = byte == b'"' && json.get(whitespace_end(json, end)) == Some(&b':');
        if !is_key && value != Value::Null && test(value) {
            return true;
        }
        at = end;
    }
    false
}

/// The elements of an array.
struct Elements<'a> {
    array: Container<'a>,
    /// Index of the next position.
    index: usize,
    /// Offset behind the element before.
    at: usize,
}

impl<'a> Elements<'a> {
    fn of(array: Container<'a>) -> Self {
        let at = array.offset(0).map_or(usize::MAX, |bracket| bracket + 1);
        Self { array, index: 1, at }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let json = self.array.json;
        let mut at = whitespace_end(json, self.at);
        if let Some(b',') = json.get(at) {
            at = whitespace_end(json, at + 1);
        }
        // Fails at the closing bracket.
        let (value, end) = self.array.value(self.index, at)?;
        self.at = match (end, value) {
            (Some(end), _) => end,
            (None, Value::Array(nested) | Value::Object(nested)) => {
                let close = nested.close()?;
                self.index += close + 1;
                nested.offset(close)? + 1
            }
            (None, _) => return None,
        };
        Some(value)
    }
}
