//! Objects of a text, found one after the other by its structure.

use super::Record;
use crate::structure::Structure;
use std::borrow::Cow;

/// Finds objects in a text of many, without validating them.
#[derive(Debug, Default)]
pub struct Objects {
    structure: Structure,
    /// Index of the first position that was not yet looked at.
    next: usize,
    /// Where the object found last begins in the text.
    start: usize,
    /// Indices of its positions.
    first: usize,
    last: usize,
    escapes: bool,
    /// Its own colons, as indices into its positions; longer than needed.
    members: Vec<u32>,
    member_count: usize,
}

/// An object that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its length in bytes.
    pub length: usize,
    /// Whether nothing asks for a closer look, see [`Structure::is_regular`].
    pub regular: bool,
}

impl Objects {
    /// Reads the structure of a text in place of the one before.
    pub fn read(&mut self, text: &[u8]) {
        self.structure.read(text);
        self.next = 0;
        let count = self.structure.positions().len();
        if self.members.len() <= count {
            self.members.resize(count + 1, 0);
        }
    }

    /// Finds the object that begins at byte `start` of the text; `json` is the text from there on.
    /// Objects are asked for in ascending order. `None` where there is no bracket, or the object
    /// does not end within the text.
    pub fn find(&mut self, json: &[u8], start: usize) -> Option<Found> {
        let positions = self.structure.positions();
        while *positions.get(self.next)? < u32::try_from(start).ok()? {
            self.next += 1;
        }
        self.first = self.next;
        self.start = start;
        if *positions.get(self.next)? as usize != start {
            return None;
        }
        let (mut depth, mut count) = (0_usize, 0);
        for (index, &position) in (0_u32..).zip(positions.get(self.first..)?) {
            let at = position as usize - start;
            let byte = *json.get(at)?;
            // `{` 0x7b, `[` 0x5b, `}` 0x7d, `]` 0x5d, `:` 0x3a
            let bracket = usize::from(byte >> 6 & 1);
            let close = usize::from(byte >> 2 & 1) & bracket;
            depth = depth.wrapping_add(bracket).wrapping_sub(2 * close);
            // Written whether it counts or not: what comes next cannot be foretold.
            *self.members.get_mut(count)? = index;
            count += usize::from(depth == 1) & (1 - bracket);
            if depth == 0 {
                self.last = self.first + index as usize;
                self.next = self.last + 1;
                self.member_count = count;
                let (end, length) = (start + at + 1, at + 1);
                self.escapes = self.structure.has_escapes(start, end);
                return Some(Found { length, regular: self.structure.is_regular(start, end) });
            }
        }
        None
    }

    /// The object found last as a record; `json` is its text.
    pub fn record<'a>(&'a self, json: &'a [u8]) -> Record<'a> {
        let positions = self.structure.positions().get(self.first..=self.last);
        Record {
            json,
            base: u32::try_from(self.start).unwrap_or(u32::MAX),
            positions: Cow::Borrowed(positions.unwrap_or_default()),
            members: Cow::Borrowed(self.members.get(..self.member_count).unwrap_or_default()),
            escapes: self.escapes,
        }
    }

    /// The same, for a text that is not there any more.
    pub(super) fn into_record(self, json: &[u8]) -> Record<'_> {
        let Record { base, positions, members, escapes, .. } = self.record(json);
        let (positions, members) = (positions.into_owned(), members.into_owned());
        Record {
            json,
            base,
            positions: Cow::Owned(positions),
            members: Cow::Owned(members),
            escapes,
        }
    }
}
