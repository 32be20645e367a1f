//! Hours of the week: `activity` and `expected_silence`.

use super::{
    super::reader::place,
    Reader,
    clock::{DAY, MINUTE, time},
    days::parse_days,
    timezone::parse_timezone,
};
use crate::{
    ast::{Activity, Hours},
    node::{Entry, Kind, Node},
    source::{Span, Spanned},
};

const WINDOW: [&str; 4] = ["days", "from", "to", "timezone"];
const EXCEPT: [&str; 2] = ["except", "timezone"];
const EVERYTHING: [&str; 5] = ["days", "from", "to", "timezone", "except"];
const FORM: &str =
    "write for example `{days: mon-fri, from: '08:00', to: '18:00', timezone: Europe/Zurich}`";
/// Minutes of a week.
const WEEK: usize = 7 * 24 * 60;

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

/// Whether some hours are meant, and not all.
fn says_something(reader: &mut Reader<'_>, part: &Entry, activity: &Activity) -> bool {
    let name = &part.key.value;
    let diagnostic = match (hold_all(&activity.windows), activity.except) {
        // Each of them holds a minute at the least.
        (false, _) => return true,
        (true, false) => reader
            .error(format!("`{name}` holds all hours of the week"))
            .help("remove it, or name fewer days or hours"),
        (true, true) => reader
            .error(format!("`{name}` leaves no hour of the week"))
            .help("leave out fewer days or hours"),
    };
    reader.report::<()>(diagnostic.at(part.key.span, ""));
    false
}

/// Whether every minute of the week is held.
fn hold_all(windows: &[Hours]) -> bool {
    // How many windows begin with a minute, less those that end before it.
    let mut changes = [0_i64; WEEK];
    let mut held = 0;
    for hours in windows {
        let (from, to) = ((hours.from / MINUTE) as usize, (hours.to / MINUTE) as usize);
        let length = if from < to { to - from } else { WEEK / 7 - from + to };
        for day in (0..7).filter(|day| hours.days[*day]) {
            let start = day * WEEK / 7 + from;
            let end = start + length;
            changes[start % WEEK] += 1;
            changes[end % WEEK] -= 1;
            // It ends in the next week, or with this one: the week goes around.
            held += i64::from(end >= WEEK);
        }
    }
    changes.iter().all(|change| {
        held += change;
        held > 0
    })
}

#[cfg(test)]
mod tests {
    use super::{Hours, hold_all};

    #[test]
    fn the_week_is_full_where_no_minute_is_left_out() {
        let hours = |days: &str, from: u32, to: u32| Hours {
            days: std::array::from_fn(|day| days.as_bytes()[day] == b'x'),
            from: from * 60,
            to: to * 60,
        };
        const NIGHT: u32 = 22 * 60;
        const DAY: u32 = 24 * 60;
        let cases: [(&[Hours], bool); 10] = [
            (&[], false),
            (&[hours("xxxxxxx", 0, DAY)], true),
            (&[hours("xxxxxxx", 360, 360)], true),
            (&[hours("xxxxxxx", 0, DAY - 1)], false),
            (&[hours("xxxxxxx", 1, DAY)], false),
            (&[hours("xxxxxxx", NIGHT, 360), hours("xxxxxxx", 360, NIGHT)], true),
            (&[hours("xxxxxxx", NIGHT, 360), hours("xxxxxxx", 361, NIGHT)], false),
            (&[hours("xxxxxxx", NIGHT, 360), hours("xxxxxx.", 360, NIGHT)], false),
            (&[hours("xxxxxx.", NIGHT, NIGHT), hours("......x", NIGHT, NIGHT - 1)], false),
            (
                &[hours("xxxxx..", 0, DAY), hours(".....xx", 0, 720), hours(".....xx", 720, DAY)],
                true,
            ),
        ];
        for (windows, expected) in cases {
            assert_eq!(hold_all(windows), expected, "{windows:?}");
        }
    }
}
