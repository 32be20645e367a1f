//! Cooldown: after an alert, others of its kind are counted into it for a while.
//!
//! What an alert keeps back lies within the cooldown of its own time, later or earlier, so that
//! records that arrive late are kept back as well.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    entry::{later, sort_behind, sort_of},
    facts::digest,
    json,
    store::{Item, Key, Order, Range, Store, StoreError, When, Write},
};

/// The cooldown of one kind of alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooldown {
    /// What alerts have in common that keep each other back.
    partition: String,
    /// How long, in seconds; more than 0.
    seconds: i64,
}

/// An alert that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    time: Timestamp,
    alert: String,
}

/// What is known of the cooldown at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cooling {
    /// Counts the alerts of this kind; 0 before the first.
    version: u64,
    /// The id of the alert that keeps others back at this time.
    pub running: Option<String>,
    /// The id of the last alert before it, where none is running.
    pub previous: Option<String>,
}

/// Sorts in front of all rows; see the head of a group's episodes.
const HEAD: &str = "#";

impl Cooldown {
    /// The cooldown of what has these texts in common; none where it lasts 0 seconds.
    pub fn of(common: &[&str], seconds: u64) -> Option<Cooldown> {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX / 1000);
        (seconds > 0)
            .then(|| Cooldown { partition: format!("cooldown/{}", digest(common)), seconds })
    }

    /// Reads what is known of it at a time.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn at<S: Store>(
        &self,
        store: &S,
        time: Timestamp,
        now: Timestamp,
    ) -> Result<Cooling, StoreError> {
        let head = store.get(&Key::new(&self.partition, HEAD), now).await?;
        let Some(head) = head else {
            return Ok(Cooling::default());
        };
        let range = |from: String, to: String, order| Range {
            partition: self.partition.clone(),
            from,
            to,
            order,
            limit: 1,
        };
        let earlier = range("0".to_owned(), sort_behind(time), Order::Descending);
        let later = range(sort_of(time), "~".to_owned(), Order::Ascending);
        let mut cooling = Cooling { version: head.version, ..Cooling::default() };
        for (range, is_before) in [(earlier, true), (later, false)] {
            for item in store.query(&range, now).await? {
                let row: Row = json::read(&item)?;
                let apart = row.time.duration_since(time).abs();
                if apart < SignedDuration::from_secs(self.seconds) {
                    cooling.running.get_or_insert(row.alert);
                } else if is_before {
                    cooling.previous = Some(row.alert);
                }
            }
        }
        Ok(cooling)
    }

    /// The writes by which an alert of this time keeps others back, unless someone else told one
    /// meanwhile.
    pub fn writes(
        &self,
        cooling: &Cooling,
        time: Timestamp,
        alert: &str,
        now: Timestamp,
    ) -> Vec<Write> {
        let expires =
            later(now.max(time), SignedDuration::from_secs(self.seconds.saturating_mul(2)));
        let item = |sort: String, version, body| Item {
            key: Key::new(&self.partition, sort),
            version,
            expires: Some(expires),
            body,
        };
        let when = match cooling.version {
            0 => When::Absent,
            version => When::Version(version),
        };
        let row = Row { time, alert: alert.to_owned() };
        vec![
            Write::Put(item(HEAD.to_owned(), cooling.version + 1, "{}".to_owned()), when),
            Write::Put(item(sort_of(time), 0, json::body(&row)), When::Always),
        ]
    }
}
