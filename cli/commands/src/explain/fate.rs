//! What would become of a match: the processor decides on all matches of the file by time, as a
//! scan of that file lets it.

mod around;
mod words;

use std::{fmt::Write as _, fs, io, path::Path};

use jiff::Timestamp;
use tempfile::NamedTempFile;
use trailalerts_core::{Level, Match, Origin, Record, RuleSet, correlation::Member};
use trailalerts_processor::{
    Decision, Outcome, Processor,
    facts::Facts,
    neighbours::Lanes,
    pattern::{Group, Pattern},
    store::LocalStore,
    told,
    window::{after, before},
};

use crate::{
    Failure,
    occurrences::{Gathering, Occurrences, named},
    output::{DIM, RESET, plain},
    scan::{
        replay::{self, failed},
        spool::{Spool, Spooled},
    },
};

/// What became of all matches.
pub struct Fates {
    set: &'static RuleSet,
    processor: Processor,
    store: LocalStore,
    /// A copy of the state of before; it is gone when this is.
    _state: Option<NamedTempFile>,
    min_severity: Level,
    /// Stands for the time of records that have none.
    started: Timestamp,
    file: String,
    found: Occurrences,
}

impl Fates {
    /// Decides on all matches of a file, with what is remembered in a file of state or with
    /// nothing of before. Nothing is written there.
    ///
    /// # Errors
    /// If the state or the spool cannot be used.
    pub fn of(
        set: &'static RuleSet,
        spool: &mut Spool,
        file: &str,
        state: Option<&Path>,
        min_severity: Level,
    ) -> Result<Fates, Failure> {
        let copy = state.map(copy).transpose()?;
        let store = match &copy {
            Some(copy) => LocalStore::open(copy.path()),
            None => LocalStore::temporary(),
        };
        let gathering = Gathering::new()?;
        let mut deciding = Deciding {
            set,
            processor: replay::processor(set, min_severity),
            store: store.map_err(failed)?,
            remembers: copy.is_some(),
            started: Timestamp::now(),
            gathering,
        };
        let mut last = None;
        loop {
            let batch = spool.matches(last)?;
            let Some((place, _)) = batch.last() else { break };
            last = Some(*place);
            for (_, spooled) in &batch {
                deciding.decide(spooled, file)?;
            }
        }
        let Deciding { processor, store, started, gathering, .. } = deciding;
        let (file, found) = (file.to_owned(), gathering.finish()?);
        Ok(Fates { set, processor, store, _state: copy, min_severity, started, file, found })
    }

    /// Says what became of the match of a rule, in lines.
    ///
    /// # Errors
    /// If the state or a temporary file cannot be read.
    pub fn say(
        &self,
        rule: usize,
        index: u64,
        record: &Record<'_>,
        text: &mut String,
    ) -> Result<(), Failure> {
        let number = u32::try_from(rule).unwrap_or(u32::MAX);
        let (Some(decided), Some(rule)) =
            (self.found.noted(name_of(number, index))?, self.set.rules.get(rule))
        else {
            return Ok(());
        };
        let origin = Origin { file: &self.file, index };
        let found = Match { rule, record, origin };
        let facts = Facts::of(&found, self.started);
        // A line for each thing that was told; the first begins with the decision.
        let mut lines = decided.lines();
        let decision = lines.next().unwrap_or_default();
        let why = words::decision(self, decision, &found, &facts);
        let _ = writeln!(text, "    → {why}");
        for line in lines {
            let _ = writeln!(text, "      {}", plain(line));
        }
        if decision != Decision::Excluded.name() {
            for (pattern, member) in self.joining(rule) {
                let about = around::Around { fates: self, found: &found, facts: &facts };
                about.say(pattern, member, text)?;
            }
        }
        Ok(())
    }

    fn joining(&self, rule: &trailalerts_core::Rule) -> Vec<(&Pattern, usize)> {
        let index = self.set.index_of(rule);
        let joining = index.map(|index| self.processor.patterns.joining(Member::Rule(index)));
        joining.into_iter().flatten().collect()
    }
}

/// The decisions of a file, as they are made.
struct Deciding {
    set: &'static RuleSet,
    processor: Processor,
    store: LocalStore,
    remembers: bool,
    started: Timestamp,
    gathering: Gathering,
}

