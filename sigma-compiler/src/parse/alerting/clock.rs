//! Times of the day.

use super::Reader;
use crate::{
    diagnostic::{Diagnostic, Edit},
    node::{Entry, Kind, Scalar},
};

/// Seconds of a day.
pub const DAY: u32 = 86_400;
/// Seconds of a minute.
pub const MINUTE: u32 = 60;

/// A time of the day, `HH:MM`, in seconds. YAML 1.1 reads `23:00` without quotes as the number
/// 1380, in base 60; nobody means that.
pub fn time(reader: &mut Reader<'_>, entry: &Entry) -> Option<u32> {
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
