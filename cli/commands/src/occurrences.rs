//! Occurrences: when something happened in a lane, each once, by lane and time, and notes. They are
//! in a temporary file, so that there may be more of them than fit into memory.

use jiff::Timestamp;
use redb::{
    Database, Durability, ReadOnlyTable, ReadTransaction, ReadableDatabase, TableDefinition,
    TableError, backends::FileBackend,
};
use trailalerts_processor::facts::digest;

use crate::Failure;

/// Lane, milliseconds since 1970, record; the value it has, and whether it was remembered only.
const OCCURRENCES: TableDefinition<'_, Key, Known> = TableDefinition::new("occurrences");
/// Texts by what they are about.
const NOTES: TableDefinition<'_, u128, &str> = TableDefinition::new("notes");

type Key = (u128, i64, u128);
type Known = (u128, bool);

/// How many are held in memory until they are written.
const AT_ONCE: usize = 4_096;

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// What it belongs to.
    pub lane: u128,
    /// When it happened, in milliseconds since 1970.
    pub time: i64,
}

/// Something that happened, as its neighbours see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// When it happened, in milliseconds since 1970.
    pub time: i64,
    /// Names the value that it has.
    pub value: u128,
    /// Whether it is of none of the records at hand.
    pub remembered: bool,
}

/// Where occurrences are gathered.
pub struct Gathering {
    database: Database,
    notes: Vec<(u128, String)>,
    new: Vec<(Key, Known)>,
}

/// All occurrences.
pub struct Occurrences {
    transaction: ReadTransaction,
    table: Option<ReadOnlyTable<Key, Known>>,
    /// What is read from it lives as long as it is open.
    _database: Database,
}

/// Names something by texts: what has the same texts is the same.
pub fn named(texts: &[&str]) -> u128 {
    // Always 32 hexadecimal digits.
    u128::from_str_radix(&digest(texts), 16).unwrap_or_default()
}

impl Gathering {
    /// Nothing yet.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn new() -> Result<Gathering, Failure> {
        let file = tempfile::tempfile()
            .map_err(|error| Failure::io("cannot make a temporary file", error))?;
        let backend = FileBackend::new(file).map_err(failed)?;
        let database = Database::builder().create_with_backend(backend).map_err(failed)?;
        Ok(Gathering { database, notes: Vec::new(), new: Vec::new() })
    }

    /// Adds the occurrence of a record; again, it changes nothing but that what was `remembered`
    /// only is one of these records now.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn add(
        &mut self,
        lane: u128,
        time: Timestamp,
        record: &str,
        (value, remembered): (&str, bool),
    ) -> Result<(), Failure> {
        let key = (lane, time.as_millisecond(), named(&[record]));
        self.new.push((key, (named(&[value]), remembered)));
        if self.new.len() < AT_ONCE { Ok(()) } else { self.write().map_err(failed) }
    }

    /// Notes a text.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn note(&mut self, about: u128, text: String) -> Result<(), Failure> {
        // Neighbours are often about the same.
        if self.notes.last().is_none_or(|(last, _)| *last != about) {
            self.notes.push((about, text));
        }
        if self.notes.len() < AT_ONCE { Ok(()) } else { self.write().map_err(failed) }
    }

    /// Ends the gathering.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn finish(mut self) -> Result<Occurrences, Failure> {
        self.write().map_err(failed)?;
        let transaction = self.database.begin_read().map_err(failed)?;
        let table = match transaction.open_table(OCCURRENCES) {
            Ok(table) => Some(table),
            Err(TableError::TableDoesNotExist(_)) => None,
            Err(error) => return Err(failed(error)),
        };
        Ok(Occurrences { transaction, table, _database: self.database })
    }

    /// Nothing of it has to survive, so nothing is made durable.
    fn write(&mut self) -> Result<(), redb::Error> {
        let mut open = self.database.begin_write()?;
        open.set_durability(Durability::None)?;
        {
            let mut table = open.open_table(OCCURRENCES)?;
            for (key, known) in self.new.drain(..) {
                let before = table.insert(key, known)?.map(|before| before.value());
                if let Some((value, false)) = before {
                    table.insert(key, (value, false))?;
                }
            }
            let mut notes = open.open_table(NOTES)?;
            for (about, text) in self.notes.drain(..) {
                notes.insert(about, text.as_str())?;
            }
        }
        open.commit()?;
        Ok(())
    }
}

impl Occurrences {
    /// All of them, by lane and time.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn all(
        &self,
    ) -> Result<impl Iterator<Item = Result<Occurrence, Failure>> + use<>, Failure> {
        let all = self.table.as_ref().map(|table| table.range::<Key>(..));
        let all = all.transpose().map_err(failed)?;
        Ok(all.into_iter().flatten().map(|entry| {
            let (key, _) = entry.map_err(failed)?;
            let (lane, time, _) = key.value();
            Ok(Occurrence { lane, time })
        }))
    }

    /// Those of a lane from one time to another, both of them in it, by time.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn between(
        &self,
        lane: u128,
        from: i64,
        to: i64,
    ) -> Result<impl Iterator<Item = Result<Neighbour, Failure>> + use<>, Failure> {
        let range = (lane, from, u128::MIN)..=(lane, to, u128::MAX);
        let found = self.table.as_ref().map(|table| table.range::<Key>(range));
        let found = found.transpose().map_err(failed)?;
        Ok(found.into_iter().flatten().map(|entry| {
            let (key, known) = entry.map_err(failed)?;
            let (value, remembered) = known.value();
            Ok(Neighbour { time: key.value().1, value, remembered })
        }))
    }

    /// The text that was noted.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn noted(&self, about: u128) -> Result<Option<String>, Failure> {
        if self.table.is_none() {
            return Ok(None);
        }
        let notes = self.transaction.open_table(NOTES).map_err(failed)?;
        Ok(notes.get(about).map_err(failed)?.map(|text| text.value().to_owned()))
    }
}

fn failed(error: impl Into<redb::Error>) -> Failure {
    Failure::Io(format!("a temporary file: {}", error.into()))
}
