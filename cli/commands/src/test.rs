//! `trailalerts test`: the rules' own test records against the compiled rules.

mod mutate;

use std::path::PathBuf;

use sigma_compiler::{
    Compilation, compile,
    diagnostic::{Severity, has_errors},
    load,
    reference::{self, Json},
    source::Span,
    test_records::TestRecords,
};
use trailalerts_core::{Matcher, Record, Rule};

use crate::{
    Compiled, Failure, Outcome, compiled,
    output::{BOLD, DIM, ERROR, GOOD, RESET, Sink, plain},
};

/// Arguments of `trailalerts test`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rules directories, whose rules are compiled in
    #[arg(value_name = "DIR", default_value = "rules")]
    directories: Vec<PathBuf>,
    /// Test one rule only: its id, title or file
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Interpret the rules as they stand in the directory, compiled in or not
    #[arg(long)]
    interpreted: bool,
    /// Change the rules, one part after the other, and say what no test record notices
    #[arg(long, conflicts_with = "interpreted")]
    mutate: bool,
}

/// Runs the command.
pub fn run(args: &Args, compiled: Compiled) -> Result<Outcome, Failure> {
    let tests = RuleTests::load(&args.directories)?;
    let rules: Vec<usize> = match &args.rule {
        Some(name) => vec![compiled::find(&tests.compilation, name)?],
        None => (0..tests.len()).collect(),
    };
    if args.mutate {
        return mutate::run(&tests, &rules);
    }
    let mut sink = Sink::open(None)?;
    let (mut failed, mut records) = (0, 0);
    for &rule in &rules {
        let name = plain(&tests.name(rule));
        let result =
            if args.interpreted { tests.interpret(rule) } else { tests.run(rule, compiled) };
        let line = match result {
            Ok(count) => {
                records += count;
                format!("{GOOD}ok{RESET}      {name}  {DIM}{count} records{RESET}\n")
            }
            Err(failures) => {
                failed += 1;
                let failures: String = failures
                    .iter()
                    .map(|failure| format!("          {}\n", plain(failure)))
                    .collect();
                format!("{ERROR}failed{RESET}  {name}\n{failures}")
            }
        };
        sink.write(line.as_bytes())?;
    }
    sink.finish()?;
    let passed = rules.len() - failed;
    if args.interpreted {
        anstream::eprintln!("the rules were interpreted; what is compiled in may differ");
    }
    anstream::eprintln!(
        "{BOLD}{passed} rules passed, {failed} failed{RESET}, {records} records as expected"
    );
    Ok(if failed > 0 { Outcome::Findings } else { Outcome::Done })
}

/// The test records of a rules directory, one test a rule.
pub struct RuleTests {
    compilation: Compilation,
    records: Vec<Option<TestRecords>>,
}

impl RuleTests {
    /// Reads the rules of the directories and their test records.
    ///
    /// # Errors
    /// If a rule or a file of records is wrong; all errors are printed.
    pub fn load(directories: &[PathBuf]) -> Result<Self, Failure> {
        let (files, found) = load(directories);
        let compilation = compile(files, found);
        let tests = compilation.check_tests();
        let errors = || {
            compilation
                .diagnostics
                .iter()
                .chain(&tests.diagnostics)
                .filter(|each| each.severity == Severity::Error)
        };
        for error in errors() {
            anstream::eprintln!("{}\n", error.render(&compilation.files, true));
        }
        if has_errors(&compilation.diagnostics) || has_errors(&tests.diagnostics) {
            return Err(Failure::Io("the rules directory has errors".to_owned()));
        }
        Ok(Self { compilation, records: tests.rules })
    }

    /// The number of rules.
    pub fn len(&self) -> usize {
        self.compilation.set.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of a rule: that of its file, with its number where it is not the first there.
    pub fn name(&self, rule: usize) -> String {
        self.compilation.set.rules[rule].name(&self.compilation.files)
    }

    /// Tries the records of a rule on what is compiled in; how many there are, or what went wrong.
    ///
    /// # Errors
    /// Records with another verdict than expected, and whatever keeps the test from saying much:
    /// a rule that is not compiled in as it stands, or that lacks either kind of record.
    pub fn run(&self, rule: usize, compiled: Compiled) -> Result<usize, Vec<String>> {
        let checked = &self.compilation.set.rules[rule];
        let file = &self.compilation.files[checked.rule.file.0];
        let found = compiled.rule_set.rules.iter().find(|compiled| compiled.id == checked.id);
        let current = |_: &&Rule| compiled.sources.iter().any(|source| source.text == file.text);
        let Some(wanted) = found.filter(current) else {
            return Err(vec![format!(
                "{} is not compiled in as it stands now; build again",
                file.path
            )]);
        };
        self.try_records(rule, |json| {
            let record = Record::parse(json.as_bytes()).map_err(|error| error.to_string())?;
            let mut matcher = Matcher::new(compiled.rule_set);
            Ok(matcher.matches(&record).any(|found| found.id == wanted.id))
        })
    }

    /// Tries the records of a rule on the reference interpreter, whether it is compiled in or not.
    ///
    /// # Errors
    /// As [`RuleTests::run`].
    pub fn interpret(&self, rule: usize) -> Result<usize, Vec<String>> {
        let checked = &self.compilation.set.rules[rule];
        self.try_records(rule, |json| Ok(reference::matches(checked, &Json::parse(json)?)))
    }

    fn try_records(
        &self,
        rule: usize,
        verdict: impl Fn(&str) -> Result<bool, String>,
    ) -> Result<usize, Vec<String>> {
        let Some(records) = &self.records[rule] else {
            return Err(vec!["there are no test records".to_owned()]);
        };
        let mut failures = Vec::new();
        for (spans, list, expected) in [
            (&records.should_match, "should_match", true),
            (&records.should_not_match, "should_not_match", false),
        ] {
            if spans.is_empty() {
                failures.push(format!("{list} holds no record"));
            }
            for span in spans {
                let failure = match (verdict(self.text(*span)), expected) {
                    (Ok(true), false) => "the rule matches this record, and should not".to_owned(),
                    (Ok(false), true) => "the rule does not match this record".to_owned(),
                    (Ok(_), _) => continue,
                    (Err(failure), _) => failure,
                };
                failures.push(format!("{}: {failure}", self.place(*span)));
            }
        }
        if failures.is_empty() {
            Ok(records.should_match.len() + records.should_not_match.len())
        } else {
            Err(failures)
        }
    }

    fn text(&self, span: Span) -> &str {
        self.compilation.files[span.file.0].text.get(span.range()).unwrap_or_default()
    }

    fn place(&self, span: Span) -> String {
        let file = &self.compilation.files[span.file.0];
        let (line, column) = file.line_column(span.start);
        format!("{}:{line}:{column}", file.path)
    }
}
