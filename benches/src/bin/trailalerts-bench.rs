//! Measures TrailAlerts: without arguments, every bar.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use trailalerts_benches::bars::{Group, Lab};
use trailalerts_benches::corpus::Profile;
use trailalerts_benches::{floor, instructions, measure, report, rules, share};

#[derive(Debug, Parser)]
#[command(about = "Measures TrailAlerts; without a command, every bar")]
struct Cli {
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Measure bars, all of them or groups
    Bars(Bars),
    /// Count instructions of a scan, with valgrind
    Instructions,
    /// Make a corpus, and say what it is like and where
    Corpus {
        profile: Profile,
        #[arg(default_value_t = 8)]
        files: u64,
    },
    /// Make a directory of so many rules
    Rules {
        directory: PathBuf,
        #[arg(default_value_t = 1000)]
        count: usize,
    },
    /// Run a program and print what it took
    #[command(hide = true)]
    Measure {
        #[arg(last = true)]
        command: Vec<OsString>,
    },
    #[command(hide = true)]
    InflateWhole { folder: PathBuf },
    #[command(hide = true)]
    InflateStream { folder: PathBuf },
    #[cfg(feature = "peers")]
    #[command(hide = true)]
    Rsigma { folder: PathBuf, rules: PathBuf },
    #[cfg(feature = "peers")]
    #[command(hide = true)]
    SigmaRust { folder: PathBuf, rules: PathBuf },
}

#[derive(Debug, clap::Args)]
struct Bars {
    /// What to measure [default: everything]
    groups: Vec<Group>,
    /// How often each program is run
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Write the table and the drawing of docs/performance.md
    #[arg(long, conflicts_with = "groups")]
    write_docs: bool,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    let all = Part::Bars(Bars { groups: Vec::new(), rounds: 7, write_docs: false });
    match cli.part.unwrap_or(all) {
        Part::Bars(options) => bars(&options),
        Part::Instructions => instructions::count(&Lab::new(1)?),
        Part::Corpus { profile, files } => {
            let corpus = Lab::new(1)?.corpus(profile, files)?;
            println!("{}\n{}", share::describe(&corpus)?, corpus.folder.display());
            Ok(())
        }
        Part::Rules { directory, count } => match fs::exists(&directory)? {
            true => Err(format!("{} is there already", directory.display()).into()),
            false => rules::many(count, &directory),
        },
        Part::Measure { command } => measure::measure(&command),
        Part::InflateWhole { folder } => floor::whole(&folder, |_| Ok(())),
        Part::InflateStream { folder } => floor::stream(&folder).map(drop),
        #[cfg(feature = "peers")]
        Part::Rsigma { folder, rules } => {
            println!("{:?}", trailalerts_benches::peers::rsigma(&folder, &rules)?);
            Ok(())
        }
        #[cfg(feature = "peers")]
        Part::SigmaRust { folder, rules } => {
            println!("{:?}", trailalerts_benches::peers::sigma_rust(&folder, &rules)?);
            Ok(())
        }
    }
}

fn bars(options: &Bars) -> Result<(), Box<dyn Error>> {
    let lab = Lab::new(options.rounds)?;
    let groups = match &options.groups[..] {
        [] => Group::value_variants(),
        groups => groups,
    };
    let mut bars = Vec::new();
    for group in groups {
        println!("{group:?}");
        let found = group.measure(&lab)?;
        for bar in &found {
            println!("  {bar}");
        }
        bars.extend(found);
    }
    let missed = bars.iter().filter(|bar| bar.met() == Some(false)).count();
    println!("{missed} of {} bars missed", bars.len());
    if options.write_docs { report::write(&bars) } else { Ok(()) }
}
