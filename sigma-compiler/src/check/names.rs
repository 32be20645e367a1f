//! What correlations can name, and what a reference means (Sigma correlation rules specification,
//! "Related rules").

use std::collections::HashMap;

use super::{CheckedRule, Member, another_id};
use crate::{
    ast::Correlation,
    diagnostic::{Code, Diagnostic, Edit, nearest},
    source::{SourceFile, Spanned},
};

/// A document that a correlation can name.
pub struct Named {
    id: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    title: Spanned<String>,
    /// The id, or what stands for it.
    shown_id: String,
    pub member: Member,
}

/// All documents that correlations can name.
pub struct Names {
    documents: Vec<Named>,
    by_reference: HashMap<String, Vec<usize>>,
}

impl Names {
    /// Everything that can be named.
    pub fn new(rules: &[CheckedRule], correlations: &[(String, Correlation)]) -> Self {
        let rules = rules.iter().enumerate().map(|(at, checked)| Named {
            id: checked.rule.id.clone(),
            name: checked.rule.name.clone(),
            title: checked.rule.title.clone(),
            shown_id: checked.id.clone(),
            member: Member::Rule(at),
        });
        let correlations = correlations.iter().enumerate().map(|(at, (id, each))| Named {
            id: each.id.clone(),
            name: each.name.clone(),
            title: each.title.clone(),
            shown_id: id.clone(),
            member: Member::Correlation(at),
        });
        let documents: Vec<Named> = rules.chain(correlations).collect();
        let mut by_reference: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, document) in documents.iter().enumerate() {
            let id = document.id.as_ref().map(|id| id.value.clone());
            let name = document.name.as_ref().map(|name| name.value.clone());
            for reference in id.iter().chain(name.iter().filter(|name| Some(*name) != id.as_ref()))
            {
                by_reference.entry(reference.clone()).or_default().push(at);
            }
        }
        Self { documents, by_reference }
    }

    /// The documents that an id (in any case) or name means.
    pub fn find(&self, reference: &str) -> Vec<&Named> {
        let lower = reference.to_lowercase();
        let exact = self.by_reference.get(reference).into_iter().flatten();
        let folded = self.by_reference.get(&lower).into_iter().flatten().filter(|&&at| {
            lower != reference && self.documents[at].id.as_ref().is_some_and(|id| id.value == lower)
        });
        exact.chain(folded).map(|&at| &self.documents[at]).collect()
    }

    /// The one document that a reference means; anything else is reported.
    pub fn resolve(
        &self,
        reference: &Spanned<String>,
        complete: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Member> {
        let written = &reference.value;
        match self.find(written).as_slice() {
            [only] => Some(only.member),
            [] if !complete => None,
            [] => {
                let message = format!("no rule has the id or name `{written}`");
                let diagnostic =
                    Diagnostic::error(Code::UnknownRule, message).at(reference.span, "");
                diagnostics.push(self.instead_of(reference, diagnostic));
                None
            }
            [first, second, ..] => {
                let place = |named: &Named| {
                    let carries =
                        |part: &&Spanned<String>| part.value.eq_ignore_ascii_case(written);
                    let parts = [&named.name, &named.id].into_iter().flatten();
                    parts.into_iter().find(carries).unwrap_or(&named.title).span
                };
                diagnostics.push(
                    Diagnostic::error(
                        Code::AmbiguousRule,
                        format!("several documents are called `{written}`"),
                    )
                    .at(reference.span, "which one is meant?")
                    .at(place(first), "this one")
                    .at(place(second), "or this one")
                    .help("give each an id and a name of its own"),
                );
                None
            }
        }
    }

    /// What to write instead of a reference that means nothing.
    fn instead_of(&self, reference: &Spanned<String>, diagnostic: Diagnostic) -> Diagnostic {
        let written = reference.value.as_str();
        let called_so = self.documents.iter().find(|document| {
            document.title.value.eq_ignore_ascii_case(written) || document.shown_id == written
        });
        if let Some(document) = called_so {
            return match document.name.as_ref().or(document.id.as_ref()) {
                Some(name) => diagnostic
                    .help(format!(
                        "correlations name rules by id or `name`: write `{}`",
                        name.value
                    ))
                    .edit(Edit::rename(reference.span, written, &name.value)),
                None => diagnostic
                    .help("correlations name rules by id or `name`: give the rule a `name`"),
            };
        }
        let known = self.documents.iter().flat_map(|document| {
            let id = document.id.as_ref().map(|id| id.value.as_str());
            document.name.as_ref().map(|name| name.value.as_str()).into_iter().chain(id)
        });
        match nearest(written, known) {
            Some(near) => diagnostic.did_you_mean(reference.span, written, near),
            None => diagnostic.help("write the `id` of a rule, or give it a `name`"),
        }
    }

    /// A correlation that carries the id of another document.
    pub fn warn_of_duplicates(&self, files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) {
        let mut seen: HashMap<&str, &Named> = HashMap::new();
        for document in &self.documents {
            let first = *seen.entry(&document.shown_id).or_insert(document);
            // Rules among themselves are told of by the check of rules.
            if std::ptr::eq(first, document) || matches!(document.member, Member::Rule(_)) {
                continue;
            }
            let place = |each: &Named| each.id.as_ref().unwrap_or(&each.title).span;
            let why = match document.id.is_some() && first.id.is_some() {
                true => "",
                false => ", where the name of a file stands for a missing `id`",
            };
            diagnostics.push(
                Diagnostic::warning(
                    Code::DuplicateId,
                    format!("the id `{}` is used twice{why}", document.shown_id),
                )
                .at(place(document), "again here")
                .at(place(first), "first here")
                .help("give each of them a UUID of its own as `id`")
                .edits(document.id.as_ref().map(|id| another_id(id.span, 0, files))),
            );
        }
    }
}
