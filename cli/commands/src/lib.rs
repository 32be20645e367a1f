//! The `trailalerts` command without its rules: compiled rules over local CloudTrail logs, and the
//! tools of a rule author. The program hands it the rules that are compiled in.

mod check;
mod compiled;
mod expand;
mod explain;
mod new;
mod occurrences;
mod output;
mod rules;
mod scan;
mod suggest;
pub mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use compiled::Compiled;

/// Detection for AWS CloudTrail with rules compiled to native code.
#[derive(Debug, Parser)]
#[command(name = "trailalerts", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find what the compiled rules say of CloudTrail logs: files, folders, `-` for standard input
    Scan(scan::Args),
    /// Propose a threshold for a rule from its matches in past logs, and draw them
    SuggestThreshold(suggest::Args),
    /// Check a rules directory and print what is wrong with it
    Check(check::Args),
    /// Run the rules' own test records against the compiled rules
    Test(test::Args),
    /// Say why each compiled rule did or did not match a record
    Explain(explain::Args),
    /// Write a rule's skeleton, or the test records that a rule lacks
    New(new::Args),
    /// Print the generated Rust of a rule
    Expand(expand::Args),
    /// Show what is compiled in
    Rules(rules::Args),
}

/// How a command ended; the exit codes are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0: all was done.
    Done,
    /// 1: there are findings that were asked to fail.
    Findings,
    /// 3: some input could not be read; the rest was done.
    Unreadable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Findings => 1,
            Outcome::Unreadable => 3,
        })
    }
}

/// An error that ends a command: its message, and exit code 2 where the command was misused, 3
/// where something could not be read or written.
#[derive(Debug)]
pub enum Failure {
    /// The command was misused.
    Usage(String),
    /// Something could not be read or written.
    Io(String),
    /// Whoever reads the output has enough.
    OutputClosed,
}

impl Failure {
    fn io(what: &str, error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::OutputClosed,
            _ => Failure::Io(format!("{what}: {error}")),
        }
    }
}

/// Runs the command that the process was started with, with the rules that are compiled into it.
pub fn main(compiled: Compiled) -> ExitCode {
    let result = match Cli::parse().command {
        Command::Scan(args) => scan::run(&args, compiled.rule_set),
        Command::SuggestThreshold(args) => suggest::run(&args, compiled),
        Command::Check(args) => check::run(&args),
        Command::Test(args) => test::run(&args, compiled),
        Command::Explain(args) => explain::run(&args, compiled),
        Command::New(args) => new::run(&args),
        Command::Expand(args) => expand::run(&args, compiled),
        Command::Rules(args) => rules::run(&args, compiled),
    };
    let (message, code) = match result {
        Ok(outcome) => return outcome.into(),
        Err(Failure::OutputClosed) => return ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => (message, 2),
        Err(Failure::Io(message)) => (message, 3),
    };
    anstream::eprintln!("{}error:{} {message}", output::ERROR, output::RESET);
    ExitCode::from(code)
}
