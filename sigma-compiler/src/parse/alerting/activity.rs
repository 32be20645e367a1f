//! Hours of the week: `activity` and `expected_silence`.

use super::{super::reader::place, Reader, days::parse_days, timezone::parse_timezone};
use crate::{
    ast::{Activity, Hours},
    diagnostic::{Diagnostic, Edit},
    node::{Entry, Kind, Node, Scalar},
    source::{Span, Spanned},
};

const WINDOW: [&str; 4] = ["days", "from", "to", "timezone"];
const EXCEPT: [&str; 2] = ["except", "timezone"];
const EVERYTHING: [&str; 5] = ["days", "from", "to", "timezone", "except"];
const FORM: &str =
    "write for example `{days: mon-fri, from: '08:00', to: '18:00', timezone: Europe/Zurich}`";
const DAY: u32 = 86_400;
const MINUTE: u32 = 60;

/// Parses a map, a list of maps, or either below `except`.
pub fn parse_activity(reader: &mut Reader<'_>, part: &Entry) -> Option<Activity> {
    let mut parser = Parser { name: &part.key.value, windows: Vec::new(), zones: Vec::new() };
    let errors = reader.diagnostics.len();
    let except = match part.value.as_mapping() {
        Some(entries) if get(entries, "except").is_some() => {
            parser.except(reader, entries);
            true
        }
        _ => {
            parser.windows(reader, part, &part.value);
            false
        }
    };
    let timezone = parser.one_zone(reader);
    if reader.diagnostics.len() > errors {
        return None;
    }
    let activity = Activity { windows: parser.windows, except, timezone };
    says_something(reader, part, &activity).then_some(activity)
}

fn get<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key.value == name)
}

struct Parser<'a> {
    /// `activity` or `expected_silence`
    name: &'a str,
    windows: Vec<Hours>,
    /// Each time zone that is named.
    zones: Vec<Spanned<String>>,
}

impl Parser<'_> {
    /// `except`, and beside it nothing but the time zone.
    fn except(&mut self, reader: &mut Reader<'_>, entries: &[Entry]) {
        for entry in entries {
            let name = entry.key.value.as_str();
            match name {
                "except" => self.windows(reader, entry, &entry.value),
                "timezone" => self.zones.extend(parse_timezone(reader, entry)),
                "days" | "from" | "to" => {
                    let diagnostic = reader
                        .error(format!("`{name}` stands beside `except`"))
                        .at(entry.key.span, "")
                        .help("write it below `except`: those are the hours that are left out");
                    reader.report::<()>(diagnostic);
                }
                _ => {}
            }
        }
        reader.unknown_keys(entries, &format!("`{}` has no", self.name), &EXCEPT, &WINDOW);
    }

    fn windows(&mut self, reader: &mut Reader<'_>, owner: &Entry, node: &Node) {
        match &node.kind {
            Kind::Mapping(entries) => self.window(reader, owner, place(owner), entries),
            Kind::Sequence(nodes) if !nodes.is_empty() => {
                for node in nodes {
                    match node.as_mapping() {
                        Some(entries) => self.window(reader, owner, node.span, entries),
                        None => {
                            let diagnostic = reader
                                .error(format!(
                                    "every element of `{}` must be a map",
                                    owner.key.value
                                ))
                                .at(node.span, format!("this is {}", node.type_name()))
                                .help(FORM);
                            reader.report::<()>(diagnostic);
                        }
                    }
                }
            }
            Kind::Sequence(_) => {
                let diagnostic = reader
                    .error(format!("`{}` is empty", owner.key.value))
                    .at(node.span, "")
                    .help(FORM);
                reader.report::<()>(diagnostic);
            }
            Kind::Scalar(_) => {
                let message = format!("`{}` must be a map, or a list of maps", owner.key.value);
                let diagnostic = reader.wrong_type(owner, message).help(FORM);
                reader.report::<()>(diagnostic);
            }
        }
    }

    fn window(&mut self, reader: &mut Reader<'_>, owner: &Entry, at: Span, entries: &[Entry]) {
        let outermost = owner.key.value == self.name && owner.value.as_mapping().is_some();
        let known = if outermost { &EVERYTHING[..] } else { &WINDOW[..] };
        let has_no = format!("`{}` has no", owner.key.value);
        let unknown = reader.unknown_keys(entries, &has_no, known, &["except"]);
        if let Some(except) = get(entries, "except") {
            let diagnostic = reader
                .error("`except` stands within a list of hours")
                .at(except.key.span, "")
                .help(format!(
                    "write it once, directly below `{}`, with the list below it",
                    self.name
                ));
            reader.report::<()>(diagnostic);
        }
        let days = get(entries, "days").map(|entry| parse_days(reader, entry));
        let from = get(entries, "from").map(|entry| time(reader, entry));
        let to = get(entries, "to").map(|entry| time(reader, entry));
        if let Some(zone) = get(entries, "timezone") {
            self.zones.extend(parse_timezone(reader, zone));
        }
        if days.is_none() && from.is_none() && to.is_none() {
            if !unknown && get(entries, "except").is_none() {
                let message = format!("`{}` names neither days nor hours", owner.key.value);
                let diagnostic = reader.error(message).at(at, "").help(FORM);
                reader.report::<()>(diagnostic);
            }
            return;
        }
        let from = match (from, get(entries, "from")) {
            (Some(Some(DAY)), Some(entry)) => {
                let diagnostic = reader
                    .error("`from` is the end of a day")
                    .at(entry.value.span, "")
                    .help("write `00:00`, and in `days` those on which it begins");
                reader.report(diagnostic)
            }
            (from, _) => from.unwrap_or(Some(0)),
        };
        let (days, to) = (days.unwrap_or(Some([true; 7])), to.unwrap_or(Some(DAY)));
        if let (Some(days), Some(from), Some(to)) = (days, from, to) {
            self.windows.push(Hours { days, from, to });
        }
    }

    /// The time zone, which is named once or everywhere the same; without any it is UTC.
    fn one_zone(&self, reader: &mut Reader<'_>) -> String {
        let Some(first) = self.zones.first() else {
            return "UTC".to_owned();
        };
        if let Some(other) = self.zones.iter().find(|other| other.value != first.value) {
            let diagnostic = reader
                .error(format!("`{}` names two time zones", self.name))
                .at(other.span, "another one here")
                .at(first.span, "first here")
                .help("write all hours by the clock of one place");
            reader.report::<()>(diagnostic);
        }
        first.value.clone()
    }
}

