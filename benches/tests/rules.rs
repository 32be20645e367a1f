//! The thousand rules are of the kind that they stand for.

use sigma_compiler::{compile, load};
use trailalerts_benches::rules;

#[test]
fn a_thousand_rules_compile_without_a_word() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let directory = std::path::Path::new(folder).join("thousand-rules");
    rules::many(1000, &directory).unwrap();
    assert_eq!(rules::count(&directory).unwrap(), 1000);
    let (files, found) = load(&[directory]);
    let compilation = compile(files, found);
    let said: Vec<String> = compilation
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.concerns_builds())
        .map(|diagnostic| diagnostic.one_line(&compilation.files))
        .collect();
    assert!(said.is_empty(), "{said:#?}");
    assert_eq!(compilation.set.rules.len(), 1000);
}
