//! Whether the test records of a rule notice when a part of it is changed.

use std::cell::LazyCell;

use crate::{
    Compilation,
    derive::{Edit, Neighbourhood, Witness, matching_records, notices},
    diagnostic::{Code, Diagnostic},
    mutate::changes,
    reference::{Json, detects},
    source::Span,
    test_records::TestRecords,
};

/// What became of the changes of one rule.
#[derive(Debug, Clone, Default)]
pub struct WeakTests {
    /// How many changes were tried.
    pub changes: usize,
    /// A warning for each that no record notices, with a record that would.
    pub diagnostics: Vec<Diagnostic>,
    /// Records on which the rule, unchanged, has another verdict than expected, or that cannot be
    /// read. Nothing is tried while there are any.
    pub wrong: Vec<Span>,
}

/// Changes one part after the other of a rule of the set, and asks its records.
pub fn weak_tests(
    compilation: &Compilation,
    rule: usize,
    records: Option<&TestRecords>,
) -> WeakTests {
    let rule = &compilation.set.rules[rule].rule;
    let mut found = WeakTests::default();
    let (mut places, mut parsed) = (Vec::new(), Vec::new());
    for (span, expected) in records.map(expectations).unwrap_or_default() {
        match read(compilation, span) {
            Some(record) if detects(rule, &record) == expected => {
                places.push(span);
                parsed.push(record);
            }
            _ => found.wrong.push(span),
        }
    }
    if !found.wrong.is_empty() {
        return found;
    }
    // Behind the rule's own records, those that can be made out of nothing.
    let neighbourhood = LazyCell::new(|| {
        let made = matching_records(rule, &Json::Object(Vec::new()));
        Neighbourhood::of(rule, &[parsed.clone(), made].concat(), parsed.len())
    });
    for change in changes(rule) {
        found.changes += 1;
        if notices(rule, &change.rule, &parsed) {
            continue;
        }
        let witness = neighbourhood.witness(&change.rule);
        let help = witness.map_or_else(no_record, |witness| {
            advice(compilation, &witness, places.get(witness.base).copied())
        });
        let span = first_line(compilation, change.span);
        found.diagnostics.push(
            Diagnostic::warning(
                Code::WeakTests,
                format!("no test record notices when {}", change.what),
            )
            .at(span, "")
            .help(help),
        );
    }
    compilation.lints.apply(&mut found.diagnostics);
    found
}

/// Every record with the verdict that its list asks for.
fn expectations(records: &TestRecords) -> Vec<(Span, bool)> {
    let list = |spans: &[Span], expected| spans.iter().map(move |span| (*span, expected)).collect();
    let lists: [Vec<_>; 2] =
        [list(&records.should_match, true), list(&records.should_not_match, false)];
    lists.concat()
}

/// The record at a place, as JSON.
pub(crate) fn read(compilation: &Compilation, span: Span) -> Option<Json> {
    Json::parse(compilation.files[span.file.0].text.get(span.range())?).ok()
}

fn no_record() -> String {
    "add a record on which this part of the rule decides; where there can be none, the rule is simpler without it".to_owned()
}

fn advice(compilation: &Compilation, witness: &Witness, place: Option<Span>) -> String {
    let list = if witness.matches { "should_match" } else { "should_not_match" };
    let edits = in_words(&witness.edits);
    match place {
        Some(place) => {
            let file = &compilation.files[place.file.0];
            let (line, _) = file.line_column(place.start);
            format!(
                "add a record to `{list}`: a copy of the one at line {line} of `{}` in which {edits}",
                file.name()
            )
        }
        None => {
            let record: String = witness.record.compact();
            format!("add a record to `{list}` such as `{record}`")
        }
    }
}

/// What the last of the changes of each field leaves.
fn in_words(edits: &[Edit]) -> String {
    let last = edits
        .iter()
        .enumerate()
        .filter(|(at, edit)| !edits[at + 1..].iter().any(|later| later.path == edit.path));
    last.map(|(_, edit)| edit.to_string()).collect::<Vec<_>>().join(" and ")
}

/// The part of a place that stands on its first line: an item may be long.
fn first_line(compilation: &Compilation, span: Span) -> Span {
    let text = compilation.files[span.file.0].text.get(span.range()).unwrap_or_default();
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    Span { end: span.start + text[..end].trim_end().len(), ..span }
}
