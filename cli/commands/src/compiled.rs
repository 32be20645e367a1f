//! What is compiled in: the rules as code, and as their authors wrote them.

use sigma_compiler::{Compilation, source::SourceFile};
use trailalerts_core::{RuleSet, Source};

use crate::Failure;

/// What is compiled into the program that runs a command. The commands know no rule by themselves,
/// so that a change of one does not compile them again.
#[derive(Debug, Clone, Copy)]
pub struct Compiled {
    /// The rules.
    pub rule_set: &'static RuleSet,
    /// The documents that they were compiled from.
    pub sources: &'static [Source],
}

impl Compiled {
    /// Compiles the documents again: for what needs the rules as their authors wrote them.
    pub(crate) fn compile_again(&self) -> Compilation {
        let file = |source: &Source| {
            SourceFile::new(source.path, source.text).in_directory(source.directory)
        };
        sigma_compiler::compile(self.sources.iter().map(file).collect(), Vec::new())
    }
}

/// The index of the rule with this id, title, name, file name or path.
pub fn find(compilation: &Compilation, name: &str) -> Result<usize, Failure> {
    let rules = &compilation.set.rules;
    let is_named = |rule: &sigma_compiler::check::CheckedRule| {
        let file = &compilation.files[rule.rule.file.0];
        let name_of_rule = rule.name(&compilation.files);
        let name_in_sigma = rule.rule.name.iter().map(|name| name.value.as_str());
        [rule.id.as_str(), &rule.rule.title.value, &name_of_rule, file.name(), &file.path]
            .into_iter()
            .chain(name_in_sigma)
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    rules.iter().position(is_named).ok_or_else(|| {
        let names = rules.iter().flat_map(|rule| {
            [rule.rule.title.value.as_str(), compilation.files[rule.rule.file.0].stem()]
        });
        let near = sigma_compiler::diagnostic::nearest(name, names);
        let hint = near.map_or_else(
            || "`trailalerts rules` lists those that are compiled in".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::Usage(format!("there is no rule `{name}`; {hint}"))
    })
}
