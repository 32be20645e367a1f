//! Value modifiers (Sigma specification, modifiers appendix): the key of a detection item into
//! a field and a chain that makes sense, with values that the chain can use.

use std::ops::Range;

use super::regex::check_regex;
use crate::{
    ast::{DetectionItem, Modifier, Value},
    diagnostic::{Code, Diagnostic, nearest},
    node::locate,
    source::{Span, Spanned},
};

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
        }
        _ => return None,
    };
    Some(diagnostic)
}

/// Splits `a|b|c` into parts with their places.
fn split(key: &Spanned<String>, source: &str) -> Vec<Spanned<String>> {
    let mut start = 0;
    key.value
        .split('|')
        .map(|part| {
            let range = start..start + part.len();
            start = range.end + 1;
            Spanned::new(part.to_owned(), locate(key.span, source, &key.value, range))
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
            .help("remove the `|`, or write a modifier such as `contains` after it"));
    }
    if MODIFIERS.iter().any(|(known, _)| *known == name.trim()) {
        return Err(Diagnostic::error(Code::UnknownModifier, format!("unknown modifier `{name}`"))
            .at(part.span, "there are spaces around it")
            .help("write no spaces around `|`"));
    }
    let diagnostic = Diagnostic::error(Code::UnknownModifier, format!("unknown modifier `{name}`"))
        .at(part.span, "not a Sigma modifier");
    let known = MODIFIERS.iter().map(|(known, _)| *known).filter(|known| known.len() > 1);
    Err(match nearest(name, known) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(
            "the modifiers are contains, startswith, endswith, all, re (with i, m, s), cased, exists, cidr, fieldref, gt, gte, lt, lte, neq, expand, windash, base64, base64offset, utf16, utf16le, utf16be, wide, minute, hour, day, week, month, year",
        ),
    })
}

/// What is wrong with a chain first. `written` are its modifiers as they stand in the key.
fn check_chain(
    keywords: bool,
    chain: &[Spanned<Modifier>],
    written: &[Spanned<String>],
) -> Option<Diagnostic> {
    use Modifier::*;
    let error = |message: String, at: Span, label: &str| {
        Diagnostic::error(Code::ConflictingModifiers, message).at(at, label)
    };
    for (at, (modifier, name)) in chain.iter().zip(written).enumerate() {
        let name = name.value.as_str();
        if let Some(first) = chain[..at].iter().position(|each| each.value == modifier.value) {
            let message = match written[first].value.as_str() {
                same if same == name => format!("the modifier `{name}` occurs twice"),
                other => format!("`{name}` means the same as `{other}`"),
            };
            return Some(
                error(message, modifier.span, "")
                    .at(chain[first].span, "first here")
                    .help("remove one of them"),
            );
        }
        if modifier.value.is_regex_flag() && !chain[..at].iter().any(|each| each.value == Re) {
            let message = format!("`{name}` is a flag of `re` and must follow it");
            return Some(
                error(message, modifier.span, "no `re` before it")
                    .help(format!("write `re|{name}`")),
            );
        }
        if modifier.value.is_encoding()
            && !chain[at + 1..].iter().any(|later| later.value.is_base64())
        {
            return Some(
                error(
                    format!("`{name}` needs `base64` or `base64offset` after it"),
                    modifier.span,
                    "",
                )
                .help(format!("write `{name}|base64offset|contains`")),
            );
        }
        if modifier.value.is_base64()
            && let Some(position) = chain[..at].iter().find(|each| each.value.is_position())
        {
            let before = position.value.name();
            return Some(
                error(
                    format!("`{before}` stands before `{name}`"),
                    modifier.span,
                    "encoded too late",
                )
                .at(position.span, "this opens the text")
                .help(format!("write `{name}|{before}`")),
            );
        }
        let needs_field = matches!(modifier.value, Exists | Cidr | FieldRef)
            || modifier.value.is_numeric()
            || modifier.value.is_time_part();
        if keywords && needs_field {
            return Some(
                error(format!("`{name}` needs a field"), modifier.span, "no field before it")
                    .help("write the field before the first `|`"),
            );
        }
    }
    let (first, second, help) = clash(chain)?;
    let (a, b) = (first.value.name(), second.value.name());
    Some(
        error(format!("`{a}` and `{b}` cannot be combined"), second.span, "")
            .at(first.span, "conflicts with this")
            .help(help),
    )
}

