//! Walking a record by its structure: the values that a path reaches, and all scalars.
//!
//! Nothing here recurses: nesting costs no stack. Where a record that was not validated has no
//! sense, a walk ends.

use core::{fmt, str};

use super::{
    Record,
    member::Key,
    value::{JsonStr, Value, unquoted},
};
use crate::scan::whitespace_end;

/// An object or array of a record.
#[derive(Clone, Copy)]
pub struct Container<'r> {
    record: &'r Record<'r>,
    /// Offset of its opening bracket.
    open: usize,
}

/// A path with what is known of its keys.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    whole: Key<'p>,
    /// The part before the first dot, and the rest.
    parts: Option<(Key<'p>, Rest<'p>)>,
}

/// What is left of a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rest<'p> {
    Path(&'p Path<'p>),
    Text(&'p str),
}

impl<'p> Path<'p> {
    /// The path that is written so: keys joined by dots.
    #[must_use]
    pub const fn new(text: &'p str) -> Self {
        let parts = match split(text) {
            Some((head, rest)) => Some((Key::of(head), Rest::Text(rest))),
            None => None,
        };
        Self { whole: Key::of(text), parts }
    }

    /// The path that is written so, of which what follows the first dot is already a path.
    #[must_use]
    pub const fn nested(text: &'p str, rest: &'p Path<'p>) -> Self {
        let parts = match split(text) {
            Some((head, _)) => Some((Key::of(head), Rest::Path(rest))),
            None => None,
        };
        Self { whole: Key::of(text), parts }
    }
}

impl<'p> Path<'p> {
    /// All of it as one key.
    pub(super) fn as_key(&self) -> &Key<'p> {
        &self.whole
    }
}

/// The text in front of the first dot and behind it.
const fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut dot = 0;
    while dot < bytes.len() && bytes[dot] != b'.' {
        dot += 1;
    }
    let (head, rest) = text.split_at(dot);
    match rest.split_at_checked(1) {
        Some((_, rest)) => Some((head, rest)),
        None => None,
    }
}

/// What [`Record::plain`] reaches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plain<'r> {
    /// Nothing.
    Missing,
    /// One string, of ASCII without escapes.
    Text(&'r [u8]),
    /// Something that takes a closer look.
    Other,
}

/// A value on the way, and what is left of the path: `None` where the value is reached.
pub(super) type Step<'r, 'p> = (Value<'r>, Option<Rest<'p>>);

