//! What is remembered and told after the last arrival, whatever the order of arrival was.
//!
//! Generic over the store, so that every store is held to it: [`check`].

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    ops::AddAssign,
    pin::Pin,
};

use jiff::Timestamp;
use trailalerts_core::{Match, Matcher, Origin, Record};
use trailalerts_processor::{
    Decision, Kind, Processor,
    decide::Channel,
    episode::{self, Episode},
    facts::{Facts, digest},
    neighbours::Lanes,
    pattern::Pattern,
    store::Store,
    told,
    window::before,
};

use super::{
    RULE_SET,
    calls::side_by_side,
    chance::Chance,
    month::{end, records},
    oracle::{self, Groups, Oracle},
};

/// How many work side by side.
pub const WORKERS: usize = 4;

/// Most episodes of a group that are compared.
const MOST_EPISODES: usize = 10_000;

/// A month's records in their order, and as they arrive: each up to three times, in parts.
pub struct Plan {
    /// By time, each once.
    pub ordered: Vec<String>,
    /// One a worker.
    pub parts: Vec<Vec<String>>,
}

/// What became of each match, by rule and record; of a call that is told of in several accounts
/// by rule and call.
pub type Decisions = BTreeMap<(String, String), Vec<Decision>>;

/// What a worker did.
#[derive(Debug, Clone, Default)]
pub struct Worked {
    /// What became of matches.
    pub decisions: Decisions,
    /// The ids of the alerts that were told, each as often as it was.
    pub told: Vec<String>,
    /// How often the store failed.
    pub failed: usize,
}

/// What was compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Matches, each once.
    pub matches: usize,
    /// How often they arrived besides.
    pub repeated: usize,
    /// Episodes of all patterns.
    pub episodes: usize,
    /// Alerts of episodes.
    pub alerts: usize,
    /// Alerts whose episode was joined to another one later.
    pub joined: usize,
    /// How often alerts were told again because they went on.
    pub told_again: usize,
    /// How often the store failed.
    pub failed: usize,
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Summary) {
        self.matches += other.matches;
        self.repeated += other.repeated;
        self.episodes += other.episodes;
        self.alerts += other.alerts;
        self.joined += other.joined;
        self.told_again += other.told_again;
        self.failed += other.failed;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { matches, repeated, episodes, alerts, joined, told_again, failed } = self;
        write!(
            f,
            "{matches} matches, {repeated} repeated, {episodes} episodes, {alerts} alerts of \
             episodes: {joined} of an episode that was joined to another, {told_again} tellings of one told before; {failed} failures"
        )
    }
}

/// The plan of a seed.
pub fn plan(seed: u64, attacks: usize) -> Plan {
    let ordered = records(seed, attacks);
    let mut chance = Chance::of(seed, 2);
    let mut arriving = Vec::new();
    for record in &ordered {
        arriving.extend((0..chance.between(1, 3)).map(|_| record.clone()));
    }
    for at in (1..arriving.len()).rev() {
        arriving.swap(at, chance.below(at + 1));
    }
    let mut parts = vec![Vec::new(); WORKERS];
    for record in arriving {
        let part = chance.below(WORKERS);
        if let Some(part) = parts.get_mut(part) {
            part.push(record);
        }
    }
    Plan { ordered, parts }
}

/// A processor of the rules here, which tells everything.
pub fn processor(cooldown: u64) -> Processor {
    let mut processor = Processor::new(&RULE_SET);
    processor.cooldown = cooldown;
    processor.channels = vec![Channel {
        name: "all".to_owned(),
        min_severity: trailalerts_core::Level::Informational,
    }];
    processor
}

/// Processes records one after the other. One whose processing fails for a while comes again, after
/// the others.
///
/// # Errors
/// If a record is none, or the store fails for good.
pub async fn work<S: Store>(
    processor: &Processor,
    store: &S,
    records: &[String],
) -> Result<Worked, String> {
    let mut worked = Worked::default();
    let mut matcher = Matcher::new(&RULE_SET);
    let mut queue: VecDeque<&String> = records.iter().collect();
    while let Some(text) = queue.pop_front() {
        let record = Record::parse(text.as_bytes()).map_err(|error| format!("{error:?}"))?;
        let rules: Vec<_> = matcher.matches(&record).collect();
        for rule in rules {
            let found =
                Match { rule, record: &record, origin: Origin { file: "x.json", index: 0 } };
            let outcome = match processor.process(store, &found, end(), end()).await {
                Ok(outcome) => outcome,
                Err(error) if error.passing => {
                    worked.failed += 1;
                    queue.push_back(text);
                    break;
                }
                Err(error) => return Err(format!("{}: {error}: {text}", rule.title)),
            };
            let facts = Facts::of(&found, end());
            let call = facts.shared_event_id.unwrap_or(facts.record);
            let key = (rule.id.to_owned(), call);
            worked.decisions.entry(key).or_default().push(outcome.decision);
            worked.told.extend(outcome.told);
        }
    }
    Ok(worked)
}

