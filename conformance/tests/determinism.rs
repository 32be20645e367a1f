//! The same rules give the same bytes.

use std::path::{Path, PathBuf};

use sigma_compiler::{compile, load, source::SourceFile};

/// The folder of the fixture rules, and that of the shipped ones.
fn folders() -> [PathBuf; 2] {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    [package.join("rules"), package.join("..").join("rules")]
}

fn read(folder: &Path) -> Vec<SourceFile> {
    let (files, diagnostics) = load(&[folder.to_owned()]);
    assert!(diagnostics.is_empty(), "{} can be read", folder.display());
    assert!(!files.is_empty(), "{} holds rules", folder.display());
    files
}

fn generate(files: Vec<SourceFile>) -> String {
    let compilation = compile(files, Vec::new());
    let shown: Vec<_> =
        compilation.diagnostics.iter().map(|each| each.render(&compilation.files, false)).collect();
    assert!(!compilation.has_errors(), "the rules compile: {}", shown.join("\n"));
    compilation.generate()
}

#[test]
fn compiling_twice_gives_the_same_bytes() {
    for folder in folders() {
        let first = generate(read(&folder));
        assert!(first.contains("pub static RULE_SET"));
        // Hash maps of the same process begin with another seed each.
        for _ in 0..3 {
            assert!(first == generate(read(&folder)), "{}", folder.display());
        }
    }
}

#[test]
fn files_are_loaded_in_the_order_of_their_paths() {
    for folder in folders() {
        let files = read(&folder);
        let paths: Vec<_> = files.iter().map(|file| Path::new(&file.path)).collect();
        assert!(paths.is_sorted(), "{}", folder.display());
    }
}

/// Rules keep the order in which they are given; nothing else of the outcome depends on it: each
/// rule is the same wherever it stands.
#[test]
fn a_rule_is_the_same_wherever_it_stands() {
    for folder in folders() {
        let forwards = compile(read(&folder), Vec::new());
        let mut files = read(&folder);
        files.reverse();
        let backwards = compile(files, Vec::new());
        let count = forwards.set.rules.len();
        for rule in 0..count {
            let (a, b) = (&forwards.set.rules[rule], &backwards.set.rules[count - 1 - rule]);
            assert_eq!(a.rule.title.value, b.rule.title.value);
            // The order of the filters is that of their files.
            if a.filters.len() > 1 {
                continue;
            }
            assert_eq!(
                without_numbers(&forwards.expand(rule)),
                without_numbers(&backwards.expand(count - 1 - rule)),
                "{}",
                a.rule.title.value
            );
        }
    }
}

/// The code without the numbers of shared and remembered tests, which are given in the order of the
/// rules, and without the layout, which changes with their length.
fn without_numbers(code: &str) -> String {
    let code: String = code.split_whitespace().collect();
    let without = |code: String, call: &str| {
        let mut parts = code.split(call);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let (number, rest) = part.split_once(',').unwrap_or_default();
            assert!(number.ends_with("usize"), "`{number}` is the number of a test");
            text + call + rest
        })
    };
    [".once(", ".recall("].into_iter().fold(code, without).replace(",)", ")")
}