impl<'a> Record<'a> {
    /// One step along `path`: to the member of which the key is the whole path, else to the part
    /// before its first dot.
    #[inline(always)]
    pub(super) fn step<'p>(&self, path: &Path<'p>) -> Option<Step<'_, 'p>> {
        let (colon, rest) = self.find(path)?;
        Some((self.value_behind(colon)?, rest))
    }

    /// The offset of the colon of the member that one step along `path` leads to, and the rest of
    /// the path.
    #[inline(always)]
    fn find<'p>(&self, path: &Path<'p>) -> Option<(usize, Option<Rest<'p>>)> {
        if let Some(colon) = self.objects.member(self.json, &path.whole) {
            return Some((colon, None));
        }
        let (head, rest) = path.parts.as_ref()?;
        Some((self.objects.member(self.json, head)?, Some(*rest)))
    }

    /// What `path` reaches, where it leads through objects alone and to a string that is known to
    /// be ASCII without escapes, as most do.
    #[inline(always)]
    pub(crate) fn plain(&self, path: &Path<'_>) -> Plain<'_> {
        if self.objects.plain
            && let Some(plain) = self.plain_quickly(path)
        {
            return plain;
        }
        self.plain_slowly(path)
    }

    /// [`plain`](Self::plain) for a record that is ASCII without escapes; `None` where something
    /// unusual stands.
    #[inline(always)]
    fn plain_quickly(&self, path: &Path<'_>) -> Option<Plain<'_>> {
        let objects = &*self.objects;
        let mut colon = match objects.plain_member(self.json, &path.whole) {
            Some(colon) => colon,
            None => {
                let Some((head, rest)) = &path.parts else { return Some(Plain::Missing) };
                let Some(colon) = objects.plain_member(self.json, head) else {
                    return Some(Plain::Missing);
                };
                match self.plain_inside(colon, rest)? {
                    Some(colon) => colon,
                    None => return Some(Plain::Missing),
                }
            }
        };
        colon += 1;
        if *self.json.get(colon)? != b'"' {
            return None;
        }
        let end = objects.quote(colon + 1)?;
        self.json.get(colon + 1..end).map(Plain::Text)
    }

    /// The colon of the member that the rest of a path leads to, of one key, in the object that is
    /// the value of the member with this colon.
    #[inline]
    fn plain_inside(&self, colon: usize, rest: &Rest<'_>) -> Option<Option<usize>> {
        let &Rest::Path(Path { whole, parts: None }) = rest else { return None };
        let open = colon + 1;
        if *self.json.get(open)? != b'{' {
            return None;
        }
        // As the type of callers, the key is often the first one.
        let first = open + whole.quoted_length() + 1;
        if self.json.get(first) == Some(&b':') && whole.precedes(self.json, first, false) {
            return Some(Some(first));
        }
        Some(self.objects.find_colon(open, |colon| whole.precedes(self.json, colon, false)))
    }

    #[inline(never)]
    fn plain_slowly(&self, path: &Path<'_>) -> Plain<'_> {
        match self.find(path) {
            None => Plain::Missing,
            Some((colon, None)) => self.plain_behind(colon),
            Some((colon, Some(rest))) => self.plain_within(colon, rest),
        }
    }

    /// [`plain`](Self::plain) for the rest of a path, in the value of the member with this colon.
    fn plain_within(&self, mut colon: usize, mut rest: Rest<'_>) -> Plain<'_> {
        loop {
            let open = whitespace_end(self.json, colon + 1);
            match self.json.get(open) {
                Some(b'{') => {}
                Some(b'[') => return Plain::Other,
                _ => return Plain::Missing,
            }
            let object = Container { record: self, open };
            let text;
            let path = match rest {
                Rest::Path(path) => path,
                Rest::Text(rest) => {
                    text = Path::new(rest);
                    &text
                }
            };
            match object.find(path) {
                None => return Plain::Missing,
                Some((colon, None)) => return self.plain_behind(colon),
                Some((within, Some(more))) => (colon, rest) = (within, more),
            }
        }
    }

    /// The value of a member, if it is plain.
    #[inline(always)]
    fn plain_behind(&self, colon: usize) -> Plain<'_> {
        let objects = &*self.objects;
        let at = whitespace_end(self.json, colon + 1);
        if self.json.get(at) != Some(&b'"') {
            return Plain::Other;
        }
        let text = objects.quote(at + 1).and_then(|end| self.json.get(at + 1..end));
        let is_plain = |text: &&[u8]| {
            objects.plain || text.is_ascii() && !(objects.escapes && text.contains(&b'\\'))
        };
        text.filter(is_plain).map_or(Plain::Other, Plain::Text)
    }

    /// The value of a member.
    #[inline(always)]
    fn value_behind(&self, colon: usize) -> Option<Value<'_>> {
        self.value(whitespace_end(self.json, colon + 1)).map(|(value, _)| value)
    }

    /// The value at `at`, and the offset behind it if it is a scalar.
    #[inline]
    fn value(&self, at: usize) -> Option<(Value<'_>, Option<usize>)> {
        match self.json.get(at)? {
            b'{' => Some((Value::Object(Container { record: self, open: at }), None)),
            b'[' => Some((Value::Array(Container { record: self, open: at }), None)),
            _ => scalar(self, at).map(|(value, end)| (value, Some(end))),
        }
    }
}

impl<'r> Container<'r> {
    /// Its JSON text, with its brackets.
    pub fn json(&self) -> &'r str {
        let text = self.end().and_then(|end| self.record.json.get(self.open..end));
        text.and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// The offset behind its closing bracket.
    fn end(&self) -> Option<usize> {
        self.record.objects.end(self.open)
    }

    /// [`Record::step`] for an object within.
    fn step<'p>(&self, path: &Path<'p>) -> Option<Step<'r, 'p>> {
        let (colon, rest) = self.find(path)?;
        Some((self.record.value_behind(colon)?, rest))
    }

    /// [`Record::find`] for an object within.
    fn find<'p>(&self, path: &Path<'p>) -> Option<(usize, Option<Rest<'p>>)> {
        let Record { json, objects } = self.record;
        let is = |key: &Key<'_>, colon| key.precedes(json, colon, objects.escapes);
        let Some((key, rest)) = &path.parts else {
            let colon = objects.find_colon(self.open, |colon| is(&path.whole, colon))?;
            return Some((colon, None));
        };
        let mut head = None;
        let whole = objects.find_colon(self.open, |colon| {
            if head.is_none() && is(key, colon) {
                head = Some(colon);
            }
            is(&path.whole, colon)
        });
        match whole {
            Some(colon) => Some((colon, None)),
            None => Some((head?, Some(*rest))),
        }
    }
}

