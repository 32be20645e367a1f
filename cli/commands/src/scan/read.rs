//! Reading one input: its records, what the rules say of them, and the rows of that.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    sync::mpsc::{SendError, SyncSender},
};

use trailalerts_core::{
    Level, Match, Matcher, Origin, Record, Rule, RuleSet, message::read_time, record::Path,
};
use trailalerts_detector::{Buffers, Item, KeyKind, LogFile, kind_of_key};

use super::{
    files::Input, rows::Layout, spans::Spans, spool::Spooled, summary::Counts, time::TimeRange,
};

/// Size of a part of rows that is handed on, in bytes.
const PART_BYTES: usize = 32 * 1024;
/// Files of more stored bytes are not held in memory as a whole.
const MAX_STORED: u64 = 4 * 1024 * 1024;
/// Damage that is told of one file; the rest is only counted.
const TOLD_DAMAGE: u64 = 10;

const EVENT_TIME: Path<'static> = Path::new("eventTime");

/// What reading an input gives, in this order: rows or matches and problems, then one `Done`.
pub enum Part {
    /// What was matched, where it is still to be decided on.
    Matches(Vec<Spooled>),
    /// Finished rows.
    Rows {
        /// Their text.
        text: Vec<u8>,
        /// Their number.
        count: u64,
    },
    /// Something that could not be read.
    Problem(String),
    /// The input is finished.
    Done(Box<Done>),
}

/// What is known of an input when it is finished.
pub struct Done {
    /// When its streams were active.
    pub spans: Spans,
    /// What was counted in it.
    pub counts: Counts,
    /// Its size.
    pub bytes: u64,
}

/// How inputs are read; shared by all threads.
pub struct Reader {
    /// The rules.
    pub set: &'static RuleSet,
    /// How rows are written.
    pub layout: Layout,
    /// Whether rows are those of matches; else matches are handed on as they are.
    pub matches: bool,
    /// What weighs less is left out.
    pub min_severity: Level,
    /// What happened at another time is left out.
    pub range: TimeRange,
    /// The only rule whose matches are wanted; else those of all are.
    pub rule: Option<&'static Rule>,
}

type Sent = Result<(), SendError<Part>>;

/// What one thread uses again and again.
pub struct Tools {
    matcher: Matcher,
    buffers: Buffers,
    /// The bytes of a small file, as they are stored.
    stored: Vec<u8>,
}

impl Reader {
    /// What a thread needs to read inputs.
    pub fn tools(&self) -> Tools {
        let matcher = Matcher::new(self.set);
        Tools { matcher, buffers: Buffers::default(), stored: Vec::new() }
    }

    /// Reads an input to its end and sends what it gives.
    ///
    /// # Errors
    /// If nobody receives any more.
    pub fn read(&self, input: &Input, tools: &mut Tools, parts: &SyncSender<Part>) -> Sent {
        let name = input.name();
        let mut run = Run {
            reader: self,
            name: &name,
            parts,
            file: input.number,
            rows: Vec::new(),
            row_count: 0,
            matches: Vec::new(),
            matched_bytes: 0,
            spans: Spans::default(),
            counts: Counts::file(),
        };
        match kind_of_key(&name) {
            KeyKind::Log => run.open(input, tools)?,
            _ => run.counts.files_skipped += 1,
        }
        run.flush()?;
        let done = Done { spans: run.spans, counts: run.counts, bytes: input.bytes };
        parts.send(Part::Done(Box::new(done)))
    }
}

/// The reading of one input.
struct Run<'a> {
    reader: &'a Reader,
    name: &'a str,
    parts: &'a SyncSender<Part>,
    file: u32,
    rows: Vec<u8>,
    row_count: u64,
    matches: Vec<Spooled>,
    matched_bytes: usize,
    spans: Spans,
    counts: Counts,
}

