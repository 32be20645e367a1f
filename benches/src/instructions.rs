//! Counts instructions, which do not vary from run to run as times do, and says what they are for.

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use crate::bars::{Lab, Rules};
use crate::corpus::{Cached, Profile};

/// What a scan does, and parts of the names of functions that do it: the first that fits counts. What the
/// compiler has put into another function counts as that one.
const PARTS: [(&str, &[&str]); 8] = [
    ("inflating", &["deflate", "crc32", "build_decode_table"]),
    ("reading structure", &["structure::avx", "structure::portable", "structure::outermost"]),
    ("objects and their keys", &["Objects::find", "Objects::is_alone", "log_file", "Run::open"]),
    ("validation", &["is_json", "trailalerts_core::scan"]),
    ("dispatch", &["dispatch", "phf"]),
    ("fields", &["record::", "Matching", "Structure::quote", "Option<T>::filter"]),
    ("tests", &["predicate", "generated", "Matcher", "regex", "aho_corasick", "memchr"]),
    ("rows of matches", &["commands::scan::rows", "message", "actor", "from_utf8"]),
];

/// What else is counted as a whole, to be compared: other rules, and records that match or do not.
const WHOLES: [(&str, Profile, Rules); 3] = [
    ("all, with 1,000 rules", Profile::Usual, Rules::Thousand),
    ("all, where no record matches", Profile::HitNothing, Rules::Usual),
    ("all, where each one does", Profile::HitCatchAll, Rules::Usual),
];

/// Functions that were run, each with the number of its own instructions.
type Functions = Vec<(u64, String)>;

/// Scans one file under valgrind, and prints how many instructions that took, and for what.
///
/// Valgrind knows fewer instructions than many a processor, and says so to programs that ask: it may
/// count another path through the code than the one that runs without it.
///
/// # Errors
/// The scan fails.
pub fn count(lab: &Lab) -> Result<(), Box<dyn Error>> {
    let Some((corpus, functions)) = scan(lab, Profile::Usual, Rules::Usual)? else {
        println!("not counted: valgrind is not installed");
        return Ok(());
    };
    let all = sum(&functions);
    show("all", all, all, &corpus);
    let mut counts = [0; PARTS.len()];
    for (count, name) in &functions {
        let part = PARTS.iter().zip(&mut counts);
        let mut of_name = part.filter(|((_, of), _)| of.iter().any(|of| name.contains(of)));
        if let Some((_, part)) = of_name.next() {
            *part += count;
        }
    }
    for ((part, _), count) in PARTS.iter().zip(counts) {
        show(part, count, all, &corpus);
    }
    show("all the rest, and the start", all - counts.iter().sum::<u64>(), all, &corpus);
    for (what, profile, rules) in WHOLES {
        if let Some((corpus, functions)) = scan(lab, profile, rules)? {
            show(what, sum(&functions), all, &corpus);
        }
    }
    Ok(())
}

/// A file that was scanned, and all functions that took part; nothing without valgrind.
fn scan(
    lab: &Lab,
    profile: Profile,
    rules: Rules,
) -> Result<Option<(Cached, Functions)>, Box<dyn Error>> {
    let corpus = lab.corpus(profile, 1)?;
    let program = lab.program(rules)?;
    let found = lab.folder("instructions")?.join("callgrind.out");
    let scan = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", found.display()))
        .arg(program)
        .args(["scan", "--matches", "--format", "ndjson", "--threads", "1", "-o", "/dev/null"])
        .arg(&corpus.folder)
        .output();
    if matches!(&scan, Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    succeeded(scan?)?;
    Ok(Some((corpus, functions(&found)?)))
}

fn sum(functions: &[(u64, String)]) -> u64 {
    functions.iter().map(|(count, _)| count).sum()
}

fn show(part: &str, count: u64, all: u64, corpus: &Cached) {
    println!(
        "{part:28}  {:9.1} instructions a record  {:7.3} a byte  {:5.1} %",
        count as f64 / corpus.size.records as f64,
        count as f64 / corpus.size.inflated as f64,
        100.0 * count as f64 / all as f64,
    );
}

/// What valgrind has written.
fn functions(found: &Path) -> Result<Functions, Box<dyn Error>> {
    let told = Command::new("callgrind_annotate").arg("--threshold=100").arg(found).output()?;
    let told = succeeded(told)?;
    // `1,234 ( 0.56%)  file:function [object]`
    let function = |line: &str| {
        let (count, name) = line.split_once('(')?;
        let (_, name) = name.split_once("%)")?;
        let count = count.trim().replace(',', "").parse().ok()?;
        Some((count, name.trim().to_owned()))
    };
    let functions = told.lines().filter(|line| !line.contains("PROGRAM TOTALS"));
    Ok(functions.filter_map(function).collect())
}

/// What a program wrote.
fn succeeded(output: Output) -> Result<String, Box<dyn Error>> {
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().into()),
    }
}
