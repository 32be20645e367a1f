//! One detection item against one record: what its field reaches, and whether its values hold
//! there (Sigma specification, modifiers appendix).

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;

use super::json::Json;
use super::pattern::{self, Pattern};
use super::{encode, time};
use crate::ast::{DetectionItem, Modifier, Value};

/// Whether the item holds: any of its values does, with `all` every one, with `neq` not so.
pub(crate) fn holds(item: &DetectionItem, record: &Json) -> bool {
    let candidates = candidates(item, record);
    let holds = |value: &Value| value_holds(item, value, &candidates, record);
    let mut values = item.values.iter().map(|value| &value.value);
    let together = if item.has(Modifier::All) { values.all(holds) } else { values.any(holds) };
    together != item.has(Modifier::Neq)
}

/// The values of the record that the item speaks of: what its field reaches; for keywords, every
/// string, number and boolean.
pub(super) fn candidates<'a>(item: &DetectionItem, record: &'a Json) -> Vec<&'a Json> {
    let mut found = Vec::new();
    match &item.field {
        Some(path) => reach(record, &path.value, &mut found),
        None => scalars(record, &mut found),
    }
    found
}

/// The values that stand at a dotted path. In an object the literal key comes first, else the part
/// before the first dot is descended; an array is entered element by element.
pub(crate) fn reach<'a>(value: &'a Json, path: &str, found: &mut Vec<&'a Json>) {
    if let Json::Array(elements) = value {
        elements.iter().for_each(|element| reach(element, path, found));
    } else if let Some(there) = value.get(path) {
        reached(there, found);
    } else if let Some((key, rest)) = path.split_once('.')
        && let Some(inner) = value.get(key)
    {
        reach(inner, rest, found);
    }
}

/// A value at the end of a path; of an array its elements too.
fn reached<'a>(value: &'a Json, found: &mut Vec<&'a Json>) {
    found.push(value);
    if let Json::Array(elements) = value {
        elements.iter().for_each(|element| reached(element, found));
    }
}

fn scalars<'a>(value: &'a Json, found: &mut Vec<&'a Json>) {
    match value {
        Json::Null => {}
        Json::Bool(_) | Json::Number(_) | Json::String(_) => found.push(value),
        Json::Array(elements) => elements.iter().for_each(|element| scalars(element, found)),
        Json::Object(members) => members.iter().for_each(|(_, member)| scalars(member, found)),
    }
}

/// Whether one value of the item holds on any of the candidates, `neq` left aside.
pub(super) fn value_holds(
    item: &DetectionItem,
    value: &Value,
    candidates: &[&Json],
    record: &Json,
) -> bool {
    let wanted = value_text(value);
    let cased = item.has(Modifier::Cased);

    if item.has(Modifier::Exists) {
        return candidates.is_empty() != wanted.eq_ignore_ascii_case("true");
    }
    if let Some(part) = time::part(item) {
        return on_scalar(candidates, |found| {
            let Some(found) = time::of(found, part) else { return false };
            wanted.parse().is_ok_and(|wanted| in_order(item, found.cmp(&wanted)))
        });
    }
    if compares(item) {
        return on_scalar(candidates, |found| {
            compare(found, wanted).is_some_and(|ordering| in_order(item, ordering))
        });
    }
    if item.has(Modifier::Cidr) {
        return on_scalar(candidates, |found| in_network(found, wanted));
    }
    if item.has(Modifier::Re) {
        let regex = format!("{}{wanted}", regex_flags(item));
        return on_text(candidates, |found| pattern::search(&regex, found));
    }
    if item.has(Modifier::FieldRef) {
        let mut others = Vec::new();
        reach(record, wanted, &mut others);
        return others.iter().filter_map(|other| other.scalar_text()).any(|other| {
            let pattern = positioned(item, Pattern::literal(other));
            if positional(item) {
                on_text(candidates, |found| pattern.fits(found, cased))
            } else {
                on_scalar(candidates, |found| pattern.fits(found, cased))
            }
        });
    }
    if *value == Value::Null {
        let is_field = item.field.is_some();
        return is_field && (candidates.is_empty() || candidates.contains(&&Json::Null));
    }

    let pattern = match value {
        Value::String(text) => Pattern::with_wildcards(text),
        _ => Pattern::literal(wanted),
    };
    let plain = !pattern.has_wildcards() && !positional(item);
    encode::variants(item, pattern).into_iter().any(|pattern| {
        let pattern = positioned(item, pattern);
        if plain {
            on_scalar(candidates, |found| pattern.fits(found, cased))
        } else {
            on_text(candidates, |found| pattern.fits(found, cased))
        }
    })
}

