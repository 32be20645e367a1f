//! Changes of a record, and records as text.

use std::fmt;

use crate::reference::{Json, Text};

/// A field of a record set to a value, or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The dotted path of the field.
    pub path: String,
    /// The value; `None` removes the field.
    pub value: Option<Json>,
}

impl Edit {
    /// Sets a field.
    pub fn set(path: &str, value: Json) -> Self {
        Self { path: path.to_owned(), value: Some(value) }
    }

    /// Sets a field to a text.
    pub fn text(path: &str, text: &str) -> Self {
        Self::set(path, Json::String(Text::new(text)))
    }

    /// Removes a field.
    pub fn remove(path: &str) -> Self {
        Self { path: path.to_owned(), value: None }
    }

    /// The record with the change made.
    pub fn apply(&self, record: &Json) -> Json {
        let mut record = record.clone();
        match &self.value {
            Some(value) => set(&mut record, &self.path, value),
            None => remove(&mut record, &self.path),
        }
        record
    }
}

/// `` `field` is value ``
impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            None => write!(f, "`{}` is missing", self.path),
            Some(value) => write!(f, "`{}` is `{}`", self.path, value.compact()),
        }
    }
}

/// All changes, one after the other.
pub(super) fn apply_all(edits: &[Edit], record: &Json) -> Json {
    edits.iter().fold(record.clone(), |record, edit| edit.apply(&record))
}

/// Sets what stands at a dotted path, with the objects around it; in an array, in its first
/// element. An object stays, and gets a text as one more member.
fn set(place: &mut Json, path: &str, value: &Json) {
    if let Json::Array(elements) = place {
        match elements.first_mut() {
            Some(first) => return set(first, path, value),
            None => *place = Json::Object(Vec::new()),
        }
    }
    if !matches!(place, Json::Object(_)) {
        *place = Json::Object(Vec::new());
    }
    let Json::Object(members) = place else { return };
    let there = |members: &[(Text, Json)], key: &str| {
        members.iter().position(|(name, _)| name.value() == key)
    };
    if let Some(at) = there(members, path) {
        let target = &mut members[at].1;
        match (&mut *target, value) {
            (Json::Object(inner), Json::String(_)) if !inner.is_empty() => {
                set(target, "example", value);
            }
            _ => *target = value.clone(),
        }
        return;
    }
    let Some((key, rest)) = path.split_once('.') else {
        members.push((Text::new(path), value.clone()));
        return;
    };
    let at = there(members, key).unwrap_or_else(|| {
        // CloudTrail writes lists as an array in a member of this name.
        let empty = match key {
            "items" => Json::Array(vec![Json::Object(Vec::new())]),
            _ => Json::Object(Vec::new()),
        };
        members.push((Text::new(key), empty));
        members.len() - 1
    });
    set(&mut members[at].1, rest, value);
}

/// Removes what a dotted path reaches.
fn remove(place: &mut Json, path: &str) {
    match place {
        Json::Array(elements) => elements.iter_mut().for_each(|element| remove(element, path)),
        Json::Object(members) => {
            if members.iter().any(|(name, _)| name.value() == path) {
                members.retain(|(name, _)| name.value() != path);
            } else if let Some((key, rest)) = path.split_once('.')
                && let Some((_, inner)) = members.iter_mut().find(|(name, _)| name.value() == key)
            {
                remove(inner, rest);
            }
        }
        _ => {}
    }
}

/// The JSON text of a value over several lines, all but the first indented by `indent`.
pub fn pretty(value: &Json, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let lines: Vec<String> = match value {
        Json::Object(members) => members
            .iter()
            .map(|(key, member)| format!("{}: {}", key.raw(), pretty(member, indent + 2)))
            .collect(),
        Json::Array(elements) => {
            elements.iter().map(|element| pretty(element, indent + 2)).collect()
        }
        scalar => return scalar.compact(),
    };
    let (open, close) = if matches!(value, Json::Object(_)) { ('{', '}') } else { ('[', ']') };
    match lines.is_empty() {
        true => format!("{open}{close}"),
        false => {
            let separator = format!(",\n{margin}  ");
            format!("{open}\n{margin}  {}\n{margin}{close}", lines.join(&separator))
        }
    }
}
