//! Post-processing rules against the rules they name by title.

use super::{CheckedRule, Gone, rule_of_title};
use crate::{
    ast::{PostprocessingKind, PostprocessingRule},
    diagnostic::{Code, Diagnostic, Edit},
};

/// A post-processing rule whose titles are resolved.
#[derive(Debug)]
pub struct CheckedPostprocessing {
    /// The rule as written.
    pub rule: PostprocessingRule,
    /// Index of the Sigma rule whose matches it looks at.
    pub of: usize,
    /// Index of the rule that `lookFor` names.
    pub look_for: Option<usize>,
}

/// Resolves titles. Those of several rules directories add up: they have no id by which one could
/// replace another.
pub fn check(
    postprocessing: Vec<PostprocessingRule>,
    rules: &[CheckedRule],
    gone: &Gone,
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<CheckedPostprocessing> {
    let mut checked: Vec<CheckedPostprocessing> = Vec::new();
    for rule in postprocessing {
        let look_for = match &rule.kind {
            PostprocessingKind::Correlation { look_for } => Some(look_for),
            PostprocessingKind::Threshold { .. } => None,
        };
        let known = |title: &str| rules.iter().any(|rule| rule.rule.title.value == title);
        let note = [Some(&rule.title), look_for]
            .into_iter()
            .flatten()
            .filter(|title| !known(&title.value))
            .find_map(|title| gone.titled("this post-processing rule", title));
        if let Some(note) = note {
            diagnostics.push(note);
            continue;
        }
        let of = rule_of_title(rules, &rule.title, "post-processing rules", complete, diagnostics);
        let look_for = match &rule.kind {
            PostprocessingKind::Threshold { .. } => None,
            PostprocessingKind::Correlation { look_for } if look_for.value == rule.title.value => {
                diagnostics.push(looks_for_itself(&rule, look_for.span));
                continue;
            }
            PostprocessingKind::Correlation { look_for } => {
                match rule_of_title(rules, look_for, "post-processing rules", complete, diagnostics)
                {
                    None => continue,
                    found => found,
                }
            }
        };
        let Some(of) = of else {
            continue;
        };
        if let Some(first) = checked.iter().find(|first| same(&first.rule, &rule)) {
            diagnostics.push(
                Diagnostic::error(
                    Code::DuplicatePostprocessing,
                    format!("this post-processing rule of `{}` occurs twice", rule.title.value),
                )
                .at(rule.title.span, "again here")
                .at(first.rule.title.span, "first here")
                .help("remove one of the two")
                .edit(Edit::remove_entry(rule.span)),
            );
            continue;
        }
        checked.push(CheckedPostprocessing { rule, of, look_for });
    }
    checked
}

fn looks_for_itself(rule: &PostprocessingRule, place: crate::source::Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidPostprocessing,
        format!("`{}` looks for itself", rule.title.value),
    )
    .at(place, "the same title")
    .at(rule.title.span, "as here")
    .help("name another rule, or count the matches of one with a `threshold`")
}

/// Whether two say the same, in whatever words they describe it.
fn same(a: &PostprocessingRule, b: &PostprocessingRule) -> bool {
    let kind = match (&a.kind, &b.kind) {
        (
            PostprocessingKind::Correlation { look_for: a },
            PostprocessingKind::Correlation { look_for: b },
        ) => a.value == b.value,
        (a, b) => a == b,
    };
    let fields = |rule: &PostprocessingRule| {
        let fields = rule.group_by.as_ref()?;
        Some(fields.iter().map(|field| field.value.clone()).collect::<Vec<_>>())
    };
    kind && a.title.value == b.title.value
        && a.window_minutes == b.window_minutes
        && a.level == b.level
        && fields(a) == fields(b)
        && a.cooldown_minutes == b.cooldown_minutes
}
