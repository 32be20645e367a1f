//! A value of a record, and the texts that it is compared by.

use core::{fmt, str};
use std::borrow::Cow;

use memchr::memchr;

use super::path::Container;
use crate::scan::{string_end, whitespace_end};

/// A JSON value, borrowed from its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(&'a str),
    /// A string.
    String(JsonStr<'a>),
    /// An array.
    Array(Container<'a>),
    /// An object.
    Object(Container<'a>),
}

/// A JSON string as written between its quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct JsonStr<'a> {
    raw: &'a [u8],
    /// Whether it is known to be ASCII without a backslash.
    plain: bool,
}

/// The number, boolean or null that begins at `at`, and the offset behind it.
pub(super) fn unquoted(json: &[u8], at: usize) -> Option<(Value<'_>, usize)> {
    let rest = json.get(at..)?;
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let text = rest.get(..length).filter(|text| !text.is_empty())?;
    let value = match text {
        b"null" => Value::Null,
        b"true" => Value::Bool(true),
        b"false" => Value::Bool(false),
        _ => Value::Number(str::from_utf8(text).ok()?),
    };
    Some((value, at + length))
}

impl<'a> Value<'a> {
    /// The text that the value compares by: what a string says, and the JSON text of a number or
    /// boolean. `None` for null, arrays and objects.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match *self {
            Self::String(string) => Some(string.text()),
            Self::Number(text) => Some(Cow::Borrowed(text)),
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The text of an array or object as it stands in the record, without the whitespace between
    /// its parts. `None` for other values.
    #[must_use]
    pub fn compact(&self) -> Option<Cow<'a, str>> {
        match *self {
            Self::Array(container) | Self::Object(container) => Some(compact(container.json())),
            _ => None,
        }
    }
}

impl<'a> JsonStr<'a> {
    #[inline]
    pub(super) fn new(raw: &'a [u8], plain: bool) -> Self {
        Self { raw, plain }
    }

    /// What the string says, if it is known to be ASCII without having been looked at.
    #[inline]
    #[must_use]
    pub fn plain(&self) -> Option<&'a [u8]> {
        self.plain.then_some(self.raw)
    }

    /// The string as written, escapes and all.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        // Records whose text is not UTF-8 are not handed out.
        str::from_utf8(self.raw).unwrap_or_default()
    }

    /// What the string says: borrowed where it holds no escape. Half of a surrogate pair is read
    /// as U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        if self.plain { Cow::Borrowed(self.raw()) } else { unescape(self.raw()) }
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.raw())
    }
}

/// What the text between the quotes of a JSON string says.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(mut escape) = memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let (plain, escaped) = rest.split_at_checked(escape).unwrap_or((rest, ""));
        text.push_str(plain);
        let (character, length) = escaped_char(escaped.as_bytes());
        text.push(character);
        rest = escaped.get(length..).unwrap_or_default();
        let Some(next) = memchr(b'\\', rest.as_bytes()) else {
            text.push_str(rest);
            return Cow::Owned(text);
        };
        escape = next;
    }
}

/// The character that the escape at the start of `escape` stands for, and its length in bytes.
fn escaped_char(escape: &[u8]) -> (char, usize) {
    let character = match escape.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(escape),
        Some(&byte) => char::from(byte),
        None => char::REPLACEMENT_CHARACTER,
    };
    (character, 2)
}

/// [`escaped_char`] for `\uXXXX`, and for two of them that make a pair.
fn unicode_escape(escape: &[u8]) -> (char, usize) {
    let Some(unit) = code_unit(escape) else {
        return (char::REPLACEMENT_CHARACTER, 6);
    };
    let second = escape.get(6..).and_then(code_unit);
    if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (unit, second) {
        let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// The number in the `\uXXXX` at the start of `escape`.
fn code_unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit * 16 + char::from(digit).to_digit(16)?))
}

/// Valid JSON without the whitespace outside its strings.
fn compact(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut compacted = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at + 1).map_or(bytes.len(), |(end, _)| end),
            b' ' | b'\n' | b'\r' | b'\t' => {
                compacted.push_str(json.get(kept..at).unwrap_or_default());
                at = whitespace_end(bytes, at);
                kept = at;
            }
            _ => at += 1,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    compacted.push_str(json.get(kept..).unwrap_or_default());
    Cow::Owned(compacted)
}
