//! Log files of every shape and in every state, and what is found in them.

use std::io::{self, BufReader, Read};

use proptest::prelude::*;
use trailalerts_core::Record;
use trailalerts_detector::{Buffers, Item, LogFile, Summary};

/// What a file gives, one line an item: `index@offset json` for a record, the message for
/// everything else; and the sums.
fn read(file: impl Read) -> (Vec<String>, Summary) {
    read_wanted(file, |_| true)
}

/// The same of a file of which some records are wanted.
fn read_wanted(
    file: impl Read,
    mut wanted: impl FnMut(&Record<'_>) -> bool,
) -> (Vec<String>, Summary) {
    let mut file = LogFile::new(file);
    let mut lines = Vec::new();
    loop {
        lines.push(match file.next_wanted(&mut wanted) {
            Ok(Some(Item::Record { index, offset, record })) => {
                format!("{index}@{offset} {}", record.json())
            }
            Ok(Some(Item::Skipped(skipped))) => skipped.to_string(),
            Ok(Some(Item::Damage(damage))) => damage.to_string(),
            Ok(None) => break,
            Err(error) => error.to_string(),
        });
    }
    let summary = file.summary();
    let Summary { records_read, evaluated, skipped, damaged, .. } = summary;
    assert_eq!(records_read, evaluated + skipped + damaged);
    (lines, summary)
}

/// Gives its bytes a few at a time, and then an error if it has one.
struct Slow<'a> {
    bytes: &'a [u8],
    sizes: &'a [usize],
    reads: usize,
    error: Option<&'a str>,
}

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.reads % self.sizes.len()].min(out.len());
        self.reads += 1;
        match (&mut self.bytes).take(size as u64).read(out)? {
            0 => self.error.map_or(Ok(0), |error| Err(io::Error::other(error))),
            read => Ok(read),
        }
    }
}

fn slow<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> Slow<'a> {
    Slow { bytes, sizes, reads: 0, error: None }
}

#[track_caller]
fn check(file: impl AsRef<[u8]>, expected: &[&str]) {
    let file = file.as_ref();
    let found = read(file);
    assert_eq!(found.0, expected, "{}", String::from_utf8_lossy(file));
    assert_eq!(found.1.bytes, file.len() as u64);
    for sizes in [&[1][..], &[3], &[7, 1, 20]] {
        assert_eq!(read(slow(file, sizes)), found, "in reads of {sizes:?}");
    }
}

