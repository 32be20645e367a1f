//! What a scan tells of logs: alerts, once each, with their reasons.

#![allow(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn scan(arguments: &[&str]) -> Output {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailalerts"));
    command.args(["scan", "--format", "ndjson"]).args(arguments).current_dir(workspace);
    command.output().unwrap()
}

fn rows(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn summary(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Kind, title, severity and count of each row.
fn told(rows: &[Value]) -> Vec<String> {
    let text = |row: &Value, column: &str| row[column].as_str().unwrap().to_owned();
    let line = |row: &Value| {
        let (kind, title) = (text(row, "kind"), text(row, "rule_title"));
        format!("{kind}: {title}, {}, {}", text(row, "severity"), row["count"])
    };
    rows.iter().map(line).collect()
}

fn write(folder: &Path, name: &str, records: &[String]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, records.join("\n")).unwrap();
    path
}

/// A failed sign-in of a user, on which one shipped rule fires.
fn failed(user: &str, id: u32, time: &str) -> String {
    format!(
        r#"{{"eventTime":"2026-11-18T{time}Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","userName":"{user}"}},"responseElements":{{"ConsoleLogin":"Failure"}},"errorMessage":"Failed authentication","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-{id:012}"}}"#
    )
}

#[test]
fn the_example_day_shows_every_kind_of_alert_with_its_reason() {
    let output = scan(&["examples/cloudtrail"]);
    let rows = rows(&output);
    let joined: Vec<&Value> = rows.iter().filter(|row| row["kind"] != "detection").collect();
    let found: Vec<(String, &str)> = joined
        .iter()
        .map(|row| {
            let line = told(std::slice::from_ref(*row)).remove(0);
            (line, row["reason"].as_str().unwrap())
        })
        .collect();
    let attacker = "arn:aws:iam::111122223333:user/build-agent in account 111122223333";
    let expected = [
        (
            "threshold: AWS API Access Denied, medium, 19",
            format!(
                "One actor is refused again and again, as somebody who tries out what a stolen key can do: 15 matches (at least 15) of `AWS API Access Denied` within 10 minutes by {attacker}"
            ),
        ),
        (
            "correlation: AWS IAM New User Given an Access Key, high, 2",
            "`AWS IAM User Created`, then `AWS IAM Access Key Created for Another User` within 30 minutes, all with requestParameters.userName svc-backup, recipientAccountId 111122223333".to_owned(),
        ),
        (
            "correlation: AWS IAM Administrator Policy Attached, critical, 2",
            "A user was created, and then an administrator policy was attached: `AWS IAM User Created`, then `AWS IAM Administrator Policy Attached` within 15 minutes in account 111122223333".to_owned(),
        ),
        (
            "threshold: AWS Secrets Manager Secret Read, high, 14",
            "Many secrets read by one actor in a short time: 10 matches (at least 10) of `AWS Secrets Manager Secret Read` within 5 minutes by arn:aws:iam::111122223333:user/svc-backup in account 111122223333".to_owned(),
        ),
        (
            "absence: No CloudTrail Logs From a Stream, high, 0",
            "account 111122223333 in us-east-1: no record since 2026-11-18T15:07:30Z until 2026-11-18T16:12:05Z, for 64 minutes".to_owned(),
        ),
    ];
    let expected: Vec<(String, &str)> =
        expected.iter().map(|(line, reason)| ((*line).to_owned(), reason.as_str())).collect();
    assert_eq!(found, expected);
    let deployments: Vec<&Value> = rows
        .iter()
        .filter(|row| row["rule_title"] == "AWS Deployment Outside of Working Hours")
        .collect();
    assert_eq!(deployments.len(), 1, "three are within the hours");
    let reason = deployments[0]["reason"].as_str().unwrap();
    assert!(
        reason.ends_with("on Wed at 08:42:45 (UTC), outside of Mon to Fri 09:00 to 17:00"),
        "{reason}"
    );
}

#[test]
fn what_a_state_file_knows_is_not_told_again() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    let first = write(
        folder.path(),
        "first.ndjson",
        &[failed("ann", 1, "10:00:00"), failed("ann", 2, "10:10:00")],
    );
    let second = write(
        folder.path(),
        "second.ndjson",
        &[
            failed("ann", 2, "10:10:00"),
            failed("ann", 3, "10:20:00"),
            failed("ann", 4, "11:30:00"),
            failed("max", 5, "10:20:00"),
        ],
    );
    let scan = |file: &Path| scan(&["--state", state, file.to_str().unwrap()]);
    assert_eq!(told(&rows(&scan(&first))), ["detection: AWS Console Login Failed, low, 2"]);
    let output = scan(&second);
    let rows = rows(&output);
    // That of ann has kept two back by now: one of each file.
    assert_eq!(
        told(&rows),
        [
            "detection: AWS Console Login Failed, low, 1",
            "detection: AWS Console Login Failed, low, 1"
        ]
    );
    let actors: Vec<&str> = rows.iter().map(|row| row["actor"].as_str().unwrap()).collect();
    assert_eq!(
        actors,
        ["arn:aws:iam::111122223333:user/max", "arn:aws:iam::111122223333:user/ann"]
    );
    assert_eq!(rows[1]["suppressed"], 2);
    assert!(summary(&output).contains("1 seen before"), "{}", summary(&output));
}

#[test]
fn what_nobody_has_seen_is_told_by_the_next_scan() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    let log = write(folder.path(), "log.ndjson", &[failed("ann", 1, "10:00:00")]);
    let log = log.to_str().unwrap();
    let lost = scan(&["--state", state, "-o", "/dev/full", log]);
    assert_eq!(lost.status.code(), Some(3), "{}", summary(&lost));
    let expected = ["detection: AWS Console Login Failed, low, 1"];
    assert_eq!(told(&rows(&scan(&["--state", state, log]))), expected);
    assert_eq!(told(&rows(&scan(&["--state", state, log]))), [""; 0]);
}

#[test]
fn a_state_file_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("notes.txt");
    fs::write(&state, "not a state file\n".repeat(1000)).unwrap();
    let output = scan(&["--state", state.to_str().unwrap(), "examples/cloudtrail"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(summary(&output).contains("notes.txt"), "{}", summary(&output));
    assert!(fs::read_to_string(&state).unwrap().starts_with("not a state file"));
}

#[test]
fn alerts_do_not_depend_on_the_files_that_the_records_stand_in() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<String> = (0..30)
        .map(|at| failed("ann", at, &format!("{:02}:{:02}:00", 8 + at / 10, at % 10 * 6)))
        .collect();
    let whole = write(folder.path(), "whole.ndjson", &records);
    let parts = folder.path().join("parts");
    fs::create_dir(&parts).unwrap();
    for (at, part) in records.chunks(7).rev().enumerate() {
        let backwards: Vec<String> = part.iter().rev().cloned().collect();
        write(&parts, &format!("{at}.ndjson"), &backwards);
    }
    let whole = scan(&[whole.to_str().unwrap()]);
    let parts = scan(&["--threads", "3", parts.to_str().unwrap()]);
    assert_eq!(told(&rows(&whole)).len(), 3, "one an hour");
    assert_eq!(rows(&whole), rows(&parts));
}
