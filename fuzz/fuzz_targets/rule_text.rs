//! Any text as a rules directory gives diagnostics that can be printed and followed, or Rust that parses.
//!
//! The first byte chooses what the text is: a rule, exceptions for a sound rule, test records, settings.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sigma_compiler::{compile, diagnostic, source::SourceFile};

const SOUND: &str = "title: Sound\nid: 9b2f6c1e-0d57-4c39-8a55-2a4f0a3f7c11\nlogsource:\n    product: aws\n    \
    service: cloudtrail\ndetection:\n    selection:\n        eventName: CreateUser\n    condition: selection\nlevel: low\n";

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let files = match kind % 5 {
        0 | 1 => vec![SourceFile::new("rules/rule.yml", text)],
        2 => vec![SourceFile::new("rules/sound.yml", SOUND), SourceFile::new("rules/exceptions.json", text)],
        3 => vec![SourceFile::new("rules/sound.yml", SOUND), SourceFile::new("rules/sound_tests.json", text)],
        _ => vec![SourceFile::new("rules/sound.yml", SOUND), SourceFile::new("rules/settings.yml", text)],
    };
    let compilation = compile(files, Vec::new());
    let tests = compilation.check_tests();
    for diagnostic in compilation.diagnostics.iter().chain(&tests.diagnostics) {
        assert!(!diagnostic.message.is_empty());
        assert!(!diagnostic.render(&compilation.files, false).is_empty());
        assert!(!diagnostic.one_line(&compilation.files).is_empty());
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
