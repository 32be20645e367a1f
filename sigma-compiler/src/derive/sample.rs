//! Values that a detection item wants, and others that it does not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::{edit::Edit, ways::holds_plainly};
use crate::{
    ast::{DetectionItem, Modifier, Value},
    reference::{Json, Text, reach, value_text},
};

/// Where a keyword is put.
const KEYWORD_PATH: &str = "requestParameters.description";

/// Changes of the record after each of which the item's values hold, `neq` left aside.
pub(super) fn satisfying(item: &DetectionItem, record: &Json) -> Vec<Vec<Edit>> {
    let path = path_of(item);
    let edits = match item.values.as_slice() {
        [value] => {
            let first = wanted(item, &value.value, record);
            let near = near(path, &first);
            [vec![first], near, joined(item, value_text(&value.value), record)].concat()
        }
        values => {
            let samples: Vec<Vec<Edit>> =
                values.iter().map(|value| wanted(item, &value.value, record)).collect();
            let set: Vec<Json> =
                samples.iter().flatten().filter_map(|edit| edit.value.clone()).collect();
            let together: Vec<&str> = set.iter().filter_map(Json::scalar_text).collect();
            let mut found = vec![
                vec![Edit::text(path, &together.join(" "))],
                vec![Edit::set(path, Json::Array(set.clone()))],
            ];
            found.extend(samples);
            found
        }
    };
    kept(edits, item, record, true)
}

/// Changes of the record after each of which none of that holds.
pub(super) fn violating(item: &DetectionItem, record: &Json) -> Vec<Vec<Edit>> {
    let path = path_of(item);
    let other = match path.rsplit('.').next().unwrap_or(path) {
        "eventSource" => "s3.amazonaws.com",
        "eventName" => "ListTagsForResource",
        "errorCode" => "AccessDenied",
        "type" => "AssumedRole",
        "accountId" | "recipientAccountId" => "444455556666",
        "sourceIPAddress" => "203.0.113.77",
        _ => "something-else",
    };
    let mut found = Vec::new();
    for value in &item.values {
        let text = value_text(&value.value);
        match &value.value {
            Value::Bool(value) => found.push(Edit::set(path, Json::Bool(!value))),
            Value::Number(_) => found.extend(
                [0, -1, 1].iter().filter_map(|by| Some(Edit::set(path, shifted(text, *by)?))),
            ),
            Value::String(text) if item.has(Modifier::Cidr) => {
                found.extend(
                    text.parse()
                        .ok()
                        .map(|network| Edit::text(path, &outside(network).to_string())),
                );
            }
            _ => {}
        }
    }
    found.push(Edit::text(path, other));
    found.push(Edit::remove(path));
    let mut found: Vec<Vec<Edit>> = found.into_iter().map(|edit| vec![edit]).collect();
    for value in &item.values {
        found.extend(near(path, &wanted(item, &value.value, record)));
    }
    kept(found, item, record, false)
}

/// For `fieldref`, the text of the field with that of the other one before and behind it: so both
/// an item that wants something of the field itself and this one may hold.
fn joined(item: &DetectionItem, other: &str, record: &Json) -> Vec<Vec<Edit>> {
    let path = path_of(item);
    let text = |path: &str| {
        let mut there = Vec::new();
        reach(record, path, &mut there);
        there.iter().find_map(|value| value.scalar_text()).map(str::to_owned)
    };
    match (text(path), text(other)) {
        (Some(own), Some(other)) if item.has(Modifier::FieldRef) => {
            let joined = [format!("{own}{other}"), format!("{other}{own}")];
            joined.iter().map(|text| vec![Edit::text(path, text)]).collect()
        }
        _ => Vec::new(),
    }
}

/// Texts near to the one that the field is set to: with more around it, and in other case.
fn near(path: &str, edits: &[Edit]) -> Vec<Vec<Edit>> {
    let last = edits.iter().rfind(|edit| edit.path == path);
    let Some(Json::String(text)) = last.and_then(|edit| edit.value.as_ref()) else {
        return Vec::new();
    };
    let text = text.value();
    let cased = match text.chars().any(char::is_lowercase) {
        true => text.to_uppercase(),
        false => text.to_lowercase(),
    };
    [format!("{text}-more"), format!("other-{text}"), format!("other {text} more"), cased]
        .iter()
        .map(|text| vec![Edit::text(path, text)])
        .collect()
}

/// Those of the changes that do what they should.
fn kept(edits: Vec<Vec<Edit>>, item: &DetectionItem, record: &Json, holds: bool) -> Vec<Vec<Edit>> {
    let does =
        |edits: &Vec<Edit>| holds_plainly(item, &super::edit::apply_all(edits, record)) == holds;
    edits.into_iter().filter(does).collect()
}

