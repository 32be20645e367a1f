//! Rows of a scan: matches and alerts as text, JSON and CSV.
//!
//! The columns and their order are part of the interface; absent values are null in JSON and
//! empty in CSV.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anstyle::Style;
use serde::Serialize;
use trailalerts_core::{Actor, Level, Match, RuleSet, record::Path};
use trailalerts_processor::{Alert, alert::Distribution};

use super::Format;
use crate::output::{BOLD, DIM, RESET, level_style, plain};

/// How rows are written.
pub struct Layout {
    format: Format,
    matches: bool,
    /// Width of the rule column: that of the longest title.
    title_width: usize,
}

#[derive(Serialize)]
struct AlertRow<'a> {
    kind: &'a str,
    rule_id: &'a str,
    rule_title: &'a str,
    severity: &'a str,
    time: Option<String>,
    account: Option<&'a str>,
    actor: Option<&'a str>,
    group: &'a BTreeMap<String, String>,
    count: u64,
    event_ids: &'a [String],
    suppressed: u64,
    reason: &'a str,
}

const EVENT_ID: Path<'static> = Path::new("eventID");
const EVENT_TIME: Path<'static> = Path::new("eventTime");
const EVENT_SOURCE: Path<'static> = Path::new("eventSource");
const EVENT_NAME: Path<'static> = Path::new("eventName");
const REGION: Path<'static> = Path::new("awsRegion");
const SOURCE_IP: Path<'static> = Path::new("sourceIPAddress");

/// What stands in a column of a match.
enum Cell<'a> {
    /// A text, or nothing.
    Text(Option<Cow<'a, str>>),
    /// What the record says there.
    Field(&'static Path<'static>),
}

/// The columns of matches that are texts, as they begin in JSON; behind them is `index`.
const MATCH_COLUMNS: [&str; 12] = [
    r#"{"rule_id":"#,
    r#","rule_title":"#,
    r#","level":"#,
    r#","event_id":"#,
    r#","event_time":"#,
    r#","event_source":"#,
    r#","event_name":"#,
    r#","account":"#,
    r#","region":"#,
    r#","actor":"#,
    r#","source_ip":"#,
    r#","file":"#,
];
const ALERT_COLUMNS: &str =
    "kind,rule_id,rule_title,severity,time,account,actor,group,count,event_ids,suppressed,reason\n";

impl Layout {
    /// Rows of matches, or of alerts, of these rules.
    pub fn new(set: &RuleSet, format: Format, matches: bool) -> Self {
        let titles = set.rules.iter().map(|rule| rule.title.chars().count());
        Self { format, matches, title_width: titles.max().unwrap_or(0).clamp(4, 48) }
    }

    /// What stands before all rows.
    pub fn begin(&self) -> String {
        match self.format {
            Format::Text => {
                let line = self.line("time", "severity", BOLD, "rule", "account", "region");
                format!("{line}  actor and call\n")
            }
            Format::Json => "[".to_owned(),
            Format::Ndjson => String::new(),
            Format::Csv if self.matches => {
                let names = MATCH_COLUMNS.map(|column| column.trim_matches(['{', ',', '"', ':']));
                format!("{},index\n", names.join(","))
            }
            Format::Csv => ALERT_COLUMNS.to_owned(),
        }
    }

