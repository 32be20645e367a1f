//! YAML documents: which kind each is, told by the attributes it has.

use super::{
    correlation::parse_correlation, filter::parse_filter, logsource::other_logsource,
    rule::parse_rule,
};
use crate::{
    ast::{Correlation, Filter, Rule, Skipped},
    diagnostic::{Code, Diagnostic, Edit},
    node::{Entry, Node},
    source::FileId,
};

/// A document that was read.
pub enum Document {
    /// A detection rule.
    Rule(Box<Rule>),
    /// A Sigma correlation.
    Correlation(Box<Correlation>),
    /// A Sigma filter.
    Filter(Filter),
    /// A rule or filter for another log source.
    Skipped(Skipped),
}

/// The kinds of document that Sigma defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A rule: it has a `detection`, or should have one.
    Rule,
    /// A correlation: it has a `correlation`.
    Correlation,
    /// A Sigma filter: it has a `filter`, and no `detection`.
    Filter,
}

impl DocumentKind {
    /// The kind of a document. One that cannot be told is a rule, the most common kind.
    pub fn of(document: &Node) -> Self {
        let has =
            |name| document.as_mapping().is_some_and(|entries| entry(entries, name).is_some());
        match () {
            () if has("correlation") => DocumentKind::Correlation,
            () if has("filter") && !has("detection") => DocumentKind::Filter,
            () => DocumentKind::Rule,
        }
    }

    /// What messages call such a document.
    pub fn word(self) -> &'static str {
        match self {
            DocumentKind::Rule => "rule",
            DocumentKind::Correlation => "correlation",
            DocumentKind::Filter => "filter",
        }
    }

    /// What messages call the attribute that makes it one.
    pub fn attribute(self) -> &'static str {
        match self {
            DocumentKind::Rule => "detection",
            DocumentKind::Correlation => "correlation",
            DocumentKind::Filter => "filter",
        }
    }
}

/// Parses one document; `source` is the text of its file, and `number` counts the documents
/// of its kind in the file up to here. Where `skip_others` says so, a document for another log source is not looked
/// into. `None` where an error was reported that leaves nothing to go on with.
pub fn parse_document(
    file: FileId,
    number: usize,
    document: &Node,
    source: &str,
    skip_others: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Document> {
    let Some(entries) = document.as_mapping() else {
        diagnostics.push(
            Diagnostic::error(Code::NotAMapping, "a rule must be a map of attributes")
                .at(document.span, format!("this is {}", document.type_name()))
                .help("begin the document with `title: …`"),
        );
        return None;
    };
    let kind = DocumentKind::of(document);
    if let Some(skipped) = skipped(kind, document, entries).filter(|_| skip_others) {
        return Some(Document::Skipped(skipped));
    }
    match kind {
        DocumentKind::Rule => {
            let rule = parse_rule(file, number, document.span, entries, source, diagnostics)?;
            Some(Document::Rule(Box::new(rule)))
        }
        DocumentKind::Correlation => {
            let correlation =
                parse_correlation(file, number, document.span, entries, source, diagnostics)?;
            Some(Document::Correlation(Box::new(correlation)))
        }
        DocumentKind::Filter => {
            parse_filter(file, document.span, entries, source, diagnostics).map(Document::Filter)
        }
    }
}

/// A rule or filter that names another log source than CloudTrail.
fn skipped(kind: DocumentKind, document: &Node, entries: &[Entry]) -> Option<Skipped> {
    other_logsource(entry(entries, "logsource")?.value.as_mapping()?)?;
    let title = entry(entries, "title").map(|entry| entry.value.span);
    let place = title.or(entries.first().map(|entry| entry.key.span)).unwrap_or(document.span);
    let text = |name: &str| entry(entries, name)?.value.as_str().map(str::to_owned);
    let names = ["id", "name"].into_iter().filter_map(text).collect();
    Some(Skipped { place, filter: kind == DocumentKind::Filter, title: text("title"), names })
}

fn entry<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key.value == name)
}

/// The error about a document that acts on others of its file: rule collections, which Sigma gave
/// up in version 2.
pub fn action_document(document: &Node) -> Option<Diagnostic> {
    let action = entry(document.as_mapping()?, "action")?;
    let written = action.value.as_str()?;
    let action_word = written.to_ascii_lowercase();
    let help = match action_word.as_str() {
        "global" => "write the attributes of this document into each of the others",
        "repeat" => "write the whole rule out, with all that it repeats of the one before",
        "reset" => "remove this document; each rule stands for itself",
        _ => return None,
    };
    Some(
        Diagnostic::error(Code::Unsupported, format!("`action: {written}` is not supported"))
            .at(action.span(), "Sigma 2 has no such documents")
            .help(help)
            .edits((action_word == "reset").then(|| Edit::remove_entry(document.span))),
    )
}
