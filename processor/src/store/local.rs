//! A store in one file of this machine.
//!
//! Commits are gathered in an open transaction of the database, which a checkpoint makes durable:
//! a process that dies leaves the file as the last checkpoint found it. A transaction that fails
//! takes all since the last checkpoint along, so the store then refuses everything that follows.

mod file;
mod sweep;
#[cfg(test)]
mod tests;

use std::{
    ops::{Bound, ControlFlow},
    path::Path,
    sync::{Mutex, MutexGuard},
};

use jiff::Timestamp;
use redb::{Database, ReadableTable, WriteTransaction};

use self::{
    file::{Entry, ITEMS, Table},
    sweep::Sweep,
};
use super::{
    Committed, Item, Key, Order, Range, Store, StoreError, When, Write, check_key, check_range,
    check_writes, whole_seconds,
};

/// After how many writes a checkpoint is made.
const WRITES_PER_CHECKPOINT: usize = 8_192;

/// How many items [`LocalStore::each`] reads at once.
const ITEMS_AT_ONCE: usize = 256;

/// A store in a file.
///
/// Durable is what was written before the last [`checkpoint`](Self::checkpoint). One is made
/// every 8,192 writes, and one when the store is dropped, whose errors nobody sees: who wants to
/// know makes the last one.
pub struct LocalStore {
    state: Mutex<State>,
}

struct State {
    /// The file, as messages name it.
    name: String,
    database: Database,
    /// What was written since the last checkpoint.
    open: Option<WriteTransaction>,
    /// How many writes these are.
    writes: usize,
    sweep: Sweep,
    /// Whether checkpoints are made without being asked for.
    by_itself: bool,
    /// Why nothing can be read or written any more.
    broken: Option<StoreError>,
}

impl LocalStore {
    /// Opens the store in a file, or begins one where there is no file, or an empty one.
    ///
    /// # Errors
    /// If the file cannot be read and written, holds something else, is of a newer version, or if
    /// another process has it open; only the last passes.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let name = format!("{:?}", path.display().to_string());
        let database = file::open(path, &name)?;
        Ok(Self::new(name, database))
    }

    /// The same, of which nothing is kept but by a [`checkpoint`](Self::checkpoint) that is asked
    /// for: what ends before it leaves the file as it was.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_until_checkpoint(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let store = Self::open(path)?;
        store.state()?.by_itself = false;
        Ok(store)
    }

    /// A new store in a temporary file, which is gone when this process is.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn temporary() -> Result<Self, StoreError> {
        let name = "a temporary file".to_owned();
        let database = file::temporary(&name)?;
        Ok(Self::new(name, database))
    }

    fn new(name: String, database: Database) -> Self {
        let sweep = Sweep::default();
        let state =
            State { name, database, open: None, writes: 0, sweep, by_itself: true, broken: None };
        Self { state: Mutex::new(state) }
    }

    /// Makes durable what was written, and removes some of what has expired.
    ///
    /// # Errors
    /// If the file cannot be written. What was written since the checkpoint before is lost then.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.state()?.run(State::checkpoint)
    }

    /// Shows each item that has not expired by `now` and whose partition begins with `prefix`, in
    /// the order of their keys, until `show` breaks. It may use the store meanwhile; what it
    /// writes behind the item that it is shown, it is shown later.
    ///
    /// # Errors
    /// If the file cannot be read, or is damaged.
    pub fn each(
        &self,
        prefix: &str,
        now: Timestamp,
        mut show: impl FnMut(Item) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut last = None;
        loop {
            let items = self.state()?.run(|state| state.next(prefix, last.as_ref()))?;
            let Some(item) = items.last() else { return Ok(()) };
            last = Some(item.key.clone());
            for item in items {
                if !item.has_expired(now) && show(item).is_break() {
                    return Ok(());
                }
            }
        }
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        // What a panic has left half done must not be made durable.
        self.state.lock().map_err(|_| StoreError {
            passing: false,
            message: "it was left by a panic while it was used".to_owned(),
        })
    }
}

impl Drop for LocalStore {
    fn drop(&mut self) {
        if self.state().is_ok_and(|state| state.by_itself) {
            let _ = self.checkpoint();
        }
    }
}

impl Store for LocalStore {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, StoreError> {
        check_key(key)?;
        self.state()?.run(|state| state.get(key, now))
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        check_range(range)?;
        if range.from > range.to {
            return Ok(Vec::new());
        }
        self.state()?.run(|state| state.query(range, now))
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        check_writes(writes)?;
        self.state()?.run(|state| state.commit(writes, now))
    }
}

