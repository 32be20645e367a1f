//! Inputs that are not text, or too large to be kept as files.

use std::{fs, path::Path};

use sigma_compiler::{load, source::SourceFile};

use super::report;

type Case = fn(&Path) -> String;

/// Each writes what it needs into the folder it is given, and returns what is said about it.
pub const CASES: &[(&str, Case)] = &[
    ("not_utf8", |place| written(place, "rule.yml", b"title: caf\xe9\n")),
    ("two_megabytes", |place| written(place, "rule.yml", "# comment\n".repeat(200_000).as_bytes())),
    ("seventeen_megabytes_of_tests", |place| {
        fs::write(place.join("rule.yml"), RULE).expect("the rule can be written");
        written(place, "rule_tests.json", " ".repeat(17 << 20).as_bytes())
    }),
    ("directory_does_not_exist", |place| loaded(&place.join("nowhere"))),
    ("directory_is_a_file", |place| {
        fs::write(place.join("file"), "").expect("the file can be written");
        loaded(&place.join("file"))
    }),
    ("folder_is_empty", loaded),
    ("deep_lists", |_| text(&format!("title: {}{}\n", "[".repeat(100), "]".repeat(100)))),
    ("very_deep_lists", |_| text(&format!("title: {}", "[".repeat(100_000)))),
    ("deep_maps", |_| {
        text(&(0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>())
    }),
    ("deep_json", |place| {
        written(place, "exceptions.json", format!("{{\"a\": {}", "[".repeat(100_000)).as_bytes())
    }),
    ("deep_condition", |_| {
        let condition = format!("{}selection{}", "(".repeat(101), ")".repeat(101));
        text(&RULE.replace("condition: selection", &format!("condition: {condition}")))
    }),
    // Small documents that stand for gigabytes.
    ("condition_of_many_patterns", |_| text(&many("1 of s*", 1_000))),
    ("condition_of_unknown_names", |_| text(&many("unknown", 1_000))),
    ("placeholders_of_long_texts", |place| {
        let names = format!("names: [{}]\n", "x".repeat(100_000));
        fs::write(place.join("placeholders.yml"), names).expect("the lists can be written");
        let rule = RULE
            .replace("eventName: ConsoleLogin", &format!("a|expand: '{}'", "%names%".repeat(90)));
        let ninety = written(place, "rule.yml", rule.as_bytes());
        let rule = RULE
            .replace("eventName: ConsoleLogin", &format!("a|expand: '{}'", "%names%".repeat(300)));
        ninety + &written(place, "rule.yml", rule.as_bytes())
    }),
    ("condition_of_long_lists", |place| {
        let names: String = (0..60_000).map(|number| format!("    - n{number}\n")).collect();
        fs::write(place.join("placeholders.yml"), format!("names:\n{names}"))
            .expect("the lists can be written");
        let asked = ["selection"; 20].join(" or ");
        let rule = RULE
            .replace("eventName: ConsoleLogin", "a|expand: '%names%'")
            .replace("condition: selection", &format!("condition: {asked}"));
        written(place, "rule.yml", rule.as_bytes())
    }),
    ("deep_not", |_| {
        let condition = format!("{}selection", "not ".repeat(100_000));
        text(&RULE.replace("condition: selection", &format!("condition: {condition}")))
    }),
    ("alias_bomb", |_| {
        let lists = (1..10).map(|level| {
            format!("l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); 10].join(", "))
        });
        text(&format!("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n{}", lists.collect::<String>()))
    }),
    ("alias_of_itself", |_| text("title: &a [x, *a]\n")),
    ("regex_too_large", |_| {
        text(
            &RULE
                .replace("eventName:", "eventName|re:")
                .replace("ConsoleLogin", "(((a{99}){99}){99}){99}"),
        )
    }),
    ("control_characters", |_| text(&RULE.replace("ConsoleLogin", "Console\u{7}Login\u{1b}[31m"))),
    ("long_line", |place| {
        let entry = r#""Rule": {"excludedActors": []}, "#.repeat(20_000);
        written(place, "exceptions.json", format!("{{{entry} oops").as_bytes())
    }),
    #[cfg(unix)]
    ("dangling_link", |place| {
        std::os::unix::fs::symlink("nowhere", place.join("rule.yml"))
            .expect("the link can be made");
        loaded(place)
    }),
    #[cfg(unix)]
    ("endless_links", |place| {
        std::os::unix::fs::symlink(".", place.join("here")).expect("the link can be made");
        loaded(place)
    }),
];

const RULE: &str = "\
title: Console login
id: 11111111-2222-3333-4444-555555555555
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventName: ConsoleLogin
    condition: selection
level: low
";

/// A rule of so many search identifiers, and a condition with as many operands.
fn many(operand: &str, count: usize) -> String {
    let identifiers: String = (0..count)
        .map(|number| format!("    s{number}:\n        eventName: x{number}\n"))
        .collect();
    let condition = vec![operand; count].join(" or\n        ");
    RULE.replace("    selection:\n        eventName: ConsoleLogin\n", &identifiers)
        .replace("condition: selection", &format!("condition: {condition}"))
}

fn written(place: &Path, name: &str, content: &[u8]) -> String {
    fs::write(place.join(name), content).expect("the file can be written");
    loaded(place)
}

fn loaded(place: &Path) -> String {
    let (files, found) = load(&[place.to_owned()]);
    report(files, found)
}

fn text(text: &str) -> String {
    report(vec![SourceFile::new("rule.yml", text)], Vec::new())
}