/// Two modifiers that make no sense together, in the order written, and what to do.
fn clash(
    chain: &[Spanned<Modifier>],
) -> Option<(Spanned<Modifier>, Spanned<Modifier>, &'static str)> {
    use Modifier::*;
    chain.iter().enumerate().find_map(|(at, second)| {
        chain[..at].iter().find_map(|first| {
            let (a, b) = (first.value, second.value);
            let pair = |wanted: fn(Modifier) -> bool, other: fn(Modifier) -> bool| {
                (wanted(a) && other(b)) || (wanted(b) && other(a))
            };
            let help = if pair(|m| m == Exists, |_| true) {
                "`exists` stands alone; write another detection item for the value"
            } else if pair(|m| m == Expand, |m| !m.takes_texts()) {
                "placeholders stand for texts; write the value out"
            } else if a.is_time_part() && b.is_time_part() {
                "write two detection items, one for each part of the time"
            } else if pair(Modifier::is_time_part, |m| !(m.is_numeric() || matches!(m, Neq | All)))
            {
                "a part of a time combines with gt, gte, lt, lte, neq and all"
            } else if (a.is_encoding() && b.is_encoding()) || (a.is_base64() && b.is_base64()) {
                "a value is encoded once; write two detection items"
            } else if pair(
                |m| m.is_encoding() || m.is_base64() || m == Windash,
                |m| matches!(m, Re | Cidr | FieldRef) || m.is_numeric(),
            ) {
                "remove it; only texts that are compared can be encoded or have their dashes varied"
            } else if pair(|m| m == Windash, |m| m.is_encoding() || m.is_base64()) {
                "list the values with each dash instead of `windash`"
            } else if a.is_operator() && b.is_operator() {
                "write two detection items, or two search identifiers"
            } else if pair(|m| m == Cased, |m| matches!(m, Cidr | Re) || m.is_numeric()) {
                "remove `cased`; only comparisons of text ignore case without it"
            } else if pair(|m| m == FieldRef, |m| matches!(m, Cidr | Re) || m.is_numeric()) {
                "`fieldref` combines with startswith, endswith, contains, cased, neq and all"
            } else if pair(|m| m == Neq, Modifier::is_numeric) {
                "write the opposite comparison, or `not` in the condition"
            } else {
                return None;
            };
            Some((first.clone(), second.clone(), help))
        })
    })
}

fn check_values(
    chain: &[Spanned<Modifier>],
    values: &[Spanned<Value>],
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let expand = chain.iter().find(|each| each.value == Modifier::Expand);
    if let Some(expand) = expand {
        // What the placeholders stand for is judged once they are known.
        diagnostics.extend(values.iter().filter_map(|value| check_placeholder(expand, value)));
        return;
    }
    check_written_values(chain, values, source, diagnostics);
}

fn check_placeholder(expand: &Spanned<Modifier>, value: &Spanned<Value>) -> Option<Diagnostic> {
    let message = match &value.value {
        Value::String(text) if placeholders_in(text).next().is_some() => return None,
        Value::String(_) => "this value has no placeholder to expand",
        _ => "`expand` cannot use this value",
    };
    Some(
        Diagnostic::error(Code::InvalidValue, message)
            .at(value.span, "expected a text with a `%placeholder%`")
            .at(expand.span, "because of this modifier"),
    )
}

