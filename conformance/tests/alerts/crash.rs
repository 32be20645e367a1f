//! A program that dies before or after any call of the store or of a channel, and what becomes of
//! its alerts when the message comes again and what is owed is swept up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use jiff::{SignedDuration, Timestamp};
use trailalerts_conformance::alerting::{
    RULE_SET, calls::block_on, memory::MemoryStore, record::json,
};
use trailalerts_core::{Level, Match, Matcher, Origin, Record};
use trailalerts_processor::{
    Alert, Processor,
    decide::Channel,
    deliver::{Channels, DeliveryError, deliver, sweep},
    store::{Committed, Item, Key, Range, Store, StoreError, Write},
    told,
};

/// When the program dies: at the so-manieth call, before it or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Death {
    call: usize,
    after: bool,
}

/// What the calls of a program reach, until it dies.
struct World {
    store: MemoryStore,
    death: Option<Death>,
    calls: AtomicUsize,
    /// Each acceptance of a channel: the channel, the alert and which telling of it.
    accepted: Mutex<Vec<(String, String, u32)>>,
    /// The calls by which channels accepted, each with the first commit behind it, which marks it.
    marks: Mutex<Vec<(usize, Option<usize>)>>,
}

impl World {
    fn new(death: Option<Death>) -> World {
        World {
            store: MemoryStore::default(),
            death,
            calls: AtomicUsize::new(0),
            accepted: Mutex::default(),
            marks: Mutex::default(),
        }
    }

    /// Whether the program is dead: before or after this call.
    fn dies(&self, call: usize, after: bool) -> bool {
        self.death.is_some_and(|death| death.call < call || death == Death { call, after })
    }

    /// Whether the program had died.
    fn live_again(&mut self) -> bool {
        let calls = self.calls.load(Relaxed);
        self.death.take_if(|death| death.call < calls).is_some()
    }

    fn dead() -> StoreError {
        StoreError { passing: true, message: "the program has died".to_owned() }
    }

    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let number = self.calls.fetch_add(1, Relaxed);
        if self.dies(number, false) {
            return Err(Self::dead());
        }
        let answer = call.await;
        if self.dies(number, true) { Err(Self::dead()) } else { answer }
    }
}

impl Store for World {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, StoreError> {
        self.call(self.store.get(key, now)).await
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        self.call(self.store.query(range, now)).await
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        let number = self.calls.load(Relaxed);
        if let Some((_, mark)) = self.marks.lock().unwrap().last_mut() {
            mark.get_or_insert(number);
        }
        self.call(self.store.commit(writes, now)).await
    }
}

impl Channels for World {
    async fn deliver(&self, channel: &str, alert: &Alert) -> Result<(), DeliveryError> {
        let message = "the program has died".to_owned();
        let dead = Err(DeliveryError { channel: channel.to_owned(), message });
        let number = self.calls.fetch_add(1, Relaxed);
        if self.dies(number, false) {
            return dead;
        }
        let telling = (channel.to_owned(), alert.id.clone(), alert.told);
        self.accepted.lock().unwrap().push(telling);
        self.marks.lock().unwrap().push((number, None));
        if self.dies(number, true) { dead } else { Ok(()) }
    }
}

/// What is remembered after all, and what each channel has heard last of each alert.
#[derive(Debug, PartialEq, Eq)]
struct End {
    alerts: BTreeMap<String, (String, u64, u32)>,
    heard: BTreeMap<(String, String), u32>,
}

fn processor() -> Processor {
    let mut processor = Processor::new(&RULE_SET);
    let channel = |name: &str| Channel { name: name.to_owned(), min_severity: Level::Low };
    processor.channels = vec![channel("mail"), channel("pager")];
    processor.cooldown = 60;
    processor
}

/// The records of a scene, in the order of their arrival.
fn scene(lines: &[(&str, i64)]) -> Vec<(String, Timestamp)> {
    let start: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    let record = |(at, (words, seconds)): (usize, &(&str, i64))| {
        let time = start + SignedDuration::from_secs(*seconds);
        (json(&format!("r{at}"), time, words).unwrap(), start + SignedDuration::from_hours(1))
    };
    lines.iter().enumerate().map(record).collect()
}

/// Processes and delivers one message; an error puts it back into its queue.
fn receive(world: &World, text: &str, now: Timestamp) -> Result<(), String> {
    let processor = processor();
    let record = Record::parse(text.as_bytes()).unwrap();
    let mut matcher = Matcher::new(&RULE_SET);
    let rules: Vec<_> = matcher.matches(&record).collect();
    for rule in rules {
        let found = Match { rule, record: &record, origin: Origin { file: "x.json", index: 0 } };
        let outcome = block_on(processor.process(world, &found, now, now));
        for owed in outcome.map_err(|error| error.to_string())?.owed {
            // What is owed is stored: it needs no message any more.
            let _ = block_on(deliver(world, world, &owed, now));
        }
    }
    Ok(())
}

