//! What is still to be delivered.
//!
//! It stands in a few partitions, sorted by when it is to be tried next, so that it is
//! found without looking at what was delivered.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    alert::Alert,
    entry::{sort_behind, sort_of},
    json,
    store::{Item, Key, Order, Range, Store, StoreError, When, Write},
    told::KEPT,
};

/// Whoever told the alert has so long to deliver it before others try.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

/// The longest pause between two tries.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Partitions of what is owed.
const SHARDS: u8 = 4;

/// What is owed of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The id of the alert.
    pub alert: String,
    /// How often it was tried by those who look for what is owed.
    pub tries: u32,
    /// When it is to be tried.
    pub due: Timestamp,
}

/// What is owed of an alert that is told now, if it is to any channel.
pub fn owe(alert: &Alert, now: Timestamp) -> Option<Owed> {
    let due = now.saturating_add(GRACE).unwrap_or(now);
    (!alert.owed.is_empty()).then(|| Owed { alert: alert.id.clone(), tries: 0, due })
}

impl Owed {
    /// The write by which it is owed.
    pub fn put(&self, now: Timestamp) -> Write {
        let item = Item {
            key: self.key(),
            version: u64::from(self.tries) + 1,
            expires: Some(now.max(self.due).saturating_add(KEPT).unwrap_or(Timestamp::MAX)),
            body: json::body(self),
        };
        Write::Put(item, When::Always)
    }

    fn key(&self) -> Key {
        let shard = self.alert.bytes().fold(0u8, |sum, byte| sum.wrapping_add(byte)) % SHARDS;
        Key::new(format!("owed/{shard}"), format!("{}/{}", sort_of(self.due), self.alert))
    }

    /// The writes that put it off, unless someone else takes care of it.
    pub fn put_off(&self, now: Timestamp) -> (Owed, Vec<Write>) {
        let pause = SignedDuration::from_mins(1 << self.tries.min(6)).min(LONGEST_PAUSE);
        let later = Owed {
            alert: self.alert.clone(),
            tries: self.tries.saturating_add(1),
            due: now.saturating_add(pause).unwrap_or(now),
        };
        let taken = Write::Delete(self.key(), When::Version(u64::from(self.tries) + 1));
        let writes = vec![taken, later.put(now)];
        (later, writes)
    }

    /// The write that settles it.
    pub fn settle(&self) -> Write {
        Write::Delete(self.key(), When::Always)
    }
}

/// What is to be tried by now, the oldest first: at most `limit` of each partition.
///
/// # Errors
/// If the store cannot be read.
pub async fn due<S: Store>(
    store: &S,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Owed>, StoreError> {
    let mut due = Vec::new();
    for shard in 0..SHARDS {
        let range = Range {
            partition: format!("owed/{shard}"),
            from: "0".to_owned(),
            to: sort_behind(now),
            order: Order::Ascending,
            limit,
        };
        for item in store.query(&range, now).await? {
            due.push(json::read(&item)?);
        }
    }
    Ok(due)
}
