//! What people are told.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailalerts_core::{Level, Match};

use crate::{
    entry::{Entry, Seen},
    facts::{Facts, bounded},
    json,
    pattern::Group,
};

/// How many records an alert names by their `eventID`.
pub const MOST_EVENT_IDS: usize = 100;
/// How many records an alert describes.
const MOST_RELATED: usize = 20;
/// How many values of a field an alert lists.
const MOST_VALUES: usize = 10;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A rule fired on a record.
    Detection,
    /// A rule fired as often as a threshold says.
    Threshold,
    /// What belongs together came together.
    Correlation,
    /// What is expected stayed away.
    Absence,
}

impl Kind {
    /// The kind as rows and notifications name it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Detection => "detection",
            Kind::Threshold => "threshold",
            Kind::Correlation => "correlation",
            Kind::Absence => "absence",
        }
    }
}

/// What people are told: who did what, where, when, and why it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Names it: sorts by the time it is about.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// The id of the rule or correlation.
    pub rule_id: String,
    /// Its title.
    pub rule_title: String,
    /// How much it weighs.
    #[serde(with = "json::level")]
    pub severity: Level,
    /// Time of the record that it was told for.
    pub time: Timestamp,
    /// Whether that is the record's own time, not that of its arrival.
    pub dated: bool,
    /// The account it happened in, where it is one.
    pub account: Option<String>,
    /// The region it happened in, where it is one.
    pub region: Option<String>,
    /// Who did it, where it was one.
    pub actor: Option<String>,
    /// Values that the matches told of have in common, by field.
    pub group: BTreeMap<String, String>,
    /// How many matches it tells of.
    pub count: u64,
    /// `eventID` of their records, the first of them.
    pub event_ids: Vec<String>,
    /// What their records say, the last of them; empty where it is one.
    pub related: Vec<Related>,
    /// How the values of chosen fields are distributed.
    pub distributions: Vec<Distribution>,
    /// How many matches the alert before it kept back.
    pub suppressed: u64,
    /// Why it is told, in words.
    pub reason: String,
    /// How often it was told: more than once where it went on, or where more came to light.
    pub told: u32,
    /// Channels that have not accepted it yet.
    pub owed: Vec<String>,
    /// Why nobody knows whether it was told before, and what happened around it, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfiltered: Option<String>,
}

/// A record that an alert tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// When it happened.
    pub time: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub seen: Seen,
}

/// How often a field has which value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// The field.
    pub field: String,
    /// The most frequent values with their counts, and then by the value.
    pub values: Vec<(String, u64)>,
    /// How many other values there are.
    pub others: u64,
    /// How many records have the field.
    pub count: u64,
}

impl Alert {
    /// The alert of a single match, with a reason.
    pub fn of_match(found: &Match<'_>, facts: &Facts, id: String) -> Alert {
        Alert {
            id,
            kind: Kind::Detection,
            rule_id: found.rule.id.to_owned(),
            rule_title: found.rule.title.to_owned(),
            severity: found.rule.level,
            time: facts.time,
            dated: facts.dated,
            account: facts.account.clone(),
            region: facts.region.clone(),
            actor: Some(facts.actor.canonical.clone()),
            group: BTreeMap::new(),
            count: 1,
            event_ids: facts.event_id.clone().into_iter().collect(),
            related: Vec::new(),
            distributions: Vec::new(),
            suppressed: 0,
            reason: reason(found),
            told: 1,
            owed: Vec::new(),
            unfiltered: None,
        }
    }

    /// The alert that something stayed away, of a group; without a rule as yet.
    pub fn of_absence(id: String, time: Timestamp, group: &Group, reason: String) -> Alert {
        Alert {
            id,
            kind: Kind::Absence,
            rule_id: String::new(),
            rule_title: String::new(),
            severity: Level::Medium,
            time,
            dated: true,
            account: None,
            region: None,
            actor: None,
            group: group.0.iter().cloned().collect(),
            count: 0,
            event_ids: Vec::new(),
            related: Vec::new(),
            distributions: Vec::new(),
            suppressed: 0,
            reason,
            told: 1,
            owed: Vec::new(),
            unfiltered: None,
        }
    }

    /// Tells of these records, which are sorted by time: their count, and what they have in common.
    pub fn tell_of(&mut self, entries: &[Entry]) {
        self.count = entries.len() as u64;
        // A record that several members matched is named once.
        let mut named = HashSet::new();
        self.event_ids = entries
            .iter()
            .filter(|entry| named.insert(&entry.record))
            .filter_map(|entry| entry.seen.event_id.clone())
            .take(MOST_EVENT_IDS)
            .collect();
        self.account = common(entries, |seen| seen.account.as_deref());
        self.region = common(entries, |seen| seen.region.as_deref());
        self.actor = common(entries, |seen| {
            Some(&seen.actor).filter(|actor| !actor.is_empty()).map(String::as_str)
        });
        self.related = entries
            .iter()
            .rev()
            .take(MOST_RELATED)
            .rev()
            .map(|entry| Related { time: entry.time, seen: entry.seen.clone() })
            .collect();
    }
}

/// What all records say, where they say the same.
fn common<'e>(entries: &'e [Entry], of: impl Fn(&'e Seen) -> Option<&'e str>) -> Option<String> {
    let mut values = entries.iter().filter_map(|entry| of(&entry.seen));
    let first = values.next()?;
    values.all(|other| other == first).then(|| first.to_owned())
}

/// How the values of a field are distributed over records.
pub fn distribution(field: &str, entries: &[Entry]) -> Distribution {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for value in entries.iter().filter_map(|entry| entry.seen.values.get(field)) {
        *counts.entry(value).or_default() += 1;
    }
    let mut values: Vec<(String, u64)> =
        counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
    values.sort_by(|(left, more), (right, less)| less.cmp(more).then_with(|| left.cmp(right)));
    let count = values.iter().map(|(_, count)| count).sum();
    let others = values.len().saturating_sub(MOST_VALUES) as u64;
    values.truncate(MOST_VALUES);
    Distribution { field: field.to_owned(), values, others, count }
}

/// The call and the condition it met: `iam CreateUser from 192.0.2.1 meets selection`.
fn reason(found: &Match<'_>) -> String {
    let mut text = String::new();
    let value = |path: &str| found.text(path).map(bounded);
    let service = value("eventSource");
    if let Some(service) = &service {
        text.push_str(service.strip_suffix(".amazonaws.com").unwrap_or(service));
        text.push(' ');
    }
    text.push_str(value("eventName").as_deref().unwrap_or("a record without eventName"));
    for (word, path) in [("from", "sourceIPAddress"), ("refused with", "errorCode")] {
        if let Some(value) = value(path) {
            text.push_str(&format!(" {word} {value}"));
        }
    }
    format!("{text} meets `{}`", found.rule.condition)
}
