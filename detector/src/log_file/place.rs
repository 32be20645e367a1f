//! The places in a log file, and the steps that lead from one to the next.

use std::io::Read;

use trailalerts_core::record::{Path, Reached, Record};
use trailalerts_core::scan::{Members, value_end, whitespace_end};

use super::search::Search;
use super::trouble::Trouble;
use super::{Found, LogFile, Reason, SkipReason};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What the first byte in view is part of, whitespace aside.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The very beginning, with or without a byte order mark.
    Start,
    /// Objects and arrays, one after the other.
    Top,
    /// An array of records.
    Array(Array, Expected),
    /// The members of an object, behind its array of records.
    Members(Certainty),
    /// Something broken, behind which a record is looked for.
    Search(Search),
    /// Nothing is left.
    End,
}

/// What an array of records is the content of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Array {
    /// The member `Records` of an object.
    Wrapped,
    /// The file.
    Bare,
    /// Unknown: behind damage, a record came with a `,` or `[` in front.
    Guessed,
}

/// What has to come next in an array of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// A record, or the end of the array.
    RecordOrEnd,
    /// A record: a comma came before.
    Record,
    /// A comma, or the end of the array.
    Comma,
}

/// Whether a place is what it seems, or was guessed behind damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    Certain,
    Guessed,
}

impl<R: Read> LogFile<R> {
    pub(super) fn start(&mut self) -> Found {
        let bytes = self.window.view(BYTE_ORDER_MARK.len());
        if bytes == BYTE_ORDER_MARK {
            self.window.consume(BYTE_ORDER_MARK.len());
        } else if BYTE_ORDER_MARK.starts_with(bytes) && !self.window.ended() {
            return Found::More;
        }
        self.place = Place::Top;
        Found::Nothing
    }

    pub(super) fn top(&mut self) -> Found {
        let Some(first) = self.first() else {
            return Found::More;
        };
        self.blank = false;
        match first {
            // Where one object was a record, the next ones are likely to be some.
            b'{' if self.summary.records_read > 0
                && let Some(found) = self.skim(is_lone_record) =>
            {
                found
            }
            b'{' => match self.object(true) {
                Ok(Reached::Array(records)) => {
                    self.go(records + 1, Place::Array(Array::Wrapped, Expected::RecordOrEnd))
                }
                Ok(Reached::End(length)) if self.is_digest() => {
                    let skipped = self.skipped_file(SkipReason::Digest);
                    self.window.consume(length);
                    skipped
                }
                Ok(Reached::End(length)) => self.record(length),
                Err(trouble) => self.lost(trouble),
            },
            b'[' => self.go(1, Place::Array(Array::Bare, Expected::RecordOrEnd)),
            _ => self.no_record(),
        }
    }

    pub(super) fn element(&mut self, array: Array, expected: Expected) -> Found {
        let Some(first) = self.first() else {
            return Found::More;
        };
        let next = |expected| Place::Array(array, expected);
        match (expected, first) {
            (_, b']') => {
                let found = match expected {
                    Expected::Record => self.unexpected("expected a record after the `,`"),
                    _ => Found::Nothing,
                };
                self.go(1, array.behind());
                found
            }
            (Expected::Comma, b',') => self.go(1, next(Expected::Record)),
            (Expected::Comma, b'{') if array == Array::Guessed => self.go(0, Place::Top),
            (Expected::Comma, b'{') => {
                self.place = next(Expected::RecordOrEnd);
                self.unexpected("expected `,` between records")
            }
            (Expected::Comma, _) => {
                let found = self.unexpected("expected `,` or `]` after a record");
                self.look_behind(0);
                found
            }
            (_, b',') => {
                let found = self.unexpected("expected a record before the `,`");
                self.go(1, next(Expected::Record));
                found
            }
            (_, b'{') => match self.skim(|record| !is_envelope(record)) {
                Some(found) => {
                    if let Found::Skimmed(_) = found {
                        self.place = next(Expected::Comma);
                    }
                    found
                }
                None => match self.object(false) {
                    Ok(Reached::End(length) | Reached::Array(length)) => {
                        self.place = next(Expected::Comma);
                        self.record(length)
                    }
                    Err(trouble) => self.lost(trouble),
                },
            },
            _ => self.no_record(),
        }
    }

    pub(super) fn member(&mut self, certainty: Certainty) -> Found {
        let Some(first) = self.first() else {
            return Found::More;
        };
        if certainty == Certainty::Guessed && !matches!(first, b',' | b'}') {
            return self.go(0, Place::Top);
        }
        let view = self.window.view(self.limit + 1);
        let mut members = Members::resume(view, 0);
        let key = match members.key() {
            Ok(Some(key)) => key,
            Ok(None) => {
                let length = members.at();
                return self.go(length, Place::Top);
            }
            Err(error) => return self.lost_between(self.trouble(error)),
        };
        if view.get(key.text) == Some(b"Records") && view.get(key.value) == Some(&b'[') {
            return self.go(key.value + 1, Place::Array(Array::Wrapped, Expected::RecordOrEnd));
        }
        let value = members.value().map_err(|error| self.trouble(error));
        match value.and_then(|value| self.closed(value.end)) {
            Ok(length) => self.go(length, Place::Members(certainty)),
            Err(trouble) => self.lost_between(trouble),
        }
    }

