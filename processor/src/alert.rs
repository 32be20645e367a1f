//! What people are told.

use std::{borrow::Cow, collections::BTreeMap};

use trailalerts::{Actor, Level, Match, Rule};

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A rule fired on a record.
    Detection,
}

impl Kind {
    /// The kind as rows and notifications name it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Detection => "detection",
        }
    }
}

/// What people are told: who did what, where, when, and why it is told.
#[derive(Debug, Clone)]
pub struct Alert {
    /// What it is about.
    pub kind: Kind,
    /// The rule that fired.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Level,
    /// Time of the record, as written in it.
    pub time: Option<String>,
    /// The account it happened in.
    pub account: Option<String>,
    /// The region it happened in.
    pub region: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// Values that the matches told of have in common, by field.
    pub group: BTreeMap<String, String>,
    /// How many matches it tells of.
    pub count: u64,
    /// `eventID` of their records.
    pub event_ids: Vec<String>,
    /// How many matches were left untold since the last alert of this kind.
    pub suppressed: u64,
    /// Why it is told, in words.
    pub reason: String,
}

impl Alert {
    /// The alert of a single match.
    pub fn of_match(found: &Match<'_>, actor: Actor) -> Alert {
        let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        Alert {
            kind: Kind::Detection,
            rule: found.rule,
            severity: found.rule.level,
            time: owned(found.text("eventTime")),
            account: owned(found.account()),
            region: owned(found.text("awsRegion")),
            actor,
            group: BTreeMap::new(),
            count: 1,
            event_ids: owned(found.text("eventID")).into_iter().collect(),
            suppressed: 0,
            reason: reason(found),
        }
    }
}

/// The call and the condition it met: `iam CreateUser from 192.0.2.1 meets selection`.
fn reason(found: &Match<'_>) -> String {
    let mut text = String::new();
    let service = found.text("eventSource");
    if let Some(service) = &service {
        text.push_str(service.strip_suffix(".amazonaws.com").unwrap_or(service));
        text.push(' ');
    }
    text.push_str(found.text("eventName").as_deref().unwrap_or("a record without eventName"));
    for (word, path) in [("from", "sourceIPAddress"), ("refused with", "errorCode")] {
        if let Some(value) = found.text(path) {
            text.push_str(&format!(" {word} {value}"));
        }
    }
    format!("{text} meets `{}`", found.rule.condition)
}
