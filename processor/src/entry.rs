//! Entries: a match's membership in the windows of a pattern, as it is remembered.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use trailalerts_core::Match;

use crate::{
    facts::{Facts, bounded},
    json,
    pattern::{Group, Pattern},
    store::{Item, Key, StoreError, When, Write},
};

/// How much later than its time a record may arrive and still be counted: CloudTrail delivers
/// within minutes, and a queue keeps what could not be handled for hours.
pub const LATENESS: SignedDuration = SignedDuration::from_hours(24);

/// A match's membership in the windows of one pattern and group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub time: Timestamp,
    /// Names the record.
    pub record: String,
    /// Which of the pattern's members matched.
    pub member: usize,
    /// The value that the pattern's test looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is told of the record.
    pub seen: Seen,
}

/// What an alert tells of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// `eventID`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The title of the rule or correlation that matched.
    pub title: String,
    /// `eventName`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_name: Option<String>,
    /// Who did it.
    pub actor: String,
    /// The account it happened in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `awsRegion`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `sourceIPAddress`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// The values of the fields whose distribution is told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

impl Seen {
    /// What an alert tells of a match, with the values of these fields.
    pub fn of(found: &Match<'_>, facts: &Facts, fields: &[&str]) -> Seen {
        let text = |path: &str| found.text(path).map(bounded);
        Seen {
            event_id: facts.event_id.clone(),
            title: found.rule.title.to_owned(),
            event_name: text("eventName"),
            actor: facts.actor.canonical.clone(),
            account: facts.account.clone(),
            region: facts.region.clone(),
            source_ip: text("sourceIPAddress"),
            values: fields
                .iter()
                .filter_map(|field| Some(((*field).to_owned(), text(field)?)))
                .collect(),
        }
    }
}

impl Seen {
    /// What an alert tells of what a correlation found.
    pub fn of_group(title: &str, group: &Group) -> Seen {
        Seen {
            title: title.to_owned(),
            actor: group.get("userIdentity.arn").unwrap_or_default().to_owned(),
            account: group.get("recipientAccountId").map(str::to_owned),
            region: group.get("awsRegion").map(str::to_owned),
            source_ip: group.get("sourceIPAddress").map(str::to_owned),
            ..Seen::default()
        }
    }
}

/// The entries of one member in one group: a partition of the store, sorted by time.
pub fn lane(pattern: &Pattern, group: &Group, member: usize) -> String {
    format!("window/{}/{}/{member}", pattern.id, group.digest())
}

/// Texts of times sort as the times do: from 1970 on, to the millisecond.
pub fn sort_of(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Greater than the `sort` of every item of this time.
pub fn sort_behind(time: Timestamp) -> String {
    format!("{time:.3}/~")
}

/// The write that remembers an entry; repeated, it changes nothing.
pub fn remember(pattern: &Pattern, group: &Group, entry: &Entry, now: Timestamp) -> Write {
    let window = SignedDuration::from_millis(pattern.window);
    let item = Item {
        key: key_of(pattern, group, entry),
        version: 0,
        expires: Some(later(now.max(entry.time), window)),
        body: json::body(entry),
    };
    Write::Put(item, When::Always)
}

/// The write that removes an entry.
pub fn forget(pattern: &Pattern, group: &Group, entry: &Entry) -> Write {
    Write::Delete(key_of(pattern, group, entry), When::Always)
}

fn key_of(pattern: &Pattern, group: &Group, entry: &Entry) -> Key {
    let sort = format!("{}/{}", sort_of(entry.time), entry.record);
    Key::new(lane(pattern, group, entry.member), sort)
}

/// When what matters for a while from a time on can be forgotten.
pub fn later(time: Timestamp, length: SignedDuration) -> Timestamp {
    let end = time.saturating_add(length).and_then(|end| end.saturating_add(LATENESS));
    end.unwrap_or(Timestamp::MAX)
}

/// The entry of an item.
///
/// # Errors
/// If the item is none.
pub fn entry_of(item: &Item) -> Result<Entry, StoreError> {
    json::read(item)
}
