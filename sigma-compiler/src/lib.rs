//! Compiles Sigma rules for AWS CloudTrail into Rust.
//!
//! The whole pipeline, each stage a type that knows less of where it came from:
//!
//! ```text
//! SourceFile ─ node ─▶ Node ─ parse ─▶ ast ─ check ─▶ CheckedSet ─ lower ─▶ hir ─ plan ─▶ Plan ─ codegen ─▶ Rust
//! ```
//!
//! Parsing and checking collect the diagnostics of every file; nothing after them can fail.
//! Only [`load`] reads files.

pub mod ast;
pub mod check;
mod codegen;
pub mod diagnostic;
pub mod hir;
mod loader;
mod lower;
pub mod node;
mod parse;
mod plan;
pub mod reference;
pub mod source;
pub mod test_records;

use std::collections::HashSet;

use ast::{Document, Exceptions};
use check::{CheckedSet, Documents};
use diagnostic::{Code, Diagnostic};
use loader::FileKind;
use source::{FileId, SourceFile, Span};
use test_records::Tests;

pub use loader::{MAX_FILE_BYTES, MAX_TEST_FILE_BYTES, load};

/// The outcome of reading and checking rule files.
#[derive(Debug)]
pub struct Compilation {
    /// The files, as given; spans refer to them by index.
    pub files: Vec<SourceFile>,
    /// Every finding, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The rules that could be read; complete where there are no errors.
    pub set: CheckedSet,
}

/// Reads and checks rule files; `diagnostics` are those of loading them.
pub fn compile(mut files: Vec<SourceFile>, mut diagnostics: Vec<Diagnostic>) -> Compilation {
    // A byte order mark would count as a column.
    for file in &mut files {
        if file.text.starts_with('\u{feff}') {
            file.text.drain(..'\u{feff}'.len_utf8());
        }
    }
    let mut complete = !diagnostic::has_errors(&diagnostics);
    let mut documents = Documents::default();
    let mut exceptions: Vec<(FileId, Exceptions)> = Vec::new();
    let beside_rules: HashSet<String> = files
        .iter()
        .filter(|file| FileKind::of(&file.path) == FileKind::Rule)
        .map(test_records::path_beside)
        .collect();
    for (number, file) in files.iter().enumerate() {
        let id = FileId(number);
        match FileKind::of(&file.path) {
            FileKind::Unknown => diagnostics.push(
                Diagnostic::note(
                    Code::UnknownFile,
                    format!("`{}` is no part of a rule set and is left alone", file.name()),
                )
                .at(whole(id), ""),
            ),
            FileKind::Tests => {
                if !beside_rules.contains(&file.path) {
                    diagnostics.push(tests_without_rule(id, file));
                }
            }
            _ if !file.read => {}
            FileKind::Rule => match parse_rule_file(id, file, &mut diagnostics) {
                Some(Document::Rule(rule)) => documents.rules.push(rule),
                Some(Document::Correlation(each)) => documents.correlations.push(each),
                None => complete = false,
            },
            FileKind::Postprocessing if file.text.trim().is_empty() => diagnostics.push(
                Diagnostic::error(Code::InvalidJson, "the file is empty")
                    .at(whole(id), "")
                    .help("write `[]`, or remove the file"),
            ),
            FileKind::Postprocessing => {
                if let Some(node) = node::read_json(id, &file.text, &mut diagnostics) {
                    let parsed = parse::parse_postprocessing(id, &node, &mut diagnostics);
                    documents.postprocessing.extend(parsed);
                }
            }
            FileKind::Exceptions => {
                if let Some(node) = node::read_json(id, &file.text, &mut diagnostics) {
                    exceptions
                        .push((id, parse::parse_exceptions(&node, &file.text, &mut diagnostics)));
                }
            }
            FileKind::Unsupported(what) => diagnostics.push(
                Diagnostic::error(Code::Unsupported, format!("{what} not supported yet"))
                    .at(whole(id), "")
                    .help("move the file out of the rules directory"),
            ),
        }
    }
    if complete && documents.rules.is_empty() {
        diagnostics.push(Diagnostic::warning(Code::NoRules, "there is no rule to compile"));
    }
    documents.exceptions = one_exceptions_file_a_directory(exceptions, &files, &mut diagnostics);
    let set = check::check(documents, &files, complete, &mut diagnostics);
    diagnostic::sort(&mut diagnostics);
    Compilation { files, diagnostics, set }
}

