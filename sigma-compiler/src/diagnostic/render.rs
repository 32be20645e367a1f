//! Diagnostics as people read them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Change, Diagnostic, Severity};
use crate::source::{FileId, SourceFile};

impl Diagnostic {
    /// Prints the diagnostic as rustc would: title, place, source line with carets, help.
    ///
    /// `files` are those that the spans refer to; `colour` adds ANSI styles.
    pub fn render(&self, files: &[SourceFile], colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(visible(&self.message)).id(self.code.name());
        let mut group = Group::with_title(title);
        let mut shown: Vec<FileId> = Vec::new();
        for label in &self.labels {
            if !shown.contains(&label.span.file) {
                shown.push(label.span.file);
                group = self.place(group, label.span.file, files);
            }
        }
        let mut groups = Vec::new();
        if let Some(help) = &self.help {
            let changes = self.changes(files);
            if changes.is_empty() {
                group = group.element(Level::HELP.message(visible(help)));
            } else {
                let title = Level::HELP.secondary_title(visible(help));
                let in_one_file = changes.chunk_by(|a, b| a.span.file == b.span.file);
                let patches = in_one_file.map(|changes| patch(changes, files));
                groups.push(Group::with_title(title).elements(patches));
            }
        }
        groups.insert(0, group);
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&groups)
    }

    /// Adds what is said about one file: its name alone where the whole of it is meant.
    fn place<'a>(&self, group: Group<'a>, id: FileId, files: &'a [SourceFile]) -> Group<'a> {
        let file = &files[id.0];
        let path = visible(&file.path);
        let labels = || self.labels.iter().filter(|label| label.span.file == id);
        if labels().all(|label| label.span.range() == (0..0) && label.text.is_empty()) {
            return group.element(Origin::path(path));
        }
        let lines = Lines::around(file, labels().map(|label| label.span.range()));
        let start = lines.start;
        let mut snippet =
            Snippet::source(visible_source(lines.text)).path(path).line_start(lines.number);
        for label in labels() {
            let main = self.labels.first() == Some(label);
            let kind = if main { AnnotationKind::Primary } else { AnnotationKind::Context };
            let (from, to) =
                (floor(&file.text, label.span.start), floor(&file.text, label.span.end));
            let annotation = kind.span(from - start..to.max(from) - start);
            snippet = snippet.annotation(match label.text.as_str() {
                "" => annotation,
                words => annotation.label(visible(words)),
            });
        }
        group.element(snippet)
    }

    /// One line: `path:line:column: severity[code]: message`.
    pub fn one_line(&self, files: &[SourceFile]) -> String {
        let place = self.span().map_or(String::new(), |span| {
            let file = &files[span.file.0];
            let (line, column) = file.line_column(span.start);
            format!("{}:{line}:{column}: ", visible(&file.path))
        });
        format!("{place}{}[{}]: {}", self.severity.name(), self.code.name(), visible(&self.message))
    }
}

/// The lines of a file that ranges stand on, and those between them. Only they are copied: the file
/// may be large, and the ranges many.
struct Lines<'a> {
    start: usize,
    number: usize,
    text: &'a str,
}

impl<'a> Lines<'a> {
    fn around(file: &'a SourceFile, ranges: impl Iterator<Item = Range<usize>>) -> Self {
        let (first, last) = ranges.fold((usize::MAX, 0), |(first, last), range| {
            (first.min(range.start), last.max(range.end).max(range.start))
        });
        let text = &file.text;
        let (first, last) = (floor(text, first), floor(text, last));
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |at| last + at + 1);
        Lines { start, number: file.line_column(start).0, text: &text[start..end] }
    }
}

/// Changes of one file, shown on its lines.
fn patch<'a>(changes: &[Change], files: &'a [SourceFile]) -> Snippet<'a, Patch<'a>> {
    let file = &files[changes[0].span.file.0];
    let lines = Lines::around(file, changes.iter().map(|change| change.span.range()));
    let patches = changes.iter().map(|Change { span, text }| {
        Patch::new(span.start - lines.start..span.end - lines.start, visible_source(text))
    });
    Snippet::source(visible_source(lines.text))
        .path(visible(&file.path))
        .line_start(lines.number)
        .patches(patches)
}

/// Characters that hide, or that change how a terminal shows others, must not reach it.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Longest message, label or help that is printed, in characters: they quote what was written.
const MAX_WORDS: usize = 400;

/// Words about the source: one line, of bounded length.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(MAX_WORDS));
    for (count, c) in text.chars().enumerate() {
        if count == MAX_WORDS {
            shown.push('…');
            break;
        }
        if hides(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The same for source text, where every byte must keep its offset.
fn visible_source(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let line_end = c == '\r' && chars.peek() == Some(&'\n');
        if hides(c) && !line_end && !matches!(c, '\n' | '\t') {
            shown.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The offset, or the beginning of the character around it.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