/// The names between percent signs, with their places; `%` around anything else is a text, and so
/// is `%` behind a backslash (Sigma rules specification, "Placeholders").
pub fn placeholders_in(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find('%')?;
            if is_escaped(text, start) {
                from = start + 1;
                continue;
            }
            let end = start + 1 + text.get(start + 1..)?.find('%')?;
            let name = text.get(start + 1..end)?;
            let is_name = !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            if is_name {
                from = end + 1;
                return Some((start..end + 1, name));
            }
            from = end;
        }
    })
}

/// The text with each `\%` as the percent sign that it stands for.
pub fn without_escaped_percents(text: &str) -> String {
    let mut plain = String::new();
    for (at, c) in text.char_indices() {
        if c == '%' && is_escaped(text, at) {
            plain.pop();
        }
        plain.push(c);
    }
    plain
}

/// Whether a backslash stands before this place that is not itself escaped.
fn is_escaped(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let backslashes = before.len() - before.trim_end_matches('\\').len();
    backslashes % 2 == 1
}

/// Checks values as they are written.
fn check_written_values(
    chain: &[Spanned<Modifier>],
    values: &[Spanned<Value>],
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let Some(useless) = check_all(chain, values.len()) {
        return diagnostics.push(useless);
    }
    diagnostics.extend(values.iter().filter_map(|value| check_value(chain, value, source)));
    if chain.iter().any(|each| each.value == Modifier::Exists) && values.len() > 1 {
        diagnostics.push(
            Diagnostic::error(Code::InvalidValue, "`exists` takes a single value")
                .at(values[1].span, "one too many")
                .help("write either `true` or `false`"),
        );
    }
}

/// `all` on less than two values, written so or left by placeholders.
pub fn check_all(chain: &[Spanned<Modifier>], values: usize) -> Option<Diagnostic> {
    let all = chain.iter().find(|each| each.value == Modifier::All)?;
    (values < 2).then(|| {
        Diagnostic::error(Code::UselessAll, "`all` needs at least two values")
            .at(all.span, "there is only one value to hold")
            .help("remove `|all`, or list the other values")
    })
}

/// What is wrong with a value for its chain, be it written so or what a placeholder stands for.
pub fn check_value(
    chain: &[Spanned<Modifier>],
    value: &Spanned<Value>,
    source: &str,
) -> Option<Diagnostic> {
    // The modifier that asks most of a value decides what it may be.
    let asks = |modifier: Modifier| match modifier {
        m if m == Modifier::FieldRef || m.is_time_part() => 4,
        m if m.is_base64() => 3,
        Modifier::Windash => 2,
        m if m.is_operator() => 1,
        _ => 0,
    };
    let modifier =
        chain.iter().filter(|each| asks(each.value) > 0).max_by_key(|each| asks(each.value))?;
    let wanted = match (modifier.value, &value.value) {
        (Modifier::Exists, Value::Bool(_)) => return None,
        (Modifier::Exists, _) => "`true` or `false`, without quotes",
        (m, Value::String(text)) if m.is_base64() => {
            return check_no_wildcard(text, m, value.span)
                .or_else(|| check_long_enough(text, chain, value.span));
        }
        (Modifier::Windash, Value::String(_)) => return None,
        (m, _) if m.is_base64() || m == Modifier::Windash => "a text",
        (m, number) if m.is_time_part() => {
            return check_time_part(m, number, value.span);
        }
        (m, Value::Number(_)) if m.is_numeric() => return None,
        (m, _) if m.is_numeric() => "a number, without quotes",
        (Modifier::Re, Value::String(pattern)) => {
            let pattern = Spanned::new(pattern.clone(), value.span);
            return check_regex(&regex_flags(chain), &pattern, source);
        }
        (Modifier::Cidr, Value::String(network)) => {
            return check_network(network, value.span);
        }
        (Modifier::FieldRef, Value::String(field)) if !field.trim().is_empty() => return None,
        (Modifier::FieldRef, _) => "the name of another field",
        (Modifier::Re | Modifier::Cidr, _) => "a text",
        (_, Value::Null) => "a text; a missing field is `null` without modifier",
        _ => return None,
    };
    Some(
        Diagnostic::error(
            Code::InvalidValue,
            format!("`{}` cannot use this value", modifier.value.name()),
        )
        .at(value.span, format!("expected {wanted}"))
        .at(modifier.span, "because of this modifier"),
    )
}

