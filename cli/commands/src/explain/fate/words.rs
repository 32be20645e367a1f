//! Decisions in words.

use jiff::tz::TimeZone;
use trailalerts_core::Match;
use trailalerts_processor::facts::Facts;

use super::{Fates, dim};
use crate::{
    output::{BOLD, RESET, plain},
    rules::alerting,
};

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
    let hours = alerting::hours(activity).replace('\n', "; ");
    format!("it was {local} {}; the rule alerts {}", plain(activity.timezone), plain(&hours))
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
