//! Placeholders into values (modifiers appendix, `expand`). After this stage no value holds a
//! placeholder; a rule whose placeholder stands for nothing is off.

use std::ops::Range;

use crate::{
    ast::{ConditionExpr, Detection, DetectionItem, Modifier, Placeholders, Rule, Search, Value},
    collect::Documents,
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::locate,
    parse::{check_all, check_value, placeholders_in, without_escaped_percents},
    source::{FileId, SourceFile, Span, Spanned},
};

/// Most values that one item may expand to.
const MAX_VALUES: usize = 100_000;
/// Most values that the conditions of one rule may ask for, each as often as it is named.
const MAX_ASKED: usize = 10 * MAX_VALUES;
/// Most bytes that the values of one rule may expand to.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most placeholders in one value.
const MAX_PLACEHOLDERS: usize = 100;

const TOO_MANY_VALUES: &str = "more than 100000 values";

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
        let mut expander =
            Expander { placeholders, source, found: Vec::new(), empty: None, bytes: 0 };
        for identifier in &mut detection.identifiers {
            expander.search(&mut identifier.search);
        }
        if expander.bytes > 0 {
            expander.found.extend(too_much_asked(detection));
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
    /// How long all expanded values are.
    bytes: usize,
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
        let (mut expanded, mut origins) = (Vec::new(), Vec::new());
        for value in &item.values {
            let Value::String(text) = &value.value else { continue };
            let Some(values) = self.value(&Spanned::new(text.clone(), value.span)) else { return };
            for (each, from) in values {
                expanded.push(Spanned::new(each, value.span));
                origins.push(from);
            }
            if expanded.len() > MAX_VALUES {
                return self.too_large(value.span, TOO_MANY_VALUES);
            }
        }
        if self.empty.is_none() {
            self.check(&item.modifiers, &expanded, &origins);
        }
        item.values = expanded;
    }

    /// Checks what the placeholders stand for; `origins` are the places in their lists that each
    /// value comes from.
    fn check(
        &mut self,
        modifiers: &[Spanned<Modifier>],
        values: &[Spanned<Value>],
        origins: &[Vec<Span>],
    ) {
        let from = |diagnostic, origins: &Vec<Span>| {
            let label = |diagnostic: Diagnostic, place: &Span| {
                diagnostic.at(*place, "the placeholder stands for this")
            };
            origins.iter().fold(diagnostic, label)
        };
        if let Some(useless) = check_all(modifiers, values.len()) {
            return self.found.push(origins.iter().fold(useless, from));
        }
        let wrong = values.iter().zip(origins).filter_map(|(value, origins)| {
            let found = check_value(modifiers, value, self.source)?;
            // What can be written instead is not written here.
            Some(from(Diagnostic { edits: Vec::new(), ..found }, origins))
        });
        self.found.extend(wrong);
    }

    /// Every text that comes of putting each value of each placeholder in its place, with the
    /// places of those values.
    fn value(&mut self, text: &Spanned<String>) -> Option<Vec<(Value, Vec<Span>)>> {
        let mut texts = vec![(String::new(), Vec::new())];
        let (mut end, mut whole, mut count) = (0, None, 0);
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
                let alone = |value: &Spanned<Value>| (value.value.clone(), vec![value.span]);
                whole = Some(values.iter().map(alone).collect());
            }
            if texts.len().saturating_mul(values.len()) > MAX_VALUES {
                self.too_large(text.span, TOO_MANY_VALUES);
                return None;
            }
            count += 1;
            let length = |texts: &mut dyn Iterator<Item = usize>| texts.sum::<usize>();
            let starts = length(&mut texts.iter().map(|(text, _): &(String, _)| text.len()));
            let added = length(&mut values.iter().map(|value| text_of(&value.value).len()));
            let long = starts
                .saturating_mul(values.len())
                .saturating_add(texts.len().saturating_mul(added + text.value.len()));
            self.bytes = self.bytes.saturating_add(long.max(1));
            if count > MAX_PLACEHOLDERS || self.bytes > MAX_BYTES {
                self.too_large(text.span, "values that are too long, or of too many placeholders");
                return None;
            }
            let before = text.value.get(end..range.start).unwrap_or_default();
            let before = without_escaped_percents(before);
            end = range.end;
            texts = texts
                .iter()
                .flat_map(|(start, from)| {
                    let before = &before;
                    values.iter().map(move |value| {
                        let text = format!("{start}{before}{}", text_of(&value.value));
                        (text, [from.as_slice(), &[value.span]].concat())
                    })
                })
                .collect();
        }
        // A number that stands alone stays one.
        Some(whole.unwrap_or_else(|| {
            let rest = without_escaped_percents(text.value.get(end..).unwrap_or_default());
            texts.into_iter().map(|(start, from)| (Value::String(start + &rest), from)).collect()
        }))
    }

    fn too_large(&mut self, place: Span, what: &str) {
        self.found.push(
            Diagnostic::error(Code::TooManyNodes, format!("this item expands to {what}"))
                .at(place, "the limit is passed here")
                .help("use one placeholder a value, or shorter lists"),
        );
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

/// Conditions that name long lists again and again.
fn too_much_asked(detection: &Detection) -> Option<Diagnostic> {
    let sizes: Vec<(&str, usize)> = detection
        .identifiers
        .iter()
        .map(|each| (each.name.value.as_str(), each.search.size()))
        .collect();
    let asked = detection
        .conditions
        .iter()
        .fold(0, |asked: usize, condition| asked.saturating_add(size(&condition.expr, &sizes)));
    (asked > MAX_ASKED).then(|| {
        let message = format!("the conditions ask for more than {MAX_ASKED} values");
        let place = detection.conditions.first().map(|condition| condition.text.span);
        let diagnostic = Diagnostic::error(Code::TooManyNodes, message)
            .help("name each search identifier once, or use shorter lists");
        match place {
            Some(place) => diagnostic.at(place, "each as often as it is named"),
            None => diagnostic,
        }
    })
}

// The parser of conditions bounds the nesting, so the recursion is bounded too.
fn size(expr: &ConditionExpr, sizes: &[(&str, usize)]) -> usize {
    let sum = |fits: &dyn Fn(&str) -> bool| {
        sizes.iter().filter(|(name, _)| fits(name)).map(|(_, size)| size).sum()
    };
    match expr {
        ConditionExpr::Identifier(identifier) => sum(&|name| name == identifier.value),
        ConditionExpr::Of { pattern, .. } => sum(&|name| pattern.value.fits(name)),
        ConditionExpr::Not(inner) => size(inner, sizes),
        ConditionExpr::And(operands) | ConditionExpr::Or(operands) => operands
            .iter()
            .fold(0, |asked: usize, operand| asked.saturating_add(size(operand, sizes))),
    }
}

fn text_of(value: &Value) -> &str {
    match value {
        Value::Number(text) | Value::String(text) => text,
        Value::Null | Value::Bool(_) => "",
    }
}
