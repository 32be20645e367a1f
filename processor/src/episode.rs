//! Episodes: how long a pattern holds.
//!
//! A time at which the test holds of the window that ends there is an anchor. Anchors no further
//! apart than the window is long are one episode, which covers the records from one window before
//! its first anchor to its last one. More records add anchors and join episodes; where a pattern
//! [grows](crate::pattern::Pattern::grows) none goes away, so that in the end the episodes are the
//! same for every order in which the records came.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    entry::{later, sort_behind, sort_of},
    json,
    pattern::{Group, Pattern},
    store::{Item, Key, Order, Range, Store, StoreError, When, Write},
    window::{after, before},
};

/// How many episodes can lie within a window's length of the anchors of one record's windows:
/// between two of them lies a window's length.
const MOST_NEAR: usize = 5;

/// A run of records over which a pattern holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// The first anchor.
    pub first: Timestamp,
    /// The last anchor.
    pub last: Timestamp,
    /// The id of the alert that tells of it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// What its records have in common.
    pub group: Group,
}

/// What is known of the episodes of a group near some anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Counts the changes of the group's episodes; 0 before the first.
    pub version: u64,
    /// The episodes that the anchors belong to.
    pub near: Vec<Episode>,
}

/// The episode that anchors belong to, and what becomes of those it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// As it is with the anchors.
    pub episode: Episode,
    /// As it was: none where it begins, several where the anchors join them.
    pub before: Vec<Episode>,
    /// The version of the group's episodes that this was made from.
    pub version: u64,
}

impl Joined {
    /// The episode of some anchors of a group, no two of them further apart than the window.
    pub fn of(standing: Standing, anchors: (Timestamp, Timestamp), group: &Group) -> Joined {
        let (first, last) = anchors;
        let near = &standing.near;
        let earliest = near.iter().map(|other| other.first).min();
        let latest = near.iter().map(|other| other.last).max();
        let episode = Episode {
            first: earliest.map_or(first, |earliest| earliest.min(first)),
            last: latest.map_or(last, |latest| latest.max(last)),
            // Of several alerts that of the earliest goes on.
            alert: near.iter().find_map(|other| other.alert.clone()),
            group: group.clone(),
        };
        Joined { episode, before: standing.near, version: standing.version }
    }

    /// Whether nothing of it is new.
    pub fn is_unchanged(&self) -> bool {
        self.before.as_slice() == std::slice::from_ref(&self.episode)
    }

    /// The writes that make it so, unless someone changed the group's episodes meanwhile.
    pub fn writes(&self, pattern: &Pattern, now: Timestamp) -> Vec<Write> {
        let partition = partition(pattern, &self.episode.group);
        let expires = later(
            now.max(self.episode.last),
            SignedDuration::from_millis(pattern.window.saturating_mul(2)),
        );
        let item = |sort: String, version, body| Item {
            key: Key::new(partition.clone(), sort),
            version,
            expires: Some(expires),
            body,
        };
        let when = if self.version == 0 { When::Absent } else { When::Version(self.version) };
        let mut writes =
            vec![Write::Put(item(HEAD.to_owned(), self.version + 1, "{}".to_owned()), when)];
        let sort = sort_of(self.episode.first);
        for other in self.before.iter().map(|other| sort_of(other.first)) {
            if other != sort {
                writes.push(Write::Delete(Key::new(partition.clone(), other), When::Always));
            }
        }
        writes.push(Write::Put(item(sort, 0, json::body(&self.episode)), When::Always));
        writes
    }
}

/// Sorts in front of all episodes. Whoever changes one of a group counts up its version, so that
/// two that change episodes of the same group notice each other.
const HEAD: &str = "#";

fn partition(pattern: &Pattern, group: &Group) -> String {
    format!("episodes/{}/{}", pattern.id, group.digest())
}

/// Reads what is known of a group's episodes near its anchors, the first and the last of them.
///
/// # Errors
/// If the store cannot be read.
pub async fn standing<S: Store>(
    store: &S,
    pattern: &Pattern,
    group: &Group,
    anchors: (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let (first, last) = anchors;
    // The head first: what changes after it is read is noticed.
    let head = store.get(&Key::new(partition(pattern, group), HEAD), now).await?;
    let range = Range {
        partition: partition(pattern, group),
        from: "0".to_owned(),
        to: sort_behind(after(last, pattern)),
        order: Order::Descending,
        limit: MOST_NEAR,
    };
    let mut near = Vec::new();
    for item in store.query(&range, now).await? {
        let episode: Episode = json::read(&item)?;
        if episode.last >= before(first, pattern) {
            near.push(episode);
        }
    }
    near.reverse();
    Ok(Standing { version: head.map_or(0, |head| head.version), near })
}

/// All episodes of a group, by time: at most `limit`.
///
/// # Errors
/// If the store cannot be read.
pub async fn episodes<S: Store>(
    store: &S,
    pattern: &Pattern,
    group: &Group,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Episode>, StoreError> {
    let range = Range {
        partition: partition(pattern, group),
        from: "0".to_owned(),
        to: "~".to_owned(),
        order: Order::Ascending,
        limit,
    };
    store.query(&range, now).await?.iter().map(json::read).collect()
}