    /// What stands before each row but the first.
    pub fn separator(&self) -> &'static str {
        if self.format == Format::Json { "," } else { "" }
    }

    /// What stands after all rows.
    pub fn end(&self, empty: bool) -> &'static str {
        match self.format {
            Format::Json if empty => "]\n",
            Format::Json => "\n]\n",
            _ => "",
        }
    }

    fn line(
        &self,
        time: &str,
        level: &str,
        style: Style,
        rule: &str,
        account: &str,
        region: &str,
    ) -> String {
        let rule = clip(rule, self.title_width);
        let width = self.title_width;
        format!(
            "{time:<20}  {style}{level:<13}{RESET}  {rule:<width$}  {account:<12}  {region:<14}"
        )
    }

    /// Appends the row of a match.
    pub fn write_match(&self, found: &Match<'_>, rows: &mut Vec<u8>) {
        let actor = Actor::canonical_of(found.record);
        match self.format {
            Format::Text => self.write_match_text(found, &actor, rows),
            Format::Csv => {
                let texts = match_cells(found, &actor).map(|cell| match cell {
                    Cell::Text(text) => text.unwrap_or_default().into_owned(),
                    Cell::Field(path) => found.text_of(path).unwrap_or_default().into_owned(),
                });
                write_csv(texts.into_iter().chain([found.origin.index.to_string()]), rows);
            }
            Format::Json | Format::Ndjson => self.write_line(rows, |rows| {
                // At once, and not a part of it with each text.
                rows.reserve(1024);
                for (begin, cell) in MATCH_COLUMNS.iter().zip(match_cells(found, &actor)) {
                    rows.extend_from_slice(begin.as_bytes());
                    write_cell(cell, found, rows);
                }
                rows.extend_from_slice(b",\"index\":");
                rows.extend_from_slice(found.origin.index.to_string().as_bytes());
                rows.push(b'}');
            }),
        }
    }

    fn write_match_text(&self, found: &Match<'_>, actor: &str, rows: &mut Vec<u8>) {
        let text =
            |path: &Path<'_>| found.text_of(path).map_or_else(|| "-".into(), Cow::into_owned);
        let detail: [String; 4] =
            [actor.to_owned(), text(&SOURCE_IP), text(&EVENT_SOURCE), text(&EVENT_NAME)];
        self.text_row(
            found.rule.level,
            found.rule.title,
            [
                found.text_of(&EVENT_TIME).as_deref(),
                found.account().as_deref(),
                found.text_of(&REGION).as_deref(),
            ],
            &detail.map(|text| plain(&text)).join("  "),
            rows,
        );
    }

    /// Appends the row of an alert.
    pub fn write_alert(&self, alert: &Alert, rows: &mut Vec<u8>) {
        let time = alert.dated.then(|| alert.time.to_string());
        if self.format == Format::Text {
            let times =
                if alert.count > 1 { format!("×{}  ", alert.count) } else { String::new() };
            let several = if alert.count > 1 { "several" } else { "-" };
            let actor = plain(alert.actor.as_deref().unwrap_or(several));
            let detail = format!("{times}{actor}  {}", plain(&alert.reason));
            self.text_row(
                alert.severity,
                &alert.rule_title,
                [time.as_deref(), alert.account.as_deref(), alert.region.as_deref()],
                &detail,
                rows,
            );
            for distribution in &alert.distributions {
                let line = plain(&shares(distribution));
                rows.extend_from_slice(format!("{:<20}  {DIM}{line}{RESET}\n", "").as_bytes());
            }
            return;
        }
        let row = AlertRow {
            kind: alert.kind.name(),
            rule_id: &alert.rule_id,
            rule_title: &alert.rule_title,
            severity: alert.severity.name(),
            time,
            account: alert.account.as_deref(),
            actor: alert.actor.as_deref(),
            group: &alert.group,
            count: alert.count,
            event_ids: &alert.event_ids,
            suppressed: alert.suppressed,
            reason: &alert.reason,
        };
        if self.format == Format::Csv {
            let list = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let cells = [
                list(Some(row.kind)),
                list(Some(row.rule_id)),
                list(Some(row.rule_title)),
                list(Some(row.severity)),
                list(row.time.as_deref()),
                list(row.account),
                list(row.actor),
                json(row.group),
                row.count.to_string(),
                json(row.event_ids),
                row.suppressed.to_string(),
                list(Some(row.reason)),
            ];
            return write_csv(cells, rows);
        }
        self.write_line(rows, |rows| write_json(&row, rows));
    }

    fn text_row(
        &self,
        level: Level,
        title: &str,
        place: [Option<&str>; 3],
        detail: &str,
        rows: &mut Vec<u8>,
    ) {
        let [time, account, region] = place.map(|text| plain(text.unwrap_or("-")));
        let line =
            self.line(&time, level.name(), level_style(level), &plain(title), &account, &region);
        rows.extend_from_slice(format!("{line}  {DIM}{detail}{RESET}\n").as_bytes());
    }

    /// Writes a row of JSON with what stands around it.
    fn write_line(&self, rows: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        if self.format == Format::Json {
            rows.extend_from_slice(self.separator().as_bytes());
            rows.push(b'\n');
            write(rows);
        } else {
            write(rows);
            rows.push(b'\n');
        }
    }
}

