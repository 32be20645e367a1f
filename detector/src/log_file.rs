//! The records of one log file, read from a stream of any shape that holds them.
//!
//! The file's shape is known by its content: objects one after the other (NDJSON, concatenated,
//! pretty-printed, or a single one), arrays of objects, objects with an array `Records` as
//! CloudTrail writes them, and EventBridge envelopes, whose record is their `detail`.
//!
//! What is found does not depend on how the stream is cut into reads: a decision is made only
//! when enough bytes are in view to make it for good, or the stream has ended.

use std::io::{BufRead, Read};
use std::ops::Range;

use trailalerts_core::record::{self, Objects, Outline, Path, Record, check_utf8};

use crate::Inflate;
use crate::inflate::{MAX_INFLATED, Whole};
use place::Place;
use window::Window;

mod item;
mod place;
mod search;
#[cfg(test)]
mod tests;
mod trouble;
mod window;

pub use item::{Damage, Item, ReadError, Reason, SkipReason, Skipped, Summary};

/// The longest record that is read, in bytes of JSON; a longer one is reported as damage. CloudTrail
/// cuts parameters and answers at 100 KB, so that its records stay far below.
pub const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;

/// How much of the file is looked at for its structure at a time, so that it stays in the
/// processor's caches.
const INDEXED_BYTES: usize = 64 * 1024;

/// Longer records are validated byte by byte: the structure of one takes memory beside its text.
const LONGEST_SKIMMED: usize = 256 * 1024;

/// So much is read byte by byte from something irregular on: where there is one there are more, and
/// to look for structure in vain takes as long as to find it.
const CLOSELY_READ: u64 = 4 * 1024;

const EVENT_CATEGORY: Path<'static> = Path::new("eventCategory");
const EVENT_TYPE: Path<'static> = Path::new("eventType");

/// Reads the records of one log file, with memory bounded by its longest record.
///
/// A record in compact JSON, as CloudTrail writes it, is found by its shape, see [`Objects`], and
/// validated where it is [wanted](Self::next_wanted); every other one is validated as it is found.
/// What a record says does not depend on which.
///
/// Damage takes only the record along that it is in: reading goes on with the next `{` that is not
/// the value of a key and begins a sound object with an `eventName`, `eventSource` or `eventID`.
/// A caller that prints damage should limit how much of it: a file of a few megabytes can hold a
/// million broken records.
#[derive(Debug)]
pub struct LogFile<R> {
    window: Window<R>,
    place: Place,
    /// The members of the object that was validated last.
    outline: Outline,
    /// Objects of the part of the stream that is `indexed`.
    objects: Objects,
    /// Offsets in the stream.
    indexed: Range<u64>,
    /// The object that was validated last.
    validated: Objects,
    /// What begins in front of this offset in the stream is read byte by byte.
    closely: u64,
    whole: Whole,
    summary: Summary,
    /// Whether nothing but whitespace was seen.
    blank: bool,
    insights: bool,
    /// [`MAX_RECORD_BYTES`], but in tests.
    limit: usize,
}

/// What one step of reading came to.
enum Found {
    /// It went on to another place.
    Nothing,
    /// More of the file must be in view.
    More,
    /// The first `length` bytes in view hold a record, the one outlined.
    Record {
        length: usize,
        record: Range<usize>,
    },
    /// The first bytes in view are a record by their shape, the object found last.
    Skimmed(usize),
    Skipped(Skipped),
    Damage(Damage),
}

/// What reading a file takes, to be used again for the next one.
#[derive(Debug, Default)]
pub struct Buffers {
    window: Vec<u8>,
    objects: Objects,
    whole: Whole,
}

impl<R: BufRead> LogFile<Inflate<R>> {
    /// Reads a log file as it is stored, gzip or not, as a stream.
    pub fn open(source: R) -> Self {
        Self::open_with(source, Buffers::default())
    }

    /// The same, with the buffers of a file before.
    pub fn open_with(source: R, buffers: Buffers) -> Self {
        let Buffers { window, objects, whole } = buffers;
        Self::of(Window::new(Inflate::new(source), window), objects, whole)
    }
}

