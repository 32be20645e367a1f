//! Value modifiers (Sigma specification, modifiers appendix): the key of a detection item into
//! a field and a chain that makes sense, with values that the chain can use.

mod chain;
mod values;

use crate::{
    ast::{DetectionItem, Modifier, Value},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::Places,
    source::{Span, Spanned},
};

use chain::{check_chain, without};
use values::check_values;

pub use values::{check_all, check_value, placeholders_in, regex_source, without_escaped_percents};

const MODIFIERS: &[(&str, Modifier)] = &[
    ("contains", Modifier::Contains),
    ("startswith", Modifier::StartsWith),
    ("endswith", Modifier::EndsWith),
    ("all", Modifier::All),
    ("re", Modifier::Re),
    ("i", Modifier::IgnoreCase),
    ("ignorecase", Modifier::IgnoreCase),
    ("m", Modifier::MultiLine),
    ("multiline", Modifier::MultiLine),
    ("s", Modifier::DotAll),
    ("dotall", Modifier::DotAll),
    ("cased", Modifier::Cased),
    ("exists", Modifier::Exists),
    ("cidr", Modifier::Cidr),
    ("fieldref", Modifier::FieldRef),
    ("gt", Modifier::Gt),
    ("gte", Modifier::Gte),
    ("lt", Modifier::Lt),
    ("lte", Modifier::Lte),
    ("neq", Modifier::Neq),
    ("expand", Modifier::Expand),
    ("windash", Modifier::Windash),
    ("utf16", Modifier::Utf16),
    ("wide", Modifier::Utf16Le),
    ("utf16le", Modifier::Utf16Le),
    ("utf16be", Modifier::Utf16Be),
    ("base64", Modifier::Base64),
    ("base64offset", Modifier::Base64Offset),
    ("minute", Modifier::Minute),
    ("hour", Modifier::Hour),
    ("day", Modifier::Day),
    ("week", Modifier::Week),
    ("month", Modifier::Month),
    ("year", Modifier::Year),
];

/// What other tools call them.
const OF_OTHER_TOOLS: [(&str, &str); 8] = [
    ("regex", "re"),
    ("regexp", "re"),
    ("matches", "re"),
    ("starts_with", "startswith"),
    ("ends_with", "endswith"),
    ("has", "contains"),
    ("ge", "gte"),
    ("le", "lte"),
];

impl Modifier {
    /// The modifier as Sigma writes it.
    pub fn name(self) -> &'static str {
        MODIFIERS.iter().find(|(_, each)| *each == self).map_or("", |(name, _)| name)
    }

    /// What a value is compared by; at most one of these stands in a chain (`fieldref` aside).
    fn is_operator(self) -> bool {
        use Modifier::*;
        matches!(self, Contains | StartsWith | EndsWith | Re | Exists | Cidr | Gt | Gte | Lt | Lte)
    }

    fn is_numeric(self) -> bool {
        matches!(self, Modifier::Gt | Modifier::Gte | Modifier::Lt | Modifier::Lte)
    }

    /// Whether its values may hold placeholders.
    fn takes_texts(self) -> bool {
        !matches!(self, Modifier::Exists | Modifier::FieldRef)
            && !self.is_numeric()
            && !self.is_time_part()
    }

    fn is_encoding(self) -> bool {
        matches!(self, Modifier::Utf16 | Modifier::Utf16Le | Modifier::Utf16Be)
    }

    fn is_base64(self) -> bool {
        matches!(self, Modifier::Base64 | Modifier::Base64Offset)
    }

    /// Where in the text the value stands.
    fn is_position(self) -> bool {
        matches!(self, Modifier::Contains | Modifier::StartsWith | Modifier::EndsWith)
    }

    /// The least and greatest value of a part of a time; a year has no bounds worth naming.
    fn time_part_range(self) -> Option<(i64, i64)> {
        match self {
            Modifier::Minute => Some((0, 59)),
            Modifier::Hour => Some((0, 23)),
            Modifier::Day => Some((1, 31)),
            Modifier::Week => Some((1, 53)),
            Modifier::Month => Some((1, 12)),
            Modifier::Year => Some((0, 9999)),
            _ => None,
        }
    }

    fn is_time_part(self) -> bool {
        self.time_part_range().is_some()
    }

    fn is_regex_flag(self) -> bool {
        matches!(self, Modifier::IgnoreCase | Modifier::MultiLine | Modifier::DotAll)
    }
}