fn check_no_wildcard(text: &str, modifier: Modifier, span: Span) -> Option<Diagnostic> {
    let mut escaped = false;
    let wildcard = text.chars().find(|&c| {
        let found = !escaped && matches!(c, '*' | '?');
        escaped = !escaped && c == '\\';
        found
    })?;
    let name = modifier.name();
    Some(
        Diagnostic::error(
            Code::InvalidValue,
            format!("`{name}` cannot encode the wildcard `{wildcard}`"),
        )
        .at(span, "expected a text without wildcards")
        .help(format!("write `\\{wildcard}` for the character itself")),
    )
}

/// Of a single byte, one of the three places in base64 shows no character at all, and every text
/// would match.
fn check_long_enough(text: &str, chain: &[Spanned<Modifier>], span: Span) -> Option<Diagnostic> {
    let has = |wanted: fn(Modifier) -> bool| chain.iter().any(|each| wanted(each.value));
    let single = text.len() == 1 || ["\\*", "\\?", "\\\\"].contains(&text);
    let short = text.is_empty() || (single && !has(Modifier::is_encoding));
    (short && has(|modifier| modifier == Modifier::Base64Offset)).then(|| {
        Diagnostic::error(Code::InvalidValue, "`base64offset` cannot find so short a value")
            .at(span, "expected at least two characters")
            .help("a single one leaves no trace at one of its three places in base64")
    })
}

fn check_time_part(modifier: Modifier, value: &Value, span: Span) -> Option<Diagnostic> {
    let (least, greatest) = modifier.time_part_range()?;
    let number = match value {
        Value::Number(text) => text.parse::<i64>().ok(),
        _ => None,
    };
    if number.is_some_and(|number| (least..=greatest).contains(&number)) {
        return None;
    }
    let name = modifier.name();
    let message = format!("`{name}` cannot use this value");
    let expected = format!("expected a whole number from {least} to {greatest}, without quotes");
    Some(Diagnostic::error(Code::InvalidValue, message).at(span, expected))
}

/// The pattern with its flags, as the `regex` crate takes it.
pub fn regex_source(modifiers: &[Spanned<Modifier>], pattern: &str) -> String {
    regex_flags(modifiers) + pattern
}

fn regex_flags(modifiers: &[Spanned<Modifier>]) -> String {
    let flags: String =
        [(Modifier::IgnoreCase, 'i'), (Modifier::MultiLine, 'm'), (Modifier::DotAll, 's')]
            .iter()
            .filter(|(flag, _)| modifiers.iter().any(|each| each.value == *flag))
            .map(|(_, letter)| *letter)
            .collect();
    if flags.is_empty() { flags } else { format!("(?{flags})") }
}

fn check_network(network: &str, span: Span) -> Option<Diagnostic> {
    let error = |message: String, label: &str| {
        Diagnostic::error(Code::InvalidNetwork, message).at(span, label)
    };
    let Ok(parsed) = network.parse::<ipnet::IpNet>() else {
        let diagnostic = error(
            format!("`{network}` is not a network in CIDR notation"),
            "expected for example 10.0.0.0/8",
        );
        return Some(match network.parse::<std::net::IpAddr>() {
            Ok(address) => {
                let length = if address.is_ipv4() { 32 } else { 128 };
                diagnostic.help(format!("write `{network}/{length}` for a single address"))
            }
            Err(_) => diagnostic,
        });
    };
    (parsed.addr() != parsed.network()).then(|| {
        error(
            format!("`{network}` has host bits set"),
            "the address lies inside the network, not at its start",
        )
        .help(format!("write `{}`", parsed.trunc()))
    })
}
