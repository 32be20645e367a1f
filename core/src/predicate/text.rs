//! Comparing texts, with and without case.
//!
//! Where case is folded, the pattern already is; the text is folded character by character
//! (simple case folding maps one character to one), and by ASCII bytes where both sides allow.

use std::{iter, num::NonZeroU32};

use memchr::{memchr2_iter, memmem};

use super::Case;

/// A part of a wildcard pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// This text, folded where case is.
    Text(&'static str),
    /// Any one character.
    One,
    /// Any run of characters, also none.
    Run,
    /// Any character that stands for a dash in front of an option: `-`, `/`, en dash, em dash,
    /// horizontal bar.
    Dash,
}

impl Part {
    pub(super) fn is_wildcard(&self) -> bool {
        matches!(self, Part::One | Part::Run)
    }
}

/// Unicode simple case folding of a character.
pub(crate) fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    unicode_case_mapping::case_folded(c).map(NonZeroU32::get).and_then(char::from_u32).unwrap_or(c)
}

/// Unicode simple case folding of a text.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

impl Case {
    fn same(self, c: char, wanted: char) -> bool {
        match self {
            Case::Folded => fold_char(c) == wanted,
            Case::Exact => c == wanted,
        }
    }
}

/// Whether all of the text is `wanted`.
pub(crate) fn equals(case: Case, text: &str, wanted: &str) -> bool {
    match case {
        Case::Exact => text == wanted,
        Case::Folded if text.is_ascii() => text.eq_ignore_ascii_case(wanted),
        Case::Folded => strip(case, text, wanted).is_some_and(str::is_empty),
    }
}

/// [`equals`] for ASCII.
#[inline]
pub(super) fn ascii_equals(case: Case, text: &[u8], wanted: &str) -> bool {
    let wanted = wanted.as_bytes();
    match case {
        Case::Exact => text == wanted,
        Case::Folded => text.eq_ignore_ascii_case(wanted),
    }
}

/// [`contains`] for ASCII.
pub(super) fn ascii_contains(case: Case, text: &[u8], wanted: &str) -> bool {
    let wanted = wanted.as_bytes();
    let Some((&first, rest)) = wanted.split_first().filter(|_| case == Case::Folded) else {
        return memmem::find(text, wanted).is_some();
    };
    // In the pattern letters are small.
    memchr2_iter(first, first.to_ascii_uppercase(), text).any(|at| {
        let found = text.get(at + 1..at + wanted.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(rest))
    })
}

/// Whether the text begins with `wanted`.
pub(crate) fn starts_with(case: Case, text: &str, wanted: &str) -> bool {
    strip(case, text, wanted).is_some()
}

/// Whether the text ends with `wanted`.
pub(crate) fn ends_with(case: Case, text: &str, wanted: &str) -> bool {
    if case == Case::Exact {
        return text.ends_with(wanted);
    }
    let mut chars = text.chars().rev();
    wanted.chars().rev().all(|wanted| chars.next().is_some_and(|c| case.same(c, wanted)))
}

/// Whether `wanted` occurs in the text.
pub(crate) fn contains(case: Case, text: &str, wanted: &str) -> bool {
    match case {
        Case::Exact => memmem::find(text.as_bytes(), wanted.as_bytes()).is_some(),
        Case::Folded => starts(text).any(|rest| strip(case, rest, wanted).is_some()),
    }
}

/// Whether the text fits the parts from begin to end.
///
/// Greedy matching with one point of return: the latest run. A text of n and a pattern of m
/// characters take at most n·m steps.
pub(crate) fn fits(case: Case, text: &str, parts: &[Part]) -> bool {
    let (mut rest, mut at) = (text, 0);
    let mut retry: Option<(&str, usize)> = None;
    loop {
        let step = match parts.get(at) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Part::Run) => {
                retry = Some((rest, at + 1));
                Some(rest)
            }
            Some(Part::One) => skip_char(rest),
            Some(Part::Dash) => rest.strip_prefix(['-', '/', '\u{2013}', '\u{2014}', '\u{2015}']),
            Some(Part::Text(wanted)) => strip(case, rest, wanted),
        };
        match (step, retry) {
            (Some(left), _) => (rest, at) = (left, at + 1),
            (None, Some((from, after))) => {
                let Some(shorter) = skip_char(from) else { return false };
                retry = Some((shorter, after));
                (rest, at) = (shorter, after);
            }
            (None, None) => return false,
        }
    }
}

/// What follows `wanted` at the begin of the text.
fn strip<'t>(case: Case, text: &'t str, wanted: &str) -> Option<&'t str> {
    if case == Case::Exact {
        return text.strip_prefix(wanted);
    }
    let mut chars = text.chars();
    for wanted in wanted.chars() {
        if !case.same(chars.next()?, wanted) {
            return None;
        }
    }
    Some(chars.as_str())
}

fn skip_char(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next().map(|_| chars.as_str())
}

/// The text from each of its characters on, and the empty rest.
fn starts(text: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(text), |rest| skip_char(rest))
}

#[cfg(test)]
mod tests {
    use super::{Case::*, Part::*, *};

    #[test]
    fn folding_is_simple_and_unicode() {
        for (text, folded) in [
            ("STRASSE", "strasse"),
            ("Ä", "ä"),
            ("\u{212a}", "k"),
            ("ſ", "s"),
            ("ẞ", "ß"),
            ("İ", "İ"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
        assert!(equals(Folded, "\u{212a}MS", "kms"));
        assert!(ends_with(Folded, "aws:\u{212a}MS", ":kms"));
        assert!(contains(Folded, "x\u{212a}y", "kY".to_lowercase().as_str()));
        assert!(!equals(Exact, "KMS", "kms"));
    }

    #[test]
    fn wildcard_parts_fit_whole_texts() {
        let cases: [(&str, &[Part], bool); 12] = [
            ("", &[Run], true),
            ("", &[One], false),
            ("ab", &[One, One], true),
            ("abc", &[One, One], false),
            ("äb", &[One, Text("b")], true),
            ("a\nb", &[Text("a"), Run, Text("b")], true),
            ("abcbc", &[Text("a"), Run, Text("bc")], true),
            ("abcbd", &[Text("a"), Run, Text("bc")], false),
            ("xaybz", &[Run, Text("a"), One, Text("b"), Run], true),
            ("xaaybz", &[Run, Text("a"), One, Text("b"), Run], true),
            ("aXbYc", &[Text("a"), Run, Text("b"), Run, Text("c")], true),
            ("ABC", &[Run, Text("b"), Run], true),
        ];
        for (text, parts, expected) in cases {
            assert_eq!(fits(Folded, text, parts), expected, "{text} {parts:?}");
        }
    }
}
