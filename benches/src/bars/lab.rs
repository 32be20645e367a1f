//! What the groups share: corpora and programs, made once and kept, and how runs are shown.

use std::cell::RefCell;
use std::collections::HashSet;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::{Cached, Corpus, Length, Profile, RECORDS, cached};
use crate::measure::{Contender, Usage, compare};
use crate::programs::{self, Build, COMMAND, DETECTOR, Product};
use crate::rules;

/// Which rules a program has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// `benches/rules`
    Usual,
    /// Those and generated ones: a thousand.
    Thousand,
    /// Those and `benches/keyword`.
    Keyword,
}

/// Where measurements are made.
#[derive(Debug)]
pub struct Lab {
    cache: PathBuf,
    /// How often each program is run.
    pub rounds: usize,
    /// The variants of programs that were built.
    built: RefCell<HashSet<String>>,
}

impl Lab {
    /// A lab that keeps its things beside this program, in the target folder of its build.
    ///
    /// # Errors
    /// It is not known where this program is.
    pub fn new(rounds: usize) -> Result<Self, Box<dyn Error>> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or("this program is in no target folder")?;
        Ok(Self { cache: target.join("bench-cache"), rounds, built: RefCell::default() })
    }

    /// A folder of this name to keep things in.
    ///
    /// # Errors
    /// It could not be made.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Box<dyn Error>> {
        let folder = self.cache.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The usual corpus, or one of another profile.
    ///
    /// # Errors
    /// It could not be made.
    pub fn corpus(&self, profile: Profile, files: u64) -> Result<Cached, Box<dyn Error>> {
        self.made(&Corpus { profile, files, length: Length::Records(RECORDS) })
    }

    /// Files of a length.
    ///
    /// # Errors
    /// They could not be made.
    pub fn long_files(&self, files: u64, bytes: u64) -> Result<Cached, Box<dyn Error>> {
        self.made(&Corpus { profile: Profile::Usual, files, length: Length::Bytes(bytes) })
    }

    fn made(&self, corpus: &Corpus) -> Result<Cached, Box<dyn Error>> {
        Ok(cached(corpus, &self.folder("corpora")?)?)
    }

    /// The command with these rules.
    ///
    /// # Errors
    /// It does not build.
    pub fn program(&self, rules: Rules) -> Result<PathBuf, Box<dyn Error>> {
        self.variant(COMMAND, rules, false)
    }

    /// The same without instructions that not every processor has.
    ///
    /// # Errors
    /// It does not build.
    pub fn portable_program(&self, rules: Rules) -> Result<PathBuf, Box<dyn Error>> {
        self.variant(COMMAND, rules, true)
    }

    /// The detector as it is deployed, with these rules.
    ///
    /// # Errors
    /// It does not build.
    pub fn detector(&self, rules: Rules) -> Result<PathBuf, Box<dyn Error>> {
        self.variant(DETECTOR, rules, false)
    }

    /// All variants are built in one folder, as they differ in the last few crates alone, and each
    /// once.
    fn variant(
        &self,
        product: Product,
        rules: Rules,
        portable: bool,
    ) -> Result<PathBuf, Box<dyn Error>> {
        let portably = if portable { "-portable" } else { "" };
        let name = format!("{}-{rules:?}{portably}", product.program);
        let program = self.folder("programs")?.join(&name);
        if !self.built.borrow().contains(&name) {
            eprintln!("building {name}");
            let build = Build { product, portable, ..self.build(self.rules(rules)?)? };
            fs::copy(build.run()?.0, &program)?;
            self.built.borrow_mut().insert(name);
        }
        Ok(program)
    }

    /// How to build the command with rules.
    ///
    /// # Errors
    /// There is no place to build it.
    pub fn build(&self, rules: OsString) -> Result<Build, Box<dyn Error>> {
        Ok(Build { product: COMMAND, target: self.folder("build")?, rules, portable: false })
    }

    /// The directories of rules, as a list.
    ///
    /// # Errors
    /// They could not be made.
    pub fn rules(&self, rules: Rules) -> Result<OsString, Box<dyn Error>> {
        let own = rules::own();
        Ok(match rules {
            Rules::Usual => own.into(),
            Rules::Keyword => programs::list(&[&own, &rules::keyword()])?,
            Rules::Thousand => {
                let directory = self.cache.join("thousand-rules");
                rules::many(1000, &directory)?;
                directory.into()
            }
        })
    }

    /// Runs programs on a corpus and prints what they took.
    ///
    /// # Errors
    /// One of them could not be run.
    pub fn compare(
        &self,
        corpus: &Cached,
        contenders: &[Contender],
    ) -> Result<Vec<Usage>, Box<dyn Error>> {
        self.compare_times(corpus, contenders, self.rounds)
    }

    /// The same with another number of runs.
    ///
    /// # Errors
    /// One of them could not be run.
    pub fn compare_times(
        &self,
        corpus: &Cached,
        contenders: &[Contender],
        rounds: usize,
    ) -> Result<Vec<Usage>, Box<dyn Error>> {
        let usages = compare(contenders, rounds)?;
        for (contender, usage) in contenders.iter().zip(&usages) {
            show(corpus, contender, usage);
        }
        Ok(usages)
    }
}

/// Prints what a program took for a corpus.
pub fn show(corpus: &Cached, contender: &Contender, usage: &Usage) {
    println!(
        "    {:44}  {:8.1} ms CPU  {:8.1} ms  {:6.1} MiB  {:8.0} MB/s  {:9.0} records/s",
        contender.name,
        usage.cpu * 1e3,
        usage.wall * 1e3,
        usage.peak,
        corpus.size.inflated as f64 / usage.cpu / 1e6,
        corpus.size.records as f64 / usage.cpu,
    );
}

/// A scan of a folder; `threads` as the option, or as many as it takes by itself.
pub fn scan(name: &str, program: &Path, folder: &Path, threads: Option<u32>) -> Contender {
    let mut command: Vec<OsString> = vec![program.into(), "scan".into()];
    command.extend(["--matches", "--format", "ndjson", "-o", "/dev/null"].map(OsString::from));
    if let Some(threads) = threads {
        command.extend(["--threads".into(), threads.to_string().into()]);
    }
    command.push(folder.into());
    Contender::new(name, command)
}

/// A subcommand of this program, with paths.
///
/// # Errors
/// It is not known where this program is.
pub fn itself(name: &str, part: &str, paths: &[&Path]) -> Result<Contender, Box<dyn Error>> {
    let mut command: Vec<OsString> = vec![std::env::current_exe()?.into(), part.into()];
    command.extend(paths.iter().map(OsString::from));
    Ok(Contender::new(name, command))
}
