//! Any bytes as a log file give records and damage that add up, and records can be matched.

#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use trailalerts_core::{Actor, Matcher, Record};
use trailalerts_detector::{Buffers, Inflate, Item, LogFile};

fuzz_target!(|data: &[u8]| {
    let mut matcher = Matcher::new(trailalerts::rule_set());
    let mut file = LogFile::open(data);
    let (mut records, mut skipped, mut damaged, mut matched) = (0, 0, 0, 0);
    let failed = loop {
        match file.next_item() {
            Ok(Some(Item::Record { index, record, .. })) => {
                assert_eq!(index, records + skipped + damaged, "records are numbered in order");
                records += 1;
                assert!(Record::parse(record.json().as_bytes()).is_ok(), "records are JSON");
                let found: Vec<&str> = matcher.matches(&record).map(|rule| rule.id).collect();
                let every: Vec<&str> = matcher
                    .matches_without_dispatch(&record)
                    .into_iter()
                    .map(|rule| rule.id)
                    .collect();
                matched += u64::from(!found.is_empty());
                assert_eq!(found, every, "dispatch loses no match");
                assert!(!Actor::of(&record).canonical.is_empty());
            }
            Ok(Some(Item::Skipped(place))) => skipped += u64::from(place.index.is_some()),
            Ok(Some(Item::Damage(damage))) => {
                damaged += u64::from(damage.index.is_some());
                assert!(!damage.to_string().is_empty());
            }
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    let summary = file.summary();
    assert_eq!(summary.records_read, summary.evaluated + summary.skipped + summary.damaged);
    assert_eq!((summary.evaluated, summary.skipped, summary.damaged), (records, skipped, damaged));

    // Where only some records are wanted, none of those is lost, and none is handed out that is no
    // JSON, as long as there is no damage that may be taken for a record.
    let mut lazy = LogFile::open(data);
    let mut wanted = 0;
    while let Ok(Some(item)) = lazy.next_wanted(|record| matcher.matches(record).next().is_some()) {
        if let Item::Record { record, .. } = item {
            wanted += 1;
            assert!(Record::parse(record.json().as_bytes()).is_ok(), "records are JSON");
        }
    }
    let told = lazy.summary();
    assert_eq!(told.records_read, told.evaluated + told.skipped + told.damaged);
    if damaged == 0 && summary.breaks == 0 {
        assert_eq!((told, wanted), (summary, matched));
    }

    // The whole file at once gives the same.
    let mut whole = LogFile::stored(data, Buffers::default());
    while let Ok(Some(_)) = whole.next_item() {}
    assert_eq!(whole.summary(), summary);

    // So does the stream in pieces of one byte.
    let mut inflated = Vec::new();
    if !failed && Inflate::new(data).read_to_end(&mut inflated).is_ok() {
        let mut pieces = LogFile::new(OneByte(&inflated));
        while let Ok(Some(_)) = pieces.next_item() {}
        assert_eq!(pieces.summary(), summary);
    }
});

struct OneByte<'a>(&'a [u8]);

impl Read for OneByte<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(buffer.get_mut(..most).unwrap_or_default())
    }
}
