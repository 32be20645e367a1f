//! Decisions in words.

use jiff::tz::TimeZone;
use trailalerts::{
    Match,
    alerting::{Activity, Hours},
};
use trailalerts_processor::facts::Facts;

use super::{Fates, dim};
use crate::output::{BOLD, RESET, plain};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What becomes of a match, and why. `decision` is the name of the decision.
pub fn decision(fates: &Fates, decision: &str, found: &Match<'_>, facts: &Facts) -> String {
    let (verdict, why) = match decision {
        "duplicate" => ("duplicate", "the same record was decided on before".to_owned()),
        "excluded" => ("excluded", exception(found, facts)),
        "stored" => ("stored only", correlations(fates, found)),
        "outside_hours" => ("outside hours", hours(found, facts)),
        "below_severity" => {
            let asked = fates.min_severity.name();
            ("below severity", format!("weighs less than {asked}, which is asked for"))
        }
        "told_elsewhere" => {
            let shared = plain(facts.shared_event_id.as_deref().unwrap_or_default());
            let why = format!("the record of another account tells of it: sharedEventID {shared}");
            ("told elsewhere", why)
        }
        "in_cooldown" => ("in cooldown", "counted into an alert that was told before".to_owned()),
        "alerted" => ("told", channels(fates, found)),
        other => (other, String::new()),
    };
    let gap = if why.is_empty() { "" } else { "  " };
    format!("{BOLD}{verdict}{RESET}{gap}{}", dim(&why))
}

/// Which list of the exception leaves the match out.
fn exception(found: &Match<'_>, facts: &Facts) -> String {
    let Some(exception) = &found.rule.exception else {
        return String::new();
    };
    let names: Vec<&str> = facts.actor.names().collect();
    let mut fitting = Vec::new();
    for actor in exception.actors {
        if names.iter().any(|name| actor.eq_ignore_ascii_case(name)) {
            fitting.push(format!("excludedActors has {}", plain(actor)));
        }
    }
    for regex in exception.actors_regex {
        if names.iter().any(|name| regex.is_match(name.as_bytes())) {
            fitting.push(format!("excludedActorsRegex has {}", plain(regex.as_str())));
        }
    }
    let address = found.text("sourceIPAddress").and_then(|text| text.parse().ok());
    for network in exception.source_ips {
        if address.is_some_and(|address: std::net::IpAddr| network.contains(&address)) {
            fitting.push(format!("excludedSourceIPs has {network}"));
        }
    }
    fitting.join(", ")
}

/// The correlations for which a match is kept.
fn correlations(fates: &Fates, found: &Match<'_>) -> String {
    let patterns = &fates.processor.patterns;
    let named = fates.joining(found.rule).into_iter().filter_map(|(pattern, _)| {
        let correlation = patterns.correlation(pattern)?;
        Some(format!("`{}`", plain(correlation.title)))
    });
    format!("for {}", named.collect::<Vec<_>>().join(", "))
}

/// When it happened by the clock of the rule's hours, and these.
fn hours(found: &Match<'_>, facts: &Facts) -> String {
    let Some(activity) = &found.rule.alerting.activity else {
        return String::new();
    };
    let local = match TimeZone::get(activity.timezone) {
        Ok(timezone) => facts
            .time
            .to_zoned(timezone)
            .strftime("%a %Y-%m-%d %H:%M:%S")
            .to_string()
            .to_lowercase(),
        Err(_) => facts.time.to_string(),
    };
    format!("it was {local} {}; the rule alerts {}", plain(activity.timezone), shown(activity))
}

/// `mon-fri 08:00-18:00`, `except sat, sun`
fn shown(activity: &Activity) -> String {
    let windows: Vec<String> = activity.windows.iter().map(window).collect();
    format!("{}{}", if activity.except { "except " } else { "" }, windows.join(", "))
}

fn window(hours: &Hours) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (day, on) in hours.days.iter().enumerate() {
        match runs.last_mut() {
            Some((_, last)) if *on && *last + 1 == day => *last = day,
            _ if *on => runs.push((day, day)),
            _ => {}
        }
    }
    let name = |day: usize| DAYS.get(day).copied().unwrap_or_default();
    let runs: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match first == last {
            true => name(first).to_owned(),
            false => format!("{}-{}", name(first), name(last)),
        })
        .collect();
    if (hours.from, hours.to) == (0, 86_400) {
        return runs.join(" ");
    }
    format!("{} {}-{}", runs.join(" "), clock(hours.from), clock(hours.to))
}

fn clock(second: u32) -> String {
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    match second {
        0 => format!("{hour:02}:{minute:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}"),
    }
}

/// Which channels of the settings the rule is told on, where there are any.
fn channels(fates: &Fates, found: &Match<'_>) -> String {
    let named = found.rule.alerting.channels;
    let wanted: Vec<String> = fates
        .set
        .settings
        .channels
        .iter()
        .filter(|channel| named.is_none_or(|named| named.contains(&channel.name)))
        .map(|channel| format!("{} from {} on", plain(channel.name), channel.min_severity.name()))
        .collect();
    match (fates.set.settings.channels.is_empty(), wanted.is_empty()) {
        (true, _) => String::new(),
        (false, true) => "on none of the channels of the settings".to_owned(),
        (false, false) => format!("channels: {}", wanted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_shown_as_they_are_written() {
        const WORK: [bool; 7] = [true, true, true, true, true, false, false];
        const ENDS: [bool; 7] = [true, false, false, false, false, true, true];
        static WINDOWS: [Hours; 2] = [
            Hours { days: WORK, from: 8 * 3_600, to: 18 * 3_600 + 1_800 },
            Hours { days: ENDS, from: 0, to: 86_400 },
        ];
        let activity = Activity { windows: &WINDOWS, except: true, timezone: "UTC" };
        assert_eq!(shown(&activity), "except mon-fri 08:00-18:30, mon sat-sun");
    }
}
