//! All documents together. After this stage every rule title in the exceptions and post-processing
//! rules is that of a rule, and every reference of a correlation that of a rule or correlation.

mod circles;
mod correlations;
mod names;
mod postprocessing;

use std::collections::HashMap;

use crate::{
    ast::{Correlation, ExceptionEntry, Exceptions, PostprocessingRule, Rule},
    diagnostic::{Code, Diagnostic, nearest},
    source::{FileId, SourceFile, Spanned},
};

pub use correlations::{CheckedCorrelation, Key, Member};
pub use postprocessing::CheckedPostprocessing;

/// What documents say, each by itself.
#[derive(Debug, Default)]
pub struct Documents {
    /// The rules, in the order of their files.
    pub rules: Vec<Rule>,
    /// The correlations, in the order of their files.
    pub correlations: Vec<Correlation>,
    /// The entries of the exceptions files.
    pub exceptions: Exceptions,
    /// The post-processing rules, in the order of their files.
    pub postprocessing: Vec<PostprocessingRule>,
}

/// Rules and exceptions whose references are resolved.
#[derive(Debug, Default)]
pub struct CheckedSet {
    /// The rules, in the order of their files.
    pub rules: Vec<CheckedRule>,
    /// The correlations, in the order of their files.
    pub correlations: Vec<CheckedCorrelation>,
    /// The post-processing rules, in the order of their files.
    pub postprocessing: Vec<CheckedPostprocessing>,
}

/// A rule with what other files say about it.
#[derive(Debug)]
pub struct CheckedRule {
    /// The rule.
    pub rule: Rule,
    /// Its id, or what stands for it: the name of its file.
    pub id: String,
    /// Its entry of the exceptions file.
    pub exceptions: Option<ExceptionEntry>,
    /// Whether its matches alert by themselves: not where only correlations want them, by not
    /// saying `generate: true` (Sigma correlation rules specification, "Generate").
    pub generate: bool,
}

/// Checks documents against each other. `complete` says that every rule file could be parsed, so
/// that a title or name nobody carries is a mistake where it is used.
pub fn check(
    documents: Documents,
    files: &[SourceFile],
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> CheckedSet {
    let mut rules: Vec<CheckedRule> = documents
        .rules
        .into_iter()
        .map(|rule| CheckedRule {
            id: id_of(rule.id.as_ref(), rule.file, files),
            rule,
            exceptions: None,
            generate: true,
        })
        .collect();
    keep_newest(&mut rules, |rule| (&rule.id, files[rule.rule.file.0].directory));
    warn_of_duplicates(&rules, diagnostics);
    for entry in documents.exceptions.entries {
        if let Some(rule) = rule_of_title(&rules, &entry.title, "exceptions", complete, diagnostics)
        {
            rules[rule].exceptions = Some(entry);
        }
    }
    let correlations =
        correlations::check(documents.correlations, &mut rules, files, complete, diagnostics);
    let postprocessing =
        postprocessing::check(documents.postprocessing, &rules, complete, diagnostics);
    CheckedSet { rules, correlations, postprocessing }
}

/// The id of a document, or what stands for it: the name of its file.
fn id_of(id: Option<&Spanned<String>>, file: FileId, files: &[SourceFile]) -> String {
    match id {
        Some(id) => id.value.clone(),
        None => files[file.0].stem().to_owned(),
    }
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
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("{naming} name a rule by its exact title")),
            });
        }
        (None, _) => {}
    }
    None
}
