//! Conditions (Sigma rules specification, "Condition"): text into expression.
//!
//! ```text
//! or      := and ("or" and)*
//! and     := not ("and" not)*
//! not     := "not" not | primary
//! primary := "(" or ")" | quantity "of" pattern | identifier
//! ```

mod mistakes;

use std::{cell::OnceCell, ops::Range};

use crate::{
    ast::{Condition, ConditionExpr, IdentifierPattern, Quantity},
    diagnostic::{Code, Diagnostic},
    source::Spanned,
};
use mistakes::{Place, unexpected_character};

/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 100;

/// Parses a condition. `source` is the text of its file, needed to point into the condition.
pub fn parse_condition(text: &Spanned<String>, source: &str) -> Result<Condition, Diagnostic> {
    parse_condition_of("a search identifier", text, source)
}

/// Parses a condition over what messages call `operand`.
pub fn parse_condition_of(
    operand: &'static str,
    text: &Spanned<String>,
    source: &str,
) -> Result<Condition, Diagnostic> {
    let place = Place { text, source, operand, places: OnceCell::new() };
    let tokens = tokenize(&text.value).map_err(|range| unexpected_character(range, &place))?;
    let mut parser = Parser { tokens: &tokens, at: 0, place: &place, depth: 0 };
    if tokens.is_empty() {
        return Err(parser.unexpected(operand));
    }
    let expr = parser.or()?;
    if parser.at < tokens.len() {
        return Err(parser.unexpected("`and`, `or` or the end of the condition"));
    }
    Ok(Condition { text: text.clone(), expr })
}

#[derive(Debug, Clone, PartialEq)]
struct Token<'a> {
    text: &'a str,
    range: Range<usize>,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '*' | '.')
}

/// Whether a condition can name a search identifier so called.
pub fn can_be_named(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| is_word(c) && c != '*')
        && !["and", "or", "not", "of", "them"].contains(&name)
}

fn tokenize(text: &str) -> Result<Vec<Token<'_>>, Range<usize>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut end = start + c.len_utf8();
        if c.is_whitespace() {
            continue;
        }
        if is_word(c) {
            while let Some((at, c)) = chars.next_if(|(_, c)| is_word(*c)) {
                end = at + c.len_utf8();
            }
        } else if !matches!(c, '(' | ')') {
            // `&&` and `||` are one mistake.
            let twice = chars.next_if(|(_, next)| *next == c);
            return Err(start..end + twice.map_or(0, |_| c.len_utf8()));
        }
        tokens.push(Token { text: &text[start..end], range: start..end });
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    place: &'a Place<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).map(|token| token.text)
    }

    fn eat(&mut self, word: &str) -> bool {
        let eaten = self.peek() == Some(word);
        self.at += usize::from(eaten);
        eaten
    }

    fn or(&mut self) -> Result<ConditionExpr, Diagnostic> {
        self.list("or", Self::and, ConditionExpr::Or)
    }

    fn and(&mut self) -> Result<ConditionExpr, Diagnostic> {
        self.list("and", Self::not, ConditionExpr::And)
    }

    fn list(
        &mut self,
        operator: &str,
        operand: fn(&mut Self) -> Result<ConditionExpr, Diagnostic>,
        build: fn(Vec<ConditionExpr>) -> ConditionExpr,
    ) -> Result<ConditionExpr, Diagnostic> {
        let first = operand(self)?;
        let mut operands = vec![first];
        while self.eat(operator) {
            operands.push(operand(self)?);
        }
        Ok(if operands.len() == 1 { operands.remove(0) } else { build(operands) })
    }

    fn not(&mut self) -> Result<ConditionExpr, Diagnostic> {
        if !self.eat("not") {
            return self.primary();
        }
        self.nested(|parser| Ok(ConditionExpr::Not(Box::new(parser.not()?))))
    }

    fn nested<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, Diagnostic>,
    ) -> Result<T, Diagnostic> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Diagnostic::error(
                Code::InvalidCondition,
                format!("this condition nests deeper than {MAX_DEPTH} levels"),
            )
            .at(self.place.span(self.last_range()), "one level too many")
            .help(
                "remove parentheses, or collect search identifiers with `1 of …` or `all of …`",
            ));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn primary(&mut self) -> Result<ConditionExpr, Diagnostic> {
        let Some(token) = self.tokens.get(self.at) else {
            return Err(self.unexpected(self.place.operand));
        };
        if token.text == "(" {
            self.at += 1;
            return self.nested(|parser| {
                let inner = parser.or()?;
                match parser.eat(")") {
                    true => Ok(inner),
                    false => {
                        let diagnostic = parser
                            .unexpected("`)`")
                            .at(parser.place.span(token.range.clone()), "opened here");
                        Err(parser.close_at_the_end(token, diagnostic))
                    }
                }
            });
        }
        if matches!(token.text, ")" | "and" | "or" | "of") {
            return Err(self.unexpected(self.place.operand));
        }
        let followed_by_of = self.tokens.get(self.at + 1).is_some_and(|next| next.text == "of");
        if followed_by_of {
            return self.of(token);
        }
        if token.text.contains('*') {
            return Err(self
                .unexpected(self.place.operand)
                .help(format!("write `1 of {0}` or `all of {0}`", token.text)));
        }
        self.at += 1;
        Ok(ConditionExpr::Identifier(self.spanned(token, token.text.to_owned())))
    }

    fn of(&mut self, quantity: &'a Token<'a>) -> Result<ConditionExpr, Diagnostic> {
        let count = match quantity.text {
            "all" => Quantity::All,
            "any" => Quantity::AtLeast(1),
            number => match number.parse() {
                Ok(count) if count > 0 => Quantity::AtLeast(count),
                _ => {
                    let diagnostic = self.unexpected("`1`, `any`, `all` or a number before `of`");
                    return Err(match number {
                        "0" | "none" | "no" => diagnostic
                            .help("write `not 1 of …` where none may match")
                            .edits(self.place.replace(quantity.range.clone(), "not 1".to_owned())),
                        _ => diagnostic,
                    });
                }
            },
        };
        self.at += 2;
        let Some(token) = self
            .tokens
            .get(self.at)
            .filter(|token| !matches!(token.text, "(" | ")" | "and" | "or" | "not" | "of"))
        else {
            return Err(self.unexpected("`them` or a pattern of search identifiers"));
        };
        self.at += 1;
        let pattern = match token.text {
            "them" => IdentifierPattern::Them,
            pattern => IdentifierPattern::Pattern(pattern.to_owned()),
        };
        Ok(ConditionExpr::Of { quantity: count, pattern: self.spanned(token, pattern) })
    }

    fn spanned<T>(&self, token: &Token<'_>, value: T) -> Spanned<T> {
        Spanned::new(value, self.place.span(token.range.clone()))
    }

    fn last_range(&self) -> Range<usize> {
        let last = self.tokens.get(self.at).or(self.tokens.last());
        last.map_or(0..0, |token| token.range.clone())
    }
}

#[cfg(test)]
mod tests;
