//! Which files a scan reads, and in which order.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::Failure;

/// Endings of files that are read from folders; a file that is named is read whatever its name.
const LOG_ENDINGS: [&str; 6] = [".json", ".gz", ".ndjson", ".jsonl", ".log", ".txt"];

/// One file to read.
#[derive(Debug)]
pub struct Input {
    /// Its path; `-` is standard input.
    pub path: PathBuf,
    /// Its size in bytes; 0 where it is not known.
    pub bytes: u64,
    /// Its place among the inputs, from 0.
    pub number: u32,
}

impl Input {
    /// The path as rows and messages show it, `/` on every platform.
    pub fn name(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }

    /// Whether it is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path == Path::new("-")
    }
}

/// The inputs that the paths name, and how many other files the folders among them hold.
///
/// Files of a folder are ordered by the time in CloudTrail's file names, then by path, so that
/// rows appear roughly in the order of what happened, and always in the same order.
pub fn find(paths: &[PathBuf]) -> Result<(Vec<Input>, u64), Failure> {
    let (mut inputs, mut others) = (Vec::new(), 0);
    for path in paths {
        if path == Path::new("-") {
            inputs.push(Input { path: path.clone(), bytes: 0, number: 0 });
            continue;
        }
        let metadata = path
            .metadata()
            .map_err(|error| Failure::Io(format!("cannot read {}: {error}", path.display())))?;
        if !metadata.is_dir() {
            inputs.push(Input { path: path.clone(), bytes: metadata.len(), number: 0 });
            continue;
        }
        let mut found = Vec::new();
        for entry in WalkDir::new(path) {
            let entry = entry
                .map_err(|error| Failure::Io(format!("cannot read {}: {error}", path.display())))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let name = entry.file_name().to_string_lossy().to_lowercase();
            if !LOG_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                others += 1;
                continue;
            }
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            found.push(Input { path: entry.into_path(), bytes, number: 0 });
        }
        found.sort_by_cached_key(|input| (delivery_time(&input.path), input.path.clone()));
        inputs.extend(found);
    }
    for (number, input) in (0..).zip(&mut inputs) {
        input.number = number;
    }
    Ok((inputs, others))
}

/// `20261118T1005Z` of `111122223333_CloudTrail_us-east-1_20261118T1005Z_AbCd.json.gz`.
fn delivery_time(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let time = name.split('_').find(|part| {
        part.len() == 14
            && part.bytes().enumerate().all(|(at, byte)| match at {
                8 => byte == b'T',
                13 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            })
    })?;
    Some(time.to_owned())
}
