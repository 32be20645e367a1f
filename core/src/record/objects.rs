//! Objects of a text, found one after the other by its structure.

use core::ops::Range;

use super::{
    MAX_MEMBERS, Reader, Record, check_utf8,
    member::{Colon, Key, Keys, Member},
    value::{escapes_are_sound, is_scalar},
};
use crate::structure::{Structure, Walk, Walker};

#[cfg(test)]
mod tests;

/// Finds objects in a text of many, and validates those that are written compactly.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    structure: Structure,
    next: Next,
    /// Where the object found last begins in the text.
    start: usize,
    /// Indices of its brackets.
    brackets: Range<usize>,
    /// Whether it may hold escapes.
    pub(super) escapes: bool,
    /// Whether it is ASCII without escapes.
    pub(super) plain: bool,
    /// Knows its own colons, and those of objects in it.
    walker: Walker,
    keys: Keys,
}

/// What is found at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An object of this length in bytes: valid JSON.
    Object(usize),
    /// Something that asks for a closer look, however the text goes on.
    Irregular,
    /// The begin of an object.
    Incomplete,
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
    bracket: usize,
    irregular: usize,
    escape: usize,
    scalar: usize,
}

impl Objects {
    /// Reads the structure of a text in place of the one before.
    pub fn read(&mut self, text: &[u8]) {
        self.structure.read(text);
        self.walker.forget();
        self.next = Next::default();
    }

    /// Finds the object that begins at byte `start` of the text; `json` is the text from there on.
    /// Objects are asked for in ascending order. An object that is known to be valid JSON is there
    /// as a record whatever is found irregular in it.
    pub fn find(&mut self, json: &[u8], start: usize) -> Found {
        let brackets = self.structure.brackets();
        while brackets.get(self.next.bracket).is_some_and(|&bracket| (bracket as usize) < start) {
            self.next.bracket += 1;
        }
        let first = self.next.bracket;
        if brackets.get(first).is_none_or(|&bracket| bracket as usize != start) {
            return Found::Irregular;
        }
        let Walk { object, sound } = self.structure.walk(json, start, first, &mut self.walker);
        let length = object.map_or(json.len(), |(_, length)| length);
        let end = start + length;
        let escapes = self.has_escapes(start, end);
        if let Some((last, _)) = object {
            self.start = start;
            self.brackets = first..first + last + 1;
            self.next.bracket = first + last + 1;
            self.escapes = escapes;
            let (own, all) = (self.walker.own(), self.structure.colons());
            self.keys.read(json, start, all, own, escapes);
        }
        let bytes = self.bytes(json, start..end);
        let sound = sound && bytes != Bytes::Irregular && self.walker.own().len() <= MAX_MEMBERS;
        self.plain = sound && !escapes && bytes == Bytes::Ascii;
        let Some(text) = object.and_then(|(_, length)| json.get(..length)) else {
            return if sound { Found::Incomplete } else { Found::Irregular };
        };
        let sound = sound
            && (!escapes || escapes_are_sound(text))
            && (bytes == Bytes::Ascii || check_utf8(text).is_ok())
            && self.has_sound_scalars(json, start, end);
        if sound { Found::Object(length) } else { Found::Irregular }
    }

