//! The structure of JSON bytes: where values end, and the members of an object.
//!
//! Everything here validates strictly by the grammar of RFC 8259, in one forward pass, without
//! recursion and without allocating. Two things are left to the caller: whether the bytes are
//! UTF-8, and what a pair of surrogate escapes means (the grammar allows lone ones).
//!
//! The bytes may be the beginning of something longer: [`ScanError::Incomplete`] says that they
//! end inside a value, so that more of them could make it whole. A number is the one value that
//! does not show its own end; one that reaches the end of the bytes counts as whole, and a caller
//! who may get more bytes has to ask again with them.

use core::fmt;
use core::ops::Range;

pub(crate) use token::string_end;
use token::{literal_end, number_end};

#[cfg(test)]
pub(crate) mod tests;
mod token;

/// How deep objects and arrays may be nested, counting the outermost one.
pub const MAX_DEPTH: usize = 512;

/// Why bytes are no JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanError {
    /// The bytes end inside a value that is sound so far.
    Incomplete,
    /// No bytes that follow could make this a value.
    Invalid {
        /// Offset of the first byte that cannot stand where it stands.
        at: usize,
        /// What is wrong there, in words that go before "at byte …".
        reason: &'static str,
    },
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => f.write_str("the JSON ends too early"),
            Self::Invalid { at, reason } => write!(f, "{reason} at byte {at}"),
        }
    }
}

impl core::error::Error for ScanError {}

/// The offset of the first byte at or after `at` that is not JSON whitespace.
#[inline]
#[must_use]
pub fn whitespace_end(json: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = json.get(at) {
        at += 1;
    }
    at
}

/// Validates the value whose first byte is at `at` and returns the offset just after it.
///
/// `at` must not point to whitespace; what follows the value is not looked at.
///
/// # Errors
/// [`ScanError`], with offsets into `json`.
pub fn value_end(json: &[u8], at: usize) -> Result<usize, ScanError> {
    nested_value_end(json, at, 0, |at| string_end(json, at))
}

/// [`value_end`] where strings are known: `string_end` says where the one ends of which the text
/// begins at an offset, and whether it holds a backslash. It is asked for each string once, in their
/// order.
#[inline]
pub(crate) fn value_end_by(
    json: &[u8],
    at: usize,
    string_end: impl FnMut(usize) -> Result<(usize, bool), ScanError>,
) -> Result<usize, ScanError> {
    nested_value_end(json, at, 0, string_end)
}

/// The key of a member of an object, as [`Members::key`] finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key's bytes as written, without its quotes.
    pub text: Range<usize>,
    /// Whether the key is written with a backslash, so that its bytes are not its text.
    pub escaped: bool,
    /// Offset of the first byte of the member's value, not yet read.
    pub value: usize,
}

/// Reads the members of one object, one after the other, as the caller asks for them.
///
/// A key is found before its value is read, so that a caller can stop in front of a value:
///
/// ```
/// use trailalerts_core::scan::Members;
/// let json = br#"{"a": 1, "Records": [..."#;
/// let mut members = Members::open(json, 0)?;
/// while let Some(key) = members.key()? {
///     if json.get(key.text) == Some(b"Records") {
///         assert_eq!(key.value, 20);
///         break;
///     }
///     members.value()?; // could be left out: `key` would do it
/// }
/// # Ok::<(), trailalerts_core::scan::ScanError>(())
/// ```
#[derive(Debug)]
pub struct Members<'j> {
    json: &'j [u8],
    at: usize,
    next: Next,
}

/// What stands at [`Members::at`], whitespace aside.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// The first key, or the closing brace.
    First,
    /// A value whose key was given out.
    Value,
    /// A comma and a key, or the closing brace.
    Rest,
    /// Something outside the object.
    Nothing,
}

impl<'j> Members<'j> {
    /// Begins with the object whose `{` is at `at`.
    ///
    /// # Errors
    /// [`ScanError`] where there is no `{`.
    #[inline]
    pub fn open(json: &'j [u8], at: usize) -> Result<Self, ScanError> {
        match json.get(at) {
            Some(b'{') => Ok(Self { json, at: at + 1, next: Next::First }),
            Some(_) => invalid(at, "expected `{`"),
            None => Err(ScanError::Incomplete),
        }
    }

    /// Goes on in the middle of an object, with `at` just after one of its values.
    #[must_use]
    pub fn resume(json: &'j [u8], at: usize) -> Self {
        Self { json, at, next: Next::Rest }
    }

    /// The next key, or `None` once the object is closed. The value of the key before is read
    /// first if it was not asked for.
    ///
    /// # Errors
    /// [`ScanError`], with offsets into the bytes given at the beginning.
    #[inline]
    pub fn key(&mut self) -> Result<Option<Key>, ScanError> {
        if let Next::Value = self.next {
            self.value()?;
        }
        let json = self.json;
        let mut at = whitespace_end(json, self.at);
        match (self.next, json.get(at)) {
            (Next::Nothing, _) => return Ok(None),
            (_, Some(b'}')) => {
                self.at = at + 1;
                self.next = Next::Nothing;
                return Ok(None);
            }
            (Next::First, _) => {}
            (_, Some(b',')) => at = whitespace_end(json, at + 1),
            (_, Some(_)) => return invalid(at, "expected `,` or `}`"),
            (_, None) => return Err(ScanError::Incomplete),
        }
        let key = key_end(json, at, |at| string_end(json, at))?;
        self.at = key.value;
        self.next = Next::Value;
        Ok(Some(key))
    }

