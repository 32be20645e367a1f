//! From a match to what is remembered and told of it: reads what decisions need, and writes what
//! follows from them.

use std::collections::{BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use trailalerts_core::{Level, Match, RuleSet, correlation::Member};

use crate::{
    absence::watch,
    decide::{Admission, Channel, Decision, admit},
    draft::drafts,
    entry::{Entry, Seen, forget, remember},
    episode::{Joined, standing},
    facts::{Facts, bounded, digest},
    neighbours::Lanes,
    owed::Owed,
    pattern::{Group, Origin, Pattern, Patterns, Test},
    store::{Committed, Item, Key, Store, StoreError, When, Write},
    window::{after, anchors, before},
};

/// How long a match is known to have been decided on: longer than any queue keeps a message.
const DONE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How often a decision is made anew because another one came in between.
const MOST_TRIES: u32 = 100;

/// Decides on matches.
#[derive(Debug)]
pub struct Processor {
    /// The rules, and what they amount to together.
    pub patterns: Patterns,
    /// Where alerts are told.
    pub channels: Vec<Channel>,
    /// How long alerts of a kind are kept back where their rule does not say, in seconds.
    pub cooldown: u64,
    /// Whether alerts are delivered; else they are remembered only.
    pub notify: bool,
}

/// What became of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What became of the match itself.
    pub decision: Decision,
    /// The ids of the alerts that are told because of it, its own among them.
    pub told: Vec<String>,
    /// What of them is to be delivered.
    pub owed: Vec<Owed>,
}

impl Outcome {
    fn of(decision: Decision) -> Outcome {
        Outcome { decision, told: Vec::new(), owed: Vec::new() }
    }

    /// Adds what is told besides.
    fn add(&mut self, other: Outcome) {
        self.told.extend(other.told);
        self.owed.extend(other.owed);
    }
}

/// A pattern that holds around a match.
#[derive(Debug)]
pub struct Finding<'p> {
    /// The pattern.
    pub pattern: &'p Pattern,
    /// The episode that the match belongs to.
    pub joined: Joined,
    /// The records of the episode, by time; none where it was told of before and nothing came in
    /// front of it.
    pub entries: Vec<Entry>,
}

impl Processor {
    /// Decides on the matches of a rule set as its settings say.
    pub fn new(set: &'static RuleSet) -> Processor {
        let channels = set.settings.channels.iter().map(|channel| Channel {
            name: channel.name.to_owned(),
            min_severity: channel.min_severity,
        });
        Processor {
            patterns: Patterns::of(set),
            channels: channels.collect(),
            cooldown: set.settings.cooldown,
            notify: true,
        }
    }

    /// Decides on a match and writes what follows. Called again for the same match, also where an
    /// earlier call did not come to its end, it changes nothing that was decided.
    ///
    /// `arrived` stands for the time of a record that has none, and must be the same whenever the
    /// match comes again: the time of its message or object. What has expired by `now` is forgotten.
    ///
    /// # Errors
    /// If the store fails; the match is to be processed again then.
    pub async fn process<S: Store>(
        &self,
        store: &S,
        found: &Match<'_>,
        arrived: Timestamp,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let facts = Facts::of(found, arrived);
        let done = Key::new(format!("done/{}", digest(&[&facts.record])), found.rule.id);
        let known = Admission {
            done: store.get(&done, now).await?.is_some(),
            excluded: found.is_excluded(&facts.actor),
        };
        let mark = || {
            let expires = now.max(facts.time).saturating_add(DONE).unwrap_or(Timestamp::MAX);
            let item = Item {
                key: done.clone(),
                version: 0,
                expires: Some(expires),
                body: "{}".to_owned(),
            };
            Write::Put(item, When::Absent)
        };
        if let Some(decision) = admit(known) {
            if decision == Decision::Excluded {
                // Someone else may have marked it meanwhile.
                let _: Committed = store.commit(&[mark()], now).await?;
            }
            return Ok(Outcome::of(decision));
        }
        let anchored = self.remember(store, found, &facts, now).await?;
        let (alone, together) = apart(anchored);
        let mut before = Outcome::of(Decision::Stored);
        for one in &alone {
            let outcome = self.settle(store, found, &facts, std::slice::from_ref(one), None, now);
            before.add(outcome.await?);
        }
        let mut outcome = self.settle(store, found, &facts, &together, Some(&mark()), now).await?;
        outcome.add(before);
        Ok(outcome)
    }

