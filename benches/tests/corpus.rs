//! What is generated is the same everywhere, and like what CloudTrail writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};
use trailalerts_benches::compiled::RULE_SET;
use trailalerts_benches::corpus::{Corpus, Generator, Length, Profile, Size};
use trailalerts_core::Matcher;
use trailalerts_detector::{Item, LogFile};

fn corpus(profile: Profile, length: Length) -> Corpus {
    Corpus { profile, files: 1, length }
}

fn inflated(corpus: &Corpus, file: u64) -> (Vec<u8>, Size) {
    let mut bytes = Vec::new();
    let size = Generator::new().unwrap().inflated(corpus, file, &mut bytes).unwrap();
    (bytes, size)
}

fn records(bytes: &[u8]) -> Vec<Value> {
    let mut file: Value = serde_json::from_slice(bytes).unwrap();
    match file["Records"].take() {
        Value::Array(records) => records,
        other => panic!("{other}"),
    }
}

#[test]
fn the_bytes_are_the_same_everywhere() {
    // Change them with `corpus::VERSION`.
    let expected = [
        (Profile::Usual, "9db5597f400ba596"),
        (Profile::HitNothing, "f1c4477febe49e85"),
        (Profile::HitCatchAll, "1e548646bf8bbc5d"),
    ];
    let found = expected.map(|(profile, _)| {
        let (bytes, _) = inflated(&corpus(profile, Length::Records(500)), 3);
        let hash = Sha256::digest(&bytes);
        (profile, hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    assert_eq!(found, expected.map(|(profile, hash)| (profile, hash.to_owned())));
}

#[test]
fn records_are_as_cloudtrail_writes_them() {
    let usual = corpus(Profile::Usual, Length::Records(4000));
    let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut lengths, mut services, mut identities) =
        (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let files = 16;
    for file in 0..files {
        let (bytes, size) = inflated(&usual, file);
        let records = records(&bytes);
        assert_eq!((records.len(), bytes.len() as u64), (4000, size.inflated));
        let text = str::from_utf8(&bytes).unwrap();
        // Every record begins at its first key; which one that is tells the order of the keys.
        let starts = text.match_indices(r#"{"eventVersion":""#).map(|(at, _)| at);
        let sorted = text.match_indices(r#"{"additionalEventData":"#);
        let sorted = sorted.chain(text.match_indices(r#"{"awsRegion":""#)).map(|(at, _)| at);
        let mut starts: Vec<usize> = starts.chain(sorted).collect();
        starts.sort_unstable();
        assert_eq!(starts.len(), 4000);
        starts.push(text.len() - 1);
        for (pair, record) in starts.windows(2).zip(&records) {
            let json = &text[pair[0]..pair[1] - 1];
            let share = |holds: bool| f64::from(u8::from(holds)) / (4000.0 * files as f64);
            lengths.push(json.len());
            *shares.entry("escapes").or_default() += share(json.contains('\\'));
            *shares.entry("not ASCII").or_default() += share(!json.is_ascii());
            *shares.entry("errors").or_default() += share(record.get("errorCode").is_some());
            *shares.entry("root").or_default() += share(record["userIdentity"]["type"] == "Root");
            *shares.entry("sorted").or_default() += share(!json.starts_with(r#"{"eventVersion"#));
            *shares.entry("older").or_default() += share(record["eventVersion"] == "1.05");
            *shares.entry("10 KB").or_default() += share(json.len() > 10_000);
            services.insert(record["eventSource"].to_string());
            identities.insert(record["userIdentity"]["type"].to_string());
        }
    }
    let bounds = [
        ("escapes", 0.02, 0.04),
        ("not ASCII", 0.006, 0.015),
        ("errors", 0.08, 0.13),
        ("root", 0.0005, 0.01),
        ("sorted", 0.01, 0.03),
        ("older", 0.02, 0.04),
        ("10 KB", 0.0005, 0.01),
    ];
    for (what, least, most) in bounds {
        assert!((least..=most).contains(&shares[what]), "{what}: {shares:?}");
    }
    let mean = lengths.iter().sum::<usize>() / lengths.len();
    assert!((1200..=1400).contains(&mean), "{mean} bytes a record");
    let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
    assert!((500..800).contains(least) && (20_000..70_000).contains(most), "{least} to {most}");
    assert!(services.len() >= 40, "{} services", services.len());
    assert_eq!(identities.len(), 7, "{identities:?}");
}

#[test]
fn files_shrink_as_real_ones_do() {
    let usual = corpus(Profile::Usual, Length::Records(4000));
    for file in 0..4 {
        let size = Generator::new().unwrap().stored(&usual, file, std::io::sink()).unwrap();
        let ratio = size.inflated as f64 / size.stored as f64;
        assert!((8.0..15.0).contains(&ratio), "file {file}: {ratio}");
    }
}

#[test]
fn files_may_have_a_length_in_bytes() {
    let most = 3 << 20;
    for profile in [Profile::Usual, Profile::HitCatchAll] {
        let (bytes, size) = inflated(&corpus(profile, Length::Bytes(most)), 0);
        assert!((most - 70_000..=most).contains(&size.inflated));
        assert_eq!(records(&bytes).len() as u64, size.records);
    }
}

#[test]
fn profiles_do_what_they_say() {
    // One more is tried on every record, but for what the call is.
    let rules = RULE_SET.dispatch.any.iter().map(|&rule| &RULE_SET.rules[usize::from(rule)]);
    let catch_all: BTreeSet<&str> = rules
        .filter(|rule| !rule.source.ends_with("aws_any_public_access_call.yml"))
        .map(|rule| rule.id)
        .collect();
    assert_eq!(catch_all.len(), 4);
    let mut matcher = Matcher::new(&RULE_SET);
    for (profile, expected) in [(Profile::HitNothing, 0), (Profile::HitCatchAll, 4000)] {
        for index in 0..4 {
            let (bytes, _) = inflated(&corpus(profile, Length::Records(4000)), index);
            let mut file = LogFile::new(&bytes[..]);
            let mut hit = 0;
            while let Some(item) = file.next_item().unwrap() {
                let Item::Record { record, .. } = item else { panic!("{item:?}") };
                hit += i32::from(matcher.matches(&record).any(|rule| catch_all.contains(rule.id)));
            }
            assert_eq!(hit, expected, "{profile:?}, file {index}");
        }
    }
}