/// What stands in [`MATCH_COLUMNS`].
fn match_cells<'a>(found: &Match<'a>, actor: &'a str) -> [Cell<'a>; MATCH_COLUMNS.len()] {
    let text = |text: &'a str| Cell::Text(Some(Cow::Borrowed(text)));
    [
        text(found.rule.id),
        text(found.rule.title),
        text(found.rule.level.name()),
        Cell::Field(&EVENT_ID),
        Cell::Field(&EVENT_TIME),
        Cell::Field(&EVENT_SOURCE),
        Cell::Field(&EVENT_NAME),
        Cell::Text(found.account()),
        Cell::Field(&REGION),
        text(actor),
        Cell::Field(&SOURCE_IP),
        text(found.origin.file),
    ]
}

/// `userIdentity.userName: erin 12 (40 %), luis 7 (23 %), 2 others`
fn shares(distribution: &Distribution) -> String {
    let share = |count: u64| (100.0 * count as f64 / distribution.count.max(1) as f64).round();
    let mut parts: Vec<String> = distribution
        .values
        .iter()
        .map(|(value, count)| format!("{value} {count} ({} %)", share(*count)))
        .collect();
    match distribution.others {
        0 => {}
        1 => parts.push("1 other".to_owned()),
        others => parts.push(format!("{others} others")),
    }
    format!("{}: {}", distribution.field, parts.join(", "))
}

/// Texts, numbers, lists and maps of texts always serialize.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// [`json`], behind what is already written.
fn write_json(value: &(impl Serialize + ?Sized), rows: &mut Vec<u8>) {
    // A Vec takes every write.
    let _ = serde_json::to_writer(rows, value);
}

/// [`write_json`] for a text. Few have something to escape.
fn write_text(text: &str, rows: &mut Vec<u8>) {
    let escapes = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Without an early end, so that many bytes are compared at once.
    if text.bytes().fold(false, |found, byte| found | escapes(byte)) {
        return write_json(text, rows);
    }
    write_unescaped(text.as_bytes(), rows);
}

/// A text in which nothing is to be escaped.
fn write_unescaped(text: &[u8], rows: &mut Vec<u8>) {
    rows.push(b'"');
    rows.extend_from_slice(text);
    rows.push(b'"');
}

/// A cell of a row of JSON.
fn write_cell(cell: Cell<'_>, found: &Match<'_>, rows: &mut Vec<u8>) {
    let text = match cell {
        Cell::Text(text) => text,
        Cell::Field(path) => {
            if let Some(text) = found.record.plain_text(path).filter(|text| !text.is_empty()) {
                return write_unescaped(text, rows);
            }
            found.text_of(path)
        }
    };
    match text {
        Some(text) => write_text(&text, rows),
        None => rows.extend_from_slice(b"null"),
    }
}

/// A cell that a spreadsheet would take for a formula gets a leading apostrophe.
fn write_csv(cells: impl IntoIterator<Item = String>, rows: &mut Vec<u8>) {
    let harmless = |cell: String| match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell,
    };
    let mut writer = csv::Writer::from_writer(rows);
    // A Vec takes every write.
    let _ = writer.write_record(cells.into_iter().map(harmless));
}

fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
