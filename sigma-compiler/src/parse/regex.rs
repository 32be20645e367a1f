//! Regular expressions of rules and exceptions.

use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    node::locate,
    source::Spanned,
};

/// What is wrong with a regular expression, at the place where it is wrong. `flags` are put before
/// the pattern, for example `(?i)`; `source` is the text of the file.
pub fn check_regex(flags: &str, pattern: &Spanned<String>, source: &str) -> Option<Diagnostic> {
    let text = format!("{flags}{}", pattern.value);
    let error = |message: &str, range: Option<(usize, usize)>| {
        let inside = range.and_then(|(start, end)| {
            let range = start.checked_sub(flags.len())?..end.checked_sub(flags.len())?;
            Some(locate(pattern.span, source, &pattern.value, range))
        });
        let message = format!("this regular expression does not compile: {message}");
        Diagnostic::error(Code::InvalidRegex, message).at(inside.unwrap_or(pattern.span), "")
    };
    let (message, span) = match regex_syntax::Parser::new().parse(&text) {
        Ok(_) if regex::Regex::new(&text).is_ok() => return None,
        Ok(_) => {
            let message = "it becomes too large, mostly because of counted repetitions";
            return Some(error(message, None).help("lower the counts, or use `*` or `+`"));
        }
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), *error.span()),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), *error.span()),
        Err(other) => return Some(error(&other.to_string(), None)),
    };
    let place_of = |at: usize| locate(pattern.span, source, &pattern.value, at..at + 1);
    let diagnostic = |message: &str| error(message, Some((span.start.offset, span.end.offset)));
    Some(if message.contains("look-around") {
        diagnostic("it looks ahead or behind, which is not supported").help(
            "say what must match without it; a rule leaves out the rest with `selection and not filter`",
        )
    } else if message.contains("backreference") {
        diagnostic("it refers back to a group, which is not supported")
            .help("list the values, or compare two fields with `fieldref`")
    } else if message.contains("unrecognized escape") {
        let diagnostic = diagnostic("this escape means nothing");
        match (text.get(span.start.offset..span.end.offset), diagnostic.span()) {
            // Other dialects write so where a text ends.
            (Some("\\Z"), Some(place)) => diagnostic
                .help("write `\\z` for the end of the text")
                .edit(Edit::rename(place, "Z", "z")),
            _ => diagnostic
                .help("write a letter without a backslash, and `\\\\` for a backslash itself"),
        }
    } else if message.contains("repetition operator missing expression") {
        let diagnostic = diagnostic("there is nothing to repeat")
            .help("write `.*` for any text, or `\\*` for a star itself");
        let star = pattern.value.starts_with('*').then(|| place_of(0));
        let star = star.filter(|place| source.get(place.range()) == Some("*"));
        diagnostic.edits(star.map(|star| Edit::insert_before(star, ".")))
    } else if message.contains("unclosed group") {
        diagnostic("this group does not end")
            .help("end it with `)`, or write `\\(` for a parenthesis itself")
    } else if message.contains("unopened group") {
        diagnostic("this ends no group").help("remove it, or write `\\)` for a parenthesis itself")
    } else if message.contains("unclosed character class") {
        diagnostic("this set of characters does not end")
            .help("end it with `]`, or write `\\[` for a bracket itself")
    } else if message.contains("repetition quantifier") || message.contains("counted repetition") {
        // What cannot be meant as a repetition is meant as a brace.
        let is_brace = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit() || c == ',');
        let brace = text.get(..span.end.offset).and_then(|before| before.rfind('{'));
        let brace = brace
            .and_then(|at| at.checked_sub(flags.len()))
            .filter(|at| is_brace(&pattern.value[at + 1..]));
        let diagnostic = diagnostic(&message).help(
            "write `{n}` or `{n,m}` to repeat what is before it, or `[{]` for a brace itself",
        );
        let place = brace.map(place_of).filter(|place| source.get(place.range()) == Some("{"));
        diagnostic.edits(place.map(|place| Edit::replace(place, "[{]")))
    } else {
        diagnostic(&message)
    })
}
