//! What needs another limit than [`MAX_RECORD_BYTES`].

use super::*;

const LIMIT: usize = 100;

/// What a file gives with a small limit, and read a byte at a time: indexes of records, messages
/// of damage.
#[track_caller]
fn check(file: &str, expected: &[&str]) {
    assert_eq!(read(LogFile::with_limit(file.as_bytes(), LIMIT)), expected);
    assert_eq!(read(LogFile::with_limit(ByteWise(file.as_bytes()), LIMIT)), expected);
}

fn read(mut file: LogFile<impl Read>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(item) = file.next_item().unwrap() {
        found.push(match item {
            Item::Record { index, offset, .. } => format!("{index}@{offset}"),
            Item::Skipped(skipped) => skipped.to_string(),
            Item::Damage(damage) => damage.to_string(),
        });
    }
    let Summary { records_read, evaluated, skipped, damaged, .. } = file.summary();
    assert_eq!(records_read, evaluated + skipped + damaged);
    found
}

struct ByteWise<'a>(&'a [u8]);

impl Read for ByteWise<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        (&mut self.0).take(1).read(out)
    }
}

/// A record of `length` bytes.
fn record(length: usize) -> String {
    let json = r#"{"eventName":""}"#;
    json.replace(r#""}"#, &format!(r#"{}"}}"#, "x".repeat(length - json.len())))
}

#[test]
fn a_record_has_a_greatest_length() {
    assert_eq!(record(LIMIT).len(), LIMIT);
    check(&record(LIMIT), &["0@0"]);
    check(&format!("[{}]", record(LIMIT)), &["0@1"]);
    check(&record(LIMIT + 1), &["record 0 at byte 0: longer than 100 bytes"]);
    check(&format!("[{}", record(LIMIT + 1)), &["record 0 at byte 1: longer than 100 bytes"]);
}

#[test]
fn neighbours_of_a_long_record_come() {
    let list = r#"{"k":"a, [, {, }"},"#.repeat(500);
    for long in [
        record(LIMIT + 1),
        record(LIMIT * 50),
        format!(r#"{{"eventName":"L","list":[{list}1]}}"#),
        format!(r#"{{"eventName":"L","list":[[{{"l":[{list}1]}}]]}}"#),
        format!(r#""{}""#, "x".repeat(LIMIT)),
        "1".repeat(LIMIT + 1),
    ] {
        let file = format!(r#"{{"Records":[{},{long},{}]}}"#, record(20), record(30));
        let last = format!("2@{}", 12 + 20 + 1 + long.len() + 1);
        check(&file, &["0@12", "record 1 at byte 33: longer than 100 bytes", &last]);
        let file = format!("{}\n{long}\n{}", record(20), record(30));
        let last = format!("2@{}", 20 + 1 + long.len() + 1);
        if long.starts_with('{') {
            check(&file, &["0@0", "record 1 at byte 21: longer than 100 bytes", &last]);
        }
    }
}

#[test]
fn members_around_the_records_are_bounded_too() {
    let long = format!(r#""x":"{}""#, "x".repeat(LIMIT));
    let records = format!(r#""Records":[{},{}]"#, record(20), record(20));
    check(
        &format!("{{{long},{records}}}"),
        &["record 0 at byte 0: longer than 100 bytes", "1@119", "2@140"],
    );
    check(
        &format!("{{{records},{long}}}{}", record(20)),
        &["0@12", "1@33", "between records at byte 54: longer than 100 bytes", "2@162"],
    );
}

#[test]
fn long_files_take_little_memory() {
    let one = record(50);
    let file = format!("[{}{one}]", format!("{one},").repeat(20_000));
    let mut log = LogFile::new(file.as_bytes());
    while log.next_item().unwrap().is_some() {}
    assert_eq!(log.summary().evaluated, 20_001);
    assert_eq!(log.window.size(), 256 * 1024);

    let long = record(3_000_000);
    let file = format!("[{long},{one},{long}]");
    let mut log = LogFile::new(file.as_bytes());
    while log.next_item().unwrap().is_some() {}
    assert_eq!(log.summary().evaluated, 3);
    assert!(log.window.size() <= 2 * long.len());
}
