//! What becomes of a match. Pure: what the store knows is handed in.
//!
//! The order is the same for every alert: a match is no duplicate ([`admit`]), no exception takes
//! it out ([`admit`]), it is remembered for the patterns it belongs to (nothing is decided there),
//! it alerts by itself, in hours in which its rule may alert, heavily enough for a channel, it was
//! not told from another account, and nothing of its kind was told a while ago ([`judge`]).

use jiff::{Timestamp, tz::TimeZone};
use trailalerts::{
    Level,
    alerting::{Activity, Alerting},
};

/// What becomes of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It was decided on before.
    Duplicate,
    /// An exception of the rule leaves it out.
    Excluded,
    /// Only patterns want it, and they have it.
    Stored,
    /// Its rule may not alert at this hour.
    OutsideHours,
    /// It weighs less than any channel asks for.
    BelowSeverity,
    /// The same call was told of by the record of another account.
    ToldElsewhere,
    /// It is counted into an alert that was told before.
    InCooldown {
        /// The id of that alert.
        alert: String,
    },
    /// People are told.
    Alerted {
        /// The id of the alert.
        alert: String,
    },
}

impl Decision {
    /// The decision in a word, as counts and logs name it.
    pub fn name(&self) -> &'static str {
        match self {
            Decision::Duplicate => "duplicate",
            Decision::Excluded => "excluded",
            Decision::Stored => "stored",
            Decision::OutsideHours => "outside_hours",
            Decision::BelowSeverity => "below_severity",
            Decision::ToldElsewhere => "told_elsewhere",
            Decision::InCooldown { .. } => "in_cooldown",
            Decision::Alerted { .. } => "alerted",
        }
    }
}

/// Where alerts are told, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Alerts below it are not told there.
    pub min_severity: Level,
}

/// What is known of a match before anything is remembered of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// It is marked as done.
    pub done: bool,
    /// An exception of its rule fits.
    pub excluded: bool,
}

/// What keeps a match from being looked at any further.
pub fn admit(known: Admission) -> Option<Decision> {
    match known {
        Admission { done: true, .. } => Some(Decision::Duplicate),
        Admission { excluded: true, .. } => Some(Decision::Excluded),
        Admission { .. } => None,
    }
}

/// What an alert would be about, and what is known of those before it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// The id that the alert would have.
    pub id: &'q str,
    /// Whether its rule or correlation alerts by itself.
    pub generate: bool,
    /// What its rule or correlation says of its alerts.
    pub alerting: &'q Alerting,
    /// When it happened.
    pub time: Timestamp,
    /// How much it weighs: the highest of the rule's level and what its patterns make of it.
    pub severity: Level,
    /// Where alerts are told.
    pub channels: &'q [Channel],
    /// Whether the same call was told of by the record of another account.
    pub told_elsewhere: bool,
    /// The id of an alert of its kind that keeps others back.
    pub running: Option<&'q str>,
}

/// Whether people are told, and if so, on which channels.
pub fn judge(question: &Question<'_>) -> (Decision, Vec<String>) {
    let owed = channels_for(question);
    let decision = if !question.generate {
        Decision::Stored
    } else if !question.alerting.activity.is_none_or(|hours| may_alert(&hours, question.time)) {
        Decision::OutsideHours
    } else if owed.is_empty() {
        Decision::BelowSeverity
    } else if question.told_elsewhere {
        Decision::ToldElsewhere
    } else if let Some(running) = question.running {
        Decision::InCooldown { alert: running.to_owned() }
    } else {
        return (Decision::Alerted { alert: question.id.to_owned() }, owed);
    };
    (decision, Vec::new())
}

/// The channels of the rule, of all channels where it names none, that tell of such a severity.
fn channels_for(question: &Question<'_>) -> Vec<String> {
    let wanted = |channel: &&Channel| {
        question.alerting.channels.is_none_or(|names| names.contains(&channel.name.as_str()))
            && question.severity >= channel.min_severity
    };
    question.channels.iter().filter(wanted).map(|channel| channel.name.clone()).collect()
}

/// Whether a time is within the hours, by the clock of their time zone. Where the time zone is not
/// known, it is: better one alert too many.
pub fn may_alert(hours: &Activity, time: Timestamp) -> bool {
    let Ok(timezone) = TimeZone::get(hours.timezone) else {
        return true;
    };
    let local = time.to_zoned(timezone);
    let day = local.weekday().to_monday_zero_offset();
    let second =
        i32::from(local.hour()) * 3600 + i32::from(local.minute()) * 60 + i32::from(local.second());
    hours.holds(usize::try_from(day).unwrap_or(0), u32::try_from(second).unwrap_or(0))
}
