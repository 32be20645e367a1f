//! Drafts: the alerts that a match may lead to, before it is decided whether they are told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailalerts_core::{Level, Match, Rule, alerting::Alerting};

use crate::{
    alert::{Alert, Kind, MOST_EVENT_IDS, distribution},
    cooldown::{Cooldown, Cooling},
    decide::{Decision, Question, hours_in_words, judge},
    entry::{Entry, later},
    facts::{Facts, digest},
    json,
    owed::{Owed, owe},
    pattern::{Pattern, Test},
    process::{Finding, Processor},
    reason::reason,
    store::{Item, Key, Store, StoreError, When, Write},
    told::{self, Told},
};

/// An alert that a match may lead to.
#[derive(Debug)]
pub struct Draft {
    /// Whether it is about the match itself.
    pub is_of_match: bool,
    /// Which of the findings it tells of.
    pub findings: Vec<usize>,
    alert: Alert,
    /// How it goes on, where it was told before.
    again: Option<Again>,
    generate: bool,
    alerting: &'static Alerting,
    cooldown: Option<Cooldown>,
    /// Marks the call as told, where records of other accounts may tell of it, too.
    shared: Option<Key>,
}

/// How an alert goes on that was told before.
#[derive(Debug)]
struct Again {
    /// The records that it covers now, where more came to light than the one at hand.
    entries: Option<Vec<Entry>>,
}

/// What becomes of a draft.
#[derive(Debug)]
pub struct Settled {
    /// What becomes of it.
    pub decision: Decision,
    /// What is to be delivered.
    pub owed: Option<Owed>,
    /// What is to be written.
    pub writes: Vec<Write>,
}

impl Settled {
    /// The id of the alert that tells of it.
    pub fn alert(&self) -> Option<&str> {
        match &self.decision {
            Decision::Alerted { alert } | Decision::InCooldown { alert } => Some(alert),
            _ => None,
        }
    }
}

/// The alerts that a match may lead to: one of its own, of its rule's thresholds and
/// correlations where these begin to hold, one for each other rule whose thresholds or
/// correlations do, and one for each Sigma correlation.
pub fn drafts(
    processor: &Processor,
    found: &Match<'_>,
    facts: &Facts,
    findings: &[Finding<'_>],
) -> Vec<Draft> {
    let context = Context { processor, found, facts, findings };
    let mut drafts = Vec::new();
    let mut by_rule: BTreeMap<&str, (&'static Rule, Vec<usize>)> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        match processor.patterns.postprocessing(finding.pattern) {
            Some((_, rule)) => {
                by_rule.entry(rule.id).or_insert_with(|| (rule, Vec::new())).1.push(at)
            }
            None => drafts.extend(context.of_correlation(at)),
        }
    }
    let mut told_with_a_pattern = false;
    for (rule, findings) in by_rule.into_values() {
        let draft = context.of_patterns(rule, &findings);
        told_with_a_pattern |= draft.as_ref().is_some_and(|draft| draft.is_of_match);
        drafts.extend(draft);
    }
    if !told_with_a_pattern {
        drafts.push(context.of_match());
    }
    drafts
}

struct Context<'c, 'r> {
    processor: &'c Processor,
    found: &'c Match<'r>,
    facts: &'c Facts,
    findings: &'c [Finding<'c>],
}

impl Context<'_, '_> {
    /// The alert of the match by itself.
    fn of_match(&self) -> Draft {
        let rule = self.found.rule;
        let id = id_of(self.facts.time, &[rule.id, &self.facts.record]);
        let mut alert = Alert::of_match(self.found, self.facts, id);
        if let Some(hours) = &rule.alerting.activity {
            let when = hours_in_words(hours, self.facts.time);
            alert.reason.push_str(&format!(", {when}"));
        }
        let cooldown = self.cooldown(rule.id, &rule.alerting, None, &alert, &default_of_match());
        let shared = self
            .facts
            .shared_event_id
            .as_deref()
            .map(|shared| Key::new(format!("told/{}", digest(&[shared])), rule.id));
        Draft {
            is_of_match: true,
            findings: Vec::new(),
            alert,
            again: None,
            generate: rule.generate,
            alerting: &rule.alerting,
            cooldown,
            shared,
        }
    }

