//! Alerts without state: where none is kept, and of what could not be decided on. They say so.

use std::borrow::Cow;

use jiff::Timestamp;
use trailalerts_core::{Level, Match, alerting::Alerting, message::QueuedMatch};

use crate::{
    alert::Alert,
    decide::{Admission, Decision, Question, admit, hours_in_words, judge},
    draft::id_of,
    facts::{Facts, bounded, digest},
    pattern::Group,
    process::Processor,
};

/// What stands for a rule in the alerts of messages that are none of a detector.
pub const RULE_ID: &str = "undecided-message";
/// Its title.
pub const RULE_TITLE: &str = "A Message Could Not Be Processed";
/// How much it weighs.
pub const SEVERITY: Level = Level::High;

impl Processor {
    /// Decides on a match by itself: by exceptions, hours and severity. Whether it was told before,
    /// and what happened around it, is not known; the alert says `why`.
    pub fn decide_alone(
        &self,
        found: &Match<'_>,
        arrived: Timestamp,
        why: &str,
    ) -> (Decision, Option<Alert>) {
        let facts = Facts::of(found, arrived);
        let excluded = found.is_excluded(&facts.actor);
        if let Some(decision) = admit(Admission { done: false, excluded }) {
            return (decision, None);
        }
        let rule = found.rule;
        let id = id_of(facts.time, &[rule.id, &facts.record]);
        let mut alert = Alert::of_match(found, &facts, id);
        if let Some(hours) = &rule.alerting.activity {
            alert.reason.push_str(&format!(", {}", hours_in_words(hours, facts.time)));
        }
        self.tell_alone(alert, rule.generate, &rule.alerting, why)
    }

    /// The alert of a match whose rule or record is not at hand, with what its message says.
    pub fn undecided_match(
        &self,
        found: &QueuedMatch<'_>,
        arrived: Timestamp,
        why: &str,
    ) -> (Decision, Option<Alert>) {
        let origin = &found.origin;
        let bucket = origin.bucket.as_deref().unwrap_or_default();
        let event = found.event_id.as_deref().unwrap_or_default();
        let names = [bucket, &origin.key, &origin.index.to_string(), event];
        let mut alert = self.undecided(arrived, &digest(&names));
        alert.rule_id = bounded(Cow::Borrowed(&found.rule.id));
        alert.rule_title = bounded(Cow::Borrowed(&found.rule.title));
        alert.severity = found.rule.level;
        alert.count = 1;
        alert.event_ids = found.event_id.iter().map(|id| bounded(id.clone())).collect();
        let place = match &origin.bucket {
            Some(bucket) => format!("s3://{bucket}/{}", origin.key),
            None => origin.key.to_string(),
        };
        alert.reason = bounded(Cow::Owned(format!("record {} of {place}", origin.index)));
        let rules = self.patterns.set().rules;
        let known = rules.iter().find(|rule| rule.id == found.rule.id);
        self.tell_alone(alert, true, known.map_or(&Alerting::NONE, |rule| &rule.alerting), why)
    }

    /// The alert of a message that is none of a detector.
    pub fn undecided_message(
        &self,
        text: &str,
        arrived: Timestamp,
        why: &str,
    ) -> (Decision, Option<Alert>) {
        let mut alert = self.undecided(arrived, &digest(&[text]));
        RULE_ID.clone_into(&mut alert.rule_id);
        RULE_TITLE.clone_into(&mut alert.rule_title);
        alert.severity = SEVERITY;
        alert.reason = bounded(Cow::Borrowed(text));
        self.tell_alone(alert, true, &Alerting::NONE, why)
    }

    fn undecided(&self, arrived: Timestamp, name: &str) -> Alert {
        let id = id_of(arrived, &[name]);
        let mut alert = Alert::of_absence(id, arrived, &Group(Vec::new()), String::new());
        alert.kind = crate::Kind::Detection;
        alert.dated = false;
        alert
    }

    fn tell_alone(
        &self,
        mut alert: Alert,
        generate: bool,
        alerting: &Alerting,
        why: &str,
    ) -> (Decision, Option<Alert>) {
        // Hours are those of the record; without one nothing is left out by them.
        let alerting =
            if alert.dated { *alerting } else { Alerting { activity: None, ..*alerting } };
        let question = Question {
            id: &alert.id,
            generate,
            alerting: &alerting,
            time: alert.time,
            severity: alert.severity,
            channels: &self.channels,
            told_elsewhere: false,
            running: None,
        };
        let (decision, owed) = judge(&question);
        if !matches!(decision, Decision::Alerted { .. }) {
            return (decision, None);
        }
        alert.owed = owed;
        alert.unfiltered = Some(why.to_owned());
        (decision, Some(alert))
    }
}
