//! The matches around a match: what its thresholds and correlations see.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
};

use trailalerts_core::{
    Match,
    correlation::{Comparison, Member, Operator},
};
use trailalerts_processor::{
    episode::standing,
    facts::Facts,
    pattern::{Group, Pattern, Test},
    window::{after, before},
};

use super::{Fates, dim, lane, place};
use crate::{
    Failure,
    occurrences::Neighbour,
    output::{BOLD, RESET, plain},
    scan::replay::failed,
    suggest::paste::span,
};

/// How many matches on both sides are looked at.
const MOST: usize = 20_000;

/// A match, and what stands around it.
pub struct Around<'a> {
    /// What was decided.
    pub fates: &'a Fates,
    /// The match.
    pub found: &'a Match<'a>,
    /// Its facts.
    pub facts: &'a Facts,
}

impl Around<'_> {
    /// Says what a threshold or correlation that the match belongs to sees, in lines.
    ///
    /// # Errors
    /// If the state or a temporary file cannot be read.
    pub fn say(&self, pattern: &Pattern, member: usize, text: &mut String) -> Result<(), Failure> {
        let heading = self.heading(pattern);
        let Some((group, _)) = place(pattern, member, self.found, self.facts) else {
            let why = dim("does not count it: the record lacks a field that it looks at");
            let _ = writeln!(text, "      {heading} {why}");
            return Ok(());
        };
        let counted = self.counted(pattern, &group, member)?;
        let _ = writeln!(text, "      {heading} {counted}{}", self.group(&group));
        if let Some(line) = self.episode(pattern, &group)? {
            let _ = writeln!(text, "        {line}");
        }
        Ok(())
    }

    fn heading(&self, pattern: &Pattern) -> String {
        let patterns = &self.fates.processor.patterns;
        match (patterns.postprocessing(pattern), patterns.correlation(pattern)) {
            (Some((written, rule)), _) => {
                let (kind, title) = (written.kind.name(), plain(written.description));
                let of = if std::ptr::eq(rule, self.found.rule) {
                    String::new()
                } else {
                    format!(" of `{}`", plain(rule.title))
                };
                format!("{kind} {BOLD}{title}{RESET}{of}:")
            }
            (None, Some(correlation)) => {
                let (kind, title) = (correlation.kind.name(), plain(correlation.title));
                format!("{kind} {BOLD}{title}{RESET}:")
            }
            (None, None) => String::new(),
        }
    }

    fn group(&self, group: &Group) -> String {
        let pairs = group.0.iter().map(|(name, value)| format!("{} {}", plain(name), plain(value)));
        let pairs = pairs.collect::<Vec<_>>().join(", ");
        if pairs.is_empty() { String::new() } else { format!("  {}", dim(&pairs)) }
    }

    /// How many matches stand around it: of those that count, in the window with it that has most
    /// of them; of those that only have to be there, on both sides of it.
    fn counted(&self, pattern: &Pattern, group: &Group, own: usize) -> Result<String, Failure> {
        let within = words(pattern.window);
        let at = self.facts.time.as_millisecond();
        match &pattern.test {
            Test::Count(comparisons) | Test::Distinct(comparisons) => {
                let mut neighbours = Vec::new();
                for member in 0..pattern.members.len() {
                    neighbours.extend(self.neighbours(pattern, group, member)?);
                }
                neighbours.sort_by_key(|neighbour| neighbour.time);
                let distinct = matches!(pattern.test, Test::Distinct(_));
                let best = most(&neighbours, at, pattern.window, distinct);
                let values = if distinct { " different values" } else { "" };
                let remembered = match best.remembered {
                    0 => String::new(),
                    number => format!(", {number} of the matches remembered"),
                };
                Ok(format!(
                    "{} {}{values} within {within}{remembered}",
                    best.count,
                    wanted(comparisons)
                ))
            }
            Test::Values(..) => {
                let number = self.neighbours(pattern, group, own)?.len();
                Ok(format!("{number} with a value within {within} before or after"))
            }
            Test::Present { .. } => {
                let mut parts = Vec::new();
                for (at, member) in pattern.members.iter().enumerate() {
                    let title = self.title(*member);
                    let part = match (member, self.neighbours(pattern, group, at)?.len()) {
                        (Member::Correlation(_), _) => format!("`{title}` is a correlation"),
                        (_, 0) => format!("no `{title}`"),
                        (_, number) => format!("{number} of `{title}`"),
                    };
                    parts.push(part);
                }
                Ok(format!("{} within {within} before or after", parts.join(", ")))
            }
        }
    }

    fn title(&self, member: Member) -> String {
        let set = self.fates.set;
        plain(match member {
            Member::Rule(rule) => set.rules.get(rule).map_or("", |rule| rule.title),
            Member::Correlation(other) => set.correlations.get(other).map_or("", |each| each.title),
        })
    }

    fn neighbours(
        &self,
        pattern: &Pattern,
        group: &Group,
        member: usize,
    ) -> Result<Vec<Neighbour>, Failure> {
        let (from, to) = (before(self.facts.time, pattern), after(self.facts.time, pattern));
        let lane = lane(pattern, group, member);
        let found = self.fates.found.between(lane, from.as_millisecond(), to.as_millisecond())?;
        found.take(MOST).collect()
    }

    /// The run of records that the match is part of, if the threshold or correlation holds there.
    fn episode(&self, pattern: &Pattern, group: &Group) -> Result<Option<String>, Failure> {
        let time = self.facts.time;
        let anchors = (time, after(time, pattern));
        let read = standing(&self.fates.store, pattern, group, anchors, time);
        let near = pollster::block_on(read).map_err(failed)?.near;
        let covers = |first, last| before(first, pattern) <= time && time <= last;
        let own = near.into_iter().find(|episode| covers(episode.first, episode.last));
        Ok(own.map(|episode| {
            let format = "%Y-%m-%d %H:%M:%S";
            let told = match &episode.alert {
                Some(alert) => format!("alert {}", plain(alert)),
                None => "not told".to_owned(),
            };
            format!(
                "holds from {} to {} UTC, {told}",
                episode.first.strftime(format),
                episode.last.strftime(format)
            )
        }))
    }
}

