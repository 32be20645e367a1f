//! Reading past logs: when a rule matched, for which group.

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailalerts_core::{Match, Origin, Record, RuleSet};
use trailalerts_processor::{facts::Facts, pattern::Pattern};

use crate::{
    Failure,
    occurrences::{Gathering, Occurrences, named},
    scan::{
        files::Input,
        progress::Progress,
        read::{Part, Reader},
        spans::Spans,
        spool::{Spool, Spooled},
        summary::Summary,
        threads,
    },
};

/// What the logs hold of a rule.
pub struct Past {
    /// When it matched; lanes are the groups.
    pub occurrences: Occurrences,
    /// The times of the first and the last record of the logs, in milliseconds.
    pub span: Option<(i64, i64)>,
    /// Matches that an exception leaves out.
    pub excluded: u64,
    /// Matches without a time.
    pub undated: u64,
    /// Matches that lack a field by which they are counted.
    pub ungrouped: u64,
}

/// What was read.
pub struct Read {
    /// What it holds of the rule.
    pub past: Past,
    /// How much it was.
    pub summary: Summary,
}

/// Reads logs; the pattern says which matches are counted together.
///
/// # Errors
/// If a temporary file cannot be used.
pub fn read(
    reader: &Reader,
    inputs: Vec<Input>,
    not_logs: u64,
    threads: usize,
    pattern: &Pattern,
) -> Result<Read, Failure> {
    let files: Vec<String> = inputs.iter().map(Input::name).collect();
    let mut progress = Progress::new(inputs.iter().map(|input| input.bytes).sum());
    let (mut spool, mut spans) = (Spool::new()?, Spans::default());
    let mut summary = Summary::new(not_logs);
    let streams = &reader.set.settings.streams;
    threads::read(reader, inputs, threads, &mut |part| {
        match part {
            Part::Matches(matches) => spool.add(&matches)?,
            Part::Rows { .. } => {}
            Part::Problem(problem) => progress.problem(&problem),
            Part::Done(done) => {
                spans.join(done.spans, streams);
                summary.add(&done.counts);
                progress.advance(done.bytes);
            }
        }
        Ok(())
    })?;
    progress.finish();
    let mut counting = Counting {
        set: reader.set,
        pattern,
        gathering: Gathering::new()?,
        span: spans.whole().map(|(from, to)| (from.as_millisecond(), to.as_millisecond())),
        excluded: 0,
        undated: 0,
        ungrouped: 0,
    };
    let mut last = None;
    loop {
        let batch = spool.matches(last)?;
        let Some((place, _)) = batch.last() else { break };
        last = Some(*place);
        for (_, spooled) in &batch {
            let file = files.get(spooled.file as usize).map_or("", String::as_str);
            counting.add(spooled, file)?;
        }
    }
    let Counting { gathering, span, excluded, undated, ungrouped, .. } = counting;
    let past = Past { occurrences: gathering.finish()?, span, excluded, undated, ungrouped };
    Ok(Read { past, summary })
}

struct Counting<'p> {
    set: &'static RuleSet,
    pattern: &'p Pattern,
    gathering: Gathering,
    span: Option<(i64, i64)>,
    excluded: u64,
    undated: u64,
    ungrouped: u64,
}

impl Counting<'_> {
    fn add(&mut self, spooled: &Spooled, file: &str) -> Result<(), Failure> {
        let rule = self.set.rules.get(spooled.rule as usize);
        let (Some(rule), Ok(record)) = (rule, Record::parse(&spooled.json)) else {
            return Ok(());
        };
        let origin = Origin { file, index: spooled.index };
        let found = Match { rule, record: &record, origin };
        let facts = Facts::of(&found, Timestamp::UNIX_EPOCH);
        if found.is_excluded(&facts.actor) {
            self.excluded += 1;
        } else if !facts.dated {
            self.undated += 1;
        } else if let Some(group) = self.pattern.group_of(0, &found, &facts) {
            let lane = named(&[&group.digest()]);
            let names: BTreeMap<&str, &str> =
                group.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            self.gathering.note(lane, serde_json::json!(names).to_string())?;
            let time = facts.time.as_millisecond();
            // Records without a region are of no stream.
            let (first, last) = self.span.unwrap_or((time, time));
            self.span = Some((first.min(time), last.max(time)));
            self.gathering.add(lane, facts.time, &facts.record, ("", false))?;
        } else {
            self.ungrouped += 1;
        }
        Ok(())
    }
}
