//! Alerts as they are remembered: what was told, and beside it what was counted into it since,
//! which changes often and is small.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    alert::{Alert, MOST_EVENT_IDS},
    facts::Facts,
    json,
    store::{Item, Key, Order, Range, Store, StoreError, When, Write},
};

/// How long alerts are remembered.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The partitions of alerts begin so. They are sorted by what the alerts are about.
pub const PREFIX: &str = "alert/";

const ALERT: &str = "alert";
const FOLDED: &str = "folded";

/// An alert as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// As it was told.
    pub alert: Alert,
    version: u64,
    folded: Folded,
    folded_version: u64,
}

/// What was counted into an alert since it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Folded {
    count: u64,
    event_ids: Vec<String>,
}

/// Reads an alert.
///
/// # Errors
/// If the store cannot be read.
pub async fn read<S: Store>(
    store: &S,
    id: &str,
    now: Timestamp,
) -> Result<Option<Told>, StoreError> {
    let range = Range {
        partition: format!("{PREFIX}{id}"),
        from: ALERT.to_owned(),
        to: FOLDED.to_owned(),
        order: Order::Ascending,
        limit: 2,
    };
    let items = store.query(&range, now).await?;
    let part = |sort: &str| items.iter().find(|item| item.key.sort == sort);
    let Some(item) = part(ALERT) else {
        return Ok(None);
    };
    let folded = part(FOLDED);
    Ok(Some(Told {
        alert: json::read(item)?,
        version: item.version,
        folded: folded.map(json::read).transpose()?.unwrap_or_default(),
        folded_version: folded.map_or(0, |item| item.version),
    }))
}

/// The write of an alert that is told for the first time.
pub fn write_new(alert: &Alert, now: Timestamp) -> Write {
    write(alert, 0, now)
}

impl Told {
    /// How many matches were kept back since it was told.
    pub fn kept_back(&self) -> u64 {
        self.folded.count
    }

    /// The alert with all that was counted into it.
    pub fn complete(mut self) -> Alert {
        self.alert.count += self.folded.count;
        let room = MOST_EVENT_IDS.saturating_sub(self.alert.event_ids.len());
        self.alert.event_ids.extend(self.folded.event_ids.into_iter().take(room));
        self.alert
    }

    /// The write that counts a match into it.
    pub fn fold(&self, facts: &Facts, now: Timestamp) -> Write {
        let mut folded = self.folded.clone();
        folded.count += 1;
        if self.alert.event_ids.len() + folded.event_ids.len() < MOST_EVENT_IDS {
            folded.event_ids.extend(facts.event_id.clone());
        }
        let key = key(&self.alert.id, FOLDED);
        put(key, self.folded_version, json::body(&folded), now.max(self.alert.time))
    }

    /// The writes that put another text of it in its place, with all that was counted in it.
    pub fn replace(&self, alert: &Alert, now: Timestamp) -> Vec<Write> {
        let mut writes = vec![write(alert, self.version, now)];
        if self.folded_version > 0 {
            let when = When::Version(self.folded_version);
            writes.push(Write::Delete(key(&self.alert.id, FOLDED), when));
        }
        writes
    }

    /// The write that notes that a channel has accepted it.
    pub fn accepted(&self, channel: &str, now: Timestamp) -> Write {
        let mut alert = self.alert.clone();
        alert.owed.retain(|owed| owed != channel);
        write(&alert, self.version, now)
    }
}

fn write(alert: &Alert, version: u64, now: Timestamp) -> Write {
    put(key(&alert.id, ALERT), version, json::body(alert), now.max(alert.time))
}

fn put(key: Key, version: u64, body: String, from: Timestamp) -> Write {
    let when = if version == 0 { When::Absent } else { When::Version(version) };
    let expires = Some(from.saturating_add(KEPT).unwrap_or(Timestamp::MAX));
    Write::Put(Item { key, version: version + 1, expires, body }, when)
}

fn key(alert: &str, sort: &str) -> Key {
    Key::new(format!("{PREFIX}{alert}"), sort)
}
