//! All documents together. After this stage every rule that exceptions, Sigma filters, correlations
//! or post-processing rules name is there, and each rule holds what they say about it.

mod channels;
mod circles;
mod correlations;
mod disabled;
mod filters;
mod gone;
mod names;
mod postprocessing;

use std::{collections::HashMap, iter, sync::Arc};

use crate::{
    ast::{AlertSettings, Detection, ExceptionEntry, Filter, Rule},
    collect::Documents,
    diagnostic::{Code, Diagnostic, Edit, nearest},
    expand::OffRule,
    new_id::new_id,
    source::{FileId, SourceFile, Span, Spanned},
};

use channels::Channels;
use gone::Gone;

pub use correlations::{CheckedCorrelation, Key, Member};
pub use postprocessing::CheckedPostprocessing;

/// Rules and exceptions whose references are resolved.
#[derive(Debug, Default)]
pub struct CheckedSet {
    /// The rules, in the order of their files.
    pub rules: Vec<CheckedRule>,
    /// The correlations, in the order of their files.
    pub correlations: Vec<CheckedCorrelation>,
    /// The post-processing rules, in the order of their files.
    pub postprocessing: Vec<CheckedPostprocessing>,
    /// What is chosen for all alerts.
    pub alerts: AlertSettings,
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
    /// Whether its matches alert by themselves: not where only correlations want them, by not
    /// saying `generate: true` (Sigma correlation rules specification, "Generate").
    pub generate: bool,
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
        name(self.rule.file, self.rule.number, files)
    }
}

/// The name of a document: that of its file, for all but the first of a file with its number.
fn name(file: FileId, number: usize, files: &[SourceFile]) -> String {
    let stem = files[file.0].stem();
    match number {
        0 | 1 => stem.to_owned(),
        number => format!("{stem}#{number}"),
    }
}

/// Checks documents against each other.
pub(crate) fn check(
    documents: Documents,
    files: &[SourceFile],
    diagnostics: &mut Vec<Diagnostic>,
) -> CheckedSet {
    let Documents {
        rules,
        filters,
        correlations,
        postprocessing,
        exceptions,
        settings,
        settings_read,
        skipped,
        off,
        sources,
        complete,
        ..
    } = documents;
    let mut rules: Vec<CheckedRule> = rules
        .into_iter()
        .map(|rule| CheckedRule {
            id: match &rule.id {
                Some(id) => id.value.clone(),
                None => name(rule.file, rule.number, files),
            },
            rule,
            filters: Vec::new(),
            exceptions: None,
            generate: true,
        })
        .collect();
    keep_newest(&mut rules, |rule| (&rule.id, files[rule.rule.file.0].directory));
    warn_of_duplicates(&rules, files, diagnostics);
    filters::attach(&mut rules, filters, files, &skipped, complete, diagnostics);
    let of_off = |title: &str| off.iter().any(|off| off.rule.title.value == title);
    for entry in exceptions.entries.into_iter().filter(|entry| !of_off(&entry.title.value)) {
        let complete = complete && !skipped.iter().any(|each| each.is_named(&entry.title.value));
        if let Some(rule) = rule_of_title(&rules, &entry.title, "exceptions", complete, diagnostics)
        {
            rules[rule].exceptions = Some(entry);
        }
    }
    // What is said of a disabled rule is no mistake.
    let disabled =
        disabled::remove(&mut rules, &settings.disabled_rules, &skipped, complete, diagnostics);
    let channels = Channels::new(&settings.alerts, settings_read);
    for rule in &rules {
        channels.check(&rule.rule.alerting, diagnostics);
    }
    let gone = Gone::new(skipped, &off, &disabled);
    let mut correlations = correlations::newest(correlations, files);
    correlations::leave_out(&mut correlations, &rules, gone.clone(), diagnostics);
    for (_, correlation) in &correlations {
        channels.check(&correlation.alerting, diagnostics);
    }
    let correlations = correlations::check(&correlations, &mut rules, files, complete, diagnostics);
    let postprocessing =
        postprocessing::check(postprocessing, &rules, &gone, complete, diagnostics);
    CheckedSet { rules, correlations, postprocessing, alerts: settings.alerts, off, sources }
}

/// A document of a later rules directory replaces one of an earlier directory with the same id.
fn keep_newest<T>(documents: &mut Vec<T>, key: impl Fn(&T) -> (&String, usize)) {
    let mut last: HashMap<String, usize> = HashMap::new();
    for document in documents.iter() {
        let (id, directory) = key(document);
        let newest = last.entry(id.clone()).or_default();
        *newest = directory.max(*newest);
    }
    documents.retain(|document| {
        let (id, directory) = key(document);
        last.get(id) == Some(&directory)
    });
}

fn warn_of_duplicates(
    rules: &[CheckedRule],
    files: &[SourceFile],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut ids: HashMap<&str, &CheckedRule> = HashMap::new();
    let mut titles: HashMap<&str, &CheckedRule> = HashMap::new();
    for rule in rules {
        let same_id = *ids.entry(&rule.id).or_insert(rule);
        let same_title = *titles.entry(&rule.rule.title.value).or_insert(rule);
        if !std::ptr::eq(same_id, rule) {
            diagnostics.push(duplicate_id(rule, same_id, files));
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

/// Writes a new id in the place of one that is taken.
fn another_id(place: Span, number: usize, files: &[SourceFile]) -> Edit {
    let file = &files[place.file.0];
    let written = file.text.get(place.range()).unwrap_or_default();
    let written = written.trim_matches(['"', '\'']);
    let new = new_id(&[written, file.name(), &number.to_string(), &place.start.to_string()]);
    Edit::rename(place, written, &new)
}

/// The name of a file stands for the id of a rule without one, so those must differ too.
fn duplicate_id(rule: &CheckedRule, first: &CheckedRule, files: &[SourceFile]) -> Diagnostic {
    let place = |each: &CheckedRule| each.rule.id.as_ref().unwrap_or(&each.rule.title).span;
    let diagnostic = match &rule.rule.id {
        Some(id) if first.rule.id.is_some() => {
            Diagnostic::warning(Code::DuplicateId, format!("the id `{}` is used twice", rule.id))
                .help("give one of the rules a new UUID")
                .edit(another_id(id.span, rule.rule.number, files))
        }
        _ => Diagnostic::warning(
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

/// The index of the rule that carries a title; `naming` are those who name it so, for messages.
fn rule_of_title(
    rules: &[CheckedRule],
    title: &Spanned<String>,
    naming: &str,
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let mut named =
        rules.iter().enumerate().filter(|(_, rule)| rule.rule.title.value == title.value);
    match (named.next(), named.next()) {
        (Some((at, _)), None) => return Some(at),
        (Some((_, first)), Some((_, second))) => diagnostics.push(
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
                Some(near) => diagnostic.did_you_mean(title.span, &title.value, near),
                None => diagnostic.help(format!("{naming} name a rule by its exact title")),
            });
        }
        (None, _) => {}
    }
    None
}
