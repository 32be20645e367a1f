//! Reading a map whose keys are all known.

use super::super::{
    texts::parse_texts,
    timespan::{FORM, JOINED, read_timespan},
};
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    node::{Entry, Node, absent},
    source::{Span, Spanned},
};

/// What the `correlation` section may hold.
pub const KEYS: [&str; 7] =
    ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"];

/// The `correlation` section, or a map below it.
pub struct Section<'a> {
    pub entries: &'a [Entry],
    /// The key that the map stands below.
    pub key: Span,
    pub source: &'a str,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

/// An error of form.
pub fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::InvalidCorrelation, message)
}

/// Suggests the name nearest to what was found within a span, or else what `otherwise` says.
pub fn did_you_mean(
    diagnostic: Diagnostic,
    (span, found): (Span, &str),
    near: Option<&str>,
    otherwise: impl FnOnce() -> String,
) -> Diagnostic {
    match near {
        Some(near) => diagnostic.did_you_mean(span, found, near),
        None => diagnostic.help(otherwise()),
    }
}

impl<'a> Section<'a> {
    pub fn get(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key.value == name)
    }

    /// A value as it stands in the file.
    pub fn written(&self, node: &Node) -> &'a str {
        self.source.get(node.span.range()).unwrap_or_default().trim_end()
    }

    pub fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// Where a value stands, or its key where nothing is written.
    pub fn place(&self, entry: &Entry) -> Span {
        if entry.value.is_unwritten() { entry.key.span } else { entry.value.span }
    }

    pub fn wrong_type(&self, entry: &Entry, message: impl Into<String>) -> Diagnostic {
        invalid(message).at(self.place(entry), format!("this is {}", entry.value.type_name()))
    }

    /// Says that a key is missing, unless a misspelling of it was reported.
    pub fn missing<T>(&mut self, name: &str, help: &str) -> Option<T> {
        let misspelt = self.entries.iter().any(|entry| {
            let written = entry.key.value.as_str();
            !KEYS.contains(&written) && nearest(written, [name]).is_some()
        });
        if misspelt {
            return None;
        }
        self.report(
            Diagnostic::error(Code::MissingAttribute, format!("the correlation has no `{name}`"))
                .at(self.key, "")
                .help(help),
        )
    }

    pub fn unknown_keys(&mut self, owner: &str, known: &[&str]) {
        for entry in self.entries {
            let name = entry.key.value.as_str();
            if known.contains(&name) {
                continue;
            }
            let diagnostic =
                invalid(format!("`{name}` is not part of a {owner}")).at(entry.key.span, "");
            let near = nearest(name, absent(known.iter().copied(), self.entries));
            self.report::<()>(did_you_mean(diagnostic, (entry.key.span, name), near, || {
                format!("it has {}", known.join(", "))
            }));
        }
    }

    /// `timespan`, in seconds.
    pub fn timespan(&mut self) -> Option<u64> {
        let Some(entry) = self.get("timespan") else {
            return self.missing("timespan", &format!("add `timespan:`; {FORM}"));
        };
        let written = self.written(&entry.value);
        match read_timespan(entry, written, &JOINED, Code::InvalidCorrelation) {
            Ok(seconds) => Some(seconds),
            Err(diagnostic) => self.report(*diagnostic),
        }
    }

    /// One text, or a list of different ones. `what` says what each is.
    pub fn texts(&mut self, entry: &'a Entry, what: &str) -> Option<Vec<Spanned<String>>> {
        parse_texts(entry, what, Code::InvalidCorrelation, self.diagnostics)
    }
}
