//! Chains of modifiers: which stand together, and in which order.

use crate::{
    ast::Modifier,
    diagnostic::{Code, Diagnostic, Edit},
    source::{Span, Spanned},
};

/// Takes a modifier out of its chain, with the `|` before it.
pub fn without(part: &Spanned<String>) -> Edit {
    let span = Span { start: part.span.start.saturating_sub(1), ..part.span };
    Edit::rename(span, &format!("|{}", part.value), "")
}

/// What is wrong with a chain first. `written` are its modifiers as they stand in the key.
pub fn check_chain(
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
                    .help("remove one of them")
                    .edit(without(&written[at])),
            );
        }
        if modifier.value.is_regex_flag() && !chain[..at].iter().any(|each| each.value == Re) {
            let message = format!("`{name}` is a flag of `re` and must follow it");
            return Some(
                error(message, modifier.span, "no `re` before it")
                    .help(format!("write `re|{name}`"))
                    .edits(after_re(chain, written, at)),
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
                .help(format!("write `{name}|{before}`"))
                .edit(Edit::rename(position.span, before, name))
                .edit(Edit::rename(modifier.span, name, before)),
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
    let useless = [&first, &second].into_iter().find(|each| {
        let encodes = each.value.is_encoding() || each.value.is_base64() || each.value == Windash;
        (help.starts_with("remove `cased`") && each.value == Cased)
            || (help.starts_with("remove it") && encodes)
    });
    let useless = useless.and_then(|each| written.iter().find(|part| part.span == each.span));
    Some(
        error(format!("`{a}` and `{b}` cannot be combined"), second.span, "")
            .at(first.span, "conflicts with this")
            .help(help)
            .edits(useless.map(without)),
    )
}

/// Puts a flag behind its `re`, which follows later or is missing.
fn after_re(chain: &[Spanned<Modifier>], written: &[Spanned<String>], flag: usize) -> Vec<Edit> {
    let flag = &written[flag];
    match chain.iter().position(|each| each.value == Modifier::Re).map(|re| &written[re]) {
        Some(re) => vec![
            Edit::rename(flag.span, &flag.value, &re.value),
            Edit::rename(re.span, &re.value, &flag.value),
        ],
        None if chain.iter().all(|each| each.value.is_regex_flag()) => {
            vec![Edit::rename(flag.span, &flag.value, &format!("re|{}", flag.value))]
        }
        None => Vec::new(),
    }
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
