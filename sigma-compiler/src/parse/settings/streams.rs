//! `streams`: when logs that stay away are told.

use super::{
    super::reader::Reader,
    alerts::{is_account, leading_zero},
};
use crate::{
    ast::{Stream, Streams},
    diagnostic::Edit,
    node::{Entry, Kind, Node, Scalar},
    source::Span,
};

const KEYS: [&str; 4] = ["silent_after", "learn", "delay", "expected"];
const STREAM: [&str; 3] = ["account", "region", "silent_after"];
const FORM: &str = "write for example `{account: '111122223333', region: eu-central-1}`";

/// Parses the section; what is wrong is reported and left out.
pub fn parse_streams(reader: &mut Reader<'_>, section: &Entry) -> Streams {
    let mut streams = Streams::default();
    let Some(entries) = section.value.as_mapping() else {
        let diagnostic = reader
            .wrong_type(section, "`streams` must be a map")
            .help("write for example `silent_after: 30m` below it, indented");
        if section.value.kind != Kind::Scalar(Scalar::Null) {
            reader.report::<()>(diagnostic);
        }
        return streams;
    };
    reader.unknown_keys(entries, "`streams` has no setting", &KEYS, &[]);
    for entry in entries {
        match entry.key.value.as_str() {
            "silent_after" => streams.silent_after = reader.timespan(entry, false),
            "delay" => streams.delay = reader.timespan(entry, true),
            "learn" => streams.learn = learn(reader, entry),
            "expected" => streams.expected = expected(reader, entry),
            _ => {}
        }
    }
    streams
}

fn learn(reader: &mut Reader<'_>, entry: &Entry) -> Option<bool> {
    if let Kind::Scalar(Scalar::Bool(learn)) = entry.value.kind {
        return Some(learn);
    }
    let quoted = matches!(entry.value.as_str(), Some("true" | "false"));
    let diagnostic = reader
        .wrong_type(entry, "`learn` must be `true` or `false`")
        .help("write `learn: false` to expect only the streams that are listed")
        .edits(quoted.then(|| Edit::unquote(entry.value.span)));
    reader.report(diagnostic)
}

fn expected(reader: &mut Reader<'_>, entry: &Entry) -> Vec<Stream> {
    let nodes = match &entry.value.kind {
        Kind::Sequence(nodes) => nodes,
        Kind::Scalar(Scalar::Null) => return Vec::new(),
        _ => {
            let message = "`expected` must be a list of streams";
            let diagnostic = reader.wrong_type(entry, message).help(FORM);
            return reader.report(diagnostic).unwrap_or_default();
        }
    };
    let mut streams: Vec<(Stream, Span)> = Vec::new();
    for node in nodes {
        let Some(stream) = stream(reader, node) else { continue };
        let same = |(other, _): &&(Stream, Span)| {
            other.account == stream.account && other.region == stream.region
        };
        if let Some((_, first)) = streams.iter().find(same) {
            let message = format!("`expected` names {} in {} twice", stream.account, stream.region);
            let diagnostic = reader
                .error(message)
                .at(node.span, "again here")
                .at(*first, "first here")
                .help("remove one of the two")
                .edit(Edit::remove_entry(node.span));
            reader.report::<()>(diagnostic);
        }
        streams.push((stream, node.span));
    }
    streams.into_iter().map(|(stream, _)| stream).collect()
}

fn stream(reader: &mut Reader<'_>, node: &Node) -> Option<Stream> {
    let Some(entries) = node.as_mapping() else {
        let diagnostic = reader
            .error("every element of `expected` must be a map")
            .at(node.span, format!("this is {}", node.type_name()))
            .help(FORM);
        return reader.report(diagnostic);
    };
    let unknown = reader.unknown_keys(entries, "a stream has no", &STREAM, &[]);
    let get = |name: &str| entries.iter().find(|entry| entry.key.value == name);
    let silent_after = get("silent_after").and_then(|entry| reader.timespan(entry, false));
    let account = get("account").map(|entry| account(reader, entry));
    let region = get("region").map(|entry| region(reader, entry));
    for (name, missing) in [("account", account.is_none()), ("region", region.is_none())] {
        // A misspelt one was told of.
        if missing && !unknown {
            let diagnostic =
                reader.error(format!("the stream has no `{name}`")).at(node.span, "").help(FORM);
            reader.report::<()>(diagnostic);
        }
    }
    Some(Stream { account: account??, region: region??, silent_after })
}

fn account(reader: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    let (written, span) = (reader.written(&entry.value), entry.value.span);
    let id = match &entry.value.kind {
        Kind::Scalar(Scalar::String(text)) => text.as_str(),
        Kind::Scalar(Scalar::Int(_)) => written,
        _ => {
            let diagnostic = reader
                .wrong_type(entry, "`account` must be an account id")
                .help("write its 12 digits, in quotes");
            return reader.report(diagnostic);
        }
    };
    if !is_account(id) {
        let diagnostic = reader
            .error(format!("`{id}` is no account id"))
            .at(span, "")
            .help("an account id has 12 digits");
        return reader.report(diagnostic);
    }
    if id == written && id.starts_with('0') {
        let diagnostic = leading_zero(reader, id).at(span, "").edit(Edit::quote(span));
        return reader.report(diagnostic);
    }
    Some(id.to_owned())
}

fn region(reader: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    let text = entry.value.as_str().unwrap_or_default();
    if is_region(text) {
        return Some(text.to_owned());
    }
    let meant = text.trim().to_lowercase().replace(['_', ' '], "-");
    let diagnostic = match entry.value.as_str() {
        Some(_) => reader.error(format!("`{text}` is no region")).at(entry.value.span, ""),
        None => reader.wrong_type(entry, "`region` must be a text"),
    };
    reader.report(match is_region(&meant) {
        true => diagnostic.did_you_mean(entry.value.span, text, &meant),
        false => {
            diagnostic.help("write it as records do in `awsRegion`, for example `eu-central-1`")
        }
    })
}

/// Whether a text has the form of a region's name; AWS adds new ones all the time.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [words @ .., number] = parts.as_slice() else { return false };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2
        && words.iter().all(word)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn regions_have_words_and_a_number() {
        for region in
            ["eu-central-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "cn-north-1"]
        {
            assert!(is_region(region), "{region}");
        }
        for text in
            ["", "eu", "eu-1", "eu-central", "EU-central-1", "eu_central_1", "eu--1", "a-b-111"]
        {
            assert!(!is_region(text), "{text}");
        }
    }
}