    /// Decides on what a match leads to, and writes it at once: with the mark that the match is
    /// done, or without one what correlations find by it.
    async fn settle<S: Store>(
        &self,
        store: &S,
        found: &Match<'_>,
        facts: &Facts,
        anchored: &[Anchored<'_>],
        done: Option<&Write>,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        for _ in 0..MOST_TRIES {
            let mut findings = self.findings(store, anchored, now).await?;
            let is_known = |finding: &Finding<'_>| {
                finding.joined.is_unchanged() && finding.joined.episode.alert.is_some()
            };
            if done.is_none() && findings.iter().all(is_known) {
                return Ok(Outcome::of(Decision::Stored));
            }
            let mut writes: Vec<Write> = done.cloned().into_iter().collect();
            let mut outcome = Outcome::of(Decision::Stored);
            let drafts = drafts(self, found, facts, &findings);
            for draft in drafts.iter().filter(|draft| done.is_some() || !draft.is_of_match) {
                let settled = draft.settle(self, store, facts, now).await?;
                for at in &draft.findings {
                    if let Some(finding) = findings.get_mut(*at) {
                        finding.joined.episode.alert = settled.alert().map(str::to_owned);
                    }
                }
                if let Decision::Alerted { alert } = &settled.decision {
                    outcome.told.push(alert.clone());
                }
                outcome.owed.extend(settled.owed);
                writes.extend(settled.writes);
                if draft.is_of_match {
                    outcome.decision = settled.decision;
                }
            }
            for Finding { pattern, joined, .. } in &findings {
                if !joined.is_unchanged() {
                    writes.extend(joined.writes(pattern, now));
                }
            }
            if store.commit(&writes, now).await? == Committed::Done {
                return Ok(outcome);
            }
            if let Some(done) = done
                && store.get(done.key(), now).await?.is_some()
            {
                return Ok(Outcome::of(Decision::Duplicate));
            }
        }
        let message =
            format!("{MOST_TRIES} others changed what a match of `{}` needs", found.rule.title);
        Err(StoreError { passing: true, message })
    }

    /// Remembers the match in every window that needs it, and finds the times at which patterns
    /// hold because of it.
    async fn remember<'p, S: Store>(
        &'p self,
        store: &S,
        found: &Match<'_>,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Anchored<'p>>, StoreError> {
        let Some(rule) = self.patterns.set().index_of(found.rule) else {
            return Ok(Vec::new());
        };
        let mut queue = VecDeque::new();
        for (pattern, member) in self.patterns.joining(Member::Rule(rule)) {
            let field = |path: &str| found.text(path).map(bounded);
            let (Some(group), Some(value)) =
                (pattern.group_of(member, found, facts), pattern.value_of(member, &field))
            else {
                continue;
            };
            let mut fields = self.distribution_of(pattern).to_vec();
            fields.extend(self.patterns.wanted_of(pattern));
            queue.push_back((
                pattern,
                group,
                Entry {
                    time: facts.time,
                    record: facts.record.clone(),
                    member,
                    value,
                    seen: Seen::of(found, facts, &fields),
                },
            ));
        }
        let mut anchored: Vec<Anchored<'p>> = Vec::new();
        while let Some((pattern, group, entry)) = queue.pop_front() {
            let write = remember(pattern, &group, &entry, now);
            // What is always written conflicts with nothing for long.
            while store.commit(std::slice::from_ref(&write), now).await? == Committed::Conflict {}
            if pattern.is_absence() {
                // Its windows are judged when they close.
                watch(store, pattern, &group, entry.time, now).await?;
                continue;
            }
            let lanes = Lanes { store, pattern, group: &group, now };
            // Correlations that look for its presence see each time at which it holds.
            let every = matches!(pattern.origin, Origin::Correlation(index)
                if self.patterns.joining(Member::Correlation(index)).next().is_some());
            let mut times = anchors(pattern, &lanes.around(entry.time, every).await?, entry.time);
            if !pattern.grows() {
                // What holds of it now may not hold of more; it is told all the same.
                times.retain(|time| *time == entry.time);
            }
            if times.is_empty() {
                continue;
            }
            let (counted, entries) = self.inner(store, pattern, &group, &times, now).await?;
            if !counted.is_empty() {
                while store.commit(&counted, now).await? == Committed::Conflict {}
            }
            queue.extend(entries);
            match anchored.iter_mut().find(|other| other.is_of(pattern, &group)) {
                Some(other) => other.times.extend(times),
                None => {
                    anchored.push(Anchored { pattern, group, times: times.into_iter().collect() })
                }
            }
        }
        Ok(anchored)
    }

