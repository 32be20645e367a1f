//! `suggest-threshold`, and what `explain` says becomes of a match.

#![allow(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailalerts"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
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

fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A login that was refused, at a minute of November 2026.
fn refused(number: usize, minute: usize, second: usize, user: &str) -> String {
    let (day, hour, minute) = (minute / 1440 + 1, minute / 60 % 24, minute % 60);
    format!(
        r#"{{"eventID":"{number}","eventTime":"2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}"}},"responseElements":{{"ConsoleLogin":"Failure"}},"recipientAccountId":"111122223333"}}"#
    )
}

/// Four weeks in which somebody mistypes up to three times, and one morning of guessing.
fn month() -> String {
    let mut records = Vec::new();
    for day in 0..28 {
        for attempt in 0..1 + day % 3 {
            let user = if day % 2 == 0 { "ann" } else { "ben" };
            records.push(refused(records.len(), day * 1440 + 540, attempt * 10, user));
        }
    }
    for guess in 0..60 {
        records.push(refused(
            records.len(),
            17 * 1440 + 180 + guess / 12,
            guess % 12 * 5,
            "break-glass",
        ));
    }
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

#[test]
fn one_day_of_the_examples_is_drawn_and_is_too_little_for_a_threshold() {
    let arguments =
        ["suggest-threshold", "examples/cloudtrail", "--rule", "AWS Console Login Failed"];
    let output = run(&[&arguments[..], &["--by", "none"]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    for expected in [
        "AWS Console Login Failed\n30 matches, all counted together; logs from 2026-11-18 00:00 to 2026-11-18 23:40 UTC, 1 day\n",
        "within    median   spread     99 %  highest  ordinary  threshold\n    5m        19        0       20       20        20          -\n   10m        30        0       30       30        30          -\n",
        "        20      1 (1 d)      1 (1 d)      1 (1 d)      1 (1 d)      1 (1 d)\n        30            -      1 (1 d)",
        "Highest count within 10 minutes over the time (UTC)\n       30┤         █\n         │         █\n",
        "        0└──────────────────────────────────────────────────────────────────────\n          2026-11-18 00:00                                      2026-11-18 23:40\n",
        "How many windows of 10 minutes have which highest count\n        1│0\n",
        "    18–30│███████████████████████████████████████████████████████████████████ 1\n",
        "No threshold is proposed: too little to go by: logs of 1 day, where 7 are needed to tell ordinary ones\n",
    ] {
        assert!(text.contains(expected), "`{expected}` in {text}");
    }
    assert!(
        !text.contains('\u{1b}') && text.lines().all(|line| line.chars().count() <= 110),
        "{text}"
    );
    assert!(stderr(&output).contains("30 matches in"), "{}", stderr(&output));
    // By actor and account, exceptions applied.
    let output = run(&[
        "suggest-threshold",
        "examples/cloudtrail",
        "--rule",
        "aws_secretsmanager_secret_read",
        "--format",
        "json",
    ]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["matches"], &json["excluded"]), (&14.into(), &91.into()));
    assert_eq!(json["windows"][0]["busiest"][0]["highest"], 14);
    let actor = &json["windows"][0]["busiest"][0]["group"]["actor"];
    assert_eq!(actor, "arn:aws:iam::111122223333:user/svc-backup");
}

#[test]
fn a_month_gives_thresholds_that_stand_above_its_ordinary_days() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", &month());
    let output = run(&["suggest-threshold", &log, "--rule", "AWS Console Login Failed"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    for expected in [
        "115 matches counted by actor and account, in 3 groups; logs from 2026-11-01 09:00 to 2026-11-28 09:00 UTC, 28 days\n",
        "    5m         2        1       60       60         3          6  ← recommended\n",
        "over the time (UTC), and the threshold 6\n       60┤",
        "        6┤",
        "       60 of 60 matches  arn:aws:iam::111122223333:user/break-glass  111122223333\n",
        "[\n  {\n    \"type\": \"threshold\",\n    \"sigmaRuleTitle\": \"AWS Console Login Failed\",\n    \"thresholdCount\": 6,\n    \"windowMinutes\": 5,\n    \"severity_adjustment\": \"medium\",\n    \"description\": \"AWS Console Login Failed: 6 or more within 5 minutes\"\n  }\n]\n",
        "    timespan: 5m\n    condition:\n        gte: 6\nlevel: medium\n",
    ] {
        assert!(text.contains(expected), "`{expected}` in {text}");
    }
}

#[test]
fn what_is_proposed_compiles_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", &month());
    let rule = "aws_console_login_failed";
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/sigma_rules");
    for (by, groups) in [("actor,account", 3), ("sourceIPAddress,awsRegion", 1), ("none", 1)] {
        let output = run(&[
            "suggest-threshold",
            &log,
            "--rule",
            rule,
            "--by",
            by,
            "--window",
            "10m,1d",
            "--format",
            "json",
        ]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["groups"], groups);
        for window in json["windows"].as_array().unwrap() {
            let rules = tempfile::tempdir().unwrap();
            for file in [format!("{rule}.yml"), format!("{rule}_tests.json")] {
                fs::copy(source.join(&file), rules.path().join(&file)).unwrap();
            }
            fs::create_dir(rules.path().join("postprocessing_rules")).unwrap();
            let list = window["postprocessing_rules"].to_string();
            write(&rules.path().join("postprocessing_rules"), "proposed.json", &list);
            write(rules.path(), "proposed.yml", window["correlation"].as_str().unwrap());
            let directory = rules.path().to_str().unwrap();
            let check = run(&["check", directory, "--deny-warnings"]);
            assert_eq!(code(&check), 0, "{window}\n{}", stdout(&check));
        }
    }
}

#[test]
fn json_has_the_documented_fields() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", &month());
    let arguments = ["suggest-threshold", &log, "--rule", "aws_console_login_failed"];
    let output = run(&[&arguments[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names =
        |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(&json),
        "days excluded first group_by groups last matches rule_id rule_title undated ungrouped windows"
    );
    let window = &json["windows"][0];
    assert_eq!(
        names(window),
        "alerts busiest correlation days highest median minutes ordinary_day p99 peaks periods \
         postprocessing_rules recommended spread threshold thresholds why_none"
    );
    assert_eq!(
        (&window["threshold"], &window["alerts"], &window["days"]),
        (&6.into(), &1.into(), &1.into())
    );
    let minutes: Vec<_> = json["windows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|window| window["minutes"].as_u64())
        .collect();
    assert_eq!(minutes, [5, 10, 30, 60, 1440].map(Some));
    // A part of the time, and the same record twice.
    let twice = run(&[
        "suggest-threshold",
        &log,
        &log,
        "--rule",
        "aws_console_login_failed",
        "--format",
        "json",
        "--since",
        "2026-11-18",
        "--until",
        "2026-11-19",
    ]);
    let json: Value = serde_json::from_slice(&twice.stdout).unwrap();
    assert_eq!((&json["matches"], &json["days"]), (&63.into(), &1.into()));
    assert_eq!(json["windows"][0]["threshold"], Value::Null);
}

#[test]
fn misuse_and_what_cannot_be_read_are_told() {
    let near = run(&["suggest-threshold", "examples", "--rule", "aws_console_login_faild"]);
    assert_eq!(code(&near), 2);
    assert!(
        stderr(&near).contains("did you mean `aws_console_login_failed`?"),
        "{}",
        stderr(&near)
    );
    let rule = ["suggest-threshold", "examples", "--rule", "aws_console_login_failed"];
    for wrong in [["--window", "90s"], ["--by", "actor"]] {
        assert_eq!(code(&run(&[&rule[..], &wrong[..]].concat())), 2, "{wrong:?}");
    }
    assert_eq!(
        code(&run(&["suggest-threshold", "no/such", "--rule", "aws_console_login_failed"])),
        3
    );
    let folder = tempfile::tempdir().unwrap();
    let log = write(folder.path(), "log.json", r#"{"Records":[{"eventName":"#);
    let damaged = run(&["suggest-threshold", &log, "--rule", "aws_console_login_failed"]);
    assert_eq!(code(&damaged), 3);
    assert!(stdout(&damaged).contains("0 matches"), "{}", stdout(&damaged));
}

#[test]
fn text_of_records_is_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let record = refused(1, 0, 0, r"e\u001b[31mve").replace("192.0.2.1", r"e\u001b[31mve");
    let log = write(folder.path(), "log.json", &record);
    for arguments in
        [&["suggest-threshold", &log, "--rule", "aws_console_login_failed"][..], &["explain", &log]]
    {
        let output = run(arguments);
        assert!(stdout(&output).contains(r"e\u{1b}[31mve"), "{}", stdout(&output));
        assert!(!stdout(&output).contains('\u{1b}'), "{}", stdout(&output));
    }
}

#[test]
fn explain_says_what_becomes_of_a_match() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<String> = (0..3).map(|second| refused(second, 60, second, "ann")).collect();
    // The file is not in the order of the time.
    let log = write(
        folder.path(),
        "log.json",
        &format!("[{},{},{}]", records[1], records[0], records[2]),
    );
    let explained = |arguments: &[&str]| {
        let output =
            run(&[&["explain", &log, "--rule", "aws_console_login_failed"], arguments].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    let text = explained(&[]);
    let told = "    → told\n      as low alert `AWS Console Login Failed` of 2026-11-01 01:00:00 UTC, id 2026-11-01T01:00:00.000Z-";
    let kept = "    → in cooldown  counted into an alert that was told before\n      since low alert `AWS Console Login Failed` of 2026-11-01 01:00:00 UTC, id ";
    assert_eq!((text.matches(told).count(), text.matches(kept).count()), (1, 2), "{text}");
    assert!(text.find(kept) < text.find(told), "{text}");
    assert!(explained(&["--index", "1"]).contains(told));
    let weighed = explained(&["--min-severity", "high"]);
    let below = "→ below severity  weighs less than high, which is asked for";
    assert_eq!(weighed.matches(below).count(), 3, "{weighed}");
    // What scan has remembered counts, and is not changed.
    let state = folder.path().join("state").to_str().unwrap().to_owned();
    let earlier = write(folder.path(), "earlier.json", &refused(9, 55, 0, "ann"));
    assert_eq!(code(&run(&["scan", &earlier, "--state", &state])), 0);
    let before = fs::read(&state).unwrap();
    let text = explained(&["--state", &state]);
    assert_eq!(text.matches("of 2026-11-01 00:55:00 UTC, id ").count(), 3, "{text}");
    assert_eq!(fs::read(&state).unwrap(), before);
    assert_eq!(code(&run(&["explain", &log, "--state", "no/such/state"])), 3);
}

#[test]
fn explain_names_the_list_that_excludes_a_match_and_reads_standard_input() {
    let record = r#"{"eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","eventTime":"2026-11-18T10:00:00Z","sourceIPAddress":"192.0.2.10","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_SecretsAdministrator_0a/ann"}}"#;
    let mut child = command(&["explain", "-", "--rule", "aws_secretsmanager_secret_read"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), record.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let expected = "    → excluded  excludedActorsRegex has ^AWSReservedSSO_SecretsAdministrator_.*, excludedSourceIPs has 192.0.2.10/32\n";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
}

#[test]
fn explain_counts_what_a_threshold_sees_around_a_match() {
    let log = "examples/cloudtrail/AWSLogs/o-exampleorg1/111122223333/CloudTrail/us-east-1/2026/11/18/111122223333_CloudTrail_us-east-1_20261118T1405Z_avUpN0wKCnoY8KJc.json.gz";
    let output = run(&["explain", log, "--rule", "aws_api_access_denied"]);
    let text = stdout(&output);
    // All 19 are in one window; the first is told by itself, the 15th as the threshold is reached.
    assert_eq!(text.matches(": 19 of 15 within 10 minutes  actor arn:aws:iam::111122223333:user/build-agent, account 111122223333\n        holds from 2026-11-18 13:46:13 to 2026-11-18 13:46:44 UTC, alert 2026-11-18T13:46:13.000Z-").count(), 19, "{text}");
    assert_eq!(text.matches("    → told\n").count(), 2, "{text}");
    let told =
        "    → told\n      as medium alert `AWS API Access Denied` of 2026-11-18 13:46:13 UTC";
    assert_eq!(text.matches(told).count(), 1, "{text}");
}
