//! A record as it stands in its file: numbers as written, keys in order, strings with and without
//! their escapes.

use std::borrow::Cow;

use serde_json::value::RawValue;

#[cfg(test)]
mod tests;

/// How many objects and arrays may stand within each other in a record.
pub const MAX_DEPTH: usize = 512;

/// A JSON value that forgets nothing but the whitespace between its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string.
    String(Text),
    /// An array.
    Array(Vec<Json>),
    /// An object: all of its members in order. Where a key stands twice, the first is the one
    /// that [`Json::get`] sees; the others are part of the compact text.
    Object(Vec<(Text, Json)>),
}

/// A JSON string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    raw: String,
    value: String,
}

impl Text {
    /// The string with its quotes and escapes, as it is written.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The string itself. Each surrogate without its partner reads as U+FFFD.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The string, written with as few escapes as there can be.
    pub fn new(value: &str) -> Self {
        Self { raw: serde_json::Value::from(value).to_string(), value: value.to_owned() }
    }

    /// Reads a well-formed string with its quotes.
    fn read(raw: &str) -> Self {
        let mut units = Vec::new();
        let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            let c = match c {
                '\\' => match chars.next().unwrap_or(c) {
                    'u' => {
                        let digits = chars.by_ref().take(4).filter_map(|c| c.to_digit(16));
                        units.push(digits.fold(0, |unit, digit| unit << 4 | digit as u16));
                        continue;
                    }
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    itself => itself,
                },
                c => c,
            };
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
        Self { raw: raw.to_owned(), value: String::from_utf16_lossy(&units) }
    }
}

impl Json {
    /// Reads a text that holds one JSON value.
    ///
    /// # Errors
    ///
    /// The text is not well-formed, or nests deeper than [`MAX_DEPTH`].
    pub fn parse(text: &str) -> Result<Json, String> {
        let checked: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut tokens = Tokens { rest: checked.get() };
        let first = tokens.next();
        tokens.value(first, 0)
    }

    /// The value of a key of an object; the first where the key stands twice.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => {
                members.iter().find(|(name, _)| name.value() == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// What a string, number or boolean compares as; `None` for the others.
    pub fn scalar_text(&self) -> Option<&str> {
        match self {
            Json::Bool(true) => Some("true"),
            Json::Bool(false) => Some("false"),
            Json::Number(number) => Some(number),
            Json::String(text) => Some(text.value()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// The text of a scalar, or the compact text of an object or array; `None` for `null`.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Json::Null => None,
            Json::Array(_) | Json::Object(_) => Some(Cow::Owned(self.compact())),
            scalar => scalar.scalar_text().map(Cow::Borrowed),
        }
    }

    /// The JSON text of the value as it stands in the record, without the whitespace outside of
    /// strings. Escapes, numbers and repeated keys are as written.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write_compact(&mut out);
        out
    }

    fn write_compact(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(number) => out.push_str(number),
            Json::String(text) => out.push_str(text.raw()),
            Json::Array(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    element.write_compact(out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    out.push_str(key.raw());
                    out.push(':');
                    value.write_compact(out);
                }
                out.push('}');
            }
        }
    }
}

/// The tokens of a text that is well-formed JSON.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// The next token; empty at the end of the text.
    fn next(&mut self) -> &'a str {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let length = match self.rest.as_bytes().first() {
            Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
            Some(b'"') => string_length(self.rest),
            _ => self.rest.find([' ', '\t', '\n', '\r', '}', ']', ',']).unwrap_or(self.rest.len()),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        token
    }

    /// The value that begins with the token `first`, within `depth` objects and arrays.
    fn value(&mut self, first: &str, depth: usize) -> Result<Json, String> {
        if depth == MAX_DEPTH && matches!(first, "[" | "{") {
            return Err(format!("more than {MAX_DEPTH} objects and arrays within each other"));
        }
        match first {
            "null" => Ok(Json::Null),
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            "[" => {
                let mut elements = Vec::new();
                loop {
                    match self.next() {
                        "]" => return Ok(Json::Array(elements)),
                        "," => {}
                        "" => return Err("an array without its end".to_owned()),
                        element => elements.push(self.value(element, depth + 1)?),
                    }
                }
            }
            "{" => {
                let mut members = Vec::new();
                loop {
                    match self.next() {
                        "}" => return Ok(Json::Object(members)),
                        "," => {}
                        "" => return Err("an object without its end".to_owned()),
                        key => {
                            let _colon = self.next();
                            let value = self.next();
                            members.push((Text::read(key), self.value(value, depth + 1)?));
                        }
                    }
                }
            }
            string if string.starts_with('"') => Ok(Json::String(Text::read(string))),
            number => Ok(Json::Number(number.to_owned())),
        }
    }
}

/// The length of the string that the text begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