    /// The entries by which other correlations join what a correlation finds. Those that look
    /// for its presence see each time at which it holds, those that count it each episode once;
    /// what these have of an episode that has begun earlier, or was joined to another, is removed.
    async fn inner<'p, S: Store>(
        &'p self,
        store: &S,
        pattern: &Pattern,
        group: &Group,
        times: &[Timestamp],
        now: Timestamp,
    ) -> Result<(Vec<Write>, Vec<(&'p Pattern, Group, Entry)>), StoreError> {
        let (mut removed, mut entries) = (Vec::new(), Vec::new());
        let (Origin::Correlation(index), Some(first), Some(last)) =
            (pattern.origin, times.first(), times.last())
        else {
            return Ok((removed, entries));
        };
        for (outer, member) in self.patterns.joining(Member::Correlation(index)) {
            let field = |name: &str| group.get(name).map(str::to_owned);
            let Some(value) = outer.value_of(member, &field) else {
                continue;
            };
            let Some(place) = outer.group_of_group(member, group) else {
                // Its records say what it joins by.
                let lanes = Lanes { store, pattern, group, now };
                let records = lanes.between(before(*first, pattern), *last).await?;
                for (place, time) in places(pattern, outer, member, group, &records, times) {
                    let entry = entry_of_group(
                        self.patterns.title(pattern),
                        (pattern, group, member),
                        value.clone(),
                        time,
                    );
                    entries.push((outer, place, entry));
                }
                continue;
            };
            let entry = |time: Timestamp| {
                let title = self.patterns.title(pattern);
                entry_of_group(title, (pattern, group, member), value.clone(), time)
            };
            let mut times = times.to_vec();
            if !matches!(outer.test, Test::Present { .. }) {
                let known = standing(store, pattern, group, (*first, *last), now).await?;
                let joined = Joined::of(known, (*first, *last), group);
                times = vec![joined.episode.first];
                let gone = joined.before.iter().filter(|other| other.first != joined.episode.first);
                removed.extend(gone.map(|other| forget(outer, &place, &entry(other.first))));
            }
            entries.extend(times.into_iter().map(|time| (outer, place.clone(), entry(time))));
        }
        Ok((removed, entries))
    }

    async fn findings<'p, S: Store>(
        &self,
        store: &S,
        anchored: &[Anchored<'p>],
        now: Timestamp,
    ) -> Result<Vec<Finding<'p>>, StoreError> {
        let mut findings = Vec::new();
        for Anchored { pattern, group, times } in anchored {
            let (Some(first), Some(last)) = (times.first(), times.last()) else {
                continue;
            };
            let known = standing(store, pattern, group, (*first, *last), now).await?;
            let joined = Joined::of(known, (*first, *last), group);
            let grown_behind = match joined.before.as_slice() {
                [before] => before.first != joined.episode.first,
                _ => true,
            };
            // Of what is never told nobody asks for the records, and an episode may be long.
            let is_told = self.patterns.correlation(pattern).is_none_or(|found| found.generate)
                && self.is_heavy_enough(self.patterns.level(pattern));
            let entries = if is_told && (grown_behind || joined.episode.alert.is_none()) {
                let lanes = Lanes { store, pattern, group, now };
                let episode = &joined.episode;
                lanes.between(before(episode.first, pattern), episode.last).await?
            } else {
                Vec::new()
            };
            findings.push(Finding { pattern, joined, entries });
        }
        Ok(findings)
    }

    /// Whether any channel tells of such a severity.
    fn is_heavy_enough(&self, severity: Level) -> bool {
        self.channels.iter().any(|channel| severity >= channel.min_severity)
    }

    /// The fields whose distribution the alerts of a pattern tell.
    pub fn distribution_of(&self, pattern: &Pattern) -> &'static [&'static str] {
        match (self.patterns.correlation(pattern), self.patterns.postprocessing(pattern)) {
            (Some(correlation), _) => correlation.alerting.distribution,
            (None, Some((_, rule))) => rule.alerting.distribution,
            (None, None) => &[],
        }
    }
}

