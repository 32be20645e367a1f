//! Rules that the settings switch off. After this they are gone, and counted aloud.

use std::collections::HashSet;

use super::CheckedRule;
use crate::{
    ast::Skipped,
    diagnostic::{Code, Diagnostic, nearest},
    source::Spanned,
};

/// Removes the rules of these ids and titles, and returns them. `complete` says that every rule could be read, so
/// that a name nobody carries is a mistake in the settings.
pub fn remove(
    rules: &mut Vec<CheckedRule>,
    disabled: &[Spanned<String>],
    skipped: &[Skipped],
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<CheckedRule> {
    let mut removed = HashSet::new();
    let mut places = Vec::new();
    for name in disabled {
        let mut named = rules.iter().enumerate().filter(|(_, rule)| is_named(rule, &name.value));
        match (named.next(), named.next()) {
            (Some((at, _)), None) => {
                removed.insert(at);
                places.push(name.span);
            }
            (Some((_, first)), Some((_, second))) => diagnostics.push(
                Diagnostic::error(
                    Code::AmbiguousRule,
                    format!("two rules carry the id or title `{}`", name.value),
                )
                .at(name.span, "which one is meant?")
                .at(first.rule.title.span, "this one")
                .at(second.rule.title.span, "or this one")
                .help("name the rule by its id"),
            ),
            (None, _) if !complete || skipped.iter().any(|each| each.is_named(&name.value)) => {}
            (None, _) => diagnostics.push(unknown(rules, name)),
        }
    }
    let mut at = 0..;
    let gone: Vec<CheckedRule> =
        rules.extract_if(.., |_| at.next().is_some_and(|at| removed.contains(&at))).collect();
    let message = match removed.len() {
        0 => return gone,
        1 => "1 rule is disabled".to_owned(),
        count => format!("{count} rules are disabled"),
    };
    let note = Diagnostic::note(Code::DisabledRules, message);
    diagnostics.push(places.into_iter().fold(note, |note, place| note.at(place, "")));
    gone
}

fn is_named(rule: &CheckedRule, name: &str) -> bool {
    rule.id.eq_ignore_ascii_case(name) || rule.rule.title.value == name
}

fn unknown(rules: &[CheckedRule], name: &Spanned<String>) -> Diagnostic {
    let message = format!("no rule has the id or title `{}`", name.value);
    let diagnostic = Diagnostic::error(Code::UnknownRule, message).at(name.span, "");
    let names = rules.iter().flat_map(|rule| [rule.id.as_str(), &rule.rule.title.value]);
    match nearest(&name.value, names) {
        Some(near) => diagnostic.did_you_mean(name.span, &name.value, near),
        None => diagnostic.help("name the rule by its `id` or its exact `title`, or remove this"),
    }
}
