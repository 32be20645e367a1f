//! Levels of lints, as settings and documents give them.

use crate::{
    ast::LintLevel,
    diagnostic::{Code, Diagnostic, Severity, nearest},
    node::{Entry, Kind, Node, Scalar},
};

const LEVELS: &[(&str, LintLevel)] = &[
    ("off", LintLevel::Off),
    ("note", LintLevel::At(Severity::Note)),
    ("warning", LintLevel::At(Severity::Warning)),
    ("error", LintLevel::At(Severity::Error)),
];

/// `lints`: a map of codes to levels; errors are of the kind that `wrong` says.
pub fn parse_lints(
    section: &Entry,
    wrong: Code,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Code, LintLevel)> {
    let Some(entries) = section.value.as_mapping() else {
        if section.value.kind != Kind::Scalar(Scalar::Null) {
            diagnostics.push(
                Diagnostic::error(wrong, "`lints` must be a map of codes to levels")
                    .at(section.value.span, format!("this is {}", section.value.type_name()))
                    .help("write for example `missing-tests: off` below it, indented"),
            );
        }
        return Vec::new();
    };
    let mut levels = Vec::new();
    for entry in entries {
        let code = code(entry, wrong).map_err(|error| diagnostics.push(*error));
        let level = level(&entry.value, wrong).map_err(|error| diagnostics.push(*error));
        if let (Ok(code), Ok(level)) = (code, level) {
            levels.push((code, level));
        }
    }
    levels
}

fn code(entry: &Entry, wrong: Code) -> Result<Code, Box<Diagnostic>> {
    let (name, place) = (entry.key.value.as_str(), entry.key.span);
    let named = Code::ALL.iter().copied().find(|code| code.name() == name);
    if let Some(code) = named.filter(|code| code.is_lint()) {
        return Ok(code);
    }
    Err(Box::new(if named.is_some() {
        Diagnostic::error(wrong, format!("`{name}` is no lint"))
            .at(place, "its level is fixed")
            .help("only lints have a level that can be chosen; `docs/diagnostics/README.md` lists them")
    } else {
        let diagnostic =
            Diagnostic::error(wrong, format!("there is no lint `{name}`")).at(place, "");
        let lints = Code::ALL.iter().filter(|code| code.is_lint()).map(|code| code.name());
        match nearest(name, lints) {
            Some(near) => diagnostic.did_you_mean(place, name, near),
            None => diagnostic.help("a code stands in brackets, as in `warning[missing-tests]`"),
        }
    }))
}

fn level(node: &Node, wrong: Code) -> Result<LintLevel, Box<Diagnostic>> {
    let found = match &node.kind {
        // What YAML takes `off` for.
        Kind::Scalar(Scalar::Bool(false)) => return Ok(LintLevel::Off),
        _ => node.as_str().unwrap_or_default(),
    };
    if let Some((_, level)) = LEVELS.iter().find(|(name, _)| *name == found) {
        return Ok(*level);
    }
    let names = || LEVELS.iter().map(|(name, _)| *name);
    let diagnostic = Diagnostic::error(wrong, "this is not a level of a lint").at(node.span, "");
    Err(Box::new(match nearest(found, names()) {
        Some(near) => diagnostic.did_you_mean(node.span, found, near),
        None => {
            let names: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            diagnostic.help(format!("write one of {}", names.join(", ")))
        }
    }))
}
