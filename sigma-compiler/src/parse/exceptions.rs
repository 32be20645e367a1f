//! `exceptions.json`: which matches of a rule never alert.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::{
    ast::{ExceptionEntry, Exceptions},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar, absent},
    source::Spanned,
};

use super::regex::check_regex;

const LISTS: [&str; 3] = ["excludedActors", "excludedSourceIPs", "excludedActorsRegex"];

/// Parses the exceptions file: a map from rule title to lists of actors, addresses and patterns.
/// `source` is the text of the file.
pub fn parse_exceptions(
    document: &Node,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Exceptions {
    let Some(entries) = document.as_mapping() else {
        diagnostics.push(
            invalid(document, "the file must be an object from rule title to exceptions")
                .help(r#"write for example `{"Title of a rule": {"excludedActors": ["…"]}}`"#),
        );
        return Exceptions::default();
    };
    Exceptions {
        entries: entries
            .iter()
            .filter_map(|entry| parse_entry(entry, source, diagnostics))
            .collect(),
    }
}

fn invalid(node: &Node, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::InvalidExceptions, message)
        .at(node.span, format!("this is {}", node.json_type_name()))
}

fn parse_entry(
    entry: &Entry,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ExceptionEntry> {
    let Some(lists) = entry.value.as_mapping() else {
        diagnostics.push(
            invalid(
                &entry.value,
                format!("the exceptions of `{}` must be an object", entry.key.value),
            )
            .help(format!("write an object with any of {}", LISTS.join(", "))),
        );
        return None;
    };
    let mut parsed = ExceptionEntry {
        title: entry.key.clone(),
        actors: Vec::new(),
        source_ips: Vec::new(),
        actors_regex: Vec::new(),
    };
    for list in lists {
        match list.key.value.as_str() {
            "excludedActors" => {
                parsed.actors = read(list, diagnostics, |text| Ok(text.value.clone()));
            }
            "excludedSourceIPs" => parsed.source_ips = read(list, diagnostics, network),
            "excludedActorsRegex" => {
                parsed.actors_regex =
                    read(list, diagnostics, |text| match check_regex("", text, source) {
                        None => Ok(text.value.clone()),
                        Some(diagnostic) => Err(diagnostic),
                    });
            }
            unknown => {
                let diagnostic = Diagnostic::error(
                    Code::InvalidExceptions,
                    format!("`{unknown}` is not a list of exceptions"),
                )
                .at(list.key.span, format!("expected one of {}", LISTS.join(", ")));
                diagnostics.push(match nearest(unknown, absent(LISTS.into_iter(), lists)) {
                    Some(near) => diagnostic.did_you_mean(list.key.span, unknown, near),
                    None => diagnostic,
                });
            }
        }
    }
    Some(parsed)
}

fn read<T>(
    list: &Entry,
    diagnostics: &mut Vec<Diagnostic>,
    convert: impl Fn(&Spanned<String>) -> Result<T, Diagnostic>,
) -> Vec<T> {
    let name = &list.key.value;
    let Kind::Sequence(nodes) = &list.value.kind else {
        diagnostics.push(
            invalid(&list.value, format!("`{name}` must be a list of texts"))
                .help("write `[` and `]` around the texts; `[]` is an empty list")
                .edits(list.value.as_str().map(|_| Edit::list(list.value.span))),
        );
        return Vec::new();
    };
    let mut values = Vec::new();
    for node in nodes {
        let converted = match node.as_str() {
            None => Err(invalid(node, format!("`{name}` must be a list of texts"))
                .help("put each of them into double quotes, or remove it")
                .edits(is_number(node).then(|| Edit::quote(node.span)))),
            Some(text) if text.trim().is_empty() => {
                let message = format!("`{name}` holds an empty text");
                Err(Diagnostic::error(Code::InvalidExceptions, message)
                    .at(node.span, "")
                    .help("remove it")
                    .edit(Edit::remove_entry(node.span)))
            }
            Some(text) => convert(&Spanned::new(text.to_owned(), node.span)),
        };
        match converted {
            Ok(value) => values.push(value),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    values
}

fn is_number(node: &Node) -> bool {
    matches!(node.kind, Kind::Scalar(Scalar::Int(_) | Scalar::Float(_)))
}

fn network(text: &Spanned<String>) -> Result<IpNet, Diagnostic> {
    let error = |message: String, help: String| {
        Diagnostic::error(Code::InvalidAddress, message).at(text.span, "").help(help)
    };
    let (place, text) = (text.span, &text.value);
    let is_network = |text: &str| text.parse::<IpNet>().is_ok() || text.parse::<IpAddr>().is_ok();
    let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match parsed {
        Ok(network) if network.addr() == network.network() => Ok(network),
        Ok(network) => Err(error(
            format!("`{text}` has host bits set"),
            format!(
                "write `{}` for the network, or `{}` for the address",
                network.trunc(),
                network.addr()
            ),
        )),
        Err(_) if is_network(text.trim()) => Err(error(
            format!("there are spaces around the address `{}`", text.trim()),
            "remove them".to_owned(),
        )
        .edit(Edit::rename(place, text, text.trim()))),
        Err(_) => Err(error(
            format!("`{text}` is neither an IP address nor a network in CIDR notation"),
            "write for example `192.0.2.10` or `198.51.100.0/24`".to_owned(),
        )),
    }
}