fn path_of(item: &DetectionItem) -> &str {
    item.field.as_ref().map_or(KEYWORD_PATH, |field| &field.value)
}

/// What makes one value of the item hold.
fn wanted(item: &DetectionItem, value: &Value, record: &Json) -> Vec<Edit> {
    let path = path_of(item);
    let text = value_text(value);
    let has = |modifier| item.has(modifier);
    if has(Modifier::Exists) {
        return match value {
            Value::Bool(false) => vec![Edit::remove(path)],
            _ => vec![Edit::text(path, "example")],
        };
    }
    if has(Modifier::FieldRef) {
        let mut others = Vec::new();
        reach(record, text, &mut others);
        let there = others.iter().find_map(|other| other.scalar_text());
        return match there {
            Some(there) => vec![Edit::text(path, there)],
            None => vec![Edit::text(text, "example"), Edit::text(path, "example")],
        };
    }
    let sample = if has(Modifier::Gt) {
        shifted(text, 1)
    } else if has(Modifier::Lt) {
        shifted(text, -1)
    } else if has(Modifier::Gte) || has(Modifier::Lte) {
        shifted(text, 0)
    } else if has(Modifier::Cidr) {
        text.parse::<IpNet>()
            .ok()
            .and_then(|network| network.hosts().next())
            .map(|address| Json::String(Text::new(&address.to_string())))
    } else if has(Modifier::Re) {
        regex_sample(text).map(|sample| Json::String(Text::new(&sample)))
    } else {
        return plain(item, value);
    };
    sample.map(|sample| vec![Edit::set(path, sample)]).unwrap_or_default()
}

fn plain(item: &DetectionItem, value: &Value) -> Vec<Edit> {
    let path = path_of(item);
    let sample = match value {
        Value::Null => return vec![Edit::remove(path)],
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => Json::parse(text).unwrap_or(Json::String(Text::new(text))),
        Value::String(text) => {
            let mut sample = without_wildcards(text);
            if item.has(Modifier::Contains) || item.has(Modifier::EndsWith) {
                sample.insert_str(0, "example");
            }
            if item.has(Modifier::Contains) || item.has(Modifier::StartsWith) {
                sample.push_str("example");
            }
            Json::String(Text::new(&sample))
        }
    };
    vec![Edit::set(path, sample)]
}

/// A text that fits the wildcards.
fn without_wildcards(text: &str) -> String {
    let mut sample = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' => sample.push_str("example"),
            '?' => sample.push('x'),
            '\\' => sample.push(chars.next_if(|c| matches!(c, '*' | '?' | '\\')).unwrap_or(c)),
            c => sample.push(c),
        }
    }
    sample
}

/// A number that much greater.
fn shifted(text: &str, by: i8) -> Option<Json> {
    let number = match text.parse::<i64>() {
        Ok(number) => number.checked_add(by.into())?.to_string(),
        Err(_) => (text.parse::<f64>().ok().filter(|n| n.is_finite())? + f64::from(by)).to_string(),
    };
    Json::parse(&number).ok()
}

/// An address out of the documentation ranges that is not in the network.
fn outside(network: IpNet) -> IpAddr {
    let candidates: [IpAddr; 4] = match network {
        IpNet::V4(_) => [
            Ipv4Addr::new(198, 51, 100, 24).into(),
            Ipv4Addr::new(203, 0, 113, 77).into(),
            Ipv4Addr::new(192, 0, 2, 10).into(),
            Ipv4Addr::new(10, 0, 0, 1).into(),
        ],
        IpNet::V6(_) => [
            Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
            Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 1).into(),
            Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1).into(),
            Ipv4Addr::new(198, 51, 100, 24).into(),
        ],
    };
    candidates.into_iter().find(|each| !network.contains(each)).unwrap_or(candidates[3])
}

/// Longest text that is made for a regular expression.
const MAX_SAMPLE: usize = 4096;

/// A short text in which the regular expression finds something.
fn regex_sample(regex: &str) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(regex).ok()?;
    let mut sample = String::new();
    write_sample(&hir, &mut sample)?;
    Some(sample)
}

fn write_sample(hir: &Hir, out: &mut String) -> Option<()> {
    if out.len() > MAX_SAMPLE {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let nice = ['e', '1', 'E', '-', ' '];
            let fits = |c: &char| {
                class.ranges().iter().any(|range| range.start() <= *c && *c <= range.end())
            };
            out.push(match nice.into_iter().find(fits) {
                Some(c) => c,
                None => class.ranges().first()?.start(),
            });
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                write_sample(&repetition.sub, out)?;
            }
        }
        HirKind::Capture(capture) => write_sample(&capture.sub, out)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write_sample(part, out)?;
            }
        }
        HirKind::Alternation(parts) => write_sample(parts.first()?, out)?,
    }
    Some(())
}
