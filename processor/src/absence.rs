//! Sigma correlations that count too little: judged when a window closes, not when a record comes.
//!
//! Windows are as long as the correlation's `timespan` and follow one another from 1970 on. Too
//! little in one window after the other is one absence: it is told when it begins, and its end is
//! told, too.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use trailalerts_core::Correlation;

use crate::{
    alert::Alert,
    decide::{Decision, Question, judge, may_alert},
    draft::id_of,
    entry::later,
    json,
    neighbours::Lanes,
    owed::{Owed, owe},
    pattern::{Group, Pattern, Test},
    process::Processor,
    reason::{counted, duration, words},
    store::{Committed, Item, Key, Order, Range, Store, StoreError, When, Write},
    told,
    window::all_hold,
};

/// How many windows of a group are judged at once.
const MOST_WINDOWS: usize = 10_000;

/// How many groups of a correlation are watched.
const MOST_GROUPS: usize = 10_000;

/// A group that is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Watched {
    group: Group,
    /// Where the first window begins that is not judged yet.
    from: Timestamp,
    /// Whether a window was judged.
    judged: bool,
    /// Since when there is too little.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent: Option<Absent>,
}

/// Too little in one window after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Absent {
    since: Timestamp,
    alert: Option<String>,
}

/// What was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Absences {
    /// The ids of the alerts.
    pub told: Vec<String>,
    /// What of them is to be delivered.
    pub owed: Vec<Owed>,
}

/// Has a group watched from the window of a record on. As long as none of its windows is judged,
/// a record that comes late lets it begin earlier.
///
/// # Errors
/// If the store fails.
pub async fn watch<S: Store>(
    store: &S,
    pattern: &Pattern,
    group: &Group,
    time: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let from = window_of(pattern, time).0;
    let watched = Watched { group: group.clone(), from, judged: false, absent: None };
    loop {
        let known = store.get(&key_of(pattern, group), now).await?;
        let (version, when) = match &known {
            Some(known) => {
                let before: Watched = json::read(known)?;
                if before.judged || before.from <= from {
                    return Ok(());
                }
                (known.version, When::Version(known.version))
            }
            None => (0, When::Absent),
        };
        let write = Write::Put(item(pattern, &watched, version + 1, now), when);
        if store.commit(&[write], now).await? == Committed::Done {
            return Ok(());
        }
    }
}

/// Judges the windows of all such correlations that have closed: those that end by `until`. A
/// correlation without groups is watched from `from` on.
///
/// # Errors
/// If the store fails. What was judged is not judged again.
pub async fn close<S: Store>(
    processor: &Processor,
    store: &S,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Result<Absences, StoreError> {
    let mut absences = Absences::default();
    for pattern in processor.patterns.iter().filter(|pattern| pattern.is_absence()) {
        let Some(correlation) = processor.patterns.correlation(pattern) else {
            continue;
        };
        if pattern.has_one_group() {
            let (begin, _) = window_of(pattern, from);
            let first = if begin < from { after(pattern, begin) } else { begin };
            watch(store, pattern, &Group(Vec::new()), first, now).await?;
        }
        let range = Range {
            partition: partition(pattern),
            from: "0".to_owned(),
            to: "~".to_owned(),
            order: Order::Ascending,
            limit: MOST_GROUPS,
        };
        for item in store.query(&range, now).await? {
            let judging = Judging { processor, pattern, correlation, store, now };
            judging.windows(&item, until, &mut absences).await?;
        }
    }
    Ok(absences)
}

struct Judging<'j, S> {
    processor: &'j Processor,
    pattern: &'j Pattern,
    correlation: &'static Correlation,
    store: &'j S,
    now: Timestamp,
}

