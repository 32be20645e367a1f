//! The order of arrival, repetition and work side by side change nothing of what is found.
//!
//! `CONFORMANCE_SEEDS=200` tries as many months in every way; without it there are a few in some.

use std::thread;

use trailalerts_conformance::alerting::{
    calls::block_on,
    memory::MemoryStore,
    order::{Summary, arrive, check, compare, plan, processor, work},
    yielding::Yielding,
};
use trailalerts_processor::store::LocalStore;

/// Attacks of a month.
const ATTACKS: usize = 16;

fn seeds(default: u64) -> std::ops::Range<u64> {
    let set = std::env::var("CONFORMANCE_SEEDS").ok().and_then(|text| text.parse().ok());
    0..set.unwrap_or(default)
}

#[test]
fn side_by_side_in_any_order_the_same_is_found() {
    for cooldown in [0, 3_600] {
        let mut total = Summary::default();
        for seed in seeds(10) {
            let (ordered, shuffled) = (MemoryStore::default(), MemoryStore::default());
            let (one, other) = (Yielding::new(&ordered, seed), Yielding::new(&shuffled, seed));
            match block_on(check(&one, &other, seed, ATTACKS, cooldown)) {
                Ok(summary) => total += summary,
                Err(error) => panic!("seed {seed}, cooldown {cooldown}: {error}"),
            }
        }
        println!("cooldown {cooldown}: {total}");
    }
}

#[test]
fn where_calls_fail_the_same_is_found() {
    let mut total = Summary::default();
    for seed in seeds(10) {
        let (ordered, shuffled) = (MemoryStore::default(), MemoryStore::default());
        let (plan, processor) = (plan(seed, ATTACKS), processor(3_600));
        let failing = Yielding::failing(&shuffled, seed, 40);
        let in_order = block_on(work(&processor, &ordered, &plan.ordered)).unwrap();
        let parts = block_on(arrive(&processor, &failing, &plan)).unwrap();
        match block_on(compare(&processor, &ordered, &shuffled, &plan, &in_order, parts)) {
            Ok(summary) => total += summary,
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    println!("failing: {total}");
}

#[test]
fn with_threads_and_a_file_the_same_is_found() {
    let mut total = Summary::default();
    for seed in seeds(200) {
        let ordered = LocalStore::temporary().unwrap();
        let shuffled = LocalStore::temporary().unwrap();
        let (plan, processor) = (plan(seed, ATTACKS), processor(3_600));
        let in_order = block_on(work(&processor, &ordered, &plan.ordered)).unwrap();
        let parts = thread::scope(|scope| {
            let workers: Vec<_> = plan
                .parts
                .iter()
                .map(|part| scope.spawn(|| block_on(work(&processor, &shuffled, part)).unwrap()))
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        match block_on(compare(&processor, &ordered, &shuffled, &plan, &in_order, parts)) {
            Ok(summary) => total += summary,
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    println!("{total}");
}