impl Run<'_> {
    fn open(&mut self, input: &Input, tools: &mut Tools) -> Sent {
        let Tools { matcher, buffers, stored } = tools;
        let taken = std::mem::take(buffers);
        if input.is_stdin() {
            return self.records(LogFile::open_with(io::stdin().lock(), taken), matcher, buffers);
        }
        let opened = File::open(&input.path).and_then(|mut file| {
            stored.clear();
            // A file that grows meanwhile is read on as a stream.
            (&mut file).take(MAX_STORED + 1).read_to_end(stored)?;
            Ok(file)
        });
        match opened {
            Ok(_) if stored.len() as u64 <= MAX_STORED => {
                self.records(LogFile::stored(stored, taken), matcher, buffers)
            }
            Ok(file) => {
                let file = BufReader::with_capacity(64 * 1024, stored.chain(file));
                self.records(LogFile::open_with(file, taken), matcher, buffers)
            }
            Err(error) => self.problem(format!("cannot read {}: {error}", self.name)),
        }
    }

    fn records<R: Read>(
        &mut self,
        mut file: LogFile<R>,
        matcher: &mut Matcher,
        buffers: &mut Buffers,
    ) -> Sent {
        let mut damage_seen = 0;
        loop {
            // Most records match nothing: these need not be proved to be JSON.
            let item = file.next_wanted(|record| {
                let matches = matcher.matches(record).next().is_some();
                if !matches {
                    self.note(record);
                }
                matches
            });
            match item {
                Ok(Some(Item::Record { index, record, .. })) => {
                    self.note(&record);
                    self.record(&record, index, matcher)?
                }
                Ok(Some(Item::Skipped(skipped))) => {
                    self.counts.files_skipped += u64::from(skipped.index.is_none())
                }
                Ok(Some(Item::Damage(damage))) => {
                    damage_seen += 1;
                    self.counts.problems += 1;
                    if damage_seen <= TOLD_DAMAGE {
                        self.flush()?;
                        self.parts.send(Part::Problem(format!("{}: {damage}", self.name)))?;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    self.problem(format!("{}: {error}", self.name))?;
                    break;
                }
            }
        }
        if damage_seen > TOLD_DAMAGE {
            let more = damage_seen - TOLD_DAMAGE;
            self.parts
                .send(Part::Problem(format!("{}: {more} more places like these", self.name)))?;
        }
        let found = file.summary();
        self.counts.records += found.records_read;
        self.counts.records_skipped += found.skipped;
        self.counts.damaged += found.damaged;
        self.counts.bytes += found.bytes;
        *buffers = file.into_buffers();
        Ok(())
    }

    /// Remembers when streams were active.
    fn note(&mut self, record: &Record<'_>) {
        if !self.reader.matches && self.is_in_range(record) {
            let settings = &self.reader.set.settings.streams;
            self.spans.note(record, self.name, settings);
        }
    }

    fn is_in_range(&self, record: &Record<'_>) -> bool {
        let range = &self.reader.range;
        range.is_unlimited() || range.contains(record.text_of(&EVENT_TIME).as_deref())
    }

    /// Takes what the matcher has just found in a record.
    fn record(&mut self, record: &Record<'_>, index: u64, matcher: &Matcher) -> Sent {
        if !self.is_in_range(record) {
            return Ok(());
        }
        for rule in matcher.matched() {
            if self.reader.rule.is_some_and(|wanted| !std::ptr::eq(wanted, rule)) {
                continue;
            }
            self.counts.matches += 1;
            if self.reader.matches {
                self.row(&Match { rule, record, origin: Origin { file: self.name, index } });
            } else {
                let Some(rule) = self.reader.set.index_of(rule) else {
                    continue;
                };
                self.matches.push(Spooled {
                    time: record.text_of(&EVENT_TIME).and_then(|text| read_time(&text)),
                    rule: u32::try_from(rule).unwrap_or(u32::MAX),
                    file: self.file,
                    index,
                    json: record.json().as_bytes().to_owned(),
                });
                self.matched_bytes += record.json().len();
            }
        }
        if self.rows.len() + self.matched_bytes >= PART_BYTES { self.flush() } else { Ok(()) }
    }

    fn row(&mut self, found: &Match<'_>) {
        if found.rule.level >= self.reader.min_severity {
            self.reader.layout.write_match(found, &mut self.rows);
            self.row_count += 1;
            self.counts.highest = self.counts.highest.max(Some(found.rule.level));
        }
    }

    fn problem(&mut self, problem: String) -> Sent {
        self.counts.problems += 1;
        self.flush()?;
        self.parts.send(Part::Problem(problem))
    }

    fn flush(&mut self) -> Sent {
        if !self.matches.is_empty() {
            self.matched_bytes = 0;
            self.parts.send(Part::Matches(std::mem::take(&mut self.matches)))?;
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        let count = std::mem::take(&mut self.row_count);
        self.parts.send(Part::Rows { text: std::mem::take(&mut self.rows), count })
    }
}
