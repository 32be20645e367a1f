//! The file of a local store: its layout, and what is said of one that is not as it should be.

use std::{io, path::Path};

use jiff::Timestamp;
use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableDefinition, TableHandle,
    backends::FileBackend,
};

use crate::store::{Item, Key, StoreError, whole_seconds};

/// What this version writes; greater ones are of versions to come.
const LAYOUT_VERSION: u64 = 1;

/// The version of the layout, under the key `version`.
const LAYOUT: TableDefinition<'static, &str, u64> = TableDefinition::new("trailalerts_layout");

/// Partition and sort key: compared one after the other, each by its bytes.
type StoredKey = (&'static [u8], &'static [u8]);

/// Version, second of expiry, body. Bytes, since the database panics on text that is damaged.
type StoredItem = (u64, Option<i64>, &'static [u8]);

/// All items.
pub(super) const ITEMS: TableDefinition<'static, StoredKey, StoredItem> =
    TableDefinition::new("items");

/// All items, open for writing.
pub(super) type Table<'t> = redb::Table<'t, StoredKey, StoredItem>;

/// Memory for pages of the file, in bytes.
const CACHE_BYTES: usize = 64 << 20;

/// An item as it is stored, without its key.
pub(super) struct Entry<'v> {
    pub(super) version: u64,
    expires: Option<i64>,
    body: &'v [u8],
}

impl<'v> From<(u64, Option<i64>, &'v [u8])> for Entry<'v> {
    fn from((version, expires, body): (u64, Option<i64>, &'v [u8])) -> Self {
        Self { version, expires, body }
    }
}

impl Entry<'_> {
    /// Whether it is there no more at a second.
    pub(super) fn has_expired(&self, second: i64) -> bool {
        self.expires.is_some_and(|expires| expires <= second)
    }

    /// The item of a key.
    pub(super) fn item(&self, key: Key) -> Result<Item, redb::Error> {
        let expires = self.expires.map(Timestamp::from_second).transpose();
        let expires = expires.map_err(|_| damaged("a time that is none"))?;
        Ok(Item { key, version: self.version, expires, body: text(self.body)? })
    }
}

/// A key as it is stored.
pub(super) fn key(key: &Key) -> (&[u8], &[u8]) {
    (key.partition.as_bytes(), key.sort.as_bytes())
}

/// What is stored of an item beside its key.
pub(super) fn value(item: &Item) -> (u64, Option<i64>, &[u8]) {
    (item.version, item.expires.map(whole_seconds), item.body.as_bytes())
}

/// The key that was stored.
pub(super) fn read_key((partition, sort): (&[u8], &[u8])) -> Result<Key, redb::Error> {
    Ok(Key { partition: text(partition)?, sort: text(sort)? })
}

fn text(bytes: &[u8]) -> Result<String, redb::Error> {
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(damaged("text that is not UTF-8")),
    }
}

fn damaged(what: &str) -> redb::Error {
    redb::Error::Corrupted(what.to_owned())
}

/// Opens the database in a file, or begins one.
pub(super) fn open(path: &Path, name: &str) -> Result<Database, StoreError> {
    let database = builder().create(path).map_err(|error| not_opened(name, error))?;
    prepare(&database, name)?;
    Ok(database)
}

/// Begins a database in a file without a name, which the system removes with the last process
/// that has it open.
pub(super) fn temporary(name: &str) -> Result<Database, StoreError> {
    let database = tempfile::tempfile()
        .map_err(DatabaseError::from)
        .and_then(FileBackend::new)
        .and_then(|file| builder().create_with_backend(file))
        .map_err(|error| not_opened(name, error))?;
    prepare(&database, name)?;
    Ok(database)
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    // Else, the database panics where a file was damaged. It costs one reading of the file.
    builder.set_check_integrity_on_open(true);
    builder
}

/// Makes sure that a database is of our layout, which an empty one is given.
fn prepare(database: &Database, name: &str) -> Result<(), StoreError> {
    match layout(database).map_err(|error| failure(name, error))? {
        Layout::None => begin(database).map_err(|error| failure(name, error)),
        Layout::Version(LAYOUT_VERSION) => Ok(()),
        Layout::Version(version) if version > LAYOUT_VERSION => Err(wrong(format!(
            "{name} was written by a newer TrailAlerts (layout {version}, of which this one knows \
             {LAYOUT_VERSION}): use that one, or another file"
        ))),
        Layout::Version(_) | Layout::Foreign => Err(not_ours(name)),
    }
}

/// What the tables of a database say.
enum Layout {
    /// There are none.
    None,
    /// They are ours.
    Version(u64),
    /// They are of something else.
    Foreign,
}

fn layout(database: &Database) -> Result<Layout, redb::Error> {
    let read = database.begin_read()?;
    let mut tables = read.list_tables()?.peekable();
    if tables.peek().is_none() {
        return Ok(Layout::None);
    }
    if !tables.any(|table| table.name() == LAYOUT.name()) {
        return Ok(Layout::Foreign);
    }
    let version = read.open_table(LAYOUT)?.get("version")?.map(|version| version.value());
    // That the items are as we know them, too, is seen when they are opened.
    if version == Some(LAYOUT_VERSION) {
        read.open_table(ITEMS)?;
    }
    Ok(version.map_or(Layout::Foreign, Layout::Version))
}

fn begin(database: &Database) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    write.open_table(LAYOUT)?.insert("version", LAYOUT_VERSION)?;
    write.open_table(ITEMS)?;
    write.commit()?;
    Ok(())
}

fn not_opened(name: &str, error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => StoreError {
            passing: true,
            message: format!(
                "{name} is in use by another process: wait for it, or use another file"
            ),
        },
        DatabaseError::UpgradeRequired(_) => not_ours(name),
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() == io::ErrorKind::InvalidData =>
        {
            not_ours(name)
        }
        error => failure(name, error.into()),
    }
}

fn not_ours(name: &str) -> StoreError {
    wrong(format!(
        "{name} is no state file of TrailAlerts, and was left as it is: use another file"
    ))
}

/// What is said when a file cannot be read or written.
pub(super) fn failure(name: &str, error: redb::Error) -> StoreError {
    match error {
        redb::Error::TableTypeMismatch { .. } | redb::Error::TypeDefinitionChanged { .. } => {
            not_ours(name)
        }
        redb::Error::Corrupted(what) => {
            wrong(format!("{name} is damaged ({what}): remove it, or use another file"))
        }
        redb::Error::Io(error) => wrong(format!("{name} cannot be read or written: {error}")),
        error => wrong(format!("{name} cannot be read or written: {error}")),
    }
}

fn wrong(message: String) -> StoreError {
    StoreError { passing: false, message }
}
