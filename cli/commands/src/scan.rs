//! `trailalerts scan`: what the compiled rules say of local logs.

pub mod files;
pub mod progress;
pub mod read;
pub mod replay;
pub mod rows;
pub mod spans;
pub mod spool;
pub mod summary;
pub mod threads;
pub mod time;

use std::{num::NonZeroUsize, path::PathBuf, time::Instant};

use clap::ValueEnum;
use trailalerts_core::{Level, RuleSet, alerting::Streams};

use crate::{Failure, Outcome, output::Sink};
use files::Input;
use progress::Progress;
use read::{Part, Reader};
use replay::Replay;
use spans::Spans;
use spool::Spool;
use summary::Summary;
use time::TimeRange;

/// Arguments of `trailalerts scan`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Log files, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Stop after matching: one row per rule and record, exceptions not applied
    #[arg(long)]
    matches: bool,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write rows to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Number of threads [default: one per processor]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Remember in a file what was decided, and decide with what is remembered there
    #[arg(long, value_name = "FILE", conflicts_with = "matches")]
    state: Option<PathBuf>,
    /// Leave out what weighs less
    #[arg(long, value_name = "LEVEL", default_value = "informational")]
    min_severity: Level,
    /// Leave out records before this time: 2026-11-18, 2026-11-18T13:00:00Z, or 24h, 7d before now
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    since: Option<jiff::Timestamp>,
    /// Leave out records from this time on
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    until: Option<jiff::Timestamp>,
    /// Exit with code 1 if anything of this level or above is found
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<Level>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values with a header
    Csv,
}

/// Runs the command.
pub fn run(args: &Args, set: &'static RuleSet) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let (inputs, not_logs) = files::find(&args.paths)?;
    let reader = Reader {
        set,
        layout: rows::Layout::new(set, args.format, args.matches),
        matches: args.matches,
        min_severity: args.min_severity,
        range: TimeRange { since: args.since, until: args.until },
        rule: None,
    };
    let threads = threads::number(args.threads);
    let mut output = Output {
        sink: Sink::open(args.output.as_deref())?,
        layout: &reader.layout,
        rows: 0,
        progress: Progress::new(inputs.iter().map(|input| input.bytes).sum()),
    };
    let mut summary = Summary::new(not_logs);
    output.begin()?;
    let mut decided = None;
    if args.matches {
        threads::read(&reader, inputs, threads, &mut |part| {
            take(part, &mut output, None, &mut summary)
        })?;
    } else {
        let replay = Replay::open(set, args.state.as_deref(), args.min_severity)?;
        let files: Vec<String> = inputs.iter().map(Input::name).collect();
        let mut gathered = Gathered {
            spool: Spool::new()?,
            spans: Spans::default(),
            streams: &set.settings.streams,
        };
        threads::read(&reader, inputs, threads, &mut |part| {
            take(part, &mut output, Some(&mut gathered), &mut summary)
        })?;
        summary.decided(replay.run(&mut gathered.spool, &files)?);
        replay.absences(&gathered.spans, &mut gathered.spool)?;
        replay.alerts(&mut gathered.spool, |alert| {
            let mut row = Vec::new();
            reader.layout.write_alert(alert, &mut row);
            summary.alert(alert.severity);
            output.rows(&row, 1)
        })?;
        decided = Some(replay);
    }
    output.end()?;
    if let Some(replay) = decided {
        replay.keep()?;
    }
    summary.print(args.matches, start.elapsed());
    Ok(match args.fail_on {
        _ if summary.unreadable() => Outcome::Unreadable,
        Some(level) if summary.highest.is_some_and(|highest| highest >= level) => Outcome::Findings,
        _ => Outcome::Done,
    })
}

/// What alerts are made from.
struct Gathered {
    /// What was matched.
    spool: Spool,
    /// When streams were active.
    spans: Spans,
    /// What is said of streams.
    streams: &'static Streams,
}

/// Writes what an input gives, or gathers it for what is decided later.
fn take(
    part: Part,
    output: &mut Output<'_>,
    gathered: Option<&mut Gathered>,
    summary: &mut Summary,
) -> Result<(), Failure> {
    match part {
        Part::Matches(matches) => {
            if let Some(gathered) = gathered {
                gathered.spool.add(&matches)?;
            }
        }
        Part::Rows { text, count } => output.rows(&text, count)?,
        Part::Problem(problem) => output.progress.problem(&problem),
        Part::Done(done) => {
            if let Some(gathered) = gathered {
                gathered.spans.join(done.spans, gathered.streams);
            }
            summary.add(&done.counts);
            output.progress.advance(done.bytes);
        }
    }
    Ok(())
}

/// The rows as they are written, and the progress bar beside them.
struct Output<'a> {
    sink: Sink,
    layout: &'a rows::Layout,
    rows: u64,
    progress: Progress,
}

impl Output<'_> {
    fn begin(&mut self) -> Result<(), Failure> {
        self.sink.write(self.layout.begin().as_bytes())
    }

    fn rows(&mut self, text: &[u8], count: u64) -> Result<(), Failure> {
        // Rows of a JSON array are separated by the commas in front of them; the first has none.
        let text = if self.rows == 0 {
            text.strip_prefix(self.layout.separator().as_bytes()).unwrap_or(text)
        } else {
            text
        };
        self.rows += count;
        let sink = &mut self.sink;
        self.progress.around(|| sink.write(text))
    }

    fn end(mut self) -> Result<(), Failure> {
        self.progress.finish();
        self.sink.write(self.layout.end(self.rows == 0).as_bytes())?;
        self.sink.finish()
    }
}
