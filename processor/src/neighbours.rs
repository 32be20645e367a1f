//! The records around a record, no more than a pattern needs to judge the windows that hold it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    entry::{Entry, entry_of, lane, sort_behind, sort_of},
    pattern::{Group, Pattern, Test, Which},
    store::{Order, Range, Store, StoreError},
    window::{after, before},
};
use trailalerts_core::correlation::{Comparison, Operator};

/// How many records of one member are looked at on each side of a record where the test gives no
/// bound: a bound for time and memory. Of more in one window, the nearest are judged.
pub const MOST_NEIGHBOURS: usize = 10_000;

/// Reads the entries of one pattern and group.
pub struct Lanes<'s, S> {
    /// Where they are remembered.
    pub store: &'s S,
    /// The pattern.
    pub pattern: &'s Pattern,
    /// The group.
    pub group: &'s Group,
    /// What has expired by then is not there.
    pub now: Timestamp,
}

impl<S: Store> Lanes<'_, S> {
    /// The entries around a time that decide whether the test holds of the windows with that time
    /// in them, sorted by time: of those behind the time, where it is not asked for every one, as
    /// many as tell the first and the last time at which it holds.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn around(&self, at: Timestamp, every: bool) -> Result<Vec<Entry>, StoreError> {
        let (start, end) = (before(at, self.pattern), after(at, self.pattern));
        let members = self.pattern.members.len();
        let mut found = Sorted::default();
        match &self.pattern.test {
            // So many nearest ones suffice: where there are more behind the time, each of them is
            // an anchor, and the last one tells how far that goes. Nobody else may have seen that:
            // whoever remembered the others meanwhile finds as many without looking further.
            Test::Count(comparisons) if self.pattern.grows() => {
                let most = enough(comparisons);
                let behind = if every { MOST_NEIGHBOURS.max(most) } else { most };
                for member in 0..members {
                    found.add(self.read(member, start, at, Order::Descending, most).await?);
                    let next = self.read(member, at, end, Order::Ascending, behind).await?;
                    if next.len() == behind {
                        found.add(self.read(member, at, end, Order::Descending, 1).await?);
                    }
                    found.add(next);
                }
                return Ok(found.into_entries());
            }
            // A window with the time and one of an earlier member's records in it has the nearest.
            Test::Present { ordered: false, .. } => {
                for member in 0..members {
                    found.add(self.read(member, start, at, Order::Descending, 1).await?);
                }
            }
            // The latest beginning of the chain, as far as it may have come.
            Test::Present { ordered: true, which: Which::All } => {
                for length in 1..=members {
                    found.add(self.chain(length, start, at).await?);
                }
            }
            _ => {
                for member in 0..members {
                    let most = MOST_NEIGHBOURS;
                    found.add(self.read(member, start, at, Order::Descending, most).await?);
                }
            }
        }
        for member in 0..members {
            let most = MOST_NEIGHBOURS;
            found.add(self.read(member, at, end, Order::Ascending, most).await?);
        }
        Ok(found.into_entries())
    }

    /// All entries of a span, both ends in it, sorted by time: at most [`MOST_NEIGHBOURS`] of each
    /// member, the latest.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn between(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let mut found = Sorted::default();
        for member in 0..self.pattern.members.len() {
            found.add(self.read(member, from, to, Order::Descending, MOST_NEIGHBOURS).await?);
        }
        Ok(found.into_entries())
    }

    /// The entries by which so many members come in order until a time, each as late as can be.
    async fn chain(
        &self,
        length: usize,
        start: Timestamp,
        at: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut found = Vec::new();
        // Where the chain goes on backwards: the latest two records that may be next, of which at
        // most one is the record that is looked for.
        let mut ends: Vec<(Timestamp, Option<String>)> = vec![(at, None)];
        for member in (0..length).rev() {
            let mut next: Vec<(Timestamp, Option<String>)> = Vec::new();
            for (bound, record) in &ends {
                for entry in self.read(member, start, *bound, Order::Descending, 3).await? {
                    let end = (entry.time, Some(entry.record.clone()));
                    if end.1 != *record && !next.contains(&end) {
                        next.push(end);
                    }
                    found.push(entry);
                }
            }
            next.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
            next.truncate(2);
            ends = next;
        }
        Ok(found)
    }

    async fn read(
        &self,
        member: usize,
        from: Timestamp,
        to: Timestamp,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let range = Range {
            partition: lane(self.pattern, self.group, member),
            from: sort_of(from),
            to: sort_behind(to),
            order,
            limit,
        };
        self.store.query(&range, self.now).await?.iter().map(entry_of).collect()
    }
}

/// So many matches make the comparisons hold, which have lower bounds only.
fn enough(comparisons: &[Comparison]) -> usize {
    let needed = comparisons.iter().map(|comparison| match comparison.operator {
        Operator::Greater => comparison.value as usize + 1,
        _ => comparison.value as usize,
    });
    needed.max().unwrap_or_default().max(1)
}

/// Entries by time, each once.
#[derive(Default)]
struct Sorted(BTreeMap<(Timestamp, String, usize), Entry>);

impl Sorted {
    fn add(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.0.insert((entry.time, entry.record.clone(), entry.member), entry);
        }
    }

    fn into_entries(self) -> Vec<Entry> {
        self.0.into_values().collect()
    }
}
