//! `cargo zips`: the deployment packages of the Lambda functions.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use trailalerts_zips::{Options, Zip, build};

/// Builds the detector and the processor for AWS Lambda, and zips each one. The same source has the
/// same bytes.
#[derive(Debug, Parser)]
#[command(name = "cargo zips", bin_name = "cargo zips", version)]
struct Cli {
    /// For which machine: x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu [default: this one]
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Where to put the zips [default: lambda-zips in the target directory]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How to say what was built
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One JSON array
    Json,
}

fn main() -> ExitCode {
    let Cli { target, out, format } = Cli::parse();
    let zips = match build(&Options { target, out }) {
        Ok(zips) => zips,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match print(&zips, format) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: what was built cannot be printed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(zips: &[Zip], format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Text => {
            for zip in zips {
                let Zip { zip_bytes, binary_bytes, sha256, .. } = zip;
                writeln!(out, "{}", zip.path.display())?;
                writeln!(out, "  size    {zip_bytes} bytes, the executable {binary_bytes}")?;
                writeln!(out, "  glibc   {}", zip.glibc.as_deref().unwrap_or("none"))?;
                writeln!(out, "  sha256  {sha256}")?;
            }
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, zips)?;
            writeln!(out)?;
        }
    }
    out.flush()
}
