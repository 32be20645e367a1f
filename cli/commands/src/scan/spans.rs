//! When each stream of the logs was active: what gaps are found by.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use trailalerts_core::{Record, alerting::Streams};
use trailalerts_detector::Activity;
use trailalerts_processor::streams::{Stream, limit_of};

/// A stream is expected that was silent for at most such a part of the time.
const MOST_SILENT: i32 = 7;

/// When each stream was active.
#[derive(Debug, Default)]
pub struct Spans {
    streams: HashMap<Stream, Active>,
    activity: Activity,
}

/// Spans of activity, by their begin. What lies no further apart than `near` is one span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Active(BTreeMap<Timestamp, Timestamp>);

/// A stream without records between two times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The stream.
    pub stream: Stream,
    /// The last record before.
    pub since: Timestamp,
    /// The first record behind; none where the logs end before it.
    pub until: Option<Timestamp>,
}

impl Spans {
    /// Notes that a record was there.
    pub fn note(&mut self, record: &Record<'_>, file: &str, settings: &Streams) {
        let Some((account, region, time)) = self.activity.of(record, file) else {
            return;
        };
        let stream = Stream { account: account.unwrap_or_else(|| "unknown".to_owned()), region };
        let near = near(settings, &stream);
        self.streams.entry(stream).or_default().add(time, time, near);
    }

    /// Adds what others have noted.
    pub fn join(&mut self, other: Spans, settings: &Streams) {
        for (stream, active) in other.streams {
            let near = near(settings, &stream);
            let own = self.streams.entry(stream).or_default();
            for (begin, end) in active.0 {
                own.add(begin, end, near);
            }
        }
    }

    /// The times of the first and the last record.
    pub fn whole(&self) -> Option<(Timestamp, Timestamp)> {
        let begins = self.streams.values().filter_map(|active| active.0.keys().next());
        let ends = self.streams.values().filter_map(|active| active.0.values().next_back());
        Some((*begins.min()?, *ends.max()?))
    }

    /// Where streams were silent for longer than they may be, by time. Expected are those of the
    /// settings, and where these say so those that are seldom silent in these logs.
    pub fn gaps(&self, settings: &Streams) -> Vec<Gap> {
        let Some((first, last)) = self.whole() else {
            return Vec::new();
        };
        let mut gaps = Vec::new();
        for (stream, active) in &self.streams {
            let found = active.gaps(first, last, near(settings, stream));
            let silent = found
                .iter()
                .map(|(since, until)| until.unwrap_or(last).duration_since(*since))
                .fold(SignedDuration::ZERO, SignedDuration::saturating_add);
            let span = last.duration_since(first);
            let learned = silent.saturating_mul(MOST_SILENT) <= span;
            if limit_of(settings, stream, learned).is_some() {
                let gap = |(since, until)| Gap { stream: stream.clone(), since, until };
                gaps.extend(found.into_iter().map(gap));
            }
        }
        gaps.sort_by(|left, right| (left.since, &left.stream).cmp(&(right.since, &right.stream)));
        gaps
    }
}

impl Active {
    fn add(&mut self, begin: Timestamp, end: Timestamp, near: SignedDuration) {
        let (mut begin, mut end) = (begin, end);
        let reach = end.saturating_add(near).unwrap_or(end);
        // Spans are further apart than `near`, so those that are joined are the last ones here.
        while let Some((other_begin, other_end)) =
            self.0.range(..=reach).next_back().map(|(begin, end)| (*begin, *end))
        {
            if begin.duration_since(other_end) > near {
                break;
            }
            if other_begin <= begin && end <= other_end {
                return;
            }
            self.0.remove(&other_begin);
            begin = begin.min(other_begin);
            end = end.max(other_end);
        }
        self.0.insert(begin, end);
    }

    /// Where it was silent for longer than `limit`, between two times.
    fn gaps(
        &self,
        first: Timestamp,
        last: Timestamp,
        limit: SignedDuration,
    ) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut gaps = Vec::new();
        let mut since = first;
        for (begin, end) in &self.0 {
            if begin.duration_since(since) > limit {
                gaps.push((since, Some(*begin)));
            }
            since = *end;
        }
        if last.duration_since(since) > limit {
            gaps.push((since, None));
        }
        gaps
    }
}

fn near(settings: &Streams, stream: &Stream) -> SignedDuration {
    limit_of(settings, stream, true).unwrap_or_else(|| {
        SignedDuration::from_secs(i64::try_from(settings.silent_after).unwrap_or(i64::MAX))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_the_same_for_every_order() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let near = SignedDuration::from_mins(30);
        let minutes = [0, 10, 45, 75, 76, 200, 231, 400];
        let expected = [(0, 10), (45, 76), (200, 200), (231, 231), (400, 400)];
        let expected: BTreeMap<_, _> =
            expected.into_iter().map(|(begin, end)| (at(begin), at(end))).collect();
        for turn in 0..minutes.len() {
            for backwards in [false, true] {
                let mut order = minutes;
                order.rotate_left(turn);
                if backwards {
                    order.reverse();
                }
                let mut active = Active::default();
                for minute in order {
                    active.add(at(minute), at(minute), near);
                }
                assert_eq!(active.0, expected, "{order:?}");
                assert_eq!(
                    active.gaps(at(0), at(431), near),
                    [
                        (at(10), Some(at(45))),
                        (at(76), Some(at(200))),
                        (at(200), Some(at(231))),
                        (at(231), Some(at(400))),
                        (at(400), None)
                    ]
                );
            }
        }
    }
}
