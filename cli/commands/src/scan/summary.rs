//! The closing summary of a scan.

use std::time::Duration;

use trailalerts_core::Level;

use crate::output::{BOLD, DIM, RESET};

/// What was counted in one input.
#[derive(Debug, Default)]
pub struct Counts {
    /// Inputs.
    pub files: u64,
    /// Inputs that hold no records by their kind: digests, Insights, empty files.
    pub files_skipped: u64,
    /// Records read, damaged ones among them.
    pub records: u64,
    /// Records that are not evaluated: Insights.
    pub records_skipped: u64,
    /// Records that could not be read.
    pub damaged: u64,
    /// Places and files that could not be read.
    pub problems: u64,
    /// Bytes of JSON.
    pub bytes: u64,
    /// Rules that fired, summed over all records.
    pub matches: u64,
    /// The highest level of the rows that were written.
    pub highest: Option<Level>,
}

/// What became of the matches that did not make an alert of their own.
#[derive(Debug, Default)]
pub struct Decisions {
    /// Decided on before.
    pub duplicate: u64,
    /// Left out by an exception.
    pub excluded: u64,
    /// Wanted by correlations only.
    pub stored: u64,
    /// At an hour at which their rule may not alert.
    pub outside_hours: u64,
    /// Weigh too little.
    pub below_severity: u64,
    /// Told of by the record of another account.
    pub told_elsewhere: u64,
    /// Counted into an alert before.
    pub in_cooldown: u64,
}

impl Counts {
    /// Those of one file that is about to be read.
    pub fn file() -> Self {
        Self { files: 1, ..Self::default() }
    }
}

/// The sum over all inputs.
#[derive(Debug)]
pub struct Summary {
    counts: Counts,
    not_logs: u64,
    decisions: Decisions,
    alerts: u64,
    /// The highest level of what was written.
    pub highest: Option<Level>,
}

impl Summary {
    /// Nothing yet, but for the files of scanned folders that are no logs by their name.
    pub fn new(not_logs: u64) -> Self {
        Self {
            counts: Counts::default(),
            not_logs,
            decisions: Decisions::default(),
            alerts: 0,
            highest: None,
        }
    }

    /// Adds an input.
    pub fn add(&mut self, other: &Counts) {
        let sum = &mut self.counts;
        sum.files += other.files;
        sum.files_skipped += other.files_skipped;
        sum.records += other.records;
        sum.records_skipped += other.records_skipped;
        sum.damaged += other.damaged;
        sum.problems += other.problems;
        sum.bytes += other.bytes;
        sum.matches += other.matches;
        self.highest = self.highest.max(other.highest);
    }

    /// Adds what became of the matches.
    pub fn decided(&mut self, decisions: Decisions) {
        self.decisions = decisions;
    }

    /// Adds an alert.
    pub fn alert(&mut self, severity: Level) {
        self.alerts += 1;
        self.highest = self.highest.max(Some(severity));
    }

    /// Whether anything could not be read.
    pub fn unreadable(&self) -> bool {
        self.counts.problems > 0
    }

    /// Prints the summary to standard error, where it disturbs no rows.
    pub fn print(&self, matches_only: bool, elapsed: Duration) {
        let (counts, decisions) = (&self.counts, &self.decisions);
        let mut parts = vec![
            count(counts.files, "file", "files"),
            count(counts.records, "record", "records"),
            count(counts.matches, "match", "matches"),
        ];
        if !matches_only {
            parts.push(count(self.alerts, "alert", "alerts"));
        }
        let further = [
            (decisions.in_cooldown, "matches counted into an alert before them"),
            (decisions.stored, "for correlations only"),
            (decisions.excluded, "excluded"),
            (decisions.outside_hours, "outside the hours of their rule"),
            (decisions.below_severity, "below the minimum severity"),
            (decisions.told_elsewhere, "told of in another account"),
            (decisions.duplicate, "seen before"),
            (counts.files_skipped, "files skipped (digest, Insights, empty)"),
            (counts.records_skipped, "records skipped (Insights)"),
            (self.not_logs, "other files left alone"),
            (counts.damaged, "records damaged"),
            (counts.problems, "errors"),
        ];
        let further: Vec<String> = further
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        let seconds = elapsed.as_secs_f64();
        let speed = counts.bytes as f64 / 1e6 / seconds.max(1e-9);
        anstream::eprintln!(
            "{BOLD}{}{RESET} {DIM}in {seconds:.2} s ({speed:.0} MB/s){RESET}",
            parts.join(", ")
        );
        if !further.is_empty() {
            anstream::eprintln!("{DIM}{}{RESET}", further.join(", "));
        }
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
