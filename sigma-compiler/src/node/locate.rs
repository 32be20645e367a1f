//! From a place in a value back to the place in the text that it was written as: quotes, escapes,
//! line folding and indentation stand between the two.

use std::ops::Range;

use crate::source::Span;

/// The span of `range` of `value`, which was read from the text at `whole` of `source`. All of
/// `whole` where the value stands elsewhere, as that of an alias does.
pub fn locate(whole: Span, source: &str, value: &str, range: Range<usize>) -> Span {
    Places::of(whole, source, value).locate(range)
}

/// A value and the text that it was read from, for those who look for many places in it.
pub struct Places<'a> {
    whole: Span,
    value: &'a str,
    offsets: Option<Offsets>,
}

/// Where the bytes of a value were written.
enum Offsets {
    /// As they are, so many bytes farther on.
    Shifted(usize),
    /// Each of them, and the end.
    Each(Vec<Range<usize>>),
}

impl<'a> Places<'a> {
    /// For `value`, which was read from the text at `whole` of `source`.
    pub fn of(whole: Span, source: &str, value: &'a str) -> Self {
        let written = source.get(whole.range()).unwrap_or_default();
        let quoted = written.get(1..written.len().saturating_sub(1)) == Some(value);
        let offsets = match written.bytes().next() {
            _ if written == value => Some(Offsets::Shifted(0)),
            Some(b'"' | b'\'') if quoted => Some(Offsets::Shifted(1)),
            _ => align(written, value).map(Offsets::Each),
        };
        Self { whole, value, offsets }
    }

    /// The span of `range` of the value.
    pub fn locate(&self, range: Range<usize>) -> Span {
        let whole = self.whole;
        let text = self.value.get(range.clone());
        let offsets = match &self.offsets {
            None => return whole,
            Some(Offsets::Shifted(_)) if range.start > self.value.len() => return whole,
            Some(Offsets::Shifted(shift)) => {
                let start = whole.start + shift + range.start;
                return Span { start, end: start + text.map_or(0, str::len), ..whole };
            }
            Some(Offsets::Each(offsets)) => offsets,
        };
        // The end of a place is that of its last character: what follows may be indentation.
        let last = text.and_then(|text| text.chars().next_back());
        let last = last.map(|c| range.end - c.len_utf8());
        match (offsets.get(range.start), last.and_then(|last| offsets.get(last))) {
            (Some(start), Some(last)) => {
                Span { start: whole.start + start.start, end: whole.start + last.end, ..whole }
            }
            (Some(start), None) => {
                // An empty place follows the character before it.
                let at = match range.start.checked_sub(1).map(|before| &offsets[before]) {
                    Some(before) => before.end,
                    None => start.start,
                };
                Span { start: whole.start + at, end: whole.start + at, ..whole }
            }
            _ => whole,
        }
    }
}

/// Where each byte of the value was written, and where the end is.
fn align(written: &str, value: &str) -> Option<Vec<Range<usize>>> {
    let quote =
        written.chars().next().filter(|c| matches!(c, '"' | '\'') && !value.starts_with(written));
    let mut at = usize::from(quote.is_some());
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for c in value.chars() {
        let rest = written.get(at..)?;
        let blank = rest.len() - rest.trim_start().len();
        let written_as = if c.is_whitespace()
            && blank > 0
            && !(rest.starts_with(c) && blank == c.len_utf8())
        {
            // A line break with its indentation; of a fold, all of it; of several lines, one each.
            match c {
                '\n' => at..at + rest.find('\n').map_or(blank, |newline| newline + 1),
                _ if rest[..blank].contains('\n') => at..at + blank,
                _ => at..at + c.len_utf8(),
            }
        } else {
            let start = if rest.starts_with(c) { at } else { at + blank };
            let rest = written.get(start..)?;
            let length = match quote {
                Some('"') if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => return None,
                Some('"') if rest.starts_with('\\') => escape_length(rest),
                Some('\'') if rest.starts_with("''") => 2,
                _ if rest.starts_with(c) => c.len_utf8(),
                // The line break that ends a block text may be missing in the file.
                _ if c == '\n' && rest.is_empty() => 0,
                _ => return None,
            };
            start..start + length
        };
        at = written_as.end;
        offsets.extend(std::iter::repeat_n(written_as, c.len_utf8()));
    }
    offsets.push(at..at);
    Some(offsets)
}

/// The length of the escape that a double-quoted text of YAML or JSON begins with.
fn escape_length(text: &str) -> usize {
    let surrogate = |at: usize| matches!(text.get(at..at + 3), Some("\\ud" | "\\uD"));
    match text.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') if surrogate(0) && surrogate(6) => 12,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 1 + text.chars().nth(1).map_or(0, char::len_utf8),
    }
    .min(text.len())
}

#[cfg(test)]
mod tests {
    use super::locate;
    use crate::source::{FileId, Span};

    #[test]
    fn a_place_in_a_value_is_found_in_the_text() {
        // The text as written, the value read from it, the place to look for, and what is found.
        let cases = [
            ("plain text", "plain text", "text", "text"),
            ("'quoted text'", "quoted text", "quoted", "quoted"),
            ("'it''s (here'", "it's (here", "(", "("),
            ("'it''s (here'", "it's (here", "'", "''"),
            (r#""tab\there""#, "tab\there", "here", "here"),
            (r#""a\\d\x41\u00e9\"(""#, "a\\dAé\"(", "(", "("),
            (r#""a\\d(""#, "a\\d(", "\\", "\\\\"),
            (r#""\ud83e\udd80 x""#, "🦀 x", "x", "x"),
            ("Zoë 李 🦀 x", "Zoë 李 🦀 x", "李", "李"),
            ("one\n    two\n    three", "one two three", "three", "three"),
            ("one\n\n    two", "one\ntwo", "two", "two"),
            ("'one\n    two'", "one two", "two", "two"),
            ("one\n        two\n        three", "one\ntwo\nthree\n", "two", "two"),
            ("one\r\n        two", "one\ntwo\n", "two", "two"),
            ("one\n          two", "one\n  two\n", "two", "two"),
            ("*alias", "elsewhere", "where", "*alias"),
        ];
        for (written, value, place, expected) in cases {
            let source = format!("key: {written} # end");
            let whole = Span { file: FileId(0), start: 5, end: 5 + written.len() };
            let start = value.find(place).expect("the place is part of the value");
            let found = locate(whole, &source, value, start..start + place.len());
            assert_eq!(&source[found.range()], expected, "`{place}` in `{written}`");
        }
    }
}
