//! `trailalerts check`: what is wrong with a rules directory.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;
use sigma_compiler::{
    compile,
    diagnostic::{Diagnostic, Severity},
    load,
    source::SourceFile,
};

use crate::{
    Failure, Outcome,
    output::{BOLD, RESET, Sink},
};

/// Arguments of `trailalerts check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rules directories
    #[arg(value_name = "DIR", default_value = "rules")]
    directories: Vec<PathBuf>,
    /// How diagnostics are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As the Rust compiler prints them
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Serialize)]
struct Row<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    severity: &'a str,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let (files, found) = load(&args.directories);
    let compilation = compile(files, found);
    let mut diagnostics = compilation.diagnostics.clone();
    diagnostics.extend(compilation.check_tests().diagnostics);
    sigma_compiler::diagnostic::sort(&mut diagnostics);
    let mut sink = Sink::open(None)?;
    for diagnostic in &diagnostics {
        let text = match args.format {
            Format::Text => format!("{}\n\n", diagnostic.render(&compilation.files, true)),
            Format::Json => format!(
                "{}\n",
                serde_json::to_string(&row(diagnostic, &compilation.files)).unwrap_or_default()
            ),
        };
        sink.write(text.as_bytes())?;
    }
    sink.finish()?;
    let count = |severity| diagnostics.iter().filter(|each| each.severity == severity).count();
    let (errors, warnings, rules) =
        (count(Severity::Error), count(Severity::Warning), compilation.set.rules.len());
    anstream::eprintln!("{BOLD}{rules} rules, {errors} errors, {warnings} warnings{RESET}");
    Ok(if errors > 0 { Outcome::Findings } else { Outcome::Done })
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
    }
}
