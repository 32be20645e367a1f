//! Values that no record can meet.
//!
//! Letter case is no reason for one: a value is folded as the text of a record is, character by
//! character, so that what is written always matches itself.

use regex_syntax::{
    Parser,
    hir::{Hir, HirKind, Look},
};

use crate::{
    ast::{DetectionItem, ExceptionEntry, Modifier, Value},
    diagnostic::{Code, Diagnostic},
    hir::{Comparison, Expr, Predicate, Test, TimePart},
    lower::value_expr,
    parse::regex_source,
    source::Span,
};

/// Finds such values of an item.
pub fn unreachable(item: &DetectionItem, found: &mut Vec<Diagnostic>) {
    for value in &item.values {
        match &value.value {
            Value::String(pattern) if item.has(Modifier::Re) => {
                let parsed = Parser::new().parse(&regex_source(&item.modifiers, pattern));
                if let Some(reason) = parsed.ok().as_ref().and_then(never_found) {
                    found.push(regex(value.span, reason));
                }
            }
            value_of_time @ Value::Number(_) => {
                if let Expr::Test(Predicate::Field {
                    test: Test::Time(part, how, number), ..
                }) = value_expr(item, value_of_time)
                {
                    found.extend(time(value.span, part, how, number));
                }
            }
            _ => {}
        }
    }
}

/// Expressions of an entry of the exceptions that exclude nobody.
pub fn in_exceptions(entry: &ExceptionEntry, found: &mut Vec<Diagnostic>) {
    for pattern in &entry.actors_regex {
        let parsed = Parser::new().parse(pattern).ok();
        if let Some(reason) = parsed.as_ref().and_then(never_found) {
            let mut diagnostic = regex(entry.title.span, reason);
            diagnostic.message = format!("`{pattern}` is found in no name of an actor");
            found.push(diagnostic);
        }
    }
}

/// Why a regular expression is found in no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Never {
    /// Something must stand before the begin of the text.
    BeforeBegin,
    /// Something must stand behind the end of the text.
    BehindEnd,
    /// It asks for a character of a set that is empty.
    EmptySet,
}

// The parser bounds the depth of an expression.
fn never_found(hir: &Hir) -> Option<Never> {
    match hir.kind() {
        HirKind::Concat(parts) => parts
            .iter()
            .find_map(never_found)
            .or_else(|| {
                let anchored =
                    |part: &Hir| part.properties().look_set_prefix().contains(Look::Start);
                let begin = parts.iter().rposition(anchored)?;
                takes_text(&parts[..begin]).then_some(Never::BeforeBegin)
            })
            .or_else(|| {
                let anchored = |part: &Hir| part.properties().look_set_suffix().contains(Look::End);
                let end = parts.iter().position(anchored)?;
                takes_text(&parts[end + 1..]).then_some(Never::BehindEnd)
            }),
        HirKind::Alternation(parts) => {
            let reasons: Option<Vec<Never>> = parts.iter().map(never_found).collect();
            reasons?.into_iter().next()
        }
        HirKind::Capture(capture) => never_found(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => never_found(&repetition.sub),
        HirKind::Class(class) => class.is_empty().then_some(Never::EmptySet),
        _ => None,
    }
}

/// Whether a match of these takes at least one character.
fn takes_text(parts: &[Hir]) -> bool {
    parts.iter().any(|part| part.properties().minimum_len().is_some_and(|length| length > 0))
}

fn regex(place: Span, reason: Never) -> Diagnostic {
    let (label, help) = match reason {
        Never::BeforeBegin => (
            "`^` is the begin of the text, and something is wanted before it",
            "put the `^` first, or write `\\^` for the character itself",
        ),
        Never::BehindEnd => (
            "`$` is the end of the text, and something is wanted behind it",
            "put the `$` last, or write `\\$` for the character itself",
        ),
        Never::EmptySet => ("no character is in this set", "name the characters that are meant"),
    };
    Diagnostic::warning(Code::UnreachableValue, "this regular expression is found in no text")
        .at(place, label)
        .help(help)
}

/// Comparisons with the ends of a part of a time.
fn time(place: Span, part: TimePart, how: Comparison, number: i64) -> Option<Diagnostic> {
    let (name, least, greatest) = match part {
        TimePart::Minute => ("minute", 0, 59),
        TimePart::Hour => ("hour", 0, 23),
        TimePart::Day => ("day", 1, 31),
        TimePart::Week => ("week", 1, 53),
        TimePart::Month => ("month", 1, 12),
        TimePart::Year => ("year", 0, 9999),
    };
    let never = match how {
        Comparison::Less => number <= least,
        Comparison::LessOrEqual => number < least,
        Comparison::Greater => number >= greatest,
        Comparison::GreaterOrEqual => number > greatest,
        Comparison::Equal => !(least..=greatest).contains(&number),
    };
    never.then(|| {
        let words = if how == Comparison::Less { "less" } else { "greater" };
        Diagnostic::warning(
            Code::UnreachableValue,
            format!("no {name} of a time is {words} than {number}"),
        )
        .at(place, format!("{name}s are numbers of {least} to {greatest}"))
        .help("compare with a number between, or include this one with `lte` or `gte`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_are_found_nowhere_are_known() {
        use Never::{BeforeBegin, BehindEnd, EmptySet};
        let cases = [
            ("user", None),
            ("", None),
            ("^user$", None),
            ("^$", None),
            ("$^", None),
            ("^^user$$", None),
            ("(^|/)user", None),
            ("a*^user", None),
            ("user$b?", None),
            ("a|^b|c$", None),
            (r"\^user\$", None),
            (r"user\b", None),
            ("(?m)user$\n^role", None),
            ("user^", Some(BeforeBegin)),
            ("user(^)", Some(BeforeBegin)),
            ("user(^a|^b)", Some(BeforeBegin)),
            ("user(^a|b)", None),
            ("user(^)?", None),
            ("user(^|)a", None),
            ("($)?user", None),
            ("x+^user", Some(BeforeBegin)),
            ("(x+^user)+", Some(BeforeBegin)),
            ("(x+^user)*", None),
            ("$user", Some(BehindEnd)),
            ("(role$|user$)s", Some(BehindEnd)),
            ("a$b|c$d", Some(BehindEnd)),
            ("a$b|c", None),
            (r"user\z/", Some(BehindEnd)),
            (r"[^\s\S]", Some(EmptySet)),
            ("[a&&b]", Some(EmptySet)),
            ("[a&&b]?x", None),
        ];
        for (pattern, expected) in cases {
            let hir = Parser::new().parse(pattern).unwrap();
            assert_eq!(never_found(&hir), expected, "{pattern}");
        }
    }
}
