//! The `detection` of a rule (Sigma rules specification, "Detection").

use crate::{
    ast::{Condition, Detection, DetectionItem, Search, SearchIdentifier, Value},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar, is_plain_text},
    source::{Span, Spanned},
};

use super::{
    condition::{can_be_named, parse_condition},
    document::DocumentKind,
    identifiers::check_identifiers,
    modifier::parse_modifiers,
};

/// Parses the `detection` attribute of a rule, or the `filter` of a Sigma filter. Errors inside are reported, and what can be read is returned
/// for the checks that follow.
pub fn parse_detection(
    attribute: &Entry,
    kind: DocumentKind,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Detection> {
    let Some(entries) = attribute.value.as_mapping() else {
        diagnostics.push(
            Diagnostic::error(
                Code::InvalidAttribute,
                format!(
                    "`{}` must be a map of search identifiers and a condition",
                    kind.attribute()
                ),
            )
            .at(attribute.key.span, format!("this is {}", attribute.value.type_name()))
            .help(match kind {
                DocumentKind::Filter => {
                    "write `rules:`, search identifiers and, for example, `condition: not selection`"
                }
                _ => "write search identifiers, for example `selection:`, and `condition: selection`",
            }),
        );
        return None;
    };
    let mut reader = Reader { source, diagnostics };
    let (mut identifiers, mut conditions, mut all_read) = (Vec::new(), None, false);
    let (mut names, mut sizes) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry.key.value.as_str() {
            "condition" => {
                let before = reader.diagnostics.len();
                conditions = Some(reader.conditions(entry, entries));
                all_read = reader.diagnostics.len() == before;
            }
            "timeframe" => reader.diagnostics.push(
                Diagnostic::warning(Code::UselessTimeframe, "`timeframe` has no effect")
                    .at(
                        entry.key.span,
                        "it belonged to aggregations, which were removed from Sigma",
                    )
                    .help("remove it; the rule matches each record by itself")
                    .edit(Edit::remove_entry(entry.span())),
            ),
            "rules" if kind == DocumentKind::Filter => {}
            _ => {
                names.push(&entry.key);
                let search = reader.search(&entry.value, entry.key.span);
                sizes.push(search.as_ref().map_or(0, Search::size));
                if let Some(search) = search {
                    identifiers.push(SearchIdentifier { name: entry.key.clone(), search });
                }
            }
        }
    }
    if names.is_empty() {
        reader.diagnostics.push(
            Diagnostic::error(
                Code::EmptyDetection,
                format!("the {} defines no search identifier", kind.attribute()),
            )
            .at(attribute.key.span, "")
            .help("add one, for example `selection:` with the fields to compare"),
        );
        return None;
    }
    let Some(conditions) = conditions else {
        reader.diagnostics.push(missing_condition(attribute, kind, &names, entries));
        return None;
    };
    check_identifiers(kind, &names, &sizes, &conditions, all_read, reader.diagnostics);
    Some(Detection { identifiers, conditions })
}

fn missing_condition(
    attribute: &Entry,
    kind: DocumentKind,
    names: &[&Spanned<String>],
    entries: &[Entry],
) -> Diagnostic {
    let message = format!("the {} has no condition", kind.attribute());
    let diagnostic = Diagnostic::error(Code::MissingCondition, message);
    let misspelt = names.iter().find(|name| nearest(&name.value, ["condition"]).is_some());
    match misspelt {
        Some(name) => diagnostic.at(name.span, "this is read as a search identifier").did_you_mean(
            name.span,
            &name.value,
            "condition",
        ),
        None => {
            let not = if kind == DocumentKind::Filter { "not " } else { "" };
            let diagnostic = diagnostic.at(attribute.key.span, "");
            let (Some(last), [only]) = (entries.last(), names) else {
                return diagnostic
                    .help(format!("add one, for example `condition: {not}selection`"));
            };
            let diagnostic = diagnostic.help(format!("add `condition: {not}{}`", only.value));
            match can_be_named(&only.value) && is_plain_text(&only.value) {
                true => diagnostic
                    .edit(Edit::add_below(last.span(), format!("condition: {not}{}", only.value))),
                false => diagnostic,
            }
        }
    }
}

