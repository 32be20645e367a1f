//! The tests that generated matchers are made of, and what they mean for JSON values.
//!
//! The compiler has prepared them: literals of tests that ignore case are folded, patterns are
//! in their plainest form.

mod number;
mod substrings;
mod text;
mod time;

use std::{borrow::Cow, cmp::Ordering, net::IpAddr, sync::LazyLock};

use ipnet::IpNet;
use regex::bytes::Regex;

use crate::record::Value;
use number::Number;
pub use substrings::Substrings;
pub use text::Part;
pub use time::TimePart;

/// Whether case counts in a text comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// It does not: Unicode simple case folding. Literals of tests are folded.
    Folded,
    /// It does.
    Exact,
}

/// How numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// How the texts of two fields relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They are equal.
    Equals,
    /// The left begins with the right.
    StartsWith,
    /// The left ends with the right.
    EndsWith,
    /// The left contains the right.
    Contains,
}

/// A test of the values that a field path reaches, or of all values for keywords.
#[derive(Debug, Clone, Copy)]
pub enum Test {
    /// A value is null, or none was reached.
    Null,
    /// A value was reached.
    Exists,
    /// The text equals this one.
    Equals(Case, &'static str),
    /// The text equals one of these.
    OneOf(Case, &'static [&'static str]),
    /// The text begins with this one.
    StartsWith(Case, &'static str),
    /// The text ends with this one.
    EndsWith(Case, &'static str),
    /// The text contains this one.
    Contains(Case, &'static str),
    /// The text contains one of these, whatever its case.
    ContainsAny(&'static LazyLock<Substrings>),
    /// The text fits these parts from begin to end.
    Wildcard(Case, &'static [Part]),
    /// The expression finds something in the text.
    Regex(&'static LazyLock<Regex>),
    /// The text is an address in this network.
    Network(IpNet),
    /// The value is a number, or a text that is one, and compares so with this decimal text.
    Compare(Comparison, &'static str),
    /// The text is a time of ISO 8601, of which this part, as written, compares so.
    Time(TimePart, Comparison, i64),
    /// Any of these text tests passes.
    AnyOf(&'static [Test]),
}

impl Test {
    /// Whether one value passes.
    ///
    /// Strings, numbers and booleans are compared by their text; objects and arrays by their
    /// compact JSON text, and only with patterns, never for equality.
    pub fn passes(&self, value: Value<'_>) -> bool {
        if let Value::String(string) = value
            && let Some(text) = string.plain()
            && let Some(passes) = self.passes_ascii(text)
        {
            return passes;
        }
        match self {
            Test::Exists => true,
            Test::Null => matches!(value, Value::Null),
            Test::Network(network) => value
                .text()
                .and_then(|text| text.parse::<IpAddr>().ok())
                .is_some_and(|ip| network.contains(&ip)),
            Test::Compare(comparison, wanted) => compare(value, *comparison, wanted),
            Test::Time(part, comparison, wanted) => {
                let found = value.text().and_then(|text| part.of(&text));
                found.is_some_and(|found| comparison.holds(found.cmp(wanted)))
            }
            // What never passes need not be written compactly.
            Test::Equals(..) | Test::OneOf(..) => {
                value.text().is_some_and(|text| self.passes_text(&text, true))
            }
            _ => match value.text() {
                Some(text) => self.passes_text(&text, true),
                None => value.compact().is_some_and(|text| self.passes_text(&text, false)),
            },
        }
    }

    /// Whether a text that passes does so by what is anywhere in it, so that every text around it
    /// passes, too.
    pub(crate) fn is_of_substrings(&self) -> bool {
        matches!(self, Test::Contains(..) | Test::ContainsAny(_))
    }

    /// Whether a text of ASCII passes; `None` for tests that ask for more than its bytes.
    pub(crate) fn passes_ascii(&self, text: &[u8]) -> Option<bool> {
        Some(match self {
            Test::Exists => true,
            Test::Null => false,
            Test::Regex(regex) => regex.is_match(text),
            Test::Wildcard(case, parts) => text::fits(*case, str::from_utf8(text).ok()?, parts),
            Test::Network(network) => {
                let address: Option<IpAddr> = str::from_utf8(text).ok()?.parse().ok();
                address.is_some_and(|address| network.contains(&address))
            }
            Test::Equals(case, wanted) => text::ascii_equals(*case, text, wanted),
            Test::OneOf(case, wanted) => {
                wanted.iter().any(|wanted| text::ascii_equals(*case, text, wanted))
            }
            Test::StartsWith(case, wanted) => text
                .get(..wanted.len())
                .is_some_and(|start| text::ascii_equals(*case, start, wanted)),
            Test::EndsWith(case, wanted) => {
                let start = text.len().checked_sub(wanted.len());
                let end = start.and_then(|start| text.get(start..));
                end.is_some_and(|end| text::ascii_equals(*case, end, wanted))
            }
            Test::Contains(case, wanted) => text::ascii_contains(*case, text, wanted),
            Test::ContainsAny(substrings) => substrings.are_in_ascii(text),
            Test::AnyOf(tests) => {
                for test in *tests {
                    if test.passes_ascii(text)? {
                        return Some(true);
                    }
                }
                false
            }
            _ => return None,
        })
    }

    /// Whether a text passes; a text that is not a `scalar` equals nothing.
    fn passes_text(&self, text: &str, scalar: bool) -> bool {
        match self {
            Test::Equals(case, wanted) => scalar && text::equals(*case, text, wanted),
            Test::OneOf(case, wanted) => {
                scalar && wanted.iter().any(|wanted| text::equals(*case, text, wanted))
            }
            Test::StartsWith(case, wanted) => text::starts_with(*case, text, wanted),
            Test::EndsWith(case, wanted) => text::ends_with(*case, text, wanted),
            Test::Contains(case, wanted) => text::contains(*case, text, wanted),
            Test::ContainsAny(substrings) => substrings.are_in(text),
            Test::Wildcard(case, parts) => {
                (scalar || parts.iter().any(Part::is_wildcard)) && text::fits(*case, text, parts)
            }
            Test::Regex(regex) => regex.is_match(text.as_bytes()),
            Test::AnyOf(tests) => tests.iter().any(|test| test.passes_text(text, scalar)),
            Test::Null | Test::Exists | Test::Network(_) | Test::Compare(..) | Test::Time(..) => {
                false
            }
        }
    }
}

fn compare(value: Value<'_>, comparison: Comparison, wanted: &str) -> bool {
    let text = match value {
        Value::Number(text) => Cow::Borrowed(text),
        Value::String(string) => string.text(),
        _ => return false,
    };
    let (Some(found), Some(wanted)) = (Number::parse(&text), Number::parse(wanted)) else {
        return false;
    };
    let Some(ordering) = found.partial_cmp(&wanted) else { return false };
    comparison.holds(ordering)
}

/// Whether the left value relates to the text of the right field.
pub(crate) fn relates(left: Value<'_>, relation: Relation, case: Case, right: &str) -> bool {
    let folded = match case {
        Case::Folded => Cow::Owned(text::fold(right)),
        Case::Exact => Cow::Borrowed(right),
    };
    let (text, scalar) = match left.text() {
        Some(text) => (Some(text), true),
        None => (left.compact(), false),
    };
    text.is_some_and(|text| match relation {
        Relation::Equals => scalar && text::equals(case, &text, &folded),
        Relation::StartsWith => text::starts_with(case, &text, &folded),
        Relation::EndsWith => text::ends_with(case, &text, &folded),
        Relation::Contains => text::contains(case, &text, &folded),
    })
}

/// Folds a text as literals of tests are folded.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    folded.extend(text.chars().map(text::fold_char));
}

/// Compiles a pattern that the rule compiler has checked.
///
/// # Panics
/// If the pattern does not compile; the compiler refuses such rules with the same library.
#[expect(clippy::expect_used, reason = "the compiler has compiled the same pattern")]
pub fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern was checked when the rules were compiled")
}
