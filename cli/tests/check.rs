//! `trailalerts check` as its users run it: what other programs read of it, and its exit codes.

#![allow(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

/// Runs `trailalerts check` in a folder.
fn check(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailalerts"));
    command.arg("check").args(arguments).current_dir(folder).output().unwrap()
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

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A rule that differs from others in its id and title.
fn rule(number: u8, detection: &str) -> String {
    format!(
        "title: Test {number}\nid: 5b0a1c2d-1111-4222-8333-4444555566{number:02}\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    selection:\n        {detection}\n    condition: selection\n"
    )
}

/// A mistake of several lines, for the end of a rule.
const LIST: &str = "author:\n    - one\n    - two\n";

/// The only run of a SARIF file.
fn run(output: &Output) -> Value {
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("/sarif-schema-2.1.0.json"));
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    log["runs"][0].clone()
}

fn sarif(folder: &Path) -> Value {
    run(&check(folder, &["--format", "sarif"]))
}

/// The finding with this code.
fn finding<'a>(run: &'a Value, code: &str) -> &'a Value {
    let results = run["results"].as_array().unwrap();
    results.iter().find(|result| result["ruleId"] == code).unwrap()
}

fn fingerprints(run: &Value, code: &str) -> Vec<String> {
    let results = run["results"].as_array().unwrap().iter();
    results
        .filter(|result| result["ruleId"] == code)
        .map(|result| {
            let fingerprints = result["partialFingerprints"].as_object().unwrap();
            assert_eq!(fingerprints.len(), 1);
            fingerprints["codeFileText/v1"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn sarif_says_what_is_wrong_and_where() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules/sub dir/größe.yml", &rule(1, "'größe|startwith': Create"));
    let output = check(folder.path(), &["--format", "sarif", "./rules"]);
    assert_eq!(code(&output), 1);
    let run = run(&output);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "trailalerts");
    let finding = finding(&run, "unknown-modifier");
    assert_eq!(finding["level"], "error");
    assert_eq!(
        finding["message"]["text"],
        "unknown modifier `startwith`\nnot a Sigma modifier\nhelp: did you mean `startswith`?"
    );
    let place = json!({
        "artifactLocation": { "uri": "rules/sub%20dir/gr%C3%B6%C3%9Fe.yml" },
        "region": { "startLine": 8, "startColumn": 16, "endLine": 8, "endColumn": 25 },
    });
    assert_eq!(finding["locations"], json!([{ "physicalLocation": place }]));
    let rule = &driver["rules"][usize::try_from(finding["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], "unknown-modifier");
    assert_eq!(rule["shortDescription"]["text"], "A value modifier that Sigma does not have.");
    assert!(rule["help"]["text"].as_str().unwrap().starts_with("# unknown-modifier\n"));
    assert_eq!(rule["help"]["markdown"], rule["help"]["text"]);
}

#[test]
fn sarif_relates_the_other_places() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules/a.yml", &rule(1, "eventName: A"));
    write(folder.path(), "rules/b.yml", &rule(1, "eventName: B"));
    let run = sarif(folder.path());
    let finding = finding(&run, "duplicate-id");
    assert_eq!(finding["level"], "warning");
    let related = json!([{
        "id": 0,
        "physicalLocation": {
            "artifactLocation": { "uri": "rules/a.yml" },
            "region": { "startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 41 },
        },
        "message": { "text": "first here" },
    }]);
    assert_eq!(finding["relatedLocations"], related);
}

#[test]
fn sarif_places_every_finding_and_lists_its_codes_once() {
    let folder = tempfile::tempdir().unwrap();
    // The whole of a file, a place between characters, several lines, no file at all.
    write(folder.path(), "rules/empty.yml", "");
    write(folder.path(), "rules/early.yml", &rule(1, "a: b").replace(": selection", ": a and"));
    write(folder.path(), "rules/lines.yml", &(rule(2, "a: b") + LIST));
    let run = run(&check(folder.path(), &["--format", "sarif", "rules", "nowhere"]));
    let uris: Vec<_> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert_eq!(place["region"]["startLine"].is_u64(), uri != "rules", "{result}");
            uri
        })
        .collect();
    for uri in ["rules", "rules/empty.yml", "rules/early.yml", "rules/lines.yml"] {
        assert!(uris.contains(&uri), "{uri}: {uris:?}");
    }
    let lines = &finding(&run, "invalid-attribute")["locations"][0]["physicalLocation"];
    assert_eq!(
        lines["region"],
        json!({ "startLine": 11, "startColumn": 5, "endLine": 12, "endColumn": 10 })
    );
    let empty = &finding(&run, "not-a-mapping")["locations"][0]["physicalLocation"];
    assert_eq!(empty["region"], json!({ "startLine": 1 }));
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    let found: BTreeSet<_> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, found);
}

#[test]
fn sarif_of_a_faultless_directory_has_no_results() {
    let folder = tempfile::tempdir().unwrap();
    let described = format!("description: Finds that A is called.\n{}", rule(1, "eventName: A"));
    write(folder.path(), "rules/aws_call_of_a.yml", &described);
    let tests = r#"{"should_match":[{}],"should_not_match":[{}]}"#;
    write(folder.path(), "rules/aws_call_of_a_tests.json", tests);
    let run = sarif(folder.path());
    assert_eq!(run["results"], json!([]));
}

#[test]
fn fingerprints_survive_unrelated_edits() {
    let folder = tempfile::tempdir().unwrap();
    let mistake = "a: b\n    one|like: x\n    two|like: y".replace("\n    ", "\n        ");
    write(folder.path(), "rules/a.yml", &rule(1, &mistake));
    let before = fingerprints(&sarif(folder.path()), "unknown-modifier");
    assert_eq!(before.len(), 2);
    assert!(before[0].ends_with(":1") && before[1].ends_with(":2"), "{before:?}");
    assert_eq!(before[0].split(':').next(), before[1].split(':').next());
    let edited = format!("# A comment\n\n{}", rule(1, &mistake).replace("Test 1", "Renamed"));
    write(folder.path(), "rules/a.yml", &edited.replace('\n', "\r\n"));
    assert_eq!(fingerprints(&sarif(folder.path()), "unknown-modifier"), before);
    write(folder.path(), "rules/a.yml", &edited.replace("|like", "|liken"));
    assert!(!fingerprints(&sarif(folder.path()), "unknown-modifier").contains(&before[0]));
    fs::rename(folder.path().join("rules/a.yml"), folder.path().join("rules/b.yml")).unwrap();
    write(folder.path(), "rules/b.yml", &rule(1, &mistake));
    assert!(!fingerprints(&sarif(folder.path()), "unknown-modifier").contains(&before[0]));
}

#[test]
fn a_help_that_can_be_applied_stands_in_json_and_sarif() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules/größe.yml", &(rule(1, "a: b") + "level: 'hihg'\n"));
    write(folder.path(), "rules/sound.yml", &rule(2, "a: b"));
    let region = json!({ "startLine": 10, "startColumn": 9, "endLine": 10, "endColumn": 13 });
    let replacement = json!({ "deletedRegion": region, "insertedContent": { "text": "high" } });
    let fix = json!({
        "description": { "text": "did you mean `high`?" },
        "artifactChanges": [{
            "artifactLocation": { "uri": "rules/gr%C3%B6%C3%9Fe.yml" },
            "replacements": [replacement],
        }],
    });
    let run = sarif(folder.path());
    assert_eq!(finding(&run, "invalid-attribute")["fixes"], json!([fix]));
    assert_eq!(finding(&run, "missing-tests").get("fixes"), None);
    let output = check(folder.path(), &["--format", "json"]);
    let rows = stdout(&output).lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let edits: Vec<Value> = rows.map(|row| row["edits"].clone()).collect();
    let edit = json!({
        "file": "rules/größe.yml", "line": 10, "column": 9, "end_line": 10, "end_column": 13, "text": "high",
    });
    assert!(edits.contains(&json!([edit])) && edits.contains(&json!([])), "{edits:?}");
}

#[test]
fn json_names_every_place() {
    let folder = tempfile::tempdir().unwrap();
    let other = |number| rule(number, "a: b").replace("aws", "windows");
    write(folder.path(), "rules/a.yml", &other(1));
    write(folder.path(), "rules/b.yml", &other(2));
    write(folder.path(), "rules/c.yml", &rule(3, "a: b"));
    write(folder.path(), "rules/notes.txt", "");
    write(folder.path(), "rules/settings.yml", "logsources: {skip_others: true}\n");
    let output = check(folder.path(), &["--format", "json"]);
    let rows = stdout(&output).lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<Value> = rows.collect();
    let places =
        |code: &str| rows.iter().find(|row| row["code"] == code).unwrap()["places"].clone();
    let title = |file: &str| json!({ "file": file, "line": 1, "column": 8, "end_line": 1, "end_column": 14, "label": "" });
    assert_eq!(places("skipped-rules"), json!([title("rules/a.yml"), title("rules/b.yml")]));
    let whole = json!({
        "file": "rules/notes.txt", "line": null, "column": null, "end_line": null, "end_column": null, "label": "",
    });
    assert_eq!(places("unknown-file"), json!([whole]));
}

#[test]
fn the_level_of_a_lint_is_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules/a.yml", &rule(1, "eventName: A"));
    let settings = |text: &str| write(folder.path(), "rules/settings.yml", text);
    for (level, severity, exit) in [
        ("off", None, 0),
        ("note", Some("note"), 0),
        ("warning", Some("warning"), 1),
        ("error", Some("error"), 1),
    ] {
        settings(&format!("lints:\n    missing-tests: {level}\n"));
        let output = check(folder.path(), &["--format", "json", "--deny-warnings"]);
        let row = stdout(&output)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|row| row["code"] == "missing-tests")
            .unwrap_or_default();
        assert_eq!((row["severity"].as_str(), code(&output)), (severity, exit), "{level}");
    }
    write(
        folder.path(),
        "rules/a.yml",
        &(rule(1, "eventName: A") + "trailalerts:\n    lints:\n        missing-tests: off\n"),
    );
    assert_eq!(code(&check(folder.path(), &[])), 0, "what a rule says counts before the settings");
}

