//! Many matches in one run, one hot group among them: what a match costs as they grow in number.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use trailalerts_processor::store::{Committed, Item, Key, Range, Store, StoreError, Write};

use super::{
    chance::Chance,
    order::{processor, work},
    record::json,
};

/// Names of loads, the event that their records are of, and how many items at most are read for
/// a match, however many matches there are.
pub const LOADS: &[(&str, &str, Option<f64>)] = &[
    ("a rule alone", "Alone", Some(6.0)),
    ("a threshold of ten", "Tenth", Some(20.0)),
    ("a correlation of three", "Counted", Some(15.0)),
    ("more than a hundred", "Many", Some(120.0)),
    // Its values are not known before all of the window is read.
    ("three addresses", "Distinct", None),
    ("two steps in order", "Before", Some(6.0)),
    ("guesses of a chain", "Guess", Some(15.0)),
];

/// How many of a hundred records are of the hot group.
const HOT: usize = 50;

/// Sizes of a load as a variable of the environment lists them, or this one.
pub fn sizes(variable: &str, usual: i64) -> Vec<i64> {
    let sizes = std::env::var(variable).unwrap_or_else(|_| usual.to_string());
    sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect()
}

/// What a load took.
#[derive(Debug)]
pub struct Measured {
    matches: i64,
    time: Duration,
    calls: usize,
    items: usize,
    /// As DynamoDB counts them.
    units: (usize, usize),
    tellings: usize,
    megabytes: i64,
}

impl Measured {
    /// How many items were read for each match.
    pub fn items_each(&self) -> f64 {
        self.items as f64 / self.matches as f64
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.matches as f64;
        write!(
            f,
            "{} matches in {:.2} s; for each {:.0} µs, {:.1} calls of the store, {:.1} items read, \
             {:.1} read units, {:.1} write units; {} tellings, {:+} MB",
            self.matches,
            self.time.as_secs_f64(),
            self.time.as_secs_f64() * 1e6 / each,
            self.calls as f64 / each,
            self.items_each(),
            self.units.0 as f64 / each,
            self.units.1 as f64 / each,
            self.tellings,
            self.megabytes,
        )
    }
}

/// A store that counts what it is asked.
#[derive(Debug)]
struct Counting<'s, S> {
    store: &'s S,
    calls: AtomicUsize,
    items: AtomicUsize,
    read_units: AtomicUsize,
    write_units: AtomicUsize,
}

impl<'s, S> Counting<'s, S> {
    fn of(store: &'s S) -> Self {
        let zero = AtomicUsize::default;
        Counting { store, calls: zero(), items: zero(), read_units: zero(), write_units: zero() }
    }

    /// Strongly consistent: one unit for every 4 KB, and one where there is nothing.
    fn was_read(&self, items: &[Item]) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.items.fetch_add(items.len(), Ordering::Relaxed);
        let bytes: usize = items.iter().map(|item| bytes(&item.key, &item.body)).sum();
        self.read_units.fetch_add(bytes.div_ceil(4_096).max(1), Ordering::Relaxed);
    }
}

/// The size of an item: its attributes' names, version and expiry are some forty bytes.
fn bytes(key: &Key, body: &str) -> usize {
    key.partition.len() + key.sort.len() + body.len() + 40
}

impl<S: Store> Store for Counting<'_, S> {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, StoreError> {
        let found = self.store.get(key, now).await?;
        self.was_read(found.as_slice());
        Ok(found)
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        let found = self.store.query(range, now).await?;
        self.was_read(&found);
        Ok(found)
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        // One unit for every KB, twice in a transaction.
        let units = |write: &Write| match write {
            Write::Put(item, _) => bytes(&item.key, &item.body).div_ceil(1_024),
            _ => 1,
        };
        let units: usize = writes.iter().map(units).sum();
        let times = if writes.len() > 1 { 2 } else { 1 };
        self.write_units.fetch_add(times * units, Ordering::Relaxed);
        self.store.commit(writes, now).await
    }
}

/// Decides on so many matches of an event.
///
/// # Errors
/// What fails in processing.
pub async fn measure<S: Store>(store: &S, event: &str, matches: i64) -> Result<Measured, String> {
    let records = records(event, matches)?;
    let store = Counting::of(store);
    let before = resident();
    let start = Instant::now();
    let worked = work(&processor(3_600), &store, &records).await?;
    Ok(Measured {
        matches,
        time: start.elapsed(),
        calls: store.calls.into_inner(),
        items: store.items.into_inner(),
        units: (store.read_units.into_inner(), store.write_units.into_inner()),
        tellings: worked.told.len(),
        megabytes: resident() - before,
    })
}

/// Records of a day, by time; a part of them are of one actor and address.
fn records(event: &str, size: i64) -> Result<Vec<String>, String> {
    let mut chance = Chance::of(7, 3);
    let start: Timestamp = "2026-03-02T00:00:00Z".parse().map_err(|error| format!("{error}"))?;
    let record = |at: i64| {
        let time = start + SignedDuration::from_millis(at * 86_400_000 / size);
        let words = if chance.below(100) < HOT {
            format!("{event} ip=192.0.2.{}", chance.below(2))
        } else {
            format!("{event} actor=user{} ip=192.0.2.{}", chance.below(1_000), chance.below(200))
        };
        json(&format!("load-{at}"), time, &words)
    };
    (0..size).map(record).collect()
}

/// Memory of this process, in megabytes.
fn resident() -> i64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: i64 = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096 / 1_000_000
}
