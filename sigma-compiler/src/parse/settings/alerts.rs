//! What the settings choose for all alerts: channels and accounts.

use super::super::{
    reader::{Reader, place},
    rule::LEVELS,
};
use crate::{
    ast::{Channel, Level},
    diagnostic::{Diagnostic, Edit, nearest},
    node::{Entry, Kind, Scalar},
};

/// `channels`: names, and what is told there.
pub fn parse_channels(reader: &mut Reader<'_>, section: &Entry) -> Vec<Channel> {
    let Some(entries) = section.value.as_mapping() else {
        let diagnostic = reader
            .wrong_type(section, "`channels` must be a map from name to what is told there")
            .help("write for example `slack: {min_severity: high}` below it, indented");
        if section.value.kind != Kind::Scalar(Scalar::Null) {
            reader.report::<()>(diagnostic);
        }
        return Vec::new();
    };
    let mut channels = Vec::new();
    for entry in entries {
        let name = &entry.key;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.value.is_empty() || name.value.len() > 64 || !name.value.chars().all(allowed) {
            let diagnostic = reader
                .error(format!("`{}` is no name of a channel", name.value))
                .at(name.span, "")
                .help("write letters without accents, digits, `-` and `_`, up to 64 of them");
            reader.report::<()>(diagnostic);
        }
        // It is known, whatever is wrong with it.
        channels.push(Channel { name: name.clone(), min_severity: min_severity(reader, entry) });
    }
    channels
}

fn min_severity(reader: &mut Reader<'_>, channel: &Entry) -> Option<Level> {
    let name = &channel.key.value;
    let Some(entries) = channel.value.as_mapping() else {
        if channel.value.kind != Kind::Scalar(Scalar::Null) {
            let diagnostic = reader
                .wrong_type(channel, format!("the channel `{name}` must be a map"))
                .help("write for example `{min_severity: high}`");
            reader.report::<()>(diagnostic);
        }
        return None;
    };
    reader.unknown_keys(entries, "a channel has no", &["min_severity"], &[]);
    let entry = entries.iter().find(|entry| entry.key.value == "min_severity")?;
    let names = || LEVELS.iter().map(|(name, _)| *name);
    let help = format!("write one of {}", names().collect::<Vec<_>>().join(", "));
    let Some(text) = entry.value.as_str() else {
        let diagnostic = reader.wrong_type(entry, "`min_severity` must be a text").help(help);
        return reader.report(diagnostic);
    };
    if let Some((_, level)) = LEVELS.iter().find(|(name, _)| *name == text) {
        return Some(*level);
    }
    let diagnostic = reader.error(format!("`{text}` is not a level")).at(entry.value.span, "");
    reader.report(match nearest(text, names()) {
        Some(near) => diagnostic.did_you_mean(entry.value.span, text, near),
        None => diagnostic.help(help),
    })
}

/// `accounts`: ids and names.
pub fn parse_accounts(reader: &mut Reader<'_>, section: &Entry) -> Vec<(String, String)> {
    let Some(entries) = section.value.as_mapping() else {
        let diagnostic = reader
            .wrong_type(section, "`accounts` must be a map from account id to name")
            .help("write for example `'111122223333': production` below it, indented");
        if section.value.kind != Kind::Scalar(Scalar::Null) {
            reader.report::<()>(diagnostic);
        }
        return Vec::new();
    };
    let mut accounts = Vec::new();
    for entry in entries {
        let (id, span) = (entry.key.value.as_str(), entry.key.span);
        if !is_account(id) {
            let diagnostic = reader
                .error(format!("`{id}` is no account id"))
                .at(span, "")
                .help("an account id has 12 digits; its name stands behind the colon");
            reader.report::<()>(diagnostic);
            continue;
        }
        let quoted =
            reader.source.get(span.range()).is_some_and(|key| key.starts_with(['"', '\'']));
        if id.starts_with('0') && !quoted {
            let diagnostic = leading_zero(reader, id).at(span, "").edit(Edit::quote(span));
            reader.report::<()>(diagnostic);
            continue;
        }
        match entry.value.as_str().map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => accounts.push((id.to_owned(), name.to_owned())),
            None => {
                let found = match entry.value.as_str() {
                    Some(_) => "this is an empty text".to_owned(),
                    None => format!("this is {}", entry.value.type_name()),
                };
                let quote =
                    matches!(entry.value.kind, Kind::Scalar(Scalar::Int(_) | Scalar::Bool(_)));
                let diagnostic = reader
                    .error(format!("the name of the account `{id}` must be a text"))
                    .at(place(entry), found)
                    .help("write a name, in quotes where YAML reads it as something else")
                    .edits(quote.then(|| Edit::quote(entry.value.span)));
                reader.report::<()>(diagnostic);
            }
        }
    }
    accounts
}

/// An account id that YAML takes for a number, of another base even.
pub fn leading_zero(reader: &Reader<'_>, id: &str) -> Diagnostic {
    reader
        .error(format!("the account id `{id}` begins with a zero and stands without quotes"))
        .help(format!("YAML may read it as an octal number; write `'{id}'`"))
}

/// Whether a text has the form of an account id.
pub fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())
}