    /// Whether a backslash may stand in a part of the text; 64 bytes are judged as a whole.
    #[inline]
    fn has_escapes(&mut self, start: usize, end: usize) -> bool {
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
                // Outside of strings it would be a scalar.
                if json.get(at - start).is_none_or(u8::is_ascii) {
                    return Bytes::Irregular;
                }
                bytes = Bytes::Wide;
            }
        }
        bytes
    }

    /// Whether the numbers and literals in a part of the text are some.
    #[inline]
    fn has_sound_scalars(&mut self, json: &[u8], start: usize, end: usize) -> bool {
        let scalars = self.structure.scalars();
        while scalars.get(self.next.scalar).is_some_and(|&scalar| (scalar as usize) < start) {
            self.next.scalar += 1;
        }
        while let Some(&scalar) = scalars.get(self.next.scalar)
            && (scalar as usize) < end
        {
            if !is_scalar(json, scalar as usize - start) {
                return false;
            }
            self.next.scalar += 1;
        }
        true
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

    /// The first of its members that has this key.
    #[inline(always)]
    pub(super) fn member(&self, json: &[u8], key: &Key<'_>) -> Option<Member> {
        let (own, all) = (self.walker.own(), self.structure.colons());
        self.keys.find(json, self.start, all, own, key, self.escapes)
    }

    /// The colon of the first member that has this key in an object, which is the value of a member.
    #[inline]
    pub(super) fn colon_within(&self, json: &[u8], of: &Member, key: &Key<'_>) -> Option<Colon> {
        let first = of.colon.index as u32;
        let end = self.walker.own().get(of.index + 1).copied().unwrap_or(u32::MAX);
        let spans = self.walker.inner().iter().skip_while(|span| span.from <= first);
        let all = self.structure.colons();
        for span in spans.take_while(|span| span.from < end) {
            let positions = all.get(span.from as usize..span.to as usize).unwrap_or_default();
            for (index, &position) in (span.from as usize..).zip(positions) {
                let at = position as usize - self.start;
                if key.precedes(json, at, self.escapes) {
                    return Some(Colon { index, at });
                }
            }
        }
        None
    }

    /// Index of the first of its brackets that is not in front of an offset.
    #[inline]
    pub(super) fn bracket_from(&self, at: usize) -> usize {
        let in_front = |bracket: &u32| (*bracket as usize) < self.start + at;
        self.own_brackets().iter().position(|bracket| !in_front(bracket)).unwrap_or(usize::MAX)
    }

    /// Offset of the first quote at or behind an offset that begins or ends a string.
    #[inline]
    pub(super) fn quote(&self, at: usize) -> Option<usize> {
        self.structure.quote(self.start + at)?.checked_sub(self.start)
    }

    /// Offset of one of its brackets.
    #[inline]
    pub(super) fn bracket(&self, index: usize) -> Option<usize> {
        self.own_brackets().get(index).map(|&bracket| bracket as usize - self.start)
    }

    /// Positions of its brackets.
    #[inline]
    fn own_brackets(&self) -> &[u32] {
        self.structure.brackets().get(self.brackets.clone()).unwrap_or_default()
    }

    /// The colons of index `colon` and behind, up to the end of the text.
    #[inline]
    pub(super) fn colons_from(&self, colon: usize) -> Offsets<'_> {
        let positions = self.structure.colons().get(colon..).unwrap_or_default();
        Offsets { positions, start: self.start, next: colon }
    }

    /// Its brackets behind one of them.
    #[inline]
    pub(super) fn brackets_behind(&self, bracket: usize) -> Offsets<'_> {
        let positions = self.own_brackets().get(bracket + 1..).unwrap_or_default();
        Offsets { positions, start: self.start, next: bracket + 1 }
    }

    /// Index of the first colon behind one of its brackets.
    pub(super) fn colon_behind(&self, bracket: usize) -> usize {
        let bracket = self.own_brackets().get(bracket).copied();
        bracket.map_or(usize::MAX, |bracket| self.structure.colons_before(bracket))
    }
}

/// Positions in a text as offsets in the object found last.
pub(super) struct Offsets<'a> {
    positions: &'a [u32],
    start: usize,
    /// Index of the first of them.
    pub next: usize,
}

impl Offsets<'_> {
    /// The next one, if it is in front of this.
    #[inline]
    pub fn next_before(&mut self, end: usize) -> Option<usize> {
        let (&position, rest) = self.positions.split_first()?;
        let at = position as usize - self.start;
        (at < end).then(|| {
            self.positions = rest;
            self.next += 1;
            at
        })
    }
}

impl Iterator for Offsets<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        self.next_before(usize::MAX)
    }
}
