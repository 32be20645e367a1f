//! The help of a diagnostic as a patch: applied to a fixture, it does away with what it was given
//! for, and what remains compiles.

use std::collections::{BTreeMap, BTreeSet};

use sigma_compiler::{
    Compilation, compile,
    diagnostic::{self, Code, Diagnostic},
    source::SourceFile,
};

/// So many codes have a patch at the least.
const ENOUGH: usize = 45;

/// No fixture has more mistakes.
const MAX_PATCHES: usize = 50;

/// After these nothing more is read of a document.
const STOPPING: [Code; 5] =
    [Code::InvalidYaml, Code::InvalidJson, Code::YamlTab, Code::InvalidKey, Code::UnsupportedYaml];

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
                if let Some(lost) = lost_form(&files[id.0].text, &text) {
                    let shown = next.render(&compilation.files, false);
                    self.failures.push(format!("{lost} after this patch:\n{shown}"));
                }
                files[id.0].text = text;
            }
            let after = compile(files.clone(), loading.to_vec());
            let after = diagnostics(&after);
            let same = |each: &&Diagnostic| each.code == next.code && each.message == next.message;
            let mended = after.iter().filter(same).count() < found.iter().filter(same).count();
            // What reads a text stops at the first mistake: the next one may be of the same kind.
            let farther = || after.iter().filter(same).all(|each| each.span() > next.span());
            if !(mended || STOPPING.contains(&next.code) && farther()) {
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

/// What a text no longer is after a change of it.
fn lost_form(before: &str, after: &str) -> Option<&'static str> {
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    let lines = |text: &str| text.matches('\n').count();
    let all_crlf = |text: &str| lines(text) > 0 && lines(text) == text.matches("\r\n").count();
    match () {
        () if is_json(before) && !is_json(after) => Some("no longer JSON"),
        () if all_crlf(before) && !all_crlf(after) => Some("line ends are mixed"),
        () => None,
    }
}

/// Everything that is said of the rules and their test records.
fn diagnostics(compilation: &Compilation) -> Vec<Diagnostic> {
    let mut diagnostics = compilation.diagnostics.clone();
    diagnostics.extend(compilation.check_tests().diagnostics);
    diagnostics
}
