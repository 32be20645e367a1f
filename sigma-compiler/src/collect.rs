//! All files into documents. What a file is, its path tells; what a YAML document is, its content.

use std::collections::HashSet;

use crate::{
    ast::{Exceptions, Filter, Rule},
    diagnostic::{self, Code, Diagnostic},
    loader::FileKind,
    node, parse,
    parse::{Document, DocumentKind},
    source::{FileId, SourceFile, Span},
    test_records,
};

/// The documents of all files, in the order of the files.
#[derive(Debug, Default)]
pub struct Documents {
    /// Detection rules.
    pub rules: Vec<Rule>,
    /// Sigma filters.
    pub filters: Vec<Filter>,
    /// The entries of all exceptions files.
    pub exceptions: Exceptions,
    /// The files that documents were read from.
    pub sources: Vec<FileId>,
    /// Whether every file of rules could be read, so that a name nobody carries is a mistake where
    /// it is used.
    pub complete: bool,
}

/// Parses every file.
pub fn collect(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> Documents {
    let complete = !diagnostic::has_errors(diagnostics);
    let mut collector = Collector {
        files,
        diagnostics,
        documents: Documents { complete, ..Documents::default() },
        exceptions: Vec::new(),
        with_rules: HashSet::new(),
    };
    for (number, file) in files.iter().enumerate() {
        collector.file(FileId(number), file);
    }
    collector.tests_without_rule();
    let Collector { mut documents, exceptions, .. } = collector;
    documents.exceptions = one_exceptions_file_a_directory(exceptions, files, diagnostics);
    if documents.complete && documents.rules.is_empty() {
        diagnostics.push(Diagnostic::warning(Code::NoRules, "there is no rule to compile"));
    }
    documents
}

struct Collector<'a> {
    files: &'a [SourceFile],
    diagnostics: &'a mut Vec<Diagnostic>,
    documents: Documents,
    exceptions: Vec<(FileId, Exceptions)>,
    /// Where the test records of files with rules stand.
    with_rules: HashSet<String>,
}

impl Collector<'_> {
    fn file(&mut self, id: FileId, file: &SourceFile) {
        match FileKind::of(&file.path) {
            FileKind::Unknown => self.diagnostics.push(
                Diagnostic::note(
                    Code::UnknownFile,
                    format!("`{}` is no part of a rule set and is left alone", file.name()),
                )
                .at(Span::whole(id), ""),
            ),
            FileKind::Tests => {}
            FileKind::Rule if !file.read => {
                self.with_rules.insert(test_records::path_beside(file));
            }
            _ if !file.read => {}
            FileKind::Rule => self.yaml(id, file),
            FileKind::Exceptions => {
                self.documents.sources.push(id);
                if let Some(node) = node::read_json(id, &file.text, self.diagnostics) {
                    let parsed = parse::parse_exceptions(&node, &file.text, self.diagnostics);
                    self.exceptions.push((id, parsed));
                }
            }
            FileKind::Unsupported(what) => self.diagnostics.push(
                Diagnostic::error(Code::Unsupported, format!("{what} not supported yet"))
                    .at(Span::whole(id), "")
                    .help("move the file out of the rules directory"),
            ),
        }
    }

    /// A file of any number of YAML documents.
    fn yaml(&mut self, id: FileId, file: &SourceFile) {
        let before = self.diagnostics.len();
        let mut nodes = node::read_yaml(id, &file.text, self.diagnostics);
        nodes.retain(|document| !document.is_unwritten());
        // Of keys that occur twice the first counts, so that the rest of the document is checked too.
        let found = &self.diagnostics[before..];
        let readable = found.iter().all(|each| each.code == Code::DuplicateKey);
        let sound = found.is_empty();
        if readable && nodes.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(Code::NotAMapping, "the file holds no document")
                    .at(Span::whole(id), "")
                    .help("write a rule, or remove the file"),
            );
        }
        let action = nodes.iter().find_map(parse::action_document);
        if !readable || nodes.is_empty() || action.is_some() {
            // What an action would have made of the other documents is not known.
            self.diagnostics.extend(action.filter(|_| readable));
            self.with_rules.insert(test_records::path_beside(file));
            self.documents.complete = false;
            return;
        }
        self.documents.sources.push(id);
        let mut number = 0;
        for node in &nodes {
            if DocumentKind::of(node) == DocumentKind::Rule {
                number += 1;
                self.with_rules.insert(test_records::path_beside(file));
            }
            match parse::parse_document(id, number, node, &file.text, self.diagnostics) {
                Some(Document::Rule(rule)) if sound => self.documents.rules.push(*rule),
                Some(Document::Filter(filter)) if sound => self.documents.filters.push(filter),
                _ => self.documents.complete = false,
            }
        }
    }

    /// Test records without a rule are likely left over, or misnamed.
    fn tests_without_rule(&mut self) {
        for (number, file) in self.files.iter().enumerate() {
            if FileKind::of(&file.path) != FileKind::Tests || self.with_rules.contains(&file.path) {
                continue;
            }
            let rule = file.name().strip_suffix(test_records::SUFFIX).unwrap_or_default();
            self.diagnostics.push(
                Diagnostic::note(
                    Code::UnknownFile,
                    format!("these test records stand beside no rule `{rule}.yml`"),
                )
                .at(Span::whole(FileId(number)), "")
                .help("rename the file after its rule, or remove it"),
            );
        }
    }
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
                    .at(Span::whole(id), "")
                    .at(Span::whole(*first), "")
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

#[cfg(test)]
mod tests {
    use crate::{compile, source::SourceFile};

    fn rule(name: &str) -> String {
        format!(
            "title: {name}\nlogsource:\n  product: aws\ndetection:\n  selection:\n    eventName: {name}\n  \
             condition: selection\n"
        )
    }

    #[test]
    fn rules_of_one_file_have_names_of_their_own() {
        let text = [rule("A"), rule("B"), rule("C")].join("---\n");
        let files = || {
            vec![
                SourceFile::new("rules/users.yml", text.as_str()),
                SourceFile::new("rules/users_2.yml", rule("D")),
            ]
        };
        let compilation = compile(files(), Vec::new());
        assert!(!compilation.has_errors());
        let ids: Vec<&str> = compilation.set.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["users", "users#2", "users#3", "users_2"]);
        let generated = compilation.generate();
        for function in ["fn users(", "fn users_2(", "fn users_3(", "fn users_2_2("] {
            assert_eq!(generated.matches(function).count(), 1, "{function}");
        }
        assert_eq!(generated.matches("Source {").count(), 2, "each file stands there once");
        assert_eq!(generated, compile(files(), Vec::new()).generate());
    }
}
