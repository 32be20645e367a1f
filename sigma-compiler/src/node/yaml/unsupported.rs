//! What YAML allows and no rule needs; most often a text was meant that lacks its quotes.

use saphyr_parser::Tag;

use super::Reader;
use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    node::{Kind, Node, Scalar},
    source::{Span, Spanned},
};

impl Reader<'_> {
    /// `key: &text`, where a text was meant that begins with `&`.
    pub fn anchor_of_nothing(&self, span: Span) -> Diagnostic {
        let rest = self.text.get(span.start..).unwrap_or_default();
        let before = self.text.get(..span.start).unwrap_or_default();
        let start = match rest.starts_with('&') {
            true => span.start,
            false => before.rfind('&').unwrap_or(span.start),
        };
        let rest = &self.text[start..];
        let length =
            rest.find(|c: char| c.is_whitespace() || ",]}".contains(c)).unwrap_or(rest.len());
        let span = Span { start, end: start + length, ..span };
        let written = self.text.get(span.range()).unwrap_or_default();
        Diagnostic::error(
            Code::UnsupportedYaml,
            format!("`{written}` names a value that is missing"),
        )
        .at(span, "YAML gives `&` another meaning")
        .help(format!("put the text into quotes: `'{written}'`"))
        .edit(Edit::quote(span))
    }

    /// `span` is that of the value: the scanner may count the tag to it, or not.
    pub fn unsupported_tag(&self, tag: &Tag, span: Span) -> Diagnostic {
        let before = self.text.get(..span.end).unwrap_or_default();
        let start = match before.get(span.start..).is_some_and(|value| value.starts_with('!')) {
            true => span.start,
            false => before.rfind('!').unwrap_or(span.start),
        };
        // Of `!!`, the first.
        let start = start - usize::from(before[..start].ends_with('!'));
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
        let tag_span = Span { start, end: start + end.unwrap_or(rest.len()), ..span };
        let written = self.text.get(tag_span.range()).unwrap_or_default();
        let message = format!("the YAML tag `{written}` is not supported");
        let diagnostic = Diagnostic::error(Code::UnsupportedYaml, message)
            .at(tag_span, "YAML gives `!` another meaning");
        match tag.is_yaml_core_schema() {
            // A type is told by the value itself; nobody begins a text with `!!`.
            true => {
                let blank_behind = rest[written.len()..].starts_with(' ');
                let blank_before = !blank_behind && before[..start].ends_with(' ');
                let (start, end) = (start - usize::from(blank_before), tag_span.end);
                let place = Span { start, end: end + usize::from(blank_behind), ..span };
                diagnostic.help("remove it").edit(Edit::remove(place))
            }
            false => diagnostic
                .help(format!("remove it, or put the whole text into quotes: `'{written}'`")),
        }
    }
}

/// The text of a key.
pub fn key_of(node: Node, text: &str) -> Result<Spanned<String>, Diagnostic> {
    // PyYAML reads `on:` or `443:` as a boolean or number key; no part of a rule wants that.
    let written = text.get(node.span.range()).unwrap_or_default();
    match node.kind {
        Kind::Scalar(Scalar::String(text)) if text == "<<" => {
            Err(Diagnostic::error(Code::UnsupportedYaml, "merge keys (`<<`) are not supported")
                .at(node.span, "")
                .help("write the merged entries out"))
        }
        Kind::Scalar(Scalar::String(key) | Scalar::Timestamp(key)) => {
            Ok(Spanned::new(key, node.span))
        }
        Kind::Scalar(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_)) => {
            Ok(Spanned::new(written.to_owned(), node.span))
        }
        kind => {
            let (what, help) = match kind {
                Kind::Mapping(_) => ("a map", "put a text that begins with `{` into quotes"),
                Kind::Sequence(_) => ("a list", "put a text that begins with `[` into quotes"),
                Kind::Scalar(_) => ("nothing (null)", "write the key before the colon"),
            };
            let in_brackets = !matches!(kind, Kind::Scalar(_));
            let message = format!("a key must be a text, not {what}");
            let diagnostic = Diagnostic::error(Code::InvalidKey, message)
                .at(node.span, "this is used as a key")
                .help(help);
            let quoted = text_in_brackets(node.span, text).filter(|_| in_brackets);
            Err(diagnostic.edits(quoted.map(Edit::quote)))
        }
    }
}

/// Of a key that begins with a bracket, what was meant to be a text: the key, or all of `{{ name }}`.
fn text_in_brackets(key: Span, text: &str) -> Option<Span> {
    let (before, after) = (text.get(..key.start)?, text.get(key.end..)?);
    let line = after.lines().next().unwrap_or_default();
    if before.ends_with('{') && line.trim() == "}" && line.starts_with('}') {
        return Some(Span { start: key.start - 1, end: key.end + 1, ..key });
    }
    let begins_line = before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    (begins_line && key.start < key.end && line.trim_start().starts_with(':')).then_some(key)
}
