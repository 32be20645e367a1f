//! The `trailalerts` attribute: what a document says beyond Sigma.

use super::{
    alerting::parse_alerting, attributes::Attributes, document::DocumentKind, lints::parse_lints,
    reader::Reader,
};
use crate::{
    ast::{Alerting, LintLevel},
    diagnostic::{Code, Diagnostic, Edit},
    node::{Entry, Kind, Node, Scalar},
    source::Spanned,
};

/// The name of the attribute.
pub const ATTRIBUTE: &str = "trailalerts";

const KEYS: [&str; 7] =
    ["lints", "cooldown", "cooldown_by", "channels", "distribution", "activity", EXPECTED_SILENCE];

/// Only absence has it.
pub const EXPECTED_SILENCE: &str = "expected_silence";

/// The levels of lints that a document gives for itself.
pub fn parse_own_lints(
    document: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Code, LintLevel)> {
    let parts = document.as_mapping().and_then(parts).unwrap_or_default();
    match parts.iter().find(|part| part.key.value == "lints") {
        Some(lints) => parse_lints(lints, Code::InvalidAttribute, diagnostics),
        None => Vec::new(),
    }
}

/// The entries of the attribute, where it is a map.
fn parts(document: &[Entry]) -> Option<&[Entry]> {
    document.iter().find(|entry| entry.key.value == ATTRIBUTE)?.value.as_mapping()
}

/// Where the document speaks of expected silence.
pub fn expected_silence(document: &[Entry]) -> Option<&Entry> {
    parts(document)?.iter().find(|part| part.key.value == EXPECTED_SILENCE)
}

/// The names in `cooldown_by` and `distribution`, whatever is wrong with them.
pub fn fields(document: &[Entry]) -> impl Iterator<Item = Spanned<String>> {
    let of_fields =
        |part: &&Entry| ["cooldown_by", "distribution"].contains(&part.key.value.as_str());
    let named = parts(document).unwrap_or_default().iter().filter(of_fields);
    named
        .flat_map(|part| match &part.value.kind {
            Kind::Sequence(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(&part.value),
        })
        .filter_map(|node| Some(Spanned::new(node.as_str()?.trim().to_owned(), node.span)))
}

impl Attributes<'_> {
    /// What the document says of its alerts.
    pub fn alerting(&mut self) -> Alerting {
        let Some(attribute) = self.get(ATTRIBUTE) else {
            return Alerting::default();
        };
        let mut reader = Reader {
            wrong: Code::InvalidAttribute,
            source: self.source,
            diagnostics: self.diagnostics,
        };
        let Some(parts) = attribute.value.as_mapping() else {
            if attribute.value.kind != Kind::Scalar(Scalar::Null) {
                let message = format!("`{ATTRIBUTE}` must be a map");
                let diagnostic = reader
                    .wrong_type(attribute, message)
                    .help("write for example `cooldown: 30m` below it, indented");
                reader.report::<()>(diagnostic);
            }
            return Alerting::default();
        };
        reader.unknown_keys(parts, &format!("`{ATTRIBUTE}` has no"), &KEYS, &[]);
        if self.kind == DocumentKind::Filter {
            for part in parts.iter().filter(|part| part.key.value != "lints") {
                let name = part.key.value.as_str();
                if KEYS.contains(&name) {
                    let diagnostic = reader
                        .error(format!("a Sigma filter has no `{name}`: it never alerts"))
                        .at(part.key.span, "")
                        .help("write it into the rules that the filter narrows")
                        .edit(Edit::remove_entry(part.span()));
                    reader.report::<()>(diagnostic);
                }
            }
            return Alerting::default();
        }
        let alerting = parse_alerting(&mut reader, parts);
        if self.kind == DocumentKind::Rule {
            self.no_expected_silence();
        }
        alerting
    }

    /// Says that nothing here tells of absence.
    pub fn no_expected_silence(&mut self) {
        let Some(part) = expected_silence(self.entries) else {
            return;
        };
        let message = format!("`{EXPECTED_SILENCE}` stands where absence is not told anyway");
        self.diagnostics.push(
            Diagnostic::error(Code::InvalidAttribute, message)
                .at(part.key.span, "")
                .help(
                    "only a correlation of type `event_count` with `lt`, `lte` or `eq: 0` tells of \
                     absence; the hours in which a rule may alert are its `activity`",
                )
                .edit(Edit::remove_entry(part.span())),
        );
    }
}
