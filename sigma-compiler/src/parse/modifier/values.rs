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

/// The names between percent signs, with their places; `%` around anything else is a text.
pub fn placeholders_in(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find('%')?;
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

/// Checks values that are what they look like: written so, or what a placeholder stands for.
pub fn check_written_values(
    chain: &[Spanned<Modifier>],
    values: &[Spanned<Value>],
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let Some(all) = chain.iter().find(|each| each.value == Modifier::All)
        && values.len() < 2
    {
        diagnostics.push(
            Diagnostic::error(Code::UselessAll, "`all` needs at least two values")
                .at(all.span, "there is only one value to hold")
                .help("remove `|all`, or list the other values")
                .edit(without(&Spanned::new("all".to_owned(), all.span))),
        );
        return;
    }
    // The modifier that asks most of a value decides what it may be.
    let asks = |modifier: Modifier| match modifier {
        m if m == Modifier::FieldRef || m.is_time_part() => 4,
        m if m.is_base64() => 3,
        Modifier::Windash => 2,
        m if m.is_operator() => 1,
        _ => 0,
    };
    let deciding =
        chain.iter().filter(|each| asks(each.value) > 0).max_by_key(|each| asks(each.value));
    for value in values {
        let Some(modifier) = deciding else { continue };
        let wanted = match (modifier.value, &value.value) {
            (Modifier::Exists, Value::Bool(_)) => continue,
            (Modifier::Exists, _) => "`true` or `false`, without quotes",
            (m, Value::String(text)) if m.is_base64() => {
                diagnostics.extend(check_no_wildcard(text, m, value.span));
                continue;
            }
            (Modifier::Windash, Value::String(_)) => continue,
            (m, _) if m.is_base64() || m == Modifier::Windash => "a text",
            (m, number) if m.is_time_part() => {
                diagnostics.extend(check_time_part(m, number, value.span));
                continue;
            }
            (m, Value::Number(_)) if m.is_numeric() => continue,
            (m, _) if m.is_numeric() => "a number, without quotes",
            (Modifier::Re, Value::String(pattern)) => {
                let pattern = Spanned::new(pattern.clone(), value.span);
                diagnostics.extend(check_regex(&regex_flags(chain), &pattern, source));
                continue;
            }
            (Modifier::Cidr, Value::String(network)) => {
                diagnostics.extend(check_network(network, value.span));
                continue;
            }
            (Modifier::FieldRef, Value::String(field)) if !field.trim().is_empty() => continue,
            (Modifier::FieldRef, _) => "the name of another field",
            (Modifier::Re | Modifier::Cidr, _) => "a text",
            (_, Value::Null) => "a text; a missing field is `null` without modifier",
            _ => continue,
        };
        let diagnostic = Diagnostic::error(
            Code::InvalidValue,
            format!("`{}` cannot use this value", modifier.value.name()),
        )
        .at(value.span, format!("expected {wanted}"))
        .at(modifier.span, "because of this modifier");
        let quoted = match (&value.value, modifier.value) {
            (Value::String(text), Modifier::Exists) => is_boolean(text),
            (Value::String(text), modifier) => modifier.is_numeric() && is_number(text),
            _ => false,
        };
        diagnostics.push(match &value.value {
            _ if quoted => diagnostic.help("remove the quotes").edit(Edit::unquote(value.span)),
            // A network is never a number.
            Value::Number(_) | Value::Bool(_)
                if wanted == "a text" && modifier.value != Modifier::Cidr =>
            {
                diagnostic.help("put it into quotes").edit(Edit::quote(value.span))
            }
            _ => diagnostic,
        });
    }
    if chain.iter().any(|each| each.value == Modifier::Exists) && values.len() > 1 {
        diagnostics.push(
            Diagnostic::error(Code::InvalidValue, "`exists` takes a single value")
                .at(values[1].span, "one too many")
                .help("write either `true` or `false`"),
        );
    }
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