    /// The alert of a rule whose thresholds or correlations hold: none where it is about other
    /// matches and was told.
    fn of_patterns(&self, rule: &'static Rule, holding: &[usize]) -> Option<Draft> {
        let is_of_match = std::ptr::eq(rule, self.found.rule);
        let patterns = &self.processor.patterns;
        let holding: Vec<(usize, &Finding<'_>, Level)> = holding
            .iter()
            .filter_map(|at| {
                let finding = self.findings.get(*at)?;
                Some((*at, finding, patterns.level(finding.pattern)))
            })
            .collect();
        let begins = |finding: &Finding<'_>| finding.joined.episode.alert.is_none();
        let severity = holding.iter().map(|(_, _, level)| *level).max()?;
        let mut new: Vec<_> = holding.iter().filter(|(_, finding, _)| begins(finding)).collect();
        // The heaviest gives the alert its kind.
        new.sort_by_key(|(_, _, level)| std::cmp::Reverse(*level));
        let Some((_, main, _)) = new.first() else {
            let heaviest = holding.iter().min_by_key(|(_, _, level)| std::cmp::Reverse(*level));
            let (_, running, _) = heaviest.filter(|_| is_of_match)?;
            return Some(self.again(running, &rule.alerting, rule.id, is_of_match));
        };
        let mut alert =
            self.of_finding(main, rule.id, rule.title, severity, rule.alerting.distribution);
        if is_of_match {
            alert.time = self.facts.time;
            alert.actor = Some(self.facts.actor.canonical.clone());
            alert.account = self.facts.account.clone();
            alert.region = self.facts.region.clone();
        }
        let reasons = new.iter().map(|(_, finding, _)| self.reason(finding));
        alert.reason = reasons.collect::<Vec<_>>().join("; ");
        Some(Draft {
            is_of_match,
            findings: new.iter().map(|(at, ..)| *at).collect(),
            cooldown: self.cooldown(
                rule.id,
                &rule.alerting,
                Some(main),
                &alert,
                &default_of_group(),
            ),
            alert,
            again: None,
            generate: true,
            alerting: &rule.alerting,
            shared: None,
        })
    }

    /// The alert of a Sigma correlation.
    fn of_correlation(&self, at: usize) -> Option<Draft> {
        let finding = self.findings.get(at)?;
        let correlation = self.processor.patterns.correlation(finding.pattern)?;
        if !correlation.generate {
            return None;
        }
        if finding.joined.episode.alert.is_some() {
            return Some(self.again(finding, &correlation.alerting, correlation.id, false));
        }
        let fields = correlation.alerting.distribution;
        let mut alert =
            self.of_finding(finding, correlation.id, correlation.title, correlation.level, fields);
        alert.reason = self.reason(finding);
        let cooldown = self.cooldown(
            correlation.id,
            &correlation.alerting,
            Some(finding),
            &alert,
            &default_of_group(),
        );
        Some(Draft {
            is_of_match: false,
            findings: vec![at],
            alert,
            again: None,
            generate: true,
            alerting: &correlation.alerting,
            cooldown,
            shared: None,
        })
    }

    /// An alert that was told, and whose pattern goes on holding.
    fn again(
        &self,
        finding: &Finding<'_>,
        alerting: &'static Alerting,
        subject: &str,
        is_of_match: bool,
    ) -> Draft {
        let mut alert = Alert::of_match(self.found, self.facts, String::new());
        alert.severity = self.processor.patterns.level(finding.pattern);
        alert.id.clone_from(finding.joined.episode.alert.as_ref().unwrap_or(&String::new()));
        let cooldown = self.cooldown(subject, alerting, Some(finding), &alert, &default_of_group());
        Draft {
            is_of_match,
            findings: Vec::new(),
            alert,
            again: Some(Again {
                entries: (!finding.entries.is_empty()).then(|| finding.entries.clone()),
            }),
            generate: true,
            alerting,
            cooldown,
            shared: None,
        }
    }

    /// An alert of a pattern that begins to hold.
    fn of_finding(
        &self,
        finding: &Finding<'_>,
        rule_id: &str,
        rule_title: &str,
        severity: Level,
        fields: &[&str],
    ) -> Alert {
        let episode = &finding.joined.episode;
        let id = id_of(episode.first, &[&finding.pattern.id, &episode.group.digest()]);
        let mut alert = Alert::of_match(self.found, self.facts, id);
        alert.kind = kind_of(self.processor, finding.pattern);
        rule_id.clone_into(&mut alert.rule_id);
        rule_title.clone_into(&mut alert.rule_title);
        alert.severity = severity;
        alert.time = episode.first;
        alert.group = episode.group.0.iter().cloned().collect();
        alert.tell_of(&finding.entries);
        alert.distributions =
            fields.iter().map(|field| distribution(field, &finding.entries)).collect();
        alert
    }

    fn reason(&self, finding: &Finding<'_>) -> String {
        let group = &finding.joined.episode.group;
        reason(self.processor.patterns.set(), finding.pattern, group, &finding.entries)
    }

    /// The cooldown of an alert: of what has in common what its rule says, else what is usual.
    fn cooldown(
        &self,
        subject: &str,
        alerting: &Alerting,
        finding: Option<&Finding<'_>>,
        alert: &Alert,
        usual: &[&str],
    ) -> Option<Cooldown> {
        let postprocessing =
            finding.and_then(|finding| self.processor.patterns.postprocessing(finding.pattern));
        let seconds = postprocessing
            .and_then(|(written, _)| written.cooldown)
            .or(alerting.cooldown)
            .unwrap_or(self.processor.cooldown);
        let group = finding.map(|finding| &finding.joined.episode.group);
        let mut common = vec![subject.to_owned()];
        for part in alerting.cooldown_by.unwrap_or(usual) {
            common.push(match *part {
                "actor" => self.facts.actor.canonical.clone(),
                "account" => self.facts.account.clone().unwrap_or_default(),
                "severity" => alert.severity.name().to_owned(),
                GROUP => finding.map_or_else(String::new, |finding| {
                    format!("{}/{}", finding.pattern.id, finding.joined.episode.group.digest())
                }),
                field => group
                    .and_then(|group| group.get(field).map(str::to_owned))
                    .or_else(|| self.found.text(field).map(|text| text.into_owned()))
                    .unwrap_or_default(),
            });
        }
        Cooldown::of(&common.iter().map(String::as_str).collect::<Vec<_>>(), seconds)
    }
}

/// Stands for what the records of a pattern have in common. No field is called so.
const GROUP: &str = "";

fn default_of_match() -> [&'static str; 3] {
    ["actor", "account", "severity"]
}

/// A raised severity is told although the same was told with a lower one.
fn default_of_group() -> [&'static str; 2] {
    [GROUP, "severity"]
}

/// Sorts by the time that the alert is about.
pub fn id_of(time: Timestamp, parts: &[&str]) -> String {
    format!("{time:.3}-{}", digest(parts))
}

fn kind_of(processor: &Processor, pattern: &Pattern) -> Kind {
    match (&pattern.test, processor.patterns.postprocessing(pattern)) {
        (Test::Count(_), Some(_)) => Kind::Threshold,
        _ => Kind::Correlation,
    }
}

impl Draft {
    /// An alert that was told, with what came since.
    fn gone_on(&self, told: &Told) -> Alert {
        let mut alert = told.clone().complete();
        let counted = alert.count + 1;
        match self.again.as_ref().and_then(|again| again.entries.as_ref()) {
            Some(entries) => {
                alert.tell_of(entries);
                // Others may have been counted into it, too.
                alert.count = alert.count.max(counted);
            }
            None => {
                alert.count = counted;
                if alert.event_ids.len() < MOST_EVENT_IDS {
                    alert.event_ids.extend(self.alert.event_ids.iter().cloned());
                }
            }
        }
        alert.told += 1;
        alert
    }

