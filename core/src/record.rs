//! One CloudTrail record, borrowed and read lazily.
//!
//! A record knows its structure, which is where its brackets and colons stand. Fields are found
//! along that when they are asked for; nothing else of the text is looked at.

use core::ops::{Deref, Range};
use core::str;
use std::borrow::Cow;

use crate::scan::{Members, ScanError, whitespace_end};

mod member;
mod objects;
mod path;
mod value;

#[cfg(test)]
mod tests;

pub use objects::{Found, Objects};
pub(crate) use path::Plain;
pub use path::{Container, Path};
pub use value::{JsonStr, Value};

/// How many members an object may have to be a record: a bound for the memory that its outline
/// takes. Real ones have some thirty.
pub const MAX_MEMBERS: usize = 1 << 16;

/// `eventSource`
const EVENT_SOURCE: Path<'static> = Path::new("eventSource");

/// `eventName`
const EVENT_NAME: Path<'static> = Path::new("eventName");

/// Where the top-level members of an object stand: what one scan of it finds.
///
/// A reader of many records keeps one outline and fills it anew for each of them.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    members: Vec<Outlined>,
}

/// A member of the outlined object; offsets count from the start of the scanned bytes.
#[derive(Debug, Clone)]
struct Outlined {
    key: Range<usize>,
    escaped: bool,
    value: Range<usize>,
}

impl Outline {
    /// An outline with room for the members of a usual record.
    #[must_use]
    pub fn new() -> Self {
        Self { members: Vec::with_capacity(32) }
    }

    /// Validates the object that begins with the first byte of `json`, remembers its members in
    /// place of what was remembered before, and returns the object's length in bytes.
    ///
    /// # Errors
    /// [`ScanError`]: the bytes end too early, are no JSON object, or have more than
    /// [`MAX_MEMBERS`]. UTF-8 is not checked.
    pub fn read(&mut self, json: &[u8]) -> Result<usize, ScanError> {
        match self.scan(json, None)? {
            Reached::End(end) | Reached::Array(end) => Ok(end),
        }
    }

    /// Like [`read`](Self::read), but stops in front of an array that is the value of `key`,
    /// however long it may be.
    ///
    /// # Errors
    /// As for [`read`](Self::read), for what was read until then.
    pub fn read_to_array(&mut self, json: &[u8], key: &str) -> Result<Reached, ScanError> {
        self.scan(json, Some(key.as_bytes()))
    }

    fn scan(&mut self, json: &[u8], array: Option<&[u8]>) -> Result<Reached, ScanError> {
        self.members.clear();
        let mut members = Members::open(json, 0)?;
        while let Some(key) = members.key()? {
            if array.is_some()
                && json.get(key.value) == Some(&b'[')
                && json.get(key.text.clone()) == array
            {
                return Ok(Reached::Array(key.value));
            }
            if self.members.len() == MAX_MEMBERS {
                let (at, reason) = (key.text.start, "more than 65,536 members");
                return Err(ScanError::Invalid { at, reason });
            }
            let value = members.value()?;
            self.members.push(Outlined { key: key.text, escaped: key.escaped, value });
        }
        Ok(Reached::End(members.at()))
    }

    /// Where the value of the first member with this key stands in `json`, the bytes that were
    /// read.
    #[must_use]
    pub fn find(&self, json: &[u8], key: &str) -> Option<Range<usize>> {
        let text = |member: &Outlined| json.get(member.key.clone());
        let is = |member: &&Outlined| match member.escaped {
            false => text(member) == Some(key.as_bytes()),
            true => text(member)
                .and_then(|text| str::from_utf8(text).ok())
                .is_some_and(|text| value::unescape(text) == key),
        };
        let found = self.members.iter().find(is)?;
        Some(found.value.clone())
    }
}

/// Where [`Outline::read_to_array`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Just after the closing brace.
    End(usize),
    /// At the opening bracket of the array asked for.
    Array(usize),
}

/// One CloudTrail record: any JSON object.
///
/// Where an object says a key more than once, the first one counts; the others are never
/// reached by a path. Keys are compared as text, so that `"event\u004eame"` is `eventName`.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// From `{` to `}`.
    json: &'a [u8],
    /// Its structure: it is the object found last.
    objects: Reader<'a>,
}

/// What has found a record.
#[derive(Debug, Clone)]
enum Reader<'a> {
    /// Among many.
    Shared(&'a Objects),
    /// It alone.
    Own(Box<Objects>),
}

impl Deref for Reader<'_> {
    type Target = Objects;

    #[inline]
    fn deref(&self) -> &Objects {
        match self {
            Self::Shared(objects) => objects,
            Self::Own(objects) => objects,
        }
    }
}

/// What a field that decides which rules are tried says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name<'a> {
    /// There is no such member, or it is null.
    Missing,
    /// A string's text, or the JSON text of a number or boolean.
    Text(Cow<'a, str>),
    /// An array or an object, of which nothing may be assumed.
    Other,
}

