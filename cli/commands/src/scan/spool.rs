//! Matches on their way to the decisions: kept in a temporary file, so that there may be more of
//! them than fit into memory, and handed on in the order of their records' times.

use std::ops::Bound;

use jiff::Timestamp;
use redb::{
    Database, Durability, ReadableDatabase, TableDefinition, TableError, WriteTransaction,
    backends::FileBackend,
};

use crate::Failure;

/// Milliseconds since 1970 and a running number; rule, file, index in the file, record.
const MATCHES: TableDefinition<'_, Place, (u32, u32, u64, &[u8])> = TableDefinition::new("matches");
/// Ids of alerts, which sort by time.
const ALERTS: TableDefinition<'_, &str, ()> = TableDefinition::new("alerts");

/// How many rows are held in memory at once.
const AT_ONCE: usize = 256;

/// Where a match stands among all matches.
pub type Place = (i64, u64);

/// A match, apart from its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spooled {
    /// When it happened, where the record says so.
    pub time: Option<Timestamp>,
    /// Index of the rule in the rule set.
    pub rule: u32,
    /// Number of the file.
    pub file: u32,
    /// Index of the record in its file.
    pub index: u64,
    /// The record.
    pub json: Vec<u8>,
}

/// Matches of all files, and what was told of them.
pub struct Spool {
    database: Database,
    open: Option<WriteTransaction>,
    next: u64,
}

impl Spool {
    /// A spool without matches.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn new() -> Result<Spool, Failure> {
        let file = tempfile::tempfile()
            .map_err(|error| Failure::io("cannot make a temporary file", error))?;
        let backend = FileBackend::new(file).map_err(failed)?;
        let database = Database::builder().create_with_backend(backend).map_err(failed)?;
        Ok(Spool { database, open: None, next: 0 })
    }

    /// Adds matches.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn add(&mut self, matches: &[Spooled]) -> Result<(), Failure> {
        let mut next = self.next;
        let added = self.write(|open| {
            let mut table = open.open_table(MATCHES)?;
            for Spooled { time, rule, file, index, json } in matches {
                // What has no time of its own comes last, as if it happened now.
                let time = time.map_or(i64::MAX, Timestamp::as_millisecond);
                table.insert((time, next), (*rule, *file, *index, json.as_slice()))?;
                next += 1;
            }
            Ok(())
        });
        self.next = next;
        added.map_err(failed)
    }

    /// The next matches behind a place, by time; of one time as they were added. None are left
    /// where it is empty.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn matches(&mut self, behind: Option<Place>) -> Result<Vec<(Place, Spooled)>, Failure> {
        self.read(MATCHES, behind, |place, (rule, file, index, json)| {
            let time = Timestamp::from_millisecond(place.0).ok();
            (place, Spooled { time, rule, file, index, json: json.to_owned() })
        })
        .map_err(failed)
    }

    /// Notes the ids of alerts that were told.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn note(&mut self, alerts: &[String]) -> Result<(), Failure> {
        if alerts.is_empty() {
            return Ok(());
        }
        let noted = self.write(|open| {
            let mut table = open.open_table(ALERTS)?;
            for alert in alerts {
                table.insert(alert.as_str(), ())?;
            }
            Ok(())
        });
        noted.map_err(failed)
    }

    /// The next ids behind an id, by time: each once.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn alerts(&mut self, behind: Option<&str>) -> Result<Vec<String>, Failure> {
        self.read(ALERTS, behind, |id, ()| id.to_owned()).map_err(failed)
    }

    /// Nothing of the spool has to survive, so nothing is made durable.
    fn write(
        &mut self,
        work: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), redb::Error> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let mut open = self.database.begin_write()?;
                open.set_durability(Durability::None)?;
                open
            }
        };
        work(&open)?;
        self.open = Some(open);
        Ok(())
    }

    fn read<'k, K: redb::Key + 'static, V: redb::Value + 'static, T>(
        &mut self,
        table: TableDefinition<'_, K, V>,
        behind: Option<K::SelfType<'k>>,
        row: impl Fn(K::SelfType<'_>, V::SelfType<'_>) -> T,
    ) -> Result<Vec<T>, redb::Error>
    where
        K::SelfType<'k>: std::borrow::Borrow<K::SelfType<'k>>,
    {
        if let Some(open) = self.open.take() {
            open.commit()?;
        }
        let table = match self.database.begin_read()?.open_table(table) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let from = behind.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = table.range::<K::SelfType<'k>>((from, Bound::Unbounded))?.take(AT_ONCE);
        rows.map(|entry| {
            let (key, value) = entry?;
            Ok(row(key.value(), value.value()))
        })
        .collect()
    }
}

fn failed(error: impl Into<redb::Error>) -> Failure {
    Failure::Io(format!("a temporary file: {}", error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_come_by_time_and_undated_ones_last() {
        let mut spool = Spool::new().unwrap();
        assert_eq!(spool.matches(None).unwrap(), []);
        let time = |number: i64| Timestamp::from_second(number % 977).ok();
        let all: Vec<Spooled> = (0..1_000)
            .map(|number| Spooled {
                time: if number == 500 { None } else { time(number * 7) },
                rule: 1,
                file: 2,
                index: number as u64,
                json: vec![b'x'; 10],
            })
            .collect();
        for part in all.chunks(300) {
            spool.add(part).unwrap();
        }
        let (mut found, mut last) = (Vec::new(), None);
        loop {
            let batch = spool.matches(last).unwrap();
            let Some((place, _)) = batch.last() else { break };
            last = Some(*place);
            found.extend(batch.into_iter().map(|(_, spooled)| spooled));
        }
        let mut expected = all;
        expected.sort_by_key(|spooled| (spooled.time.is_none(), spooled.time, spooled.index));
        // An undated one reads back with the greatest time that there is, or none.
        assert_eq!(found.len(), 1_000);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found.index, expected.index);
        }
        spool.note(&["b".to_owned(), "a".to_owned(), "b".to_owned()]).unwrap();
        assert_eq!(spool.alerts(None).unwrap(), ["a", "b"]);
        assert_eq!(spool.alerts(Some("a")).unwrap(), ["b"]);
    }
}
