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
    fails: Option<usize>,
    chance: Mutex<Chance>,
}

impl<'s, S> Yielding<'s, S> {
    /// A store whose calls take a while.
    pub fn new(store: &'s S, seed: u64) -> Self {
        Self { store, fails: None, chance: Mutex::new(Chance::of(seed, 77)) }
    }

    /// One of which one in so many calls fails, half of them after they were made.
    pub fn failing(store: &'s S, seed: u64, one_in: usize) -> Self {
        Self { fails: Some(one_in), ..Self::new(store, seed) }
    }

    fn choose<T>(&self, choose: impl FnOnce(&mut Chance) -> T) -> T {
        choose(&mut self.chance.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.wait().await;
        let fails = self.fails.is_some_and(|one_in| self.choose(|chance| chance.one_in(one_in)));
        let failed = Err(StoreError { passing: true, message: "by chance".to_owned() });
        if fails && self.choose(|chance| chance.one_in(2)) {
            return failed;
        }
        let answer = call.await;
        if fails { failed } else { answer }
    }

    async fn wait(&self) {
        let mut left = self.choose(|chance| chance.below(MOST_YIELDS));
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
        self.call(self.store.get(key, now)).await
    }

    async fn query(&self, range: &Range, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        self.call(self.store.query(range, now)).await
    }

    async fn commit(&self, writes: &[Write], now: Timestamp) -> Result<Committed, StoreError> {
        self.call(self.store.commit(writes, now)).await
    }
}
