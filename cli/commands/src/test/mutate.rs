//! `trailalerts test --mutate`: which parts of a rule could change without a test record noticing.

use sigma_compiler::weak_tests::weak_tests;

use super::RuleTests;
use crate::{
    Failure, Outcome,
    output::{BOLD, ERROR, RESET, Sink, plain},
};

/// Changes the rules, one part after the other, and prints what no record notices.
pub fn run(tests: &RuleTests, rules: &[usize]) -> Result<Outcome, Failure> {
    let mut sink = Sink::open(None)?;
    let (mut changes, mut unnoticed, mut wrong) = (0, 0, 0);
    for &rule in rules {
        let found = weak_tests(&tests.compilation, rule, tests.records[rule].as_ref());
        changes += found.changes;
        unnoticed += found.diagnostics.len();
        wrong += found.wrong.len();
        let mut text = String::new();
        for span in &found.wrong {
            text += &format!(
                "{ERROR}wrong{RESET}  {}: the rule has another verdict on this record than expected\n\n",
                plain(&tests.place(*span))
            );
        }
        for diagnostic in &found.diagnostics {
            text += &format!("{}\n\n", diagnostic.render(&tests.compilation.files, true));
        }
        sink.write(text.as_bytes())?;
    }
    sink.finish()?;
    if wrong > 0 {
        anstream::eprintln!(
            "rules with wrong records were not changed; `trailalerts test` says more"
        );
    }
    anstream::eprintln!("{BOLD}{changes} changes, {unnoticed} noticed by no record{RESET}");
    Ok(if unnoticed + wrong > 0 { Outcome::Findings } else { Outcome::Done })
}
