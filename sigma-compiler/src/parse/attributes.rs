//! The attributes of a document, each read as what it must be. A wrong one is reported and then
//! left out.

mod date;

use super::{document::DocumentKind, own};
use crate::{
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar},
    source::{Span, Spanned},
};

use date::{date_meant, is_date};

/// The attributes that a rule or a filter may have.
const ATTRIBUTES: &[&str] = &[
    "title",
    "id",
    "related",
    "name",
    "taxonomy",
    "status",
    "description",
    "license",
    "author",
    "references",
    "date",
    "modified",
    "logsource",
    "detection",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "filter",
    "correlation",
    own::ATTRIBUTE,
];

const LOGSOURCE: &str = "logsource:\n    product: aws\n    service: cloudtrail";
const REQUIRED: [&str; 3] = ["title", "logsource", "detection"];
const KINDS: [&str; 2] = ["filter", "correlation"];

/// The attributes of a document, read one by one with what they must be.
pub(super) struct Attributes<'a> {
    pub kind: DocumentKind,
    pub entries: &'a [Entry],
    pub document: Span,
    pub source: &'a str,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Attributes<'a> {
    pub fn get(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key.value == name)
    }

    /// A value as it stands in the file.
    pub fn written(&self, node: &Node) -> &'a str {
        self.source.get(node.span.range()).unwrap_or_default()
    }

    pub fn missing<T>(&mut self, name: &str) -> Option<T> {
        let what = self.kind.word();
        let message = format!("the {what} has no `{name}`");
        let diagnostic = Diagnostic::error(Code::MissingAttribute, message);
        // What has no detection may be no rule.
        let meant: &[&str] =
            if name == "detection" { &["detection", "filter", "correlation"] } else { &[name] };
        let misspelt = meant.iter().find_map(|meant| Some((meant, self.misspelling_of(meant)?)));
        self.diagnostics.push(match misspelt {
            Some((meant, entry)) => {
                let (place, found) = (entry.key.span, &entry.key.value);
                diagnostic.at(place, "").did_you_mean(place, found, meant)
            }
            None => {
                let place = self.entries.first().map_or(self.document, |entry| entry.key.span);
                let label = format!("in the {what} that begins here");
                let diagnostic = diagnostic.at(place, label).help(match name {
                    "title" => "add `title: …`, one line that says what it is about",
                    "logsource" => "add `logsource:` with `product: aws` and `service: cloudtrail`",
                    _ => "add `detection:` with search identifiers and a `condition`",
                });
                let above = self.before_detection().filter(|_| name == "logsource");
                diagnostic.edits(above.map(|entry| Edit::add_below(entry.span(), LOGSOURCE)))
            }
        });
        None
    }

    /// The attribute below which a log source stands best.
    fn before_detection(&self) -> Option<&'a Entry> {
        let own = self.kind.attribute();
        let at = self.entries.iter().position(|entry| entry.key.value == own);
        self.entries.get(at?.checked_sub(1)?)
    }

    /// An attribute that Sigma does not know and that may stand for a missing one.
    pub fn misspelling_of(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| {
            let written = entry.key.value.as_str();
            !ATTRIBUTES.contains(&written) && nearest(written, [name]).is_some()
        })
    }

    pub fn invalid<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// Says that an attribute is of the wrong type.
    pub fn wrong_type<T>(&mut self, name: &str, expected: &str, node: &Node) -> Option<T> {
        let quoted = node.as_str().is_none() && expected == "a text";
        let help = match &node.kind {
            Kind::Scalar(Scalar::Null) => format!("write {expected}, or remove it"),
            Kind::Scalar(_) if name == "id" => {
                "write a UUID, for example from `uuidgen`".to_owned()
            }
            Kind::Scalar(_) if quoted => {
                format!("put it into quotes: `'{}'`", self.written(node))
            }
            Kind::Mapping(_) if expected.ends_with("texts") || quoted => {
                "put a text that holds `: `, or begins with `{`, into quotes".to_owned()
            }
            Kind::Sequence(_) if quoted => "write one text instead of a list".to_owned(),
            Kind::Scalar(Scalar::String(_)) if expected.starts_with("a list") => {
                "put it into brackets, or on a line of its own after `- `".to_owned()
            }
            _ if expected.starts_with("a list") => {
                "write each element on a line of its own, after `- `".to_owned()
            }
            _ => format!("write {expected}"),
        };
        let place = match self.get(name) {
            Some(entry) if node.is_unwritten() && std::ptr::eq(&entry.value, node) => {
                entry.key.span
            }
            _ => node.span,
        };
        let diagnostic =
            Diagnostic::error(Code::InvalidAttribute, format!("`{name}` must be {expected}"))
                .at(place, format!("this is {}", node.type_name()))
                .help(help);
        self.invalid(match &node.kind {
            Kind::Scalar(Scalar::String(_)) if expected.starts_with("a list") => {
                diagnostic.edit(Edit::list(node.span))
            }
            Kind::Scalar(scalar) if quoted && name != "id" && *scalar != Scalar::Null => {
                diagnostic.edit(Edit::quote(node.span))
            }
            _ => diagnostic,
        })
    }

    pub fn warn_of_misspellings(&mut self) {
        for entry in self.entries {
            let name = entry.key.value.as_str();
            if ATTRIBUTES.contains(&name) {
                continue;
            }
            let absent = ATTRIBUTES
                .iter()
                .copied()
                .filter(|known| known.len() > 4 && self.get(known).is_none())
                // Those that are missing are told of as missing, and of what tells kinds of
                // document apart, each has what it needs.
                .filter(|known| !REQUIRED.contains(known) && !KINDS.contains(known));
            if let Some(near) = nearest(name, absent) {
                self.diagnostics.push(
                    Diagnostic::warning(
                        Code::UnknownAttribute,
                        format!("`{name}` is not a standard attribute"),
                    )
                    .at(entry.key.span, "")
                    .did_you_mean(entry.key.span, name, near),
                );
            }
        }
    }

    /// The attributes that Sigma does not define, with their values as JSON text.
    pub fn custom(&self) -> Vec<(String, String)> {
        let custom = |entry: &&Entry| {
            let name = entry.key.value.as_str();
            KINDS.contains(&name) || !ATTRIBUTES.contains(&name)
        };
        let kept = self.entries.iter().filter(custom);
        kept.map(|entry| (entry.key.value.clone(), entry.value.to_json())).collect()
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        let node = &self.get(name)?.value;
        match &node.kind {
            Kind::Scalar(Scalar::String(text)) => Some(text.trim_end().to_owned()),
            Kind::Scalar(Scalar::Null) => None,
            _ => self.wrong_type(name, "a text", node),
        }
    }

    pub fn spanned_text(&mut self, name: &str) -> Option<Spanned<String>> {
        let span = self.get(name)?.value.span;
        self.text(name).map(|text| Spanned::new(text, span))
    }

    pub fn required_text(&mut self, name: &str) -> Option<Spanned<String>> {
        let Some(entry) = self.get(name) else {
            return self.missing(name);
        };
        let node = &entry.value;
        let empty = match &node.kind {
            Kind::Scalar(Scalar::Null) => true,
            _ => node.as_str().is_some_and(|text| text.trim().is_empty()),
        };
        if empty {
            let place = if node.is_unwritten() { entry.key.span } else { node.span };
            let diagnostic =
                Diagnostic::error(Code::InvalidAttribute, format!("`{name}` is empty"));
            return self.invalid(
                diagnostic.at(place, "expected a text").help(format!("write `{name}: …`")),
            );
        }
        self.text(name).map(|text| Spanned::new(text, node.span))
    }

    pub fn texts(&mut self, name: &str) -> Vec<String> {
        self.spanned_texts(name).into_iter().map(|text| text.value).collect()
    }

    pub fn spanned_texts(&mut self, name: &str) -> Vec<Spanned<String>> {
        let Some(entry) = self.get(name) else {
            return Vec::new();
        };
        let nodes = match &entry.value.kind {
            Kind::Sequence(nodes) => nodes,
            Kind::Scalar(Scalar::Null) => return Vec::new(),
            _ => {
                return self.wrong_type(name, "a list of texts", &entry.value).unwrap_or_default();
            }
        };
        let text = |node: &Node| match node.as_str() {
            Some(text) => Some(Spanned::new(text.to_owned(), node.span)),
            None => self.wrong_element(name, node),
        };
        nodes.iter().filter_map(text).collect()
    }

    pub fn wrong_element<T>(&mut self, name: &str, node: &Node) -> Option<T> {
        let help = match &node.kind {
            Kind::Scalar(Scalar::Null) => {
                "write a text after the `-`, or remove the line".to_owned()
            }
            Kind::Scalar(_) => format!("put it into quotes: `'{}'`", self.written(node)),
            _ => "put a text that holds `: `, or begins with a bracket, into quotes".to_owned(),
        };
        let diagnostic = Diagnostic::error(
            Code::InvalidAttribute,
            format!("every element of `{name}` must be a text"),
        )
        .at(node.span, format!("this is {}", node.type_name()))
        .help(help);
        self.invalid(match &node.kind {
            Kind::Scalar(Scalar::Null) | Kind::Sequence(_) | Kind::Mapping(_) => diagnostic,
            Kind::Scalar(_) => diagnostic.edit(Edit::quote(node.span)),
        })
    }

    pub fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&'static str, T)]) -> Option<T> {
        let node = &self.get(name)?.value;
        let text = match &node.kind {
            Kind::Scalar(Scalar::Null) => return None,
            Kind::Scalar(Scalar::String(text)) => text.clone(),
            Kind::Scalar(_) => self.written(node).to_owned(),
            _ => return self.wrong_type(name, "a text", node),
        };
        if let Some((_, value)) = choices.iter().find(|(choice, _)| *choice == text) {
            return Some(*value);
        }
        let names: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
        let diagnostic =
            Diagnostic::error(Code::InvalidAttribute, format!("`{text}` is not a {name}"))
                .at(node.span, "");
        self.invalid(match nearest(&text, names.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(node.span, &text, near),
            None => diagnostic.help(format!("write one of {}", names.join(", "))),
        })
    }

    pub fn date(&mut self, name: &str) -> Option<String> {
        let node = &self.get(name)?.value;
        let text = match &node.kind {
            Kind::Scalar(Scalar::Null) => return None,
            Kind::Scalar(Scalar::String(text) | Scalar::Timestamp(text)) => text.clone(),
            Kind::Scalar(_) => self.written(node).to_owned(),
            _ => return self.wrong_type(name, "a date of the form YYYY-MM-DD", node),
        };
        if is_date(&text) {
            return Some(text);
        }
        let diagnostic =
            Diagnostic::error(Code::InvalidAttribute, format!("`{text}` is not a date"))
                .at(node.span, "");
        self.invalid(match date_meant(&text) {
            Some(date) => diagnostic
                .help("write it as YYYY-MM-DD")
                .edit(Edit::rename(node.span, &text, &date)),
            None => diagnostic.help("write it as YYYY-MM-DD, for example `2026-05-31`"),
        })
    }
}
