//! Walking a record by its structure: the values that a path reaches, and all scalars.
//!
//! Nothing here recurses: nesting costs no stack. Where a record that was not validated has no
//! sense, a walk ends.

use core::{fmt, str};

use super::{
    Record,
    member::{Colon, Key, Member},
    value::{JsonStr, Value, unquoted},
};
use crate::scan::whitespace_end;

/// An object or array of a record.
#[derive(Clone, Copy)]
pub struct Container<'r> {
    record: &'r Record<'r>,
    /// Index of its opening bracket.
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
        if let Some(member) = self.objects.member(self.json, &path.whole) {
            return Some((self.value_of(member.colon.at)?, None));
        }
        let (head, rest) = path.parts.as_ref()?;
        let member = self.objects.member(self.json, head)?;
        Some((self.value_of(member.colon.at)?, Some(*rest)))
    }

    /// What `path` reaches, where it leads through objects alone and to a string that is known to
    /// be ASCII without escapes, as most do.
    pub(crate) fn plain(&self, path: &Path<'_>) -> Plain<'_> {
        let objects = &*self.objects;
        if let Some(member) = objects.member(self.json, &path.whole) {
            return self.plain_behind(member.colon);
        }
        let Some((head, rest)) = &path.parts else {
            return Plain::Missing;
        };
        let Some(member) = objects.member(self.json, head) else {
            return Plain::Missing;
        };
        match self.json.get(whitespace_end(self.json, member.colon.at + 1)) {
            Some(b'{') => {}
            Some(b'[') => return Plain::Other,
            _ => return Plain::Missing,
        }
        match rest {
            Rest::Path(path) => self.plain_within(&member, path),
            Rest::Text(path) => self.plain_within(&member, &Path::new(path)),
        }
    }

    /// [`plain`](Self::plain) for an object that is the value of a member.
    #[inline]
    fn plain_within(&self, member: &Member, path: &Path<'_>) -> Plain<'_> {
        let objects = &*self.objects;
        if let Some(colon) = objects.colon_within(self.json, member, &path.whole) {
            return self.plain_behind(colon);
        }
        if path.parts.is_none() {
            return Plain::Missing;
        }
        let head = path.parts.as_ref().and_then(|(head, rest)| {
            Some((objects.colon_within(self.json, member, head)?, Some(*rest)))
        });
        self.plain_deeper(head)
    }

    /// [`plain`](Self::plain) for what is deeper in objects.
    fn plain_deeper<'p>(&self, mut found: Option<(Colon, Option<Rest<'p>>)>) -> Plain<'_> {
        loop {
            let Some((colon, rest)) = found else {
                return Plain::Missing;
            };
            let Some(rest) = rest else {
                return self.plain_behind(colon);
            };
            let at = whitespace_end(self.json, colon.at + 1);
            match self.json.get(at) {
                Some(b'{') => {}
                Some(b'[') => return Plain::Other,
                _ => return Plain::Missing,
            }
            let object = Container { record: self, open: self.objects.bracket_from(at) };
            found = match rest {
                Rest::Path(path) => object.find(path, colon.index + 1),
                Rest::Text(path) => object.find(&Path::new(path), colon.index + 1),
            };
        }
    }

    /// The value of a member, if it is plain.
    #[inline(always)]
    fn plain_behind(&self, colon: Colon) -> Plain<'_> {
        let objects = &*self.objects;
        let at = whitespace_end(self.json, colon.at + 1);
        if self.json.get(at) != Some(&b'"') {
            return Plain::Other;
        }
        let text = objects.quote(at + 1).and_then(|end| self.json.get(at + 1..end));
        let is_plain = |text: &&[u8]| objects.plain || text.is_ascii() && !text.contains(&b'\\');
        text.filter(is_plain).map_or(Plain::Other, Plain::Text)
    }

    /// The value of a member.
    #[inline(always)]
    fn value_of(&self, colon: usize) -> Option<Value<'_>> {
        let at = whitespace_end(self.json, colon + 1);
        match self.json.get(at)? {
            b'"' => string(self, at).map(|(string, _)| Value::String(string)),
            b'{' | b'[' => self.value(self.objects.bracket_from(at), at).map(|(value, _)| value),
            _ => unquoted(self.json, at).map(|(value, _)| value),
        }
    }

    /// The value at `at`, and the offset behind it if it is a scalar; `bracket` is the index of the
    /// next bracket.
    #[inline]
    fn value(&self, bracket: usize, at: usize) -> Option<(Value<'_>, Option<usize>)> {
        let nested = || {
            let is_here = self.objects.bracket(bracket) == Some(at);
            is_here.then_some(Container { record: self, open: bracket })
        };
        match self.json.get(at)? {
            b'{' => nested().map(|object| (Value::Object(object), None)),
            b'[' => nested().map(|array| (Value::Array(array), None)),
            _ => scalar(self, at).map(|(value, end)| (value, Some(end))),
        }
    }
}

