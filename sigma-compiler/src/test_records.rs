//! `NAME_tests.json`: the records that the only rule of the file `NAME.yml` beside it should match,
//! and those that it should not.

use std::collections::HashMap;

use crate::{
    check::CheckedRule,
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Node, absent, read_json},
    source::{FileId, SourceFile, Span},
};

/// What the name of a file with test records ends in, after the name of its rule.
pub const SUFFIX: &str = "_tests.json";

const LISTS: [&str; 2] = ["should_match", "should_not_match"];

/// The test records of one rule. A record is the place of its JSON text, which callers cut from
/// the file as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRecords {
    /// The file that holds them.
    pub file: FileId,
    /// Records that the rule should match.
    pub should_match: Vec<Span>,
    /// Records that it should not match.
    pub should_not_match: Vec<Span>,
}

/// The test records of a rule set, with what is wrong about them.
#[derive(Debug, Clone, Default)]
pub struct Tests {
    /// For each rule of the set, in its order, the records of its file. Those that can be read are
    /// there even where the file has errors; `None` where there is nothing to read.
    pub rules: Vec<Option<TestRecords>>,
    /// Errors in the files, and warnings about rules without records, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the test records of every rule.
pub fn read_tests(rules: &[CheckedRule], files: &[SourceFile]) -> Tests {
    let paths: HashMap<&str, usize> =
        files.iter().enumerate().map(|(at, file)| (file.path.as_str(), at)).collect();
    let mut rules_of: HashMap<FileId, usize> = HashMap::new();
    for rule in rules {
        *rules_of.entry(rule.rule.file).or_default() += 1;
    }
    let mut tests = Tests::default();
    for rule in rules {
        let file = &files[rule.rule.file.0];
        let path = path_beside(file);
        let found = paths.get(path.as_str()).copied();
        if rules_of.get(&rule.rule.file).is_some_and(|&count| count > 1) {
            tests.rules.push(None);
            tests.diagnostics.push(match found {
                Some(at) => of_several_rules(FileId(at), rule.rule.file, file),
                None => Diagnostic::warning(Code::MissingTests, "the rule has no test records")
                    .at(rule.rule.title.span, "one of several rules in this file")
                    .help("put the rule into a file of its own, and its test records beside it"),
            });
            continue;
        }
        let mut errors = Vec::new();
        let records = found
            .filter(|&at| files[at].read)
            .and_then(|at| parse_test_records(FileId(at), &files[at].text, &mut errors));
        // Of a file that could not be read, nothing is known to be missing.
        if errors.is_empty() && found.is_none_or(|at| files[at].read) {
            errors.extend(missing(rule, records.as_ref(), &path));
        }
        tests.rules.push(records);
        tests.diagnostics.extend(errors);
    }
    crate::diagnostic::sort(&mut tests.diagnostics);
    tests.diagnostics.dedup();
    tests
}

/// Nothing says which of the rules the records are for.
fn of_several_rules(tests: FileId, rules: FileId, file: &SourceFile) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidTests,
        format!("these test records stand beside several rules, those of `{}`", file.name()),
    )
    .at(Span::whole(tests), "")
    .at(Span::whole(rules), "")
    .help("put each rule into a file of its own, with its test records beside it")
}

/// Where the test records of a rule file stand.
pub fn path_beside(rule: &SourceFile) -> String {
    let folder = rule.path.strip_suffix(rule.name()).unwrap_or_default();
    format!("{folder}{}{SUFFIX}", rule.stem())
}

