//! Objects of a text, found one after the other by its structure.

use core::ops::Range;

use memchr::{memchr, memmem::Finder};

use super::{
    MAX_MEMBERS, Path, Reader, Record, check_utf8,
    member::{Key, Keys},
};
use crate::{
    scan::{ScanError, value_end, value_end_by},
    structure::{Outermost, Structure},
};

#[cfg(test)]
mod tests;

/// The keys by which a record is known, in quotes and as paths. Their begin is the same.
const NAMING: [(&str, Path<'static>); 3] = [
    ("\"eventName\"", Path::new("eventName")),
    ("\"eventSource\"", Path::new("eventSource")),
    ("\"eventID\"", Path::new("eventID")),
];
const NAMING_PREFIX: &str = "\"event";

/// Finds objects in a text of many, by their shape: strings end, as many brackets close as open, and
/// behind a key is a colon; one with something in it that may be a record that stood beside it is valid
/// JSON. So none that is broken takes other records along.
/// Whether it is valid JSON, [`is_json`](Self::is_json) tells.
#[derive(Debug, Clone)]
pub struct Objects {
    structure: Structure,
    next: Next,
    /// The object found last.
    object: Outermost,
    /// Whether it holds a backslash.
    pub(super) escapes: bool,
    /// Whether it is ASCII without escapes.
    pub(super) plain: bool,
    keys: Keys,
    /// Finds [`NAMING_PREFIX`].
    naming: Finder<'static>,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            structure: Structure::new(),
            next: Next::default(),
            object: Outermost::default(),
            escapes: false,
            plain: false,
            keys: Keys::default(),
            naming: Finder::new(NAMING_PREFIX),
        }
    }
}

/// What is found at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An object of this length in bytes, of a sound shape, in UTF-8. Whatever is valid JSON in it
    /// is found by paths as in a record that was validated.
    Object(usize),
    /// Something that asks for a closer look, however the text goes on.
    Irregular,
    /// The begin of an object.
    Incomplete,
    /// Nothing, or something within another object or a string, if what stands in front of it can be
    /// trusted. The text has to be read from there on to tell.
    Hidden,
}

/// How the bytes of a part of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bytes {
    /// Compactly, in ASCII.
    Ascii,
    /// Compactly, some of them not in ASCII.
    Wide,
    /// In a way that asks for a closer look.
    Irregular,
}

/// What of the structure was not yet looked at: indices.
#[derive(Debug, Clone, Default)]
struct Next {
    object: usize,
    irregular: usize,
    escape: usize,
}

impl Objects {
    /// Reads the structure of a text in place of the one before.
    pub fn read(&mut self, text: &[u8]) {
        self.structure.read(text);
        self.keys.clear();
        self.next = Next::default();
    }

    /// Finds the object that begins at byte `start` of the text; `json` is the text from there on.
    /// Objects are asked for in ascending order. An object that is known to be valid JSON is there
    /// as a record whatever is found irregular in it.
    pub fn find(&mut self, json: &[u8], start: usize) -> Found {
        let Some(object) = self.outermost(start) else {
            // No object, whatever is around it.
            let is_array = json.first() == Some(&b'[');
            return if is_array { Found::Irregular } else { Found::Hidden };
        };
        let end = object.end.map_or(start + json.len(), |end| end as usize);
        let escapes = self.may_have_escapes(start, end)
            && json.get(..end - start).is_none_or(|text| memchr(b'\\', text).is_some());
        let bytes = self.bytes(json, start..end);
        let members = self.structure.colons(&object).len();
        if object.end.is_none() {
            let may_be = bytes != Bytes::Irregular && members <= MAX_MEMBERS;
            return if may_be { Found::Incomplete } else { Found::Irregular };
        }
        self.object = object;
        self.escapes = escapes;
        self.plain = !escapes && bytes == Bytes::Ascii;
        let colons = self.structure.colons(&object);
        self.keys.read(json, start, colons, escapes);
        let text = json.get(..end - start).unwrap_or_default();
        let sound = object.sound
            && text.last() == Some(&b'}')
            && members <= MAX_MEMBERS
            && match bytes {
                Bytes::Ascii => true,
                Bytes::Wide => check_utf8(text).is_ok(),
                Bytes::Irregular => false,
            }
            && object.joined.is_none_or(|at| self.is_alone(text, at as usize));
        if sound { Found::Object(text.len()) } else { Found::Irregular }
    }

    /// The outermost object that begins there.
    #[inline]
    fn outermost(&mut self, start: usize) -> Option<Outermost> {
        let objects = self.structure.outermost();
        let of = |object: &Outermost| object.start as usize;
        while objects.get(self.next.object).is_some_and(|object| of(object) < start) {
            self.next.object += 1;
        }
        objects.get(self.next.object).copied().filter(|object| of(object) == start)
    }