#[test]
fn github_commands_annotate_lines() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules/50%, a:b.yml", &rule(1, "a: b\n    condition: 100%"));
    write(folder.path(), "rules/lines.yml", &(rule(2, "a: b") + LIST));
    write(folder.path(), "rules/notes.txt", "");
    let absolute = folder.path().canonicalize().unwrap().join("rules");
    let output = check(
        &folder.path().canonicalize().unwrap(),
        &["--format", "github", absolute.to_str().unwrap()],
    );
    assert_eq!(code(&output), 1);
    for line in [
        "::error file=rules/50%25%2C a%3Ab.yml,line=10,col=5,endLine=10,endColumn=14,title=duplicate-key::the key `condition` occurs twice%0Aoccurs again here%0Ahelp: merge the two, or give one of them another name",
        "::notice file=rules/notes.txt,title=unknown-file::`notes.txt` is no part of a rule set and is left alone",
    ] {
        assert!(stdout(&output).lines().any(|found| found == line), "{}", stdout(&output));
    }
    let commands = ["::error ", "::warning ", "::notice "];
    for line in stdout(&output).lines() {
        assert!(commands.iter().any(|command| line.starts_with(command)), "{line}");
    }
    let lines = "::error file=rules/lines.yml,line=11,endLine=12,title=invalid-attribute::";
    assert!(stdout(&output).contains(lines), "{}", stdout(&output));
}

