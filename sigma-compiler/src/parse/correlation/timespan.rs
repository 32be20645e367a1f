//! `timespan` (Sigma correlation rules specification, "Time Selection"): a number and a unit. The
//! units are those of pySigma: beside s, m, h and d also w, M and y, where a month and a year have
//! their mean length in the Gregorian calendar.

use super::section::{Section, invalid};
use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    node::{Kind, Scalar},
};

const UNITS: [(char, u64); 7] = [
    ('s', 1),
    ('m', 60),
    ('h', 3_600),
    ('d', 86_400),
    ('w', 604_800),
    ('M', 2_629_746),
    ('y', 31_556_952),
];

/// The longest time over which matches are joined, in seconds: ten years.
pub const LONGEST: u64 = 315_569_520;

const FORM: &str =
    "write a number and one of the units s, m, h, d, w, M (month) and y, for example `90m`";

/// Reads `timespan` in seconds.
pub fn parse_timespan(section: &mut Section<'_>) -> Option<u64> {
    let Some(entry) = section.get("timespan") else {
        return section.missing("timespan", &format!("add `timespan:`; {FORM}"));
    };
    let error = |message: String, help: String| {
        Diagnostic::error(Code::InvalidTimespan, message).at(entry.value.span, "").help(help)
    };
    let written = section.written(&entry.value);
    let diagnostic = match &entry.value.kind {
        Kind::Scalar(Scalar::String(text)) => match seconds(text.trim()) {
            Ok(seconds) => return Some(seconds),
            Err((message, help)) => match timespan_meant(text) {
                Some(meant) => error(message, format!("write `{meant}`")).edit(Edit::rename(
                    entry.value.span,
                    text.trim_end(),
                    &meant,
                )),
                None => error(message, help),
            },
        },
        Kind::Scalar(Scalar::Int(_)) if written.bytes().all(|byte| byte.is_ascii_digit()) => error(
            format!("the timespan `{written}` has no unit"),
            format!("write for example `{written}m`; the units are s, m, h, d, w, M (month) and y"),
        ),
        Kind::Sequence(_) | Kind::Mapping(_) | Kind::Scalar(Scalar::Null) => {
            invalid("`timespan` must be a text")
                .at(section.place(entry), format!("this is {}", entry.value.type_name()))
                .help(FORM)
        }
        Kind::Scalar(_) => error(format!("`{written}` is not a timespan"), FORM.to_owned()),
    };
    section.report(diagnostic)
}

/// The seconds of a timespan, or what is wrong with it and what to write.
fn seconds(text: &str) -> Result<u64, (String, String)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let mut letters = unit.chars();
    let factor = letters
        .next()
        .filter(|_| letters.next().is_none() && !number.is_empty())
        .and_then(|letter| UNITS.iter().find(|(unit, _)| *unit == letter))
        .map(|(_, factor)| *factor);
    let Some(factor) = factor else {
        let help = match unit {
            "S" | "H" | "D" | "W" | "Y" if !number.is_empty() => {
                format!(
                    "write `{number}{}`: but for M, a month, units are in lower case",
                    unit.to_lowercase()
                )
            }
            _ => FORM.to_owned(),
        };
        return Err((format!("`{text}` is not a timespan"), help));
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
        Some(0) => Err((
            format!("the timespan `{text}` is empty"),
            format!("write a number of at least 1, for example `5{unit}`"),
        )),
        Some(seconds) if seconds <= LONGEST => Ok(seconds),
        _ => Err((
            format!("the timespan `{text}` is longer than ten years"),
            "write a shorter one: matches are not remembered that long".to_owned(),
        )),
    }
}

/// The timespan that a text means which is not written as one: `5 minutes`, `5min`, `5H`.
fn timespan_meant(text: &str) -> Option<String> {
    let text = text.trim();
    let (number, word) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match word.trim() {
        "M" => "M",
        word => match word.to_lowercase().as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => "s",
            "m" | "min" | "mins" | "minute" | "minutes" => "m",
            "h" | "hr" | "hrs" | "hour" | "hours" => "h",
            "d" | "day" | "days" => "d",
            "w" | "week" | "weeks" => "w",
            "mo" | "month" | "months" => "M",
            "y" | "year" | "years" => "y",
            _ => return None,
        },
    };
    let meant = format!("{number}{unit}");
    (meant != text && seconds(&meant).is_ok()).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, seconds, timespan_meant};

    #[test]
    fn a_timespan_in_words_is_understood() {
        let cases = [
            ("5 minutes", Some("5m")),
            ("5min", Some("5m")),
            ("1 h", Some("1h")),
            ("24HOURS", Some("24h")),
            ("5H", Some("5h")),
            ("1 M", Some("1M")),
            ("2 months", Some("2M")),
            ("0 h", None),
            ("11 years", None),
            ("1h30m", None),
            ("1.5h", None),
            ("h", None),
            ("5", None),
            ("5m", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(timespan_meant(text).as_deref(), expected, "`{text}`");
        }
    }

    #[test]
    fn units_have_the_lengths_of_the_specification() {
        let cases = [
            ("1s", Some(1)),
            ("5m", Some(300)),
            ("007m", Some(420)),
            ("24h", Some(86_400)),
            ("1d", Some(86_400)),
            ("2w", Some(1_209_600)),
            ("1M", Some(2_629_746)),
            ("1y", Some(31_556_952)),
            ("10y", Some(LONGEST)),
            ("120M", Some(LONGEST)),
            ("11y", None),
            ("315569521s", None),
            ("18446744073709551615y", None),
            ("99999999999999999999999s", None),
            ("0s", None),
            ("-1s", None),
            ("+1s", None),
            ("1.5h", None),
            ("1h30m", None),
            ("1 h", None),
            ("h", None),
            ("5", None),
            ("5D", None),
            ("5ö", None),
            ("٥m", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text).ok(), expected, "`{text}`");
        }
    }
}
