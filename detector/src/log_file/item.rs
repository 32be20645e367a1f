//! What a log file gives: records, what is passed over, damage, and the sums of them.

use std::{error, fmt, io};

use trailalerts_core::record::Record;
use trailalerts_core::scan::ScanError;

/// One thing found in a log file, in the file's order.
#[derive(Debug)]
pub enum Item<'a> {
    /// A record to be evaluated.
    Record {
        /// Which of the file's records it is, counted from 0; damaged and skipped ones count.
        index: u64,
        /// Where it begins, in bytes of the inflated file.
        offset: u64,
        /// The record.
        record: Record<'a>,
    },
    /// Something that holds nothing to evaluate, passed over on purpose.
    Skipped(Skipped),
    /// Something broken.
    Damage(Damage),
}

/// Something passed over on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Which of the file's records it is; `None` where it is the file as a whole.
    pub index: Option<u64>,
    /// Where it begins, in bytes of the inflated file.
    pub offset: u64,
    /// Why it is passed over.
    pub reason: SkipReason,
}

/// Why something is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// A record of CloudTrail Insights: unusual rates of calls, not a call.
    Insight,
    /// The file is a CloudTrail digest, which signs log files.
    Digest,
    /// The file has no bytes but whitespace.
    Empty,
}

/// A broken record, or a break between records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Which of the file's records is lost; `None` where only what stands between them is broken.
    pub index: Option<u64>,
    /// Where the broken part begins, in bytes of the inflated file.
    pub offset: u64,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a part of a log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is no JSON, no UTF-8, or nested too deep.
    Invalid {
        /// Where that shows, in bytes of the inflated file.
        at: u64,
        /// What is wrong there, in words that go before "at byte …".
        reason: &'static str,
    },
    /// It is JSON, but not an object; says what it is instead.
    NotAnObject(&'static str),
    /// It is longer than this number of bytes.
    TooLong(usize),
    /// The file ends inside it.
    CutOff,
}

/// How much a log file held.
///
/// `records_read` is always the sum of `evaluated`, `skipped` and `damaged`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records found, whatever became of them.
    pub records_read: u64,
    /// Records handed out.
    pub evaluated: u64,
    /// Records passed over on purpose.
    pub skipped: u64,
    /// Records lost to damage.
    pub damaged: u64,
    /// Damage between records, which lost none that is known of.
    pub breaks: u64,
    /// Bytes read, inflated.
    pub bytes: u64,
}

/// Reading stopped: the source failed, or its gzip is damaged.
///
/// Everything in front of that was given out before.
#[derive(Debug)]
pub struct ReadError {
    /// How many inflated bytes came before.
    pub offset: u64,
    /// What the source said; holds an [`InflateError`](crate::InflateError) where gzip is damaged.
    pub source: io::Error,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reading stopped at byte {}: {}", self.offset, self.source)
    }
}

impl error::Error for ReadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.source)
    }
}

impl Reason {
    /// What a scan found that began at `offset`.
    pub(super) fn of(error: ScanError, offset: u64) -> Self {
        match error {
            ScanError::Incomplete => Self::CutOff,
            ScanError::Invalid { at, reason } => Self::Invalid { at: offset + at as u64, reason },
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { at, reason } => write!(f, "{reason} at byte {at}"),
            Self::NotAnObject(found) => write!(f, "expected an object, found {found}"),
            Self::TooLong(limit) => write!(f, "longer than {limit} bytes"),
            Self::CutOff => f.write_str("the file ends inside it"),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, offset, reason } = self;
        match index {
            Some(index) => write!(f, "record {index} at byte {offset}: ")?,
            None => write!(f, "between records at byte {offset}: ")?,
        }
        match reason {
            Reason::Invalid { at, reason } if at == offset => f.write_str(reason),
            Reason::CutOff if index.is_none() => f.write_str("the file ends too early"),
            _ => write!(f, "{reason}"),
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Insight => "an Insights record",
            Self::Digest => "a CloudTrail digest, not a log file",
            Self::Empty => "empty",
        })
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "record {index} skipped: {}", self.reason),
            None => write!(f, "file skipped: {}", self.reason),
        }
    }
}
