//! Expired items leave the file in passing: each checkpoint looks at some more of them.

use redb::ReadableTable;

use super::file::{Entry, Table};

/// How many items a checkpoint looks at: twice as many as there are writes between two of them,
/// so that the sweep is not outrun by what is written.
pub(super) const ITEMS_PER_CHECKPOINT: usize = 2 * super::WRITES_PER_CHECKPOINT;

/// Where the sweep is, and what has expired for it.
#[derive(Default)]
pub(super) struct Sweep {
    /// The key that is looked at next.
    at: (Vec<u8>, Vec<u8>),
    /// The earliest second of which the last commits said that it is now. A scan replays records
    /// by their times, of which one can be far ahead: that must not remove what others look for.
    earliest: Option<i64>,
}

impl Sweep {
    /// Notes the second of a commit.
    pub(super) fn seen(&mut self, second: i64) {
        self.earliest = Some(self.earliest.map_or(second, |earliest| earliest.min(second)));
    }

    /// Removes what has expired of the next items.
    pub(super) fn some(&mut self, table: &mut Table<'_>) -> Result<(), redb::Error> {
        let Some(second) = self.earliest.take() else { return Ok(()) };
        let mut expired = Vec::new();
        let mut next = None;
        let from = (self.at.0.as_slice(), self.at.1.as_slice());
        for (index, entry) in table.range(from..)?.enumerate() {
            let (key, value) = entry?;
            let (partition, sort) = key.value();
            if index == ITEMS_PER_CHECKPOINT {
                next = Some((partition.to_owned(), sort.to_owned()));
                break;
            }
            if Entry::from(value.value()).has_expired(second) {
                expired.push((partition.to_owned(), sort.to_owned()));
            }
        }
        for (partition, sort) in &expired {
            table.remove((partition.as_slice(), sort.as_slice()))?;
        }
        self.at = next.unwrap_or_default();
        Ok(())
    }
}
