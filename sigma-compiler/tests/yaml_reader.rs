//! The YAML reader beside serde_yaml, over every fixture and every shipped rule.
//!
//! The two follow different schemas for plain scalars: ours YAML 1.1 as PyYAML reads it, serde_yaml
//! the core schema of YAML 1.2. Structure, keys and texts must agree everywhere; where a plain
//! scalar means something else in YAML 1.1 (`yes`, `010`, `1_000`, `12:30:45`, dates, `1e3`), only
//! that both read a scalar is compared.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_yaml::Value;
use sigma_compiler::{
    node::{Kind, Node, Scalar, read_yaml},
    source::FileId,
};

#[test]
fn agrees_with_serde_yaml() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut compared, mut refused) = (0, 0);
    for path in rules(&[root.join("tests/ui"), root.join("../rules")]) {
        let text = fs::read_to_string(&path).expect("the rule can be read");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let path = path.display();
        let mut diagnostics = Vec::new();
        let ours = read_yaml(FileId(0), text, &mut diagnostics);
        let theirs: Result<Vec<Value>, _> = serde_yaml::Deserializer::from_str(text)
            .map(<Value as serde::Deserialize>::deserialize)
            .collect();
        match (diagnostics.is_empty(), theirs) {
            (true, Ok(theirs)) => {
                // An empty document is a null of ours and may be none of theirs.
                let ours: Vec<_> = ours.iter().filter(|node| !node.is_unwritten()).collect();
                let theirs: Vec<_> = theirs.iter().filter(|value| !value.is_null()).collect();
                assert_eq!(ours.len(), theirs.len(), "{path}: number of documents");
                for (ours, theirs) in ours.iter().zip(&theirs) {
                    compare(ours, theirs, text, &path.to_string());
                }
                compared += 1;
            }
            (true, Err(error)) => unreachable!("{path}: only we read this: {error}"),
            (false, _) => refused += 1,
        }
    }
    assert!(compared > 200, "only {compared} files were compared");
    assert!(refused < 70, "{refused} files were not read");
}

fn rules(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = folders.to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yml" || extension == "yaml")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn compare(ours: &Node, theirs: &Value, text: &str, path: &str) {
    let place = &text[ours.span.range()];
    match (&ours.kind, theirs) {
        (Kind::Sequence(ours), Value::Sequence(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{path}: elements of `{place}`");
            for (ours, theirs) in ours.iter().zip(theirs) {
                compare(ours, theirs, text, path);
            }
        }
        (Kind::Mapping(ours), Value::Mapping(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{path}: entries of `{place}`");
            for (ours, (key, value)) in ours.iter().zip(theirs) {
                // Keys that are no texts are texts for us, as they are written.
                if let Value::String(key) = key {
                    assert_eq!(&ours.key.value, key, "{path}");
                }
                compare(&ours.value, value, text, path);
            }
        }
        (Kind::Scalar(Scalar::Null), Value::Null) => {}
        (Kind::Scalar(Scalar::Bool(ours)), Value::Bool(theirs)) if ours == theirs => {}
        (Kind::Scalar(Scalar::String(ours)), Value::String(theirs)) if ours == theirs => {}
        (Kind::Scalar(Scalar::Int(ours)), Value::Number(theirs)) if *ours == theirs.to_string() => {
        }
        (Kind::Scalar(Scalar::Float(ours)), Value::Number(theirs))
            if ours.parse::<f64>().ok() == theirs.as_f64() => {}
        (Kind::Scalar(scalar), Value::String(_) | Value::Number(_)) => match scalar {
            // The forms that YAML 1.1 reads in its own way.
            Scalar::Bool(_) if !["true", "false"].contains(&place.to_lowercase().as_str()) => {}
            Scalar::Int(number) if place != number => {}
            Scalar::Float(_) if place.contains(['_', ':', 'n', 'N']) => {}
            Scalar::Timestamp(_) => {}
            // An alias stands for a value that was compared where it was written.
            _ if place.starts_with('*') => {}
            _ => differ(ours, theirs, place, path),
        },
        _ => differ(ours, theirs, place, path),
    }
}

#[track_caller]
fn differ(ours: &Node, theirs: &Value, place: &str, path: &str) -> ! {
    let ours = &ours.kind;
    unreachable!("{path}: `{place}` is {ours:?} for us and {theirs:?} for serde_yaml");
}
