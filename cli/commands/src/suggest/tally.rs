//! Counts in windows that slide over the time: what each threshold would have led to.

use std::collections::{BTreeMap, VecDeque};

use crate::{Failure, occurrences::Occurrence};

/// Counts beyond it are not told apart: no threshold is higher.
pub const MOST: u32 = 1_000_000;

/// How many groups are named.
const MOST_NAMED: usize = 5;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What the counts in windows of one length are. A window ends at a match and begins one length
/// before it, and both of its ends belong to it, as in the processor.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many matches there are.
    pub matches: u64,
    /// How many groups there are.
    pub groups: u64,
    /// How often a group's highest count within a period of the window's length is which. Periods
    /// without matches are not among them.
    pub peaks: BTreeMap<u32, u64>,
    /// The highest count of any group on each day that has a match: days of UTC since 1970.
    pub days: BTreeMap<i64, u32>,
    /// The groups with the highest counts.
    pub busiest: Vec<Busy>,
    /// The highest count of any group in each part of the time.
    pub columns: Vec<u32>,
    /// By how much more episodes the threshold of this index has than the one before it.
    episodes: Vec<i64>,
}

/// A group with a high count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// Its lane.
    pub lane: u128,
    /// The highest count in a window.
    pub highest: u32,
    /// How many matches it has.
    pub count: u64,
}

/// The time that is divided into columns: in milliseconds, both ends in it.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// Its begin.
    pub first: i64,
    /// Its end.
    pub last: i64,
    /// How many columns there are.
    pub columns: usize,
}

impl Axis {
    /// The column of a time.
    pub fn column(&self, time: i64) -> usize {
        let span = i128::from(self.last) - i128::from(self.first) + 1;
        let at = (i128::from(time) - i128::from(self.first)) * self.columns as i128 / span.max(1);
        usize::try_from(at).unwrap_or(0).min(self.columns.saturating_sub(1))
    }
}

/// The group that is looked at.
struct Group {
    lane: u128,
    /// Its matches.
    count: u64,
    /// Its matches in the window, the one at hand among them.
    inside: u64,
    highest: u32,
    /// Counts of the last window's length: times go up, counts go down. The first is the highest.
    recent: VecDeque<(i64, u32)>,
    /// The period of the window's length, and the highest count in it.
    period: (i64, u32),
}

impl Tally {
    /// Counts what happened, by lane and time, in windows of so many milliseconds. It is needed
    /// twice, for the two ends of the window, so that nothing has to be kept.
    ///
    /// # Errors
    /// Those of the occurrences.
    pub fn of(
        window: i64,
        axis: Axis,
        occurrences: impl Iterator<Item = Result<Occurrence, Failure>>,
        again: impl Iterator<Item = Result<Occurrence, Failure>>,
    ) -> Result<Tally, Failure> {
        let mut tally = Tally { columns: vec![0; axis.columns], ..Tally::default() };
        let mut group: Option<Group> = None;
        let (mut ahead, mut behind) = (occurrences.peekable(), again.peekable());
        while let Some(occurrence) = ahead.next().transpose()? {
            let Occurrence { lane, time } = occurrence;
            let mut here = match group.take() {
                Some(here) if here.lane == lane => here,
                other => {
                    tally.end(other);
                    Group::begin(lane, time.div_euclid(window))
                }
            };
            here.count += 1;
            here.inside += 1;
            // The end of the window stands still until all of its instant is counted.
            let whole = !matches!(ahead.peek(), Some(Ok(next)) if *next == occurrence);
            if whole {
                while let Some(Ok(first)) = behind.peek() {
                    let inside = first.lane == lane;
                    if inside && first.time >= time.saturating_sub(window) {
                        break;
                    }
                    here.inside -= u64::from(inside);
                    behind.next();
                }
                if let Some(Err(_)) = behind.peek() {
                    behind.next().transpose()?;
                }
                tally.count(&mut here, time, window, axis);
            }
            group = Some(here);
        }
        tally.end(group);
        Ok(tally)
    }

    /// Notes the count of the window that ends at a time.
    fn count(&mut self, group: &mut Group, time: i64, window: i64, axis: Axis) {
        let count = u32::try_from(group.inside).unwrap_or(u32::MAX).min(MOST + 1);
        group.highest = group.highest.max(count);
        let period = time.div_euclid(window);
        if group.period.0 != period {
            *self.peaks.entry(group.period.1).or_default() += 1;
            group.period = (period, 0);
        }
        group.period.1 = group.period.1.max(count);
        let day = self.days.entry(time.div_euclid(DAY)).or_default();
        *day = count.max(*day);
        if let Some(column) = self.columns.get_mut(axis.column(time)) {
            *column = count.max(*column);
        }
        // A threshold that nothing reached within a window's length begins an episode here.
        let recent = &mut group.recent;
        while recent.front().is_some_and(|(other, _)| *other < time.saturating_sub(window)) {
            recent.pop_front();
        }
        let reached = recent.front().map_or(0, |(_, count)| *count);
        if count > reached {
            let (from, to) = (reached as usize + 1, count as usize + 1);
            if self.episodes.len() <= to {
                self.episodes.resize(to + 1, 0);
            }
            for (at, change) in [(from, 1), (to, -1)] {
                if let Some(episodes) = self.episodes.get_mut(at) {
                    *episodes += change;
                }
            }
        }
        while recent.back().is_some_and(|(_, other)| *other <= count) {
            recent.pop_back();
        }
        recent.push_back((time, count));
    }

    fn end(&mut self, group: Option<Group>) {
        let Some(group) = group else { return };
        self.groups += 1;
        self.matches += group.count;
        *self.peaks.entry(group.period.1).or_default() += 1;
        let busy = Busy { lane: group.lane, highest: group.highest, count: group.count };
        let rank = |busy: &Busy| (busy.highest, busy.count);
        let at = self.busiest.partition_point(|other| rank(other) >= rank(&busy));
        self.busiest.insert(at, busy);
        self.busiest.truncate(MOST_NAMED);
    }

    /// The highest count.
    pub fn highest(&self) -> u32 {
        self.peaks.last_key_value().map_or(0, |(count, _)| *count)
    }

    /// How many alerts each threshold would have led to: runs of records over which it holds, as
    /// the processor joins them. The thresholds are in ascending order.
    pub fn alerts(&self, thresholds: &[u32]) -> Vec<u64> {
        let mut sum = 0;
        let mut sums = self.episodes.iter().map(|change| {
            sum += change;
            u64::try_from(sum).unwrap_or(0)
        });
        let mut next = 0;
        let alerts = thresholds.iter().map(|threshold| {
            let skipped = *threshold as usize - next.min(*threshold as usize);
            next = *threshold as usize + 1;
            sums.nth(skipped).unwrap_or(0)
        });
        alerts.collect()
    }

    /// On how many days a threshold would have been reached.
    pub fn days_with(&self, threshold: u32) -> u64 {
        self.days.values().filter(|count| **count >= threshold).count() as u64
    }

    /// How many periods have a match.
    pub fn periods(&self) -> u64 {
        self.peaks.values().sum()
    }
}

impl Group {
    fn begin(lane: u128, period: i64) -> Group {
        Group {
            lane,
            count: 0,
            inside: 0,
            highest: 0,
            recent: VecDeque::new(),
            period: (period, 0),
        }
    }
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
