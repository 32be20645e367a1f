//! The rules as code: what is known of each, which of them a record can concern, and the state
//! of matching one record.

use std::{
    cell::{Cell, RefCell},
    fmt,
    str::FromStr,
};

use crate::{
    alerting::{Alerting, Settings},
    correlation::Correlation,
    exception::Exception,
    postprocessing::PostprocessingRule,
    predicate::{self, Case, Relation, Test},
    record::{Path, Plain, Record},
};

mod dispatch;
mod recall;

#[doc(hidden)]
pub use dispatch::Dispatch;
use recall::Recall;

/// All compiled rules.
#[derive(Debug)]
pub struct RuleSet {
    /// Names the rule set: 16 hexadecimal digits over all of its documents.
    pub fingerprint: &'static str,
    /// The rules, by index.
    pub rules: &'static [Rule],
    /// Sigma correlations, by index.
    pub correlations: &'static [Correlation],
    /// Post-processing rules.
    pub postprocessing: &'static [PostprocessingRule],
    /// What the settings choose for all alerts.
    pub settings: Settings,
    /// Rules that are off, and why.
    pub off: &'static [OffRule],
    /// Candidates by eventSource and eventName.
    #[doc(hidden)]
    pub dispatch: Dispatch,
    /// How many tests are asked by more than one rule.
    #[doc(hidden)]
    pub shared: usize,
    /// How many tests remember their answers.
    #[doc(hidden)]
    pub recalled: usize,
}

impl RuleSet {
    /// The index of a rule of the set.
    pub fn index_of(&self, rule: &Rule) -> Option<usize> {
        self.rules.iter().position(|other| std::ptr::eq(other, rule))
    }
}

/// One compiled rule: its matcher and what people are told of it.
#[derive(Debug)]
pub struct Rule {
    /// The Sigma `id`, or the file's name where the rule has none, with `#2` for its second rule.
    pub id: &'static str,
    /// `title`
    pub title: &'static str,
    /// `name`, by which other documents may call the rule
    pub name: Option<&'static str>,
    /// `level`; medium where the rule has none.
    pub level: Level,
    /// `status`
    pub status: Option<&'static str>,
    /// `description`
    pub description: Option<&'static str>,
    /// `author`
    pub author: Option<&'static str>,
    /// `date`
    pub date: Option<&'static str>,
    /// `modified`
    pub modified: Option<&'static str>,
    /// `references`
    pub references: &'static [&'static str],
    /// `tags`
    pub tags: &'static [&'static str],
    /// `fields`: those a person wants to see first.
    pub fields: &'static [&'static str],
    /// `falsepositives`
    pub falsepositives: &'static [&'static str],
    /// `related`: other rules that this one has to do with.
    pub related: &'static [Related],
    /// `license`
    pub license: Option<&'static str>,
    /// `taxonomy`
    pub taxonomy: Option<&'static str>,
    /// `scope`
    pub scope: &'static [&'static str],
    /// Attributes that Sigma does not define, with their values as JSON text.
    pub custom: &'static [(&'static str, &'static str)],
    /// The condition as written.
    pub condition: &'static str,
    /// The titles of the Sigma filters that narrow it.
    pub filters: &'static [&'static str],
    /// Path of the document, as given to the compiler.
    pub source: &'static str,
    /// The generated function.
    #[doc(hidden)]
    pub matcher: fn(&Matching<'_>) -> bool,
    /// Whose matches never alert.
    pub exception: Option<Exception>,
    /// Whether its matches alert by themselves: not where only correlations want them (Sigma
    /// correlation rules specification, "Generate").
    pub generate: bool,
    /// What it says of its alerts beyond Sigma.
    pub alerting: Alerting,
}

/// A rule that is not compiled in because it needs something of its users first.
#[derive(Debug)]
pub struct OffRule {
    /// `title`
    pub title: &'static str,
    /// Path of the document, as given to the compiler.
    pub source: &'static str,
    /// What keeps it off.
    pub reason: &'static str,
}

/// An element of a rule's `related`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    /// The id of another rule.
    pub id: &'static str,
    /// How the two relate: `derived`, `obsolete`, `merged`, `renamed` or `similar`.
    pub relation: &'static str,
}

/// Severity, in ascending order (Sigma rules specification, "Level").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `informational`
    Informational,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `critical`
    Critical,
}

impl Level {
    /// All levels, ascending.
    pub const ALL: [Level; 5] =
        [Level::Informational, Level::Low, Level::Medium, Level::High, Level::Critical];

    /// The level as Sigma writes it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Level::ALL.into_iter().find(|level| level.name() == text).ok_or_else(|| {
            let names: Vec<_> = Level::ALL.iter().map(|level| level.name()).collect();
            format!("`{text}` is not a level; the levels are {}", names.join(", "))
        })
    }
}

/// A document that was compiled.
#[derive(Debug)]
pub struct Source {
    /// Its path, as given to the compiler.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The number of its rules directory: documents of a later one replace those of an earlier one.
    pub directory: usize,
}

/// Matches records against a rule set. Keeps buffers from record to record: one a thread.
#[derive(Debug)]
pub struct Matcher {
    rule_set: &'static RuleSet,
    /// The rules that fired on the record before, ascending.
    fired: Vec<u16>,
    answers: Answers,
}