/// Lets all records arrive; those of messages that failed again; then sweeps until nothing is
/// owed. The program lives again for what follows the first failure.
fn play(records: &[(String, Timestamp)], death: Option<Death>) -> (End, World) {
    let mut world = World::new(death);
    let mut now = Timestamp::UNIX_EPOCH;
    for (text, at) in records {
        now = now.max(*at) + SignedDuration::from_secs(1);
        let failed = receive(&world, text, now).is_err();
        world.live_again();
        if failed {
            receive(&world, text, now + SignedDuration::from_secs(30)).unwrap();
        }
    }
    for _ in 0..4 {
        now += SignedDuration::from_mins(61);
        let swept = block_on(sweep(&world, &world, now));
        assert!(world.live_again() || swept.is_ok(), "{swept:?}");
    }
    let end = end(&world, now);
    (end, world)
}

fn end(world: &World, now: Timestamp) -> End {
    let mut alerts = BTreeMap::new();
    for item in world.store.items() {
        assert!(!item.key.partition.starts_with("owed/"), "nothing is owed for ever: {item:?}");
        if let Some(id) = item.key.partition.strip_prefix(told::PREFIX) {
            let told = block_on(told::read(&world.store, id, now)).unwrap().unwrap().complete();
            assert!(told.owed.is_empty(), "all channels have accepted: {told:?}");
            alerts.insert(id.to_owned(), (told.rule_title.clone(), told.count, told.told));
        }
    }
    let mut heard = BTreeMap::new();
    for (channel, alert, telling) in world.accepted.lock().unwrap().iter() {
        let last: &mut u32 = heard.entry((channel.clone(), alert.clone())).or_default();
        *last = telling.max(last).to_owned();
    }
    End { alerts, heard }
}

const SCENES: &[(&str, &[(&str, i64)])] = &[
    ("a detection", &[("Alone", 0)]),
    ("kept back, then told", &[("Alone", 0), ("Alone", 10), ("Alone", 100)]),
    ("two rules", &[("Plain", 0)]),
    (
        "a threshold that goes on",
        &[
            ("ThirdOfAddress", 0),
            ("ThirdOfAddress", 10),
            ("ThirdOfAddress", 20),
            ("ThirdOfAddress", 30),
            ("ThirdOfAddress", 100),
        ],
    ),
    ("looked for, late", &[("Looking", 60), ("LookedFor", 0)]),
    (
        "a chain of a chain",
        &[("Theft", 900), ("Guess", 0), ("Guess", 1), ("Entry", 300), ("Guess", 2)],
    ),
    ("bursts", &[("Burst", 0), ("Burst", 1), ("Burst", 600), ("Burst", 601), ("Burst", 300)]),
    (
        "backwards",
        &[
            ("RaisedTwice", 4),
            ("RaisedTwice", 3),
            ("RaisedTwice", 2),
            ("RaisedTwice", 1),
            ("RaisedTwice", 0),
        ],
    ),
    (
        "slowly and quickly",
        &[
            ("Slow", 0),
            ("Slow", 120),
            ("Slow", 3000),
            ("Quick", 150),
            ("Quick", 3030),
            ("Slow", 60),
        ],
    ),
];

#[test]
fn a_death_at_any_call_loses_nothing_and_repeats_only_what_was_not_marked() {
    let (mut deaths, mut repeated) = (0, 0);
    for (name, lines) in SCENES {
        let records = scene(lines);
        let (expected, calm) = play(&records, None);
        let (calls, marks) = (calm.calls.load(Relaxed), calm.marks.lock().unwrap().clone());
        assert!(!expected.alerts.is_empty(), "{name}: something is told");
        assert_eq!(repeats(&calm), 0, "{name}: without a death nothing is told twice");
        for call in 0..calls {
            for after in [false, true] {
                let death = Death { call, after };
                let (found, world) = play(&records, Some(death));
                assert_eq!(found, expected, "{name}: {death:?} of {calls}");
                // What a channel has accepted is told again if the mark was not made.
                let unmarked = marks.iter().any(|(accepted, mark)| {
                    let mark = mark.unwrap_or(usize::MAX);
                    (call == *accepted && after)
                        || (*accepted < call && call < mark)
                        || (call == mark && !after)
                });
                let twice = repeats(&world);
                // An alert that went on meanwhile is told again as that, not as it was.
                let goes_on = expected.heard.values().any(|telling| *telling > 1);
                let least = usize::from(unmarked && !goes_on);
                let may = least..=usize::from(unmarked);
                assert!(may.contains(&twice), "{name}: {death:?} of {calls}: {twice} told twice");
                deaths += 1;
                repeated += twice;
            }
        }
    }
    println!("{deaths} deaths, {repeated} tellings repeated");
}

/// How many acceptances are of what the same channel had accepted before.
fn repeats(world: &World) -> usize {
    let accepted = world.accepted.lock().unwrap();
    let mut seen = BTreeSet::new();
    accepted.iter().filter(|telling| !seen.insert(*telling)).count()
}
