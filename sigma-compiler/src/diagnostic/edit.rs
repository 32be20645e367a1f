//! Changes of files that a help asks for.
//!
//! Those who report a mistake say what is to change in words of the document, without its text. How
//! the author writes — quotes, brackets, indentation, line ends — is looked up once a change is
//! wanted; where it leaves no sure place for it, there is none.

mod layout;

use std::collections::BTreeMap;

use super::Diagnostic;
use crate::source::{FileId, SourceFile, Span};

/// A change of a file, said without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Writes a text in the place of a span; one that is empty is a place between two characters.
    Replace(Span, String),
    /// Writes a word in the place of another one, found first within the span as it is given.
    Rename(Span, String, String),
    /// Puts a value into quotes.
    Quote(Span),
    /// Takes a value out of its quotes.
    Unquote(Span),
    /// Puts a value into a list of its own.
    List(Span),
    /// Removes an entry of a map or an element of a list.
    RemoveEntry(Span),
    /// Writes lines below an entry of a map, indented as it is.
    AddBelow(Span, String),
}

/// A change of a file: the bytes that go, and the text that comes in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// Writes a text in the place of a span.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Edit::Replace(span, text.into())
    }

    /// Writes a text in front of a span.
    pub fn insert_before(span: Span, text: impl Into<String>) -> Self {
        Edit::Replace(Span { end: span.start, ..span }, text.into())
    }

    /// Writes a text behind a span.
    pub fn insert_after(span: Span, text: impl Into<String>) -> Self {
        Edit::Replace(Span { start: span.end, ..span }, text.into())
    }

    /// Writes `new` where `found` stands within a span, whatever is around it: quotes stay.
    pub fn rename(span: Span, found: &str, new: &str) -> Self {
        Edit::Rename(span, found.to_owned(), new.to_owned())
    }

    /// Removes a span.
    pub fn remove(span: Span) -> Self {
        Edit::Replace(span, String::new())
    }

    /// Puts a value into quotes.
    pub fn quote(span: Span) -> Self {
        Edit::Quote(span)
    }

    /// Takes a value out of its quotes.
    pub fn unquote(span: Span) -> Self {
        Edit::Unquote(span)
    }

    /// Makes a list of a single value.
    pub fn list(span: Span) -> Self {
        Edit::List(span)
    }

    /// Removes an entry of a map, from key to value, or an element of a list.
    pub fn remove_entry(span: Span) -> Self {
        Edit::RemoveEntry(span)
    }

    /// Writes lines below an entry of a map, which is given from key to value.
    pub fn add_below(span: Span, lines: impl Into<String>) -> Self {
        Edit::AddBelow(span, lines.into())
    }

    /// The bytes and the text; `None` where the file does not hold what is to be changed (it may
    /// be written with escapes), or in a form that is better changed by its author.
    fn change(&self, files: &[SourceFile]) -> Option<Change> {
        match self {
            Edit::Replace(span, text) => {
                files.get(span.file.0)?.text.get(span.range())?;
                Some(Change { span: *span, text: text.clone() })
            }
            Edit::Rename(span, found, new) => layout::rename(files, *span, found, new),
            Edit::Quote(span) => layout::quote(files, *span),
            Edit::Unquote(span) => layout::unquote(files, *span),
            Edit::List(span) => layout::list(files, *span),
            Edit::RemoveEntry(span) => layout::remove_entry(files, *span),
            Edit::AddBelow(span, lines) => layout::add_below(files, *span, lines),
        }
    }
}

impl Diagnostic {
    /// What its edits change, in the order of the places; none where one of them cannot be made or
    /// two of them touch the same bytes.
    pub fn changes(&self, files: &[SourceFile]) -> Vec<Change> {
        let changes: Option<Vec<Change>> =
            self.edits.iter().map(|edit| edit.change(files)).collect();
        let mut changes = changes.unwrap_or_default();
        changes.sort_by_key(|change| change.span);
        let apart = |pair: &[Change]| {
            pair[0].span.file != pair[1].span.file || pair[0].span.end <= pair[1].span.start
        };
        if changes.windows(2).all(apart) { changes } else { Vec::new() }
    }
}

/// The texts of the files that changes touch, after them; `changes` as of
/// [`Diagnostic::changes`].
pub fn apply(changes: &[Change], files: &[SourceFile]) -> BTreeMap<FileId, String> {
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    // From behind, so that the places before stay where they are.
    for change in changes.iter().rev() {
        let id = change.span.file;
        let text = texts.entry(id).or_insert_with(|| files[id.0].text.clone());
        text.replace_range(change.span.range(), &change.text);
    }
    texts
}