/// Whether it holds on the text of any string, number or boolean.
fn on_scalar(candidates: &[&Json], holds: impl Fn(&str) -> bool) -> bool {
    candidates.iter().filter_map(|found| found.scalar_text()).any(holds)
}

/// Whether it holds on any of these texts, or on the compact text of any object or array.
fn on_text(candidates: &[&Json], holds: impl Fn(&str) -> bool) -> bool {
    candidates.iter().filter_map(|found| found.text()).any(|text| holds(&text))
}

/// What a value of a rule compares as.
pub(crate) fn value_text(value: &Value) -> &str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(text) | Value::String(text) => text,
    }
}

/// Whether a modifier says where in the text the value stands.
fn positional(item: &DetectionItem) -> bool {
    [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith]
        .into_iter()
        .any(|modifier| item.has(modifier))
}

/// Opens the sides of a pattern that `contains`, `startswith` and `endswith` leave open. Keywords
/// stand anywhere unless a modifier says otherwise.
fn positioned(item: &DetectionItem, mut pattern: Pattern) -> Pattern {
    let anywhere = item.has(Modifier::Contains) || (item.field.is_none() && !positional(item));
    if anywhere || item.has(Modifier::EndsWith) {
        pattern.open_start();
    }
    if anywhere || item.has(Modifier::StartsWith) {
        pattern.open_end();
    }
    pattern
}

/// The flags of a regular expression, as it writes them itself.
fn regex_flags(item: &DetectionItem) -> String {
    [(Modifier::IgnoreCase, "(?i)"), (Modifier::MultiLine, "(?m)"), (Modifier::DotAll, "(?s)")]
        .into_iter()
        .filter_map(|(modifier, flag)| item.has(modifier).then_some(flag))
        .collect()
}

/// Whether the item compares numbers.
fn compares(item: &DetectionItem) -> bool {
    [Modifier::Gt, Modifier::Gte, Modifier::Lt, Modifier::Lte]
        .into_iter()
        .any(|modifier| item.has(modifier))
}

/// Whether the record's number stands to the rule's as the item wants it; equal, if it says
/// nothing.
fn in_order(item: &DetectionItem, ordering: Ordering) -> bool {
    (!compares(item) && ordering.is_eq())
        || (item.has(Modifier::Gt) && ordering.is_gt())
        || (item.has(Modifier::Gte) && ordering.is_ge())
        || (item.has(Modifier::Lt) && ordering.is_lt())
        || (item.has(Modifier::Lte) && ordering.is_le())
}

/// The order of two numbers: of integers exactly, else as floating-point numbers. Texts that are
/// not a JSON number in full have none.
fn compare(found: &str, wanted: &str) -> Option<Ordering> {
    const JSON_NUMBER: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$";
    if !pattern::search(JSON_NUMBER, found) {
        return None;
    }
    match (found.parse::<i128>(), wanted.parse::<i128>()) {
        (Ok(found), Ok(wanted)) => Some(found.cmp(&wanted)),
        _ => found.parse::<f64>().ok()?.partial_cmp(&wanted.parse::<f64>().ok()?),
    }
}

/// Whether the text is an IP address of the network; version 4 and 6 never mix.
fn in_network(found: &str, network: &str) -> bool {
    match (found.parse::<IpAddr>(), network.parse::<IpNet>()) {
        (Ok(address), Ok(network)) => network.contains(&address),
        _ => false,
    }
}
