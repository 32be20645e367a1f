//! Texts of a rule and what they fit: wildcards, escapes and upper and lower case.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

#[cfg(test)]
mod tests;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Char(char),
    AnyOne,
    AnyRun,
    AnyDash,
}

/// The characters that begin an option: hyphen, slash, en dash, em dash and horizontal bar.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// A text to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

impl Pattern {
    /// Reads wildcards and escapes (Sigma rules specification, "Escaping"): `*` is any run of
    /// characters, `?` any one; a backslash makes a `*`, `?` or `\` after it literal and is
    /// itself literal before anything else and at the end.
    pub(super) fn with_wildcards(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                '*' => Piece::AnyRun,
                '?' => Piece::AnyOne,
                '\\' => Piece::Char(chars.next_if(|c| matches!(c, '*' | '?' | '\\')).unwrap_or(c)),
                c => Piece::Char(c),
            });
        }
        Self(pieces)
    }

    /// A text in which every character stands for itself.
    pub(super) fn literal(text: &str) -> Self {
        Self(text.chars().map(Piece::Char).collect())
    }

    pub(super) fn has_wildcards(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::AnyOne | Piece::AnyRun))
    }

    /// The same pattern with every dash in front of a word, and none behind one, freed to any
    /// character that stands for a dash (modifiers appendix, "windash").
    pub(super) fn with_dashes(mut self) -> Self {
        let word =
            |piece: &Piece| matches!(piece, Piece::Char(c) if c.is_alphanumeric() || *c == '_');
        for at in 0..self.0.len() {
            let dash = matches!(&self.0[at], Piece::Char(c) if DASHES.contains(c));
            let after_word = at > 0 && word(&self.0[at - 1]);
            if dash && !after_word && self.0.get(at + 1).is_some_and(word) {
                self.0[at] = Piece::AnyDash;
            }
        }
        self
    }

    /// The text, where every character stands for itself.
    pub(super) fn as_text(&self) -> Option<String> {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Char(c) => Some(*c),
                _ => None,
            })
            .collect()
    }

    /// Anything may stand before it.
    pub(super) fn open_start(&mut self) {
        self.0.insert(0, Piece::AnyRun);
    }

    /// Anything may stand after it.
    pub(super) fn open_end(&mut self) {
        self.0.push(Piece::AnyRun);
    }

    /// Whether the whole text fits, by Unicode simple case folding unless `cased`.
    pub(super) fn fits(&self, text: &str, cased: bool) -> bool {
        let fold = |c| if cased { c } else { folded(c) };
        let text: Vec<char> = text.chars().map(fold).collect();
        let pieces: Vec<Piece> = self
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Char(c) => Piece::Char(fold(*c)),
                other => *other,
            })
            .collect();

        // What stands between the runs: the first part begins the text, the last ends it, and
        // the others follow each other as early as they can.
        let mut parts = pieces.split(|piece| *piece == Piece::AnyRun);
        let first = parts.next().unwrap_or_default();
        let Some(last) = parts.next_back() else {
            return text.len() == first.len() && begins(&text, first);
        };
        if text.len() < first.len() + last.len() || !begins(&text, first) {
            return false;
        }
        let (text, end) = text.split_at(text.len() - last.len());
        let mut rest = &text[first.len()..];
        for part in parts {
            let Some(at) = (0..=rest.len()).find(|at| begins(&rest[*at..], part)) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        begins(end, last)
    }
}

/// Whether a text begins with pieces that each stand for one character.
fn begins(text: &[char], pieces: &[Piece]) -> bool {
    let fits = |(c, piece): (&char, &Piece)| match piece {
        Piece::AnyOne => true,
        Piece::AnyDash => DASHES.contains(c),
        piece => *piece == Piece::Char(*c),
    };
    text.len() >= pieces.len() && text.iter().zip(pieces).all(fits)
}

/// The least of the characters that differ from this one only in case.
fn folded(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    match class.try_case_fold_simple() {
        Ok(()) => class.ranges().first().map_or(c, ClassUnicodeRange::start),
        Err(_) => c,
    }
}

/// Memory of a compiled regular expression, far above what a rule is allowed.
const REGEX_BYTES: usize = 1 << 28;

/// How many compiled regular expressions are kept for the next record.
const REGEXES_KEPT: usize = 4096;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Option<Rc<Regex>>>> = RefCell::default();
}

/// Whether the regular expression is found anywhere in the text.
pub(super) fn search(regex: &str, text: &str) -> bool {
    let compiled = COMPILED.with_borrow_mut(|known| {
        if let Some(found) = known.get(regex) {
            return found.clone();
        }
        if known.len() >= REGEXES_KEPT {
            known.clear();
        }
        let built = RegexBuilder::new(regex).size_limit(REGEX_BYTES).build().ok().map(Rc::new);
        known.insert(regex.to_owned(), built.clone());
        built
    });
    compiled.is_some_and(|regex| regex.is_match(text))
}