impl fmt::Debug for Container<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

/// Containers are equal if they are the same one.
impl PartialEq for Container<'_> {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.record, other.record) && self.open == other.open
    }
}

impl Eq for Container<'_> {}

/// Visits what `path` reaches from `value` on, until `test` says true; whether it did.
pub(super) fn any<'a>(
    value: Value<'a>,
    path: Option<Rest<'_>>,
    test: &mut dyn FnMut(Value<'a>) -> bool,
) -> bool {
    // The arrays that are being gone through, innermost last, each with the path that is left
    // for its elements.
    let mut arrays: Vec<(Elements<'a>, Option<Rest<'_>>)> = Vec::new();
    let mut next = Some((value, path));
    loop {
        while let Some((value, path)) = next.take() {
            if path.is_none() && test(value) {
                return true;
            }
            match (value, path) {
                (Value::Array(array), _) => arrays.push((Elements::of(array), path)),
                (Value::Object(object), Some(Rest::Path(path))) => next = object.step(path),
                (Value::Object(object), Some(Rest::Text(path))) => {
                    next = object.step(&Path::new(path));
                }
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

/// Visits every string, number and boolean of a record that is not a key, until `test` says true;
/// whether it did.
pub(super) fn any_scalar<'r>(
    record: &'r Record<'_>,
    test: &mut dyn FnMut(Value<'r>) -> bool,
) -> bool {
    let json = record.json;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        if let b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' = byte {
            at += 1;
            continue;
        }
        let Some((value, end)) = scalar(record, at) else {
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

/// The string, number, boolean or null that begins at `at`, and the offset behind it.
#[inline]
fn scalar<'r>(record: &'r Record<'_>, at: usize) -> Option<(Value<'r>, usize)> {
    if record.json.get(at) == Some(&b'"') {
        return string(record, at).map(|(string, end)| (Value::String(string), end));
    }
    unquoted(record.json, at)
}

/// The string of which the opening quote is at `at`, and the offset behind it.
#[inline(always)]
fn string<'r>(record: &'r Record<'_>, at: usize) -> Option<(JsonStr<'r>, usize)> {
    let end = record.objects.quote(at + 1)?;
    Some((JsonStr::new(record.json.get(at + 1..end)?, record.objects.plain), end + 1))
}

/// The elements of an array.
struct Elements<'a> {
    array: Container<'a>,
    /// Offset behind the element before.
    at: usize,
}

impl<'a> Elements<'a> {
    fn of(array: Container<'a>) -> Self {
        Self { array, at: array.open + 1 }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let record = self.array.record;
        let json = record.json;
        let mut at = whitespace_end(json, self.at);
        if let Some(b',') = json.get(at) {
            at = whitespace_end(json, at + 1);
        }
        // Fails at the closing bracket.
        let (value, end) = record.value(at)?;
        self.at = match (end, value) {
            (Some(end), _) => end,
            (None, Value::Array(nested) | Value::Object(nested)) => nested.end()?,
            (None, _) => return None,
        };
        Some(value)
    }
}