#[test]
fn shapes() {
    check(
        r#"{"Records":[{"eventName":"A"},{"eventName":"B"}]}"#,
        &[r#"0@12 {"eventName":"A"}"#, r#"1@30 {"eventName":"B"}"#],
    );
    check(
        "{ \"x\" : [{}], \"Records\" : [ {\"a\":1}\n,\n{} ] , \"y\" : {\"Records\":1}, \"z\": 1 }\n",
        &[r#"0@28 {"a":1}"#, "1@38 {}"],
    );
    check(r#"{"Records":[]}"#, &[]);
    check(r#"{"Records":[{"a":1}],"Records":[{"a":2}]}"#, &[r#"0@12 {"a":1}"#, r#"1@32 {"a":2}"#]);
    check(r#"[{"a":1},{"a":2}]"#, &[r#"0@1 {"a":1}"#, r#"1@9 {"a":2}"#]);
    check(" [ ] ", &[]);
    check(r#"{"a":1}"#, &[r#"0@0 {"a":1}"#]);
    check(
        "{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}",
        &[r#"0@0 {"a":1}"#, r#"1@8 {"a":2}"#, r#"2@18 {"a":3}"#],
    );
    check(
        "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n{}{}",
        &["0@0 {\n  \"a\": 1\n}", "1@13 {\n  \"a\": 2\n}", "2@26 {}", "3@28 {}"],
    );
    check(
        "{\"Records\":[{\"a\":1}]}\n{\"Records\":[{\"a\":2}]}\n[{}]",
        &[r#"0@12 {"a":1}"#, r#"1@34 {"a":2}"#, "2@45 {}"],
    );
    check(r#"{"Records":null}"#, &[r#"0@0 {"Records":null}"#]);
    check("\u{feff}{\"a\":1}", &[r#"0@3 {"a":1}"#]);
}

#[test]
fn envelopes_hold_records() {
    check(
        r#"{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"A"}}"#,
        &[r#"0@68 {"eventName":"A"}"#],
    );
    check(
        r#"[{"detail":{"eventName":"A"},"detail-type":""},{"detail":{},"x":1},{"detail-type":"","detail":1}]"#,
        &[
            r#"0@11 {"eventName":"A"}"#,
            r#"1@47 {"detail":{},"x":1}"#,
            r#"2@67 {"detail-type":"","detail":1}"#,
        ],
    );
    check(
        r#"{"eventName":"A","detail-type":"x","detail":{}}"#,
        &[r#"0@0 {"eventName":"A","detail-type":"x","detail":{}}"#],
    );
}

#[test]
fn lone_records_are_told_from_what_else_an_object_may_be() {
    check(
        concat!(
            r#"{"eventName":"A"}{"eventName":"B"} {"eventName":null}"#,
            r#"{"detail-type":"","detail":{"eventName":"C"}}"#,
            r#"{"Records":[{"eventName":"D"}]}"#,
            r#"{"eventName":"E","Records":[{"eventName":"F"}]}"#,
            r#"{"eventName":"G","Records":1}"#,
            r#"{"digestS3Object":"k"}"#,
            r#"{"eventName":"H","x":}{"eventName":"I"}"#,
        ),
        &[
            r#"0@0 {"eventName":"A"}"#,
            r#"1@17 {"eventName":"B"}"#,
            r#"2@35 {"eventName":null}"#,
            r#"3@80 {"eventName":"C"}"#,
            r#"4@110 {"eventName":"D"}"#,
            r#"5@157 {"eventName":"F"}"#,
            r#"6@176 {"eventName":"G","Records":1}"#,
            "file skipped: a CloudTrail digest, not a log file",
            "record 7 at byte 227: expected a value at byte 248",
            r#"8@249 {"eventName":"I"}"#,
        ],
    );
}

#[test]
fn what_holds_nothing_to_evaluate_is_skipped() {
    check("", &["file skipped: empty"]);
    check(" \n\n", &["file skipped: empty"]);
    check("\u{feff}", &["file skipped: empty"]);
    check(
        r#"{"awsAccountId":"1","digestStartTime":"t","digestS3Object":"k","logFiles":[{"s3Bucket":"b"}]}"#,
        &["file skipped: a CloudTrail digest, not a log file"],
    );
    check(
        r#"{"Records":[{"eventCategory":"Insight"},{"eventType":"AwsCloudTrailInsight"},{"eventCategory":"Data"}]}"#,
        &[
            "record 0 skipped: an Insights record",
            "record 1 skipped: an Insights record",
            r#"2@77 {"eventCategory":"Data"}"#,
        ],
    );
    let mut file = LogFile::new(&br#"[{"eventCategory":"Insight"}]"#[..]).with_insights();
    assert!(matches!(file.next_item(), Ok(Some(Item::Record { index: 0, .. }))));
}

/// Records A and C around what is broken.
fn between(broken: &str) -> String {
    format!(r#"{{"Records":[{{"eventName":"A"}},{broken},{{"eventName":"C"}}]}}"#)
}

/// Checks that A and C are found around what is broken, and this damage besides.
#[track_caller]
fn check_between(broken: &str, damage: &str) {
    let at = 31 + broken.len();
    check(
        between(broken),
        &[r#"0@12 {"eventName":"A"}"#, damage, &format!(r#"2@{at} {{"eventName":"C"}}"#)],
    );
}

#[test]
fn a_broken_record_goes_alone() {
    // A word that is no value.
    check_between(
        r#"{"eventName":nil,"x":[{"y":1}]}"#,
        "record 1 at byte 30: expected `null` at byte 44",
    );
    // Closing brackets lost, at the end and inside.
    check_between(
        r#"{"eventName":"B""#,
        "record 1 at byte 30: expected a key in double quotes at byte 47",
    );
    check_between(
        r#"{"eventName":"B","a":{"b":[1,2]}"#,
        "record 1 at byte 30: expected a key in double quotes at byte 63",
    );
    check_between(
        r#"{"eventName":"B","a":[{"b":1}}"#,
        "record 1 at byte 30: expected `,` or `]` at byte 59",
    );
    // A quote lost at the start of a string, and at the end, where the string goes on to the next.
    check_between(r#"{"eventName":B","x":1}"#, "record 1 at byte 30: expected a value at byte 43");
    check_between(
        r#"{"eventName":"B,"x":[{"y":1}]}"#,
        "record 1 at byte 30: expected `,` or `}` at byte 47",
    );
    // A string that swallows the start of the next record.
    check_between(
        r#"{"x":1,"eventName":"B}"#,
        "record 1 at byte 30: expected `,` or `}` at byte 55",
    );
    // A line break in a string.
    check_between(
        "{\"eventName\":\"B\n\"}",
        "record 1 at byte 30: control character in a string at byte 45",
    );
    // Objects inside, sound or not, are no records.
    check_between(
        r#"{"eventName":"B","x":[{"y":1},{"eventName":,"z":2},{"y":3}]}"#,
        "record 1 at byte 30: expected a value at byte 73",
    );
    // Something between the comma and the next record.
    check(
        r#"[{"eventName":"A"},x{"eventName":"B"},{"eventName":"C"}]"#,
        &[
            r#"0@1 {"eventName":"A"}"#,
            "record 1 at byte 19: expected a record",
            r#"2@20 {"eventName":"B"}"#,
            r#"3@38 {"eventName":"C"}"#,
        ],
    );
    // Too many brackets.
    check(
        between(r#"{"eventName":"B"}}"#),
        &[
            r#"0@12 {"eventName":"A"}"#,
            r#"1@30 {"eventName":"B"}"#,
            "between records at byte 47: expected `,` or `]` after a record",
            r#"2@49 {"eventName":"C"}"#,
        ],
    );
}

#[test]
fn a_record_that_is_not_wanted_is_known_by_its_shape() {
    let wanted = |record: &Record<'_>| record.text("eventName").is_none_or(|name| name != "B");
    let [first, last] = [r#"0@12 {"eventName":"A"}"#, r#"{"eventName":"C"}"#];
    // The shape is sound.
    for broken in
        [r#"{"eventName":"B"}"#, r#"{"eventName":"B","x":nil}"#, r#"{"eventName":"B","\q":[,]}"#]
    {
        let (found, summary) = read_wanted(between(broken).as_bytes(), wanted);
        assert_eq!(found, [first, &format!("2@{} {last}", 31 + broken.len())], "{broken}");
        assert_eq!((summary.records_read, summary.evaluated, summary.damaged), (3, 3, 0));
    }
    // It is not, or the record is wanted.
    for broken in [
        r#"{"eventName":"B","x":[1}"#,
        r#"{"eventName":"B","x":{"y":1}"#,
        r#"{"eventName":"B}"#,
        "{\"eventName\":\"B\n\"}",
        r#"{"eventName":"D","x":nil}"#,
        r#"{"eventName":nil}"#,
    ] {
        let file = between(broken);
        assert_eq!(read_wanted(file.as_bytes(), wanted), read(file.as_bytes()), "{broken}");
        assert_eq!(read(file.as_bytes()).1.damaged, 1, "{broken}");
    }
}

#[test]
fn two_broken_records_take_none_between_them() {
    let sound = r#"{"eventName":"S"}"#;
    // What the first one leaves open, the second one closes.
    for (first, second) in [
        (r#"{"eventName":"A","x":[1}"#, r#"{"eventName":"B","y":1]}"#),
        (r#"{"eventName":"A","x":{"y":1}"#, r#"{"eventName":"B","y":1}}"#),
        (r#"{"eventName":"A","x":{"y":[1}"#, r#"{"eventName":"B","y":1]}}"#),
        (r#"{"eventName":"A","x":{"y":{"z":[1}}"#, r#"{"eventName":"B","y":[{"z":1]}}}"#),
        (r#"{"eventName":"A","x":"1}"#, r#"{"eventName":"B","y":1"}"#),
    ] {
        for between in [",", ", "] {
            // Far apart, too, so that whole blocks lie within.
            for filling in ["", &"f".repeat(300)] {
                let filler = format!(r#"{{"eventName":"F","x":["{filling}"]}}"#);
                let records = [first, &filler, sound, &filler, second].join(between);
                let file = format!("{{\"Records\":[{records}]}}");
                let wanted = |record: &Record<'_>| record.text("eventName").as_deref() == Some("S");
                for (found, summary) in
                    [read(file.as_bytes()), read_wanted(file.as_bytes(), wanted)]
                {
                    let lost = found.iter().all(|line| !line.ends_with(sound));
                    assert!(!lost, "{file}: {found:?}, {summary:?}");
                }
            }
        }
    }
}

#[test]
fn long_records_are_read_alike_however_they_come() {
    let long = |name: &str, length| {
        format!(r#"{{"eventName":"{name}","x":"{}","y":nil}}"#, "x".repeat(length))
    };
    for length in [60_000, 130_000, 262_000, 263_000, 300_000, 600_000] {
        let file = format!(r#"[{},{{"eventName":"C"}}]"#, long("B", length));
        let wanted = |record: &Record<'_>| record.text("eventName").is_some_and(|name| name == "C");
        let whole = read_wanted(file.as_bytes(), wanted);
        assert!(whole.0.last().is_some_and(|last| last.ends_with(r#"{"eventName":"C"}"#)));
        for sizes in [&[100_000][..], &[1_000], &[200_000, 7]] {
            assert_eq!(read_wanted(slow(file.as_bytes(), sizes), wanted), whole, "{length}");
        }
    }
}

#[test]
fn what_is_no_object_is_no_record() {
    for (value, name) in [
        ("7", "a number"),
        ("-0.5e3", "a number"),
        ("null", "null"),
        ("true", "a boolean"),
        (r#""{""#, "a string"),
        (r#"[{"x":"X"},[],{}]"#, "an array"),
    ] {
        let message = format!("record 1 at byte 30: expected an object, found {name}");
        check_between(value, &message);
    }
    // Records in an array of their own are found, and those behind them.
    check(
        between(r#"[{"eventName":"B"}]"#),
        &[
            r#"0@12 {"eventName":"A"}"#,
            "record 1 at byte 30: expected an object, found an array",
            r#"2@31 {"eventName":"B"}"#,
            "between records at byte 49: expected a key in double quotes at byte 50",
            r#"3@50 {"eventName":"C"}"#,
        ],
    );
    check_between("what", "record 1 at byte 30: expected a record");
    check(
        "1 \"2\" {}",
        &[
            "record 0 at byte 0: expected an object, found a number",
            "record 1 at byte 2: expected an object, found a string",
            "2@6 {}",
        ],
    );
}

#[test]
fn what_breaks_between_records_loses_none() {
    let records = [r#"0@12 {"eventName":"A"}"#, r#"1@31 {"eventName":"B"}"#];
    for (file, damage, place) in [
        (
            r#"{"Records":[{"eventName":"A"}  {"eventName":"B"}]}"#,
            "between records at byte 31: expected `,` between records",
            1,
        ),
        (
            r#"{"Records":[{"eventName":"A"}, {"eventName":"B"},]}"#,
            "between records at byte 49: expected a record after the `,`",
            2,
        ),
        (
            r#"{"Records":[{"eventName":"A"},,{"eventName":"B"}]}"#,
            "between records at byte 30: expected a record before the `,`",
            1,
        ),
        (
            r#"{"Records":[{"eventName":"A"}, {"eventName":"B"}"#,
            "between records at byte 48: the file ends too early",
            2,
        ),
        (
            r#"{"Records":[{"eventName":"A"}, {"eventName":"B"}]"#,
            "between records at byte 49: the file ends too early",
            2,
        ),
        (
            r#"{"Records":[{"eventName":"A"}, {"eventName":"B"}],"x":[1,"#,
            "between records at byte 49: the file ends too early",
            2,
        ),
        (
            r#"{"Records":[{"eventName":"A"}, {"eventName":"B"}],"x":01}"#,
            "between records at byte 55: expected `,` or `}`",
            2,
        ),
    ] {
        let mut expected = records.to_vec();
        expected.insert(place, damage);
        check(file, &expected);
        assert_eq!(read(file.as_bytes()).1.breaks, 1);
    }
}

#[test]
fn a_truncated_file_gives_its_whole_records() {
    let file = r#"{"Records":[{"eventName":"A"},{"eventName":"B","x":[{"y":1},{"y":2}]}]}"#;
    for length in 31..file.len() - 2 {
        check(
            &file[..length],
            &[r#"0@12 {"eventName":"A"}"#, "record 1 at byte 30: the file ends inside it"],
        );
    }
    check(r#"{"eventName":"A"#, &["record 0 at byte 0: the file ends inside it"]);
    check("[tru", &["record 0 at byte 1: the file ends inside it"]);
    // The first record lost the end of its list, and the others are no part of it.
    check(
        r#"[{"eventName":"A","x":[{"y":1},{"eventName":"B"},{"eventName":"C"}]"#,
        &[
            "record 0 at byte 1: the file ends inside it",
            r#"1@31 {"eventName":"B"}"#,
            r#"2@49 {"eventName":"C"}"#,
        ],
    );
}

#[test]
fn lines_break_alone() {
    let line = r#"{"a":"x"}"#;
    for (bad, damage) in [
        (r#"{"a":"x}"#, "record 1 at byte 10: control character in a string at byte 18"),
        (r#"{"a":"x""#, "record 1 at byte 10: expected `,` or `}` at byte 19"),
        (r#"{"a":[{"b":1},{"c":x}]}"#, "record 1 at byte 10: expected a value at byte 29"),
        ("2024-05-01 started", "record 1 at byte 10: expected an object, found a number"),
        ("warning: {}", "record 1 at byte 10: expected a JSON object or an array of them"),
    ] {
        let file = format!("{line}\n{bad}\n{line}\n{line}");
        let (found, summary) = read(file.as_bytes());
        let at = 11 + bad.len();
        assert_eq!(found[..2], [format!("0@0 {line}"), damage.to_owned()]);
        let n = found.len();
        let last = summary.records_read - 1;
        assert_eq!(found[n - 2], format!("{}@{at} {line}", last - 1), "{bad}");
        assert_eq!(found[n - 1], format!("{last}@{} {line}", at + 10), "{bad}");
        check(&file, &found.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn a_line_that_was_cut_off_takes_none_with_it() {
    let long = format!(r#"{{"eventName":"B","x":"{}"}}"#, "x".repeat(300));
    let file = format!("{{\"eventName\":\"A\",\"list\":[{{\"k\":1}},\n{long}\n{long}");
    let (found, _) = read(file.as_bytes());
    let at = 35 + long.len();
    assert_eq!(
        found,
        [
            format!("record 0 at byte 0: expected `,` or `]` at byte {at}"),
            format!("1@34 {long}"),
            format!("2@{at} {long}"),
        ]
    );
}

#[test]
fn bytes_that_are_no_text() {
    let file = [&b"[{\"eventName\":\"A\"},{\"eventName\":\"\xc3\x28\"},{\"eventName\":\"C\"}]"[..]];
    check(
        file.concat(),
        &[
            r#"0@1 {"eventName":"A"}"#,
            "record 1 at byte 19: invalid UTF-8 at byte 33",
            r#"2@38 {"eventName":"C"}"#,
        ],
    );
}

#[test]
fn records_nested_too_deep() {
    let nested = |depth| format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    check_between(&nested(512), "record 1 at byte 30: nested deeper than 512 levels at byte 546");
    let fits = nested(511);
    let (found, _) = read(fits.as_bytes());
    assert_eq!(found, [format!("0@0 {fits}")]);
    let endless = "[{\"a\":".repeat(100_000);
    let (_, summary) = read(endless.as_bytes());
    assert_eq!((summary.evaluated, summary.damaged), (0, 1));
}

#[test]
fn garbage_is_told_once() {
    let garbage: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    check(&garbage[..700], &["record 0 at byte 0: expected a JSON object or an array of them"]);
    assert_eq!(read(&garbage[..]).0.len(), 1);
    check("<html>\n<body>", &["record 0 at byte 0: expected a JSON object or an array of them"]);
    check(
        "{}\0\0\0\0",
        &["0@0 {}", "record 1 at byte 2: expected a JSON object or an array of them"],
    );
}

#[test]
fn a_file_without_its_beginning() {
    check(
        r#"me":"A","x":{"y":[{"z":1}]}},{"eventName":"B"},{"eventName":"C"},{"eventName":"D"}],"x":1}"#,
        &[
            "record 0 at byte 0: expected a JSON object or an array of them",
            r#"1@29 {"eventName":"B"}"#,
            r#"2@47 {"eventName":"C"}"#,
            r#"3@65 {"eventName":"D"}"#,
        ],
    );
}

#[test]
fn an_error_comes_after_the_records_before_it() {
    let file = between(r#"{"eventName":"B"}"#);
    for (length, records) in [(0, 0), (12, 0), (28, 0), (29, 1), (40, 1), (50, 2), (65, 3)] {
        let error = Some("connection lost");
        let source = Slow { bytes: &file.as_bytes()[..length], sizes: &[9], reads: 0, error };
        let (found, summary) = read(source);
        assert_eq!(found.len(), records + 1, "{found:?}");
        assert_eq!(found[records], format!("reading stopped at byte {length}: connection lost"));
        assert_eq!(summary.records_read, records as u64);
    }
    let error = Some("connection lost");
    let source = Slow { bytes: b"[{}, 12", sizes: &[9], reads: 0, error };
    assert_eq!(read(source).0, ["0@1 {}", "reading stopped at byte 7: connection lost"]);
}

#[test]
fn gzip_is_read_as_it_comes() {
    let stored = |data: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        io::Write::write_all(&mut encoder, data).unwrap();
        encoder.finish().unwrap()
    };
    let file = between(r#"{"eventName":"B"}"#);
    let gzip = stored(file.as_bytes());
    fn read_on<R: Read>(mut file: LogFile<R>) -> (u64, Result<(), String>) {
        let end = loop {
            match file.next_item() {
                Ok(Some(_)) => {}
                end => break end.map(drop).map_err(|error| error.to_string()),
            }
        };
        (file.summary().evaluated, end)
    }
    let count = |bytes: &[u8]| {
        let streamed = read_on(LogFile::open(BufReader::with_capacity(5, bytes)));
        assert_eq!(read_on(LogFile::stored(bytes, Buffers::default())), streamed);
        streamed
    };
    assert_eq!(count(file.as_bytes()), (3, Ok(())));
    assert_eq!(count(&gzip), (3, Ok(())));
    assert_eq!(count(&[&gzip[..], &gzip].concat()), (6, Ok(())));
    // The same length again, zeros and garbage at the end, another checksum.
    let zeros = [&gzip[..], &[0; 9]].concat();
    assert_eq!(count(&zeros), (3, Ok(())));
    assert!(count(&[&gzip[..], b"garbage!"].concat()).1.is_err());
    let mut wrong = gzip.clone();
    let checksum = wrong.len() - 8;
    wrong[checksum] ^= 1;
    assert!(count(&wrong).1.is_err());
    let cut = gzip.len() - 3;
    let error =
        format!("reading stopped at byte 67: gzip data ends too early at compressed byte {cut}");
    assert_eq!(count(&gzip[..cut]), (3, Err(error)));
}

/// Pieces of log files, sound and broken.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"{\"Records\":["[..],
        b"{\"x\":0,\"Records\":[",
        b"]}",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b"\n",
        b" ",
        b"{\"eventName\":\"A\"}",
        b"{\"eventID\":\"\\u00e9\",\"x\":[{\"y\":1},{\"y\":[]}]}",
        b"{\"a\":{\"b\":[1,2,{}]}}",
        b"{\"detail-type\":\"\",\"detail\":{\"eventName\":\"E\"}}",
        b"\"",
        b"{\"eventName\":\"",
        b"{\"eventName\":",
        b":",
        b"1",
        b"23",
        b"-",
        b"null",
        b"tru",
        b"\\",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\0",
        b"{\"digestStartTime\":1}",
        b"{\"eventCategory\":\"Insight\"}",
        b"\"text\":",
        b"\"more\"",
        b",\"x\":1",
        b"{\"x\":\"a long text, that is longer than others\"}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        read(&bytes[..]);
    }

    #[test]
    fn the_size_of_reads_does_not_matter(
        file in pieces(),
        sizes in prop::collection::vec(1_usize..40, 1..4),
    ) {
        let whole = read(&file[..]);
        prop_assert_eq!(whole.1.bytes, file.len() as u64);
        prop_assert_eq!(&read(slow(&file, &sizes)), &whole);
        prop_assert_eq!(&read(slow(&file, &[1])), &whole);
        for wanted in [|_: &Record<'_>| false, |record: &Record<'_>| record.text("eventName").is_some()] {
            let whole = read_wanted(&file[..], wanted);
            prop_assert_eq!(whole.1.bytes, file.len() as u64);
            prop_assert_eq!(&read_wanted(slow(&file, &sizes), wanted), &whole);
            prop_assert_eq!(&read_wanted(slow(&file, &[1]), wanted), &whole);
        }
    }

    #[test]
    fn damage_in_one_record_spares_the_others(
        at in 0_usize..60,
        kind in 0..3,
        byte: u8,
    ) {
        let record = |name: &str| format!(
            r#"{{"eventName":"{name}","user":{{"arn":"x"}},"list":[{{"k":1}}],"z":null}}"#
        );
        let mut broken = record("B").into_bytes();
        match kind {
            0 => broken[at] = byte,
            1 => broken.insert(at, byte),
            _ => drop(broken.remove(at)),
        }
        let file = [
            b"{\"Records\":[", record("A").as_bytes(), b",", &broken, b",",
            record("C").as_bytes(), b",", record("D").as_bytes(), b"]}",
        ].concat();
        let others = |record: &Record<'_>| record.text("eventName").is_some_and(|name| name != "B");
        for (found, _) in [read(&file[..]), read_wanted(&file[..], others)] {
            for name in ["A", "C", "D"] {
                let record = record(name);
                prop_assert!(found.iter().any(|line| line.ends_with(&record)), "{}: {:?}", name, found);
            }
        }
    }

    #[test]
    fn damage_in_two_records_spares_what_reading_all_of_them_spares(
        damage in prop::array::uniform2((0_usize..60, 0..3, prop::sample::select(b"{}[]\":, x".to_vec()))),
    ) {
        let record = |name: &str| format!(
            r#"{{"eventName":"{name}","user":{{"arn":"x"}},"list":[{{"k":1}}],"z":null}}"#
        );
        let [first, last] = damage.map(|(at, kind, byte)| {
            let mut broken = record("B").into_bytes();
            match kind {
                0 => broken[at] = byte,
                1 => broken.insert(at, byte),
                _ => drop(broken.remove(at)),
            }
            broken
        });
        let file = [
            b"{\"Records\":[", &first[..], b",", record("A").as_bytes(), b",", &last, b",",
            record("C").as_bytes(), b"]}",
        ].concat();
        let others = |record: &Record<'_>| record.text("eventName").is_some_and(|name| name != "B");
        let (all, _) = read(&file[..]);
        let (wanted, _) = read_wanted(&file[..], others);
        for sound in [record("A"), record("C")] {
            let is_in = |lines: &[String]| lines.iter().any(|line| line.ends_with(&sound));
            prop_assert!(!is_in(&all) || is_in(&wanted), "{}: {:?}", sound, wanted);
        }
    }
}
