//! Verdicts written by hand, in `cases/*.jsonl`, a file for each chapter of the specification:
//! generated matchers and reference must give them.

mod chapter;

#[path = "../common/mod.rs"]
mod common;

use std::collections::HashMap;

use chapter::{Case, Chapter, chapters};
use common::Rules;
use trailalerts_conformance::{RULE_SET, SOURCES};
use trailalerts_core::Matcher;

/// Every case of a chapter.
#[expect(clippy::panic, reason = "a test fails by it")]
fn cases(chapter: &Chapter) -> Vec<Case<'_>> {
    chapter.cases().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_case_has_its_verdict() {
    let rules = Rules::new(&RULE_SET, SOURCES);
    let mut matcher = rules.matcher();
    let index: HashMap<&str, usize> =
        (0..rules.parsed().len()).map(|rule| (rules.name(rule), rule)).collect();
    let mut failures = Vec::new();
    let mut total = 0;
    for chapter in &chapters() {
        let cases = cases(chapter);
        println!("{:4} cases  {}", cases.len(), chapter.title().unwrap_or_default());
        total += cases.len();
        for case in &cases {
            failures.extend(failure(case, &index, &rules, &mut matcher));
        }
    }
    println!("{total:4} cases in all");
    assert!(failures.is_empty(), "{} of {total}:\n{}", failures.len(), failures.join("\n"));
}

/// What is wrong with the verdicts on one record: that of the case's rule, and of any other.
fn failure(
    case: &Case<'_>,
    index: &HashMap<&str, usize>,
    rules: &Rules,
    matcher: &mut Matcher,
) -> Vec<String> {
    let Case { rule, matches, why, section, place, .. } = case;
    let Some(&at) = index.get(rule.as_str()) else {
        return vec![format!("{place}: there is no rule `{rule}`")];
    };
    let verdicts = match rules.verdicts(matcher, case.record.get()) {
        Ok(verdicts) => verdicts,
        Err(error) => return vec![format!("{place}: {error}")],
    };
    let verdict = verdicts[at];
    let wrong = (verdict.agreed() != Some(*matches))
        .then(|| format!("{place}: {section}: {rule}: {matches}, because {why}: {verdict:?}"));
    let disagree = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.agreed().is_none());
    let disagree =
        disagree.map(|(at, verdict)| format!("{place}: on {}: {verdict:?}", rules.name(at)));
    wrong.into_iter().chain(disagree).collect()
}

#[test]
fn every_rule_has_a_case_of_either_verdict() {
    let rules = Rules::new(&RULE_SET, SOURCES);
    let mut seen: HashMap<String, [bool; 2]> = HashMap::new();
    let chapters = chapters();
    for case in chapters.iter().flat_map(cases) {
        seen.entry(case.rule).or_default()[usize::from(case.matches)] = true;
    }
    let names = (0..rules.parsed().len()).map(|rule| rules.name(rule));
    let lacking: Vec<_> = names.filter(|name| seen.get(*name) != Some(&[true; 2])).collect();
    assert!(lacking.is_empty(), "cases are missing for {}", lacking.join(", "));
}

/// `rules/filters/filter_any.yml` narrows every rule, by a field that is put into each record here.
#[test]
fn a_filter_of_all_rules_leaves_out_every_match() {
    let rules = Rules::new(&RULE_SET, SOURCES);
    let mut matcher = rules.matcher();
    let chapters = chapters();
    for case in chapters.iter().flat_map(cases).filter(|case| case.matches) {
        let members = case.record.get().trim_start_matches('{').trim_start();
        let comma = if members.starts_with('}') { "" } else { "," };
        let marked = format!(r#"{{"conformance":{{"filtered":"everywhere"}}{comma}{members}"#);
        let verdicts = rules.verdicts(&mut matcher, &marked).expect("it is a record still");
        let still = verdicts.iter().position(|verdict| verdict.agreed() != Some(false));
        assert!(still.is_none(), "{}: {:?}", case.place, still.map(|at| rules.name(at)));
    }
}

#[test]
fn the_table_of_chapters_is_complete() {
    const README: &str = include_str!("../../README.md");
    for chapter in &chapters() {
        let row = format!("| `{}` | {} |", chapter.file, chapter.title().unwrap_or_default());
        assert!(README.contains(&row), "README.md lacks the row {row}");
    }
}
