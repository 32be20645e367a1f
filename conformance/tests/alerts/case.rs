//! The files of cases, `alerting/cases/*.yml`: what arrives, and what becomes of it.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// What it is about.
    pub chapter: String,
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    /// What decides, where the name does not say it.
    #[serde(default)]
    pub why: String,
    /// When it begins; offsets count from here.
    #[serde(default = "start")]
    pub start: Timestamp,
    /// The cooldown of the settings; an hour where there is none.
    pub cooldown: Option<String>,
    /// The channels of the settings with their least severity; where there are none, one for all.
    #[serde(default)]
    pub channels: BTreeMap<String, String>,
    /// `NAME OFFSET EVENT field=value …`; `NAME*3 OFFSET+STEP …` are NAME1, NAME2 and NAME3.
    pub records: Vec<String>,
    /// Names in the order in which they arrive, where it is another than that of the records.
    pub arrival: Option<String>,
    /// When records arrive, by name; where it is not said, five minutes after their time.
    #[serde(default)]
    pub at: BTreeMap<String, String>,
    /// What becomes of matches: by the name of their record, where there are several rules
    /// `NAME / rule`. `m1..m9` are nine of them.
    #[serde(default)]
    pub decisions: BTreeMap<String, String>,
    /// All alerts, in any order.
    pub alerts: Vec<Expected>,
    /// `FIRST..LAST`, by the title of a correlation: the anchors of its episodes.
    #[serde(default)]
    pub episodes: BTreeMap<String, Vec<String>>,
}

/// An alert as it is after the last arrival. What is not said is not looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub rule: String,
    pub kind: Option<String>,
    pub severity: Option<String>,
    /// How many matches it tells of, those that were counted into it included.
    pub count: Option<u64>,
    /// Names of the records it tells of.
    pub records: Option<String>,
    pub group: Option<BTreeMap<String, String>>,
    /// How often it was told.
    pub told: Option<u32>,
    /// How many the alert before it kept back.
    pub suppressed: Option<u64>,
    /// How many it keeps back itself.
    pub folded: Option<u64>,
    /// Offset of the time it is about.
    pub time: Option<String>,
    pub actor: Option<String>,
    pub account: Option<String>,
    pub channels: Option<String>,
    /// A part of it.
    pub reason: Option<String>,
    /// `field: value 3, value 2, 4 others, of 9`
    #[serde(default)]
    pub distribution: Vec<String>,
}

/// A Monday.
fn start() -> Timestamp {
    Timestamp::constant(1_772_452_800, 0)
}

/// All chapters, in the order of their files.
#[expect(clippy::panic, reason = "a test fails by it")]
pub fn chapters() -> Vec<(String, Chapter)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("alerting/cases");
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    let read = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("cases are UTF-8 text");
        match serde_yaml::from_str(&text) {
            Ok(chapter) => (name, chapter),
            Err(error) => panic!("{name}: {error}"),
        }
    };
    paths.iter().map(|path| read(path)).collect()
}

impl Case {
    /// The records: name, time, and the rest of the line.
    pub fn lines(&self) -> Result<Vec<(String, Timestamp, String)>, String> {
        let mut lines = Vec::new();
        for line in &self.records {
            let mut words = line.splitn(3, ' ');
            let (Some(name), Some(offset), Some(rest)) = (words.next(), words.next(), words.next())
            else {
                return Err(format!("`{line}` is no record"));
            };
            let (name, count) = match name.split_once('*') {
                Some((name, count)) => {
                    (name, Some(count.parse::<i32>().map_err(|_| format!("`{line}`: a number?"))?))
                }
                None => (name, None),
            };
            let (offset, step) = offset.split_once('+').unwrap_or((offset, "0s"));
            let (first, step) = (self.time(offset)?, duration(step)?);
            match count {
                None => lines.push((name.to_owned(), first, rest.to_owned())),
                Some(count) => {
                    lines.extend((0..count).map(|at| {
                        (format!("{name}{}", at + 1), first + step * at, rest.to_owned())
                    }))
                }
            }
        }
        Ok(lines)
    }

    /// The time of an offset.
    pub fn time(&self, offset: &str) -> Result<Timestamp, String> {
        Ok(self.start + duration(offset)?)
    }

    /// The names of the records in the order of their arrival.
    pub fn arrivals(&self) -> Result<Vec<String>, String> {
        match &self.arrival {
            Some(names) => names_of(names),
            None => Ok(self.lines()?.into_iter().map(|(name, ..)| name).collect()),
        }
    }
}

/// `a b m1..m9` as names.
pub fn names_of(text: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for word in text.split_whitespace() {
        let Some((first, last)) = word.split_once("..") else {
            names.push(word.to_owned());
            continue;
        };
        let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = |name: &str| {
            let number = name.strip_prefix(stem).and_then(|number| number.parse::<u32>().ok());
            number.ok_or_else(|| format!("`{word}` is no range of names"))
        };
        let (first, last) = (number(first)?, number(last)?);
        if first <= last {
            names.extend((first..=last).map(|number| format!("{stem}{number}")));
        } else {
            names.extend((last..=first).rev().map(|number| format!("{stem}{number}")));
        }
    }
    Ok(names)
}

/// `1h2m3s`, `-15m`, `1500ms`
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no time");
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut total = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = rest.split_at(digits);
        let letters = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let (unit, next) = unit.split_at(letters);
        let length = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        total += number.parse::<i64>().map_err(|_| wrong())? * length;
        rest = next;
    }
    Ok(SignedDuration::from_millis(sign * total))
}
