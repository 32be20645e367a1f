//! What the YAML scanner stumbles over, in the words of somebody who writes rules.

use saphyr_parser::ScanError;

use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    source::{FileId, Span},
};

/// Where the scanner stopped, with what was open there.
pub(super) struct Stop<'a> {
    pub file: FileId,
    pub text: &'a str,
    /// Offset of the character it stopped at.
    pub at: usize,
    /// The bracket of the innermost list or map that is written with brackets.
    pub bracket: Option<Span>,
}

/// Turns the scanner's error into a diagnostic. The scanner's own words are the last resort: it
/// knows YAML, but neither what was meant nor where the mistake began.
pub(super) fn explain(error: &ScanError, stop: &Stop<'_>) -> Diagnostic {
    let info = error.info();
    let mentions = |words: &[&str]| words.iter().any(|word| info.contains(word));
    if info.contains("recursion limit") {
        return Diagnostic::error(Code::TooDeep, "this document nests too deeply")
            .at(stop.here(), "one level too many")
            .help("flatten the document; a rule needs no more than five or six levels");
    }
    if mentions(&["quoted scalar"]) && !mentions(&["escape", "hexadecimal", "trailing"]) {
        return invalid("a quoted text does not end")
            .at(stop.here(), "it begins here")
            .help(format!("end it with {}", stop.character()));
    }
    if let Some(tab) = stop.tab() {
        let diagnostic = Diagnostic::error(Code::YamlTab, "a tab is used for indentation")
            .at(tab, "YAML allows only spaces here")
            .help("replace the tab with spaces");
        return diagnostic.edits(stop.tabs(tab));
    }
    if mentions(&["unknown escape", "escape code", "hexadecimal"]) {
        return stop.escape();
    }
    if mentions(&["unknown anchor", "anchor or alias", "unexpected character"]) {
        return stop.must_be_quoted(&format!("a text cannot begin with {}", stop.character()));
    }
    if mentions(&["trailing content after"]) {
        return invalid("there is text after the end of a quoted value").at(stop.here(), "not part of the value").help(
            "put all of the value into the quotes; inside single quotes an apostrophe is written twice",
        );
    }
    if let Some(bracket) = stop.bracket {
        return stop.not_closed(bracket);
    }
    if mentions(&["byte order mark"]) {
        return invalid("a byte order mark stands inside of the document")
            .at(stop.here(), "an invisible character")
            .help("remove the character; it belongs to the very beginning of a file, if anywhere")
            .edit(Edit::remove(stop.here()));
    }
    if mentions(&["block scalar", "block indentation"]) {
        return invalid("a block of text must begin on the line after `|` or `>`")
            .at(stop.here(), "unexpected text")
            .help("write the text on the lines below, indented deeper than its key");
    }
    if mentions(&["document start", "document-start", "document end marker"]) {
        return invalid("a document does not begin with `---`")
            .at(stop.line(stop.at), "expected `---` before this line")
            .help("write `---` on a line of its own before the document");
    }
    if mentions(&["simple key"]) {
        return stop.no_colon();
    }
    if mentions(&["mapping values are not allowed"]) {
        return stop.misplaced_colon();
    }
    if mentions(&["expected key", "'-' indicator", "sequence entries are not allowed"]) {
        return stop.stray_line();
    }
    invalid(format!("this is not valid YAML: {info}")).at(stop.here(), "the reader stopped here")
}

fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::InvalidYaml, message)
}

