//! Streams: the logs of a region of an account. One that stays away is told, and that it is back.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use trailalerts_core::{
    Level,
    alerting::{Settings, Streams},
};

use crate::{
    absence::Absences,
    alert::Alert,
    draft::id_of,
    json,
    owed::owe,
    pattern::Group,
    process::Processor,
    reason::duration,
    store::{Committed, Item, Key, Order, Range, Store, StoreError, When, Write},
    told,
};

/// What stands for a rule in the alerts of streams.
pub const RULE_ID: &str = "silent-stream";
/// Its title.
pub const RULE_TITLE: &str = "No CloudTrail Logs From a Stream";
/// How much it weighs.
pub const SEVERITY: Level = Level::High;

/// Partitions of streams.
const SHARDS: u8 = 8;
/// How many streams of a partition are looked at.
const MOST_STREAMS: usize = 10_000;
/// A stream is learned that was active on so many of the last days, today not counted.
const LEARNED: (u32, u32) = (6, 7);
/// How long what is known of a stream is kept without news.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// News of a stream that are no newer than this are not worth a write.
const WORTH_A_WRITE: SignedDuration = SignedDuration::from_secs(60);

/// The logs of a region of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stream {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
}

/// What is known of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    stream: Stream,
    /// The time of its newest record; of a stream without any, since when it is watched.
    newest: Timestamp,
    /// Whether there was a record at all.
    seen: bool,
    /// Days since 1970 on which it was active: the last eight of them.
    days: Vec<i64>,
    /// The id of the alert that it is silent, where it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    silent: Option<String>,
}

/// Notes the newest record of a stream.
///
/// # Errors
/// If the store fails.
pub async fn note<S: Store>(
    store: &S,
    stream: &Stream,
    newest: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    loop {
        let item = store.get(&key_of(stream), now).await?;
        let (version, mut known) = match &item {
            Some(item) => (item.version, json::read::<Known>(item)?),
            None => (0, Known::new(stream, newest, true)),
        };
        let day = day_of(newest);
        let is_old =
            known.seen && newest <= known.newest.saturating_add(WORTH_A_WRITE).unwrap_or(newest);
        if version > 0 && is_old && known.days.contains(&day) {
            return Ok(());
        }
        known.newest = if known.seen { known.newest.max(newest) } else { newest };
        known.seen = true;
        known.active_on(day);
        if store.commit(&[known.write(version, now)], now).await? == Committed::Done {
            return Ok(());
        }
    }
}

/// Tells of expected streams that are silent for longer than they may be, with the usual delay of
/// delivery on top, and of those that are back.
///
/// # Errors
/// If the store fails. What was told is not told again.
pub async fn check<S: Store>(
    processor: &Processor,
    store: &S,
    now: Timestamp,
) -> Result<Absences, StoreError> {
    let settings = &processor.patterns.set().settings;
    let mut known = BTreeMap::new();
    for shard in 0..SHARDS {
        let range = Range {
            partition: format!("streams/{shard}"),
            from: "0".to_owned(),
            to: "~".to_owned(),
            order: Order::Ascending,
            limit: MOST_STREAMS,
        };
        for item in store.query(&range, now).await? {
            let stream: Known = json::read(&item)?;
            known.insert(stream.stream.clone(), (item.version, stream));
        }
    }
    for listed in settings.streams.expected {
        let stream =
            Stream { account: listed.account.to_owned(), region: listed.region.to_owned() };
        known.entry(stream.clone()).or_insert_with(|| (0, Known::new(&stream, now, false)));
    }
    let mut absences = Absences::default();
    for (version, mut known) in known.into_values() {
        let Some(limit) = limit_of(&settings.streams, &known.stream, known.is_learned(now)) else {
            continue;
        };
        let patience = limit.saturating_add(seconds(settings.streams.delay));
        let is_silent = now.duration_since(known.newest) > patience;
        let alert = match (is_silent, known.silent.take()) {
            (true, None) if known.seen => silence(settings, &known.stream, known.newest, now, None),
            (true, None) => missing(settings, &known.stream, known.newest, now),
            (false, Some(_)) => recovery(settings, &known.stream, known.newest),
            // A listed stream is watched from the first check on.
            (_, silent) if version == 0 => {
                known.silent = silent;
                let _: Committed = store.commit(&[known.write(0, now)], now).await?;
                continue;
            }
            (_, _) => continue,
        };
        if is_silent {
            known.silent = Some(alert.id.clone());
        }
        tell(processor, store, alert, &[known.write(version, now)], now, &mut absences).await?;
    }
    Ok(absences)
}

