//! Numbers of any JSON notation, compared without rounding where both are integers.

use std::cmp::Ordering;

/// A parsed number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Integer(i128),
    Decimal(f64),
}

impl Number {
    /// Parses a text that is in full a number of JSON's grammar.
    pub(super) fn parse(text: &str) -> Option<Number> {
        let (integer, rest) = split_digits(text.strip_prefix('-').unwrap_or(text));
        if integer.is_empty() || (integer.len() > 1 && integer.starts_with('0')) {
            return None; // no "inf", "nan", "+1", ".5" or "01", some of which `f64` would take
        }
        if rest.is_empty() {
            let exact = text.parse().map(Number::Integer);
            return exact.or_else(|_| text.parse().map(Number::Decimal)).ok();
        }
        let fraction_is_empty =
            rest.strip_prefix('.').is_some_and(|rest| split_digits(rest).0.is_empty());
        if fraction_is_empty {
            return None;
        }
        text.parse().ok().map(Number::Decimal)
    }
}

/// The digits that the text begins with, and the rest.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Number::Integer(a), Number::Integer(b)) => Some(a.cmp(b)),
            (a, b) => a.rounded().partial_cmp(&b.rounded()),
        }
    }
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "a decimal is compared as a decimal")]
    fn rounded(self) -> f64 {
        match self {
            Number::Integer(value) => value as f64,
            Number::Decimal(value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_and_long_integers_exactly() {
        let cases = [
            ("1", "2", Some(Ordering::Less)),
            ("10", "9", Some(Ordering::Greater)),
            ("1.0", "1", Some(Ordering::Equal)),
            ("1e3", "1000", Some(Ordering::Equal)),
            ("-2", "-1", Some(Ordering::Less)),
            ("9007199254740993", "9007199254740992", Some(Ordering::Greater)),
        ];
        for (a, b, expected) in cases {
            let found = Number::parse(a).and_then(|a| a.partial_cmp(&Number::parse(b)?));
            assert_eq!(found, expected, "{a} and {b}");
        }
        for text in [
            "", "-", "+1", ".5", "1.", "1.e5", "007", "-01", "1e", "1.5.1", "inf", "nan", "1 ",
            "0x10", "1_000", "10.0.0.1",
        ] {
            assert!(Number::parse(text).is_none(), "`{text}` is no number");
        }
    }
}
