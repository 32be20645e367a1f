//! `trailalerts explain`: why each rule did or did not match a record, and what becomes of a match.

mod fate;

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, BufReader, Seek},
    path::{Path, PathBuf},
};

use sigma_compiler::reference::{
    self, ConditionExplanation, Explanation, Found, IdentifierExplanation, ItemExplanation, Json,
    SearchExplanation,
};
use trailalerts_core::{Level, Matcher, Record, RuleSet, message::read_time};
use trailalerts_detector::{Item, LogFile};

use crate::{
    Compiled, Failure, Outcome, compiled,
    output::{BOLD, DIM, ERROR, GOOD, RESET, Sink, plain},
    scan::spool::{Spool, Spooled},
};
use fate::Fates;

/// Longest text of a record or rule that is shown, in characters.
const SHOWN: usize = 160;

/// Arguments of `trailalerts explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file with records, in any form that `scan` reads, or `-`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Explain only this rule: its title, id or file name
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Explain only the record of this index in the file, from 0
    #[arg(long, value_name = "N")]
    index: Option<u64>,
    /// Explain rules that do not match in full, too
    #[arg(long)]
    all: bool,
    /// Decide with what `scan --state` remembered in a file; nothing is written there
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// What weighs less is not told, as in `scan`
    #[arg(long, value_name = "LEVEL", default_value = "informational")]
    min_severity: Level,
}

/// Runs the command.
pub fn run(args: &Args, compiled: Compiled) -> Result<Outcome, Failure> {
    let compilation = compiled.compile_again();
    let rule = args.rule.as_deref().map(|name| compiled::find(&compilation, name)).transpose()?;
    let mut source = open(&args.file)?;
    let name = args.file.to_string_lossy().replace('\\', "/");
    let set = compiled.rule_set;
    let mut spool = matches(set, &mut source)?;
    let fates = Fates::of(set, &mut spool, &name, args.state.as_deref(), args.min_severity)?;
    source
        .rewind()
        .map_err(|error| Failure::io(&format!("cannot read {}", plain(&name)), error))?;
    let mut file = LogFile::open(BufReader::new(source));
    let mut sink = Sink::open(None)?;
    let (mut outcome, mut explained) = (Outcome::Done, 0u64);
    loop {
        let (index, record) = match file.next_item() {
            Ok(Some(Item::Record { index, record, .. })) => (index, record),
            Ok(Some(Item::Skipped(_))) => continue,
            Ok(Some(Item::Damage(damage))) => {
                problem(&args.file, &damage.to_string());
                outcome = Outcome::Unreadable;
                continue;
            }
            Ok(None) => break,
            Err(error) => {
                problem(&args.file, &error.to_string());
                outcome = Outcome::Unreadable;
                break;
            }
        };
        if args.index.is_some_and(|wanted| wanted != index) {
            continue;
        }
        explained += 1;
        let json = Json::parse(record.json()).map_err(Failure::Io)?;
        let mut text = heading(index, &record);
        let (mut matching, mut others) = (String::new(), String::new());
        for (number, checked) in compilation.set.rules.iter().enumerate() {
            if rule.is_some_and(|wanted| wanted != number) {
                continue;
            }
            let explanation = reference::explain(checked, &json);
            let title = plain(&checked.rule.title.value);
            if explanation.holds {
                in_full(&title, &explanation, &mut matching);
                fates.say(number, index, &record, &mut matching)?;
            } else if args.all || rule.is_some() {
                in_full(&title, &explanation, &mut others);
            } else {
                in_short(&title, &explanation, &mut others);
            }
        }
        text.push_str(&matching);
        text.push_str(&others);
        text.push('\n');
        sink.write(text.as_bytes())?;
    }
    sink.finish()?;
    match args.index {
        Some(index) if explained == 0 => {
            Err(Failure::Io(format!("{} holds no record of index {index}", args.file.display())))
        }
        _ => Ok(outcome),
    }
}

/// The file, which is read twice; a copy of what cannot be.
fn open(path: &Path) -> Result<File, Failure> {
    let cannot = |error| Failure::io(&format!("cannot read {}", path.display()), error);
    let mut file: Box<dyn io::Read> = match path == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => {
            let file = File::open(path).map_err(cannot)?;
            if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                return Ok(file);
            }
            Box::new(file)
        }
    };
    let mut copy =
        tempfile::tempfile().map_err(|error| Failure::io("cannot make a temporary file", error))?;
    io::copy(&mut file, &mut copy).map_err(cannot)?;
    copy.rewind().map_err(cannot)?;
    Ok(copy)
}

/// All matches of the file. What cannot be read is told when it is read again.
fn matches(set: &'static RuleSet, file: &mut File) -> Result<Spool, Failure> {
    let mut spool = Spool::new()?;
    let mut matcher = Matcher::new(set);
    let mut file = LogFile::open(BufReader::new(file));
    while let Ok(Some(item)) = file.next_item() {
        let Item::Record { index, record, .. } = item else { continue };
        let rules = matcher.matches(&record);
        let matches: Vec<Spooled> = rules
            .filter_map(|rule| set.index_of(rule))
            .map(|rule| Spooled {
                time: record.text("eventTime").and_then(|text| read_time(&text)),
                rule: u32::try_from(rule).unwrap_or(u32::MAX),
                file: 0,
                index,
                json: record.json().as_bytes().to_owned(),
            })
            .collect();
        spool.add(&matches)?;
    }
    Ok(spool)
}

