//! A store whose calls take a while: between any two of them others go on.

use std::{
    future::poll_fn,
    sync::{Mutex, PoisonError},
    task::Poll,
};

use jiff::Timestamp;
use trailalerts_processor::store::{Committed, Item, Key, Range, Store, StoreError, Write};

use super::chance::Chance;

/// How often a call lets others go on at most.
const MOST_YIELDS: usize = 4;

/// Calls of a store, each after others had their turn; the same from the same seed.
pub struct Yielding<'s, S> {
    store: &'s S,
    chance: Mutex<Chance>,
}

impl<'s, S> Yielding<'s, S> {
    /// A store whose calls take a while.
    pub fn new(store: &'s S, seed: u64) -> Self {
        Self { store, chance: Mutex::new(Chance::of(seed, 77)) }
    }

    async fn wait(&self) {
        let mut left =
            self.chance.lock().unwrap_or_else(PoisonError::into_inner).below(MOST_YIELDS);
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

impl<S: Store> Store for Yielding<'_, S> {
    async fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Item>, StoreError> {
        self.wait().await;
        self.store.get(key, now).await
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        self.wait().await;
        self.store.query(range, now).await
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        self.wait().await;
        self.store.commit(writes, now).await
    }
}
