//! How changes fit into the way a file is written. Each is `None` where that leaves no sure place.

use super::Change;
use crate::{
    node::is_plain_text,
    source::{SourceFile, Span},
};

fn written(files: &[SourceFile], span: Span) -> Option<(&SourceFile, &str)> {
    let file = files.get(span.file.0)?;
    Some((file, file.text.get(span.range())?))
}

fn is_json(file: &SourceFile) -> bool {
    file.path.ends_with(".json")
}

/// `new` in the place of `found`, which stands within the span.
pub fn rename(files: &[SourceFile], span: Span, found: &str, new: &str) -> Option<Change> {
    let (_, within) = written(files, span)?;
    let at = within.find(found)?;
    let fits = match within.as_bytes().first()? {
        quote @ (b'"' | b'\'') if at > 0 => !new.contains([char::from(*quote), '\\', '\n']),
        // The name of an alias, whose value stands elsewhere.
        b'*' if at == 1 && within.len() == 1 + found.len() => false,
        _ if new.is_empty() => true,
        _ if within.len() == found.len() => is_plain_text(new),
        _ => !new.contains(['"', '\'', '\\', '\n', '#']) && !new.contains(": "),
    };
    let start = span.start + at;
    let span = Span { start, end: start + found.len(), ..span };
    fits.then(|| Change { span, text: new.to_owned() })
}

/// A value of one line in quotes.
pub fn quote(files: &[SourceFile], span: Span) -> Option<Change> {
    let (file, within) = written(files, span)?;
    let plain = !within.is_empty()
        && within == within.trim()
        && !within.starts_with(['"', '\'', '|', '>'])
        && !within.contains('\n');
    let text = match is_json(file) {
        true if within.contains(['"', '\\', '{', '[']) => return None,
        true => format!("\"{within}\""),
        false => format!("'{}'", within.replace('\'', "''")),
    };
    plain.then_some(Change { span, text })
}

/// A value without the quotes around it.
pub fn unquote(files: &[SourceFile], span: Span) -> Option<Change> {
    let (_, within) = written(files, span)?;
    let quote = within.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = within.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !inner.is_empty() && !inner.contains(['"', '\'', '\\', '\n']);
    plain.then(|| Change { span, text: inner.to_owned() })
}

/// A value of one line in brackets.
pub fn list(files: &[SourceFile], span: Span) -> Option<Change> {
    let (file, within) = written(files, span)?;
    let quoted = within.starts_with(['"', '\'']);
    let fits = !within.is_empty()
        && (is_json(file) || !within.contains('\n'))
        // A plain text may hold what ends an element of a list in brackets, or begin a block.
        && (quoted || is_json(file) || !within.contains([',', '[', ']', '{', '}', '|', '>', '&', '*']))
        && (is_json(file) || !before_on_line(&file.text, span).trim_start().is_empty());
    fits.then(|| Change { span, text: format!("[{within}]") })
}

/// An entry of a map or an element of a list goes, with the comma or the lines that are its own.
pub fn remove_entry(files: &[SourceFile], span: Span) -> Option<Change> {
    let (file, within) = written(files, span)?;
    let text = file.text.as_str();
    let span = Span { end: span.start + within.trim_end().len(), ..span };
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let next = after.trim_start();
    let change = |start: usize, end: usize| {
        Some(Change { span: Span { start, end, ..span }, text: String::new() })
    };
    if let Some(rest) = next.strip_prefix(',') {
        let comma = text.len() - rest.len();
        let line_end = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        let blank_before = before_on_line(text, span).trim().is_empty();
        return match rest[..line_end].trim().is_empty() {
            true if blank_before => change(line_start(text, span.start), comma + line_end),
            _ => change(span.start, comma + rest.len() - rest.trim_start_matches(' ').len()),
        };
    }
    if next.starts_with(['}', ']']) {
        let before = before.trim_end();
        return match before.strip_suffix(',') {
            Some(before) => change(before.len(), span.end),
            None if before.ends_with(['{', '[']) => change(span.start, span.end),
            None => None,
        };
    }
    if is_json(file) || !ends_line(text, span.end) {
        return None;
    }
    let line_end = span.end + after.find('\n').map_or(after.len(), |newline| newline + 1);
    let alone = match before_on_line(text, span).trim() {
        "" => true,
        // The first entry of a map in a list carries the dash for those below it.
        "-" => {
            let column = span.start - line_start(text, span.start);
            let below = text[line_end..].lines().find(|line| !line.trim().is_empty());
            below.is_none_or(|line| line.len() - line.trim_start().len() < column)
        }
        _ => false,
    };
    alone.then(|| change(line_start(text, span.start), line_end))?
}

/// Lines below an entry of a map in block style.
pub fn add_below(files: &[SourceFile], span: Span, lines: &str) -> Option<Change> {
    let (file, within) = written(files, span)?;
    let text = file.text.as_str();
    let indentation = before_on_line(text, span).trim_start_matches('\u{feff}');
    let end = span.start + within.trim_end().len();
    let next = text[end..].lines().skip(1).find(|line| !line.trim().is_empty());
    let closes = next.is_some_and(|line| line.trim_start().starts_with(['}', ']', ',']));
    if is_json(file) || !indentation.chars().all(|c| c == ' ') || !ends_line(text, end) || closes {
        return None;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: Vec<String> = lines.lines().map(|line| format!("{indentation}{line}")).collect();
    let lines = lines.join(newline);
    let (at, text) = match text[end..].find('\n') {
        Some(line_end) => (end + line_end + 1, lines + newline),
        None => (text.len(), format!("{newline}{lines}")),
    };
    Some(Change { span: Span { start: at, end: at, ..span }, text })
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// What stands before a span on its line.
fn before_on_line(text: &str, span: Span) -> &str {
    &text[line_start(text, span.start)..span.start]
}

/// Whether nothing but a comment follows on the line.
fn ends_line(text: &str, at: usize) -> bool {
    let rest = text[at..].lines().next().unwrap_or_default();
    rest.trim().is_empty() || (rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#'))
}
