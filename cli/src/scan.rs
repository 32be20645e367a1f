//! `trailalerts scan`: what the compiled rules say of local logs.

mod files;
mod read;
mod replay;
mod rows;
mod spans;
mod spool;
mod summary;
mod time;

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, channel, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use trailalerts::Level;

use crate::{
    Failure, Outcome,
    output::{ERROR, RESET, Sink, plain},
};
use files::Input;
use read::{Part, Reader, Tools};
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
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let (inputs, not_logs) = files::find(&args.paths)?;
    let reader = Reader {
        layout: rows::Layout::new(args.format, args.matches),
        matches: args.matches,
        min_severity: args.min_severity,
        range: TimeRange { since: args.since, until: args.until },
    };
    let threads =
        args.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let mut output = Output {
        sink: Sink::open(args.output.as_deref())?,
        layout: &reader.layout,
        rows: 0,
        progress: Progress::new(inputs.iter().map(|input| input.bytes).sum()),
    };
    let mut summary = Summary::new(not_logs);
    output.begin()?;
    if args.matches {
        scan(&reader, inputs, threads, &mut output, None, &mut summary)?;
    } else {
        let replay = Replay::open(args.state.as_deref(), args.min_severity)?;
        let files: Vec<String> = inputs.iter().map(Input::name).collect();
        let mut gathered = Gathered { spool: Spool::new()?, spans: Spans::default() };
        scan(&reader, inputs, threads, &mut output, Some(&mut gathered), &mut summary)?;
        summary.decided(replay.run(&mut gathered.spool, &files)?);
        replay.absences(&gathered.spans, &mut gathered.spool)?;
        replay.alerts(&mut gathered.spool, |alert| {
            let mut row = Vec::new();
            reader.layout.write_alert(alert, &mut row);
            summary.alert(alert.severity);
            output.rows(&row, 1)
        })?;
    }
    output.end()?;
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
}

/// Reads the inputs on several threads and writes their rows in the order of the inputs.
///
/// Each input has a channel of its own, of bounded size: a thread that is ahead waits until its
/// rows are wanted. The input whose turn it is always has a thread, so that none waits for ever.
fn scan(
    reader: &Reader,
    inputs: Vec<Input>,
    threads: usize,
    output: &mut Output<'_>,
    mut gathered: Option<&mut Gathered>,
    summary: &mut Summary,
) -> Result<(), Failure> {
    type Job = (Input, SyncSender<Part>);
    thread::scope(|scope| {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            scope.spawn(move || {
                let mut tools = Tools::default();
                let next = || queue.lock().ok()?.recv().ok();
                while let Some((input, parts)) = next() {
                    // A closed channel means that nobody wants the rest.
                    let _ = reader.read(&input, &mut tools, &parts);
                }
            });
        }
        let mut waiting: VecDeque<Receiver<Part>> = VecDeque::new();
        for input in inputs {
            let (sender, receiver) = sync_channel(16);
            // No more than a few inputs are read ahead of the one whose rows are written.
            while waiting.len() > 2 * threads {
                write_next(&mut waiting, output, gathered.as_deref_mut(), summary)?;
            }
            waiting.push_back(receiver);
            if jobs.send((input, sender)).is_err() {
                break;
            }
        }
        drop(jobs);
        while !waiting.is_empty() {
            write_next(&mut waiting, output, gathered.as_deref_mut(), summary)?;
        }
        Ok(())
    })
}

fn write_next(
    waiting: &mut VecDeque<Receiver<Part>>,
    output: &mut Output<'_>,
    mut gathered: Option<&mut Gathered>,
    summary: &mut Summary,
) -> Result<(), Failure> {
    for part in waiting.pop_front().into_iter().flatten() {
        match part {
            Part::Matches(matches) => {
                if let Some(gathered) = &mut gathered {
                    gathered.spool.add(&matches)?;
                }
            }
            Part::Rows { text, count } => output.rows(&text, count)?,
            Part::Problem(problem) => output.problem(&problem),
            Part::Done(done) => {
                if let Some(gathered) = &mut gathered {
                    gathered.spans.join(done.spans, &trailalerts::rule_set().settings.streams);
                }
                summary.add(&done.counts);
                output.progress.advance(done.bytes);
            }
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

    fn problem(&mut self, problem: &str) {
        self.progress.around(|| anstream::eprintln!("{ERROR}error:{RESET} {}", plain(problem)));
    }

    fn end(mut self) -> Result<(), Failure> {
        self.progress.bar.finish_and_clear();
        self.sink.write(self.layout.end(self.rows == 0).as_bytes())?;
        self.sink.finish()
    }
}

/// A progress bar for work that takes long enough to be watched.
struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Progress {
    fn new(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}  {eta} left");
        Self {
            bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())),
            start: Instant::now(),
            shown: false,
        }
    }

    fn advance(&mut self, bytes: u64) {
        if !self.shown && self.start.elapsed() > Duration::from_secs(1) {
            self.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(bytes);
    }

    /// Clears the bar while something else is written.
    fn around<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.shown { self.bar.suspend(write) } else { write() }
    }
}