impl<'a> LogFile<Inflate<&'a [u8]>> {
    /// Reads a log file of which all bytes, as they are stored, are at hand. A gzip file that is not
    /// too large is inflated at once.
    pub fn stored(file: &'a [u8], buffers: Buffers) -> Self {
        let Buffers { mut window, objects, mut whole } = buffers;
        let window = match whole.inflate(file, &mut window) {
            Some(length) => Window::whole(Inflate::new(&[][..]), window, length),
            None => Window::new(Inflate::new(file), window),
        };
        Self::of(window, objects, whole)
    }
}

impl<R: Read> LogFile<R> {
    /// Reads a log file from its inflated bytes.
    pub fn new(inflated: R) -> Self {
        Self::of(Window::new(inflated, Vec::new()), Objects::default(), Whole::default())
    }

    #[cfg(test)]
    fn with_limit(inflated: R, limit: usize) -> Self {
        Self { limit, ..Self::new(inflated) }
    }

    /// What may be used for the next file; not what an unusual file made large.
    pub fn into_buffers(self) -> Buffers {
        let mut window = self.window.into_buffer();
        if window.len() > MAX_INFLATED {
            window = Vec::new();
        }
        Buffers { window, objects: self.objects, whole: self.whole }
    }

    fn of(window: Window<R>, objects: Objects, whole: Whole) -> Self {
        Self {
            window,
            place: Place::Start,
            outline: Outline::new(),
            objects,
            indexed: 0..0,
            validated: Objects::default(),
            closely: 0,
            whole,
            summary: Summary::default(),
            blank: true,
            insights: false,
            limit: MAX_RECORD_BYTES,
        }
    }

    /// Hands out records of CloudTrail Insights like others, instead of skipping them.
    #[must_use]
    pub fn with_insights(mut self) -> Self {
        self.insights = true;
        self
    }

    /// What was found so far.
    pub fn summary(&self) -> Summary {
        Summary { bytes: self.window.read(), ..self.summary }
    }

