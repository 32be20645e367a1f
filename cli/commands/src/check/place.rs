//! Where a diagnostic points, as other programs want it: paths from the current directory, lines
//! and columns.

use std::{env, path::Path};

use serde::Serialize;
use sigma_compiler::{
    diagnostic::{Diagnostic, Label},
    source::{SourceFile, Span},
};

use crate::output::plain;

/// A range of a file, from 1; columns in characters. The end column is the one after the last
/// character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Region {
    /// First line.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column after the last character.
    pub end_column: usize,
}

/// The range of a label; `None` where it means the whole file.
pub fn region(label: &Label, file: &SourceFile) -> Option<Region> {
    if is_whole(label) {
        return None;
    }
    let span = label.span;
    // A block of text ends on the line after it, which is not pointed at.
    Some(exact_region(Span { end: span.start + text(span, file).trim_end().len(), ..span }, file))
}

/// The range of a span, with every blank and line end in it.
pub fn exact_region(span: Span, file: &SourceFile) -> Region {
    let ((line, column), (end_line, end_column)) =
        (file.line_column(span.start), file.line_column(span.end));
    Region { line, column, end_line, end_column }
}

/// What identifies the place of a label within its file, wherever it moves: the text that it
/// points at, or the line where it points between two characters.
pub fn words(label: &Label, file: &SourceFile) -> String {
    let pointed = match text(label.span, file) {
        _ if is_whole(label) => "",
        "" => {
            let line = file.line_column(label.span.start).0;
            file.text.lines().nth(line - 1).unwrap_or_default()
        }
        text => text,
    };
    pointed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The path of a file or folder, from the current directory where it lies below that.
pub fn path(path: &str) -> String {
    let current = env::current_dir().unwrap_or_default();
    let shown = match Path::new(path).strip_prefix(&current) {
        Ok(below) if !current.as_os_str().is_empty() => below.to_string_lossy().replace('\\', "/"),
        _ => path.replace('\\', "/"),
    };
    let mut shown = shown.as_str();
    while let Some(rest) = shown.strip_prefix("./") {
        shown = rest.trim_start_matches('/');
    }
    if shown.is_empty() { ".".to_owned() } else { shown.to_owned() }
}

/// All that a diagnostic says, a line each: the message, what is said of its main place, the help.
pub fn message(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.labels.first().map(|label| plain(&label.text));
    let help = diagnostic.help.as_ref().map(|help| format!("help: {}", plain(help)));
    let lines = [Some(plain(&diagnostic.message)), label, help];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn is_whole(label: &Label) -> bool {
    label.span.range() == (0..0) && label.text.is_empty()
}

fn text(span: Span, file: &SourceFile) -> &str {
    file.text.get(span.range()).unwrap_or_default()
}