/// A time of the day, `HH:MM`, in seconds. YAML 1.1 reads `23:00` without quotes as the number
/// 1380, in base 60; nobody means that.
fn time(reader: &mut Reader<'_>, entry: &Entry) -> Option<u32> {
    let written = reader.written(&entry.value);
    let text = match &entry.value.kind {
        Kind::Scalar(Scalar::String(text)) => text.trim(),
        Kind::Scalar(Scalar::Int(_) | Scalar::Float(_)) => written,
        _ => {
            let message = format!("`{}` must be a time of the day", entry.key.value);
            let diagnostic = reader
                .wrong_type(entry, message)
                .help("write hours and minutes, for example `'07:30'`");
            return reader.report(diagnostic);
        }
    };
    if let Some(seconds) = seconds(text) {
        return Some(seconds);
    }
    let diagnostic =
        reader.error(format!("`{text}` is not a time of the day")).at(entry.value.span, "");
    reader.report(meant(diagnostic, entry, text))
}

/// The seconds of `7:30`, `07:30`, and no more than `24:00`.
fn seconds(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => digits.parse::<u32>().ok(),
        false => None,
    };
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = hours * 60 * MINUTE + minutes * MINUTE;
    (minutes < 60 && seconds <= DAY).then_some(seconds)
}

/// What to write instead of a time that is none: hours alone, or with seconds.
fn meant(diagnostic: Diagnostic, entry: &Entry, text: &str) -> Diagnostic {
    let meant = match text.strip_suffix(":00") {
        Some(without) if seconds(without).is_some() => Some(without.to_owned()),
        _ => Some(format!("{text}:00")).filter(|hours| seconds(hours).is_some()),
    };
    match meant {
        Some(meant) => diagnostic
            .help(format!("write `'{meant}'`"))
            .edit(Edit::replace(entry.value.span, format!("'{meant}'"))),
        None => diagnostic.help("write hours and minutes, from `'00:00'` to `'24:00'`"),
    }
}

/// Whether some hours are meant, and not all.
fn says_something(reader: &mut Reader<'_>, part: &Entry, activity: &Activity) -> bool {
    let minutes = |day: usize| (0..DAY).step_by(60).map(move |second| (day, second));
    let mut held = (0..7)
        .flat_map(minutes)
        .map(|(day, second)| activity.windows.iter().any(|hours| hold(hours, day, second)));
    let Some(first) = held.next() else { return true };
    if held.any(|each| each != first) {
        return true;
    }
    let name = &part.key.value;
    let diagnostic = match first != activity.except {
        true => reader
            .error(format!("`{name}` holds all hours of the week"))
            .help("remove it, or name fewer days or hours"),
        false => reader
            .error(format!("`{name}` leaves no hour of the week"))
            .help("leave out fewer days or hours"),
    };
    reader.report::<()>(diagnostic.at(part.key.span, ""));
    false
}

fn hold(hours: &Hours, day: usize, second: u32) -> bool {
    let begin_on = |day: usize| hours.days[day % 7];
    if hours.from < hours.to {
        begin_on(day) && (hours.from..hours.to).contains(&second)
    } else {
        begin_on(day) && second >= hours.from || begin_on(day + 6) && second < hours.to
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_time_of_the_day_is_hours_and_minutes() {
        let cases = [
            ("00:00", Some(0)),
            ("07:30", Some(27_000)),
            ("7:30", Some(27_000)),
            ("23:59", Some(86_340)),
            ("24:00", Some(86_400)),
            ("24:01", None),
            ("23:60", None),
            ("7:3", None),
            ("007:30", None),
            ("07:30:00", None),
            ("-1:30", None),
            ("+7:30", None),
            ("07.30", None),
            (":30", None),
            ("7", None),
            ("٠٧:30", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "`{text}`");
        }
    }
}
