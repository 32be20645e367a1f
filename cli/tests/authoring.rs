//! What helps to write rules: `test` with its options, and `new`.

#![allow(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailalerts"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .unwrap()
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

const RULE: &str = "title: Test\nid: 5b0a1c2d-1111-4222-8333-444455556666\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    selection:\n        eventName: CreateUser\n        errorCode: null\n    condition: selection\nlevel: low\n";

#[test]
fn every_part_of_the_shipped_rules_is_noticed_by_a_record() {
    let output = run(&["test", "--mutate", "rules"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stderr(&output).contains(" changes, 0 noticed by no record"), "{}", stderr(&output));
}

#[test]
fn a_part_that_no_record_notices_is_named_with_its_place_and_a_record_that_would() {
    let folder = tempfile::tempdir().unwrap();
    let rule = write(folder.path(), "rule.yml", RULE);
    let tests = r#"{"should_match":[{"eventName":"CreateUser"}],"should_not_match":[{"eventName":"DeleteUser"}]}"#;
    write(folder.path(), "rule_tests.json", tests);
    let directory = folder.path().to_str().unwrap();
    let output = run(&["test", "--mutate", directory]);
    let text = stdout(&output);
    assert_eq!(code(&output), 1);
    for expected in [
        "warning[weak-tests]: no test record notices when `errorCode: null` is dropped",
        &format!("{rule}:9:9"),
        "help: add a record to `should_not_match`: a copy of the one at line 1 of `rule_tests.json` in which `errorCode` is `\"AccessDenied\"`",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(stderr(&output).contains("4 changes, 1 noticed by no record"), "{}", stderr(&output));
    assert_eq!(code(&run(&["test", "--mutate", directory, "--rule", "Test"])), 1);
    assert_eq!(code(&run(&["test", "--mutate", directory, "--rule", "other"])), 2);

    let wrong = tests.replace("DeleteUser", "CreateUser");
    write(folder.path(), "rule_tests.json", &wrong);
    let output = run(&["test", "--mutate", directory]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("rule_tests.json:1:66: "), "{}", stdout(&output));
}

#[test]
fn rules_that_are_not_compiled_in_can_be_interpreted() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rule.yml", RULE);
    let tests = r#"{"should_match":[{"eventName":"CreateUser"}],"should_not_match":[{}]}"#;
    write(folder.path(), "rule_tests.json", tests);
    let directory = folder.path().to_str().unwrap();
    assert_eq!(code(&run(&["test", directory])), 1);
    let output = run(&["test", "--interpreted", directory]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stderr(&output).contains("interpreted"), "{}", stderr(&output));
    write(folder.path(), "rule_tests.json", &tests.replace("{}", r#"{"eventName":"CreateUser"}"#));
    let output = run(&["test", "--interpreted", directory]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("and should not"), "{}", stdout(&output));
}

#[test]
fn a_new_rule_compiles_and_gets_records_that_test_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().to_str().unwrap();
    let rule = folder.path().join("aws_kms_key_deleted.yml").to_str().unwrap().to_owned();
    let tests = folder.path().join("aws_kms_key_deleted_tests.json");
    assert_eq!(code(&run(&["new", &rule])), 0);
    let skeleton = fs::read_to_string(&rule).unwrap();
    assert!(skeleton.contains("title: AWS KMS Key Deleted\n"), "{skeleton}");
    let check = run(&["check", directory]);
    assert!(stderr(&check).contains("1 rules, 0 errors, 1 warnings"), "{}", stdout(&check));
    assert!(stdout(&check).contains("[missing-tests]"), "{}", stdout(&check));

    assert_eq!(code(&run(&["new", &rule])), 0);
    assert_eq!(fs::read_to_string(&rule).unwrap(), skeleton, "the rule stays as it is");
    let check = run(&["check", directory]);
    assert!(stderr(&check).contains("1 rules, 0 errors, 0 warnings"), "{}", stdout(&check));
    assert_eq!(code(&run(&["test", "--interpreted", directory])), 0);
    assert_eq!(code(&run(&["test", "--mutate", directory])), 0);

    let written = fs::read_to_string(&tests).unwrap();
    let again = run(&["new", &rule]);
    assert!(stderr(&again).contains("nothing to add"), "{}", stderr(&again));
    assert_eq!(fs::read_to_string(&tests).unwrap(), written);
    let other = folder.path().join("aws_other.yml").to_str().unwrap().to_owned();
    run(&["new", &other]);
    let id = |text: &str| text.lines().find(|line| line.starts_with("id: ")).unwrap().to_owned();
    assert_ne!(id(&skeleton), id(&fs::read_to_string(&other).unwrap()));
}

#[test]
fn records_are_derived_for_every_shipped_rule() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/sigma_rules");
    for entry in fs::read_dir(rules).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yml") {
            let copy = folder.path().join(path.file_name().unwrap());
            fs::copy(&path, &copy).unwrap();
            let output = run(&["new", copy.to_str().unwrap()]);
            assert_eq!(code(&output), 0, "{}", stderr(&output));
        }
    }
    let directory = folder.path().to_str().unwrap();
    let output = run(&["test", "--interpreted", directory]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let output = run(&["test", "--mutate", directory]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
}

#[test]
fn records_that_are_there_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let rule = write(folder.path(), "rule.yml", RULE);
    let record = r#"{ "eventName":"CreateUser", "n": 1.50, "s": "\u0041" }"#;
    let tests =
        write(folder.path(), "rule_tests.json", &format!(r#"{{"should_match":[{record}]}}"#));
    assert_eq!(code(&run(&["new", &rule])), 0);
    let text = fs::read_to_string(&tests).unwrap();
    assert!(text.contains(record), "{text}");
    assert_eq!(text.matches("1.50").count(), 3, "two records are made out of the one: {text}");
    let directory = folder.path().to_str().unwrap();
    assert_eq!(code(&run(&["test", "--mutate", directory])), 0);
    assert_eq!(code(&run(&["test", "--interpreted", directory])), 0);

    for (content, expected) in [
        ("[]", 3),
        (r#"{"should_match":[{"eventName":"DeleteUser"}]}"#, 1),
        (r#"{"should_mach":[]}"#, 3),
    ] {
        fs::write(&tests, content).unwrap();
        assert_eq!(code(&run(&["new", &rule])), expected, "{content}");
        assert_eq!(fs::read_to_string(&tests).unwrap(), content);
    }
    assert_eq!(code(&run(&["new", &tests])), 2);
    assert_eq!(code(&run(&["new", "no/such/folder/rule.yml"])), 3);
    let never = RULE.replace("condition: selection", "condition: selection and not selection");
    let never = write(folder.path(), "never.yml", &never);
    assert_eq!(code(&run(&["new", &never])), 1);
    assert!(!folder.path().join("never_tests.json").exists());
}
