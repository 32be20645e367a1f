//! What becomes of a match. Pure: what the store knows is handed in.
//!
//! The order is the same for every alert: a match is no duplicate ([`admit`]), no exception takes
//! it out ([`admit`]), it is remembered for the patterns it belongs to (nothing is decided there),
//! it alerts by itself, in hours in which its rule may alert, heavily enough for a channel, it was
//! not told from another account, and nothing of its kind was told a while ago ([`judge`]).

use jiff::{Timestamp, Zoned, tz::TimeZone};
use trailalerts_core::{
    Level,
    alerting::{Activity, Alerting, Hours},
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
    let Some(local) = local(hours, time) else {
        return true;
    };
    let day = local.weekday().to_monday_zero_offset();
    let second =
        i32::from(local.hour()) * 3600 + i32::from(local.minute()) * 60 + i32::from(local.second());
    hours.holds(usize::try_from(day).unwrap_or(0), u32::try_from(second).unwrap_or(0))
}

/// The time by the clock of the hours' time zone, and the hours:
/// `on Wed at 08:42:45 (UTC), outside of Mon to Fri 09:00 to 17:00`
pub fn hours_in_words(hours: &Activity, time: Timestamp) -> String {
    let windows: Vec<String> = hours.windows.iter().map(window_in_words).collect();
    let (windows, relation) =
        (windows.join(" and "), if hours.except { "outside of" } else { "within" });
    match local(hours, time) {
        Some(local) => {
            let clock = local.strftime("%a at %H:%M:%S");
            format!("on {clock} ({}), {relation} {windows}", hours.timezone)
        }
        None => format!("at {time}; the time zone {} of its hours is not known", hours.timezone),
    }
}

fn window_in_words(window: &Hours) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let days: Vec<usize> = (0..7).filter(|day| window.days.get(*day) == Some(&true)).collect();
    let name = |day: &usize| DAYS.get(*day).copied().unwrap_or_default();
    let days = match (days.as_slice(), days.first(), days.last()) {
        (all, ..) if all.len() == 7 => String::new(),
        (run, Some(first), Some(last)) if run.len() > 2 && last - first + 1 == run.len() => {
            format!("{} to {} ", name(first), name(last))
        }
        (some, ..) => format!("{} ", some.iter().map(name).collect::<Vec<_>>().join(", ")),
    };
    let clock = |second: u32| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
    format!("{days}{} to {}", clock(window.from), clock(window.to))
}

fn local(hours: &Activity, time: Timestamp) -> Option<Zoned> {
    Some(time.to_zoned(TimeZone::get(hours.timezone).ok()?))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod hours_tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_clock_on_the_wall() {
        const NIGHT: Activity = Activity {
            windows: &[Hours { days: [true; 7], from: 23 * 3600, to: 24 * 3600 }],
            except: false,
            timezone: "Europe/Zurich",
        };
        let cases = [
            // Winter, summer, and the days on which the clock is changed.
            ("2026-01-15T22:00:00Z", true),
            ("2026-01-15T21:59:59Z", false),
            ("2026-01-15T23:00:00Z", false),
            ("2026-07-15T21:00:00Z", true),
            ("2026-07-15T22:00:00Z", false),
            ("2026-03-28T22:30:00Z", true),
            ("2026-03-29T21:30:00Z", true),
            ("2026-03-29T22:30:00Z", false),
            ("2026-10-24T21:30:00Z", true),
            ("2026-10-25T22:30:00Z", true),
            ("2026-10-25T21:30:00Z", false),
        ];
        for (time, expected) in cases {
            let time = time.parse().unwrap();
            assert_eq!(may_alert(&NIGHT, time), expected, "{time}");
            assert_eq!(may_alert(&Activity { except: true, ..NIGHT }, time), !expected, "{time}");
        }
    }

    #[test]
    fn hours_are_told_with_the_time_on_the_clock() {
        const WORK: Activity = Activity {
            windows: &[
                Hours {
                    days: [true, true, true, true, true, false, false],
                    from: 9 * 3600,
                    to: 17 * 3600 + 1800,
                },
                Hours {
                    days: [false, false, false, false, false, true, false],
                    from: 0,
                    to: 24 * 3600,
                },
            ],
            except: true,
            timezone: "Asia/Kolkata",
        };
        assert_eq!(
            hours_in_words(&WORK, "2026-11-18T18:42:45Z".parse().unwrap()),
            "on Thu at 00:12:45 (Asia/Kolkata), outside of Mon to Fri 09:00 to 17:30 and Sat 00:00 to 24:00"
        );
    }
}
