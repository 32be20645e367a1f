//! Each case by itself: records arrive, matches are decided on, alerts are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use trailalerts_conformance::alerting::{
    RULE_SET,
    calls::block_on,
    memory::MemoryStore,
    record::{event_id, json},
};
use trailalerts_core::{Match, Matcher, Origin, Record};
use trailalerts_processor::{
    Alert, Decision, Processor, alert::Distribution, decide::Channel, episode::Episode, told,
};

use crate::case::{Case, Expected, chapters, duration, names_of};

#[test]
fn every_case_comes_out_as_expected() {
    let (mut failures, mut total) = (Vec::new(), 0);
    for (file, chapter) in chapters() {
        println!("{:4} cases  {}", chapter.cases.len(), chapter.chapter);
        total += chapter.cases.len();
        for case in &chapter.cases {
            let wrong = check(case).unwrap_or_else(|error| vec![error]);
            if !wrong.is_empty() {
                failures.push(format!(
                    "{file}: {} ({})\n    {}",
                    case.name,
                    case.why,
                    wrong.join("\n    ")
                ));
            }
        }
    }
    println!("{total:4} cases in all");
    assert!(failures.is_empty(), "{} of {total}:\n{}", failures.len(), failures.join("\n"));
}

/// What is wrong with what becomes of a case.
fn check(case: &Case) -> Result<Vec<String>, String> {
    let store = MemoryStore::default();
    let processor = processor(case)?;
    let mut now = Timestamp::UNIX_EPOCH;
    let mut decisions = BTreeMap::new();
    let mut wrong = Vec::new();
    let records: HashMap<String, (Timestamp, String)> =
        case.lines()?.into_iter().map(|(name, time, words)| (name, (time, words))).collect();
    let mut matcher = Matcher::new(&RULE_SET);
    for name in case.arrivals()? {
        let (time, words) = records.get(&name).ok_or_else(|| format!("there is no `{name}`"))?;
        let text = json(&name, *time, words)?;
        let record =
            Record::parse(text.as_bytes()).map_err(|error| format!("{name}: {error:?}"))?;
        now = match case.at.get(&name) {
            Some(offset) => case.time(offset)?,
            None => now.max(*time + SignedDuration::from_mins(5)),
        };
        let origin = Origin { file: "x.json", index: 0 };
        let rules: Vec<_> = matcher.matches(&record).collect();
        if rules.is_empty() {
            return Err(format!("no rule matches `{name}`"));
        }
        for rule in &rules {
            let found = Match { rule, record: &record, origin };
            let outcome = block_on(processor.process(&store, &found, now, now));
            let outcome = outcome.map_err(|error| format!("{name}: {error}"))?;
            let of =
                if rules.len() == 1 { name.clone() } else { format!("{name} / {}", rule.title) };
            let again = decisions.contains_key(&of);
            if again && outcome.decision != Decision::Duplicate {
                wrong.push(format!("{of} again: {}", outcome.decision.name()));
            }
            if !again {
                decisions.insert(of, outcome.decision);
            }
        }
    }
    for (names, expected) in &case.decisions {
        let names = if names.contains('/') { vec![names.clone()] } else { names_of(names)? };
        for name in names {
            let decision = decisions.get(&name).map_or("nothing", Decision::name);
            if decision != expected {
                wrong.push(format!("{name}: {decision}, expected {expected}"));
            }
        }
    }
    let names = records.keys().map(|name| (event_id(name), name.clone())).collect();
    wrong.extend(compare(case, alerts(&store, now)?, &names)?);
    for (title, expected) in &case.episodes {
        let found = episodes(&store, &processor, title, case.start)?;
        let times = |text: &String| {
            let (first, last) = text.split_once("..").ok_or("FIRST..LAST is expected")?;
            Ok::<_, String>((duration(first)?.as_millis(), duration(last)?.as_millis()))
        };
        let expected = expected.iter().map(times).collect::<Result<BTreeSet<_>, _>>()?;
        if found != expected {
            wrong.push(format!("episodes of {title} at ms: {found:?}, expected {expected:?}"));
        }
    }
    Ok(wrong)
}

fn processor(case: &Case) -> Result<Processor, String> {
    let mut processor = Processor::new(&RULE_SET);
    if let Some(cooldown) = &case.cooldown {
        processor.cooldown = duration(cooldown)?.as_secs().unsigned_abs();
    }
    let channel = |name: &str, severity: &str| {
        Ok::<_, String>(Channel { name: name.to_owned(), min_severity: severity.parse()? })
    };
    processor.channels = vec![channel("all", "informational")?];
    if !case.channels.is_empty() {
        let channels = case.channels.iter().map(|(name, severity)| channel(name, severity));
        processor.channels = channels.collect::<Result<_, _>>()?;
    }
    Ok(processor)
}

/// All alerts with what was counted into each, and how many that are.
fn alerts(store: &MemoryStore, now: Timestamp) -> Result<Vec<(Alert, u64)>, String> {
    let ids: BTreeSet<String> = store
        .items()
        .iter()
        .filter_map(|item| Some(item.key.partition.strip_prefix(told::PREFIX)?.to_owned()))
        .collect();
    let read = |id: &String| {
        let told = block_on(told::read(store, id, now)).map_err(|error| error.to_string())?;
        let told = told.ok_or_else(|| format!("{id} has expired"))?;
        let folded = told.kept_back();
        Ok((told.complete(), folded))
    };
    ids.iter().map(read).collect()
}

