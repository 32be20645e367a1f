//! YAML in the styles that authors write it in.

use std::fmt::Write;

use crate::chance::Chance;

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// A number, a boolean or `null`, as it is to be written.
    Word(String),
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    pub fn text(text: impl Into<String>) -> Self {
        Yaml::Text(text.into())
    }

    pub fn word(word: impl Into<String>) -> Self {
        Yaml::Word(word.into())
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Yaml::Word(_) | Yaml::Text(_))
    }
}

/// Levels of a block are indented by so much.
const STEP: usize = 4;

/// Writes the members of a map, each on lines of its own.
pub fn write(members: &[(String, Yaml)], chance: &mut Chance) -> String {
    let mut out = String::new();
    block_map(members, 0, &mut out, chance);
    out
}

fn block_map(members: &[(String, Yaml)], indent: usize, out: &mut String, chance: &mut Chance) {
    for (key, value) in members {
        out.push_str(&" ".repeat(indent));
        out.push_str(&scalar(key, true, chance));
        out.push(':');
        below(value, indent, out, chance);
    }
}

/// What stands behind a key: on its line, or on the lines below.
fn below(value: &Yaml, indent: usize, out: &mut String, chance: &mut Chance) {
    match value {
        Yaml::List(elements) if !is_flow(elements.iter(), chance) => {
            out.push('\n');
            // The dashes of a list may stand right below its key.
            let indent = if chance.one_in(4) { indent } else { indent + STEP };
            block_list(elements, indent, out, chance);
        }
        Yaml::Map(members) if !is_flow(members.iter().map(|(_, value)| value), chance) => {
            out.push('\n');
            block_map(members, indent + STEP, out, chance);
        }
        Yaml::Text(text) if chance.one_in(6) && is_literal(text) => {
            out.push_str(" |-\n");
            for line in text.lines() {
                // Writing into a text cannot fail.
                let _ = writeln!(out, "{}{line}", " ".repeat(indent + STEP));
            }
        }
        other => {
            out.push(' ');
            flow(other, out, chance);
            out.push('\n');
        }
    }
}

fn block_list(elements: &[Yaml], indent: usize, out: &mut String, chance: &mut Chance) {
    for element in elements {
        out.push_str(&" ".repeat(indent));
        out.push('-');
        let mut inner = String::new();
        match element {
            Yaml::Map(members) => block_map(members, indent + STEP, &mut inner, chance),
            Yaml::List(inner_elements) => {
                block_list(inner_elements, indent + STEP, &mut inner, chance);
            }
            other => {
                below(other, indent, out, chance);
                continue;
            }
        }
        // The first line begins behind the dash.
        out.push_str(&" ".repeat(STEP - 1));
        out.push_str(inner.trim_start_matches(' '));
    }
}

/// Whether a list or map is written in brackets.
fn is_flow<'a>(mut parts: impl Iterator<Item = &'a Yaml>, chance: &mut Chance) -> bool {
    parts.all(Yaml::is_scalar) && chance.one_in(3)
}

fn flow(value: &Yaml, out: &mut String, chance: &mut Chance) {
    match value {
        Yaml::Word(word) => out.push_str(word),
        Yaml::Text(text) => out.push_str(&scalar(text, false, chance)),
        Yaml::List(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                flow(element, out, chance);
            }
            out.push(']');
        }
        Yaml::Map(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&scalar(key, true, chance));
                out.push_str(": ");
                flow(value, out, chance);
            }
            out.push('}');
        }
    }
}

/// A text plain, or in one kind of quotes or the other.
fn scalar(text: &str, key: bool, chance: &mut Chance) -> String {
    let plain = is_plain(text, key) && !chance.one_in(4);
    if plain {
        return text.to_owned();
    }
    if !text.chars().any(is_special) && !chance.one_in(3) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // Writing into a text cannot fail.
            c if is_special(c) || (!c.is_ascii() && chance.one_in(4)) => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Characters that stand for themselves in double quotes alone.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether nobody can take the text for anything else, where it is written without quotes.
fn is_plain(text: &str, key: bool) -> bool {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    let other = |c: char| if key { c == '|' } else { matches!(c, '*' | '?' | '\\' | '=') };
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| word(c) || other(c))
        && !reserved.contains(&text.to_lowercase().as_str())
}

/// Whether the text can be written as a literal block.
fn is_literal(text: &str) -> bool {
    let lines = || text.split('\n');
    !text.is_empty()
        && lines().all(|line| {
            !line.is_empty() && !line.starts_with([' ', '\t']) && !line.chars().any(is_special)
        })
}
