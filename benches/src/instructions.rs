//! Counts instructions, which do not vary from run to run as times do.

use std::error::Error;
use std::io;
use std::process::Command;

use crate::bars::{Lab, Rules};
use crate::corpus::Profile;

/// Scans one file under valgrind, and prints how many instructions that took.
///
/// Valgrind knows fewer instructions than many a processor, and says so to programs that ask: it may
/// count another path through the code than the one that runs without it.
///
/// # Errors
/// The command does not build or run.
pub fn count(lab: &Lab) -> Result<(), Box<dyn Error>> {
    let corpus = lab.corpus(Profile::Usual, 1)?;
    let program = lab.program(Rules::Usual)?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["scan", "--matches", "--format", "ndjson", "--threads", "1", "-o", "/dev/null"])
        .arg(&corpus.folder)
        .output();
    let output = match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("not counted: valgrind is not installed");
            return Ok(());
        }
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the scan failed under valgrind: {}", said.trim()).into());
    }
    let count = said.lines().find_map(|line| line.split_once("Collected : "));
    let count: u64 = count.ok_or("valgrind did not say how many")?.1.trim().parse()?;
    println!(
        "{count} instructions: {:.1} a record, {:.3} a byte",
        count as f64 / corpus.size.records as f64,
        count as f64 / corpus.size.inflated as f64,
    );
    Ok(())
}
