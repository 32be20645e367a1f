//! Objects of a text, found one after the other by its structure.

use core::ops::Range;
use std::borrow::Cow;

use super::{Record, value::is_scalar};
use crate::structure::Structure;

/// Finds objects in a text of many, and checks them as far as their structure tells.
///
/// What is not seen is whether the keys and values of an object come by turns; only that each colon
/// stands in an object, and each value that is no string behind a comma in an array.
#[derive(Debug, Default)]
pub struct Objects {
    structure: Structure,
    /// Index of the first position that was not yet looked at.
    next: usize,
    /// Where the object found last begins in the text.
    start: usize,
    /// Indices of its positions.
    own: Range<usize>,
    escapes: bool,
    /// Its own colons, as indices into its positions; longer than needed.
    members: Vec<u32>,
    member_count: usize,
}

/// What is found at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An object of this length in bytes.
    Object(usize),
    /// Something that asks for a closer look, however the text goes on.
    Irregular,
    /// The begin of an object.
    Incomplete,
}

/// The containers that are open around a position: one bit each, set for objects.
struct Containers {
    bits: u64,
    depth: u32,
    /// Not 0 where something stands in a container that it cannot be in.
    misplaced: u64,
}

impl Containers {
    /// Goes over a bracket or colon. Without branches: what comes next cannot be foretold.
    #[inline(always)]
    fn pass(&mut self, byte: u8) {
        // `{` 0x7b, `[` 0x5b, `}` 0x7d, `]` 0x5d, `:` 0x3a
        let byte = u64::from(byte);
        let bracket = byte >> 6 & 1;
        let close = byte >> 2 & bracket;
        let open = bracket ^ close;
        let of_object = byte >> 5 & 1;
        // What closes has to be what was opened, and a colon has to be in an object.
        self.misplaced |= (self.bits ^ of_object) & (open ^ 1);
        self.bits = (self.bits << open | of_object & open) >> close;
        self.depth = self.depth.wrapping_add(open as u32).wrapping_sub(close as u32);
        // Deeper than there are bits.
        self.misplaced |= u64::from(self.depth >> 6);
    }
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
    /// Objects are asked for in ascending order. An object that is known to be valid JSON is there
    /// as a record whatever is found irregular in it.
    pub fn find(&mut self, json: &[u8], start: usize) -> Found {
        let positions = self.structure.positions();
        while positions.get(self.next).is_some_and(|&position| (position as usize) < start) {
            self.next += 1;
        }
        let first = self.next;
        let mut open = Containers { bits: 0, depth: 0, misplaced: 0 };
        let mut count = 0;
        let mut object = None;
        for (index, &position) in (0_u32..).zip(positions.get(first..).unwrap_or_default()) {
            let at = (position as usize).wrapping_sub(start);
            let (Some(&byte), Some(member)) = (json.get(at), self.members.get_mut(count)) else {
                break;
            };
            open.pass(byte);
            // Written whether it counts or not.
            *member = index;
            count += usize::from(open.depth == 1) & usize::from(byte == b':');
            if open.depth == 0 {
                object = Some((first + index as usize, at + 1));
                break;
            }
        }
        let end = start + object.map_or(json.len(), |(_, length)| length);
        if let Some((last, _)) = object {
            self.start = start;
            self.own = first..last + 1;
            self.next = last + 1;
            self.member_count = count;
            self.escapes = self.structure.has_escapes(start, end);
        }
        let begins = positions.get(first).is_some_and(|&position| position as usize == start);
        let sound = begins
            && open.misplaced & 1 == 0
            && self.structure.is_regular(start, end)
            && !self.elements_of_objects(json, first, start, end);
        match object {
            _ if !sound => Found::Irregular,
            None => Found::Incomplete,
            Some((_, length)) => {
                let mut scalars = self.structure.scalars(start, end);
                match scalars.all(|at| is_scalar(json, at - start)) {
                    true => Found::Object(length),
                    false => Found::Irregular,
                }
            }
        }
    }

    /// Whether a comma of an object has a value behind it that is no string, and so no key.
    fn elements_of_objects(&self, json: &[u8], first: usize, start: usize, end: usize) -> bool {
        let mut positions = self.structure.positions().get(first..).unwrap_or_default().iter();
        let mut open = Containers { bits: 0, depth: 0, misplaced: 0 };
        // The object itself may be an element of something else.
        self.structure.elements(start + 1, end).any(|element| {
            while let Some(&position) = positions.as_slice().first()
                && (position as usize) < element
            {
                positions.next();
                open.pass(json.get(position as usize - start).copied().unwrap_or(b':'));
            }
            open.bits & 1 == 1
        })
    }

    /// The only object of a text that is valid JSON.
    pub(super) fn into_record(mut self, json: &[u8]) -> Record<'_> {
        self.read(json);
        self.find(json, 0);
        let Record { base, positions, members, escapes, .. } = self.record(json);
        let positions = Cow::Owned(positions.into_owned());
        Record { json, base, positions, members: Cow::Owned(members.into_owned()), escapes }
    }

    /// The object found last as a record; `json` is its text.
    pub fn record<'a>(&'a self, json: &'a [u8]) -> Record<'a> {
        let positions = self.structure.positions().get(self.own.clone());
        Record {
            json,
            base: u32::try_from(self.start).unwrap_or(u32::MAX),
            positions: Cow::Borrowed(positions.unwrap_or_default()),
            members: Cow::Borrowed(self.members.get(..self.member_count).unwrap_or_default()),
            escapes: self.escapes,
        }
    }
}
