//! Placeholders into values (modifiers appendix, `expand`). After this stage no value holds a
//! placeholder; a rule whose placeholder stands for nothing is off.

use std::ops::Range;

use crate::{
    ast::{Detection, DetectionItem, Modifier, Placeholders, Rule, Search, Value},
    collect::Documents,
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::locate,
    parse::{check_written_values, placeholders_in},
    source::{FileId, SourceFile, Span, Spanned},
};

/// Most values that one item may expand to.
const MAX_VALUES: usize = 100_000;

/// A rule that is off.
#[derive(Debug, Clone)]
pub struct OffRule {
    /// The rule.
    pub rule: Rule,
    /// Why it is off, in words.
    pub reason: String,
}

/// Expands every placeholder of rules and Sigma filters; takes out those that are off, and those
/// with errors, which are reported.
pub(crate) fn expand(
    documents: &mut Documents,
    files: &[SourceFile],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let placeholders = &documents.placeholders;
    let mut expanded = |detection: &mut Detection, file: FileId, what: &str| {
        let source = files[file.0].text.as_str();
        let mut expander = Expander { placeholders, source, found: Vec::new(), empty: None };
        for identifier in &mut detection.identifiers {
            expander.search(&mut identifier.search);
        }
        let Expander { found, empty, .. } = expander;
        if !found.is_empty() {
            diagnostics.extend(found);
            return Expanded::Wrong;
        }
        let Some(name) = empty else { return Expanded::On };
        let reason = format!("the list of `%{}%` is empty", name.value);
        diagnostics.push(
            Diagnostic::note(Code::RuleOff, format!("the {what} is off: {reason}"))
                .at(name.span, "")
                .help(format!(
                    "list values for `{}` in `placeholders.yml` to turn it on",
                    name.value
                )),
        );
        Expanded::Off(reason)
    };
    let mut complete = documents.complete;
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for mut rule in std::mem::take(&mut documents.rules) {
        match expanded(&mut rule.detection, rule.file, "rule") {
            Expanded::On => on.push(rule),
            Expanded::Off(reason) => off.push(OffRule { rule, reason }),
            Expanded::Wrong => complete = false,
        }
    }
    documents.filters.retain_mut(|filter| {
        matches!(expanded(&mut filter.detection, filter.file, "filter"), Expanded::On)
    });
    documents.rules = on;
    documents.off = off;
    documents.complete = complete;
}

/// What became of a detection.
enum Expanded {
    On,
    /// A list is empty, as the reason says.
    Off(String),
    Wrong,
}

struct Expander<'a> {
    placeholders: &'a Placeholders,
    source: &'a str,
    found: Vec<Diagnostic>,
    /// The first placeholder that stands for nothing.
    empty: Option<Spanned<String>>,
}

impl Expander<'_> {
    // The nodes of a document are bounded in depth, so the recursion is bounded too.
    fn search(&mut self, search: &mut Search) {
        match search {
            Search::All(parts) | Search::Any(parts) => {
                parts.iter_mut().for_each(|part| self.search(part));
            }
            Search::Item(item) if item.has(Modifier::Expand) => self.item(item),
            Search::Item(_) => {}
        }
    }

    fn item(&mut self, item: &mut DetectionItem) {
        let mut expanded = Vec::new();
        for value in &item.values {
            let Value::String(text) = &value.value else { continue };
            let Some(values) = self.value(&Spanned::new(text.clone(), value.span)) else { return };
            expanded.extend(values.into_iter().map(|each| Spanned::new(each, value.span)));
            if expanded.len() > MAX_VALUES {
                self.found.push(
                    Diagnostic::error(
                        Code::TooManyNodes,
                        format!("this item expands to more than {MAX_VALUES} values"),
                    )
                    .at(value.span, "the limit is passed here")
                    .help("use one placeholder a value, or shorter lists"),
                );
                return;
            }
        }
        if self.empty.is_none() {
            check_written_values(&item.modifiers, &expanded, self.source, &mut self.found);
        }
        item.values = expanded;
    }

    /// Every text that comes of putting each value of each placeholder in its place.
    fn value(&mut self, text: &Spanned<String>) -> Option<Vec<Value>> {
        let mut texts = vec![String::new()];
        let (mut end, mut whole) = (0, None);
        for (range, name) in placeholders_in(&text.value) {
            let lists = &self.placeholders.lists;
            let Some((_, values)) = lists.iter().find(|(known, _)| known.value == name) else {
                self.unknown(name, self.place(text, range));
                return None;
            };
            if values.is_empty() && self.empty.is_none() {
                self.empty = Some(Spanned::new(name.to_owned(), self.place(text, range.clone())));
            }
            if range == (0..text.value.len()) {
                whole = Some(values.clone());
            }
            if texts.len().saturating_mul(values.len()) > MAX_VALUES {
                // Far too many; the caller says so.
                return Some(vec![Value::Null; MAX_VALUES + 1]);
            }
            let before = text.value.get(end..range.start).unwrap_or_default();
            end = range.end;
            texts = texts
                .iter()
                .flat_map(|start| {
                    values.iter().map(move |value| format!("{start}{before}{}", text_of(value)))
                })
                .collect();
        }
        // A number that stands alone stays one.
        Some(whole.unwrap_or_else(|| {
            let rest = text.value.get(end..).unwrap_or_default();
            texts.into_iter().map(|start| Value::String(start + rest)).collect()
        }))
    }

    fn place(&self, text: &Spanned<String>, range: Range<usize>) -> Span {
        locate(text.span, self.source, &text.value, range)
    }

    fn unknown(&mut self, name: &str, place: Span) {
        let known = self.placeholders.lists.iter().map(|(known, _)| known.value.as_str());
        let diagnostic = Diagnostic::error(
            Code::UnknownPlaceholder,
            format!("there is no placeholder `{name}`"),
        )
        .at(place, "");
        self.found.push(match nearest(name, known) {
            Some(near) => diagnostic
                .help(format!("did you mean `%{near}%`?"))
                .edit(Edit::rename(place, name, near)),
            None => diagnostic
                .help(format!("add `{name}` with its list of values to `placeholders.yml`")),
        });
    }
}

fn text_of(value: &Value) -> &str {
    match value {
        Value::Number(text) | Value::String(text) => text,
        Value::Null | Value::Bool(_) => "",
    }
}
