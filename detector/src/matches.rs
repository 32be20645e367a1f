//! A log file's matches, and what is to be said of the file besides.

use std::{collections::BTreeMap, io::Read};

use jiff::Timestamp;
use trailalerts_core::{
    Match, Matcher, Origin, Record,
    message::{account_of_key, read_time},
    record::Path,
};

use crate::{Damage, Item, LogFile, ReadError, Summary};

const EVENT_TIME: Path<'static> = Path::new("eventTime");
const ACCOUNT: Path<'static> = Path::new("recipientAccountId");
const REGION: Path<'static> = Path::new("awsRegion");

/// Damage that is described of one file; the rest is only counted.
pub const MOST_DAMAGE: usize = 10;

/// What a log file held.
#[derive(Debug, Default)]
pub struct Report {
    /// Its records.
    pub summary: Summary,
    /// Matches by the id of their rule.
    pub matches: BTreeMap<&'static str, u64>,
    /// The time of the newest record of each account and region.
    pub newest: BTreeMap<(String, String), Timestamp>,
    /// What is broken in it, the first of it.
    pub damage: Vec<Damage>,
    /// Why it could not be read to its end.
    pub failure: Option<ReadError>,
}

/// Hands on the matches of a log file, in its order, until its end or until `take` fails. `name` is
/// the file's path or key.
///
/// # Errors
/// That of `take`.
pub fn matches<R: Read, E>(
    file: &mut LogFile<R>,
    name: &str,
    matcher: &mut Matcher,
    mut take: impl FnMut(&Match<'_>) -> Result<(), E>,
) -> Result<Report, E> {
    let mut report = Report::default();
    let mut newest = Newest::default();
    loop {
        // Most records match nothing: these need not be proved to be JSON.
        let item = file.next_wanted(|record| {
            newest.note(record, name);
            matcher.matches(record).next().is_some()
        });
        match item {
            Ok(Some(Item::Record { index, record, .. })) => {
                for rule in matcher.matched() {
                    *report.matches.entry(rule.id).or_default() += 1;
                    take(&Match { rule, record: &record, origin: Origin { file: name, index } })?;
                }
            }
            Ok(Some(Item::Skipped(_))) => {}
            Ok(Some(Item::Damage(damage))) => {
                if report.damage.len() < MOST_DAMAGE {
                    report.damage.push(damage);
                }
            }
            Ok(None) => break,
            Err(error) => {
                report.failure = Some(error);
                break;
            }
        }
    }
    report.summary = file.summary();
    report.newest = newest.streams;
    Ok(report)
}

/// The newest record of each stream.
#[derive(Debug, Default)]
struct Newest {
    streams: BTreeMap<(String, String), Timestamp>,
    activity: Activity,
}

impl Newest {
    fn note(&mut self, record: &Record<'_>, name: &str) {
        if let Some((Some(account), region, time)) = self.activity.of(record, name) {
            let newest = self.streams.entry((account, region)).or_insert(time);
            *newest = time.max(*newest);
        }
    }
}

/// Of which stream records are, and from when.
#[derive(Debug, Default)]
pub struct Activity {
    /// Account, region and time of the record before, as written: the next one has mostly the same.
    last: (String, String, String),
}

impl Activity {
    /// Account, if it is known, region and time of a record; nothing where it has no region or time,
    /// and where they are those of the record before. `name` is the path or key of its file.
    pub fn of(
        &mut self,
        record: &Record<'_>,
        name: &str,
    ) -> Option<(Option<String>, String, Timestamp)> {
        let (time, region) = (record.text_of(&EVENT_TIME)?, record.text_of(&REGION)?);
        let account = record.text_of(&ACCOUNT).unwrap_or_default();
        if (self.last.0.as_str(), self.last.1.as_str(), self.last.2.as_str())
            == (&account, &region, &time)
        {
            return None;
        }
        self.last = (account.to_string(), region.to_string(), time.to_string());
        let account = match account.as_ref() {
            "" => account_of_key(name),
            written => Some(written),
        };
        Some((account.map(str::to_owned), region.into_owned(), read_time(&time)?))
    }
}
