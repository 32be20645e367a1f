//! What is counted in MiB, milliseconds and seconds.

use std::fs;
use std::time::Duration;

use super::lab::scan;
use super::{Bar, Bars, Lab, Limit, Rules};
use crate::corpus::Profile;
use crate::floor::files;
use crate::function::first_poll;
use crate::measure::{Contender, wall};
use crate::rules;

const MIB: f64 = 1024.0 * 1024.0;
/// What is inflated as a whole at most.
const WHOLE: u64 = 16 << 20;
const HUGE: u64 = 2 << 30;
const STARTS: usize = 51;
const FUNCTION_STARTS: usize = 21;

fn bar(name: &str, value: f64, most: f64, unit: &'static str) -> Bar {
    Bar { name: name.into(), value: Ok(value), limit: Limit::AtMost(most), unit }
}

pub fn memory(lab: &Lab) -> Bars {
    let program = lab.program(Rules::Usual)?;
    let corpora = [
        ("memory for many files", lab.corpus(Profile::Usual, 64)?),
        ("memory for a file of 16 MiB inflated", lab.long_files(1, WHOLE)?),
        ("memory for a file of 2 GiB inflated", lab.long_files(1, HUGE)?),
    ];
    let mut bars = Vec::new();
    for (name, corpus) in corpora {
        // Memory differs little from run to run, and two gigabytes take a while.
        let scan = scan(name, &program, &corpus.folder, None);
        let usages = lab.compare_times(&corpus, &[scan], lab.rounds.min(2))?;
        let peak = usages.first().map_or(0.0, |usage| usage.peak);
        bars.push(bar(name, peak, 48.0, "MiB"));
    }
    Ok(bars)
}

pub fn start(lab: &Lab) -> Bars {
    let program = lab.program(Rules::Usual)?;
    let version =
        Contender::new("trailalerts --version", [program.into_os_string(), "--version".into()]);
    let command = wall(&version, STARTS)?;
    let detector = first_poll(&lab.detector(Rules::Usual)?, FUNCTION_STARTS)?;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    Ok(vec![
        bar("trailalerts --version", milliseconds(command), 5.0, "ms"),
        bar("start of the deployed detector", milliseconds(detector), 15.0, "ms"),
    ])
}

pub fn build(lab: &Lab) -> Bars {
    let (mut seconds, mut bytes) = (Vec::new(), Vec::new());
    // All that does not depend on rules is there then.
    lab.program(Rules::Usual)?;
    for rules in [Rules::Usual, Rules::Thousand] {
        let build = lab.build(lab.rules(rules)?)?;
        build.clean()?;
        let (program, taken) = build.run()?;
        let size = fs::metadata(program)?.len() as f64;
        println!("    {rules:?} rules: {taken:.1} s, {:.2} MiB", size / MIB);
        seconds.push(taken);
        bytes.push(size);
    }

    // A copy of the rules, to change one of them.
    let rules = lab.folder("changed-rules")?;
    rules::copy(&rules::own(), &rules)?;
    let build = lab.build(rules.clone().into())?;
    build.run()?;
    let files = files(&rules.join("sigma_rules"))?;
    let rule = files.first().ok_or("there are no rules to change")?;
    let mut text = fs::read_to_string(rule)?;
    text.push_str("# changed\n");
    fs::write(rule, text)?;
    let (_, after_change) = build.run()?;

    let more = |of: &[f64]| of.last().unwrap_or(&0.0) - of.first().unwrap_or(&0.0);
    Ok(vec![
        bar("build after a change of one rule", after_change, 15.0, "s"),
        bar("build of 1,000 rules, more than of the usual ones", more(&seconds), 60.0, "s"),
        bar("command with 1,000 rules, more than with the usual", more(&bytes) / MIB, 3.0, "MiB"),
    ])
}
