//! `settings.yml`: what is chosen for a rules directory.

mod alerts;
mod streams;

use super::{lints::parse_lints, reader::Reader};
use crate::{
    ast::{AlertSettings, Settings},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar, absent},
    source::Spanned,
};
use alerts::{parse_accounts, parse_channels};
use streams::parse_streams;

const SECTIONS: [&str; 7] =
    ["logsources", "disabled_rules", "lints", "cooldown", "channels", "streams", "accounts"];

/// Parses the settings of a rules directory; `source` is the text of the file.
pub fn parse_settings(
    document: &Node,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Settings {
    let mut settings = Settings::default();
    let Some(sections) = document.as_mapping() else {
        diagnostics.push(
            wrong_type(document, "settings must be a map")
                .help("write for example `logsources:` and below it `skip_others: true`"),
        );
        return settings;
    };
    for section in sections {
        match section.key.value.as_str() {
            "logsources" => logsources(section, &mut settings, diagnostics),
            "disabled_rules" => {
                settings.disabled_rules = disabled_rules(section, diagnostics);
            }
            "lints" => settings.lints = parse_lints(section, Code::InvalidSettings, diagnostics),
            "cooldown" | "channels" | "streams" | "accounts" => {
                let wrong = Code::InvalidSettings;
                let mut reader = Reader { wrong, source, diagnostics };
                alerts(&mut reader, section, &mut settings.alerts);
            }
            _ => diagnostics.push(unknown(section, sections, "there is no setting", &SECTIONS)),
        }
    }
    settings
}

/// What is chosen for all alerts.
fn alerts(reader: &mut Reader<'_>, section: &Entry, settings: &mut AlertSettings) {
    match section.key.value.as_str() {
        "cooldown" => settings.cooldown = reader.cooldown(section),
        "channels" => settings.channels = parse_channels(reader, section),
        "streams" => settings.streams = parse_streams(reader, section),
        _ => settings.accounts = parse_accounts(reader, section),
    }
}

fn logsources(section: &Entry, settings: &mut Settings, diagnostics: &mut Vec<Diagnostic>) {
    let Some(entries) = section.value.as_mapping() else {
        if !empty(&section.value) {
            diagnostics.push(
                wrong_type(&section.value, "`logsources` must be a map")
                    .help("write `skip_others: true` below it, indented"),
            );
        }
        return;
    };
    for entry in entries {
        match (entry.key.value.as_str(), &entry.value.kind) {
            ("skip_others", Kind::Scalar(Scalar::Bool(value))) => {
                settings.skip_other_logsources = Some(*value);
            }
            ("skip_others", _) if empty(&entry.value) => {}
            ("skip_others", _) => diagnostics.push(
                wrong_type(&entry.value, "`skip_others` must be `true` or `false`")
                    .help("write `skip_others: true` to leave rules for other log sources out")
                    .edits(quoted_boolean(&entry.value)),
            ),
            _ => diagnostics.push(unknown(
                entry,
                entries,
                "`logsources` has no setting",
                &["skip_others"],
            )),
        }
    }
}

fn disabled_rules(section: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Vec<Spanned<String>> {
    const HELP: &str = "write each id or title on a line of its own, after `- `";
    let nodes = match &section.value.kind {
        Kind::Sequence(nodes) => nodes,
        _ if empty(&section.value) => return Vec::new(),
        _ => {
            let message = "`disabled_rules` must be a list of ids and titles of rules";
            let text = section.value.as_str().map(|_| Edit::list(section.value.span));
            diagnostics.push(wrong_type(&section.value, message).help(HELP).edits(text));
            return Vec::new();
        }
    };
    let mut names = Vec::new();
    for node in nodes {
        match node.as_str() {
            Some(text) => names.push(Spanned::new(text.to_owned(), node.span)),
            None => diagnostics.push(
                wrong_type(node, "every element of `disabled_rules` must be a text").help(HELP),
            ),
        }
    }
    names
}

/// Takes `"true"` out of its quotes.
fn quoted_boolean(node: &Node) -> Option<Edit> {
    matches!(node.as_str(), Some("true" | "false")).then(|| Edit::unquote(node.span))
}

fn empty(node: &Node) -> bool {
    node.kind == Kind::Scalar(Scalar::Null)
}

fn wrong_type(node: &Node, message: &str) -> Diagnostic {
    Diagnostic::error(Code::InvalidSettings, message)
        .at(node.span, format!("this is {}", node.type_name()))
}

fn unknown(entry: &Entry, entries: &[Entry], what: &str, known: &[&str]) -> Diagnostic {
    let name = &entry.key.value;
    let diagnostic =
        Diagnostic::error(Code::InvalidSettings, format!("{what} `{name}`")).at(entry.key.span, "");
    match nearest(name, absent(known.iter().copied(), entries)) {
        Some(near) => diagnostic.did_you_mean(entry.key.span, name, near),
        None => {
            let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            diagnostic.help(format!("known here: {}", known.join(", ")))
        }
    }
}