    /// The next thing in the file; `None` at its end, and after an error.
    ///
    /// # Errors
    /// [`ReadError`] where the stream fails, after everything that came whole before that.
    pub fn next_item(&mut self) -> Result<Option<Item<'_>>, ReadError> {
        self.next_wanted(|_| true)
    }

    /// The same without the records that are not wanted, which are only counted.
    ///
    /// Of a record that is not wanted, nothing may be known but its shape, see [`Objects`]: it counts
    /// as evaluated even if it is no JSON. One that is wanted is validated before it is handed out.
    /// Where it turns out to be broken, it is damage as any other.
    ///
    /// # Errors
    /// As for [`next_item`](Self::next_item).
    pub fn next_wanted(
        &mut self,
        mut wanted: impl FnMut(&Record<'_>) -> bool,
    ) -> Result<Option<Item<'_>>, ReadError> {
        let (length, record, skimmed) = loop {
            let place = self.place;
            let found = match place {
                Place::Start => self.start(),
                Place::Top => self.top(),
                Place::Array(array, expected) => self.element(array, expected),
                Place::Members(certainty) => self.member(certainty),
                Place::Search(search) => self.search(search),
                Place::End => return Ok(None),
            };
            let found = if let Found::More = found { self.more()? } else { found };
            match found {
                Found::Nothing | Found::More => {}
                Found::Skimmed(length) => {
                    let json = self.window.view(length);
                    let record = self.objects.record(json);
                    if !self.skips(&record) && !wanted(&record) {
                        self.pass_over(length);
                    } else if self.objects.is_json(json) {
                        break (length, 0..length, true);
                    } else {
                        // Damage is told by reading it again.
                        self.place = place;
                        self.closely = self.window.offset() + 1;
                    }
                }
                Found::Record { length, record } => {
                    let json = self.window.view(length).get(record.clone()).unwrap_or_default();
                    if let Err(error) = check_utf8(json) {
                        let offset = self.window.offset() + record.start as u64;
                        let damage = self.lost_record(Reason::of(error, offset));
                        self.window.consume(length);
                        if let Found::Damage(damage) = damage {
                            return Ok(Some(Item::Damage(Damage { offset, ..damage })));
                        }
                        continue;
                    }
                    self.validated.read(json);
                    self.validated.find(json, 0);
                    let found = self.validated.record(json);
                    if self.skips(&found) || wanted(&found) {
                        break (length, record, false);
                    }
                    self.pass_over(length);
                }
                Found::Skipped(skipped) => return Ok(Some(Item::Skipped(skipped))),
                Found::Damage(damage) => return Ok(Some(Item::Damage(damage))),
            }
        };
        let offset = self.window.offset() + record.start as u64;
        let index = self.summary.records_read;
        let insights = self.insights;
        self.summary.records_read += 1;
        let json = self.window.take(length).get(record).unwrap_or_default();
        let objects = if skimmed { &self.objects } else { &self.validated };
        let record = objects.record(json);
        Ok(Some(if !insights && is_insight(&record) {
            self.summary.skipped += 1;
            Item::Skipped(Skipped { index: Some(index), offset, reason: SkipReason::Insight })
        } else {
            self.summary.evaluated += 1;
            Item::Record { index, offset, record }
        }))
    }

    /// Whether a record is passed over on purpose.
    fn skips(&self, record: &Record<'_>) -> bool {
        !self.insights && is_insight(record)
    }

    /// Counts the record that the first `length` bytes in view hold, and goes on behind it.
    fn pass_over(&mut self, length: usize) {
        self.summary.records_read += 1;
        self.summary.evaluated += 1;
        self.window.consume(length);
    }

    /// Finds the object at the start of the view by its shape, if it is a record; `None` for what has
    /// to be read more closely. What is found does not depend on how much is in view.
    fn skim(&mut self, is_record: impl Fn(&Record<'_>) -> bool) -> Option<Found> {
        let offset = self.window.offset();
        if offset < self.closely {
            return None;
        }
        if !self.indexed.contains(&offset) {
            self.index(INDEXED_BYTES);
        }
        let mut found = self.find();
        // It may be cut off where the indexed part ends, or something broken in front mislead.
        let is_sure = !matches!(found, record::Found::Incomplete | record::Found::Hidden);
        if !is_sure && self.indexed.start != offset {
            self.index(INDEXED_BYTES);
            found = self.find();
        }
        let view = self.window.view(self.limit + 1).len();
        while found == record::Found::Incomplete && self.indexed.end < offset + view as u64 {
            let length = usize::try_from(self.indexed.end - offset).unwrap_or(view);
            if length >= LONGEST_SKIMMED {
                break;
            }
            self.index((2 * length).min(LONGEST_SKIMMED).min(view));
            found = self.find();
        }
        match found {
            record::Found::Object(length) if length <= self.limit => {
                let json = self.window.view(length);
                return is_record(&self.objects.record(json)).then_some(Found::Skimmed(length));
            }
            record::Found::Incomplete
                if view <= self.limit.min(LONGEST_SKIMMED) && !self.window.ended() =>
            {
                return Some(Found::More);
            }
            record::Found::Incomplete => self.closely = offset + LONGEST_SKIMMED as u64,
            _ => self.closely = offset + CLOSELY_READ,
        }
        None
    }

    /// Reads the structure of what comes next, of so many bytes at most.
    fn index(&mut self, length: usize) {
        let (offset, view) = (self.window.offset(), self.window.view(length));
        self.objects.read(view);
        self.indexed = offset..offset + view.len() as u64;
    }

    fn find(&mut self) -> record::Found {
        let start = self.window.offset().saturating_sub(self.indexed.start);
        self.objects.find(self.window.bytes(), usize::try_from(start).unwrap_or(usize::MAX))
    }

    /// Brings more of the file into view; where there is no more, decides with what is there.
    fn more(&mut self) -> Result<Found, ReadError> {
        // Twice as much, so that a long record is scanned a few times and not once a read.
        let wanted = (2 * self.window.bytes().len()).min(self.limit + 1);
        let ended = self.window.ended();
        if self.window.widen(wanted) {
            return Ok(Found::Nothing);
        }
        match self.window.take_failure() {
            // The same step again, which may decide more where it knows that nothing follows.
            None if !ended => Ok(Found::Nothing),
            None => Ok(self.at_end()),
            Some(source) => {
                self.place = Place::End;
                Err(ReadError { offset: self.window.read(), source })
            }
        }
    }

    /// The file as a whole holds no records.
    fn skipped_file(&self, reason: SkipReason) -> Found {
        Found::Skipped(Skipped { index: None, offset: self.window.offset(), reason })
    }
}

fn is_insight(record: &Record<'_>) -> bool {
    record.says(&EVENT_CATEGORY, "Insight") || record.says(&EVENT_TYPE, "AwsCloudTrailInsight")
}
