//! What is wrong with a condition, and how to mend it where only one thing can be meant.

use std::{cell::OnceCell, ops::Range};

use super::{Parser, Token, is_word};
use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    node::Places,
    source::{Span, Spanned},
};

/// A character that is no part of the grammar.
pub fn unexpected_character(range: Range<usize>, place: &Place<'_>) -> Diagnostic {
    let found = &place.text.value[range.clone()];
    if found == "|" {
        return Diagnostic::error(
            Code::UnsupportedCondition,
            "aggregations in conditions (`| count() …`) were removed from Sigma",
        )
        .at(place.span(range.start..place.text.value.trim_end().len()), "this is an aggregation")
        .help("keep the part before `|`, and count with a correlation rule");
    }
    let message = format!("`{found}` means nothing in a condition");
    let diagnostic = Diagnostic::error(Code::InvalidCondition, message)
        .at(place.span(range.clone()), "unexpected");
    let word = match found {
        "&" | "&&" => "and",
        "||" => "or",
        "!" => "not",
        _ => {
            return diagnostic.help(
                "a condition consists of names, `and`, `or`, `not`, `1 of …`, `all of …` and parentheses",
            );
        }
    };
    let text = &place.text.value;
    let in_word = text[..range.start].ends_with(is_word) && text[range.end..].starts_with(is_word);
    if in_word && found.len() == 1 {
        // More likely a slip of the fingers.
        return diagnostic.help(format!("write `{word}` between blanks, if it is meant"));
    }
    let before = if text[..range.start].ends_with(is_word) { " " } else { "" };
    let after = if text[range.end..].starts_with(char::is_whitespace) { "" } else { " " };
    diagnostic
        .help(format!("write `{word}`"))
        .edits(place.replace(range, format!("{before}{word}{after}")))
}

/// Where a condition stands in its file.
pub struct Place<'a> {
    pub text: &'a Spanned<String>,
    pub source: &'a str,
    /// What an operand is, for messages.
    pub operand: &'static str,
    /// Found once somebody asks.
    pub places: OnceCell<Places<'a>>,
}

impl Place<'_> {
    pub fn span(&self, range: Range<usize>) -> Span {
        // Nothing can be pointed at inside of an empty text.
        match self.text.value.trim() {
            "" => self.text.span,
            _ => self
                .places
                .get_or_init(|| Places::of(self.text.span, self.source, &self.text.value))
                .locate(range),
        }
    }

    /// Writes a text in the place of another, where that stands in the file as it is read.
    pub fn replace(&self, range: Range<usize>, new: String) -> Option<Edit> {
        let span = self.span(range.clone());
        let written = self.source.get(span.range())?;
        (written == &self.text.value[range]).then(|| Edit::replace(span, new))
    }
}

impl Parser<'_> {
    /// Says what stands here instead of what is expected.
    pub fn unexpected(&self, expected: &str) -> Diagnostic {
        let Some(token) = self.tokens.get(self.at) else {
            let end = self.tokens.last().map_or(0, |token| token.range.end);
            return Diagnostic::error(Code::InvalidCondition, "the condition ends too early")
                .at(self.place.span(end..end), format!("expected {expected}"));
        };
        let diagnostic = Diagnostic::error(
            Code::InvalidCondition,
            format!("unexpected `{}` in the condition", token.text),
        )
        .at(self.place.span(token.range.clone()), format!("expected {expected}"));
        let before = self.at.checked_sub(1).map(|before| self.tokens[before].text);
        match token.text {
            "(" if before == Some("of") => {
                diagnostic.help("write a pattern, for example `1 of filter_*`")
            }
            word if ["AND", "OR", "NOT", "OF"].contains(&word) => {
                let lower = word.to_lowercase();
                diagnostic
                    .help(format!("write `{lower}` in lower case"))
                    .edits(self.place.replace(token.range.clone(), lower))
            }
            word if before == Some("all") || before == Some("any") => {
                let quantity = before.unwrap_or_default();
                diagnostic
                    .help(format!("write `{quantity} of {word}`"))
                    .edits(self.place.replace(token.range.clone(), format!("of {word}")))
            }
            ")" if self.at + 1 == self.tokens.len() && !self.opened_before(self.at) => diagnostic
                .help("remove it")
                .edits(self.place.replace(token.range.clone(), String::new())),
            _ => match self.at.checked_sub(1).map(|before| &self.tokens[before]) {
                // It was taken for a name.
                Some(word) if ["AND", "OR", "NOT"].contains(&word.text) => {
                    let lower = word.text.to_lowercase();
                    diagnostic
                        .help(format!("write `{lower}` in lower case"))
                        .edits(self.place.replace(word.range.clone(), lower))
                }
                _ => diagnostic,
            },
        }
    }
    /// Whether a parenthesis is still open at a token.
    fn opened_before(&self, at: usize) -> bool {
        let count = |word| self.tokens[..at].iter().filter(|token| token.text == word).count();
        count("(") > count(")")
    }

    /// Closes a parenthesis at the end, where it makes no difference where within the rest it ends.
    pub fn close_at_the_end(&self, open: &Token<'_>, diagnostic: Diagnostic) -> Diagnostic {
        let inside: Vec<&str> = self
            .tokens
            .iter()
            .filter(|token| token.range.start > open.range.start)
            .map(|token| token.text)
            .collect();
        let mixed = inside.contains(&"and") && inside.contains(&"or");
        match self.tokens.last() {
            Some(last) if self.at == self.tokens.len() && !mixed && !inside.contains(&"(") => {
                let closed = format!("{})", last.text);
                diagnostic
                    .help("close it with `)`")
                    .edits(self.place.replace(last.range.clone(), closed))
            }
            _ => diagnostic,
        }
    }
}
