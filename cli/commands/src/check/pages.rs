//! The pages of `docs/diagnostics`, compiled in.

use sigma_compiler::diagnostic::{Code, nearest};

use crate::Failure;

macro_rules! pages {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../../../../docs/diagnostics/", $name, ".md"))),)*]
    };
}

/// The page of every code, sorted by name.
const PAGES: &[(&str, &str)] = pages![
    "always-true",
    "ambiguous-rule",
    "ambiguous-title",
    "ambiguous-value",
    "catch-all-rule",
    "circular-correlation",
    "conflicting-modifiers",
    "contradictory-condition",
    "covered-value",
    "description-form",
    "disabled-rules",
    "duplicate-id",
    "duplicate-key",
    "duplicate-postprocessing",
    "duplicate-tag",
    "duplicate-title",
    "empty-detection",
    "equal-rules",
    "exception-hides-rule",
    "file-name",
    "file-too-large",
    "filter-hides-rule",
    "inclusive-filter",
    "incomplete-alias",
    "invalid-address",
    "invalid-attribute",
    "invalid-condition",
    "invalid-correlation",
    "invalid-exceptions",
    "invalid-field",
    "invalid-id",
    "invalid-json",
    "invalid-key",
    "invalid-network",
    "invalid-placeholders",
    "invalid-postprocessing",
    "invalid-regex",
    "invalid-settings",
    "invalid-tests",
    "invalid-timespan",
    "invalid-value",
    "invalid-yaml",
    "missing-attribute",
    "missing-condition",
    "missing-id",
    "missing-tests",
    "never-true",
    "no-rules",
    "not-a-mapping",
    "not-utf8",
    "other-logsource",
    "rule-off",
    "skipped-rules",
    "title-form",
    "too-deep",
    "too-many-nodes",
    "two-exception-files",
    "two-settings-files",
    "unique-group-key",
    "unknown-attribute",
    "unknown-channel",
    "unknown-file",
    "unknown-identifier",
    "unknown-modifier",
    "unknown-placeholder",
    "unknown-rule",
    "unknown-tag",
    "unknown-timezone",
    "unknown-title",
    "unmatched-pattern",
    "unreachable-value",
    "unreadable-file",
    "unsupported",
    "unsupported-condition",
    "unsupported-yaml",
    "unused-alias",
    "unused-identifier",
    "useless-all",
    "useless-timeframe",
    "weak-tests",
    "yaml-tab",
];

/// The page of a code.
pub fn of(code: Code) -> Option<&'static str> {
    find(code.name())
}

/// The page of the code with this name, as it was typed.
pub fn named(name: &str) -> Result<&'static str, Failure> {
    find(name).ok_or_else(|| {
        let hint = match nearest(name, PAGES.iter().map(|(name, _)| *name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a code stands in brackets, as in `error[unknown-modifier]`".to_owned(),
        };
        Failure::Usage(format!("there is no code `{name}`; {hint}"))
    })
}

fn find(name: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == name).map(|(_, page)| *page)
}

#[cfg(test)]
mod tests {
    use super::{Code, PAGES};

    #[test]
    fn every_code_has_its_page_in_the_table() {
        let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        codes.sort_unstable();
        let pages: Vec<&str> = PAGES.iter().map(|(name, _)| *name).collect();
        assert_eq!(pages, codes);
    }
}