/// The entry by which a correlation joins what another one finds of a group at a time.
fn entry_of_group(
    title: &str,
    (pattern, group, member): (&Pattern, &Group, usize),
    value: Option<String>,
    time: Timestamp,
) -> Entry {
    Entry {
        time,
        record: digest(&[&pattern.id, &group.digest(), &time.to_string()]),
        member,
        value,
        seen: Seen::of_group(title, group),
    }
}

/// The groups in which a correlation joins what another one finds, where that does not say all
/// of them: those of its records, at each time those of the window that ends there.
fn places(
    pattern: &Pattern,
    outer: &Pattern,
    member: usize,
    group: &Group,
    records: &[Entry],
    times: &[Timestamp],
) -> BTreeSet<(Group, Timestamp)> {
    let mut found = BTreeSet::new();
    for time in times {
        let start = before(*time, pattern);
        let within = records.iter().filter(|entry| (start..=*time).contains(&entry.time));
        found.extend(within.filter_map(|entry| {
            Some((outer.group_of_record(member, group, &entry.seen.values)?, *time))
        }));
    }
    found
}

/// The times at which a pattern holds.
struct Anchored<'p> {
    pattern: &'p Pattern,
    group: Group,
    times: BTreeSet<Timestamp>,
}

/// What is settled by itself, and what is settled together. A correlation that looks at another
/// one may hold at times that are no one episode, or in several groups, because of one match; the
/// episodes of a group, and the alerts of a kind, are changed one after the other.
fn apart(anchored: Vec<Anchored<'_>>) -> (Vec<Anchored<'_>>, Vec<Anchored<'_>>) {
    let mut runs: Vec<Anchored<'_>> = Vec::new();
    for Anchored { pattern, group, times } in anchored {
        let mut times = times.into_iter().peekable();
        let mut run = BTreeSet::new();
        while let Some(time) = times.next() {
            run.insert(time);
            if times.peek().is_none_or(|next| *next > after(time, pattern)) {
                let times = std::mem::take(&mut run);
                runs.push(Anchored { pattern, group: group.clone(), times });
            }
        }
    }
    let (mut alone, mut together): (Vec<Anchored<'_>>, Vec<Anchored<'_>>) = Default::default();
    for run in runs {
        let of_pattern = together.iter_mut().find(|other| other.pattern.id == run.pattern.id);
        match of_pattern {
            Some(earlier) => alone.push(std::mem::replace(earlier, run)),
            None => together.push(run),
        }
    }
    (alone, together)
}

impl Anchored<'_> {
    fn is_of(&self, pattern: &Pattern, group: &Group) -> bool {
        self.pattern.id == pattern.id && self.group == *group
    }
}
