//! Reading the values of a map whose keys are known; what is wrong is told under one code.

use super::{
    texts::parse_texts,
    timespan::{Limits, read_timespan},
};
use crate::{
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar, absent},
    source::{Span, Spanned},
};

/// The longest cooldown and the like: of what is older, nobody knows any more.
const REMEMBERED: Limits = Limits {
    longest: 2_592_000,
    in_words: "30 days",
    help: "write at most `30d`",
    zero: false,
    or: "",
};

/// Reads values of a file.
pub(super) struct Reader<'a> {
    /// The code of what is wrong.
    pub wrong: Code,
    pub source: &'a str,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.wrong, message)
    }

    pub fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// A value as it stands in the file.
    pub fn written(&self, node: &Node) -> &'a str {
        self.source.get(node.span.range()).unwrap_or_default().trim_end()
    }

    pub fn wrong_type(&self, entry: &Entry, message: impl Into<String>) -> Diagnostic {
        self.error(message).at(place(entry), format!("this is {}", entry.value.type_name()))
    }

    /// Tells of keys that are neither `known` nor told of `elsewhere`, as what `has_no` begins to
    /// say. Whether there are any.
    pub fn unknown_keys(
        &mut self,
        entries: &[Entry],
        has_no: &str,
        known: &[&str],
        elsewhere: &[&str],
    ) -> bool {
        let mut found = false;
        for entry in entries {
            let name = entry.key.value.as_str();
            if known.contains(&name) || elsewhere.contains(&name) {
                continue;
            }
            let (name, span) = (&entry.key.value, entry.key.span);
            let diagnostic = self.error(format!("{has_no} `{name}`")).at(span, "");
            let near = nearest(name, absent(known.iter().copied(), entries));
            self.report::<()>(match near {
                Some(near) => diagnostic.did_you_mean(span, name, near),
                None => diagnostic.help(format!("known here: {}", listed(known))),
            });
            found = true;
        }
        found
    }

    /// A time of at most 30 days, in seconds.
    pub fn timespan(&mut self, entry: &Entry, zero: bool) -> Option<u64> {
        self.limited(entry, &Limits { zero, ..REMEMBERED })
    }

    fn limited(&mut self, entry: &Entry, limits: &Limits) -> Option<u64> {
        match read_timespan(entry, self.written(&entry.value), limits, self.wrong) {
            Ok(seconds) => Some(seconds),
            Err(diagnostic) => self.report(*diagnostic),
        }
    }

    /// `cooldown`, in seconds; 0 is none.
    pub fn cooldown(&mut self, entry: &Entry) -> Option<u64> {
        match &entry.value.kind {
            // What YAML takes `off` for.
            Kind::Scalar(Scalar::Bool(false)) => Some(0),
            Kind::Scalar(Scalar::String(text)) if ["off", "none"].contains(&text.trim()) => Some(0),
            _ => self.limited(entry, &Limits { zero: true, or: ", or `off`", ..REMEMBERED }),
        }
    }

    /// One text, or a list of different ones, at least one. `what` says what each is.
    pub fn texts(&mut self, entry: &Entry, what: &str) -> Option<Vec<Spanned<String>>> {
        let texts = parse_texts(entry, what, self.wrong, self.diagnostics)?;
        if texts.is_empty() {
            let message = format!("`{}` is empty", entry.key.value);
            let diagnostic = self.error(message).at(entry.value.span, "");
            return self.report(
                diagnostic
                    .help(format!("write {what}, or remove it"))
                    .edit(Edit::remove_entry(entry.span())),
            );
        }
        Some(texts)
    }
}

/// Where a value stands, or its key where nothing is written.
pub(super) fn place(entry: &Entry) -> Span {
    if entry.value.is_unwritten() { entry.key.span } else { entry.value.span }
}

/// `a`, `b`
pub(super) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
