//! What is shown while logs are read.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{ERROR, RESET, plain};

/// A progress bar for work that takes long enough to be watched.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Progress {
    /// Of so many bytes that are to be read.
    pub fn new(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}  {eta} left");
        Self {
            bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())),
            start: Instant::now(),
            shown: false,
        }
    }

    /// So many of them are read.
    pub fn advance(&mut self, bytes: u64) {
        if !self.shown && self.start.elapsed() > Duration::from_secs(1) {
            self.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(bytes);
    }

    /// Clears the bar while something else is written.
    pub fn around<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.shown { self.bar.suspend(write) } else { write() }
    }

    /// Says what could not be read.
    pub fn problem(&self, problem: &str) {
        self.around(|| anstream::eprintln!("{ERROR}error:{RESET} {}", plain(problem)));
    }

    /// All is read.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
