//! With state in DynamoDB, too, the order of arrival, repetition and work side by side change
//! nothing of what is found.
//!
//! `E2E_SEEDS=50` tries so many months; without it there are ten.

use tokio::runtime::Runtime;
use trailalerts_conformance::alerting::order::{Summary, check};
use trailalerts_e2e::{emulator::Emulator, tables};
use trailalerts_processor::store::LocalStore;

/// Attacks of a month: each call of the emulator takes some milliseconds.
const ATTACKS: usize = 4;

#[test]
fn with_a_table_the_same_is_found_in_any_order() {
    let seeds = std::env::var("E2E_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let emulator = Emulator::shared().unwrap_or_else(|error| panic!("{error}"));
    let runtime = Runtime::new().expect("threads can be started");
    let mut total = Summary::default();
    for seed in 0..seeds {
        let found = runtime.block_on(async {
            let ordered = LocalStore::temporary().map_err(|error| error.to_string())?;
            let shuffled = tables::new_store(emulator).await?;
            check(&ordered, &shuffled, seed, ATTACKS, 3_600).await
        });
        match found {
            Ok(summary) => total += summary,
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    println!("{total}");
}
