//! `trailalerts suggest-threshold`: how often a rule matches in past logs, and how often is too
//! often.

mod by;
mod json;
mod past;
pub mod paste;
mod plot;
mod propose;
mod tally;
mod text;

use std::{num::NonZeroUsize, path::PathBuf, time::Instant};

use clap::ValueEnum;
use jiff::SpanRelativeTo;
use trailalerts_core::Rule;

use crate::{
    Compiled, Failure, Outcome, compiled,
    output::Sink,
    scan::{
        self, files,
        read::Reader,
        rows::Layout,
        threads,
        time::{self, TimeRange},
    },
};
use by::By;
use past::{Past, Read};
use propose::Usual;
use tally::{Axis, Tally};

/// Windows that are looked at where none is named, in minutes.
const WINDOWS: [u64; 5] = [5, 10, 30, 60, 24 * 60];
/// The longest window that a threshold can have, in minutes: ten years.
const LONGEST: u64 = 5_259_492;
/// Width of what is written where it is not known.
const WIDTH: usize = 80;
/// Times in milliseconds: a minute.
const MINUTE: i64 = 60 * 1000;
/// Times in milliseconds: a day.
const DAY: i64 = 24 * 60 * MINUTE;

/// Arguments of `trailalerts suggest-threshold`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Past logs: files, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The rule whose matches are counted: its title, id or file name
    #[arg(long, value_name = "RULE")]
    rule: String,
    /// Windows to count in, in whole minutes [default: 5m,10m,30m,1h,24h]
    #[arg(long, value_name = "TIME", value_delimiter = ',', value_parser = minutes)]
    window: Vec<u64>,
    /// What matches have in common that are counted together: `actor,account`, fields, or `none`
    #[arg(long, value_name = "FIELDS", default_value = "actor,account", value_parser = by::parse)]
    by: By,
    /// Leave out records before this time: 2026-11-18, 2026-11-18T13:00:00Z, or 24h, 7d before now
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    since: Option<jiff::Timestamp>,
    /// Leave out records from this time on
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    until: Option<jiff::Timestamp>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Number of threads [default: one per processor]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables and plots for people
    Text,
    /// One JSON object
    Json,
}

/// What past logs say of a rule.
struct Report<'r> {
    rule: &'static Rule,
    by: &'r By,
    past: &'r Past,
    /// The time that the logs cover.
    axis: Axis,
    /// On how many days of UTC they are.
    days: u64,
    windows: Vec<Window>,
    /// Which of the windows to take.
    recommended: Option<usize>,
}

/// What they say of windows of one length.
struct Window {
    minutes: u64,
    tally: Tally,
    usual: Usual,
    /// The threshold that is proposed; else why there is none.
    threshold: Result<u32, String>,
}

/// Runs the command.
pub fn run(args: &Args, compiled: Compiled) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let index = compiled::find(&compiled.compile_again(), &args.rule)?;
    let set = compiled.rule_set;
    let rule = set
        .rules
        .get(index)
        .ok_or_else(|| Failure::Usage(format!("the rule `{}` is not compiled in", args.rule)))?;
    let (inputs, not_logs) = files::find(&args.paths)?;
    let reader = Reader {
        set,
        layout: Layout::new(set, scan::Format::Ndjson, false),
        matches: false,
        min_severity: trailalerts_core::Level::Informational,
        range: TimeRange { since: args.since, until: args.until },
        rule: Some(rule),
    };
    let mut sink = Sink::open(None)?;
    let Read { past, summary } = past::read(
        &reader,
        inputs,
        not_logs,
        threads::number(args.threads),
        &args.by.pattern(index),
    )?;
    let width = match args.format {
        Format::Json => 0,
        Format::Text => sink.width().unwrap_or(WIDTH).clamp(40, 200),
    };
    let (first, last) = past.span.unwrap_or((0, 0));
    let axis = Axis { first, last, columns: width.saturating_sub(plot::MARGIN) };
    let days = last.div_euclid(DAY) - first.div_euclid(DAY) + 1;
    let days = if past.span.is_some() { u64::try_from(days).unwrap_or(0) } else { 0 };
    let mut minutes = match args.window.as_slice() {
        [] => WINDOWS.to_vec(),
        windows => windows.to_vec(),
    };
    minutes.sort_unstable();
    minutes.dedup();
    let mut windows = Vec::new();
    for minutes in minutes {
        let length = i64::try_from(minutes).unwrap_or(i64::MAX).saturating_mul(MINUTE);
        let (ahead, behind) = (past.occurrences.all()?, past.occurrences.all()?);
        let tally = Tally::of(length, axis, ahead, behind)?;
        let usual = Usual::of(&tally, days);
        let threshold = propose::propose(&tally, &usual, days);
        windows.push(Window { minutes, tally, usual, threshold });
    }
    let proposals: Vec<_> = windows
        .iter()
        .map(|window| (window.threshold.as_ref().ok().copied(), window.usual.highest))
        .collect();
    let recommended = propose::recommend(&proposals);
    let report = Report { rule, by: &args.by, past: &past, axis, days, windows, recommended };
    let text = match args.format {
        Format::Json => json::write(&report)?,
        Format::Text => text::write(&report, width)?,
    };
    sink.write(text.as_bytes())?;
    sink.finish()?;
    summary.print(true, start.elapsed());
    Ok(if summary.unreadable() { Outcome::Unreadable } else { Outcome::Done })
}

/// A window's length on the command line, in minutes.
fn minutes(text: &str) -> Result<u64, String> {
    let length = text
        .parse::<jiff::Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .map_err(|_| "expected a length of time such as 10m, 1h or 1d".to_owned())?;
    match (u64::try_from(length.as_secs() / 60), length.as_secs() % 60, length.subsec_nanos()) {
        (Ok(minutes), 0, 0) if (1..=LONGEST).contains(&minutes) => Ok(minutes),
        _ => Err("expected whole minutes, from 1m to ten years".to_owned()),
    }
}

impl Report<'_> {
    /// The window that is drawn: the one that is recommended, else the second of several.
    fn drawn(&self) -> Option<&Window> {
        self.windows.get(self.recommended.unwrap_or(1)).or_else(|| self.windows.first())
    }

    /// The text for the rules of a window's proposal.
    fn paste<'w>(&'w self, window: &Window) -> Option<paste::Threshold<'w>> {
        let count = *window.threshold.as_ref().ok()?;
        Some(paste::Threshold { rule: self.rule, by: self.by, count, minutes: window.minutes })
    }

    /// The thresholds of which is told what they would have led to: some up to the highest
    /// count, and those that are proposed.
    fn thresholds(&self) -> Vec<u32> {
        let highest = self.windows.iter().map(|window| window.usual.highest).max().unwrap_or(0);
        let steps = (0..6).flat_map(|power| [1, 2, 3, 5].map(|step| step * 10u32.pow(power)));
        let mut thresholds: Vec<u32> = steps.filter(|step| *step <= highest).collect();
        thresholds.extend(self.windows.iter().filter_map(|window| window.threshold.as_ref().ok()));
        thresholds.sort_unstable();
        thresholds.dedup();
        thresholds
    }
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn windows_are_whole_minutes() {
        for (text, expected) in [("10m", 10), ("1h", 60), ("1d", 1_440), ("120s", 2)] {
            assert_eq!(minutes(text), Ok(expected), "{text}");
        }
        for text in ["", "10", "0m", "90s", "-5m", "11y"] {
            assert!(minutes(text).is_err(), "{text}");
        }
    }
}
