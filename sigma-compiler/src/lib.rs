//! Compiles Sigma rules for AWS CloudTrail into Rust.
//!
//! The whole pipeline, each stage a type that knows less of where it came from:
//!
//! ```text
//! SourceFile ─ node ─▶ Node ─ parse ─▶ ast ─ expand, check ─▶ CheckedSet ─ lower ─▶ hir ─ plan ─▶ Plan ─ codegen ─▶ Rust
//! ```
//!
//! Parsing and checking collect the diagnostics of every file; nothing after them can fail.
//! Only [`load`] reads files.

pub mod ast;
pub mod check;
mod codegen;
mod collect;
pub mod derive;
pub mod diagnostic;
pub mod expand;
pub mod hir;
mod lint;
mod loader;
mod lower;
pub mod mutate;
mod names;
mod new_id;
pub mod node;
mod parse;
mod plan;
pub mod reference;
pub mod source;
pub mod test_records;
pub mod weak_tests;

use check::CheckedSet;
use diagnostic::{Diagnostic, Severity};
use source::SourceFile;
use test_records::Tests;

pub use lint::LintLevels;
pub use loader::{MAX_FILE_BYTES, MAX_TEST_FILE_BYTES, load};

/// The outcome of reading and checking rule files.
#[derive(Debug)]
pub struct Compilation {
    /// The files, as given; spans refer to them by index.
    pub files: Vec<SourceFile>,
    /// Every finding, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The rules that could be read; complete where there are no errors.
    pub set: CheckedSet,
    /// How much lints weigh.
    pub lints: LintLevels,
    /// What is neither right nor wrong and only told to those who ask: what departs from SigmaHQ's
    /// conventions, and which rules are tried on every record. Where the settings make more of it,
    /// it is among `diagnostics`.
    pub remarks: Vec<Diagnostic>,
}

/// Reads and checks rule files; `diagnostics` are those of loading them.
pub fn compile(mut files: Vec<SourceFile>, mut diagnostics: Vec<Diagnostic>) -> Compilation {
    // A byte order mark would count as a column.
    for file in &mut files {
        if file.text.starts_with('\u{feff}') {
            file.text.drain(..'\u{feff}'.len_utf8());
        }
    }
    let mut documents = collect::collect(&files, &mut diagnostics);
    expand::expand(&mut documents, &files, &mut diagnostics);
    let lints = std::mem::take(&mut documents.lints);
    let set = check::check(documents, &files, &mut diagnostics);
    let mut remarks = Vec::new();
    if !diagnostic::has_errors(&diagnostics) {
        diagnostics.extend(lint::lint(&set, &merged(&set)));
        remarks = lint::remarks(&set, &plan::plan(lowered(&set)), &files);
        lints.apply(&mut remarks);
        diagnostics.extend(remarks.extract_if(.., |remark| remark.severity > Severity::Note));
    }
    lints.apply(&mut diagnostics);
    diagnostic::sort(&mut diagnostics);
    Compilation { files, diagnostics, set, lints, remarks }
}

impl Compilation {
    /// Whether anything stands in the way of generating code.
    pub fn has_errors(&self) -> bool {
        diagnostic::has_errors(&self.diagnostics)
    }

    /// Reads the test records beside the rules. Compiling needs none, so [`compile`] does not look
    /// into their files: what is wrong in them is an error here, and a rule without records a
    /// warning, for those who ask.
    pub fn check_tests(&self) -> Tests {
        let mut tests = test_records::read_tests(&self.set.rules, &self.files);
        self.lints.apply(&mut tests.diagnostics);
        tests
    }

    /// The generated Rust of the whole set; the same bytes for the same files.
    pub fn generate(&self) -> String {
        codegen::rule_set(&self.set, &self.plan(), &self.files)
    }

    /// The generated Rust of one rule, by its index in the set.
    pub fn expand(&self, rule: usize) -> String {
        codegen::one_rule(&self.set, &self.plan(), &self.files, rule)
    }

    fn plan(&self) -> plan::Plan {
        plan::plan(lowered(&self.set))
    }
}

/// The same with few and large tests.
fn merged(set: &CheckedSet) -> Vec<hir::Expr> {
    lowered(set).into_iter().map(plan::merge).collect()
}

/// What each rule of the set means.
fn lowered(set: &CheckedSet) -> Vec<hir::Expr> {
    set.rules.iter().map(lower::lower).collect()
}
