//! What cannot be read: how it is told apart, counted and reported.

use std::io::Read;

use trailalerts_core::record::Reached;
use trailalerts_core::scan::ScanError;

use super::{Damage, Found, LogFile, Reason};

/// Why what is in view cannot be read as one value.
pub(super) enum Trouble {
    /// More of the file must be in view.
    More,
    TooLong,
    /// Offset in the view, and reason.
    Invalid(usize, &'static str),
}

impl<R: Read> LogFile<R> {
    /// Reads the object at the start of the view into the outline; `wrapper` says whether to stop
    /// at an array of records in it.
    pub(super) fn object(&mut self, wrapper: bool) -> Result<Reached, Trouble> {
        let view = self.window.view(self.limit + 1);
        let reached = match wrapper {
            true => self.outline.read_to_array(view, "Records"),
            false => self.outline.read(view).map(Reached::End),
        };
        match reached {
            Ok(Reached::End(length)) if length > self.limit => Err(Trouble::TooLong),
            Ok(reached) => Ok(reached),
            Err(error) => Err(self.trouble(error)),
        }
    }

    /// What an error in a scan of the view means for the file.
    pub(super) fn trouble(&self, error: ScanError) -> Trouble {
        match error {
            ScanError::Incomplete if self.window.bytes().len() > self.limit => Trouble::TooLong,
            ScanError::Incomplete => Trouble::More,
            ScanError::Invalid { at, reason } => Trouble::Invalid(at, reason),
        }
    }

    /// The length of a value, if the value does not go on behind the view.
    pub(super) fn closed(&self, length: usize) -> Result<usize, Trouble> {
        if length > self.limit {
            Err(Trouble::TooLong)
        } else if length == self.window.bytes().len() && !self.window.ended() {
            Err(Trouble::More)
        } else {
            Ok(length)
        }
    }

    /// The record at the start of the view is lost.
    pub(super) fn lost(&mut self, trouble: Trouble) -> Found {
        self.break_off(trouble, Self::lost_record)
    }

    /// What stands at the start of the view, between records, cannot be read.
    pub(super) fn lost_between(&mut self, trouble: Trouble) -> Found {
        self.break_off(trouble, Self::broken_between)
    }

    /// Reports trouble and looks for the next record.
    fn break_off(&mut self, trouble: Trouble, report: fn(&mut Self, Reason) -> Found) -> Found {
        match trouble {
            Trouble::More => Found::More,
            Trouble::TooLong => {
                let found = report(self, Reason::TooLong(self.limit));
                self.look_behind(1);
                found
            }
            Trouble::Invalid(at, reason) => {
                let place = self.window.offset() + at as u64;
                let found = report(self, Reason::Invalid { at: place, reason });
                self.look_behind_break(at);
                found
            }
        }
    }

    /// The first byte in view must not stand between records.
    pub(super) fn unexpected(&mut self, reason: &'static str) -> Found {
        let at = self.window.offset();
        self.broken_between(Reason::Invalid { at, reason })
    }

    /// A record that cannot be handed out begins with the first byte in view.
    pub(super) fn lost_record(&mut self, reason: Reason) -> Found {
        let index = self.summary.records_read;
        self.summary.records_read += 1;
        self.summary.damaged += 1;
        Found::Damage(Damage { index: Some(index), offset: self.window.offset(), reason })
    }

    /// What stands between records is broken at the first byte in view.
    pub(super) fn broken_between(&mut self, reason: Reason) -> Found {
        self.summary.breaks += 1;
        Found::Damage(Damage { index: None, offset: self.window.offset(), reason })
    }
}
