//! Nobody's typing may stop the compiler: every fixture, damaged in many places, still ends in
//! diagnostics that can be printed, and in patches that can be applied.

use std::{fs, path::Path};

use sigma_compiler::{
    Compilation, compile,
    diagnostic::{self, Code, Diagnostic},
    source::SourceFile,
};

/// What is put in place of a character.
const DAMAGE: &[&str] = &[
    "", "'", "\"", "[", "]", "{", "}", ":", ": ", "- ", "|", "*", "&", "!", "\\", "\n", "\t", "\r",
    "#", "é", "🦀", "\u{feff}", "\u{0}", "?", ",", "(", "\n\n", "\\u12", "~",
];

#[test]
fn damaged_fixtures_end_in_diagnostics() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")];
    // A fixed sequence, so that a failure can be repeated.
    let mut state = 1u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be listed") {
            let path = entry.expect("an entry").path();
            let name = match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => {
                    folders.push(path);
                    continue;
                }
                Some("yml") if path.ends_with("settings.yml") => "settings.yml",
                Some("yml") => "rule.yml",
                Some("json") if path.ends_with("rule_tests.json") => "rule_tests.json",
                Some("json")
                    if path.parent().is_some_and(|at| at.ends_with("postprocessing_rules")) =>
                {
                    "postprocessing_rules/rules.json"
                }
                Some("json") => "exceptions.json",
                _ => continue,
            };
            let text = fs::read_to_string(&path).expect("the fixture can be read");
            let places: Vec<_> = text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect();
            for _ in 0..12 {
                let mut damaged = text.clone();
                if let Some(place) = places.get(next(places.len())) {
                    damaged.replace_range(place.clone(), DAMAGE[next(DAMAGE.len())]);
                }
                if next(4) == 0 {
                    let end = places.get(next(places.len())).map_or(0, |place| place.start);
                    damaged.truncate(if damaged.is_char_boundary(end) { end } else { 0 });
                }
                check(name, damaged);
            }
        }
    }
}

fn check(name: &str, text: String) {
    let compilation = compile(vec![SourceFile::new(name, text)], Vec::new());
    let tests = compilation.check_tests();
    for diagnostic in compilation.diagnostics.iter().chain(&tests.diagnostics) {
        follow(diagnostic, &compilation);
        let rendered = diagnostic.render(&compilation.files, false);
        assert!(rendered.contains(&format!("[{}]", diagnostic.code.name())), "{rendered}");
        assert!(!diagnostic.one_line(&compilation.files).contains('\n'));
        for label in &diagnostic.labels {
            let file = &compilation.files[label.span.file.0];
            assert!(
                file.text.get(label.span.range()).is_some(),
                "a span cuts a character: {diagnostic:?}"
            );
        }
    }
}

/// What a patch makes of the files is read like any other text, and what could be read before can
/// still be read.
fn follow(diagnostic: &Diagnostic, compilation: &Compilation) {
    let files = &compilation.files;
    let changes = diagnostic.changes(files);
    if changes.is_empty() {
        return;
    }
    let mut patched = files.clone();
    for (id, text) in diagnostic::apply(&changes, files) {
        patched[id.0].text = text;
    }
    let after = compile(patched, Vec::new());
    for each in &after.diagnostics {
        let rendered = each.render(&after.files, false);
        assert!(
            !is_unreadable(each) || compilation.diagnostics.iter().any(is_unreadable),
            "{}\nis followed by\n{rendered}",
            diagnostic.render(files, false)
        );
    }
}

fn is_unreadable(found: &Diagnostic) -> bool {
    use Code::{InvalidJson, InvalidKey, InvalidYaml, TooDeep, UnsupportedYaml, YamlTab};
    matches!(
        found.code,
        InvalidJson | InvalidKey | InvalidYaml | TooDeep | UnsupportedYaml | YamlTab
    )
}
