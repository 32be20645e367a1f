//! Conditions (Sigma rules specification, "Condition"): text into expression.
//!
//! ```text
//! or      := and ("or" and)*
//! and     := not ("and" not)*
//! not     := "not" not | primary
//! primary := "(" or ")" | quantity "of" pattern | identifier
//! ```

use std::ops::Range;

use crate::{
    ast::{Condition, ConditionExpr, IdentifierPattern, Quantity},
    diagnostic::{Code, Diagnostic, Edit},
    node::locate,
    source::{Span, Spanned},
};

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
    let place = Place { text, source, operand };
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

fn unexpected_character(range: Range<usize>, place: &Place<'_>) -> Diagnostic {
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
    let before = if text[..range.start].ends_with(is_word) { " " } else { "" };
    let after = if text[range.end..].starts_with(char::is_whitespace) { "" } else { " " };
    diagnostic
        .help(format!("write `{word}`"))
        .edits(place.replace(range, format!("{before}{word}{after}")))
}

/// Where a condition stands in its file.
struct Place<'a> {
    text: &'a Spanned<String>,
    source: &'a str,
    /// What an operand is, for messages.
    operand: &'static str,
}

impl Place<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        // Nothing can be pointed at inside of an empty text.
        match self.text.value.trim() {
            "" => self.text.span,
            _ => locate(self.text.span, self.source, &self.text.value, range),
        }
    }
}

impl Place<'_> {
    /// Writes a text in the place of another, where that stands in the file as it is read.
    fn replace(&self, range: Range<usize>, new: String) -> Option<Edit> {
        let span = self.span(range.clone());
        let written = self.source.get(span.range())?;
        (written == &self.text.value[range]).then(|| Edit::replace(span, new))
    }
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

    /// Whether a parenthesis is still open at a token.
    fn opened_before(&self, at: usize) -> bool {
        let count = |word| self.tokens[..at].iter().filter(|token| token.text == word).count();
        count("(") > count(")")
    }

    /// Closes a parenthesis at the end, where it makes no difference where within the rest it ends.
    fn close_at_the_end(&self, open: &Token<'_>, diagnostic: Diagnostic) -> Diagnostic {
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

    fn spanned<T>(&self, token: &Token<'_>, value: T) -> Spanned<T> {
        Spanned::new(value, self.place.span(token.range.clone()))
    }

    fn last_range(&self) -> Range<usize> {
        let last = self.tokens.get(self.at).or(self.tokens.last());
        last.map_or(0..0, |token| token.range.clone())
    }

    fn unexpected(&self, expected: &str) -> Diagnostic {
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
}

#[cfg(test)]
mod tests {
    use super::parse_condition;
    use crate::{
        ast::{ConditionExpr, IdentifierPattern, Quantity},
        source::{FileId, Span, Spanned},
    };

    fn parse(text: &str) -> ConditionExpr {
        let span = Span { file: FileId(0), start: 0, end: text.len() };
        match parse_condition(&Spanned::new(text.to_owned(), span), text) {
            Ok(condition) => condition.expr,
            Err(diagnostic) => panic!("`{text}`: {diagnostic:?}"),
        }
    }

    /// The expression with every operation in parentheses.
    fn show(expr: &ConditionExpr) -> String {
        let list = |operands: &[ConditionExpr], word: &str| {
            let shown: Vec<_> = operands.iter().map(show).collect();
            format!("({})", shown.join(&format!(" {word} ")))
        };
        match expr {
            ConditionExpr::Identifier(name) => name.value.clone(),
            ConditionExpr::Of { quantity, pattern } => {
                let quantity = match quantity {
                    Quantity::All => "all".to_owned(),
                    Quantity::AtLeast(count) => count.to_string(),
                };
                let pattern = match &pattern.value {
                    IdentifierPattern::Them => "them",
                    IdentifierPattern::Pattern(pattern) => pattern,
                };
                format!("{quantity} of {pattern}")
            }
            ConditionExpr::Not(inner) => format!("(not {})", show(inner)),
            ConditionExpr::And(operands) => list(operands, "and"),
            ConditionExpr::Or(operands) => list(operands, "or"),
        }
    }

    #[test]
    fn not_binds_tighter_than_and_and_and_tighter_than_or() {
        let cases = [
            ("a", "a"),
            ("a or b and c", "(a or (b and c))"),
            ("a and b or c", "((a and b) or c)"),
            ("a and b and c", "(a and b and c)"),
            ("a or b or c and d", "(a or b or (c and d))"),
            ("not a and b", "((not a) and b)"),
            ("not a or not b and c", "((not a) or ((not b) and c))"),
            ("not not a", "(not (not a))"),
            ("not (a or b) and c", "((not (a or b)) and c)"),
            ("(a or b) and c", "((a or b) and c)"),
            ("((a))", "a"),
            ("a and (b and c)", "(a and (b and c))"),
            ("not 1 of a* and b", "((not 1 of a*) and b)"),
            ("any of them", "1 of them"),
            ("all of a*b_* or 3 of _x*", "(all of a*b_* or 3 of _x*)"),
            ("1 of a", "1 of a"),
            ("all and any", "(all and any)"),
            ("notify and order", "(notify and order)"),
            ("not(a)and(b)", "((not a) and b)"),
            ("  a\n  and\tb ", "(a and b)"),
            ("größe and 1-x.y", "(größe and 1-x.y)"),
        ];
        for (text, expected) in cases {
            let shown = show(&parse(text));
            assert_eq!(shown, expected, "`{text}`");
            // What is shown means the same when it is read again.
            assert_eq!(show(&parse(&shown)), shown, "`{shown}`");
        }
    }

    #[test]
    fn patterns_fit_names() {
        let cases = [
            ("them", "selection", true),
            ("them", "_hidden", false),
            ("sel*", "selection", true),
            ("sel*", "sel", true),
            ("sel*", "Selection", false),
            ("*", "anything", true),
            ("*", "_hidden", false),
            ("*n", "_hidden", false),
            ("_*", "_hidden", true),
            ("_*", "selection", false),
            ("_hidden", "_hidden", true),
            ("selection", "selection", true),
            ("selection", "selection_1", false),
            ("sel*_1", "selection_1", true),
            ("sel*_1", "sel_1_1", true),
            ("sel*_1", "sel_1_2", false),
            ("a*b*c", "a_b_b_c", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*ba", "aba", true),
            ("ab*ba", "aba", false),
            ("a**b", "ab", true),
        ];
        for (pattern, name, expected) in cases {
            let parsed = match pattern {
                "them" => IdentifierPattern::Them,
                _ => IdentifierPattern::Pattern(pattern.to_owned()),
            };
            assert_eq!(parsed.fits(name), expected, "`{name}` by `{pattern}`");
        }
    }
}
