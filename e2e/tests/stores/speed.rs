//! How fast the stores are; asked for by name, since it says nothing in a debug build:
//! `cargo test --release -p trailalerts-e2e --test stores -- --ignored speed`.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use libtest_mimic::{Failed, Trial};
use trailalerts_e2e::{emulator::Emulator, tables};
use trailalerts_processor::store::{Committed, Item, Key, LocalStore, Store, When, Write};

use crate::RUNTIME;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// As large as what is kept of a match, about.
const BODY_BYTES: usize = 400;

pub fn trials() -> Vec<Trial> {
    let local = || {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("state");
        let store = LocalStore::open(&path)?;
        RUNTIME.block_on(measure("local", &store, 100_000, 1))?;
        RUNTIME.block_on(measure("local", &store, 30_000, 4))?;
        store.checkpoint()?;
        drop(store);
        let bytes = path.metadata()?.len();
        let began = Instant::now();
        LocalStore::open(&path)?;
        println!("local: {bytes} bytes are opened in {:?}", began.elapsed());
        Ok(())
    };
    let dynamodb = || {
        let emulator = Emulator::shared()?;
        RUNTIME.block_on(async {
            let store = tables::new_store(emulator).await?;
            measure("emulator", &store, 1_000, 1).await?;
            measure("emulator", &store, 500, 4).await
        })
    };
    let trials = [Trial::test("speed::local", local), Trial::test("speed::dynamodb", dynamodb)];
    trials.map(|trial| trial.with_ignored_flag(true)).into()
}

async fn measure(name: &str, store: &impl Store, commits: u32, writes: u32) -> Result<(), Failed> {
    let body = "x".repeat(BODY_BYTES);
    let began = Instant::now();
    for commit in 0..commits {
        let writes: Vec<_> = (0..writes)
            .map(|write| {
                // Not in their order, as what comes from many actors.
                let partition = format!("{}#{writes}", commit.wrapping_mul(2_654_435_761) % 1_000);
                let key = Key::new(partition, format!("{commit:08}#{write}"));
                Write::Put(
                    Item { key, version: 1, expires: None, body: body.clone() },
                    When::Absent,
                )
            })
            .collect();
        if store.commit(&writes, NOW).await? != Committed::Done {
            return Err("a conflict".into());
        }
    }
    let elapsed: Duration = began.elapsed();
    let rate = f64::from(commits) / elapsed.as_secs_f64();
    println!("{name}: {commits} commits of {writes} in {elapsed:?}: {rate:.0} commits a second");
    Ok(())
}
