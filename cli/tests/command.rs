//! The command as its users run it: the built binary, its rows and its exit codes.

#![allow(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailalerts"));
    command.args(arguments).current_dir(workspace());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn rows(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn titles(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["rule_title"].as_str().unwrap()).collect()
}

/// A record on which the shipped rule "AWS IAM User Created" fires, and no other.
fn user_created(name: &str, time: &str) -> String {
    format!(
        r#"{{"eventTime":"{time}","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ann"}},"requestParameters":{{"userName":"{name}"}},"recipientAccountId":"111122223333","eventID":"id-{name}"}}"#
    )
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn scan_of_the_examples_tells_the_story_of_the_day() {
    let output = run(&["scan", "--format", "ndjson", "examples/cloudtrail"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let rows = rows(&output);
    // How many matches each alert of a rule tells of.
    let counts = |title: &str| -> Vec<u64> {
        let of_rule = rows.iter().filter(|row| row["rule_title"] == title);
        of_rule.map(|row| row["count"].as_u64().unwrap()).collect()
    };
    let expected: [(&str, &[u64]); 18] = [
        ("AWS API Access Denied", &[2, 14, 19, 1]),
        ("AWS CloudTrail Logging Disabled or Changed", &[1]),
        ("AWS Console Login Failed", &[12, 7, 4, 7]),
        ("AWS Console Login Without MFA", &[1]),
        ("AWS Deployment Outside of Working Hours", &[1]),
        ("AWS EC2 Security Group Opened to Internet", &[1]),
        ("AWS GuardDuty Detector Disabled", &[1]),
        ("AWS IAM Access Key Created for Another User", &[1]),
        ("AWS IAM Administrator Policy Attached", &[2]),
        ("AWS IAM New User Given an Access Key", &[2]),
        ("AWS IAM User Added to Admin Group", &[1]),
        ("AWS IAM User Created", &[1]),
        ("AWS KMS Grant to External Account", &[1]),
        ("AWS Root User Activity", &[2]),
        ("AWS S3 Bucket Made Public", &[1]),
        ("AWS STS Role Assumed From Other Account", &[1, 1, 1]),
        ("AWS Secrets Manager Secret Read", &[9, 14]),
        ("No CloudTrail Logs From a Stream", &[0]),
    ];
    for (title, of_rule) in expected {
        assert_eq!(counts(title), of_rule, "{title}");
    }
    assert_eq!(rows.len(), expected.iter().map(|(_, of_rule)| of_rule.len()).sum::<usize>());
    assert!(stderr(&output).contains("2513 records"), "{}", stderr(&output));
}

#[test]
fn rows_are_the_same_for_any_number_of_threads() {
    let scan = |threads: &str| {
        run(&[
            "scan",
            "--matches",
            "--format",
            "ndjson",
            "--threads",
            threads,
            "examples/cloudtrail",
        ])
    };
    let (one, four) = (scan("1"), scan("4"));
    assert!(rows(&one).len() > 100);
    assert_eq!(stdout(&one), stdout(&four));
}

#[test]
fn ndjson_rows_have_the_documented_columns_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", user_created("eve", "2026-11-18T10:00:00Z"));
    let matches = run(&["scan", "--matches", "--format", "ndjson", &log]);
    let expected = format!(
        r#"{{"rule_id":"593288ba-edd5-4c97-9b04-1350d99d5a98","rule_title":"AWS IAM User Created","level":"low","event_id":"id-eve","event_time":"2026-11-18T10:00:00Z","event_source":"iam.amazonaws.com","event_name":"CreateUser","account":"111122223333","region":"us-east-1","actor":"arn:aws:iam::111122223333:user/ann","source_ip":"192.0.2.1","file":"{log}","index":0}}"#
    );
    assert_eq!(stdout(&matches).trim_end(), expected);
    let alerts = run(&["scan", "--format", "ndjson", &log]);
    let expected = r#"{"kind":"detection","rule_id":"593288ba-edd5-4c97-9b04-1350d99d5a98","rule_title":"AWS IAM User Created","severity":"low","time":"2026-11-18T10:00:00Z","account":"111122223333","actor":"arn:aws:iam::111122223333:user/ann","group":{},"count":1,"event_ids":["id-eve"],"suppressed":0,"reason":"#;
    assert!(stdout(&alerts).starts_with(expected), "{}", stdout(&alerts));
}

#[test]
fn absent_values_are_null() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", r#"{"userIdentity":{"type":"Root"}}"#);
    let output = run(&["scan", "--matches", "--format", "ndjson", &log]);
    let rows = rows(&output);
    assert_eq!(titles(&rows), ["AWS Root User Activity"]);
    for column in
        ["event_id", "event_time", "event_source", "event_name", "account", "region", "source_ip"]
    {
        assert_eq!(rows[0][column], Value::Null, "{column}");
    }
}

#[test]
fn json_is_one_array_and_csv_has_the_same_columns() {
    for mode in [&["--matches"][..], &[]] {
        let scan = |format: &str| {
            let arguments = [&["scan", "--format", format, "examples/cloudtrail"], mode].concat();
            run(&arguments)
        };
        let ndjson = scan("ndjson");
        let array: Value = serde_json::from_slice(&scan("json").stdout).unwrap();
        assert_eq!(array.as_array().unwrap(), &rows(&ndjson));
        let csv = scan("csv");
        let first = stdout(&ndjson).lines().next().unwrap();
        let in_order: Vec<&str> = stdout(&csv).lines().next().unwrap().split(',').collect();
        let places: Vec<usize> =
            in_order.iter().map(|column| first.find(&format!("\"{column}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{in_order:?}");
        assert_eq!(in_order.len(), rows(&ndjson)[0].as_object().unwrap().len());
        assert_eq!(csv::Reader::from_reader(&*csv.stdout).records().count(), rows(&ndjson).len());
    }
    let folder = tempfile::tempdir().unwrap();
    let empty = write(folder.path(), "log.json", "{\"Records\":[]}");
    assert_eq!(stdout(&run(&["scan", "--format", "json", &empty])).replace('\n', ""), "[]");
}

#[test]
fn text_from_records_cannot_command_a_terminal_or_a_spreadsheet() {
    let folder = tempfile::tempdir().unwrap();
    let record = user_created("eve", "2026-11-18T10:00:00Z")
        .replace("192.0.2.1", r"=cmd|'/c calc'!A0")
        .replace("us-east-1", r"\u001b[2J\u202e\nx");
    let log = write(folder.path(), "log.json", record);
    for mode in ["--matches", "--threads=1"] {
        let text = run(&["scan", mode, &log]);
        assert!(!stdout(&text).contains(['\u{1b}', '\u{202e}']), "{}", stdout(&text));
        assert_eq!(stdout(&text).lines().count(), 2, "a heading and one row");
    }
    let csv = run(&["scan", "--matches", "--format", "csv", &log]);
    assert!(stdout(&csv).contains(",'=cmd|"), "{}", stdout(&csv));
}

#[test]
fn every_shape_of_log_is_read_from_files_and_standard_input() {
    let record = user_created("eve", "2026-11-18T10:00:00Z");
    let wrapped = format!(r#"{{"Records":[{record}]}}"#);
    let gzip = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let members = [gzip(&format!("{record}\n")), gzip(&record)].concat();
    let shapes = [
        ("wrapped", wrapped.clone().into_bytes(), 1),
        ("array", format!("[{record},{record}]").into_bytes(), 2),
        ("single", record.clone().into_bytes(), 1),
        ("lines", format!("{record}\n{record}\n").into_bytes(), 2),
        (
            "envelope",
            format!(r#"{{"detail-type":"AWS API Call via CloudTrail","detail":{record}}}"#)
                .into_bytes(),
            1,
        ),
        ("gzip", gzip(&wrapped), 1),
        ("two gzip members", members, 2),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, expected) in shapes {
        let log = write(folder.path(), name, &bytes);
        let output = run(&["scan", "--matches", "--format", "ndjson", &log]);
        assert_eq!(
            (code(&output), rows(&output).len()),
            (0, expected),
            "{name}: {}",
            stderr(&output)
        );
        let mut child = command(&["scan", "--matches", "--format", "ndjson", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(rows(&output).len(), expected, "{name} from standard input");
    }
}

#[test]
fn damage_is_told_with_file_and_place_and_the_rest_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let good = user_created("eve", "2026-11-18T10:00:00Z");
    let log =
        write(folder.path(), "log.json", format!(r#"{{"Records":[{good},{{"a":[1}},{good}]}}"#));
    let output = run(&["scan", "--matches", "--format", "ndjson", &log, "examples/cloudtrail"]);
    assert_eq!(code(&output), 3);
    assert_eq!(rows(&output).iter().filter(|row| row["file"] == *log).count(), 2);
    assert!(rows(&output).len() > 100, "the other files are read");
    assert!(
        stderr(&output).contains(&format!("{log}: "))
            && stderr(&output).contains("1 records damaged"),
        "{}",
        stderr(&output)
    );

    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(format!("[{good},{good}]").as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let cut = write(folder.path(), "cut.gz", &whole[..whole.len() - 9]);
    let output = run(&["scan", "--matches", "--format", "ndjson", &cut]);
    assert_eq!(code(&output), 3);
    assert!(!rows(&output).is_empty(), "the records before the damage");
    assert!(stderr(&output).contains(&cut), "{}", stderr(&output));
}

#[test]
fn exit_codes_are_those_of_the_documentation() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", user_created("eve", "2026-11-18T10:00:00Z"));
    let cases: [(&[&str], i32); 13] = [
        (&["scan", &log], 0),
        (&["scan", &log, "--fail-on", "medium"], 0),
        (&["scan", &log, "--fail-on", "low"], 1),
        (&["scan", &log, "--fail-on", "low", "--min-severity", "medium"], 0),
        (&["scan"], 2),
        (&["scan", &log, "--min-severity", "urgent"], 2),
        (&["scan", &log, "--threads", "0"], 2),
        (&["scan", "no/such/file"], 3),
        (&["scan", &log, "-o", "no/such/folder/rows"], 3),
        (&["check", "no/such/folder"], 1),
        (&["check", "rules"], 0),
        (&["expand", "no such rule"], 2),
        (&["explain", "no/such/file"], 3),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn scan_can_be_narrowed_by_time_and_severity_and_written_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        user_created("a", "2026-11-18T10:00:00Z"),
        user_created("b", "2026-11-18T11:00:00Z"),
        user_created("c", "?"),
    ];
    let log = write(folder.path(), "log.json", records.join("\n"));
    let ids = |arguments: &[&str]| {
        let output =
            run(&[&["scan", "--matches", "--format", "ndjson", log.as_str()], arguments].concat());
        rows(&output)
            .iter()
            .map(|row| row["event_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--since", "2026-11-18T10:30:00Z"]), ["id-b", "id-c"]);
    assert_eq!(ids(&["--until", "2026-11-18T12:00:00+01:00"]), ["id-a", "id-c"]);
    assert_eq!(ids(&["--since", "2026-11-19"]), ["id-c"]);
    assert!(ids(&["--min-severity", "medium"]).is_empty());
    let file = folder.path().join("rows");
    let output =
        run(&["scan", "--matches", "--format", "ndjson", &log, "-o", file.to_str().unwrap()]);
    assert!(stdout(&output).is_empty());
    assert_eq!(fs::read_to_string(file).unwrap().lines().count(), 3);
}

#[test]
fn check_prints_every_mistake_of_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |detection: &str, condition: &str| {
        format!(
            "title: Test\nid: 5b0a1c2d-1111-4222-8333-44445555666{}\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    selection:\n        {detection}\n    condition: {condition}\nlevel: low\n",
            detection.len() % 10
        )
    };
    write(folder.path(), "a.yml", rule("eventName|startwith: Create", "selection"));
    write(folder.path(), "b.yml", rule("eventName: CreateUser", "selektion"));
    write(folder.path(), "c.yml", rule("eventName: DeleteUser", "selection and and selection"));
    write(folder.path(), "d.yml", rule("eventName|re: '(abc'", "selection"));
    let directory = folder.path().to_str().unwrap();
    let output = run(&["check", "--format", "json", directory]);
    assert_eq!(code(&output), 1);
    let errors: Vec<(String, u64, u64, String)> = rows(&output)
        .into_iter()
        .filter(|row| row["severity"] == "error")
        .map(|row| {
            let file = row["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            (
                file,
                row["line"].as_u64().unwrap(),
                row["column"].as_u64().unwrap(),
                row["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("a.yml", 8, 19, "unknown-modifier"),
        ("b.yml", 9, 16, "unknown-identifier"),
        ("c.yml", 9, 30, "invalid-condition"),
        ("d.yml", 8, 24, "invalid-regex"),
    ];
    let expected: Vec<_> = expected
        .map(|(file, line, column, code)| (file.to_owned(), line, column, code.to_owned()))
        .to_vec();
    assert_eq!(errors, expected);
    let text = run(&["check", directory]);
    assert!(
        stdout(&text).contains("^^^^^^^^^ ")
            && stdout(&text).contains("help: did you mean `startswith`?"),
        "{}",
        stdout(&text)
    );
}

#[test]
fn explain_shows_what_the_record_has_where_the_rule_wants_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", user_created("eve", "2026-11-18T10:00:00Z"));
    let output = run(&["explain", &log]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("AWS IAM User Created"));
    let output = run(&["explain", &log, "--rule", "aws_root_user_activity"]);
    let text = stdout(&output);
    assert!(
        text.contains("no match")
            && text.contains("userIdentity.type: Root")
            && text.contains("the record has IAMUser"),
        "{text}"
    );
    assert_eq!(code(&run(&["explain", &log, "--index", "7"])), 3);
}

#[test]
fn rules_and_expand_show_what_is_compiled_in() {
    let table = run(&["rules"]);
    assert!(stdout(&table).contains("AWS IAM User Created"));
    let fingerprint = run(&["rules", "--fingerprint"]);
    assert_eq!(stdout(&fingerprint).trim().len(), 16);
    let one = run(&["rules", "aws_iam_user_created"]);
    assert!(stdout(&one).contains("593288ba-edd5-4c97-9b04-1350d99d5a98"));
    let layer: Value =
        serde_json::from_slice(&run(&["rules", "--format", "navigator"]).stdout).unwrap();
    assert_eq!(layer["domain"], "enterprise-attack");
    assert!(
        layer["techniques"]
            .as_array()
            .unwrap()
            .iter()
            .any(|technique| technique["techniqueID"] == "T1078.004"),
        "{layer}"
    );
    let function = run(&["expand", "AWS IAM User Created"]);
    assert!(
        stdout(&function).contains("fn aws_iam_user_created(record: &Matching<'_>) -> bool"),
        "{}",
        stdout(&function)
    );
    let near = run(&["expand", "aws_iam_user_create"]);
    assert!(stderr(&near).contains("did you mean `aws_iam_user_created`?"), "{}", stderr(&near));
}

#[test]
fn test_command_runs_the_records_of_the_shipped_rules() {
    let output = run(&["test"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stderr(&output).contains("16 rules passed, 0 failed"), "{}", stderr(&output));
}
