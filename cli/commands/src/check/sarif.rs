//! SARIF 2.1.0, which code scanning services and editors read: the few members of the format that
//! diagnostics have something to say about.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};
use sigma_compiler::{
    diagnostic::{Change, Code, Diagnostic, Label},
    source::SourceFile,
};

use super::{pages, place};
use crate::output::plain;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A whole SARIF file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

/// A code, with its page as help.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'static str>,
}

/// A diagnostic.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix>,
}

/// The help, as changes of files.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix {
    description: Message,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Message,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

impl From<place::Region> for Region {
    fn from(place: place::Region) -> Self {
        Self {
            start_line: place.line,
            start_column: Some(place.column),
            end_line: Some(place.end_line),
            end_column: Some(place.end_column),
        }
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self { text, markdown: None }
    }
}

/// The SARIF file of these diagnostics. `directory` is the rules directory, where those are placed
/// that point at no file.
pub fn log(diagnostics: &[Diagnostic], files: &[SourceFile], directory: &str) -> Log {
    let codes: Vec<Code> =
        diagnostics.iter().map(|each| each.code).collect::<BTreeSet<_>>().into_iter().collect();
    let rules = codes.iter().map(|&code| rule(code)).collect();
    let mut fingerprints = Fingerprints::default();
    let results = diagnostics
        .iter()
        .map(|diagnostic| Finding {
            rule_id: diagnostic.code.name(),
            rule_index: codes.binary_search(&diagnostic.code).unwrap_or_default(),
            level: diagnostic.severity.name(),
            message: place::message(diagnostic).into(),
            locations: [main_location(diagnostic, files, directory)],
            related_locations: diagnostic
                .labels
                .iter()
                .skip(1)
                .enumerate()
                .map(|(id, label)| related_location(id, label, files))
                .collect(),
            partial_fingerprints: BTreeMap::from([(
                "codeFileText/v1",
                fingerprints.of(diagnostic, files),
            )]),
            fixes: fix(diagnostic, files).into_iter().collect(),
        })
        .collect();
    let driver = Driver { name: "trailalerts", semantic_version: env!("CARGO_PKG_VERSION"), rules };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.name(),
        short_description: code.meaning().to_owned().into(),
        help: pages::of(code).map(|page| Message { text: page.to_owned(), markdown: Some(page) }),
    }
}

fn main_location(diagnostic: &Diagnostic, files: &[SourceFile], directory: &str) -> Location {
    let physical_location = match diagnostic.labels.first() {
        Some(label) => physical_location(label, files),
        // Services refuse a result without any place.
        None => {
            let artifact_location = ArtifactLocation { uri: uri(&place::path(directory)) };
            PhysicalLocation { artifact_location, region: None }
        }
    };
    Location { id: None, physical_location, message: None }
}

fn related_location(id: usize, label: &Label, files: &[SourceFile]) -> Location {
    let message = Some(plain(&label.text)).filter(|text| !text.is_empty());
    Location {
        id: Some(id),
        physical_location: physical_location(label, files),
        message: message.map(Message::from),
    }
}

fn fix(diagnostic: &Diagnostic, files: &[SourceFile]) -> Option<Fix> {
    let changes = diagnostic.changes(files);
    let in_one_file = changes.chunk_by(|a, b| a.span.file == b.span.file);
    let artifact_changes: Vec<ArtifactChange> = in_one_file
        .map(|changes| {
            let file = &files[changes[0].span.file.0];
            let replacement = |change: &Change| Replacement {
                deleted_region: place::exact_region(change.span, file).into(),
                inserted_content: change.text.clone().into(),
            };
            ArtifactChange {
                artifact_location: ArtifactLocation { uri: uri(&place::path(&file.path)) },
                replacements: changes.iter().map(replacement).collect(),
            }
        })
        .collect();
    let help = diagnostic.help.as_deref().filter(|_| !artifact_changes.is_empty())?;
    Some(Fix { description: plain(help).into(), artifact_changes })
}

fn physical_location(label: &Label, files: &[SourceFile]) -> PhysicalLocation {
    let file = &files[label.span.file.0];
    // Services want a line even where the whole file is meant.
    let mut region = Region { start_line: 1, start_column: None, end_line: None, end_column: None };
    if let Some(place) = place::region(label, file) {
        region = place.into();
    }
    let artifact_location = ArtifactLocation { uri: uri(&place::path(&file.path)) };
    PhysicalLocation { artifact_location, region: Some(region) }
}

/// A path as a reference: relative to the current directory, or `file:` where it begins at the
/// root.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    match path.as_bytes() {
        [b'/', b'/', ..] => uri += "file:",
        [b'/', ..] => uri += "file://",
        [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => uri += "file:///",
        _ => {}
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

/// Tells findings apart, and knows them again after edits elsewhere: by code, file and the text
/// that is pointed at. Those that have all of it in common are numbered.
#[derive(Default)]
struct Fingerprints {
    seen: BTreeMap<String, usize>,
}

impl Fingerprints {
    fn of(&mut self, diagnostic: &Diagnostic, files: &[SourceFile]) -> String {
        let (path, words) = match diagnostic.labels.first() {
            Some(label) => {
                let file = &files[label.span.file.0];
                (place::path(&file.path), place::words(label, file))
            }
            None => (String::new(), diagnostic.message.clone()),
        };
        let mut hash = Sha256::new();
        for part in [diagnostic.code.name(), &path, &words] {
            hash.update(part);
            // No text holds this byte.
            hash.update([0xff]);
        }
        let digest: String =
            hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let number = self.seen.entry(digest.clone()).or_default();
        *number += 1;
        format!("{digest}:{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references() {
        let cases = [
            ("rules/a.yml", "rules/a.yml"),
            ("../my rules/größe#1%.yml", "../my%20rules/gr%C3%B6%C3%9Fe%231%25.yml"),
            ("a:b/c?.yml", "a%3Ab/c%3F.yml"),
            ("/srv/rules/a.yml", "file:///srv/rules/a.yml"),
            ("C:/rules/a.yml", "file:///C%3A/rules/a.yml"),
            ("//server/rules/a.yml", "file://server/rules/a.yml"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
    }
}
