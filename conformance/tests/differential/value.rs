//! Values on which a value of a rule holds.

use std::net::IpAddr;

use ipnet::IpNet;
use sigma_compiler::{
    ast::{DetectionItem, Modifier, Value},
    reference::Json,
};

use super::{encoded, regex_text, tape::Tape, tree::Tree};

/// Texts that surround others or stand for any.
const JUNK: &[&str] = &[
    "x",
    "-",
    "",
    " ",
    "é",
    "K",
    "A\n",
    "*",
    "\\",
    "0",
    "Straße",
    "\"",
    "\u{fffd}",
    "/",
    "\u{1f600}",
];

/// One or two of them.
pub fn junk(tape: &mut Tape<'_>) -> String {
    let first = *tape.pick(JUNK);
    let second = if tape.one_in(3) { *tape.pick(JUNK) } else { "" };
    format!("{first}{second}")
}

/// A value of the item's field on which this value of the rule holds, `neq` left aside; `None`
/// where none may stand there. References to other fields are not read here.
pub fn holding(item: &DetectionItem, value: &Value, tape: &mut Tape<'_>) -> Option<Tree> {
    let text = match value {
        Value::Null => return tape.one_in(2).then_some(Tree::Null),
        Value::Bool(true) if item.has(Modifier::Exists) => return Some(any(tape)),
        Value::Bool(_) if item.has(Modifier::Exists) => return None,
        Value::Bool(value) => value.to_string(),
        Value::Number(text) if encoded::is_time_part(item) => {
            return Some(Tree::String(encoded::time(item, text, tape)));
        }
        Value::Number(text) => match bound(item) {
            Some(up) => return Some(beyond(text, up, tape)),
            None => text.clone(),
        },
        Value::String(network) if item.has(Modifier::Cidr) => {
            return network.parse().ok().map(|network| Tree::text(address(network, tape)));
        }
        Value::String(pattern) if item.has(Modifier::Re) => {
            let flags = if item.has(Modifier::IgnoreCase) { "(?i)" } else { "" };
            let text = regex_text::find(&format!("{flags}{pattern}"), tape);
            if tape.one_in(2) {
                let edge = if item.has(Modifier::MultiLine) { "\n" } else { "" };
                let (before, after) = (junk(tape), junk(tape));
                return Some(Tree::String(format!("{before}{edge}{text}{edge}{after}")));
            }
            return Some(typed(text, tape));
        }
        Value::String(text) => encoded::text(item, filled(text, tape), tape),
    };
    Some(within(item, text, tape))
}

/// A value whose text relates to `text` as the item's string modifiers want.
pub fn within(item: &DetectionItem, text: String, tape: &mut Tape<'_>) -> Tree {
    let text = if item.has(Modifier::Cased) { text } else { recased(&text, tape) };
    let positional = item.has(Modifier::StartsWith) || item.has(Modifier::EndsWith);
    let anywhere = item.has(Modifier::Contains) || (item.field.is_none() && !positional);
    let before = anywhere || item.has(Modifier::EndsWith);
    let after = anywhere || item.has(Modifier::StartsWith);
    if let Some(tree) = container(&text, before, after)
        && !tape.one_in(if before || after { 4 } else { 2 })
    {
        return tree;
    }
    let prefix = if before { junk(tape) } else { String::new() };
    let suffix = if after { junk(tape) } else { String::new() };
    let tree = typed(format!("{prefix}{text}{suffix}"), tape);
    match tape.below(12) {
        10 => Tree::object("note", tree),
        11 => Tree::Array(vec![Tree::object("note", tree), Tree::Number("1".to_owned())]),
        _ => tree,
    }
}

/// The same letters in another case, some of them look-alikes that fold to the same.
pub fn recased(text: &str, tape: &mut Tape<'_>) -> String {
    let mode = tape.below(6);
    let only =
        |c: char, mut cases: Box<dyn Iterator<Item = char>>| match (cases.next(), cases.next()) {
            (Some(one), None) => one,
            _ => c,
        };
    let change = |c: char| match (mode, c) {
        (3, _) => only(c, Box::new(c.to_uppercase())),
        (4, _) => only(c, Box::new(c.to_lowercase())),
        (5, 'k' | 'K') => '\u{212a}',
        (5, 's' | 'S') => 'ſ',
        (5, 'ß') => 'ẞ',
        (5, 'å' | 'Å') => '\u{212b}',
        (5, 'σ' | 'Σ') => 'ς',
        (5, 'ω' | 'Ω') => '\u{2126}',
        (5, 'ǆ' | 'Ǆ') => 'ǅ',
        _ => c,
    };
    text.chars().map(change).collect()
}

