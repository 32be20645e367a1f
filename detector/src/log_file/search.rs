//! Behind damage: the next place where a record begins.
//!
//! A record can begin at a `{` that is not the value of a key: at the start of a line, or where its
//! neighbour to the left is no `:`. It is taken for one if it is a sound object that says
//! `eventName`, `eventSource` or `eventID`, so that an object inside a broken record is not; or if
//! it is an envelope or an object with an array `Records`; or if it begins a line outside of any
//! array.
//!
//! The search only moves forward: past a sound object that is no record, and, in one that breaks
//! at some byte, to 256 bytes before that byte, where an unclosed string may have swallowed the
//! start of a record. (Outside of arrays it begins with the line after the one that the broken
//! record begins in.) So a byte is scanned again for candidates at most 256 bytes before it, a
//! small number of times. Objects that do not end within the length of the longest record, or
//! within the file, are the exception: they can hold each other, and what they share is scanned
//! at most [`MAX_DEPTH`](trailalerts_core::scan::MAX_DEPTH) times.

use std::io::Read;

use trailalerts_core::record::Reached;

use super::place::{Array, Expected, Place};
use super::trouble::Trouble;
use super::{Found, LogFile};

/// How far before a broken byte a record may begin that has nothing to do with the break.
const LOOK_BACK: usize = 256;

/// A search that has come to the first byte in view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// The array of records in which the damage is; `None` outside of arrays.
    array: Option<Array>,
    /// What stands to the left.
    left: Left,
}

/// What stands to the left of a byte.
#[derive(Debug, Clone, Copy, Default)]
struct Left {
    /// The last byte that is not whitespace.
    byte: u8,
    /// Whether a line break came after that.
    line_break: bool,
    /// Whether a line break came just now.
    line_start: bool,
}

impl Search {
    /// From which byte on to search, where a value breaks at byte `at` of the view; never 0, where
    /// the broken value begins.
    fn behind(at: usize) -> usize {
        at.saturating_sub(LOOK_BACK).max(1)
    }

    /// The place that a record found here is in.
    fn found(self) -> Place {
        let Left { byte, line_break, .. } = self.left;
        let array = match self.array {
            Some(array) => array,
            None if byte == b'}' || (line_break && !matches!(byte, b',' | b'[')) => {
                return Place::Top;
            }
            None => Array::Guessed,
        };
        Place::Array(array, Expected::RecordOrEnd)
    }
}

impl Left {
    /// What stands to the left of the byte after `bytes`.
    fn of(bytes: &[u8]) -> Self {
        let is_whitespace = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let from = bytes.iter().rposition(|byte| !is_whitespace(byte)).unwrap_or(0);
        let near = bytes.get(from..).unwrap_or_default();
        near.iter().fold(Self::default(), |left, &byte| left.then(byte))
    }

    fn then(self, byte: u8) -> Self {
        match byte {
            b'\n' => Self { line_break: true, line_start: true, ..self },
            b' ' | b'\r' | b'\t' => Self { line_start: false, ..self },
            _ => Self { byte, line_break: false, line_start: false },
        }
    }

    /// Whether a record can begin here.
    fn opens(self) -> bool {
        self.line_break || self.byte != b':'
    }
}

impl<R: Read> LogFile<R> {
    /// Begins a search behind a value that breaks at byte `at` of the view.
    pub(super) fn look_behind_break(&mut self, at: usize) {
        let from = Search::behind(at);
        // Outside of arrays a line that was cut off may have taken the next ones in: look there.
        let line = match self.place {
            Place::Top => self.window.view(from).iter().position(|&byte| byte == b'\n'),
            _ => None,
        };
        self.look_behind(line.unwrap_or(from));
    }

    /// Begins a search, `from` bytes behind the start of the view.
    pub(super) fn look_behind(&mut self, from: usize) {
        let array = match self.place {
            Place::Array(array, _) => Some(array),
            _ => None,
        };
        self.skip(Search { array, left: Left::default() }, from);
    }

    /// Takes the search over `length` bytes.
    fn skip(&mut self, search: Search, length: usize) -> Found {
        let left = Left::of(self.window.view(length));
        self.go(length, Place::Search(Search { left, ..search }))
    }

    pub(super) fn search(&mut self, mut search: Search) -> Found {
        let mut passed = 0;
        for &byte in self.window.bytes() {
            if byte == b'{' && search.left.opens() {
                break;
            }
            search.left = search.left.then(byte);
            passed += 1;
        }
        self.go(passed, Place::Search(search));
        if self.window.bytes().is_empty() {
            return Found::More;
        }
        let outside = search.array.is_none();
        match self.object(outside || search.left.line_start) {
            Ok(Reached::Array(_)) => self.go(0, Place::Top),
            Ok(Reached::End(_)) if self.says_event() => self.go(0, search.found()),
            Ok(Reached::End(_)) if outside && search.left.line_start => self.go(0, Place::Top),
            Ok(Reached::End(length)) => self.skip(search, length),
            Err(Trouble::More) => Found::More,
            Err(Trouble::TooLong) => self.skip(search, 1),
            Err(Trouble::Invalid(at, _)) => self.skip(search, Search::behind(at)),
        }
    }

    /// Goes on behind a candidate that the file cuts off.
    pub(super) fn give_up(&mut self, search: Search) -> Found {
        self.skip(search, 1)
    }

    /// Whether the object outlined is a record of CloudTrail, or the envelope of a record.
    fn says_event(&self) -> bool {
        let json = self.window.bytes();
        let has = |key| self.outline.find(json, key).is_some();
        has("eventName") || has("eventSource") || has("eventID") || has("detail-type")
    }
}