impl Matcher {
    /// A matcher of all rules of the set.
    pub fn new(rule_set: &'static RuleSet) -> Self {
        Self {
            rule_set,
            fired: Vec::new(),
            answers: Answers::new(rule_set.shared, rule_set.recalled),
        }
    }

    /// The rules that fire on the record, in the order of the rule set.
    pub fn matches(
        &mut self,
        record: &Record<'_>,
    ) -> impl Iterator<Item = &'static Rule> + use<'_> {
        let Self { rule_set, fired, answers } = self;
        answers.forget();
        let matching = Matching { record, answers };
        let RuleSet { rules, dispatch, .. } = rule_set;
        dispatch.find(record, rules.len(), fired);
        fired.retain(|&rule| {
            rules.get(usize::from(rule)).is_some_and(|rule| (rule.matcher)(&matching))
        });
        (dispatch.match_any)(&matching, fired);
        if fired.len() > 1 {
            fired.sort_unstable();
            fired.dedup();
        }
        self.matched()
    }

    /// The rules that fired on the record that was matched last.
    pub fn matched(&self) -> impl Iterator<Item = &'static Rule> + use<'_> {
        let rules = self.rule_set.rules;
        self.fired.iter().filter_map(move |&rule| rules.get(usize::from(rule)))
    }

    /// The same by trying every rule: what dispatch must agree with.
    pub fn matches_without_dispatch(&mut self, record: &Record<'_>) -> Vec<&'static Rule> {
        self.answers.forget();
        let matching = Matching { record, answers: &self.answers };
        self.rule_set.rules.iter().filter(|rule| (rule.matcher)(&matching)).collect()
    }
}

/// One record while its candidate rules are tried: what generated matchers ask.
#[derive(Debug)]
pub struct Matching<'r> {
    record: &'r Record<'r>,
    answers: &'r Answers,
}

impl Matching<'_> {
    /// Whether any value that the path reaches passes the test.
    pub fn field(&self, path: &Path<'_>, test: &Test) -> bool {
        match self.record.plain(path) {
            Plain::Missing => return matches!(test, Test::Null),
            Plain::Text(text) => {
                if let Some(passes) = test.passes_ascii(text) {
                    return passes;
                }
            }
            Plain::Other => {}
        }
        let mut reached = false;
        let passed = self.record.any_of(path, &mut |value| {
            reached = true;
            test.passes(value)
        });
        passed || (!reached && matches!(test, Test::Null))
    }

    /// [`field`](Self::field) for a test that is asked of every record and takes long: its answers are
    /// remembered by what the records say.
    pub fn recall(&self, number: usize, path: &Path<'_>, test: &Test) -> bool {
        match self.record.plain(path) {
            Plain::Text(text) => {
                self.answers.recall.answer(number, text, || self.field(path, test))
            }
            _ => self.field(path, test),
        }
    }

    /// Whether any string, number or boolean of the record passes the test.
    pub fn keyword(&self, test: &Test) -> bool {
        // What is not in the record at all is in none of its values.
        if test.is_of_substrings()
            && let Some(text) = self.record.plain_json()
            && test.passes_ascii(text) == Some(false)
        {
            return false;
        }
        self.record.any_scalar(&mut |value| test.passes(value))
    }

    /// Whether a value of the left field relates to a text of the right one.
    pub fn field_ref(
        &self,
        left: &Path<'_>,
        relation: Relation,
        case: Case,
        right: &Path<'_>,
    ) -> bool {
        self.record.any_of(right, &mut |right| {
            right.text().is_some_and(|right| {
                self.record
                    .any_of(left, &mut |left| predicate::relates(left, relation, case, &right))
            })
        })
    }

    /// The answer to a shared test, found once a record.
    pub fn once(&self, number: usize, test: impl FnOnce(&Self) -> bool) -> bool {
        if let Some(answer) = self.answers.get(number) {
            return answer;
        }
        let answer = test(self);
        self.answers.set(number, answer);
        answer
    }
}

/// Whether at least `count` of the operands hold.
#[inline]
pub fn at_least(count: usize, operands: &[bool]) -> bool {
    operands.iter().filter(|&&operand| operand).count() >= count
}

/// Answers to shared tests for the record at hand, and of some tests to what they were asked before.
/// Each of the former is marked with the record's number, so
/// that nothing has to be cleared between records.
#[derive(Debug)]
struct Answers {
    record: Cell<u64>,
    given: RefCell<Vec<(u64, bool)>>,
    recall: Recall,
}

impl Answers {
    fn new(shared: usize, recalled: usize) -> Self {
        Self {
            record: Cell::new(0),
            given: RefCell::new(vec![(0, false); shared]),
            recall: Recall::new(recalled),
        }
    }

    fn forget(&self) {
        self.record.set(self.record.get() + 1);
    }

    // Generated code asks so often that it must not have to call.
    #[inline]
    fn get(&self, number: usize) -> Option<bool> {
        let given = self.given.borrow();
        given
            .get(number)
            .filter(|(record, _)| *record == self.record.get())
            .map(|(_, answer)| *answer)
    }

    #[inline]
    fn set(&self, number: usize, answer: bool) {
        if let Some(slot) = self.given.borrow_mut().get_mut(number) {
            *slot = (self.record.get(), answer);
        }
    }
}
