//! `trailalerts new`: a rule's skeleton, or the test records that a rule lacks.

mod frame;
mod records;
mod skeleton;

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{Failure, Outcome};

/// Arguments of `trailalerts new`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A rule file: where there is none, a skeleton is written; else the test records it lacks
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let path = &args.file;
    let is_rule = path
        .extension()
        .is_some_and(|extension| ["yml", "yaml"].iter().any(|known| extension == *known));
    if !is_rule {
        return Err(Failure::Usage(format!(
            "{} does not end in .yml: name the file of a rule; its test records go into NAME{} beside it",
            path.display(),
            sigma_compiler::test_records::SUFFIX,
        )));
    }
    if !path.exists() {
        create(path, &skeleton::skeleton(path)?)?;
        anstream::eprintln!(
            "wrote {0}; edit it, then `trailalerts new {0}` writes its test records",
            crate::output::plain(&path.display().to_string())
        );
        return Ok(Outcome::Done);
    }
    records::run(path)
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str) -> Result<(), Failure> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::io(&format!("cannot write {}", path.display()), error))
}

/// Reads a file of at most so many bytes.
fn read(path: &Path, most: u64) -> Result<String, Failure> {
    let name = format!("cannot read {}", path.display());
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_string(&mut text))
        .map_err(|error| Failure::io(&name, error))?;
    match text.len() as u64 > most {
        true => Err(Failure::Io(format!("{name}: it is larger than {most} bytes"))),
        false => Ok(text),
    }
}

/// A random UUID (version 4).
fn uuid() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Io(format!("the system gives no random numbers: {error}")))?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let (a, b, c, d, e) =
        (&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
    Ok(format!("{a}-{b}-{c}-{d}-{e}"))
}