fn episodes(
    store: &MemoryStore,
    processor: &Processor,
    title: &str,
    start: Timestamp,
) -> Result<BTreeSet<(i128, i128)>, String> {
    let patterns: Vec<_> = processor
        .patterns
        .iter()
        .filter(|pattern| processor.patterns.title(pattern) == title)
        .map(|pattern| format!("episodes/{}/", pattern.id))
        .collect();
    if patterns.is_empty() {
        return Err(format!("nothing is called `{title}`"));
    }
    let mut found = BTreeSet::new();
    for item in store.items() {
        let is_of = patterns.iter().any(|prefix| item.key.partition.starts_with(prefix));
        if is_of && item.key.sort != "#" {
            let episode: Episode =
                serde_json::from_str(&item.body).map_err(|error| error.to_string())?;
            let offset = |time: Timestamp| time.duration_since(start).as_millis();
            found.insert((offset(episode.first), offset(episode.last)));
        }
    }
    Ok(found)
}

/// What differs between the alerts that are there and those that are expected.
fn compare(
    case: &Case,
    mut found: Vec<(Alert, u64)>,
    names: &HashMap<String, String>,
) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for expected in &case.alerts {
        let mut nearest: Option<(usize, Vec<String>)> = None;
        for (at, (alert, folded)) in found.iter().enumerate() {
            if alert.rule_title != expected.rule {
                continue;
            }
            let differences = differences(case, expected, alert, *folded, names)?;
            if nearest.as_ref().is_none_or(|(_, least)| differences.len() < least.len()) {
                nearest = Some((at, differences));
            }
        }
        match nearest {
            None => wrong.push(format!("no alert of {}", expected.rule)),
            Some((at, differences)) => {
                found.remove(at);
                let of = |difference| format!("alert of {}: {difference}", expected.rule);
                wrong.extend(differences.into_iter().map(of));
            }
        }
    }
    wrong.extend(found.into_iter().map(|(alert, folded)| {
        let Alert { kind, rule_title, severity, count, reason, told, .. } = alert;
        let kind = kind.name();
        format!("not expected: {kind} {rule_title} {severity} ×{count} ({folded} folded), told {told}: {reason}")
    }));
    Ok(wrong)
}

fn differences(
    case: &Case,
    expected: &Expected,
    alert: &Alert,
    folded: u64,
    names: &HashMap<String, String>,
) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: Option<String>, found: String| {
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            wrong.push(format!("{what} is {found}, expected {expected}"));
        }
    };
    let records: Vec<_> = alert
        .event_ids
        .iter()
        .map(|id| names.get(id).map_or(id.as_str(), String::as_str))
        .collect();
    let wanted = expected.records.as_deref().map(names_of).transpose()?;
    compare("kind", expected.kind.clone(), alert.kind.name().to_owned());
    compare("severity", expected.severity.clone(), alert.severity.name().to_owned());
    compare("count", expected.count.map(|count| count.to_string()), alert.count.to_string());
    compare("records", wanted.map(|names| names.join(" ")), records.join(" "));
    compare("told", expected.told.map(|told| told.to_string()), alert.told.to_string());
    let suppressed = expected.suppressed.map(|number| number.to_string());
    compare("suppressed", suppressed, alert.suppressed.to_string());
    compare("folded", expected.folded.map(|folded| folded.to_string()), folded.to_string());
    let time = expected.time.as_deref().map(|offset| case.time(offset)).transpose()?;
    compare("time", time.map(|time| time.to_string()), alert.time.to_string());
    compare("actor", expected.actor.clone(), short(alert.actor.as_deref().unwrap_or("-")));
    compare("account", expected.account.clone(), alert.account.clone().unwrap_or("-".to_owned()));
    compare("channels", expected.channels.clone(), alert.owed.join(" "));
    let group = alert.group.iter().map(|(name, value)| (name.clone(), short(value)));
    let group: BTreeMap<String, String> = group.collect();
    compare(
        "group",
        expected.group.as_ref().map(|group| format!("{group:?}")),
        format!("{group:?}"),
    );
    let reason = expected.reason.clone();
    compare(
        "reason",
        reason.map(|part| if alert.reason.contains(&part) { alert.reason.clone() } else { part }),
        alert.reason.clone(),
    );
    if !expected.distribution.is_empty() {
        let found: Vec<_> = alert.distributions.iter().map(distribution).collect();
        compare("distribution", Some(expected.distribution.join(" | ")), found.join(" | "));
    }
    Ok(wrong)
}

fn distribution(distribution: &Distribution) -> String {
    let values = distribution.values.iter().map(|(value, count)| format!("{value} {count}, "));
    let values: String = values.collect();
    let Distribution { field, others, count, .. } = distribution;
    format!("{field}: {values}{others} others, of {count}")
}

/// Users by their name alone.
fn short(value: &str) -> String {
    match value.split_once(":user/") {
        Some((_, name)) => name.to_owned(),
        None => value.to_owned(),
    }
}
