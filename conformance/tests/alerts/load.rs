//! How time and memory grow with the number of matches, one hot group among them. The figures are
//! printed; `CONFORMANCE_LOAD=10000,30000,100000` measures more than a test needs.

use std::time::Instant;

use trailalerts_conformance::alerting::{
    calls::block_on,
    chance::Chance,
    order::{processor, work},
    record::json,
};
use trailalerts_processor::store::LocalStore;

/// Events of a load, each with how many of a hundred are of the hot group.
const LOADS: &[(&str, &str, usize)] = &[
    ("a rule alone", "Alone", 50),
    ("a threshold of ten", "Tenth", 50),
    ("a correlation of three", "Counted", 50),
    ("more than a hundred", "Many", 50),
    ("three addresses", "Distinct", 50),
    ("two steps in order", "Before", 50),
    ("guesses of a chain", "Guess", 50),
];

#[test]
fn time_grows_with_the_number_of_matches() {
    let sizes = std::env::var("CONFORMANCE_LOAD").unwrap_or_else(|_| "200".to_owned());
    for (name, event, hot) in LOADS {
        for size in sizes.split(',').filter_map(|size| size.parse().ok()) {
            let records = records(event, *hot, size);
            let store = LocalStore::temporary().unwrap();
            let processor = processor(3_600);
            let before = resident();
            let start = Instant::now();
            let worked = block_on(work(&processor, &store, &records)).unwrap();
            let time = start.elapsed();
            let told = worked.told.len();
            println!(
                "{name}: {size} matches in {:.2} s, {:.0} µs each, {told} tellings, {:+} MB",
                time.as_secs_f64(),
                time.as_secs_f64() * 1e6 / size as f64,
                resident() - before,
            );
        }
    }
}

/// Records of a day, by time; a part of them are of one actor and address.
fn records(event: &str, hot: usize, size: i64) -> Vec<String> {
    let mut chance = Chance::of(7, 3);
    let start: jiff::Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    let record = |at: i64| {
        let time = start + jiff::SignedDuration::from_millis(at * 86_400_000 / size);
        let words = if chance.below(100) < hot {
            format!("{event} ip=192.0.2.{}", chance.below(2))
        } else {
            format!("{event} actor=user{} ip=192.0.2.{}", chance.below(1_000), chance.below(200))
        };
        json(&format!("load-{at}"), time, &words).unwrap()
    };
    (0..size).map(record).collect()
}

/// Memory of this process, in megabytes.
fn resident() -> i64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: i64 = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096 / 1_000_000
}
