//! `trailalerts check`: what is wrong with a rules directory.

mod github;
mod json;
mod pages;
mod place;
mod sarif;

use std::path::PathBuf;

use clap::ValueEnum;
use sigma_compiler::{
    compile,
    diagnostic::{Diagnostic, Severity},
    load,
    source::SourceFile,
};

use crate::{
    Failure, Outcome,
    output::{BOLD, DIM, RESET, Sink},
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
    /// Exit with code 1 on warnings, too
    #[arg(long)]
    deny_warnings: bool,
    /// Print what a code means, with an example and its remedy, and check nothing
    #[arg(long, value_name = "CODE", exclusive = true)]
    explain: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As the Rust compiler prints them
    Text,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif,
    /// Workflow commands of GitHub Actions, which annotate lines
    Github,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    if let Some(name) = &args.explain {
        return explain(name);
    }
    let (files, found) = load(&args.directories);
    let compilation = compile(files, found);
    let mut diagnostics = compilation.diagnostics.clone();
    diagnostics.extend(compilation.check_tests().diagnostics);
    diagnostics.extend(compilation.remarks.clone());
    sigma_compiler::diagnostic::sort(&mut diagnostics);
    print(args, &diagnostics, &compilation.files)?;
    let count = |severity| diagnostics.iter().filter(|each| each.severity == severity).count();
    let (errors, warnings, rules) =
        (count(Severity::Error), count(Severity::Warning), compilation.set.rules.len());
    anstream::eprintln!("{BOLD}{rules} rules, {errors} errors, {warnings} warnings{RESET}");
    let worst = diagnostics.iter().rev().max_by_key(|each| each.severity);
    if let Some(worst) = worst.filter(|each| each.severity > Severity::Note)
        && args.format == Format::Text
    {
        let code = worst.code.name();
        anstream::eprintln!("{DIM}`trailalerts check --explain {code}` says more{RESET}");
    }
    let failed = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(if failed { Outcome::Findings } else { Outcome::Done })
}

fn explain(name: &str) -> Result<Outcome, Failure> {
    let page = pages::named(name)?;
    let mut sink = Sink::open(None)?;
    sink.write(page.as_bytes())?;
    sink.finish()?;
    Ok(Outcome::Done)
}

fn print(args: &Args, diagnostics: &[Diagnostic], files: &[SourceFile]) -> Result<(), Failure> {
    let mut sink = Sink::open(None)?;
    if args.format == Format::Sarif {
        let directory = args.directories.first().map(|path| path.to_string_lossy());
        let log = sarif::log(diagnostics, files, &directory.unwrap_or_default());
        sink.write(&serde_json::to_vec_pretty(&log).unwrap_or_default())?;
        sink.write(b"\n")?;
        return sink.finish();
    }
    for diagnostic in diagnostics {
        let text = match args.format {
            Format::Json => json::line(diagnostic, files),
            Format::Github => github::command(diagnostic, files),
            Format::Text | Format::Sarif => format!("{}\n\n", diagnostic.render(files, true)),
        };
        sink.write(text.as_bytes())?;
    }
    sink.finish()
}