struct Reader<'a> {
    source: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn conditions(&mut self, entry: &Entry, detection: &[Entry]) -> Vec<Condition> {
        let nodes = match &entry.value.kind {
            Kind::Sequence(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(&entry.value),
        };
        if nodes.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(Code::MissingCondition, "the list of conditions is empty")
                    .at(entry.key.span, "")
                    .help("write at least one, for example `condition: selection`"),
            );
        }
        let mut conditions = Vec::new();
        for node in nodes {
            let parsed = match node.as_str() {
                Some(text) => {
                    parse_condition(&Spanned::new(text.to_owned(), node.span), self.source)
                        .map_err(|diagnostic| hint_at_names(diagnostic, detection))
                }
                None => {
                    let place = if node.is_unwritten() { entry.key.span } else { node.span };
                    Err(Diagnostic::error(Code::InvalidCondition, "a condition must be a text")
                        .at(place, format!("this is {}", node.type_name()))
                        .help("name search identifiers, for example `selection and not filter`"))
                }
            };
            match parsed {
                Ok(condition) => conditions.push(condition),
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
        conditions
    }

    /// A search identifier's content, or an element of a list in it.
    fn search(&mut self, node: &Node, owner: Span) -> Option<Search> {
        match &node.kind {
            Kind::Mapping(entries) if entries.is_empty() => self.empty(owner, "an empty map"),
            Kind::Mapping(entries) => {
                let items: Vec<_> = entries.iter().filter_map(|entry| self.item(entry)).collect();
                (items.len() == entries.len()).then(|| only_or(items, Search::All))
            }
            Kind::Sequence(nodes) if nodes.is_empty() => self.empty(owner, "an empty list"),
            Kind::Sequence(nodes)
                if nodes.iter().all(|node| matches!(node.kind, Kind::Scalar(_))) =>
            {
                self.keywords(nodes, node.span)
            }
            Kind::Sequence(nodes) => {
                let parts: Vec<_> =
                    nodes.iter().filter_map(|node| self.search(node, node.span)).collect();
                (parts.len() == nodes.len()).then(|| only_or(parts, Search::Any))
            }
            Kind::Scalar(Scalar::Null) => self.empty(owner, "nothing"),
            Kind::Scalar(_) => self.keywords(std::slice::from_ref(node), node.span),
        }
    }

    fn empty(&mut self, owner: Span, what: &str) -> Option<Search> {
        self.diagnostics.push(
            Diagnostic::error(Code::EmptyDetection, format!("this search identifier holds {what}"))
                .at(owner, "nothing to search for")
                .help("write a map of fields and values, or a list of keywords"),
        );
        None
    }

    fn keywords(&mut self, nodes: &[Node], span: Span) -> Option<Search> {
        let values: Vec<_> = nodes.iter().filter_map(|node| self.value(node, false)).collect();
        if let Some(null) = values.iter().find(|value| value.value == Value::Null) {
            self.diagnostics.push(
                Diagnostic::error(Code::InvalidValue, "a keyword cannot be null")
                    .at(null.span, "expected a text")
                    .help("remove it, or put it into quotes to search for the word"),
            );
            return None;
        }
        let empty = |value: &&Spanned<Value>| matches!(&value.value, Value::String(text) if text.is_empty());
        if let Some(empty) = values.iter().find(empty) {
            self.diagnostics.push(
                Diagnostic::error(Code::InvalidValue, "a keyword cannot be empty")
                    .at(empty.span, "every record would match")
                    .help("remove it, or write the word to search for"),
            );
            return None;
        }
        (values.len() == nodes.len()).then(|| {
            Search::Item(DetectionItem { field: None, modifiers: Vec::new(), values, span })
        })
    }

    fn item(&mut self, entry: &Entry) -> Option<Search> {
        let nodes = match &entry.value.kind {
            Kind::Sequence(nodes) if nodes.is_empty() => {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidValue,
                        format!("`{}` is compared with an empty list", entry.key.value),
                    )
                    .at(entry.key.span, "no value can ever match")
                    .help("name at least one value, or remove the item; a missing field is `null`"),
                );
                return None;
            }
            Kind::Sequence(nodes) => nodes.as_slice(),
            Kind::Scalar(_) => {
                if entry.value.is_unwritten() && !entry.key.value.contains('|') {
                    self.diagnostics.push(
                        Diagnostic::warning(
                            Code::AmbiguousValue,
                            format!("the missing value of `{}` is read as `null`", entry.key.value),
                        )
                        .at(entry.key.span, "matches where the field is null or missing")
                        .help("write `null` if that is meant, or the value"),
                    );
                }
                std::slice::from_ref(&entry.value)
            }
            Kind::Mapping(_) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidValue,
                        format!("the value of `{}` is a map", entry.key.value),
                    )
                    .at(entry.key.span, "expected a value or a list of values")
                    .help(format!(
                        "write nested fields as a dotted path, for example `{}.{}: …`",
                        entry.key.value,
                        entry
                            .value
                            .as_mapping()
                            .and_then(|inner| inner.first())
                            .map_or("name", |inner| inner.key.value.as_str()),
                    )),
                );
                return None;
            }
        };
        let boolean = entry.key.value.ends_with("|exists");
        let values: Vec<_> = nodes.iter().filter_map(|node| self.value(node, boolean)).collect();
        let complete = values.len() == nodes.len();
        let span = entry.key.span.to(entry.value.span);
        let item = parse_modifiers(&entry.key, values, span, self.source, self.diagnostics)?;
        complete.then_some(Search::Item(item))
    }

    /// A value; `boolean` says that one is asked for.
    fn value(&mut self, node: &Node, boolean: bool) -> Option<Spanned<Value>> {
        let written = self.source.get(node.span.range()).unwrap_or_default();
        let value = match &node.kind {
            Kind::Scalar(Scalar::Null) => Value::Null,
            Kind::Scalar(Scalar::Bool(value)) => {
                if !["true", "false"].contains(&written.to_lowercase().as_str()) {
                    let read_as = if *value { "`true`" } else { "`false`" };
                    self.ambiguous(node.span, written, read_as, boolean);
                }
                Value::Bool(*value)
            }
            Kind::Scalar(Scalar::Int(number)) => {
                if written.trim_start_matches('+') != number {
                    self.ambiguous(node.span, written, &format!("the number `{number}`"), false);
                }
                Value::Number(number.clone())
            }
            Kind::Scalar(Scalar::Float(number)) => {
                if number.parse::<f64>().is_ok_and(f64::is_finite) {
                    Value::Number(number.clone())
                } else {
                    self.ambiguous(node.span, written, "a number that no record holds", false);
                    Value::String(written.to_owned())
                }
            }
            Kind::Scalar(Scalar::Timestamp(text) | Scalar::String(text)) => {
                Value::String(text.clone())
            }
            Kind::Sequence(_) | Kind::Mapping(_) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidValue,
                        format!("a list of values cannot hold {}", node.type_name()),
                    )
                    .at(node.span, "expected a text, a number, a boolean or null")
                    .help("put a text that begins with a bracket, or holds `: `, into quotes"),
                );
                return None;
            }
        };
        Some(Spanned::new(value, node.span))
    }

    fn ambiguous(&mut self, span: Span, written: &str, read_as: &str, meant: bool) {
        if written.starts_with('*') {
            return; // an alias; the value was written, and warned of, elsewhere
        }
        let diagnostic =
            Diagnostic::warning(Code::AmbiguousValue, format!("`{written}` is read as {read_as}"))
                .at(span, "YAML gives this form another meaning");
        self.diagnostics.push(match read_as {
            _ if meant => diagnostic
                .help(format!("write {read_as}"))
                .edit(Edit::replace(span, read_as.trim_matches('`'))),
            "`true`" | "`false`" => diagnostic
                .help(format!("write {read_as}, or `'{written}'` to compare with the text"))
                .edit(Edit::quote(span)),
            _ => diagnostic
                .help(format!("write `'{written}'` to compare with the text"))
                .edit(Edit::quote(span)),
        });
    }
}

/// A name with a blank in it, or one that is a word of the grammar, breaks the condition that
/// names it.
fn hint_at_names(diagnostic: Diagnostic, detection: &[Entry]) -> Diagnostic {
    let mut names = detection.iter().map(|entry| &entry.key);
    match names.find(|name| diagnostic.help.is_none() && !can_be_named(&name.value)) {
        Some(name) => diagnostic
            .at(name.span, "a condition cannot name this")
            .help("rename the search identifier: letters, digits, `_`, `-` and `.` can be used"),
        None => diagnostic,
    }
}

fn only_or(mut parts: Vec<Search>, build: fn(Vec<Search>) -> Search) -> Search {
    if parts.len() == 1 { parts.remove(0) } else { build(parts) }
}