    /// Reads the value of the key found last and returns where it stands; an empty range where
    /// no key waits for its value.
    ///
    /// # Errors
    /// [`ScanError`], with offsets into the bytes given at the beginning.
    #[inline]
    pub fn value(&mut self) -> Result<Range<usize>, ScanError> {
        let start = self.at;
        if let Next::Value = self.next {
            self.at = nested_value_end(self.json, start, 1, |at| string_end(self.json, at))?;
            self.next = Next::Rest;
        }
        Ok(start..self.at)
    }

    /// How far the object was read: just after its `}` once [`Members::key`] returned `None`.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }
}

/// Which kinds of containers are open around a position: one bit a level, set for objects.
struct Containers {
    bits: [u64; MAX_DEPTH / 64],
    depth: usize,
}

impl Containers {
    /// Opens a container; false where that would be one too many.
    #[inline]
    fn open(&mut self, object: bool) -> bool {
        let Some(word) = self.bits.get_mut(self.depth / 64) else {
            return false;
        };
        let bit = 1 << (self.depth % 64);
        *word = if object { *word | bit } else { *word & !bit };
        self.depth += 1;
        true
    }

    /// Closes the innermost container; whether the one around it is an object.
    #[inline]
    fn close(&mut self) -> bool {
        self.depth -= 1;
        let level = self.depth.wrapping_sub(1);
        self.bits.get(level / 64).is_some_and(|word| word >> (level % 64) & 1 == 1)
    }
}

/// [`value_end_by`] for a value with `outside` containers open around it.
#[inline(always)]
fn nested_value_end(
    json: &[u8],
    mut at: usize,
    outside: usize,
    mut string_end: impl FnMut(usize) -> Result<(usize, bool), ScanError>,
) -> Result<usize, ScanError> {
    let mut open = Containers { bits: [0; MAX_DEPTH / 64], depth: outside };
    // Whether the innermost container is an object; where it is one outside, nothing is said.
    let mut object = false;
    'value: loop {
        match json.get(at) {
            Some(b'"') => {
                at = string_end(at + 1)?.0;
                // Mostly another string follows, compactly.
                while object && json.get(at) == Some(&b',') && json.get(at + 1) == Some(&b'"') {
                    let (end, _) = string_end(at + 2)?;
                    if json.get(end) != Some(&b':') || json.get(end + 1) != Some(&b'"') {
                        at = colon_end(json, end)?;
                        continue 'value;
                    }
                    at = string_end(end + 2)?.0;
                }
            }
            Some(&start @ (b'{' | b'[')) => {
                object = start == b'{';
                if !open.open(object) {
                    return invalid(at, "nested deeper than 512 levels");
                }
                at = whitespace_end(json, at + 1);
                match json.get(at) {
                    Some(b'}') if object => {}
                    Some(b']') if !object => {}
                    _ => {
                        if object {
                            at = key_end(json, at, &mut string_end)?.value;
                        }
                        continue 'value;
                    }
                }
                // Empty: closed like any other.
                at += 1;
                object = open.close();
            }
            Some(b'-' | b'0'..=b'9') => at = number_end(json, at)?,
            Some(b't') => at = literal_end(json, at, b"true", "expected `true`")?,
            Some(b'f') => at = literal_end(json, at, b"false", "expected `false`")?,
            Some(b'n') => at = literal_end(json, at, b"null", "expected `null`")?,
            Some(_) => return invalid(at, "expected a value"),
            None => return Err(ScanError::Incomplete),
        }
        while open.depth > outside {
            at = whitespace_end(json, at);
            match (json.get(at), object) {
                (Some(b','), true) => {
                    at = key_end(json, whitespace_end(json, at + 1), &mut string_end)?.value;
                    continue 'value;
                }
                (Some(b','), false) => {
                    at = whitespace_end(json, at + 1);
                    continue 'value;
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    at += 1;
                    object = open.close();
                }
                (Some(_), true) => return invalid(at, "expected `,` or `}`"),
                (Some(_), false) => return invalid(at, "expected `,` or `]`"),
                (None, _) => return Err(ScanError::Incomplete),
            }
        }
        return Ok(at);
    }
}

/// Reads a key, its colon and the whitespace around that; `at` is where its quote should be.
#[inline(always)]
fn key_end(
    json: &[u8],
    at: usize,
    string_end: impl FnOnce(usize) -> Result<(usize, bool), ScanError>,
) -> Result<Key, ScanError> {
    match json.get(at) {
        Some(b'"') => {}
        Some(_) => return invalid(at, "expected a key in double quotes"),
        None => return Err(ScanError::Incomplete),
    }
    let (end, escaped) = string_end(at + 1)?;
    Ok(Key { text: at + 1..end - 1, escaped, value: colon_end(json, end)? })
}

/// Reads the colon behind a key and the whitespace around it; `at` is just after the key.
#[inline(always)]
fn colon_end(json: &[u8], at: usize) -> Result<usize, ScanError> {
    let colon = whitespace_end(json, at);
    match json.get(colon) {
        Some(b':') => Ok(whitespace_end(json, colon + 1)),
        Some(_) => invalid(colon, "expected `:`"),
        None => Err(ScanError::Incomplete),
    }
}

/// The error for the byte at `at`.
#[cold]
fn invalid<T>(at: usize, reason: &'static str) -> Result<T, ScanError> {
    Err(ScanError::Invalid { at, reason })
}
