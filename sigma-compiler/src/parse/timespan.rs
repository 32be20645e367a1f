//! Timespans (Sigma correlation rules specification, "Time Selection"): a number and a unit. The
//! units are those of pySigma: beside s, m, h and d also w, M and y, where a month and a year have
//! their mean length in the Gregorian calendar.

use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    node::{Entry, Kind, Scalar},
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

/// How long a timespan can be.
pub struct Limits {
    /// At most so many seconds.
    pub longest: u64,
    /// The same in words.
    pub in_words: &'static str,
    /// What to do about a longer one.
    pub help: &'static str,
    /// Whether it may be nothing: `0`, with a unit or without.
    pub zero: bool,
    /// What may stand in its place, to be added to its form.
    pub or: &'static str,
}

/// Over which matches are joined.
pub const JOINED: Limits = Limits {
    longest: 315_569_520,
    in_words: "ten years",
    help: "write a shorter one: matches are not remembered that long",
    zero: false,
    or: "",
};

/// What a timespan looks like.
pub const FORM: &str =
    "write a number and one of the units s, m, h, d, w, M (month) and y, for example `90m`";

/// Reads a timespan in seconds. `written` is how it stands in the file, and `wrong_type` the code
/// of what is no text.
pub fn read_timespan(
    entry: &Entry,
    written: &str,
    limits: &Limits,
    wrong_type: Code,
) -> Result<u64, Box<Diagnostic>> {
    let error = |message: String, help: String| {
        Diagnostic::error(Code::InvalidTimespan, message).at(entry.value.span, "").help(help)
    };
    let diagnostic = match &entry.value.kind {
        Kind::Scalar(Scalar::Int(number)) if number == "0" && limits.zero => return Ok(0),
        Kind::Scalar(Scalar::String(text)) => match seconds(text.trim(), limits) {
            Ok(seconds) => return Ok(seconds),
            Err((message, help)) => match timespan_meant(text, limits) {
                Some(meant) => error(message, format!("write `{meant}`")).edit(Edit::rename(
                    entry.value.span,
                    text.trim_end(),
                    &meant,
                )),
                None => error(message, help),
            },
        },
        Kind::Scalar(Scalar::Int(number)) if number == "0" => error(
            format!("the timespan `{written}` is empty"),
            "write a number of at least 1 and a unit, for example `5m`".to_owned(),
        ),
        Kind::Scalar(Scalar::Int(_)) if written.bytes().all(|byte| byte.is_ascii_digit()) => error(
            format!("the timespan `{written}` has no unit"),
            format!("write for example `{written}m`; the units are s, m, h, d, w, M (month) and y"),
        ),
        Kind::Sequence(_) | Kind::Mapping(_) | Kind::Scalar(Scalar::Null) => {
            let place = if entry.value.is_unwritten() { entry.key.span } else { entry.value.span };
            Diagnostic::error(wrong_type, format!("`{}` must be a text", entry.key.value))
                .at(place, format!("this is {}", entry.value.type_name()))
                .help(form(limits))
        }
        Kind::Scalar(_) => error(format!("`{written}` is not a timespan"), form(limits)),
    };
    Err(Box::new(diagnostic))
}

fn form(limits: &Limits) -> String {
    format!("{FORM}{}", limits.or)
}

/// The seconds of a timespan, or what is wrong with it and what to write.
fn seconds(text: &str, limits: &Limits) -> Result<u64, (String, String)> {
    if text == "0" && limits.zero {
        return Ok(0);
    }
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
            _ => form(limits),
        };
        return Err((format!("`{text}` is not a timespan"), help));
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
        Some(0) if !limits.zero => Err((
            format!("the timespan `{text}` is empty"),
            format!("write a number of at least 1, for example `5{unit}`"),
        )),
        Some(seconds) if seconds <= limits.longest => Ok(seconds),
        _ => Err((
            format!("the timespan `{text}` is longer than {}", limits.in_words),
            match unit {
                "M" => format!("`M` is a month, and `m` a minute; {}", limits.help),
                _ => limits.help.to_owned(),
            },
        )),
    }
}

/// The timespan that a text means which is not written as one: `5 minutes`, `5min`, `5H`.
fn timespan_meant(text: &str, limits: &Limits) -> Option<String> {
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
    (meant != text && seconds(&meant, limits).is_ok()).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::{JOINED, Limits, seconds, timespan_meant};

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
            assert_eq!(timespan_meant(text, &JOINED).as_deref(), expected, "`{text}`");
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
            ("10y", Some(JOINED.longest)),
            ("120M", Some(JOINED.longest)),
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
            assert_eq!(seconds(text, &JOINED).ok(), expected, "`{text}`");
        }
    }
    #[test]
    fn nothing_is_a_timespan_where_it_may_be() {
        let limits = Limits { zero: true, ..JOINED };
        for text in ["0", "0m", "00s"] {
            assert_eq!(seconds(text, &limits).ok(), Some(0), "`{text}`");
        }
    }
}