impl<'r> Container<'r> {
    /// Its JSON text, with its brackets.
    pub fn json(&self) -> &'r str {
        let text = || {
            let start = self.record.objects.bracket(self.open)?;
            let end = self.record.objects.bracket(self.close()?)?;
            str::from_utf8(self.record.json.get(start..=end)?).ok()
        };
        text().unwrap_or_default()
    }

    /// Index of the closing bracket.
    fn close(&self) -> Option<usize> {
        let mut brackets = self.record.objects.brackets_behind(self.open);
        let mut depth = 1_usize;
        let closes = |at: usize| {
            match self.record.json.get(at) {
                Some(b'{' | b'[') => depth += 1,
                _ => depth -= 1,
            }
            depth == 0
        };
        Some(self.open + 1 + brackets.position(closes)?)
    }

    /// [`Record::step`] for an object within.
    fn step<'p>(&self, path: &Path<'p>) -> Option<Step<'r, 'p>> {
        let (colon, rest) = self.find(path, self.record.objects.colon_behind(self.open))?;
        Some((self.record.value_of(colon.at)?, rest))
    }

    /// The colon of the member that one step along `path` leads to, and the rest of the path;
    /// `first` is the index of the first colon within.
    fn find<'p>(&self, path: &Path<'p>, first: usize) -> Option<(Colon, Option<Rest<'p>>)> {
        let record = self.record;
        let is = |key: &Key<'_>, at| key.precedes(record.json, at, record.objects.escapes);
        let mut colons = record.objects.colons_from(first);
        let mut depth = 1_usize;
        let mut head = None;
        for bracket in record.objects.brackets_behind(self.open) {
            while let Some(at) = colons.next_before(bracket) {
                if depth > 1 {
                    continue;
                }
                let colon = Colon { index: colons.next - 1, at };
                if is(&path.whole, at) {
                    return Some((colon, None));
                }
                if let (None, Some((key, rest))) = (head, &path.parts)
                    && is(key, at)
                {
                    head = Some((colon, *rest));
                }
            }
            match record.json.get(bracket)? {
                b'{' | b'[' => depth += 1,
                _ if depth <= 1 => break,
                _ => depth -= 1,
            }
        }
        head.map(|(colon, rest)| (colon, Some(rest)))
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
    /// Index of the next bracket.
    bracket: usize,
    /// Offset behind the element before.
    at: usize,
}

impl<'a> Elements<'a> {
    fn of(array: Container<'a>) -> Self {
        let at = array.record.objects.bracket(array.open).map_or(usize::MAX, |bracket| bracket + 1);
        Self { array, bracket: array.open + 1, at }
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
        let (value, end) = record.value(self.bracket, at)?;
        self.at = match (end, value) {
            (Some(end), _) => end,
            (None, Value::Array(nested) | Value::Object(nested)) => {
                let close = nested.close()?;
                self.bracket = close + 1;
                record.objects.bracket(close)? + 1
            }
            (None, _) => return None,
        };
        Some(value)
    }
}