impl State {
    /// Does something with the file; whatever fails there fails all that follows.
    fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        work(self).map_err(|error| {
            let broken = file::failure(&self.name, error);
            self.open = None;
            self.broken = Some(broken.clone());
            broken
        })
    }

    fn transaction(&mut self) -> Result<&WriteTransaction, redb::Error> {
        match &mut self.open {
            Some(open) => Ok(open),
            none => Ok(none.insert(self.database.begin_write()?)),
        }
    }

    fn get(&mut self, key: &Key, now: Timestamp) -> Result<Option<Item>, redb::Error> {
        let table = self.transaction()?.open_table(ITEMS)?;
        let Some(entry) = table.get(file::key(key))? else { return Ok(None) };
        let entry = Entry::from(entry.value());
        Ok(if entry.has_expired(whole_seconds(now)) {
            None
        } else {
            Some(entry.item(key.clone())?)
        })
    }

    fn query(&mut self, range: &Range, now: Timestamp) -> Result<Vec<Item>, redb::Error> {
        let table = self.transaction()?.open_table(ITEMS)?;
        let partition = range.partition.as_bytes();
        let span = (partition, range.from.as_bytes())..=(partition, range.to.as_bytes());
        let mut entries = table.range(span)?;
        let mut items = Vec::new();
        while items.len() < range.limit {
            let entry = match range.order {
                Order::Ascending => entries.next(),
                Order::Descending => entries.next_back(),
            };
            let Some(entry) = entry else { break };
            let (key, value) = entry?;
            let entry = Entry::from(value.value());
            if !entry.has_expired(whole_seconds(now)) {
                items.push(entry.item(file::read_key(key.value())?)?);
            }
        }
        Ok(items)
    }

    /// The next items behind `last` whose partition begins with `prefix`, expired ones too.
    fn next(&mut self, prefix: &str, last: Option<&Key>) -> Result<Vec<Item>, redb::Error> {
        let table = self.transaction()?.open_table(ITEMS)?;
        let from = match last {
            Some(last) => Bound::Excluded(file::key(last)),
            None => Bound::Included((prefix.as_bytes(), &[][..])),
        };
        let mut items = Vec::new();
        for entry in table.range((from, Bound::Unbounded))?.take(ITEMS_AT_ONCE) {
            let (key, value) = entry?;
            let key = file::read_key(key.value())?;
            if !key.partition.starts_with(prefix) {
                break;
            }
            items.push(Entry::from(value.value()).item(key)?);
        }
        Ok(items)
    }

    fn commit(&mut self, writes: &[Write], now: Timestamp) -> Result<Committed, redb::Error> {
        let second = whole_seconds(now);
        let mut table = self.transaction()?.open_table(ITEMS)?;
        for write in writes {
            if !holds(&table, write, second)? {
                return Ok(Committed::Conflict);
            }
        }
        for write in writes {
            match write {
                Write::Put(item, _) => {
                    table.insert(file::key(&item.key), file::value(item))?;
                }
                Write::Delete(key, _) => {
                    table.remove(file::key(key))?;
                }
            }
        }
        drop(table);
        self.sweep.seen(second);
        self.writes += writes.len();
        if self.by_itself && self.writes >= WRITES_PER_CHECKPOINT {
            self.checkpoint()?;
        }
        Ok(Committed::Done)
    }

    fn checkpoint(&mut self) -> Result<(), redb::Error> {
        if self.writes == 0 {
            return Ok(());
        }
        let Some(open) = self.open.take() else { return Ok(()) };
        self.sweep.some(&mut open.open_table(ITEMS)?)?;
        open.commit()?;
        self.writes = 0;
        Ok(())
    }
}

/// Whether what is there is what a write asks for.
fn holds(table: &Table<'_>, write: &Write, second: i64) -> Result<bool, redb::Error> {
    let (Write::Put(Item { key, .. }, when) | Write::Delete(key, when)) = write;
    if *when == When::Always {
        return Ok(true);
    }
    let there = table.get(file::key(key))?;
    let version = there.and_then(|entry| {
        let entry = Entry::from(entry.value());
        (!entry.has_expired(second)).then_some(entry.version)
    });
    Ok(match when {
        When::Always => true,
        When::Absent => version.is_none(),
        When::Version(asked) => version == Some(*asked),
    })
}