/// Processes a plan's records in order in one store, and shuffled, repeated and side by side in
/// another one, and compares both with what follows from all records at once.
///
/// # Errors
/// What differs, or why a store failed.
pub async fn check<O: Store, S: Store>(
    ordered: &O,
    shuffled: &S,
    seed: u64,
    attacks: usize,
    cooldown: u64,
) -> Result<Summary, String> {
    let plan = plan(seed, attacks);
    let processor = processor(cooldown);
    let in_order = work(&processor, ordered, &plan.ordered).await?;
    let parts = arrive(&processor, shuffled, &plan).await?;
    compare(&processor, ordered, shuffled, &plan, &in_order, parts).await
}

/// Processes the parts of a plan side by side.
///
/// # Errors
/// Those of [`work`].
pub async fn arrive<S: Store>(
    processor: &Processor,
    store: &S,
    plan: &Plan,
) -> Result<Vec<Worked>, String> {
    let workers = plan
        .parts
        .iter()
        .map(|part| Box::pin(work(processor, store, part)) as Pin<Box<dyn Future<Output = _>>>);
    side_by_side(workers).await.into_iter().collect()
}

/// Compares both stores with what follows from all records at once, and the decisions with each
/// other.
///
/// # Errors
/// What differs, or why a store failed.
pub async fn compare<O: Store, S: Store>(
    processor: &Processor,
    ordered: &O,
    shuffled: &S,
    plan: &Plan,
    in_order: &Worked,
    parts: Vec<Worked>,
) -> Result<Summary, String> {
    let mut together = Worked::default();
    for Worked { decisions, told, failed } in parts {
        for (call, decisions) in decisions {
            together.decisions.entry(call).or_default().extend(decisions);
        }
        together.told.extend(told);
        together.failed += failed;
    }
    // Of what failed after it was written nobody knows what was told.
    if together.failed == 0 {
        let expected = told_of(&in_order.decisions)?;
        let found = told_of(&together.decisions)?;
        if expected != found {
            let differing: Vec<_> = expected.symmetric_difference(&found).collect();
            return Err(format!("told or counted in one order only: {differing:?}"));
        }
    }
    let oracle = all(processor, &plan.ordered)?;
    let first = against(processor, ordered, &oracle, Some(&in_order.told)).await;
    first.map_err(|error| format!("in order: {error}"))?;
    let told = (together.failed == 0).then_some(together.told.as_slice());
    let mut summary = against(processor, shuffled, &oracle, told)
        .await
        .map_err(|error| format!("shuffled: {error}"))?;
    let sum = |worked: &Worked| worked.decisions.values().map(Vec::len).sum::<usize>();
    summary.matches = sum(in_order);
    summary.repeated = sum(&together).saturating_sub(summary.matches);
    summary.failed = together.failed;
    Ok(summary)
}

/// The calls that were told of or counted into what was told.
fn told_of(decisions: &Decisions) -> Result<BTreeSet<(String, String)>, String> {
    let mut told = BTreeSet::new();
    for (call, decisions) in decisions {
        let of =
            |wanted: fn(&Decision) -> bool| decisions.iter().filter(|each| wanted(each)).count();
        let counted = of(|decision| {
            matches!(decision, Decision::Alerted { .. } | Decision::InCooldown { .. })
        });
        let elsewhere = of(|decision| *decision == Decision::ToldElsewhere);
        let first = of(|decision| *decision != Decision::Duplicate);
        // A call in two accounts is two records: both may be told by a threshold, which is not
        // about the call alone.
        if first > 2 || counted + elsewhere > 2 {
            return Err(format!("{call:?} was decided on more than once: {decisions:?}"));
        }
        if counted > 0 {
            told.insert(call.clone());
        }
    }
    Ok(told)
}

fn all(processor: &Processor, records: &[String]) -> Result<Oracle, String> {
    let mut oracle = Oracle::default();
    let mut matcher = Matcher::new(&RULE_SET);
    for text in records {
        let record = Record::parse(text.as_bytes()).map_err(|error| format!("{error:?}"))?;
        let rules: Vec<_> = matcher.matches(&record).collect();
        for rule in rules {
            let found =
                Match { rule, record: &record, origin: Origin { file: "x.json", index: 0 } };
            let facts = Facts::of(&found, end());
            if !found.is_excluded(&facts.actor) {
                oracle.add(processor, &found, &facts);
            }
        }
    }
    Ok(oracle)
}

