//! Sigma filters and the rules that they name. After this each rule holds those that narrow it.

use std::sync::Arc;

use super::{CheckedRule, another_id};
use crate::{
    ast::{Filter, FilteredRules, Skipped},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    source::{SourceFile, Spanned},
};

/// Gives every rule its filters. `complete` says that every rule could be read, so that a name
/// nobody carries is a mistake in the filter.
pub fn attach(
    rules: &mut [CheckedRule],
    filters: Vec<Filter>,
    files: &[SourceFile],
    skipped: &[Skipped],
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for filter in without_overridden(filters, files, diagnostics) {
        let filter = Arc::new(filter);
        match &filter.rules {
            // Every rule that is compiled is for CloudTrail, and so is every filter.
            FilteredRules::Any => {
                rules.iter_mut().for_each(|rule| rule.filters.push(Arc::clone(&filter)));
            }
            FilteredRules::Named(names) => {
                for name in names {
                    let known = skipped.iter().any(|each| each.is_named(&name.value));
                    match named(rules, name, complete && !known) {
                        Ok(Some(rule)) => add(rule, &filter),
                        Ok(None) => {}
                        Err(diagnostic) => diagnostics.push(diagnostic),
                    }
                }
            }
        }
    }
}

/// A rule that is named twice, by id and by name perhaps, is filtered once.
fn add(rule: &mut CheckedRule, filter: &Arc<Filter>) {
    if !rule.filters.iter().any(|known| Arc::ptr_eq(known, filter)) {
        rule.filters.push(Arc::clone(filter));
    }
}

/// A filter of a later rules directory replaces one of an earlier directory with the same id.
fn without_overridden(
    mut filters: Vec<Filter>,
    files: &[SourceFile],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Filter> {
    let directory = |filter: &Filter| files[filter.file.0].directory;
    let mut kept: Vec<Filter> = Vec::new();
    // From the last one on, so that what is kept already comes from the same directory or a later.
    while let Some(filter) = filters.pop() {
        let id = filter.id.as_ref();
        let same = kept.iter().find_map(|other| {
            let known = other.id.as_ref()?;
            id.is_some_and(|id| id.value == known.value).then_some((other, known))
        });
        match (same, id) {
            (Some((other, _)), _) if directory(other) > directory(&filter) => continue,
            (Some((_, again)), Some(first)) => diagnostics.push(
                Diagnostic::warning(
                    Code::DuplicateId,
                    format!("the id `{}` is used twice", first.value),
                )
                .at(again.span, "again here")
                .at(first.span, "first here")
                .help("give one of the filters a new UUID")
                .edit(another_id(again.span, 0, files)),
            ),
            _ => {}
        }
        kept.push(filter);
    }
    kept.reverse();
    kept
}

/// The rule of this id or name; none where it may be among those that could not be read.
fn named<'a>(
    rules: &'a mut [CheckedRule],
    name: &Spanned<String>,
    complete: bool,
) -> Result<Option<&'a mut CheckedRule>, Diagnostic> {
    let is_named = |rule: &CheckedRule| {
        let by_name = rule.rule.name.as_ref().is_some_and(|known| known.value == name.value);
        by_name || rule.id.eq_ignore_ascii_case(&name.value)
    };
    let mut found = rules.iter().enumerate().filter(|(_, rule)| is_named(rule));
    match (found.next(), found.next()) {
        (Some((_, first)), Some((_, second))) => Err(Diagnostic::error(
            Code::AmbiguousRule,
            format!("two rules carry the id or name `{}`", name.value),
        )
        .at(name.span, "which one is meant?")
        .at(first.rule.title.span, "this one")
        .at(second.rule.title.span, "or this one")
        .help("name the rule by its id, or give each rule a name of its own")),
        (Some((at, _)), None) => Ok(rules.get_mut(at)),
        (None, _) if complete => Err(unknown(rules, name)),
        (None, _) => Ok(None),
    }
}

fn unknown(rules: &[CheckedRule], name: &Spanned<String>) -> Diagnostic {
    let written = &name.value;
    let diagnostic =
        Diagnostic::error(Code::UnknownRule, format!("no rule has the id or name `{written}`"))
            .at(name.span, "");
    let titled = rules.iter().find(|rule| rule.rule.title.value == *written);
    let names = rules.iter().flat_map(|rule| {
        let name = rule.rule.name.as_ref().map(|name| name.value.as_str());
        name.into_iter().chain([rule.id.as_str()])
    });
    match (titled, nearest(written, names)) {
        (Some(rule), _) => diagnostic
            .help(format!("a rule is not named by its title here; write `{}`", rule.id))
            .edit(Edit::rename(name.span, written, &rule.id)),
        _ if written == "any" => {
            diagnostic.help("write `rules: any`, without a list, for all rules")
        }
        (None, Some(near)) => diagnostic.did_you_mean(name.span, written, near),
        (None, None) => diagnostic.help("filters name a rule by its `id` or its `name`"),
    }
}