impl Compilation {
    /// Whether anything stands in the way of generating code.
    pub fn has_errors(&self) -> bool {
        diagnostic::has_errors(&self.diagnostics)
    }

    /// Reads the test records beside the rules. Compiling needs none, so [`compile`] does not look
    /// into their files: what is wrong in them is an error here, and a rule without records a
    /// warning, for those who ask.
    pub fn check_tests(&self) -> Tests {
        test_records::read_tests(&self.set.rules, &self.files)
    }

    /// The generated Rust of the whole set; the same bytes for the same files.
    pub fn generate(&self) -> String {
        codegen::rule_set(&self.set, &self.plan(), &self.files)
    }

    /// The generated Rust of one rule, by its index in the set.
    pub fn expand(&self, rule: usize) -> String {
        codegen::one_rule(&self.set, &self.plan(), &self.files, rule)
    }

    fn plan(&self) -> plan::Plan {
        plan::plan(
            self.set.rules.iter().map(|checked| lower::lower(&checked.rule.detection)).collect(),
        )
    }
}

fn whole(file: FileId) -> Span {
    Span { file, start: 0, end: 0 }
}

/// Test records without a rule are likely left over, or misnamed.
fn tests_without_rule(id: FileId, file: &SourceFile) -> Diagnostic {
    let rule = file.name().strip_suffix(test_records::SUFFIX).unwrap_or_default();
    Diagnostic::note(
        Code::UnknownFile,
        format!("these test records stand beside no rule `{rule}.yml`"),
    )
    .at(whole(id), "")
    .help("rename the file after its rule, or remove it")
}

fn parse_rule_file(
    id: FileId,
    file: &SourceFile,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Document> {
    let before = diagnostics.len();
    let mut documents = node::read_yaml(id, &file.text, diagnostics);
    documents.retain(|document| !document.is_unwritten());
    // Of keys that occur twice the first counts, so that the rest of the document is checked too.
    if diagnostics[before..].iter().any(|each| each.code != Code::DuplicateKey) {
        return None;
    }
    let rule = match documents.as_slice() {
        [document] => parse::parse_document(id, document, &file.text, diagnostics),
        [] => {
            diagnostics.push(
                Diagnostic::error(Code::NotAMapping, "the file holds no document")
                    .at(whole(id), "")
                    .help("write a rule, or remove the file"),
            );
            None
        }
        [_, second, ..] => {
            let begin = Span { end: second.span.start, ..second.span };
            diagnostics.push(
                Diagnostic::error(
                    Code::Unsupported,
                    "several documents in one file are not supported yet",
                )
                .at(begin, "the second document begins here")
                .help("put each into a file of its own"),
            );
            None
        }
    };
    rule.filter(|_| !diagnostic::has_errors(&diagnostics[before..]))
}

/// Both names of the exceptions file are known; two files beside each other would be a riddle.
fn one_exceptions_file_a_directory(
    exceptions: Vec<(FileId, Exceptions)>,
    files: &[SourceFile],
    diagnostics: &mut Vec<Diagnostic>,
) -> Exceptions {
    let mut merged = Exceptions::default();
    let mut seen: Vec<(usize, FileId)> = Vec::new();
    for (id, parsed) in exceptions {
        let directory = files[id.0].directory;
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == directory) {
            diagnostics.push(
                Diagnostic::error(Code::TwoExceptionFiles, "there are two exceptions files")
                    .at(whole(id), "")
                    .at(whole(*first), "")
                    .help("merge them into `exceptions.json`"),
            );
        }
        seen.push((directory, id));
        // An entry of a later directory replaces the earlier one for the same title.
        merged.entries.retain(|entry| {
            !parsed.entries.iter().any(|other| other.title.value == entry.title.value)
        });
        merged.entries.extend(parsed.entries);
    }
    merged
}