fn problem(path: &Path, message: &str) {
    anstream::eprintln!("{ERROR}error:{RESET} {}: {}", path.display(), plain(message));
}

fn heading(index: u64, record: &Record<'_>) -> String {
    let parts: Vec<String> = ["eventTime", "eventSource", "eventName", "eventID"]
        .iter()
        .filter_map(|path| record.text(path))
        .map(|text| short(&text))
        .collect();
    format!("{BOLD}record {index}{RESET}  {}\n", parts.join("  "))
}

/// One line: which search identifiers do not hold, or which filter does not.
fn in_short(title: &str, explanation: &Explanation, text: &mut String) {
    if explanation.conditions.iter().any(|condition| condition.holds) {
        let filters = explanation.filters.iter().filter(|filter| !filter.holds);
        let titles: Vec<String> =
            filters.map(|filter| format!("`{}`", plain(&filter.title))).collect();
        let why = format!("left out by the filter {}", titles.join(", "));
        let _ = writeln!(text, "  {DIM}no match{RESET}  {title}  {DIM}{why}{RESET}");
        return;
    }
    let names = |holds: bool| {
        let named = explanation.identifiers.iter().filter(|each| each.holds == holds);
        named.map(|each| format!("`{}`", plain(&each.name))).collect::<Vec<_>>().join(", ")
    };
    let (missing, found) = (names(false), names(true));
    let why = match (missing.as_str(), found.as_str()) {
        (missing, "") => format!("{missing} not found"),
        ("", found) => format!("{found} found"),
        (missing, found) => format!("{missing} not found, {found} found"),
    };
    let _ = writeln!(text, "  {DIM}no match{RESET}  {title}  {DIM}{why}{RESET}");
}

fn in_full(title: &str, explanation: &Explanation, text: &mut String) {
    let verdict = if explanation.holds {
        format!("{GOOD}{BOLD}match{RESET}   ")
    } else {
        "no match".to_owned()
    };
    let _ = writeln!(text, "  {verdict}  {BOLD}{title}{RESET}");
    detection(&explanation.conditions, &explanation.identifiers, 2, text);
    for filter in &explanation.filters {
        let _ = writeln!(text, "    {} filter: {}", mark(filter.holds), plain(&filter.title));
        detection(&filter.conditions, &filter.identifiers, 3, text);
    }
}

fn detection(
    conditions: &[ConditionExplanation],
    identifiers: &[IdentifierExplanation],
    depth: usize,
    text: &mut String,
) {
    let indent = "  ".repeat(depth);
    for condition in conditions {
        let (mark, words) = (mark(condition.holds), plain(condition.text.trim()));
        let _ = writeln!(text, "{indent}{mark} condition: {words}");
    }
    for identifier in identifiers {
        let _ = writeln!(text, "{indent}{} {}", mark(identifier.holds), plain(&identifier.name));
        search(&identifier.search, depth + 1, text);
    }
}

fn search(node: &SearchExplanation, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let (word, holds, parts) = match node {
        SearchExplanation::Item(item) => return detection_item(item, depth, text),
        SearchExplanation::All { holds, parts } => ("all of", *holds, parts),
        SearchExplanation::Any { holds, parts } => ("any of", *holds, parts),
    };
    let _ = writeln!(text, "{indent}{} {DIM}{word}{RESET}", mark(holds));
    for part in parts {
        search(part, depth + 1, text);
    }
}

fn detection_item(item: &ItemExplanation, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let key = if item.key.is_empty() { "keywords" } else { item.key.as_str() };
    let wanted: Vec<String> = item.values.iter().map(|value| short(&value.text)).collect();
    let _ = writeln!(text, "{indent}{} {}: {}", mark(item.holds), plain(key), wanted.join(", "));
    let _ = writeln!(text, "{indent}    {DIM}the record has {}{RESET}", found(&item.found));
    for value in &item.values {
        if let Some(referenced) = &value.referenced {
            let _ = writeln!(
                text,
                "{indent}    {DIM}and in {} {}{RESET}",
                short(&value.text),
                found(referenced)
            );
        }
    }
}

fn found(values: &[Found]) -> String {
    if values.is_empty() {
        return "nothing there".to_owned();
    }
    let mut shown: Vec<String> = values.iter().take(4).map(|value| short(&value.text)).collect();
    if values.len() > 4 {
        shown.push(format!("{} more", values.len() - 4));
    }
    shown.join(", ")
}

fn short(text: &str) -> String {
    let text = plain(text);
    if text.chars().count() <= SHOWN {
        text
    } else {
        text.chars().take(SHOWN).chain(['…']).collect()
    }
}

fn mark(holds: bool) -> String {
    if holds { format!("{GOOD}✓{RESET}") } else { format!("{ERROR}✗{RESET}") }
}