/// The text, or the number or boolean that is written so.
pub fn typed(text: String, tape: &mut Tape<'_>) -> Tree {
    match Json::parse(&text) {
        Ok(Json::Bool(value)) if text.trim() == text && !tape.one_in(3) => Tree::Bool(value),
        Ok(Json::Number(number)) if number == text && !tape.one_in(3) => Tree::Number(number),
        _ => Tree::String(text),
    }
}

/// Something small of any type.
pub fn any(tape: &mut Tape<'_>) -> Tree {
    match tape.below(8) {
        1 => Tree::Null,
        2 => Tree::Bool(true),
        3 => Tree::Number("0".to_owned()),
        4 => Tree::text(""),
        5 => Tree::Array(Vec::new()),
        6 => Tree::Object(Vec::new()),
        7 => Tree::Number("12345678901234567890123".to_owned()),
        _ => Tree::text("other"),
    }
}

/// A wildcard pattern with something in place of the wildcards.
fn filled(pattern: &str, tape: &mut Tape<'_>) -> String {
    const ONE: &[char] = &['x', '1', '\n', 'é', '?', '\u{1f600}'];
    const RUNS: &[&str] = &["", "k\":1", "x", "\r\n", "a/b", "\u{1f680}é"];
    let mut text = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' => text.push_str(tape.pick::<&str>(RUNS)),
            '?' => text.push(*tape.pick(ONE)),
            '\\' => text.push(chars.next_if(|c| matches!(c, '*' | '?' | '\\')).unwrap_or(c)),
            c => text.push(c),
        }
    }
    text
}

/// The object or array whose JSON text this is, or is a part of.
fn container(text: &str, before: bool, after: bool) -> Option<Tree> {
    let prefixes: &[&str] = if before { &["", "{", "{\"n\":", "["] } else { &[""] };
    let suffixes: &[&str] = if after { &["", "}", "1}", "\"x\"}", "]"] } else { &[""] };
    let whole = |prefix: &str, suffix: &str| Tree::container(&format!("{prefix}{text}{suffix}"));
    prefixes.iter().find_map(|prefix| suffixes.iter().find_map(|suffix| whole(prefix, suffix)))
}

/// Whether the item compares numbers, and then whether it wants greater ones.
fn bound(item: &DetectionItem) -> Option<bool> {
    let has = |modifier| item.has(modifier);
    if has(Modifier::Gt) || has(Modifier::Gte) {
        Some(true)
    } else {
        (has(Modifier::Lt) || has(Modifier::Lte)).then_some(false)
    }
}

/// A number on this side of another, or the same one, in one of many notations.
fn beyond(wanted: &str, up: bool, tape: &mut Tape<'_>) -> Tree {
    let step = *tape.pick(&[1_i32, 2, 1_000_000, 0, -1]);
    let step = if up { step } else { -step };
    let number = match (wanted.parse::<i128>(), wanted.parse::<f64>()) {
        (Ok(integer), _) => (integer + i128::from(step)).to_string(),
        (_, Ok(decimal)) => (decimal + f64::from(step)).to_string(),
        _ => wanted.to_owned(),
    };
    match tape.below(8) {
        3 => Tree::String(number),
        4 => Tree::Number(format!("{number}e0")),
        5 if !number.contains('.') => Tree::Number(format!("{number}.0")),
        6 => Tree::String(format!("0{number}")),
        7 => Tree::String(format!("+{number}")),
        _ => Tree::Number(number),
    }
}

/// An address of the network.
fn address(network: IpNet, tape: &mut Tape<'_>) -> String {
    let random = (0..8).fold(0_u128, |bits, _| bits << 16 | tape.below(1 << 16) as u128);
    let address: IpAddr = match network {
        IpNet::V4(v4) => {
            let host = random as u32 & u32::from(v4.hostmask());
            IpAddr::V4((u32::from(v4.network()) | host).into())
        }
        IpNet::V6(v6) => {
            let host = random & u128::from(v6.hostmask());
            IpAddr::V6((u128::from(v6.network()) | host).into())
        }
    };
    match tape.below(8) {
        6 => address.to_string().to_uppercase(),
        7 => format!("{address}."),
        _ => address.to_string(),
    }
}
