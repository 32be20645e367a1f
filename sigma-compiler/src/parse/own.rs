//! The `trailalerts` attribute: what a document says beyond Sigma.

use super::lints::parse_lints;
use crate::{
    ast::LintLevel,
    diagnostic::{Code, Diagnostic, nearest},
    node::{Kind, Node, Scalar},
};

/// The name of the attribute.
pub const ATTRIBUTE: &str = "trailalerts";

const KEYS: [&str; 1] = ["lints"];
/// Documented, and refused until something follows from them.
const PLANNED: [&str; 6] =
    ["cooldown", "cooldown_by", "channels", "distribution", "activity", "expected_silence"];

/// The levels of lints that a document gives for itself.
pub fn parse_own_lints(
    document: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Code, LintLevel)> {
    let mut lints = Vec::new();
    let entries = document.as_mapping().unwrap_or_default();
    let Some(attribute) = entries.iter().find(|entry| entry.key.value == ATTRIBUTE) else {
        return lints;
    };
    let Some(parts) = attribute.value.as_mapping() else {
        if attribute.value.kind != Kind::Scalar(Scalar::Null) {
            let message = format!("`{ATTRIBUTE}` must be a map");
            diagnostics.push(
                Diagnostic::error(Code::InvalidAttribute, message)
                    .at(attribute.value.span, format!("this is {}", attribute.value.type_name()))
                    .help("write for example `lints:` below it, indented"),
            );
        }
        return lints;
    };
    for part in parts {
        let name = part.key.value.as_str();
        if name == "lints" {
            lints = parse_lints(part, Code::InvalidAttribute, diagnostics);
        } else if PLANNED.contains(&name) {
            let message = format!("`{name}` of `{ATTRIBUTE}` is not supported yet");
            diagnostics.push(
                Diagnostic::error(Code::Unsupported, message)
                    .at(part.key.span, "")
                    .help("remove it, or move the file out of the rules directory"),
            );
        } else {
            let message = format!("`{ATTRIBUTE}` has no `{name}`");
            let diagnostic =
                Diagnostic::error(Code::InvalidAttribute, message).at(part.key.span, "");
            diagnostics.push(match nearest(name, KEYS) {
                Some(near) => diagnostic.did_you_mean(part.key.span, name, near),
                None => diagnostic.help("known here: `lints`"),
            });
        }
    }
    lints
}
