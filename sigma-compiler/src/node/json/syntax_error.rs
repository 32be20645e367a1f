//! What the JSON parser stumbles over, and how to mend it.

use std::ops::Range;

use jsonc_parser::{ParseStringErrorKind, errors::ParseErrorKind};

use crate::diagnostic::Code;

/// Its code, what is wrong and what to do.
pub fn explain(kind: &ParseErrorKind) -> (Code, String, &'static str) {
    use ParseErrorKind::*;
    let (message, help) = match kind {
        NestingDepthExceeded => {
            let message = "this document nests deeper than 512 levels".to_owned();
            return (Code::TooDeep, message, "flatten the document");
        }
        CommentsNotAllowed | UnterminatedCommentBlock => {
            ("JSON has no comments", "remove the comment")
        }
        TrailingCommasNotAllowed => ("there is a comma after the last element", "remove the comma"),
        ExpectedComma => ("a comma is missing", "separate elements with `,`"),
        ExpectedColonAfterObjectKey => ("a colon is missing after a key", "write `\"key\": value`"),
        ExpectedObjectValue => ("a key has no value", "write `\"key\": value`"),
        ExpectedStringObjectProperty => {
            ("a key must be a text in double quotes", "write `\"key\": value`")
        }
        SingleQuotedStringsNotAllowed => {
            ("a text must stand in double quotes", "write `\"` instead of `'`")
        }
        MultipleRootJsonValues => {
            ("there is more after the end of the JSON value", "remove it; a file holds one value")
        }
        UnterminatedArray => ("a list does not end", "end it with `]`"),
        UnterminatedObject => ("an object does not end", "end it with `}`"),
        UnexpectedCloseBrace => (
            "unexpected `}`",
            "write the value that is missing before it, or end the list before it with `]`",
        ),
        UnexpectedCloseBracket => (
            "unexpected `]`",
            "write the value that is missing before it, or end the object before it with `}`",
        ),
        UnexpectedColon => ("unexpected `:`", "only the key of an object is followed by a colon"),
        UnexpectedComma => {
            ("unexpected `,`", "write the value that is missing before it, or remove the comma")
        }
        UnexpectedTokenInObject => {
            ("this belongs to no key of the object", "write `\"key\": value`, or remove it")
        }
        UnexpectedToken | UnexpectedWord => {
            ("this is not a JSON value", "put a text into double quotes")
        }
        BareDecimalPointNumbersNotAllowed => {
            ("a number needs digits on both sides of the point", "write for example `0.5`")
        }
        HexadecimalNumbersNotAllowed => {
            ("JSON has no hexadecimal numbers", "write the number in decimal notation")
        }
        UnaryPlusNumbersNotAllowed => ("a number cannot begin with `+`", "remove the `+`"),
        NonFiniteNumbersNotAllowed => {
            ("JSON has neither infinity nor NaN", "put it into double quotes, or write a number")
        }
        ExpectedDigit
        | ExpectedDigitFollowingNegativeSign
        | ExpectedPlusMinusOrDigitInNumberLiteral => ("this number is incomplete", "write digits"),
        String(kind) => match kind {
            ParseStringErrorKind::UnterminatedStringLiteral => {
                ("a text does not end", "end it with `\"`")
            }
            ParseStringErrorKind::InvalidEscapeInSingleQuoteString
            | ParseStringErrorKind::InvalidEscapeInDoubleQuoteString
            | ParseStringErrorKind::InvalidEscape => (
                "this escape means nothing in JSON",
                "write `\\\\` for a backslash, also in a regular expression",
            ),
            ParseStringErrorKind::ExpectedFourHexDigits
            | ParseStringErrorKind::ExpectedTwoHexDigits => (
                "`\\u` needs four hexadecimal digits",
                "write for example `\\u00e9`, or the character itself",
            ),
            ParseStringErrorKind::InvalidUnicodeEscapeSequence(_) => (
                "this escape stands for no character",
                "write both halves of a surrogate pair, or the character itself",
            ),
        },
    };
    (Code::InvalidJson, message.to_owned(), help)
}

/// What to write in the place of what, where only one thing can be meant.
pub fn changes(
    kind: &ParseErrorKind,
    body: &str,
    range: Range<usize>,
) -> Vec<(Range<usize>, &'static str)> {
    use ParseErrorKind::*;
    let (before, rest) = (body.get(..range.start), body.get(range.start..));
    let (before, rest) = (before.unwrap_or_default().trim_end(), rest.unwrap_or_default());
    // Between what certainly are two values; digits, for example, may belong together.
    let between =
        before.ends_with(['"', ']', '}']) && rest.trim_start().starts_with(['"', '[', '{']);
    match kind {
        TrailingCommasNotAllowed | CommentsNotAllowed => vec![(range, "")],
        UnaryPlusNumbersNotAllowed => vec![(range.start..range.start + 1, "")],
        ExpectedComma if between => vec![(before.len()..before.len(), ",")],
        ExpectedColonAfterObjectKey if between => vec![(before.len()..before.len(), ":")],
        String(
            ParseStringErrorKind::InvalidEscapeInDoubleQuoteString
            | ParseStringErrorKind::InvalidEscape,
        ) => vec![(range.start..range.start, "\\")],
        SingleQuotedStringsNotAllowed => {
            let inner = rest.get(1..).unwrap_or_default();
            let end =
                inner.find(['\'', '"', '\\', '\n']).filter(|end| inner[*end..].starts_with('\''));
            let Some(end) = end.map(|end| range.start + 1 + end) else { return Vec::new() };
            vec![(range.start..range.start + 1, "\""), (end..end + 1, "\"")]
        }
        ExpectedStringObjectProperty => {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            match end > 0 && rest[end..].trim_start().starts_with(':') {
                true => vec![
                    (range.start..range.start, "\""),
                    (range.start + end..range.start + end, "\""),
                ],
                false => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