    /// Decides on it, and what is written then.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn settle<S: Store>(
        &self,
        processor: &Processor,
        store: &S,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let cooling = match &self.cooldown {
            Some(cooldown) => cooldown.at(store, facts.time, now).await?,
            None => Cooling::default(),
        };
        // An alert that is gone keeps nothing back.
        let mut running = match &cooling.running {
            Some(id) => told::read(store, id, now).await?,
            None => None,
        };
        let mut own = match &self.again {
            Some(_) => told::read(store, &self.alert.id, now).await?,
            None => None,
        };
        // Without a cooldown what goes on is told once.
        if self.cooldown.is_none() {
            running = running.or_else(|| own.take());
        }
        let shared = match &self.shared {
            Some(key) => store.get(key, now).await?,
            None => None,
        };
        let question = Question {
            id: &self.alert.id,
            generate: self.generate,
            alerting: self.alerting,
            time: facts.time,
            severity: self.alert.severity,
            channels: &processor.channels,
            told_elsewhere: shared
                .as_ref()
                .is_some_and(|item| item.body != json::body(&facts.record)),
            running: running.as_ref().map(|running| running.alert.id.as_str()),
        };
        let (decision, owed) = judge(&question);
        let mut settled = Settled { decision, owed: None, writes: Vec::new() };
        // What marks a match as done, and episodes, are forgotten before alerts are.
        if let (Decision::Alerted { alert }, None) = (&settled.decision, &own)
            && let Some(known) = told::read(store, alert, now).await?
        {
            if self.is_of_match && self.findings.is_empty() {
                settled.decision = Decision::Duplicate;
            } else {
                settled.writes.push(known.fold(facts, now));
                settled.decision = Decision::InCooldown { alert: alert.clone() };
            }
            return Ok(settled);
        }
        match (&settled.decision, running) {
            (Decision::InCooldown { .. }, Some(running)) => {
                let recounted = self.again.as_ref().is_some_and(|again| again.entries.is_some());
                if recounted && running.alert.id == self.alert.id {
                    let told = running.alert.told;
                    let alert = Alert { told, ..self.gone_on(&running) };
                    settled.writes.extend(running.replace(&alert, now));
                } else {
                    settled.writes.push(running.fold(facts, now));
                }
            }
            (Decision::Alerted { .. }, _) => {
                let mut alert = match &own {
                    Some(told) => self.gone_on(told),
                    None => self.alert.clone(),
                };
                if let (None, Some(previous)) = (&own, &cooling.previous) {
                    let previous = told::read(store, previous, now).await?;
                    alert.suppressed = previous.map_or(0, |previous| previous.kept_back());
                }
                if processor.notify {
                    alert.owed = owed;
                }
                if let Some(cooldown) = &self.cooldown {
                    settled.writes.extend(cooldown.writes(&cooling, facts.time, &alert.id, now));
                }
                settled.writes.extend(match &own {
                    Some(told) => told.replace(&alert, now),
                    None => vec![told::write_new(&alert, now)],
                });
                settled.owed = owe(&alert, now);
                settled.writes.extend(settled.owed.iter().map(|owed| owed.put(now)));
            }
            _ => return Ok(settled),
        }
        if let (Some(key), None) = (&self.shared, shared) {
            let expires = later(now.max(facts.time), jiff::SignedDuration::from_hours(24));
            let body = json::body(&facts.record);
            let item = Item { key: key.clone(), version: 0, expires: Some(expires), body };
            settled.writes.push(Write::Put(item, When::Absent));
        }
        Ok(settled)
    }
}