impl<S: Store> Judging<'_, S> {
    /// Judges the windows of a group one after the other, each with what follows in one commit.
    async fn windows(
        &self,
        item: &Item,
        until: Timestamp,
        absences: &mut Absences,
    ) -> Result<(), StoreError> {
        let Test::Count(comparisons) = &self.pattern.test else {
            return Ok(());
        };
        let mut watched: Watched = json::read(item)?;
        for version in (item.version..).take(MOST_WINDOWS) {
            let (begin, end) = window_of(self.pattern, watched.from);
            if end > until {
                break;
            }
            // The end belongs to the next window.
            let last = end.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(end);
            let lanes = Lanes {
                store: self.store,
                pattern: self.pattern,
                group: &watched.group,
                now: self.now,
            };
            let entries = lanes.between(begin, last).await?;
            let expected = self.correlation.alerting.expected_silence;
            let is_absent = all_hold(comparisons, entries.len() as f64)
                && !expected.is_some_and(|hours| may_alert(&hours, begin));
            watched.from = end;
            watched.judged = true;
            let mut writes = Vec::new();
            let mut told = Vec::new();
            let length = duration(self.pattern.window / 1000);
            match (is_absent, watched.absent.take()) {
                (true, Some(absent)) => watched.absent = Some(absent),
                (true, None) => {
                    let what = format!(
                        "{} of {} ({}) within {length}, from {begin} on",
                        counted(entries.len(), "match", "matches"),
                        self.titles(),
                        words(comparisons),
                    );
                    let alert =
                        self.tell(&watched.group, end, entries.len(), what, &mut writes, &mut told);
                    watched.absent = Some(Absent { since: begin, alert });
                }
                (false, Some(Absent { since, alert: Some(_) })) => {
                    let what = format!(
                        "over: {} of {} within {length}, from {begin} on, after {}",
                        counted(entries.len(), "match", "matches"),
                        self.titles(),
                        duration(begin.duration_since(since).as_secs()),
                    );
                    self.tell(&watched.group, end, entries.len(), what, &mut writes, &mut told);
                }
                (false, _) => {}
            }
            writes.push(Write::Put(
                self::item(self.pattern, &watched, version + 1, self.now),
                When::Version(version),
            ));
            if self.store.commit(&writes, self.now).await? == Committed::Conflict {
                // Someone else judges this group at the moment.
                return Ok(());
            }
            for (id, owed) in told {
                absences.told.push(id);
                absences.owed.extend(owed);
            }
        }
        Ok(())
    }

    /// Tells it where the correlation alerts by itself and weighs enough; the id of the alert.
    fn tell(
        &self,
        group: &Group,
        time: Timestamp,
        count: usize,
        reason: String,
        writes: &mut Vec<Write>,
        told: &mut Vec<(String, Option<Owed>)>,
    ) -> Option<String> {
        let id = id_of(time, &[&self.pattern.id, &group.digest(), &reason]);
        let question = Question {
            id: &id,
            generate: self.correlation.generate,
            alerting: &self.correlation.alerting,
            time,
            severity: self.correlation.level,
            channels: &self.processor.channels,
            told_elsewhere: false,
            running: None,
        };
        let (Decision::Alerted { alert: id }, channels) = judge(&question) else {
            return None;
        };
        let mut alert = Alert::of_absence(id.clone(), time, group, reason);
        self.correlation.id.clone_into(&mut alert.rule_id);
        self.correlation.title.clone_into(&mut alert.rule_title);
        alert.severity = self.correlation.level;
        alert.count = count as u64;
        if self.processor.notify {
            alert.owed = channels;
        }
        let owed = owe(&alert, self.now);
        writes.push(told::write_new(&alert, self.now));
        writes.extend(owed.iter().map(|owed| owed.put(self.now)));
        told.push((id.clone(), owed));
        Some(id)
    }

    fn titles(&self) -> String {
        let set = self.processor.patterns.set();
        let titles =
            self.pattern.members.iter().filter_map(|member| crate::reason::title(set, member));
        titles.map(|title| format!("`{title}`")).collect::<Vec<_>>().join(" or ")
    }
}

/// The window that a time lies in: its begin, and its end, which belongs to the next one.
fn window_of(pattern: &Pattern, time: Timestamp) -> (Timestamp, Timestamp) {
    let length = pattern.window.max(1);
    let begin = time.as_millisecond().div_euclid(length).saturating_mul(length);
    let at =
        |milliseconds: i64| Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    (at(begin), at(begin.saturating_add(length)))
}

fn after(pattern: &Pattern, begin: Timestamp) -> Timestamp {
    window_of(pattern, begin).1
}

fn partition(pattern: &Pattern) -> String {
    format!("watched/{}", pattern.id)
}

fn key_of(pattern: &Pattern, group: &Group) -> Key {
    Key::new(partition(pattern), group.digest())
}

/// A group is watched until nothing was judged for a year, or ten times the timespan.
fn item(pattern: &Pattern, watched: &Watched, version: u64, now: Timestamp) -> Item {
    let kept = SignedDuration::from_millis(pattern.window.saturating_mul(10))
        .max(SignedDuration::from_hours(366 * 24));
    Item {
        key: key_of(pattern, &watched.group),
        version,
        expires: Some(later(now.max(watched.from), kept)),
        body: json::body(watched),
    }
}
