//! Sigma filters (Sigma filters specification).

use super::{attributes::Attributes, detection::parse_detection, document::DocumentKind};
use crate::{
    ast::{Condition, ConditionExpr, Filter, FilteredRules},
    diagnostic::{Code, Diagnostic, Edit, has_errors, nearest},
    node::{Entry, Kind, Node, Scalar},
    source::{FileId, Span, Spanned},
};

/// Parses a Sigma filter. `None` where an error was reported that leaves no filter to go on with.
pub fn parse_filter(
    file: FileId,
    document: Span,
    entries: &[Entry],
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Filter> {
    let before = diagnostics.len();
    let kind = DocumentKind::Filter;
    let mut attributes = Attributes { kind, entries, document, source, diagnostics };
    attributes.warn_of_misspellings();
    let title = attributes.required_text("title");
    let id = attributes.written_id();
    for name in ["description", "author", "license"] {
        attributes.text(name);
    }
    for name in ["date", "modified"] {
        attributes.date(name);
    }
    for name in ["references", "tags"] {
        attributes.texts(name);
    }
    attributes.alerting();
    attributes.logsource();
    let attribute = attributes.get("filter")?;
    let detection = parse_detection(attribute, kind, source, attributes.diagnostics);
    let rules = match attribute.value.as_mapping() {
        Some(parts) => filtered_rules(attribute, parts, attributes.diagnostics),
        None => None,
    };
    if has_errors(diagnostics.get(before..).unwrap_or_default()) {
        return None;
    }
    let detection = detection?;
    let inclusive: Vec<_> = detection.conditions.iter().filter_map(keeps_only).collect();
    if inclusive.len() == detection.conditions.len() {
        diagnostics.extend(inclusive);
    }
    Some(Filter { file, title: title?, id, rules: rules?, detection })
}

/// `rules`: `any`, or a list of ids and names.
fn filtered_rules(
    attribute: &Entry,
    parts: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FilteredRules> {
    const HELP: &str = "write a list of rule ids or names, or `any` for all rules";
    let mut invalid = |diagnostic: Diagnostic| {
        diagnostics.push(diagnostic.help(HELP));
        None
    };
    let Some(entry) = parts.iter().find(|part| part.key.value == "rules") else {
        let misspelt = parts.iter().find(|part| nearest(&part.key.value, ["rules"]).is_some());
        let diagnostic = Diagnostic::error(Code::MissingAttribute, "the filter names no `rules`");
        diagnostics.push(match misspelt {
            Some(part) => diagnostic.at(part.key.span, "").did_you_mean(
                part.key.span,
                &part.key.value,
                "rules",
            ),
            None => diagnostic
                .at(attribute.key.span, "")
                .help("add `rules:` with a list of rule ids or names, or with `any` for all rules"),
        });
        return None;
    };
    let wrong = |node: &Node| {
        let place = if node.is_unwritten() { entry.key.span } else { node.span };
        (place, format!("this is {}", node.type_name()))
    };
    match &entry.value.kind {
        Kind::Scalar(Scalar::String(text)) if text == "any" => Some(FilteredRules::Any),
        Kind::Scalar(Scalar::String(text)) => {
            diagnostics.push(
                Diagnostic::error(Code::InvalidAttribute, "`rules` must be a list, or `any`")
                    .at(entry.value.span, "this is a text")
                    .help(format!("write `rules: ['{text}']` for the rule of this id or name"))
                    .edit(Edit::list(entry.value.span)),
            );
            None
        }
        Kind::Sequence(nodes) if nodes.is_empty() => {
            let diagnostic = Diagnostic::error(Code::InvalidAttribute, "`rules` names no rule");
            invalid(diagnostic.at(entry.value.span, "the list is empty"))
        }
        Kind::Sequence(nodes) => {
            let mut names = Vec::new();
            for node in nodes {
                if let Some(text) = node.as_str() {
                    names.push(Spanned::new(text.to_owned(), node.span));
                    continue;
                }
                let (place, label) = wrong(node);
                let message = "every element of `rules` must be a text";
                let diagnostic = Diagnostic::error(Code::InvalidAttribute, message);
                return invalid(diagnostic.at(place, label));
            }
            Some(FilteredRules::Named(names))
        }
        _ => {
            let (place, label) = wrong(&entry.value);
            let message = "`rules` must be a list, or `any`";
            invalid(Diagnostic::error(Code::InvalidAttribute, message).at(place, label))
        }
    }
}

/// A filter narrows its rules to what its condition says, which reads like the contrary.
fn keeps_only(condition: &Condition) -> Option<Diagnostic> {
    if !matches!(condition.expr, ConditionExpr::Identifier(_) | ConditionExpr::Of { .. }) {
        return None;
    }
    let written = condition.text.value.trim();
    Some(
        Diagnostic::warning(
            Code::InclusiveFilter,
            format!("this filter leaves only the matches that `{written}` fits"),
        )
        .at(condition.text.span, "is the opposite meant?")
        .help(format!("write `not {written}` to suppress them"))
        .edit(Edit::rename(condition.text.span, written, &format!("not {written}"))),
    )
}
