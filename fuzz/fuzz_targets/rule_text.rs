//! Any text as a file of a rules directory gives diagnostics that can be printed and followed, or Rust
//! that parses. The first byte chooses which file the text is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sigma_compiler::{compile, diagnostic, source::SourceFile};

/// A sound rule, which the other kinds of file are about.
const SOUND: &str = "title: Sound\nid: 9b2f6c1e-0d57-4c39-8a55-2a4f0a3f7c11\nname: sound\nlogsource:\n    product: aws\n    \
    service: cloudtrail\ndetection:\n    selection:\n        eventName: CreateUser\n    condition: selection\nlevel: low\n";

/// A rule that takes its values from the file of placeholders.
const EXPANDING: &str = "title: Expanding\nid: 5d0b8f6e-7a4c-4e52-b6a1-90c3d2e4f501\nlogsource:\n    product: aws\n    \
    service: cloudtrail\ndetection:\n    selection:\n        a|expand: 'x%names%y%names%'\n        b|cidr|expand: '%networks%'\n        \
    c|re|expand: '^%names%$'\n        d|contains|all|expand: '%names%'\n    condition: selection\nlevel: low\n";

/// Rules twice: they are what most people write.
const NAMES: [&str; 8] = [
    "rule.yml",
    "rule.yml",
    "correlation.yml",
    "exceptions.json",
    "sound_tests.json",
    "settings.yml",
    "placeholders.yml",
    "postprocessing_rules/rules.json",
];

/// Compiling once more for each of thousands of diagnostics finds nothing new.
const MAX_PATCHES: usize = 8;

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let name = NAMES[usize::from(*kind) % NAMES.len()];
    let mut files = vec![SourceFile::new(format!("rules/{name}"), text)];
    match name {
        "rule.yml" => {}
        "placeholders.yml" => files.push(SourceFile::new("rules/expanding.yml", EXPANDING)),
        _ => files.push(SourceFile::new("rules/sound.yml", SOUND)),
    }
    let compilation = compile(files, Vec::new());
    let tests = compilation.check_tests();
    let diagnostics = || compilation.diagnostics.iter().chain(&tests.diagnostics);
    for diagnostic in diagnostics() {
        assert!(!diagnostic.message.is_empty());
        assert!(!diagnostic.render(&compilation.files, false).is_empty());
        assert!(!diagnostic.one_line(&compilation.files).is_empty());
    }
    for diagnostic in diagnostics().filter(|each| !each.edits.is_empty()).take(MAX_PATCHES) {
        let mut patched = compilation.files.clone();
        let changes = diagnostic.changes(&compilation.files);
        for (id, text) in diagnostic::apply(&changes, &compilation.files) {
            patched[id.0].text = text;
        }
        // What a help makes of the text is text like any other.
        drop(compile(patched, Vec::new()));
    }
    if !compilation.has_errors() {
        // Formatting parses the generated code, so this holds it to Rust's grammar.
        assert_eq!(compilation.generate(), compilation.generate());
    }
});
