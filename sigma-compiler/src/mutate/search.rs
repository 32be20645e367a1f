//! Changes within a search identifier: items dropped and negated, values dropped, modifiers
//! exchanged for their neighbours.

use super::Changed;
use crate::{
    ast::{DetectionItem, Modifier, Search, Value},
    reference::{key, value_text},
    source::{Span, Spanned},
};

/// Changes of the search of an identifier. Where its only item is dropped, it always holds.
pub(super) fn changes_of(search: &Search) -> Vec<Changed<Search>> {
    let mut found = Vec::new();
    if let Search::Item(item) = search {
        found.push(dropped(search, item.span, Search::All(Vec::new())));
    }
    found.extend(within(search));
    found
}

fn within(search: &Search) -> Vec<Changed<Search>> {
    match search {
        Search::Item(item) => {
            item_changes(item).into_iter().map(|changed| changed.within(Search::Item)).collect()
        }
        Search::All(parts) => of_parts(parts, Search::All),
        Search::Any(parts) => of_parts(parts, Search::Any),
    }
}

fn of_parts(parts: &[Search], build: fn(Vec<Search>) -> Search) -> Vec<Changed<Search>> {
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if let (true, Some(span)) = (parts.len() > 1, place(part)) {
            let mut rest = parts.to_vec();
            rest.remove(at);
            found.push(dropped(part, span, build(rest)));
        }
        found.extend(within(part).into_iter().map(|changed| {
            changed.within(|part| {
                let mut parts = parts.to_vec();
                parts[at] = part;
                build(parts)
            })
        }));
    }
    found
}

fn dropped(part: &Search, span: Span, rest: Search) -> Changed<Search> {
    let what = match part {
        Search::Item(item) => format!("`{}` is dropped", item_text(item)),
        _ => "this part of the list is dropped".to_owned(),
    };
    Changed::new(what, span, rest)
}

fn item_changes(item: &DetectionItem) -> Vec<Changed<DetectionItem>> {
    let mut found = Vec::new();
    let mut negated = item.clone();
    match item.modifiers.iter().position(|each| each.value == Modifier::Neq) {
        Some(at) => drop(negated.modifiers.remove(at)),
        None => negated.modifiers.push(Spanned::new(Modifier::Neq, item.span)),
    }
    found.push(Changed::new(format!("`{}` is negated", item_text(item)), item.span, negated));
    if item.values.len() > 1 {
        for (at, value) in item.values.iter().enumerate() {
            let mut rest = item.clone();
            rest.values.remove(at);
            let what = format!("`{}` is dropped from the list", value_words(&value.value));
            found.push(Changed::new(what, value.span, rest));
        }
    }
    for (at, modifier) in item.modifiers.iter().enumerate() {
        let mut changed = item.clone();
        let name = modifier.value.name();
        let what = match neighbour(modifier.value) {
            Neighbour::None => continue,
            Neighbour::Nothing => {
                changed.modifiers.remove(at);
                format!("`{name}` is dropped from `{}`", item_text(item))
            }
            Neighbour::Modifier(other) => {
                changed.modifiers[at].value = other;
                let other = other.name();
                format!("`{name}` becomes `{other}` in `{}`", item_text(item))
            }
        };
        found.push(Changed::new(what, item.span, changed));
    }
    found
}

/// What a modifier is easily mistaken for.
enum Neighbour {
    None,
    Nothing,
    Modifier(Modifier),
}

fn neighbour(modifier: Modifier) -> Neighbour {
    match modifier {
        Modifier::StartsWith | Modifier::EndsWith => Neighbour::Modifier(Modifier::Contains),
        Modifier::Gt => Neighbour::Modifier(Modifier::Gte),
        Modifier::Gte => Neighbour::Modifier(Modifier::Gt),
        Modifier::Lt => Neighbour::Modifier(Modifier::Lte),
        Modifier::Lte => Neighbour::Modifier(Modifier::Lt),
        Modifier::Contains
        | Modifier::All
        | Modifier::Cased
        | Modifier::Windash
        | Modifier::IgnoreCase
        | Modifier::MultiLine
        | Modifier::DotAll => Neighbour::Nothing,
        Modifier::Re
        | Modifier::Exists
        | Modifier::Cidr
        | Modifier::FieldRef
        | Modifier::Neq
        | Modifier::Expand
        | Modifier::Utf16
        | Modifier::Utf16Le
        | Modifier::Utf16Be
        | Modifier::Base64
        | Modifier::Base64Offset
        | Modifier::Minute
        | Modifier::Hour
        | Modifier::Day
        | Modifier::Week
        | Modifier::Month
        | Modifier::Year => Neighbour::None,
    }
}

/// Where the part begins: its first item.
fn place(search: &Search) -> Option<Span> {
    match search {
        Search::Item(item) => Some(item.span),
        Search::All(parts) | Search::Any(parts) => parts.iter().find_map(place),
    }
}

/// An item in a few words: its key, and its value where there is one.
fn item_text(item: &DetectionItem) -> String {
    let key = key(item);
    match (key.as_str(), item.values.as_slice()) {
        ("", [value]) => value_words(&value.value),
        ("", [first, ..]) => format!("{}, …", value_words(&first.value)),
        (key, [value]) => format!("{key}: {}", value_words(&value.value)),
        (key, _) => format!("{key}: …"),
    }
}

/// Longest value that a message quotes, in characters.
const MAX_QUOTED: usize = 60;

fn value_words(value: &Value) -> String {
    let text = value_text(value);
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if text.is_empty() => "''".to_owned(),
        None => text.to_owned(),
    }
}