    /// The file ends with what is in view, and that is not enough.
    pub(super) fn at_end(&mut self) -> Found {
        let empty = self.first().is_none();
        match self.place {
            Place::Top if self.blank && empty => {
                self.place = Place::End;
                self.skipped_file(SkipReason::Empty)
            }
            Place::Array(Array::Wrapped | Array::Bare, _) | Place::Members(Certainty::Certain)
                if empty =>
            {
                self.place = Place::End;
                self.broken_between(Reason::CutOff)
            }
            _ if empty => self.go(0, Place::End),
            Place::Top | Place::Array(..) => {
                let found = self.lost_record(Reason::CutOff);
                self.look_behind(1);
                found
            }
            Place::Members(_) => {
                self.place = Place::End;
                self.broken_between(Reason::CutOff)
            }
            Place::Search(search) => self.give_up(search),
            Place::Start | Place::End => self.go(0, Place::End),
        }
    }

    /// The first byte in view, after whitespace is passed over.
    fn first(&mut self) -> Option<u8> {
        let whitespace = whitespace_end(self.window.bytes(), 0);
        self.window.consume(whitespace);
        self.window.bytes().first().copied()
    }

    /// Passes over `length` bytes, to another place.
    pub(super) fn go(&mut self, length: usize, place: Place) -> Found {
        self.window.consume(length);
        self.place = place;
        Found::Nothing
    }

    /// The object outlined, `length` bytes long, is a record or the envelope of one.
    fn record(&mut self, length: usize) -> Found {
        let json = self.window.view(length);
        if self.outline.find(json, "eventName").is_none()
            && self.outline.find(json, "detail-type").is_some()
            && let Some(detail) = self.outline.find(json, "detail")
            && let Some(record) = json.get(detail.clone()).filter(|text| text.starts_with(b"{"))
        {
            return match self.outline.read(record).map_err(|error| self.trouble(error)) {
                Ok(_) => Found::Record { length, record: detail },
                Err(Trouble::Invalid(at, reason)) => {
                    self.lost(Trouble::Invalid(detail.start + at, reason))
                }
                Err(trouble) => self.lost(trouble),
            };
        }
        Found::Record { length, record: 0..length }
    }

    /// Whether the object outlined is a digest of log files.
    fn is_digest(&self) -> bool {
        let json = self.window.bytes();
        let has = |key| self.outline.find(json, key).is_some();
        !has("eventName") && (has("digestS3Object") || has("digestStartTime"))
    }

    /// Where a record has to be, stands something that does not begin like one.
    fn no_record(&mut self) -> Found {
        let view = self.window.view(self.limit + 1);
        let found = match view.first() {
            // One bracket too many must not hide the records behind it.
            Some(b'[') => {
                let damage = self.lost_record(Reason::NotAnObject("an array"));
                self.look_behind(1);
                return damage;
            }
            Some(b'"') => "a string",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            _ => "a number",
        };
        let end = value_end(view, 0).map_err(|error| self.trouble(error));
        match end.and_then(|end| self.closed(end)) {
            Ok(length) => {
                let damage = self.lost_record(Reason::NotAnObject(found));
                self.window.consume(length);
                if let Place::Array(array, _) = self.place {
                    self.place = Place::Array(array, Expected::Comma);
                }
                damage
            }
            Err(Trouble::Invalid(0, _)) => self.lost(Trouble::Invalid(
                0,
                match self.place {
                    Place::Top => "expected a JSON object or an array of them",
                    _ => "expected a record",
                },
            )),
            Err(trouble) => self.lost(trouble),
        }
    }
}

const EVENT_NAME: Path<'static> = Path::new("eventName");
const DETAIL_TYPE: Path<'static> = Path::new("detail-type");
const RECORDS: Path<'static> = Path::new("Records");

/// Whether an object may be the envelope of a record.
fn is_envelope(object: &Record<'_>) -> bool {
    object.has(&DETAIL_TYPE) && !object.has(&EVENT_NAME)
}

/// Whether an object outside of arrays is a record, and neither an envelope nor a digest, nor has
/// records in it.
fn is_lone_record(object: &Record<'_>) -> bool {
    object.has(&EVENT_NAME) && !object.has(&RECORDS)
}

impl Array {
    /// The place behind the array's end.
    fn behind(self) -> Place {
        match self {
            Self::Wrapped => Place::Members(Certainty::Certain),
            Self::Bare => Place::Top,
            Self::Guessed => Place::Members(Certainty::Guessed),
        }
    }
}
