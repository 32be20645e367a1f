//! Findings as JSON objects, one a line.

use serde::Serialize;
use sigma_compiler::{
    diagnostic::{Change, Diagnostic, Label},
    source::SourceFile,
};

use super::place::{Region, exact_region, region};

#[derive(Serialize)]
struct Row<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    severity: &'a str,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    edits: Vec<Edit<'a>>,
    places: Vec<Place<'a>>,
}

/// A change of a file.
#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    #[serde(flatten)]
    region: Region,
    text: String,
}

/// A place that a finding is about, or that explains it.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    label: &'a str,
}

/// One line.
pub fn line(diagnostic: &Diagnostic, files: &[SourceFile]) -> String {
    format!("{}\n", serde_json::to_string(&row(diagnostic, files)).unwrap_or_default())
}

fn row<'a>(diagnostic: &'a Diagnostic, files: &'a [SourceFile]) -> Row<'a> {
    let place = diagnostic.span().map(|span| (&files[span.file.0], span));
    let position = place.map(|(file, span)| file.line_column(span.start));
    Row {
        file: place.map(|(file, _)| file.path.as_str()),
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        severity: diagnostic.severity.name(),
        code: diagnostic.code.name(),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        edits: diagnostic.changes(files).into_iter().map(|change| edit(change, files)).collect(),
        places: diagnostic.labels.iter().map(|label| labelled(label, files)).collect(),
    }
}

fn edit(change: Change, files: &[SourceFile]) -> Edit<'_> {
    let file = &files[change.span.file.0];
    Edit { file: &file.path, region: exact_region(change.span, file), text: change.text }
}

fn labelled<'a>(label: &'a Label, files: &'a [SourceFile]) -> Place<'a> {
    let file = &files[label.span.file.0];
    let region = region(label, file);
    Place {
        file: &file.path,
        line: region.map(|region| region.line),
        column: region.map(|region| region.column),
        end_line: region.map(|region| region.end_line),
        end_column: region.map(|region| region.end_column),
        label: &label.text,
    }
}
