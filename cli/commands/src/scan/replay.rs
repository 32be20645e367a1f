//! Decides on what was matched, in the order in which it happened: as if the records had come one
//! by one, each at its time.

use std::path::Path;

use jiff::Timestamp;
use trailalerts_core::{Level, Match, Origin, Record, RuleSet};
use trailalerts_processor::{
    Alert, Decision, Processor, absence,
    decide::Channel,
    store::{LocalStore, StoreError},
    streams, told,
};

use super::{
    spans::{Gap, Spans},
    spool::Spool,
    summary::Decisions,
};
use crate::Failure;

/// The channel of the command itself. Channels of the settings are told what it is told.
const CHANNEL: &str = "scan";

/// Decides on matches and remembers what was told.
pub struct Replay {
    set: &'static RuleSet,
    processor: Processor,
    store: LocalStore,
    /// Stands for the time of records that have none.
    started: Timestamp,
}

/// Decides as the command does: all channels are told alike, and nothing is delivered.
pub fn processor(set: &'static RuleSet, min_severity: Level) -> Processor {
    let mut processor = Processor::new(set);
    processor.notify = false;
    let names = processor.channels.iter().map(|channel| channel.name.clone());
    processor.channels =
        names.chain([CHANNEL.to_owned()]).map(|name| Channel { name, min_severity }).collect();
    processor
}

impl Replay {
    /// Decides with the state in a file, or with none of before.
    ///
    /// # Errors
    /// If the file cannot be used.
    pub fn open(
        set: &'static RuleSet,
        state: Option<&Path>,
        min_severity: Level,
    ) -> Result<Replay, Failure> {
        let store = match state {
            Some(path) => LocalStore::open_until_checkpoint(path),
            None => LocalStore::temporary(),
        };
        let processor = processor(set, min_severity);
        Ok(Replay { set, processor, store: store.map_err(failed)?, started: Timestamp::now() })
    }

    /// Decides on all matches of the spool and notes there what was told.
    ///
    /// # Errors
    /// If the state or the spool cannot be read or written.
    pub fn run(&self, spool: &mut Spool, files: &[String]) -> Result<Decisions, Failure> {
        let mut decisions = Decisions::default();
        let mut last = None;
        loop {
            let batch = spool.matches(last)?;
            let Some((place, _)) = batch.last() else { break };
            last = Some(*place);
            let mut told = Vec::new();
            for (_, spooled) in &batch {
                let rule = self.set.rules.get(spooled.rule as usize);
                let (Some(rule), Ok(record)) = (rule, Record::parse(&spooled.json)) else {
                    continue;
                };
                let file = files.get(spooled.file as usize).map_or("", String::as_str);
                let origin = Origin { file, index: spooled.index };
                let found = Match { rule, record: &record, origin };
                // A time to come must not make what is remembered seem old.
                let now = spooled.time.map_or(self.started, |time| time.min(self.started));
                let outcome =
                    pollster::block_on(self.processor.process(&self.store, &found, now, now))
                        .map_err(failed)?;
                decisions.add(&outcome.decision);
                told.extend(outcome.told);
            }
            spool.note(&told)?;
        }
        Ok(decisions)
    }

    /// Keeps what was decided, once its rows are written: a scan that does not come to its end
    /// must not make the next one take for told what nobody has seen.
    ///
    /// # Errors
    /// If the state cannot be written.
    pub fn keep(&self) -> Result<(), Failure> {
        self.store.checkpoint().map_err(failed)
    }

    /// Judges what stayed away over the span of the logs.
    ///
    /// # Errors
    /// If the state or the spool cannot be read or written.
    pub fn absences(&self, spans: &Spans, spool: &mut Spool) -> Result<(), Failure> {
        let Some((first, last)) = spans.whole() else {
            return Ok(());
        };
        let settings = &self.set.settings;
        let closed = absence::close(&self.processor, &self.store, first, last, last);
        let mut absences = pollster::block_on(closed).map_err(failed)?;
        for Gap { stream, since, until } in spans.gaps(&settings.streams) {
            let alert = streams::silence(settings, &stream, since, until.unwrap_or(last), until);
            let told = streams::tell(&self.processor, &self.store, alert, &[], last, &mut absences);
            pollster::block_on(told).map_err(failed)?;
        }
        spool.note(&absences.told)
    }

    /// Hands on what was told, by time, with all that was counted into it.
    ///
    /// # Errors
    /// If the state or the spool cannot be read, or if `take` fails.
    pub fn alerts(
        &self,
        spool: &mut Spool,
        mut take: impl FnMut(&Alert) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut last: Option<String> = None;
        loop {
            let ids = spool.alerts(last.as_deref())?;
            for id in &ids {
                // Nothing that was told a moment ago has expired.
                let told = pollster::block_on(told::read(&self.store, id, Timestamp::UNIX_EPOCH));
                if let Some(told) = told.map_err(failed)? {
                    take(&told.complete())?;
                }
            }
            match ids.into_iter().next_back() {
                Some(id) => last = Some(id),
                None => return Ok(()),
            }
        }
    }
}

impl Decisions {
    fn add(&mut self, decision: &Decision) {
        let count = match decision {
            Decision::Duplicate => &mut self.duplicate,
            Decision::Excluded => &mut self.excluded,
            Decision::Stored => &mut self.stored,
            Decision::OutsideHours => &mut self.outside_hours,
            Decision::BelowSeverity => &mut self.below_severity,
            Decision::ToldElsewhere => &mut self.told_elsewhere,
            Decision::InCooldown { .. } => &mut self.in_cooldown,
            Decision::Alerted { .. } => return,
        };
        *count += 1;
    }
}

/// What a store that fails means for the command.
pub fn failed(error: StoreError) -> Failure {
    Failure::Io(error.to_string())
}
