//! A store in memory: as simple as a store can be, so that it is right.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use trailalerts_processor::store::{
    Committed, Item, Key, Order, Range, Store, StoreError, When, Write, check_key, check_range,
    check_writes,
};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<Key, Item>>);

impl MemoryStore {
    /// All items, by their keys, those that have expired, too.
    pub fn items(&self) -> Vec<Item> {
        self.all().values().cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Key, Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, StoreError> {
        check_key(key)?;
        Ok(self.all().get(key).filter(|item| is_there(item, now)).cloned())
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        check_range(range)?;
        if range.from > range.to {
            return Ok(Vec::new());
        }
        let key = |sort: &String| Key::new(&range.partition, sort);
        let items = self.all();
        let mut found = items
            .range(key(&range.from)..=key(&range.to))
            .map(|(_, item)| item)
            .filter(|item| is_there(item, now));
        Ok(match range.order {
            Order::Ascending => found.take(range.limit).cloned().collect(),
            Order::Descending => {
                let mut last = Vec::new();
                while let Some(item) = found.next_back().filter(|_| last.len() < range.limit) {
                    last.push(item.clone());
                }
                last
            }
        })
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        check_writes(writes)?;
        let mut items = self.all();
        for write in writes {
            let version =
                items.get(write.key()).filter(|item| is_there(item, now)).map(|item| item.version);
            let (Write::Put(_, when) | Write::Delete(_, when)) = write;
            let holds = match when {
                When::Always => true,
                When::Absent => version.is_none(),
                When::Version(asked) => version == Some(*asked),
            };
            if !holds {
                return Ok(Committed::Conflict);
            }
        }
        for write in writes {
            match write {
                Write::Put(item, _) => items.insert(item.key.clone(), item.clone()),
                Write::Delete(key, _) => items.remove(key),
            };
        }
        Ok(Committed::Done)
    }
}

fn is_there(item: &Item, now: Timestamp) -> bool {
    item.expires.is_none_or(|expires| expires.as_second() > now.as_second())
}
