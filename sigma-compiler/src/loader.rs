//! The one place that reads files: rules directories into source files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    diagnostic::{Code, Diagnostic},
    source::{FileId, SourceFile, Span},
    test_records,
};

/// Largest document that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// Largest file of test records that is read, in bytes.
pub const MAX_TEST_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// What a file of the rules directory is, told by its path alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Rule,
    Exceptions,
    Postprocessing,
    Placeholders,
    Settings,
    Tests,
    /// What people read; it is nobody's mistake that it stands there.
    Documentation,
    Unknown,
}

impl FileKind {
    pub(crate) fn of(path: &str) -> Self {
        let mut parts = path.rsplit('/');
        let (name, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match name.rsplit_once('.') {
            _ if name == "placeholders.yml" => FileKind::Placeholders,
            _ if name == "settings.yml" => FileKind::Settings,
            _ if matches!(name, "exceptions.json" | "exception.json") => FileKind::Exceptions,
            _ if name.ends_with(test_records::SUFFIX) => FileKind::Tests,
            Some((_, ending))
                if ["yml", "yaml"].iter().any(|yaml| ending.eq_ignore_ascii_case(yaml)) =>
            {
                FileKind::Rule
            }
            Some((_, "json")) if folder == "postprocessing_rules" => FileKind::Postprocessing,
            _ if is_documentation(name) => FileKind::Documentation,
            _ => FileKind::Unknown,
        }
    }
}

/// Markdown, and the texts that repositories carry under names of their own.
fn is_documentation(name: &str) -> bool {
    const NAMES: [&str; 7] =
        ["AUTHORS", "CHANGELOG", "COPYING", "LICENCE", "LICENSE", "NOTICE", "README"];
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let (stem, ending) = (stem.to_ascii_uppercase(), ending.to_ascii_lowercase());
    let named = || NAMES.iter().any(|known| stem.starts_with(known));
    ending == "md" || (matches!(ending.as_str(), "" | "txt") && named())
}

/// Reads every file below the given rules directories, sorted by path, so that the outcome does
/// not depend on the file system. Paths are shown as given: relative directories stay relative.
pub fn load(directories: &[PathBuf]) -> (Vec<SourceFile>, Vec<Diagnostic>) {
    let mut loader = Loader::default();
    for (number, directory) in directories.iter().enumerate() {
        match fs::metadata(directory) {
            Ok(metadata) if metadata.is_dir() => loader.directory(directory, number, 0),
            Ok(_) => loader.unreadable(directory, "it is a file, not a directory"),
            Err(error) => loader.unreadable(directory, &reason(&error)),
        }
    }
    (loader.files, loader.diagnostics)
}

/// Deepest nesting of folders, which ends cycles of links.
const MAX_FOLDERS: usize = 32;

#[derive(Default)]
struct Loader {
    files: Vec<SourceFile>,
    diagnostics: Vec<Diagnostic>,
}

impl Loader {
    fn directory(&mut self, directory: &Path, number: usize, depth: usize) {
        let entries =
            fs::read_dir(directory).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let mut paths: Vec<PathBuf> = match entries {
            Ok(_) if depth > MAX_FOLDERS => {
                return self.unreadable(
                    directory,
                    &format!("its folders nest deeper than {MAX_FOLDERS} levels"),
                );
            }
            Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
            Err(error) => return self.unreadable(directory, &reason(&error)),
        };
        paths.sort();
        for path in paths {
            let hidden =
                path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if hidden {
                continue;
            }
            if path.is_dir() {
                self.directory(&path, number, depth + 1);
            } else {
                self.file(&path, number);
            }
        }
    }

    fn file(&mut self, path: &Path, number: usize) {
        let limit = match FileKind::of(&display(path)) {
            FileKind::Tests => MAX_TEST_FILE_BYTES,
            FileKind::Documentation => return,
            // What is left alone need not be text.
            FileKind::Unknown => {
                let file = SourceFile::new(display(path), "").in_directory(number);
                return self.files.push(file.unread());
            }
            _ => MAX_FILE_BYTES,
        };
        let read = fs::metadata(path).and_then(|metadata| match metadata.len() {
            size if size > limit => Ok(Err(size)),
            _ => fs::read(path).map(Ok),
        });
        match read.map(|content| content.map(String::from_utf8)) {
            Ok(Ok(Ok(text))) => {
                self.files.push(SourceFile::new(display(path), text).in_directory(number));
            }
            Ok(Ok(Err(error))) => {
                let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
                let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
                let message = format!(
                    "the file is not UTF-8: line {line} holds a byte that begins no character"
                );
                self.report(
                    path,
                    number,
                    Diagnostic::error(Code::NotUtf8, message).help("save the file as UTF-8"),
                );
            }
            Ok(Err(size)) => {
                let message = format!("the file has {size} bytes, more than the limit of {limit}");
                self.report(
                    path,
                    number,
                    Diagnostic::error(Code::FileTooLarge, message)
                        .help("split it, or move it out of the rules directory"),
                );
            }
            Err(error) => self.unreadable(path, &reason(&error)),
        }
    }

    /// Reports about a file whose text cannot be shown.
    fn report(&mut self, path: &Path, number: usize, diagnostic: Diagnostic) {
        let file = FileId(self.files.len());
        self.files.push(SourceFile::new(display(path), "").in_directory(number).unread());
        self.diagnostics.push(diagnostic.at(Span::whole(file), ""));
    }

    fn unreadable(&mut self, path: &Path, reason: &str) {
        let message = format!("cannot read `{}`: {reason}", display(path));
        self.diagnostics.push(Diagnostic::error(Code::UnreadableFile, message));
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
