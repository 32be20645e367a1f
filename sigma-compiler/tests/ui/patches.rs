//! The help of a diagnostic as a patch: applied to a fixture, it does away with what it was given
//! for, and what remains compiles.

use std::collections::{BTreeMap, BTreeSet};

use sigma_compiler::{
    Compilation, compile,
    diagnostic::{self, Diagnostic},
    source::SourceFile,
};

/// So many codes have a patch at the least.
const ENOUGH: usize = 1;

/// No fixture has more mistakes.
const MAX_PATCHES: usize = 50;

/// What became of the patches of all fixtures.
#[derive(Default)]
pub struct Patches {
    /// Codes with a patch; whether a fixture compiles after it.
    compiled: BTreeMap<&'static str, bool>,
    failures: Vec<String>,
}

impl Patches {
    /// Follows the help of a fixture, one diagnostic after the other.
    ///
    /// `loading` is what was said about loading them, which no edit mends.
    pub fn follow(&mut self, files: &[SourceFile], loading: &[Diagnostic]) {
        let mut codes: BTreeSet<&'static str> = BTreeSet::new();
        let (mut files, mut found) = (files.to_vec(), Vec::new());
        for _ in 0..MAX_PATCHES {
            let compilation = compile(files.clone(), loading.to_vec());
            found = diagnostics(&compilation);
            let next = found.iter().find(|each| !each.changes(&compilation.files).is_empty());
            let Some(next) = next else { break };
            codes.insert(next.code.name());
            let changes = next.changes(&compilation.files);
            files.clone_from(&compilation.files);
            for (id, text) in diagnostic::apply(&changes, &compilation.files) {
                files[id.0].text = text;
            }
            let after = compile(files.clone(), loading.to_vec());
            let count = |all: &[Diagnostic]| {
                all.iter()
                    .filter(|each| each.code == next.code && each.message == next.message)
                    .count()
            };
            if count(&diagnostics(&after)) >= count(&found) {
                let shown = next.render(&compilation.files, false);
                self.failures.push(format!("this patch changes nothing:\n{shown}"));
                return;
            }
        }
        let compiles = !diagnostic::has_errors(&found);
        for code in codes {
            *self.compiled.entry(code).or_default() |= compiles;
        }
    }

    /// Whether every patch did what it should, and enough kinds of mistakes have one.
    pub fn judge(self) -> Result<(), String> {
        let Patches { compiled, mut failures } = self;
        let (good, bad): (Vec<_>, Vec<_>) =
            compiled.into_iter().partition(|(_, compiles)| *compiles);
        let names = |codes: &[(&'static str, bool)]| {
            codes.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")
        };
        println!("{} codes have a patch: {}", good.len(), names(&good));
        if !bad.is_empty() {
            failures.push(format!("no fixture compiles after the patch of: {}", names(&bad)));
        }
        if good.len() < ENOUGH {
            failures.push(format!("only {} codes have a patch", good.len()));
        }
        if failures.is_empty() { Ok(()) } else { Err(failures.join("\n\n")) }
    }
}

/// Everything that is said of the rules and their test records.
fn diagnostics(compilation: &Compilation) -> Vec<Diagnostic> {
    let mut diagnostics = compilation.diagnostics.clone();
    diagnostics.extend(compilation.check_tests().diagnostics);
    diagnostics
}