/// Parses the key of an item, `field|modifier|…` or `|modifier` for keywords, and checks the
/// chain and its values. `None` where an error was reported. `source` is the text of the file.
pub fn parse_modifiers(
    key: &Spanned<String>,
    values: Vec<Spanned<Value>>,
    span: Span,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<DetectionItem> {
    let mut errors = Vec::new();
    let mut parts = split(key, source);
    let field = parts.remove(0);
    let mut modifiers = Vec::new();
    for part in &parts {
        match lookup(part) {
            Ok(modifier) => modifiers.push(Spanned::new(modifier, part.span)),
            Err(diagnostic) => errors.push(diagnostic),
        }
    }
    let keywords = field.value.is_empty() && !parts.is_empty();
    if !keywords {
        errors.extend(check_field(&field));
    }
    // Values are judged by a chain that makes sense, or not at all.
    if modifiers.len() == parts.len() {
        errors.extend(check_chain(keywords, &modifiers, &parts));
    }
    if errors.is_empty() {
        check_values(&modifiers, &values, source, &mut errors);
    }
    let item = DetectionItem { field: (!keywords).then_some(field), modifiers, values, span };
    let complete = errors.is_empty();
    diagnostics.extend(errors);
    complete.then_some(item)
}

fn check_field(field: &Spanned<String>) -> Option<Diagnostic> {
    let name = field.value.as_str();
    let diagnostic = match name.trim() {
        "" => Diagnostic::error(Code::InvalidField, "this item has no field name")
            .at(field.span, "expected a field")
            .help("write the dotted path of a field, for example `userIdentity.type`"),
        trimmed if trimmed != name => {
            Diagnostic::error(Code::InvalidField, format!("`{name}` is not a field name"))
                .at(field.span, "there are spaces around it")
                .help(format!("write `{trimmed}`"))
                .edit(Edit::rename(field.span, name, trimmed))
        }
        _ => return None,
    };
    Some(diagnostic)
}

/// Splits `a|b|c` into parts with their places.
fn split(key: &Spanned<String>, source: &str) -> Vec<Spanned<String>> {
    let places = Places::of(key.span, source, &key.value);
    let mut start = 0;
    key.value
        .split('|')
        .map(|part| {
            let range = start..start + part.len();
            start = range.end + 1;
            Spanned::new(part.to_owned(), places.locate(range))
        })
        .collect()
}

fn lookup(part: &Spanned<String>) -> Result<Modifier, Diagnostic> {
    let name = part.value.as_str();
    if let Some((_, modifier)) = MODIFIERS.iter().find(|(known, _)| *known == name) {
        return Ok(*modifier);
    }
    if name.trim().is_empty() {
        return Err(Diagnostic::error(Code::UnknownModifier, "a modifier is missing after `|`")
            .at(part.span, "expected a modifier")
            .help("remove the `|`, or write a modifier such as `contains` after it")
            .edit(without(part)));
    }
    if MODIFIERS.iter().any(|(known, _)| *known == name.trim()) {
        return Err(Diagnostic::error(Code::UnknownModifier, format!("unknown modifier `{name}`"))
            .at(part.span, "there are spaces around it")
            .help("write no spaces around `|`")
            .edit(Edit::rename(part.span, name, name.trim())));
    }
    let diagnostic = Diagnostic::error(Code::UnknownModifier, format!("unknown modifier `{name}`"))
        .at(part.span, "not a Sigma modifier");
    let known = MODIFIERS.iter().map(|(known, _)| *known).filter(|known| known.len() > 1);
    let elsewhere = OF_OTHER_TOOLS.iter().find(|(other, _)| name.eq_ignore_ascii_case(other));
    Err(match elsewhere.map(|(_, known)| *known).or_else(|| nearest(name, known)) {
        Some(near) => diagnostic.did_you_mean(part.span, name, near),
        None => diagnostic.help(
            "the modifiers are contains, startswith, endswith, all, re (with i, m, s), cased, exists, cidr, fieldref, gt, gte, lt, lte, neq, expand, windash, base64, base64offset, utf16, utf16le, utf16be, wide, minute, hour, day, week, month, year",
        ),
    })
}