impl Stop<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start, end }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn here(&self) -> Span {
        let length =
            self.rest().chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8);
        self.span(self.at, self.at + length)
    }

    /// The character itself, for messages.
    fn character(&self) -> String {
        match self.rest().chars().next() {
            Some('`') => "a backtick".to_owned(),
            Some(c) => format!("`{c}`"),
            None => "the closing quote".to_owned(),
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The line around an offset, without the blanks at its ends.
    fn line(&self, at: usize) -> Span {
        let start = self.line_start(at);
        let line = self.text[start..].lines().next().unwrap_or_default();
        let text = line.trim();
        let start = start + (line.len() - line.trim_start().len());
        self.span(start, start + text.len())
    }

    /// The last line before an offset that is not blank.
    fn line_before(&self, at: usize) -> Option<Span> {
        let end = self.text[..self.line_start(at)].trim_end().len();
        (end > 0).then(|| self.line(end))
    }

    /// A tab in the indentation of the line.
    fn tab(&self) -> Option<Span> {
        let start = self.line_start(self.at);
        let line = self.text[start..].lines().next().unwrap_or_default();
        let indentation = &line[..line.len() - line.trim_start().len()];
        let tab = start + indentation.find('\t')?;
        Some(self.span(tab, tab + 1))
    }

    /// The tabs that lines are indented with: on this line, and on those that begin with one, which
    /// would be told of next. Each stands for a level of the lines that are indented with spaces.
    fn tabs(&self, first: Span) -> Vec<Edit> {
        let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let steps = self.text.lines().map(spaces).filter(|&spaces| spaces > 0);
        let level = " ".repeat(steps.min().unwrap_or(4).clamp(2, 4));
        let mut edits = Vec::new();
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let here = (start..start + line.len()).contains(&first.start);
            let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
            if here || (line.starts_with('\t') && !line.trim().is_empty()) {
                let tabs = line[..blank].match_indices('\t').map(|(at, _)| start + at);
                edits.extend(tabs.map(|at| Edit::replace(self.span(at, at + 1), level.as_str())));
            }
            start += line.len();
        }
        edits
    }

    /// The value that begins here: up to the next bracket where brackets are around it, else up to
    /// the end of the line.
    fn must_be_quoted(&self, message: &str) -> Diagnostic {
        let rest = self.rest();
        let word = rest.find(|c: char| c.is_whitespace() || ",]}".contains(c));
        let word = &rest[..word.unwrap_or(rest.len())];
        let end =
            if self.bracket.is_some() { rest.find([',', ']', '}', '\n']) } else { rest.find('\n') };
        let value = &rest[..end.unwrap_or(rest.len())];
        let value = value.split(" #").next().unwrap_or_default().trim_end();
        let before = self.text[self.line_start(self.at)..self.at].trim_end();
        let is_value = before.ends_with([':', '-', '[', ','])
            && !value.contains(": ")
            && !value.ends_with(':');
        let diagnostic = invalid(message).at(
            self.span(self.at, self.at + word.len()),
            "YAML gives this character another meaning",
        );
        match is_value {
            true => diagnostic
                .help(format!("put the text into quotes: `'{}'`", value.replace('\'', "''")))
                .edit(Edit::quote(self.span(self.at, self.at + value.len()))),
            false => diagnostic.help(format!("put the text into quotes: `'{word}'`")),
        }
    }

    fn escape(&self) -> Diagnostic {
        let known = |c: char| "0abtnvfre \"/\\N_LPxuU\t\r\n".contains(c);
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match (c, chars.clone().next()) {
                ('\\', Some((_, next))) if known(next) => _ = chars.next(),
                ('\\', Some((_, next))) => {
                    let start = self.at + at;
                    return invalid(format!("`\\{next}` means nothing inside double quotes"))
                        .at(self.span(start, start + 1 + next.len_utf8()), "")
                        .help(format!(
                            "write `\\\\{next}`, or use single quotes, where a backslash is itself"
                        ))
                        .edit(Edit::insert_before(self.span(start, start), "\\"));
                }
                ('"', _) => break,
                _ => {}
            }
        }
        invalid("an escape inside double quotes is incomplete")
            .at(self.here(), "in the text that begins here")
            .help("write `\\x` with two, `\\u` with four or `\\U` with eight hexadecimal digits")
    }

    fn not_closed(&self, bracket: Span) -> Diagnostic {
        let list = self.text.get(bracket.range()) == Some("[");
        let (what, end) = if list { ("list", "]") } else { ("map", "}") };
        let help = format!("end it with `{end}`; a text that begins with a bracket must be quoted");
        let diagnostic =
            invalid(format!("a {what} in brackets does not end, or is not well-formed"))
                .at(bracket, "it begins here");
        match self.here() {
            here if here.start < self.text.trim_end().len() => diagnostic.at(here, "unexpected"),
            _ => diagnostic,
        }
        .help(help)
    }

    fn no_colon(&self) -> Diagnostic {
        // The scanner notices it at the end of the line, or at the beginning of the next.
        let blank_before = self.text[self.line_start(self.at)..self.at].trim().is_empty();
        let line = match self.line_before(self.at) {
            Some(before) if blank_before => before,
            _ => self.line(self.at),
        };
        let text = self.text.get(line.range()).unwrap_or_default();
        let diagnostic =
            invalid("this line has no `: ` after a key").at(line, "expected a key and a value");
        let Some((key, value)) = text.split_once(':') else {
            return diagnostic.help(
                "write `key: value`; a text of several lines is indented deeper than its key",
            );
        };
        let colon = line.start + key.len() + 1;
        let diagnostic =
            diagnostic.help(format!("write a space after the colon: `{key}: {value}`"));
        match key.chars().all(|c| c.is_alphanumeric() || "_-|.".contains(c)) && !key.is_empty() {
            true => diagnostic.edit(Edit::insert_before(self.span(colon, colon), " ")),
            false => diagnostic,
        }
    }

    fn misplaced_colon(&self) -> Diagnostic {
        let line = self.line(self.at);
        let before = self.text.get(line.start..self.at).unwrap_or_default();
        if let Some((key, value)) = before.trim_start_matches("- ").split_once(": ") {
            let place = self.span(self.at - value.len(), line.end);
            let value = self.text.get(place.range()).unwrap_or_default();
            let quoted = value.replace('\'', "''");
            let diagnostic = invalid("a text that holds `: ` must be quoted")
                .at(self.here(), "this begins another value")
                .help(format!("write `{key}: '{quoted}'`"));
            return match value.contains(" #") || value.starts_with(' ') {
                true => diagnostic,
                false => diagnostic.edit(Edit::quote(place)),
            };
        }
        let diagnostic = invalid("a key stands where none can stand")
            .at(line, "this is indented deeper than the line before");
        match self.line_before(self.at) {
            Some(before) => diagnostic.at(before, "this line opens no map"),
            None => diagnostic,
        }
        .help("indent it like the line before, or end that line with `:`")
    }

    fn stray_line(&self) -> Diagnostic {
        let before = self.text.get(self.line(self.at).start..self.at).unwrap_or_default();
        if before.ends_with([']', '}', '"', '\'']) {
            return invalid("there is text after the end of a value")
                .at(self.here(), "not part of the value")
                .help("put all of the value into single quotes");
        }
        invalid("this line fits nothing around it")
            .at(
                self.line(self.at),
                "its indentation, or what it begins with, differs from its neighbours'",
            )
            .help("indent it like the other lines of the same map or list")
    }
}