#[test]
fn warnings_fail_where_they_are_denied() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules/a.yml", &rule(1, "eventName: A"));
    assert_eq!(code(&check(folder.path(), &[])), 0);
    let denied = check(folder.path(), &["--deny-warnings"]);
    assert_eq!(code(&denied), 1);
    assert!(
        stderr(&denied).contains("`trailalerts check --explain missing-tests` says more"),
        "{}",
        stderr(&denied)
    );
    write(folder.path(), "rules/a_tests.json", r#"{"should_match":[{}],"should_not_match":[{}]}"#);
    write(folder.path(), "rules/notes.txt", "A note does not fail.");
    assert_eq!(code(&check(folder.path(), &["--deny-warnings"])), 0);
}

#[test]
fn explain_prints_the_page_of_a_code() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = check(here, &["--explain", "unknown-modifier"]);
    let page = fs::read_to_string(here.join("../docs/diagnostics/unknown-modifier.md")).unwrap();
    assert_eq!((code(&output), stdout(&output)), (0, page.as_str()));
    let near = check(here, &["--explain", "unknown-modifer"]);
    assert_eq!(code(&near), 2);
    assert!(stderr(&near).contains("did you mean `unknown-modifier`?"), "{}", stderr(&near));
    assert_eq!(code(&check(here, &["--explain", "E0308"])), 2);
    assert_eq!(code(&check(here, &["--explain", "no-rules", "rules"])), 2);
}
