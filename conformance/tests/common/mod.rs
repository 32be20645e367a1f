//! The one place that asks for verdicts: every fixture rule on one record, by every way there is.

use std::collections::{HashMap, HashSet};

use sigma_compiler::{check::CheckedRule, compile, reference, reference::Json, source::SourceFile};
use trailalerts::{Matcher, Record};
use trailalerts_conformance::{RULE_SET, SOURCES};

/// What the three ways say of one rule and one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The generated matcher, tried where dispatch leads to it.
    pub dispatched: bool,
    /// The generated matcher, tried on every record.
    pub generated: bool,
    /// The reference interpreter.
    pub reference: bool,
}

impl Verdict {
    /// What all of them say, where they say the same.
    pub fn agreed(self) -> Option<bool> {
        (self.dispatched == self.reference && self.generated == self.reference)
            .then_some(self.reference)
    }
}

/// The fixture rules, as generated code and as the documents that it was generated from.
pub struct Rules {
    matcher: Matcher,
    parsed: Vec<CheckedRule>,
    by_id: HashMap<&'static str, usize>,
}

impl Rules {
    /// Reads the documents of the generated rule set.
    pub fn new() -> Self {
        let files = SOURCES
            .iter()
            .map(|source| SourceFile::new(source.path, source.text).in_directory(source.directory));
        let compilation = compile(files.collect(), Vec::new());
        assert!(!compilation.has_errors(), "the rules compiled when they were generated");
        let parsed = compilation.set.rules;
        let by_id: HashMap<_, _> =
            RULE_SET.rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
        assert_eq!(by_id.len(), RULE_SET.rules.len(), "every fixture rule has an id of its own");
        for (rule, generated) in parsed.iter().zip(RULE_SET.rules) {
            assert_eq!(rule.rule.title.value, generated.title, "the rules stand in the same order");
        }
        assert_eq!(parsed.len(), RULE_SET.rules.len());
        Self { matcher: Matcher::new(&RULE_SET), parsed, by_id }
    }

    /// The rules as their authors wrote them.
    pub fn parsed(&self) -> &[CheckedRule] {
        &self.parsed
    }

    /// The name of a rule: that of its file, without the extension.
    pub fn name(&self, rule: usize) -> &'static str {
        let file = RULE_SET.rules[rule].source.rsplit('/').next().unwrap_or_default();
        file.split('.').next().unwrap_or_default()
    }

    /// What is said of every rule on one record.
    ///
    /// # Errors
    /// The text is no record, for one side or for both.
    pub fn verdicts(&mut self, json: &str) -> Result<Vec<Verdict>, String> {
        let read = Record::parse(json.as_bytes()).map_err(|error| error.to_string());
        let (record, tree) = match (read, Json::parse(json)) {
            (Ok(record), Ok(tree)) => (record, tree),
            (record, tree) => {
                return Err(format!("not read alike: {:?}, {:?}", record.err(), tree.err()));
            }
        };
        let index = |rule: &trailalerts::Rule| self.by_id[rule.id];
        let dispatched: Vec<usize> = self.matcher.matches(&record).map(index).collect();
        if !dispatched.is_sorted_by(|first, second| first < second) {
            return Err(format!("not in the order of the rule set: {dispatched:?}"));
        }
        let tried = self.matcher.matches_without_dispatch(&record);
        let generated: HashSet<usize> = tried.into_iter().map(index).collect();
        let verdict = |(at, rule)| Verdict {
            dispatched: dispatched.contains(&at),
            generated: generated.contains(&at),
            reference: reference::matches(rule, &tree),
        };
        Ok(self.parsed.iter().enumerate().map(verdict).collect())
    }
}
