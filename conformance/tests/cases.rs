//! Verdicts written by hand, in `cases/*.jsonl`: generated matchers and reference must give them.

mod common;

use std::{collections::HashMap, fs, path::Path};

use common::Rules;
use serde::Deserialize;
use serde_json::value::RawValue;
use trailalerts_conformance::{RULE_SET, SOURCES};

/// One line of a file of cases. The record is taken as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case<'a> {
    rule: String,
    matches: bool,
    why: String,
    #[serde(borrow)]
    record: &'a RawValue,
}

/// The files of cases, with their names.
fn files() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = fs::read_dir(&directory).expect("the folder `cases` is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = |path: &Path| fs::read_to_string(path).expect("files of cases are UTF-8 text");
    paths.iter().map(|path| (name(path), read(path))).collect()
}

/// Calls `check` with every case and its place; lines that are empty or begin with `#` are none.
#[expect(clippy::panic, reason = "a test fails by it")]
fn for_each_case(files: &[(String, String)], mut check: impl FnMut(&str, &Case<'_>)) {
    for (name, text) in files {
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("cases/{name}:{}", number + 1);
            match serde_json::from_str::<Case<'_>>(line) {
                Ok(case) => check(&place, &case),
                Err(error) => panic!("{place}: this is no case: {error}"),
            }
        }
    }
}

#[test]
fn every_case_has_its_verdict() {
    let rules = Rules::new(&RULE_SET, SOURCES);
    let mut matcher = rules.matcher();
    let index: HashMap<&str, usize> =
        (0..rules.parsed().len()).map(|rule| (rules.name(rule), rule)).collect();
    let mut failures = Vec::new();
    let mut count = 0;
    for_each_case(&files(), |place, case| {
        count += 1;
        let Some(&rule) = index.get(case.rule.as_str()) else {
            failures.push(format!("{place}: there is no rule `{}`", case.rule));
            return;
        };
        match rules.verdicts(&mut matcher, case.record.get()) {
            Err(error) => failures.push(format!("{place}: {error}")),
            Ok(verdicts) => {
                let Case { rule: name, matches, why, .. } = case;
                let verdict = verdicts[rule];
                if verdict.agreed() != Some(*matches) {
                    failures
                        .push(format!("{place}: {name}: {matches}, because {why}: {verdict:?}"));
                }
                for (at, verdict) in verdicts.iter().enumerate() {
                    if verdict.agreed().is_none() {
                        failures.push(format!("{place}: on {}: {verdict:?}", rules.name(at)));
                    }
                }
            }
        }
    });
    println!("{count} cases");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rule_has_a_case_of_either_verdict() {
    let rules = Rules::new(&RULE_SET, SOURCES);
    let mut seen: HashMap<String, [bool; 2]> = HashMap::new();
    for_each_case(&files(), |_, case| {
        seen.entry(case.rule.clone()).or_default()[usize::from(case.matches)] = true;
    });
    let names = (0..rules.parsed().len()).map(|rule| rules.name(rule));
    let lacking: Vec<_> = names.filter(|name| seen.get(*name) != Some(&[true; 2])).collect();
    assert!(lacking.is_empty(), "cases are missing for {}", lacking.join(", "));
}