/// The window with most of them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Most {
    count: usize,
    remembered: usize,
}

/// Of the windows with a time in them, that with most neighbours, or with most different values of
/// theirs. The neighbours are sorted by time.
fn most(neighbours: &[Neighbour], at: i64, window: i64, distinct: bool) -> Most {
    let mut inside: VecDeque<&Neighbour> = VecDeque::new();
    let mut values: HashMap<u128, usize> = HashMap::new();
    let mut best = Most::default();
    for neighbour in neighbours {
        while inside.front().is_some_and(|first| first.time < neighbour.time.saturating_sub(window))
        {
            if let Some(gone) = inside.pop_front()
                && let Some(number) = values.get_mut(&gone.value)
            {
                *number -= 1;
                if *number == 0 {
                    values.remove(&gone.value);
                }
            }
        }
        inside.push_back(neighbour);
        *values.entry(neighbour.value).or_default() += 1;
        let count = if distinct { values.len() } else { inside.len() };
        if neighbour.time >= at && count > best.count {
            let remembered = inside.iter().filter(|neighbour| neighbour.remembered).count();
            best = Most { count, remembered };
        }
    }
    best
}

/// What a count is compared with: `of 10`.
fn wanted(comparisons: &[Comparison]) -> String {
    match comparisons {
        [Comparison { operator: Operator::GreaterOrEqual, value }] => format!("of {value}"),
        [Comparison { operator: Operator::Greater, value }] => format!("of {}", value + 1.0),
        others => {
            let words =
                others.iter().map(|each| format!("{} {}", each.operator.name(), each.value));
            format!("({} is looked for)", words.collect::<Vec<_>>().join(" and "))
        }
    }
}

/// A length of time in milliseconds.
fn words(milliseconds: i64) -> String {
    let seconds = u64::try_from(milliseconds / 1000).unwrap_or(0);
    if seconds.is_multiple_of(60) { span(seconds / 60, " ") } else { format!("{seconds} seconds") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_with_most_matches_holds_the_match() {
        let neighbour = |(time, value, remembered)| Neighbour { time, value, remembered };
        let times = [
            (0, 1, true),
            (1, 2, true),
            (2, 3, true),
            (60, 1, false),
            (100, 2, false),
            (160, 2, false),
        ];
        let all: Vec<Neighbour> = times.into_iter().map(neighbour).collect();
        let most = |at, window, distinct| most(&all, at, window, distinct);
        assert_eq!(most(60, 100, false), Most { count: 5, remembered: 3 });
        assert_eq!(most(60, 58, false), Most { count: 2, remembered: 1 });
        assert_eq!(most(100, 58, false), Most { count: 2, remembered: 0 });
        assert_eq!(most(60, 100, true), Most { count: 3, remembered: 3 });
        assert_eq!(most(160, 60, true), Most { count: 1, remembered: 0 });
    }
}
