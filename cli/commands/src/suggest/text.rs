//! The report for people.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    Report, Window,
    paste::span,
    plot::{self, heading, minute},
};
use crate::{
    Failure,
    output::{BOLD, DIM, GOOD, RESET, plain},
};

/// Writes the report, in lines of about so many characters.
///
/// # Errors
/// If the temporary file cannot be read.
pub fn write(report: &Report<'_>, width: usize) -> Result<String, Failure> {
    let mut text = head(report);
    let Some(drawn) = report.drawn().filter(|_| matches(report) > 0) else {
        return Ok(text);
    };
    text += &table(report);
    text += &led_to(report);
    let threshold = drawn.threshold.as_ref().ok().copied();
    let length = span(drawn.minutes, " ");
    let line = threshold.map_or_else(String::new, |at| format!(", and the threshold {at}"));
    text += &heading(&format!("Highest count within {length} over the time (UTC){line}"));
    text += &plot::over_time(&drawn.tally.columns, report.axis, threshold);
    text += &heading(&format!("How many windows of {length} have which highest count"));
    text += &plot::histogram(&drawn.tally.peaks, threshold, width);
    text += &busiest(report, drawn)?;
    text += &proposal(report, drawn);
    Ok(text)
}

fn matches(report: &Report<'_>) -> u64 {
    report.windows.first().map_or(0, |window| window.tally.matches)
}

fn head(report: &Report<'_>) -> String {
    let by = match report.by.names().as_slice() {
        [] => ", all counted together".to_owned(),
        names => format!(" counted by {}", plain(&names.join(" and "))),
    };
    let past = report.past;
    let mut text = format!("{BOLD}{}{RESET}\n", plain(report.rule.title));
    let groups = report.windows.first().map_or(0, |window| window.tally.groups);
    let _ = write!(text, "{}{by}", number(matches(report), "match", "matches"));
    if !report.by.names().is_empty() {
        let _ = write!(text, ", in {}", number(groups, "group", "groups"));
    }
    if let Some((first, last)) = past.span {
        let days = number(report.days, "day", "days");
        let _ = write!(text, "; logs from {} to {} UTC, {days}", minute(first), minute(last));
    }
    text.push('\n');
    let left_out = [
        (past.excluded, "left out by exceptions"),
        (past.undated, "without a time"),
        (past.ungrouped, "without a field by which they are counted"),
    ];
    for (count, what) in left_out {
        if count > 0 {
            let _ = writeln!(text, "{DIM}{} {what}{RESET}", number(count, "match", "matches"));
        }
    }
    text
}

/// What is usual in each window, and the threshold that follows.
fn table(report: &Report<'_>) -> String {
    let mut text = format!(
        "\n{BOLD}{:>6} {:>9} {:>8} {:>8} {:>8} {:>9} {:>10}{RESET}\n",
        "within", "median", "spread", "99 %", "highest", "ordinary", "threshold"
    );
    for (at, window) in report.windows.iter().enumerate() {
        let usual = &window.usual;
        let threshold = match &window.threshold {
            Ok(threshold) => threshold.to_string(),
            Err(_) => "-".to_owned(),
        };
        let _ = write!(
            text,
            "{:>6} {:>9} {:>8} {:>8} {:>8} {:>9} {threshold:>10}",
            span(window.minutes, ""),
            usual.median,
            usual.spread,
            usual.p99,
            usual.highest,
            usual.ordinary_day,
        );
        if report.recommended == Some(at) {
            let _ = write!(text, "  {GOOD}← recommended{RESET}");
        }
        text.push('\n');
    }
    text
}

/// How many alerts thresholds would have led to.
fn led_to(report: &Report<'_>) -> String {
    let thresholds = report.thresholds();
    let mut text = heading("Alerts that a threshold would have led to, and on how many days");
    let _ = write!(text, "{DIM}{:>10}", "threshold");
    for window in &report.windows {
        let _ = write!(text, "{:>13}", span(window.minutes, ""));
    }
    let _ = writeln!(text, "{RESET}");
    let alerts: Vec<Vec<u64>> =
        report.windows.iter().map(|window| window.tally.alerts(&thresholds)).collect();
    for (row, threshold) in thresholds.iter().enumerate() {
        let _ = write!(text, "{threshold:>10}");
        for (window, alerts) in report.windows.iter().zip(&alerts) {
            let alerts = alerts.get(row).copied().unwrap_or(0);
            let cell = match alerts {
                0 => "-".to_owned(),
                _ => format!("{alerts} ({} d)", window.tally.days_with(*threshold)),
            };
            let proposed = window.threshold.as_ref() == Ok(threshold);
            let cell = format!("{cell:>13}");
            text += &if proposed { format!("{GOOD}{cell}{RESET}") } else { cell };
        }
        text.push('\n');
    }
    text
}

fn busiest(report: &Report<'_>, window: &Window) -> Result<String, Failure> {
    if report.by.names().is_empty() {
        return Ok(String::new());
    }
    let mut text = heading("Groups with the highest counts");
    for busy in &window.tally.busiest {
        let name = report.past.occurrences.noted(busy.lane)?.unwrap_or_default();
        let group: BTreeMap<String, String> = serde_json::from_str(&name).unwrap_or_default();
        let values = report.by.names().into_iter().filter_map(|name| group.get(name));
        let values: Vec<String> = values.map(|value| plain(value)).collect();
        let _ = writeln!(
            text,
            "{:>9} of {}  {}",
            busy.highest,
            number(busy.count, "match", "matches"),
            values.join("  ")
        );
    }
    Ok(text)
}

/// The text for the rules, or why there is none.
fn proposal(report: &Report<'_>, window: &Window) -> String {
    let Some(paste) = report.recommended.and_then(|_| report.paste(window)) else {
        let mut reasons: Vec<&str> = report
            .windows
            .iter()
            .filter_map(|window| window.threshold.as_ref().err().map(String::as_str))
            .collect();
        reasons.dedup();
        return format!("\n{BOLD}No threshold is proposed{RESET}: {}\n", reasons.join("; "));
    };
    let mut text = heading("For a file of postprocessing_rules: raises the severity of the alert");
    text += &paste.postprocessing_rules();
    text += &heading(
        "Or a Sigma correlation: the rule itself alerts no more, unless it says `generate: true`",
    );
    text += &paste.correlation();
    text
}

fn number(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
