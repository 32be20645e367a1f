//! What comes again much later, and what goes on while it is delivered.

use std::{collections::HashSet, sync::Mutex};

use jiff::{SignedDuration, Timestamp};
use trailalerts_conformance::alerting::{
    RULE_SET, calls::block_on, memory::MemoryStore, order::processor, record::json,
};
use trailalerts_core::{Level, Match, Matcher, Origin, Record};
use trailalerts_processor::{
    Alert, Decision, Outcome, Processor,
    deliver::{Channels, DeliveryError, deliver, sweep},
};

const START: Timestamp = Timestamp::constant(1_772_452_800, 0);

fn process(
    processor: &Processor,
    store: &MemoryStore,
    name: &str,
    seconds: i64,
    event: &str,
    now: Timestamp,
) -> Outcome {
    let text = json(name, START + SignedDuration::from_secs(seconds), event).unwrap();
    let record = Record::parse(text.as_bytes()).unwrap();
    let rule = Matcher::new(&RULE_SET).matches(&record).next().unwrap();
    let found = Match { rule, record: &record, origin: Origin { file: "x.json", index: 0 } };
    block_on(processor.process(store, &found, now, now)).unwrap()
}

/// Marks of what is done are kept for 30 days, alerts for 90: logs may be read again in between.
#[test]
fn logs_may_be_read_again_after_a_month() {
    for event in ["Alone", "ThirdOfAddress", "Counted", "Plain", "CountedAtOnce"] {
        let (store, processor) = (MemoryStore::default(), processor(3_600));
        let mut told = HashSet::new();
        for days in [0, 31, 62, 80] {
            let now = START + SignedDuration::from_hours(24 * days);
            for at in 0..4 {
                let outcome = process(&processor, &store, &format!("r{at}"), at, event, now);
                for id in outcome.told {
                    // What goes on is told again when its cooldown is over.
                    let is_new = told.insert(id.clone());
                    let goes_on = !matches!(event, "Alone" | "Plain");
                    assert!(is_new || goes_on, "{event} after {days} days: {id} again");
                }
            }
        }
        assert!(!told.is_empty(), "{event}");
    }
}

#[test]
fn an_episode_that_is_forgotten_is_counted_on_in_its_alert() {
    let (store, processor) = (MemoryStore::default(), processor(0));
    let first = process(&processor, &store, "a", 0, "CountedAtOnce", START);
    let late = START + SignedDuration::from_hours(72);
    let second = process(&processor, &store, "b", 0, "CountedAtOnce", late);
    assert_eq!(first.told.len(), 1);
    assert_eq!(second.decision, Decision::InCooldown { alert: first.told[0].clone() });
}

/// A channel that lets the alert go on before it accepts.
struct Slow<'s> {
    store: &'s MemoryStore,
    processor: &'s Processor,
    told: Mutex<Vec<(u32, u64)>>,
}

impl Channels for Slow<'_> {
    async fn deliver(&self, _: &str, alert: &Alert) -> Result<(), DeliveryError> {
        let mut told = self.told.lock().unwrap();
        if told.is_empty() {
            let now = START + SignedDuration::from_secs(500);
            let outcome = process(self.processor, self.store, "c", 400, "BrieflyCool", now);
            assert!(matches!(outcome.decision, Decision::Alerted { .. }), "{outcome:?}");
        }
        told.push((alert.told, alert.count));
        Ok(())
    }
}

#[test]
fn what_an_alert_became_while_it_was_delivered_is_told_as_well() {
    let (store, mut processor) = (MemoryStore::default(), processor(3_600));
    processor.channels[0].min_severity = Level::Medium;
    process(&processor, &store, "a", 0, "BrieflyCool", START);
    let outcome = process(&processor, &store, "b", 10, "BrieflyCool", START);
    let slow = Slow { store: &store, processor: &processor, told: Mutex::default() };
    let owed = outcome.owed.first().unwrap();
    block_on(deliver(&store, &slow, owed, START)).unwrap();
    let later = START + SignedDuration::from_hours(1);
    block_on(sweep(&store, &slow, later)).unwrap();
    assert_eq!(*slow.told.lock().unwrap(), [(1, 2), (2, 3)]);
    block_on(sweep(&store, &slow, later + SignedDuration::from_hours(2))).unwrap();
    assert_eq!(slow.told.lock().unwrap().len(), 2, "each telling once");
    assert!(!store.items().iter().any(|item| item.key.partition.starts_with("owed/")));
}