impl Deciding {
    fn decide(&mut self, spooled: &Spooled, file: &str) -> Result<(), Failure> {
        let rule = self.set.rules.get(spooled.rule as usize);
        let (Some(rule), Ok(record)) = (rule, Record::parse(&spooled.json)) else {
            return Ok(());
        };
        let found = Match { rule, record: &record, origin: Origin { file, index: spooled.index } };
        // As a scan does: a time to come must not make what is remembered seem old.
        let now = spooled.time.map_or(self.started, |time| time.min(self.started));
        let outcome = pollster::block_on(self.processor.process(&self.store, &found, now, now));
        let outcome = outcome.map_err(failed)?;
        let facts = Facts::of(&found, now);
        if outcome.decision != Decision::Excluded {
            self.gather(spooled.rule, &found, &facts, now)?;
        }
        let text = self.told(&outcome, now)?;
        self.gathering.note(name_of(spooled.rule, spooled.index), text)
    }

    /// Remembers when the match happened, for the matches around it.
    fn gather(
        &mut self,
        rule: u32,
        found: &Match<'_>,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<(), Failure> {
        for (pattern, member) in self.processor.patterns.joining(Member::Rule(rule as usize)) {
            let Some((group, value)) = place(pattern, member, found, facts) else { continue };
            let value = value.unwrap_or_default();
            let own = lane(pattern, &group, member);
            self.gathering.add(own, facts.time, &facts.record, (&value, false))?;
            if !self.remembers {
                continue;
            }
            let lanes = Lanes { store: &self.store, pattern, group: &group, now };
            let (from, to) = (before(facts.time, pattern), after(facts.time, pattern));
            for entry in pollster::block_on(lanes.between(from, to)).map_err(failed)? {
                let value = entry.value.unwrap_or_default();
                let lane = lane(pattern, &group, entry.member);
                self.gathering.add(lane, entry.time, &entry.record, (&value, true))?;
            }
        }
        Ok(())
    }

    /// The decision, and a line for each alert that it is about.
    fn told(&self, outcome: &Outcome, now: Timestamp) -> Result<String, Failure> {
        let mut text = outcome.decision.name().to_owned();
        let mut alerts: Vec<(&str, &str)> = Vec::new();
        match &outcome.decision {
            Decision::InCooldown { alert } => alerts.push(("since", alert)),
            Decision::Alerted { alert } => alerts.push(("as", alert)),
            _ => {}
        }
        for alert in &outcome.told {
            if alerts.iter().all(|(_, other)| other != alert) {
                alerts.push(("because of it", alert));
            }
        }
        for (how, id) in alerts {
            let read = pollster::block_on(told::read(&self.store, id, now)).map_err(failed)?;
            let Some(told) = read else { continue };
            let alert = told.alert;
            let _ = write!(
                text,
                "\n{how} {} alert `{}` of {}, id {id}: {}",
                alert.severity.name(),
                one_line(&alert.rule_title),
                alert.time.strftime("%Y-%m-%d %H:%M:%S UTC"),
                one_line(&alert.reason),
            );
        }
        Ok(text)
    }
}

/// Lines are what the texts are joined by.
fn one_line(text: &str) -> String {
    plain(text)
}

/// The group of a match in a pattern, and the value that the pattern looks at.
fn place(
    pattern: &Pattern,
    member: usize,
    found: &Match<'_>,
    facts: &Facts,
) -> Option<(Group, Option<String>)> {
    let field = |path: &str| found.text(path).map(|text| text.into_owned());
    Some((pattern.group_of(member, found, facts)?, pattern.value_of(member, &field)?))
}

fn lane(pattern: &Pattern, group: &Group, member: usize) -> u128 {
    named(&["lane", &pattern.id, &group.digest(), &member.to_string()])
}

fn name_of(rule: u32, index: u64) -> u128 {
    named(&["match", &rule.to_string(), &index.to_string()])
}

/// A copy of a state, so that what is decided here is not remembered there.
fn copy(path: &Path) -> Result<NamedTempFile, Failure> {
    let name = path.display().to_string();
    let cannot = |error| Failure::io(&format!("cannot read {}", plain(&name)), error);
    let file = fs::File::open(path).map_err(cannot)?;
    // Whoever writes it holds it locked.
    if file.try_lock_shared().is_err() {
        return Err(Failure::Io(format!("another process has {} open", plain(&name))));
    }
    let mut copy =
        NamedTempFile::new().map_err(|error| Failure::io("cannot make a temporary file", error))?;
    io::copy(&mut &file, &mut copy).map_err(cannot)?;
    Ok(copy)
}

/// Dims what explains.
fn dim(text: &str) -> String {
    format!("{DIM}{text}{RESET}")
}

#[cfg(test)]
#[path = "fate_tests.rs"]
mod tests;