/// Remembers an alert that weighs enough for a channel, with other writes.
///
/// # Errors
/// If the store fails.
pub async fn tell<S: Store>(
    processor: &Processor,
    store: &S,
    mut alert: Alert,
    writes: &[Write],
    now: Timestamp,
    absences: &mut Absences,
) -> Result<(), StoreError> {
    let channels =
        processor.channels.iter().filter(|channel| alert.severity >= channel.min_severity);
    let channels: Vec<String> = channels.map(|channel| channel.name.clone()).collect();
    let mut writes = writes.to_vec();
    let is_told = !channels.is_empty();
    if processor.notify {
        alert.owed = channels;
    }
    let owed = owe(&alert, now);
    if is_told {
        writes.push(told::write_new(&alert, now));
        writes.extend(owed.iter().map(|owed| owed.put(now)));
    }
    // Where someone else was faster, they tell it.
    if store.commit(&writes, now).await? == Committed::Done && is_told {
        absences.told.push(alert.id);
        absences.owed.extend(owed);
    }
    Ok(())
}

/// That a stream is silent since its newest record, up to now or to the record with which it came
/// back.
pub fn silence(
    settings: &Settings,
    stream: &Stream,
    newest: Timestamp,
    until: Timestamp,
    back: Option<Timestamp>,
) -> Alert {
    let long = duration(until.duration_since(newest).as_secs() / 60 * 60);
    let name = named(settings, stream);
    let back = back.map_or_else(String::new, |back| format!(" until {back}"));
    alert(stream, newest, format!("{name}: no record since {newest}{back}, for {long}"))
}

/// That no record of an expected stream ever came.
fn missing(settings: &Settings, stream: &Stream, since: Timestamp, until: Timestamp) -> Alert {
    let long = duration(until.duration_since(since).as_secs() / 60 * 60);
    let name = named(settings, stream);
    alert(stream, since, format!("{name}: expected, and no record came for {long}"))
}

/// That a stream is back, with its newest record.
pub fn recovery(settings: &Settings, stream: &Stream, newest: Timestamp) -> Alert {
    alert(stream, newest, format!("{}: records come again", named(settings, stream)))
}

fn named(settings: &Settings, stream: &Stream) -> String {
    let name = settings.accounts.iter().find(|(account, _)| *account == stream.account);
    match name {
        Some((_, name)) => format!("{name} ({}) in {}", stream.account, stream.region),
        None => format!("account {} in {}", stream.account, stream.region),
    }
}

fn alert(stream: &Stream, time: Timestamp, reason: String) -> Alert {
    let group = Group(vec![
        ("account".to_owned(), stream.account.clone()),
        ("region".to_owned(), stream.region.clone()),
    ]);
    let id = id_of(time, &[RULE_ID, &stream.account, &stream.region, &reason]);
    let mut alert = Alert::of_absence(id, time, &group, reason);
    RULE_ID.clone_into(&mut alert.rule_id);
    RULE_TITLE.clone_into(&mut alert.rule_title);
    alert.severity = SEVERITY;
    alert.account = Some(stream.account.clone());
    alert.region = Some(stream.region.clone());
    alert
}

/// How long a stream may be silent; `None` where it is not expected.
pub fn limit_of(settings: &Streams, stream: &Stream, learned: bool) -> Option<SignedDuration> {
    let listed = settings
        .expected
        .iter()
        .find(|listed| listed.account == stream.account && listed.region == stream.region);
    match listed {
        Some(listed) => Some(seconds(listed.silent_after.unwrap_or(settings.silent_after))),
        None => (settings.learn && learned).then(|| seconds(settings.silent_after)),
    }
}

impl Known {
    fn new(stream: &Stream, newest: Timestamp, seen: bool) -> Known {
        Known { stream: stream.clone(), newest, seen, days: Vec::new(), silent: None }
    }

    fn active_on(&mut self, day: i64) {
        if let Err(place) = self.days.binary_search(&day) {
            self.days.insert(place, day);
            let most = LEARNED.1 as usize + 1;
            if self.days.len() > most {
                self.days.remove(0);
            }
        }
    }

    fn is_learned(&self, now: Timestamp) -> bool {
        let (wanted, of) = LEARNED;
        // One that falls silent for days does not stop to be expected by that.
        let last = day_of(
            now.min(self.newest.saturating_add(SignedDuration::from_hours(24)).unwrap_or(now)),
        );
        let active = self.days.iter().filter(|day| (last - i64::from(of)..last).contains(*day));
        active.count() >= wanted as usize
    }

    fn write(&self, version: u64, now: Timestamp) -> Write {
        let item = Item {
            key: key_of(&self.stream),
            version: version + 1,
            expires: Some(now.max(self.newest).saturating_add(KEPT).unwrap_or(Timestamp::MAX)),
            body: json::body(self),
        };
        Write::Put(item, if version == 0 { When::Absent } else { When::Version(version) })
    }
}

fn key_of(stream: &Stream) -> Key {
    let name = format!("{}/{}", stream.account, stream.region);
    let shard = name.bytes().fold(0u8, u8::wrapping_add) % SHARDS;
    Key::new(format!("streams/{shard}"), name)
}

fn day_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(86_400)
}

fn seconds(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}
