//! What a match costs with state in DynamoDB, as matches grow in number. The figures are printed;
//! `E2E_LOAD=1000,3000,10000` measures more than a test needs, for an hour. Most of it is the
//! emulator's own time.

use tokio::runtime::Runtime;
use trailalerts_conformance::alerting::load::{LOADS, measure, sizes};
use trailalerts_e2e::{emulator::Emulator, tables};

#[test]
fn matches_of_a_hot_group_are_decided_on() {
    let emulator = Emulator::shared().unwrap_or_else(|error| panic!("{error}"));
    let runtime = Runtime::new().expect("threads can be started");
    for (name, event, _) in LOADS {
        for size in sizes("E2E_LOAD", 20) {
            let measured = runtime.block_on(async {
                let store = tables::new_store(emulator).await?;
                measure(&store, event, size).await
            });
            match measured {
                Ok(measured) => println!("{name}: {measured}"),
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
}
