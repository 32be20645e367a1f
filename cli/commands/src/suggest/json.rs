//! The report as one JSON object: its fields are part of the interface.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Report, Window};
use crate::Failure;

/// Writes the report.
///
/// # Errors
/// If the temporary file cannot be read.
pub fn write(report: &Report<'_>) -> Result<String, Failure> {
    let time =
        |milliseconds| Timestamp::from_millisecond(milliseconds).ok().map(|time| time.to_string());
    let past = report.past;
    let span = past.span.map(|(first, last)| (time(first), time(last)));
    let (first, last) = span.unwrap_or_default();
    let counted = report.windows.first().map(|window| &window.tally);
    let thresholds = report.thresholds();
    let mut windows = Vec::new();
    for (at, window) in report.windows.iter().enumerate() {
        windows.push(self::window(report, window, &thresholds, report.recommended == Some(at))?);
    }
    let value = json!({
        "rule_id": report.rule.id,
        "rule_title": report.rule.title,
        "group_by": report.by.names(),
        "first": first,
        "last": last,
        "days": report.days,
        "matches": counted.map_or(0, |tally| tally.matches),
        "groups": counted.map_or(0, |tally| tally.groups),
        "excluded": past.excluded,
        "undated": past.undated,
        "ungrouped": past.ungrouped,
        "windows": windows,
    });
    Ok(format!("{value:#}\n"))
}

fn window(
    report: &Report<'_>,
    window: &Window,
    thresholds: &[u32],
    recommended: bool,
) -> Result<Value, Failure> {
    let (tally, usual) = (&window.tally, &window.usual);
    let proposed = window.threshold.as_ref().ok();
    let alerts = tally.alerts(thresholds);
    let led_to = |threshold: &u32, alerts: u64| json!({ "threshold": threshold, "alerts": alerts, "days": tally.days_with(*threshold) });
    let table: Vec<Value> = thresholds
        .iter()
        .zip(alerts)
        .map(|(threshold, alerts)| led_to(threshold, alerts))
        .collect();
    let mut busiest = Vec::new();
    for busy in &tally.busiest {
        let group = report.past.occurrences.noted(busy.lane)?;
        let group: Value =
            group.and_then(|name| serde_json::from_str(&name).ok()).unwrap_or_default();
        busiest.push(json!({ "group": group, "highest": busy.highest, "matches": busy.count }));
    }
    let paste = report.paste(window);
    let rules =
        paste.and_then(|paste| serde_json::from_str::<Value>(&paste.postprocessing_rules()).ok());
    Ok(json!({
        "minutes": window.minutes,
        "periods": tally.periods(),
        "median": usual.median,
        "spread": usual.spread,
        "p99": usual.p99,
        "highest": usual.highest,
        "ordinary_day": usual.ordinary_day,
        "threshold": proposed,
        "why_none": window.threshold.as_ref().err(),
        "recommended": recommended,
        "alerts": proposed.and_then(|threshold| tally.alerts(&[*threshold]).first().copied()),
        "days": proposed.map(|threshold| tally.days_with(*threshold)),
        "thresholds": table,
        "peaks": tally.peaks.iter().collect::<Vec<_>>(),
        "busiest": busiest,
        "postprocessing_rules": rules,
        "correlation": paste.map(|paste| paste.correlation()),
    }))
}
