//! What every store must do, one function a behaviour, each on a store of its own that is empty.
#![allow(clippy::missing_panics_doc, reason = "these are tests: they panic where a store is wrong")]

mod bounds;
mod contest;
mod range;
mod single;
mod together;

use std::{pin::Pin, sync::Arc};

use jiff::Timestamp;
use trailalerts_processor::store::{
    Committed, Item, Key, Order, Range, Store, StoreError, When, Write,
};

/// When the tests take place. In the future, so that no service removes what is expired only then.
pub const NOW: Timestamp = Timestamp::constant(4_000_000_000, 0);

/// A behaviour of stores.
pub struct Behaviour<S> {
    /// Its name.
    pub name: &'static str,
    /// Panics if the store does not behave so.
    pub run: fn(Arc<S>) -> Run,
}

/// A behaviour that is tried.
pub type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! behaviours {
    ($($module:ident: $($name:ident)*;)*) => {
        /// All behaviours.
        pub fn behaviours<S: Store + Send + 'static>() -> Vec<Behaviour<S>> {
            vec![$($(Behaviour {
                name: stringify!($name),
                run: |store| Box::pin($module::$name(store)),
            }),*),*]
        }
    };
}

behaviours! {
    single:
        nothing_is_there_at_first
        what_was_put_is_read
        a_put_replaces_all_of_an_item
        what_was_deleted_is_gone
        each_write_asks_for_what_is_there
        an_item_expires_to_the_second
        reads_follow_writes;
    together:
        an_empty_commit_is_done
        a_commit_writes_all
        a_commit_of_100_writes
        a_commit_writes_all_or_nothing
        conditions_are_asked_of_what_was_there_before;
    contest:
        writers_of_one_item_lose_no_write
        writers_of_several_items_lose_no_write
        one_of_many_is_first;
    range:
        both_ends_belong_to_a_range
        a_range_is_of_one_partition
        ranges_are_read_in_both_orders
        items_are_sorted_by_bytes
        limits_cut_exactly
        ends_can_be_empty_or_crossed
        expired_items_do_not_count
        many_expired_items_are_passed_over
        many_items_are_read
        large_items_are_read;
    bounds:
        keys_of_any_characters
        the_longest_keys
        bodies_of_any_characters
        the_largest_body
        any_version
        keys_that_no_store_takes
        bodies_that_no_store_takes
        commits_that_no_store_takes;
}

const WORKS: &str = "the store works";

fn item(partition: &str, sort: &str, version: u64, body: &str) -> Item {
    Item { key: Key::new(partition, sort), version, expires: None, body: body.to_owned() }
}

/// An item that has expired, or not yet, by so many seconds.
fn expiring(item: Item, seconds_from_now: i64) -> Item {
    Item { expires: Some(later(seconds_from_now)), ..item }
}

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW.as_second() + seconds).expect("a time")
}

async fn get(store: &impl Store, key: &Key) -> Option<Item> {
    store.get(key, NOW).await.expect(WORKS)
}

async fn commit(store: &impl Store, writes: &[Write]) -> Committed {
    store.commit(writes, NOW).await.expect(WORKS)
}

/// Puts items, as many commits as it takes.
async fn put_all(store: &impl Store, items: &[Item]) {
    const ITEMS: usize = 25;
    for items in items.chunks(ITEMS) {
        let writes: Vec<_> = items.iter().map(|item| put(item.clone(), When::Always)).collect();
        assert_eq!(commit(store, &writes).await, Committed::Done);
    }
}

fn put(item: Item, when: When) -> Write {
    Write::Put(item, when)
}

fn delete(key: &Key, when: When) -> Write {
    Write::Delete(key.clone(), when)
}

/// All of a partition.
fn whole(partition: &str) -> Range {
    Range {
        partition: partition.to_owned(),
        from: String::new(),
        to: "\u{10ffff}".to_owned(),
        order: Order::Ascending,
        limit: usize::MAX,
    }
}

async fn query(store: &impl Store, range: &Range) -> Vec<Item> {
    store.query(range, NOW).await.expect(WORKS)
}

async fn sorts(store: &impl Store, range: &Range) -> Vec<String> {
    query(store, range).await.into_iter().map(|item| item.key.sort).collect()
}

/// That it is refused, for good.
fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, what: &str) {
    let error = result.expect_err(what);
    assert!(!error.passing, "{what}: {error}");
}