impl<'a> Record<'a> {
    /// Reads and validates one JSON object, with nothing but whitespace around it.
    ///
    /// # Errors
    /// [`ScanError`] for bytes that are no JSON object, for anything after it, for objects and
    /// arrays nested deeper than [`MAX_DEPTH`](crate::scan::MAX_DEPTH), for more than
    /// [`MAX_MEMBERS`], and for invalid UTF-8.
    pub fn parse(json: &'a [u8]) -> Result<Self, ScanError> {
        let start = whitespace_end(json, 0);
        let object = json.get(start..).unwrap_or_default();
        let read = Outline::new().read(object).and_then(|length| {
            let after = whitespace_end(object, length);
            match object.get(after) {
                None => Ok(length),
                Some(_) => {
                    Err(ScanError::Invalid { at: after, reason: "expected nothing after the `}`" })
                }
            }
        });
        let object = read.and_then(|length| {
            let object = object.get(..length).unwrap_or_default();
            check_utf8(object).map(|()| object)
        });
        let object = object.map_err(|error| match error {
            ScanError::Incomplete => error,
            ScanError::Invalid { at, reason } => ScanError::Invalid { at: start + at, reason },
        })?;
        Ok(Objects::default().into_record(object))
    }

    /// The record as it was written, from `{` to `}`.
    #[must_use]
    pub fn json(&self) -> &'a str {
        str::from_utf8(self.json).unwrap_or_default()
    }

    /// The record as it was written, if it is ASCII without escapes.
    pub(crate) fn plain_json(&self) -> Option<&'a [u8]> {
        self.objects.plain.then_some(self.json)
    }

    /// Visits every value that `path` reaches, until `test` says true; whether it did.
    ///
    /// `path` is a key, or keys joined by dots. At every object the key that equals all that is
    /// left of the path comes first; only where there is none, the part before the first dot is
    /// descended into. Arrays on the way are entered element by element. A value that is reached
    /// and is an array is visited itself, and then its elements, those of arrays in it too.
    pub fn any<'r>(&'r self, path: &str, test: &mut dyn FnMut(Value<'r>) -> bool) -> bool {
        self.any_of(&Path::new(path), test)
    }

    /// [`any`](Self::any), with a path that was looked at before.
    #[inline]
    pub fn any_of<'r>(&'r self, path: &Path<'_>, test: &mut dyn FnMut(Value<'r>) -> bool) -> bool {
        match self.step(path) {
            // As it is mostly.
            Some((value @ Value::String(_), rest)) => rest.is_none() && test(value),
            Some((value, rest)) => path::any(value, rest, test),
            None => false,
        }
    }

    /// The text of the first string, number or boolean that `path` reaches.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.text_of(&Path::new(path))
    }

    /// [`text`](Self::text), with a path that was looked at before.
    #[must_use]
    pub fn text_of(&self, path: &Path<'_>) -> Option<Cow<'_, str>> {
        match self.plain(path) {
            Plain::Text(text) => return str::from_utf8(text).ok().map(Cow::Borrowed),
            Plain::Missing => return None,
            Plain::Other => {}
        }
        let mut text = None;
        self.any_of(path, &mut |value| {
            text = value.text();
            text.is_some()
        });
        text
    }

    /// Visits every string, number and boolean of the record, keys not among them, until `test`
    /// says true; whether it did.
    pub fn any_scalar<'r>(&'r self, test: &mut dyn FnMut(Value<'r>) -> bool) -> bool {
        path::any_scalar(self, test)
    }

    /// What `path` reaches first, as it is written between its quotes, if it is a string of ASCII
    /// without escapes and without control characters, and no array is on the way.
    #[inline]
    #[must_use]
    pub fn plain_text(&self, path: &Path<'_>) -> Option<&[u8]> {
        match self.plain(path) {
            Plain::Text(text) => Some(text),
            Plain::Missing | Plain::Other => None,
        }
    }

    /// eventSource and eventName, where both are strings of ASCII without escapes.
    #[inline]
    pub(crate) fn plain_names(&self) -> Option<(&[u8], &[u8])> {
        self.plain_text(&EVENT_SOURCE).zip(self.plain_text(&EVENT_NAME))
    }

    /// Whether a string, number or boolean is what `path` reaches first, and says this.
    #[inline]
    #[must_use]
    pub fn says(&self, path: &Path<'_>, text: &str) -> bool {
        match self.plain(path) {
            Plain::Text(found) => found == text.as_bytes(),
            Plain::Missing => false,
            Plain::Other => self.text_of(path).is_some_and(|found| found == text),
        }
    }

    /// Whether the record has a member of this key.
    #[must_use]
    pub fn has(&self, key: &Path<'_>) -> bool {
        self.objects.member(self.json, key.as_key()).is_some()
    }

    /// The service that was called: the member `eventSource`.
    #[must_use]
    pub fn event_source(&self) -> Name<'_> {
        self.name(&EVENT_SOURCE)
    }

    /// The call that was made: the member `eventName`.
    #[must_use]
    pub fn event_name(&self) -> Name<'_> {
        self.name(&EVENT_NAME)
    }

    fn name(&self, path: &Path<'_>) -> Name<'_> {
        match self.step(path) {
            None | Some((Value::Null, _)) => Name::Missing,
            Some((value, _)) => value.text().map_or(Name::Other, Name::Text),
        }
    }
}

/// Whether the bytes are text.
///
/// # Errors
/// [`ScanError::Invalid`] where they are not UTF-8.
pub fn check_utf8(json: &[u8]) -> Result<(), ScanError> {
    match str::from_utf8(json) {
        Ok(_) => Ok(()),
        Err(error) => Err(ScanError::Invalid { at: error.valid_up_to(), reason: "invalid UTF-8" }),
    }
}
