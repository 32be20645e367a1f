//! Types of plain YAML scalars, as PyYAML (and so pySigma) resolves them: YAML 1.1.

use std::sync::LazyLock;

use regex::Regex;

/// A single value. Numbers keep decimal text, so that long ones lose no digit.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Nothing, `~` or `null`.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// An integer in decimal notation.
    Int(String),
    /// A decimal number, as written but for underscores.
    Float(String),
    /// A date or time as written; kept apart because rule attributes expect one.
    Timestamp(String),
    /// A text.
    String(String),
}

impl Scalar {
    /// The type in an author's words.
    pub fn type_name(&self) -> &'static str {
        match self {
            Scalar::Null => "nothing (null)",
            Scalar::Bool(_) => "a boolean",
            Scalar::Int(_) | Scalar::Float(_) => "a number",
            Scalar::Timestamp(_) => "a date",
            Scalar::String(_) => "a text",
        }
    }

    /// Resolves a plain (unquoted) scalar.
    pub(super) fn resolve(plain: &str) -> Scalar {
        match plain {
            "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
            "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
                return Scalar::Bool(true);
            }
            "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
                return Scalar::Bool(false);
            }
            _ => {}
        }
        if !plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
            return Scalar::String(plain.to_owned());
        }
        if let Some(decimal) = integer(plain) {
            Scalar::Int(decimal)
        } else if FLOAT.is_match(plain) {
            Scalar::Float(plain.replace('_', ""))
        } else if TIMESTAMP.is_match(plain) {
            Scalar::Timestamp(plain.to_owned())
        } else {
            Scalar::String(plain.to_owned())
        }
    }
}

/// Whether a text can stand without quotes, in brackets too, and is then read as a text or a date.
pub fn is_plain_text(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '('))
        && !text.contains(['[', ']', '{', '}', ','])
        && !text.contains(|c: char| c.is_control())
        && ![": ", " #"].iter().any(|ends| text.contains(ends))
        && !text.ends_with([':', ' '])
        && matches!(Scalar::resolve(text), Scalar::String(_) | Scalar::Timestamp(_))
}

// The patterns are constants of the YAML 1.1 type repository; they are known to compile.
#[expect(clippy::expect_used, reason = "constant pattern, compiled by the tests")]
static FLOAT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?
        |\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?
        |[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*
        |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
    )
    .expect("constant pattern")
});
#[expect(clippy::expect_used, reason = "constant pattern, compiled by the tests")]
static TIMESTAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}
        |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[\ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
        (?:[\ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$",
    )
    .expect("constant pattern")
});

/// The decimal text of a YAML 1.1 integer: decimal, binary, octal (leading `0`), hexadecimal,
/// sexagesimal; `None` where the text is no integer or one beyond 128 bits.
fn integer(text: &str) -> Option<String> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', ..] => ("-", &text[1..]),
        [b'+', ..] => ("", &text[1..]),
        _ => ("", text),
    };
    let plain = digits.replace('_', "");
    let value = match digits.as_bytes() {
        [b'0'] => 0,
        [b'0', b'b', ..] => u128::from_str_radix(plain.get(2..)?, 2).ok()?,
        [b'0', b'x', ..] => u128::from_str_radix(plain.get(2..)?, 16).ok()?,
        [b'0', ..] => u128::from_str_radix(plain.get(1..)?, 8).ok()?,
        [b'1'..=b'9', ..] if digits.contains(':') => sexagesimal(&plain)?,
        [b'1'..=b'9', ..] if plain.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Some(format!("{sign}{plain}"));
        }
        _ => return None,
    };
    Some(if value == 0 { "0".to_owned() } else { format!("{sign}{value}") })
}

fn sexagesimal(text: &str) -> Option<u128> {
    text.split(':').enumerate().try_fold(0u128, |value, (index, part)| {
        let valid = part.bytes().all(|byte| byte.is_ascii_digit())
            && (index == 0 || (1..=2).contains(&part.len()));
        let part: u128 = part.parse().ok().filter(|&part| valid && (index == 0 || part < 60))?;
        value.checked_mul(60)?.checked_add(part)
    })
}

#[cfg(test)]
mod tests {
    use super::Scalar::{self, *};

    #[test]
    fn plain_scalars_resolve_as_pyyaml_does() {
        let int = |text: &str| Int(text.to_owned());
        let float = |text: &str| Float(text.to_owned());
        let text = |text: &str| String(text.to_owned());
        let cases = [
            ("", Null),
            ("~", Null),
            ("NULL", Null),
            ("nUll", text("nUll")),
            ("yes", Bool(true)),
            ("Off", Bool(false)),
            ("y", text("y")),
            ("tRUE", text("tRUE")),
            ("0", int("0")),
            ("-0", int("0")),
            ("443", int("443")),
            ("+7", int("7")),
            ("-7", int("-7")),
            ("123456789012", int("123456789012")),
            ("1_000", int("1000")),
            ("017", int("15")),
            ("0x1F", int("31")),
            ("0b101", int("5")),
            ("08", text("08")),
            ("012345678901", text("012345678901")),
            ("1:30", int("90")),
            ("12:30:45", int("45045")),
            ("1:60", text("1:60")),
            (
                "340282366920938463463374607431768211456999",
                int("340282366920938463463374607431768211456999"),
            ),
            ("1.5", float("1.5")),
            (".5", float(".5")),
            ("1.", float("1.")),
            ("1e3", text("1e3")),
            ("1.0e+3", float("1.0e+3")),
            (".inf", float(".inf")),
            ("1.2.3", text("1.2.3")),
            ("10.0.0.1", text("10.0.0.1")),
            ("2026-01-02", Timestamp("2026-01-02".to_owned())),
            ("2026/01/02", text("2026/01/02")),
            ("-", text("-")),
            ("ec2.amazonaws.com", text("ec2.amazonaws.com")),
        ];
        for (plain, expected) in cases {
            assert_eq!(Scalar::resolve(plain), expected, "`{plain}`");
        }
    }
}
