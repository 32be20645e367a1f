//! Workflow commands of GitHub Actions, which annotate the lines of a change.

use std::fmt::Write as _;

use sigma_compiler::{
    diagnostic::{Diagnostic, Severity},
    source::SourceFile,
};

use super::place;

/// The command for one diagnostic, with its line end.
pub fn command(diagnostic: &Diagnostic, files: &[SourceFile]) -> String {
    let mut command = match diagnostic.severity {
        Severity::Error => "::error ",
        Severity::Warning => "::warning ",
        Severity::Note => "::notice ",
    }
    .to_owned();
    if let Some(label) = diagnostic.labels.first() {
        let file = &files[label.span.file.0];
        let _ = write!(command, "file={},", property(&place::path(&file.path)));
        if let Some(region) = place::region(label, file) {
            let _ = write!(command, "line={},", region.line);
            // Columns are refused on a range of several lines.
            if region.line == region.end_line {
                let _ = write!(command, "col={},", region.column);
            }
            let _ = write!(command, "endLine={},", region.end_line);
            if region.line == region.end_line {
                let _ = write!(command, "endColumn={},", region.end_column);
            }
        }
    }
    let (title, message) = (property(diagnostic.code.name()), data(&place::message(diagnostic)));
    let _ = writeln!(command, "title={title}::{message}");
    command
}

/// Text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, where two more characters have a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
