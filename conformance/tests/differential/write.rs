//! A record as text, in one of the many ways to write the same.

use std::fmt::Write;

use super::{tape::Tape, tree::Tree};

/// Writes the record; the plainest way first.
pub fn write(tree: &Tree, tape: &mut Tape<'_>) -> String {
    let mut writer = Writer {
        json: String::new(),
        space: tape.pick::<&str>(&["", "", " ", "\n\t", "\r\n"]),
        escape_one_in: *tape.pick(&[0, 0, 0, 12, 3]),
        tape,
    };
    writer.value(tree);
    writer.json
}

struct Writer<'a, 't> {
    json: String,
    space: &'static str,
    /// Of so many characters one is escaped without need; none where it is zero.
    escape_one_in: usize,
    tape: &'a mut Tape<'t>,
}

impl Writer<'_, '_> {
    fn value(&mut self, tree: &Tree) {
        match tree {
            Tree::Null => self.json.push_str("null"),
            Tree::Bool(value) => self.json.push_str(if *value { "true" } else { "false" }),
            Tree::Number(text) => self.json.push_str(text),
            Tree::String(text) => self.string(text),
            Tree::Array(elements) => {
                self.list('[', elements, ']', |writer, element| writer.value(element))
            }
            Tree::Object(members) => self.list('{', members, '}', |writer, (key, value)| {
                writer.string(key);
                writer.json.push_str(writer.space);
                writer.json.push(':');
                writer.json.push_str(writer.space);
                writer.value(value);
            }),
        }
    }

    fn list<T>(
        &mut self,
        open: char,
        parts: &[T],
        close: char,
        mut part: impl FnMut(&mut Self, &T),
    ) {
        self.json.push(open);
        self.json.push_str(self.space);
        for (at, each) in parts.iter().enumerate() {
            if at > 0 {
                self.json.push(',');
                self.json.push_str(self.space);
            }
            part(self, each);
            self.json.push_str(self.space);
        }
        self.json.push(close);
    }

    fn string(&mut self, text: &str) {
        self.json.push('"');
        for c in text.chars() {
            let escape = self.escape_one_in > 0 && self.tape.one_in(self.escape_one_in);
            match c {
                '"' => self.json.push_str("\\\""),
                '\\' => self.json.push_str("\\\\"),
                '\n' => self.json.push_str("\\n"),
                '\r' => self.json.push_str("\\r"),
                '\t' => self.json.push_str("\\t"),
                '/' if escape => self.json.push_str("\\/"),
                // Half of a pair of surrogates reads as this character.
                '\u{fffd}' if escape => self.json.push_str("\\udead"),
                c if escape || c < ' ' => self.units(c),
                c => self.json.push(c),
            }
        }
        self.json.push('"');
    }

    fn units(&mut self, c: char) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing into a text cannot fail.
            let _ = if unit.is_multiple_of(2) {
                write!(self.json, "\\u{unit:04x}")
            } else {
                write!(self.json, "\\u{unit:04X}")
            };
        }
    }
}
