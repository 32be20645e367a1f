//! All files into documents. What a file is, its path tells; what a YAML document is, its content.

use std::collections::HashSet;

use crate::{
    ast::{
        Correlation, Exceptions, Filter, Placeholders, PostprocessingRule, Rule, Settings, Skipped,
    },
    diagnostic::{self, Code, Diagnostic},
    expand::OffRule,
    lint::LintLevels,
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
    /// Correlations.
    pub correlations: Vec<Correlation>,
    /// Post-processing rules.
    pub postprocessing: Vec<PostprocessingRule>,
    /// Sigma filters.
    pub filters: Vec<Filter>,
    /// Rules and filters for other log sources, where the settings leave them out.
    pub skipped: Vec<Skipped>,
    /// The settings of all rules directories.
    pub settings: Settings,
    /// Whether all of the settings could be read, so that what they do not hold is not there.
    pub settings_read: bool,
    /// The levels of lints, as settings and documents give them.
    pub lints: LintLevels,
    /// The entries of all exceptions files.
    pub exceptions: Exceptions,
    /// The lists of all files of placeholders.
    pub placeholders: Placeholders,
    /// Rules that are off; none before placeholders are expanded.
    pub off: Vec<OffRule>,
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
    // How rules are read depends on the settings.
    collector.settings();
    let lints = collector.documents.settings.lints.clone();
    collector.documents.lints.everywhere(lints);
    for (number, file) in files.iter().enumerate() {
        collector.file(FileId(number), file);
    }
    collector.tests_without_rule();
    collector.count_skipped();
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
            FileKind::Tests | FileKind::Documentation => {}
            FileKind::Rule if !file.read => {
                self.with_rules.insert(test_records::path_beside(file));
            }
            _ if !file.read => {}
            FileKind::Rule => self.yaml(id, file),
            FileKind::Settings => self.documents.sources.push(id),
            FileKind::Exceptions => {
                self.documents.sources.push(id);
                if let Some(node) = node::read_json(id, &file.text, self.diagnostics) {
                    let parsed = parse::parse_exceptions(&node, &file.text, self.diagnostics);
                    self.exceptions.push((id, parsed));
                }
            }
            FileKind::Placeholders => self.placeholders(id, file),
            FileKind::Postprocessing if file.text.trim().is_empty() => self.diagnostics.push(
                Diagnostic::error(Code::InvalidJson, "the file is empty")
                    .at(Span::whole(id), "")
                    .help("write `[]`, or remove the file"),
            ),
            FileKind::Postprocessing => {
                self.documents.sources.push(id);
                if let Some(node) = node::read_json(id, &file.text, self.diagnostics) {
                    let parsed = parse::parse_postprocessing(id, &node, self.diagnostics);
                    self.documents.postprocessing.extend(parsed);
                }
            }
        }
    }

    /// A list of a later file replaces the one of the same name.
    fn placeholders(&mut self, id: FileId, file: &SourceFile) {
        self.documents.sources.push(id);
        for node in node::read_yaml(id, &file.text, self.diagnostics) {
            if node.is_unwritten() {
                continue;
            }
            let parsed = parse::parse_placeholders(&node, self.diagnostics);
            let lists = &mut self.documents.placeholders.lists;
            lists.retain(|(known, _)| {
                !parsed.lists.iter().any(|(name, _)| name.value == known.value)
            });
            lists.extend(parsed.lists);
        }
    }

    /// The settings files of all directories, in their order.
    fn settings(&mut self) {
        let before = self.diagnostics.len();
        let mut seen: Vec<(usize, FileId)> = Vec::new();
        for (number, file) in self.files.iter().enumerate() {
            if FileKind::of(&file.path) != FileKind::Settings || !file.read {
                continue;
            }
            let id = FileId(number);
            match seen.iter().find(|(directory, _)| *directory == file.directory) {
                Some((_, first)) => self.diagnostics.push(
                    Diagnostic::error(Code::TwoSettingsFiles, "there are two settings files")
                        .at(Span::whole(id), "")
                        .at(Span::whole(*first), "")
                        .help("merge them into one at the top of the rules directory"),
                ),
                None => seen.push((file.directory, id)),
            }
            let mut nodes = node::read_yaml(id, &file.text, self.diagnostics);
            nodes.retain(|document| !document.is_unwritten());
            if let [_, second, ..] = nodes.as_slice() {
                let place = Span { end: second.span.start, ..second.span };
                self.diagnostics.push(
                    Diagnostic::error(Code::InvalidSettings, "settings are one document")
                        .at(place, "the second document begins here")
                        .help("merge it into the first, and remove the line `---`"),
                );
            }
            if let Some(node) = nodes.first() {
                let settings = parse::parse_settings(node, &file.text, self.diagnostics);
                self.documents.settings.merge(settings);
            }
        }
        let found = self.diagnostics.get(before..).unwrap_or_default();
        self.documents.settings_read = self.documents.complete && !diagnostic::has_errors(found);
    }

    /// What is left out is told, once, with the place of each document.
    fn count_skipped(&mut self) {
        let skipped = &self.documents.skipped;
        if skipped.is_empty() {
            return;
        }
        let filters = skipped.iter().filter(|each| each.filter).count();
        let counted = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{count} {what}s")),
        };
        let parts: Vec<String> = [(skipped.len() - filters, "rule"), (filters, "filter")]
            .into_iter()
            .filter_map(|(count, what)| counted(count, what))
            .collect();
        let verb = if skipped.len() == 1 { "is" } else { "are" };
        let message = format!("{} for other log sources {verb} skipped", parts.join(" and "));
        let note = Diagnostic::note(Code::SkippedRules, message);
        self.diagnostics.push(skipped.iter().fold(note, |note, each| note.at(each.place, "")));
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
        let skip_others = self.documents.settings.skip_other_logsources == Some(true);
        let mut all_skipped = true;
        let (mut rules, mut correlations) = (0, 0);
        for node in &nodes {
            let number = match DocumentKind::of(node) {
                DocumentKind::Rule => {
                    self.with_rules.insert(test_records::path_beside(file));
                    rules += 1;
                    rules
                }
                DocumentKind::Correlation => {
                    correlations += 1;
                    correlations
                }
                DocumentKind::Filter => 0,
            };
            let lints = parse::parse_own_lints(node, self.diagnostics);
            self.documents.lints.of_document(node.span, lints);
            let document =
                parse::parse_document(id, number, node, &file.text, skip_others, self.diagnostics);
            all_skipped &= matches!(document, Some(Document::Skipped(_)));
            match document {
                Some(Document::Skipped(skipped)) => self.documents.skipped.push(skipped),
                Some(Document::Rule(rule)) if sound => self.documents.rules.push(*rule),
                Some(Document::Correlation(each)) if sound => {
                    self.documents.correlations.push(*each);
                }
                Some(Document::Filter(filter)) if sound => self.documents.filters.push(filter),
                _ => self.documents.complete = false,
            }
        }
        // Nothing of the rule set depends on such a file.
        if !all_skipped {
            self.documents.sources.push(id);
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
    /// What a rule set keeps of its documents makes the same rule set.
    #[test]
    fn the_sources_of_a_set_compile_to_the_same_set() {
        let file = |path: &str, text: &str, directory: usize| {
            SourceFile::new(path, text).in_directory(directory)
        };
        let id = "id: 11111111-2222-3333-4444-00000000000a\n";
        let filter = "title: F\nlogsource:\n  product: aws\nfilter:\n  rules: any\n  s:\n    userAgent: us\n  \
            condition: not s\n";
        let windows = rule("W").replace("aws", "windows");
        let files = vec![
            file("a/1.yml", &[rule("A"), id.to_owned() + &rule("B")].join("---\n"), 0),
            file("a/windows.yml", &windows, 0),
            file("b/filter.yml", &[filter, &windows].join("---\n"), 1),
            file("b/mine.yml", &(id.to_owned() + &rule("C")), 1),
            file("b/settings.yml", "logsources: {skip_others: true}\ndisabled_rules: [D]", 1),
            file("b/tests/d.yml", &rule("D"), 1),
        ];
        let first = compile(files, Vec::new());
        assert!(!first.has_errors());
        let titles = |compilation: &crate::Compilation| -> Vec<String> {
            compilation.set.rules.iter().map(|each| each.rule.title.value.clone()).collect()
        };
        assert_eq!(titles(&first), ["A", "C"]);
        assert!(first.set.rules.iter().all(|rule| rule.filters.len() == 1));
        let sources: Vec<SourceFile> =
            first.set.sources.iter().map(|source| first.files[source.0].clone()).collect();
        assert_eq!(sources.len(), 5, "a file of skipped documents alone is none");
        let second = compile(sources, Vec::new());
        assert_eq!(first.generate(), second.generate());
    }
}
