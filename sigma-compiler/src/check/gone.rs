//! Rules that are known and left out, and what becomes of documents that name them: they are left
//! out too, and each is told of.

use super::CheckedRule;
use crate::{
    ast::{Rule, Skipped},
    diagnostic::{Code, Diagnostic},
    expand::OffRule,
    source::Spanned,
};

/// All documents that are left out.
#[derive(Clone)]
pub struct Gone {
    documents: Vec<Document>,
}

#[derive(Clone)]
struct Document {
    title: String,
    /// Its ids and names.
    names: Vec<String>,
    code: Code,
    /// Why it is left out, after "it names".
    reason: &'static str,
}

impl Gone {
    pub fn new(skipped: Vec<Skipped>, off: &[OffRule], disabled: &[CheckedRule]) -> Self {
        let skipped = skipped.into_iter().filter(|each| !each.filter).map(|each| Document {
            title: each.title.unwrap_or_default(),
            names: each.names,
            code: Code::SkippedRules,
            reason: "a rule for another log source",
        });
        let document = |rule: &Rule, code, reason| Document {
            title: rule.title.value.clone(),
            names: [&rule.id, &rule.name]
                .into_iter()
                .flatten()
                .map(|name| name.value.clone())
                .collect(),
            code,
            reason,
        };
        let off = off.iter().map(|off| document(&off.rule, Code::RuleOff, "a rule that is off"));
        let disabled = disabled.iter().map(|each| {
            document(&each.rule, Code::DisabledRules, "a rule that the settings disable")
        });
        Self { documents: skipped.chain(off).chain(disabled).collect() }
    }

    /// Where a rule of this id or name is left out, the note that a document which names it is too.
    pub fn named(&self, what: &str, name: &Spanned<String>) -> Option<Diagnostic> {
        self.find(what, name, |each| {
            each.names.iter().any(|known| known.eq_ignore_ascii_case(&name.value))
        })
    }

    /// The same, for a title.
    pub fn titled(&self, what: &str, title: &Spanned<String>) -> Option<Diagnostic> {
        self.find(what, title, |each| each.title == title.value)
    }

    fn find(
        &self,
        what: &str,
        name: &Spanned<String>,
        is_named: impl Fn(&Document) -> bool,
    ) -> Option<Diagnostic> {
        let found = self.documents.iter().find(|each| is_named(each))?;
        let message = format!("{what} is left out: it names {}", found.reason);
        Some(Diagnostic::note(found.code, message).at(name.span, ""))
    }

    /// Adds a correlation that is left out, for the reason that a note gives.
    pub fn add(&mut self, names: Vec<String>, note: &Diagnostic) {
        let (code, reason) = (note.code, "a correlation that is left out");
        self.documents.push(Document { title: String::new(), names, code, reason });
    }
}
