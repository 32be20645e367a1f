//! The one place that asks for verdicts: every rule of a set on one record, by every way there is.

use std::collections::HashMap;

use sigma_compiler::{check::CheckedRule, compile, reference, reference::Json, source::SourceFile};
use trailalerts_core::{Matcher, Record, RuleSet, Source};

/// What the three ways say of one rule and one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The generated matcher, tried where dispatch leads to it.
    pub dispatched: bool,
    /// The generated matcher, tried on every record.
    pub generated: bool,
    /// The reference interpreter, where it was asked.
    pub reference: Option<bool>,
}

impl Verdict {
    /// What all of them say, where they say the same.
    pub fn agreed(self) -> Option<bool> {
        let Self { dispatched, generated, reference } = self;
        (dispatched == generated && reference.is_none_or(|reference| reference == generated))
            .then_some(generated)
    }
}

/// A set of rules, as generated code and as the documents that it was generated from.
pub struct Rules {
    rule_set: &'static RuleSet,
    parsed: Vec<CheckedRule>,
    by_id: HashMap<&'static str, usize>,
}

impl Rules {
    /// Reads the documents of a generated rule set.
    pub fn new(rule_set: &'static RuleSet, sources: &[Source]) -> Self {
        let files = sources
            .iter()
            .map(|source| SourceFile::new(source.path, source.text).in_directory(source.directory));
        let compilation = compile(files.collect(), Vec::new());
        assert!(!compilation.has_errors(), "the rules compiled when they were generated");
        let parsed = compilation.set.rules;
        let by_id: HashMap<_, _> =
            rule_set.rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
        assert_eq!(by_id.len(), rule_set.rules.len(), "every rule has an id of its own");
        for (rule, generated) in parsed.iter().zip(rule_set.rules) {
            assert_eq!(rule.rule.title.value, generated.title, "the rules stand in the same order");
        }
        assert_eq!(parsed.len(), rule_set.rules.len());
        Self { rule_set, parsed, by_id }
    }

    /// The rules as their authors wrote them.
    pub fn parsed(&self) -> &[CheckedRule] {
        &self.parsed
    }

    /// The name of a rule: that of its file, without the extension.
    pub fn name(&self, rule: usize) -> &'static str {
        let file = self.rule_set.rules[rule].source.rsplit('/').next().unwrap_or_default();
        file.split('.').next().unwrap_or_default()
    }

    /// A matcher of the generated code, to be kept from record to record.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(self.rule_set)
    }

    /// What is said of every rule on one record.
    ///
    /// # Errors
    /// The text is no record, for one side or for both.
    pub fn verdicts(&self, matcher: &mut Matcher, json: &str) -> Result<Vec<Verdict>, String> {
        self.verdicts_of(matcher, json, |_| true)
    }

    /// The same, where the reference is asked only of rules that match, and of those that `asks`
    /// wants.
    ///
    /// # Errors
    /// The text is no record, for one side or for both.
    pub fn verdicts_of(
        &self,
        matcher: &mut Matcher,
        json: &str,
        asks: impl Fn(usize) -> bool,
    ) -> Result<Vec<Verdict>, String> {
        let read = Record::parse(json.as_bytes()).map_err(|error| error.to_string());
        let (record, tree) = match (read, Json::parse(json)) {
            (Ok(record), Ok(tree)) => (record, tree),
            (record, tree) => {
                return Err(format!("not read alike: {:?}, {:?}", record.err(), tree.err()));
            }
        };
        let mut verdicts = vec![
            Verdict { dispatched: false, generated: false, reference: None };
            self.parsed.len()
        ];
        let index = |rule: &trailalerts_core::Rule| self.by_id[rule.id];
        let dispatched: Vec<usize> = matcher.matches(&record).map(index).collect();
        if !dispatched.is_sorted_by(|first, second| first < second) {
            return Err(format!("not in the order of the rule set: {dispatched:?}"));
        }
        for rule in dispatched {
            verdicts[rule].dispatched = true;
        }
        for rule in matcher.matches_without_dispatch(&record) {
            verdicts[index(rule)].generated = true;
        }
        for (at, verdict) in verdicts.iter_mut().enumerate() {
            if verdict.dispatched || verdict.generated || asks(at) {
                verdict.reference = Some(reference::matches(&self.parsed[at], &tree));
            }
        }
        Ok(verdicts)
    }
}
