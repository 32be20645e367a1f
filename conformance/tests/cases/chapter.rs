//! The files of cases: each is a chapter, and its lines say of which section the cases below them
//! are.

use std::{fs, path::Path};

use serde::Deserialize;
use serde_json::value::RawValue;

/// A file of `cases/`.
pub struct Chapter {
    /// The name of the file.
    pub file: String,
    text: String,
}

/// One line of a file of cases. The record is taken as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case<'a> {
    pub rule: String,
    pub matches: bool,
    pub why: String,
    #[serde(borrow)]
    pub record: &'a RawValue,
    /// What the nearest line `# section:` above it says.
    #[serde(skip)]
    pub section: &'a str,
    /// File and line, for messages.
    #[serde(skip)]
    pub place: String,
}

/// All chapters, in the order of their files.
pub fn chapters() -> Vec<Chapter> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = fs::read_dir(&directory).expect("the folder `cases` is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    let chapter = |path: &Path| Chapter {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        text: fs::read_to_string(path).expect("files of cases are UTF-8 text"),
    };
    paths.iter().map(|path| chapter(path)).collect()
}

impl Chapter {
    /// What the first line calls it.
    pub fn title(&self) -> Option<&str> {
        named(self.text.lines().next()?, "chapter")
    }

    /// Its cases, or what is wrong with the file.
    pub fn cases(&self) -> Result<Vec<Case<'_>>, String> {
        self.title().ok_or_else(|| format!("cases/{}: no `# chapter:` in line 1", self.file))?;
        let mut cases = Vec::new();
        let mut section: Option<(&str, usize)> = None;
        for (number, line) in self.text.lines().enumerate() {
            let place = format!("cases/{}:{}", self.file, number + 1);
            if let Some(next) = named(line, "section") {
                without_cases(section, &self.file)?;
                section = Some((next, 0));
            } else if !line.trim().is_empty() && !line.starts_with('#') {
                let case = serde_json::from_str(line);
                let case: Case<'_> =
                    case.map_err(|error| format!("{place}: this is no case: {error}"))?;
                let (section, count) =
                    section.as_mut().ok_or_else(|| format!("{place}: no `# section:` above"))?;
                *count += 1;
                cases.push(Case { section, place, ..case });
            }
        }
        without_cases(section.or(Some(("any", 0))), &self.file)?;
        Ok(cases)
    }
}

fn without_cases(section: Option<(&str, usize)>, file: &str) -> Result<(), String> {
    match section {
        Some((name, 0)) => Err(format!("cases/{file}: no case in section `{name}`")),
        _ => Ok(()),
    }
}

/// What stands in a line `# key: …`.
fn named<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.strip_prefix("# ")?.strip_prefix(key)?.strip_prefix(':')?.trim();
    (!rest.is_empty()).then_some(rest)
}
