//! How much lints weigh: what the settings say for every rule, and a document for itself.

use std::collections::BTreeMap;

use crate::{
    ast::LintLevel,
    diagnostic::{Code, Diagnostic, Severity},
    source::Span,
};

/// The levels that were chosen; a lint that is not named weighs what it weighs by itself.
#[derive(Debug, Clone, Default)]
pub struct LintLevels {
    everywhere: BTreeMap<Code, LintLevel>,
    documents: Vec<(Span, BTreeMap<Code, LintLevel>)>,
}

impl LintLevels {
    /// Takes what a settings file says; a later one replaces what an earlier one said of a lint.
    pub fn everywhere(&mut self, levels: impl IntoIterator<Item = (Code, LintLevel)>) {
        self.everywhere.extend(levels);
    }

    /// Takes what a document says for what is said about it.
    pub fn of_document(&mut self, document: Span, levels: Vec<(Code, LintLevel)>) {
        if !levels.is_empty() {
            self.documents.push((document, levels.into_iter().collect()));
        }
    }

    /// The level of a lint at its main place.
    fn of(&self, diagnostic: &Diagnostic) -> Option<LintLevel> {
        let own = diagnostic.span().and_then(|place| {
            let around = |document: &Span| {
                document.file == place.file && (document.start..document.end).contains(&place.start)
            };
            let (_, levels) = self.documents.iter().find(|(document, _)| around(document))?;
            levels.get(&diagnostic.code)
        });
        own.or_else(|| self.everywhere.get(&diagnostic.code)).copied()
    }

    /// Gives diagnostics the weight that was chosen, and leaves out those that are off. What is an
    /// error by itself stays one.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain_mut(|diagnostic| {
            if diagnostic.severity == Severity::Error || !diagnostic.code.is_lint() {
                return true;
            }
            match self.of(diagnostic) {
                Some(LintLevel::Off) => return false,
                Some(LintLevel::At(severity)) => diagnostic.severity = severity,
                None => {}
            }
            true
        });
    }
}
