//! What every command that prints shares: styles, safe text, and where rows go.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    path::Path,
};

use anstyle::{AnsiColor, Color, Reset, Style};
use memchr::memchr;
use trailalerts_core::Level;

use crate::Failure;

/// Ends a style.
pub const RESET: Reset = Reset;
/// Style of errors.
pub const ERROR: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red))).bold();
/// Style of what is right.
pub const GOOD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
/// Style of what is less important.
pub const DIM: Style = Style::new().dimmed();
/// Style of headings.
pub const BOLD: Style = Style::new().bold();

/// The style of a level.
pub fn level_style(level: Level) -> Style {
    let colour = |colour| Style::new().fg_color(Some(Color::Ansi(colour)));
    match level {
        Level::Informational => Style::new().dimmed(),
        Level::Low => colour(AnsiColor::Cyan),
        Level::Medium => colour(AnsiColor::Yellow),
        Level::High => colour(AnsiColor::Red),
        Level::Critical => colour(AnsiColor::Red).bold().underline(),
    }
}

/// Text of records and rules as it may reach a terminal: control characters, and characters
/// that turn the direction of writing, are shown by their code.
pub fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            let _ = write!(safe, "{}", c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Where the rows of a command go: standard output, or a file.
pub struct Sink {
    out: BufWriter<Box<dyn Write>>,
    /// What it is, for messages.
    name: String,
    /// Whether a person watches the rows appear.
    terminal: bool,
    /// Whether styles are shown where the rows go.
    styled: bool,
}

impl Sink {
    /// Standard output, or the file that is named.
    pub fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file.filter(|path| *path != Path::new("-")) else {
            let styled =
                anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
            return Ok(Self {
                out: BufWriter::new(Box::new(io::stdout())),
                name: "the output".to_owned(),
                terminal: io::stdout().is_terminal(),
                styled,
            });
        };
        let name = path.display().to_string();
        let file = File::create(path)
            .map_err(|error| Failure::io(&format!("cannot write {name}"), error))?;
        Ok(Self { out: BufWriter::new(Box::new(file)), name, terminal: false, styled: false })
    }

    /// Writes bytes; lines reach a terminal at once.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        const ESCAPE: u8 = 0x1b;
        let out = &mut self.out;
        let written = if self.styled || memchr(ESCAPE, bytes).is_none() {
            out.write_all(bytes)
        } else {
            anstream::adapter::strip_bytes(bytes).try_for_each(|plain| out.write_all(plain))
        };
        let flushed = written.and_then(|()| if self.terminal { out.flush() } else { Ok(()) });
        flushed.map_err(|error| self.failure(error))
    }

    /// How many characters fit into a line, where a person watches.
    pub fn width(&self) -> Option<usize> {
        let size = self.terminal.then(|| console::Term::stdout().size_checked())?;
        size.map(|(_, columns)| usize::from(columns))
    }

    /// Writes out what is still buffered.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| self.failure(error))
    }

    fn failure(&self, error: io::Error) -> Failure {
        Failure::io(&format!("cannot write {}", self.name), error)
    }
}
