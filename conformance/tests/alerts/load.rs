//! How time and memory grow with the number of matches. The figures are printed;
//! `CONFORMANCE_LOAD=10000,30000,100000` measures more than a test needs.

use trailalerts_conformance::alerting::{
    calls::block_on,
    load::{LOADS, measure, sizes},
};
use trailalerts_processor::store::LocalStore;

#[test]
fn a_match_reads_no_more_than_its_patterns_need() {
    for (name, event, most) in LOADS {
        for size in sizes("CONFORMANCE_LOAD", 1_000) {
            let store = LocalStore::temporary().unwrap();
            let measured = block_on(measure(&store, event, size)).unwrap();
            println!("{name}: {measured}");
            assert!(most.is_none_or(|most| measured.items_each() <= most), "{name}: {measured}");
        }
    }
}
