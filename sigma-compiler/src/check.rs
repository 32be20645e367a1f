//! All documents together. After this stage every rule that exceptions or Sigma filters name is
//! there, and each rule holds what they say about it.

mod disabled;
mod filters;

use std::{collections::HashMap, iter, sync::Arc};

use crate::{
    ast::{Detection, ExceptionEntry, Filter, Rule},
    collect::Documents,
    diagnostic::{Code, Diagnostic, nearest},
    expand::OffRule,
    source::{FileId, SourceFile},
};

/// Rules and exceptions whose references are resolved.
#[derive(Debug, Default)]
pub struct CheckedSet {
    /// The rules, in the order of their files.
    pub rules: Vec<CheckedRule>,
    /// Rules that are off.
    pub off: Vec<OffRule>,
    /// The files that the set was made from, in the order given.
    pub sources: Vec<FileId>,
}

/// A rule with what other files say about it.
#[derive(Debug)]
pub struct CheckedRule {
    /// The rule.
    pub rule: Rule,
    /// Its id, or what stands for it: its name, see [`CheckedRule::name`].
    pub id: String,
    /// Its entry of the exceptions file.
    pub exceptions: Option<ExceptionEntry>,
    /// The Sigma filters that narrow it.
    pub filters: Vec<Arc<Filter>>,
}

impl CheckedRule {
    /// All that must hold for the rule to match: its own detection and those of its filters.
    pub fn detections(&self) -> impl Iterator<Item = &Detection> {
        let filters = self.filters.iter().map(|filter| &filter.detection);
        iter::once(&self.rule.detection).chain(filters)
    }

    /// The name of the file without its extension; for further rules of a file with `#` and their
    /// place among its rules.
    pub fn name(&self, files: &[SourceFile]) -> String {
        name(&self.rule, files)
    }
}

fn name(rule: &Rule, files: &[SourceFile]) -> String {
    let stem = files[rule.file.0].stem();
    match rule.number {
        0 | 1 => stem.to_owned(),
        number => format!("{stem}#{number}"),
    }
}

/// Checks rules and exceptions against each other.
pub(crate) fn check(
    documents: Documents,
    files: &[SourceFile],
    diagnostics: &mut Vec<Diagnostic>,
) -> CheckedSet {
    let Documents { rules, filters, exceptions, settings, skipped, off, sources, complete, .. } =
        documents;
    let mut rules: Vec<CheckedRule> = rules
        .into_iter()
        .map(|rule| CheckedRule {
            id: match &rule.id {
                Some(id) => id.value.clone(),
                None => name(&rule, files),
            },
            rule,
            filters: Vec::new(),
            exceptions: None,
        })
        .collect();
    replace_overridden(&mut rules, files);
    warn_of_duplicates(&rules, diagnostics);
    filters::attach(&mut rules, filters, files, &skipped, complete, diagnostics);
    let of_off = |title: &str| off.iter().any(|off| off.rule.title.value == title);
    for entry in exceptions.entries.into_iter().filter(|entry| !of_off(&entry.title.value)) {
        let complete = complete && !skipped.iter().any(|each| each.is_named(&entry.title.value));
        attach_exceptions(&mut rules, entry, complete, diagnostics);
    }
    // What is said of a disabled rule is no mistake.
    disabled::remove(&mut rules, &settings.disabled_rules, &skipped, complete, diagnostics);
    CheckedSet { rules, off, sources }
}

/// A rule of a later rules directory replaces one of an earlier directory with the same id.
fn replace_overridden(rules: &mut Vec<CheckedRule>, files: &[SourceFile]) {
    let directory = |rule: &CheckedRule| files[rule.rule.file.0].directory;
    let mut last: HashMap<String, usize> = HashMap::new();
    for rule in rules.iter() {
        let newest = last.entry(rule.id.clone()).or_default();
        *newest = directory(rule).max(*newest);
    }
    rules.retain(|rule| last.get(&rule.id) == Some(&directory(rule)));
}

fn warn_of_duplicates(rules: &[CheckedRule], diagnostics: &mut Vec<Diagnostic>) {
    let mut ids: HashMap<&str, &CheckedRule> = HashMap::new();
    let mut titles: HashMap<&str, &CheckedRule> = HashMap::new();
    for rule in rules {
        let same_id = *ids.entry(&rule.id).or_insert(rule);
        let same_title = *titles.entry(&rule.rule.title.value).or_insert(rule);
        if !std::ptr::eq(same_id, rule) {
            diagnostics.push(duplicate_id(rule, same_id));
        } else if !std::ptr::eq(same_title, rule) {
            let title = &rule.rule.title;
            diagnostics.push(
                Diagnostic::warning(
                    Code::DuplicateTitle,
                    format!("the title `{}` is used twice", title.value),
                )
                .at(title.span, "again here")
                .at(same_title.rule.title.span, "first here")
                .help("exceptions name rules by title; give each its own"),
            );
        }
    }
}

/// The name of a file stands for the id of a rule without one, so those must differ too.
fn duplicate_id(rule: &CheckedRule, first: &CheckedRule) -> Diagnostic {
    let place = |each: &CheckedRule| each.rule.id.as_ref().unwrap_or(&each.rule.title).span;
    let diagnostic = match rule.rule.id.is_some() && first.rule.id.is_some() {
        true => {
            Diagnostic::warning(Code::DuplicateId, format!("the id `{}` is used twice", rule.id))
                .help("give one of the rules a new UUID")
        }
        false => Diagnostic::warning(
            Code::DuplicateId,
            format!(
                "the id `{}` is used twice, where the name of a file stands for a missing `id`",
                rule.id
            ),
        )
        .help("give each of the rules a UUID as `id`"),
    };
    diagnostic.at(place(rule), "again here").at(place(first), "first here")
}

fn attach_exceptions(
    rules: &mut [CheckedRule],
    entry: ExceptionEntry,
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let title = &entry.title;
    let mut named = rules.iter_mut().filter(|rule| rule.rule.title.value == title.value);
    let (first, second) = (named.next(), named.next());
    match (first, second) {
        (Some(rule), None) => rule.exceptions = Some(entry),
        (Some(first), Some(second)) => diagnostics.push(
            Diagnostic::error(
                Code::AmbiguousTitle,
                format!("two rules carry the title `{}`", title.value),
            )
            .at(title.span, "which one is meant?")
            .at(first.rule.title.span, "this one")
            .at(second.rule.title.span, "or this one")
            .help("give each rule a title of its own"),
        ),
        (None, _) if complete => {
            let diagnostic = Diagnostic::error(
                Code::UnknownTitle,
                format!("no rule has the title `{}`", title.value),
            )
            .at(title.span, "");
            let titles = rules.iter().map(|rule| rule.rule.title.value.as_str());
            diagnostics.push(match nearest(&title.value, titles) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("exceptions name a rule by its exact title"),
            });
        }
        (None, _) => {}
    }
}
