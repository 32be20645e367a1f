//! Values against the modifiers that look at them.

use std::ops::Range;

use super::chain::without;
use crate::{
    ast::{Modifier, Value},
    diagnostic::{Code, Diagnostic, Edit},
    parse::regex::check_regex,
    source::{Span, Spanned},
};

/// Checks values, but for those whose placeholders are not known yet.
pub fn check_values(
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
            .edit(without(&Spanned::new("all".to_owned(), all.span)))
    })
}

/// What is wrong with a value for its chain, be it written so or what a placeholder stands for.
/// Its edits are for a value that is written so.
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
        (m, number) if m.is_time_part() => return check_time_part(m, number, value.span),
        (m, Value::Number(_)) if m.is_numeric() => return None,
        (m, _) if m.is_numeric() => "a number, without quotes",
        (Modifier::Re, Value::String(pattern)) => {
            let pattern = Spanned::new(pattern.clone(), value.span);
            return check_regex(&regex_flags(chain), &pattern, source);
        }
        (Modifier::Cidr, Value::String(network)) => return check_network(network, value.span),
        (Modifier::FieldRef, Value::String(field)) if !field.trim().is_empty() => return None,
        (Modifier::FieldRef, _) => "the name of another field",
        (Modifier::Re | Modifier::Cidr, _) => "a text",
        (_, Value::Null) => "a text; a missing field is `null` without modifier",
        _ => return None,
    };
    let message = format!("`{}` cannot use this value", modifier.value.name());
    let diagnostic = Diagnostic::error(Code::InvalidValue, message)
        .at(value.span, format!("expected {wanted}"))
        .at(modifier.span, "because of this modifier");
    let quoted = match (&value.value, modifier.value) {
        (Value::String(text), Modifier::Exists) => is_boolean(text),
        (Value::String(text), modifier) => modifier.is_numeric() && is_number(text),
        _ => false,
    };
    Some(match &value.value {
        _ if quoted => diagnostic.help("remove the quotes").edit(Edit::unquote(value.span)),
        // A network is never a number.
        Value::Number(_) | Value::Bool(_)
            if wanted == "a text" && modifier.value != Modifier::Cidr =>
        {
            diagnostic.help("put it into quotes").edit(Edit::quote(value.span))
        }
        _ => diagnostic,
    })
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // YAML reads a number that begins with zero as an octal one.
    all_digits && (digits == "0" || !digits.starts_with('0'))
}

fn is_boolean(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
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
    let diagnostic = Diagnostic::error(Code::InvalidValue, message).at(span, expected);
    Some(match value {
        Value::String(text) if is_number(text) => {
            diagnostic.help("remove the quotes").edit(Edit::unquote(span))
        }
        _ => diagnostic,
    })
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
                let new = format!("{network}/{length}");
                diagnostic
                    .help(format!("write `{new}` for a single address"))
                    .edit(Edit::rename(span, network, &new))
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
        .edit(Edit::rename(span, network, &parsed.trunc().to_string()))
    })
}
