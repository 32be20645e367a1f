//! What is remembered from match to match: one interface of few verbs, with two implementations,
//! one in a file and the DynamoDB table of the processor's Lambda.
//!
//! An item stands in a partition, where items are sorted by a text. What belongs together is
//! written together, and each write can ask that nobody was faster.

mod limits;
mod local;

use std::{fmt, future::Future};

use jiff::Timestamp;

pub use self::{
    limits::{
        MAX_COMMIT_BYTES, MAX_PARTITION_BYTES, MAX_SORT_BYTES, check_key, check_range, check_writes,
    },
    local::LocalStore,
};

/// Most writes of one [`Store::commit`].
pub const MAX_WRITES: usize = 100;

/// Largest body of an item, in bytes.
pub const MAX_BODY_BYTES: usize = 300 * 1024;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Items that are read together; not empty, at most 1,024 bytes.
    pub partition: String,
    /// Orders the items of a partition by its bytes; not empty, at most 512 bytes.
    pub sort: String,
}

impl Key {
    /// The key of an item.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// What is remembered under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands.
    pub key: Key,
    /// Counts its changes, where these depend on what it was before; chosen by who writes it.
    pub version: u64,
    /// From this time on, to the second, it is as if it were not there.
    pub expires: Option<Timestamp>,
    /// JSON text.
    pub body: String,
}

/// A change of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Writes the item, in place of what is there.
    Put(Item, When),
    /// Removes what is there.
    Delete(Key, When),
}

impl Write {
    /// The item that is changed.
    pub fn key(&self) -> &Key {
        match self {
            Write::Put(item, _) => &item.key,
            Write::Delete(key, _) => key,
        }
    }
}

impl Item {
    /// Whether it is there no more at `now`.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| whole_seconds(expires) <= whole_seconds(now))
    }
}

/// Whole seconds since 1970, rounded down: what stores keep of a time.
pub fn whole_seconds(time: Timestamp) -> i64 {
    // Both parts of a time before 1970 are negative.
    time.as_second() - i64::from(time.subsec_nanosecond() < 0)
}

/// What must be there for a write to be made. An item that has expired is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Anything or nothing.
    Always,
    /// Nothing.
    Absent,
    /// An item of this version.
    Version(u64),
}

/// Items of one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The partition.
    pub partition: String,
    /// Least `sort` that is read.
    pub from: String,
    /// Greatest `sort` that is read.
    pub to: String,
    /// Which of them come first.
    pub order: Order,
    /// How many are read at most.
    pub limit: usize,
}

/// In which order the items of a range are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Least `sort` first.
    Ascending,
    /// Greatest `sort` first.
    Descending,
}

/// What became of a [`Store::commit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Committed {
    /// All writes are made.
    Done,
    /// None is: an item was not as a write asked, or someone else writes it now. Read again.
    Conflict,
}

/// Why a store could not be read or written. Nothing is written then, or everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// Whether the same may succeed a little later.
    pub passing: bool,
    /// What happened, in words.
    pub message: String,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the state store failed: {}", self.message)
    }
}

impl std::error::Error for StoreError {}

/// A store of items. What one call has written, every later call reads.
pub trait Store: Sync {
    /// The item under a key, unless it has expired by `now`.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn get(
        &self,
        key: &Key,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Item>, StoreError>> + Send;

    /// The items of a range that have not expired by `now`.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn query(
        &self,
        range: &Range,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Item>, StoreError>> + Send;

    /// Makes all writes or none: at most [`MAX_WRITES`], each of another item, with keys and
    /// bodies of at most [`MAX_COMMIT_BYTES`] together.
    ///
    /// # Errors
    /// If the store cannot be written, or a write is larger than a store takes.
    fn commit(
        &self,
        writes: &[Write],
        now: Timestamp,
    ) -> impl Future<Output = Result<Committed, StoreError>> + Send;
}
