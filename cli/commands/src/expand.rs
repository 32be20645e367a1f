//! `trailalerts expand`: the generated Rust of a rule.

use crate::{Compiled, Failure, Outcome, compiled, output::Sink};

/// Arguments of `trailalerts expand`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Title, id or file name of the rule
    rule: String,
}

/// Runs the command.
pub fn run(args: &Args, compiled: Compiled) -> Result<Outcome, Failure> {
    let compilation = compiled.compile_again();
    let rule = compiled::find(&compilation, &args.rule)?;
    let mut sink = Sink::open(None)?;
    sink.write(compilation.expand(rule).as_bytes())?;
    sink.finish()?;
    Ok(Outcome::Done)
}
