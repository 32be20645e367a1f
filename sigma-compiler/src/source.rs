//! Source text and places in it.

use std::ops::Range;

/// A file given to the compiler: its text and the path that messages show.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as shown in messages and kept with the compiled rule; `/` on every platform.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Which of the rules directories it comes from: documents of a later one replace those of an earlier one.
    pub directory: usize,
    /// Whether the text stands for the file; an error was reported where it does not.
    pub read: bool,
}

impl SourceFile {
    /// A file of the given path and text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), directory: 0, read: true }
    }

    /// The same file, as one of the given rules directory.
    #[must_use]
    pub fn in_directory(self, directory: usize) -> Self {
        Self { directory, ..self }
    }

    /// The same file, as one whose text could not be read.
    #[must_use]
    pub fn unread(self) -> Self {
        Self { read: false, ..self }
    }

    /// The last component of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The file name without its extension.
    pub fn stem(&self) -> &str {
        let name = self.name();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// Line and column (both from 1, columns in characters) of a byte offset.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// Index of a file among those given to the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub usize);

/// A range of bytes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// A file as a whole, where no part of it is meant.
    pub fn whole(file: FileId) -> Self {
        Span { file, start: 0, end: 0 }
    }

    /// The byte range within the file.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// From the start of this span to the end of `other`.
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.start), ..self }
    }
}

/// A value with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Attaches a place to a value.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
