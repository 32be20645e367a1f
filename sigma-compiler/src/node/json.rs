//! JSON into nodes.

mod syntax_error;

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::Value,
    common::{Range, Ranged},
};

use super::{Entries, Entry, Kind, Node, Scalar};
use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    source::{FileId, Span, Spanned},
};

/// Reads one strict JSON document; `None` where it is not well-formed or nests too deeply.
pub fn read_json(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    // Spans count from the beginning of the file.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - body.len();
    let at = |start: usize, end: usize| Span { file, start: start + offset, end: end + offset };
    match jsonc_parser::parse_to_ast(body, &CollectOptions::default(), &options) {
        Ok(result) => match result.value {
            Some(value) => {
                let mut reader = Reader { body, at: &at, diagnostics, broken: false };
                let node = reader.node(&value);
                (!reader.broken).then_some(node)
            }
            None => {
                diagnostics.push(
                    Diagnostic::error(Code::InvalidJson, "the file is empty")
                        .at(at(0, 0), "expected a JSON value")
                        .help("write `{}`, or remove the file"),
                );
                None
            }
        },
        Err(error) => {
            let range = error.range();
            let (code, message, help) = syntax_error::explain(error.kind());
            // What does not end goes on to the end of the file; its first line is enough.
            let text = body.get(range.start..range.end).unwrap_or_default();
            let end = range.start + text.lines().next().unwrap_or_default().len();
            let diagnostic = Diagnostic::error(code, message).at(at(range.start, end), "");
            let diagnostic = if help.is_empty() { diagnostic } else { diagnostic.help(help) };
            let changes = syntax_error::changes(error.kind(), body, range.start..range.end);
            let edits = changes
                .into_iter()
                .map(|(range, text)| Edit::replace(at(range.start, range.end), text));
            diagnostics.push(diagnostic.edits(edits));
            None
        }
    }
}

struct Reader<'a> {
    body: &'a str,
    at: &'a dyn Fn(usize, usize) -> Span,
    diagnostics: &'a mut Vec<Diagnostic>,
    broken: bool,
}

impl Reader<'_> {
    // The parser bounds the nesting (512), so recursion is bounded too.
    fn node(&mut self, value: &Value<'_>) -> Node {
        let kind = match value {
            Value::NullKeyword(_) => Kind::Scalar(Scalar::Null),
            Value::BooleanLit(literal) => Kind::Scalar(Scalar::Bool(literal.value)),
            Value::StringLit(literal) => {
                self.check_characters(literal.range());
                Kind::Scalar(Scalar::String(literal.value.to_string()))
            }
            Value::NumberLit(literal) => {
                let text = literal.value.to_owned();
                let integer = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                Kind::Scalar(if integer { Scalar::Int(text) } else { Scalar::Float(text) })
            }
            Value::Array(array) => {
                Kind::Sequence(array.elements.iter().map(|element| self.node(element)).collect())
            }
            Value::Object(object) => {
                let mut entries = Entries::default();
                for property in &object.properties {
                    let range = property.name.range();
                    self.check_characters(range);
                    let key = Spanned::new(
                        property.name.as_str().to_owned(),
                        (self.at)(range.start, range.end),
                    );
                    let value = self.node(&property.value);
                    entries.insert(Entry { key, value }, self.diagnostics);
                }
                Kind::Mapping(entries.entries)
            }
        };
        let range = value.range();
        Node { span: (self.at)(range.start, range.end), kind }
    }

    /// The parser lets control characters in texts pass.
    fn check_characters(&mut self, range: Range) {
        let text = self.body.get(range.start..range.end).unwrap_or_default();
        let Some(found) = text.bytes().position(|byte| byte < b' ') else {
            return;
        };
        let (message, help, instead) = match text.as_bytes()[found] {
            b'\n' | b'\r' => (
                "a text does not end on its line".to_owned(),
                "end it with `\"`, or write `\\n` for a line break",
                None,
            ),
            b'\t' => ("a text holds a tab".to_owned(), "write `\\t`", Some("\\t")),
            byte => {
                (format!("a text holds the control character U+{byte:04X}"), "remove it", Some(""))
            }
        };
        let (start, end) = match text.as_bytes()[found] {
            b'\n' | b'\r' => (range.start, range.start + found),
            _ => (range.start + found, range.start + found + 1),
        };
        self.broken = true;
        let place = (self.at)(start, end);
        let diagnostic = Diagnostic::error(Code::InvalidJson, message).at(place, "").help(help);
        self.diagnostics
            .push(diagnostic.edits(instead.map(|instead| Edit::replace(place, instead))));
    }
}