/// Whether what more records cannot undo: where a correlation counts what another one finds, two
/// of its episodes may become one.
fn is_lasting(pattern: &Pattern) -> bool {
    use trailalerts_core::correlation::Member;
    use trailalerts_processor::pattern::Test;
    let joins = pattern.members.iter().any(|member| matches!(member, Member::Correlation(_)));
    pattern.grows() && (!joins || matches!(pattern.test, Test::Present { .. }))
}

async fn against<S: Store>(
    processor: &Processor,
    store: &S,
    oracle: &Oracle,
    told: Option<&[String]>,
) -> Result<Summary, String> {
    let mut summary = Summary::default();
    let mut alerts = BTreeSet::new();
    // What alerts of a group are called, behind their time.
    let mut names: BTreeMap<String, BTreeSet<oracle::Episode>> = BTreeMap::new();
    for pattern in processor.patterns.iter() {
        for (group, entries) in oracle.entries(processor, pattern) {
            let name = digest(&[&pattern.id, &group.digest()]);
            let lasting = is_lasting(pattern);
            let any = BTreeSet::from([(i64::MIN, i64::MAX)]);
            names.insert(name, if lasting { oracle::episodes(pattern, &entries) } else { any });
        }
    }
    for pattern in processor.patterns.iter().filter(|pattern| is_lasting(pattern)) {
        let groups: Groups = oracle.entries(processor, pattern);
        for (group, entries) in &groups {
            let expected = oracle::episodes(pattern, entries);
            let read = episode::episodes(store, pattern, group, MOST_EPISODES, end()).await;
            let found = read.map_err(|error| error.to_string())?;
            let times =
                |episode: &Episode| (episode.first.as_millisecond(), episode.last.as_millisecond());
            let title = processor.patterns.title(pattern);
            let list: Vec<_> = found.iter().map(times).collect();
            if list.iter().copied().collect::<BTreeSet<_>>() != expected
                || list.len() != expected.len()
            {
                return Err(format!(
                    "{title} of {group:?}: episodes {list:?}, expected {expected:?} of {entries:?}"
                ));
            }
            for one in &found {
                covered(store, pattern, one, entries, title).await?;
                summary.episodes += 1;
                let Some(alert) = &one.alert else {
                    if processor.patterns.correlation(pattern).is_some_and(|found| !found.generate)
                    {
                        continue;
                    }
                    return Err(format!("{title} of {group:?}: an episode without an alert"));
                };
                if told.is_some_and(|told| !told.contains(alert)) {
                    return Err(format!("{title} of {group:?}: {alert} was told to nobody"));
                }
                alerts.insert(alert.clone());
            }
        }
    }
    summary.alerts = alerts.len();
    let told = told.unwrap_or_default();
    for id in told.iter().collect::<BTreeSet<_>>() {
        let remembered = told::read(store, id, end()).await.map_err(|error| error.to_string())?;
        let remembered = remembered.ok_or_else(|| format!("the alert {id} is gone"))?.complete();
        let times = told.iter().filter(|other| *other == id).count();
        if usize::try_from(remembered.told).ok() != Some(times) {
            return Err(format!("{id} was told {times} times: {remembered:?}"));
        }
        summary.told_again += times - 1;
        if remembered.kind == Kind::Detection || alerts.contains(id) {
            continue;
        }
        // One that no episode names began with an anchor of an episode that was joined.
        let (time, name) = id.split_at(id.len().saturating_sub(33));
        let time: Timestamp = time.parse().map_err(|_| format!("{id} has no time"))?;
        let of = names.get(name.trim_start_matches('-'));
        let at = time.as_millisecond();
        if !of.is_some_and(|of| of.iter().any(|(first, last)| (*first..=*last).contains(&at))) {
            return Err(format!("an alert of nothing: {remembered:?}"));
        }
        summary.joined += 1;
    }
    Ok(summary)
}

/// The records of an episode are remembered.
async fn covered<S: Store>(
    store: &S,
    pattern: &Pattern,
    episode: &Episode,
    entries: &BTreeSet<oracle::Entry>,
    title: &str,
) -> Result<(), String> {
    let lanes = Lanes { store, pattern, group: &episode.group, now: end() };
    let from = before(episode.first, pattern);
    let found = lanes.between(from, episode.last).await.map_err(|error| error.to_string())?;
    let found: BTreeSet<_> = found
        .into_iter()
        .map(|entry| (entry.time.as_millisecond(), entry.record, entry.member))
        .collect();
    let span = episode.first.as_millisecond() - pattern.window..=episode.last.as_millisecond();
    let expected: BTreeSet<_> = entries
        .iter()
        .filter(|(time, ..)| span.contains(time))
        .map(|(time, record, member, _)| (*time, record.clone(), *member))
        .collect();
    if found != expected {
        return Err(format!("{title}: covers {found:?}, expected {expected:?}"));
    }
    Ok(())
}