    /// Whether the object found last has no other record in it. One that is broken may have, as if they
    /// were in an array of its own: then there is, from position `joined` on, a key by which a record
    /// is known and which is not its own; so it is if it is valid JSON.
    fn is_alone(&self, text: &[u8], joined: usize) -> bool {
        let first = joined.saturating_sub(self.start());
        let from = text.get(first..).unwrap_or_default();
        let is_own = |at: usize| {
            let key = text.get(at..).unwrap_or_default();
            NAMING.iter().all(|(quoted, path)| {
                !key.starts_with(quoted.as_bytes())
                    || self.member(text, path.as_key()) == Some(at + quoted.len())
            })
        };
        let alone = !self.escapes && self.naming.find_iter(from).all(|at| is_own(first + at));
        alone || self.is_json(text)
    }

    /// Whether a backslash may stand in a part of the text; 64 bytes are judged as a whole.
    #[inline]
    fn may_have_escapes(&mut self, start: usize, end: usize) -> bool {
        let escapes = self.structure.escapes();
        while escapes.get(self.next.escape).is_some_and(|&block| block as usize + 64 <= start) {
            self.next.escape += 1;
        }
        escapes.get(self.next.escape).is_some_and(|&block| (block as usize) < end)
    }

    /// How a part of the text is written, as far as its structure tells; where it begins may not fit
    /// what is in front of it.
    #[inline]
    fn bytes(&mut self, json: &[u8], Range { start, end }: Range<usize>) -> Bytes {
        let irregular = self.structure.irregular();
        while irregular.get(self.next.irregular).is_some_and(|block| block.0 as usize + 64 <= start)
        {
            self.next.irregular += 1;
        }
        let blocks = irregular.get(self.next.irregular..).unwrap_or_default();
        let mut bytes = Bytes::Ascii;
        for &(block, mask) in blocks.iter().take_while(|block| (block.0 as usize) < end) {
            let mut bits = mask;
            while bits != 0 {
                let at = block as usize + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if at <= start || at >= end {
                    continue;
                }
                if json.get(at - start).is_none_or(u8::is_ascii) {
                    return Bytes::Irregular;
                }
                bytes = Bytes::Wide;
            }
        }
        bytes
    }

    /// Whether the object found last, which is of a sound shape, is valid JSON; `json` is its text.
    #[must_use]
    pub fn is_json(&self, json: &[u8]) -> bool {
        let end = if self.escapes {
            value_end(json, 0)
        } else {
            // It has no control characters, so that strings need not be looked at: of two quotes one
            // begins a string, and the other one ends it.
            let start = self.start();
            let mut quotes = self.structure.quotes(start);
            value_end_by(json, 0, |_| match (quotes.next(), quotes.next()) {
                (Some(_), Some(quote)) => Ok((quote.wrapping_sub(start) + 1, false)),
                _ => Err(ScanError::Incomplete),
            })
        };
        end == Ok(json.len())
    }

    /// The only object of a text that is valid JSON.
    pub(super) fn into_record(mut self, json: &[u8]) -> Record<'_> {
        self.read(json);
        self.find(json, 0);
        Record { json, objects: Reader::Own(Box::new(self)) }
    }

    /// The object found last as a record; `json` is its text.
    #[inline]
    pub fn record<'a>(&'a self, json: &'a [u8]) -> Record<'a> {
        Record { json, objects: Reader::Shared(self) }
    }

    /// Where the object found last begins in the text.
    #[inline]
    fn start(&self) -> usize {
        self.object.start as usize
    }

    /// Offset of the colon of the first of its members that has this key.
    #[inline(always)]
    pub(super) fn member(&self, json: &[u8], key: &Key<'_>) -> Option<usize> {
        let colons = || self.structure.colons(&self.object);
        self.keys.find(json, self.start(), colons, key, self.escapes)
    }

    /// The same where the object is [plain](Self::plain).
    #[inline(always)]
    pub(super) fn plain_member(&self, json: &[u8], key: &Key<'_>) -> Option<usize> {
        let colons = || self.structure.colons(&self.object);
        self.keys.find(json, self.start(), colons, key, false)
    }

    /// The offset of the first colon for which `test` says true, in what the bracket at an offset
    /// opens and in nothing else within.
    #[inline]
    pub(super) fn find_colon(
        &self,
        open: usize,
        mut test: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let start = self.start();
        self.structure.find(start + open, |colon| test(colon - start)).map(|colon| colon - start)
    }

    /// Offset of the first quote at or behind an offset that begins or ends a string.
    #[inline]
    pub(super) fn quote(&self, at: usize) -> Option<usize> {
        self.structure.quote(self.start() + at)?.checked_sub(self.start())
    }

    /// The offset behind what the bracket at an offset opens.
    pub(super) fn end(&self, open: usize) -> Option<usize> {
        self.structure.end(self.start() + open)?.checked_sub(self.start())
    }
}