/// Parses one file. Records that can be read are returned beside the errors; `None` where the text
/// is no JSON object.
pub fn parse_test_records(
    file: FileId,
    text: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<TestRecords> {
    let document = read_json(file, text, diagnostics)?;
    let Some(lists) = document.as_mapping() else {
        diagnostics.push(
            invalid(&document, "test records must be an object of two lists")
                .help(r#"write `{"should_match": […], "should_not_match": […]}`"#),
        );
        return None;
    };
    let mut records = TestRecords { file, should_match: Vec::new(), should_not_match: Vec::new() };
    for list in lists {
        match list.key.value.as_str() {
            "should_match" => records.should_match = objects(list, diagnostics),
            "should_not_match" => records.should_not_match = objects(list, diagnostics),
            unknown => {
                let diagnostic = Diagnostic::error(
                    Code::InvalidTests,
                    format!("`{unknown}` is not a list of test records"),
                )
                .at(list.key.span, "expected `should_match` or `should_not_match`");
                diagnostics.push(match nearest(unknown, absent(LISTS.into_iter(), lists)) {
                    Some(near) => diagnostic.did_you_mean(list.key.span, unknown, near),
                    None => diagnostic.help("remove it; nothing else is read from this file"),
                });
            }
        }
    }
    Some(records)
}

fn objects(list: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Vec<Span> {
    let name = &list.key.value;
    let Some(nodes) = list.value.as_sequence() else {
        diagnostics.push(
            invalid(&list.value, format!("`{name}` must be a list of records"))
                .help("put the record into `[` and `]`")
                .edits(list.value.as_mapping().map(|_| Edit::list(list.value.span))),
        );
        return Vec::new();
    };
    let mut records = Vec::new();
    for node in nodes {
        match node.as_mapping() {
            Some(_) => records.push(node.span),
            None => diagnostics.push(
                invalid(node, "a test record must be a JSON object")
                    .help("write a whole CloudTrail record, as it stands in a log file"),
            ),
        }
    }
    records
}

fn invalid(node: &Node, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::InvalidTests, message)
        .at(node.span, format!("this is {}", node.json_type_name()))
}

fn missing(rule: &CheckedRule, records: Option<&TestRecords>, path: &str) -> Option<Diagnostic> {
    let has =
        |list: fn(&TestRecords) -> &Vec<Span>| records.is_some_and(|each| !list(each).is_empty());
    let (message, lists) =
        match (has(|each| &each.should_match), has(|each| &each.should_not_match)) {
            (true, true) => return None,
            (false, false) => {
                ("the rule has no test records", "`should_match` and `should_not_match`")
            }
            (false, true) => ("the rule has no test record that it should match", "`should_match`"),
            (true, false) => {
                ("the rule has no test record that it should not match", "`should_not_match`")
            }
        };
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(
        Diagnostic::warning(Code::MissingTests, message)
            .at(rule.rule.title.span, "")
            .help(format!("put records into {lists} of `{name}`, beside the rule")),
    )
}

#[cfg(test)]
mod tests {
    use crate::{compile, source::SourceFile};

    const RULE: &str = "title: T\nid: 11111111-2222-3333-4444-555555555555\nlogsource:\n  product: aws\n\
        detection:\n  selection:\n    eventName: x\n  condition: selection\n";

    #[test]
    fn a_record_is_the_place_of_its_text() {
        let text = r#"{"should_match": [{"userName": "Zo\u00eb", "n": 1.50}, {} ], "should_not_match": []}"#;
        let files = vec![
            SourceFile::new("rules/a.yml", RULE),
            SourceFile::new("rules/a_tests.json", format!("\u{feff}{text}")),
        ];
        let compilation = compile(files, Vec::new());
        let tests = compilation.check_tests();
        let records = tests.rules[0].as_ref().expect("the rule has records");
        let cut = |span: &crate::source::Span| &compilation.files[span.file.0].text[span.range()];
        let found: Vec<_> = records.should_match.iter().map(cut).collect();
        assert_eq!(found, [r#"{"userName": "Zo\u00eb", "n": 1.50}"#, "{}"]);
        assert!(records.should_not_match.is_empty());
        assert_eq!(tests.diagnostics.len(), 1, "the missing kind is warned of");
    }

    #[test]
    fn the_generated_code_does_not_depend_on_test_records() {
        let rule = || SourceFile::new("rules/a.yml", RULE);
        let alone = compile(vec![rule()], Vec::new());
        let tests = SourceFile::new("rules/a_tests.json", "not even JSON");
        let readme = SourceFile::new("rules/README.md", "# Rules").unread();
        let together = compile(vec![readme, rule(), tests], Vec::new());
        assert!(!together.has_errors());
        assert_eq!(alone.generate(), together.generate());
    }
}
