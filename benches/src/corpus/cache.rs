//! Corpora are made once and kept.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::{Corpus, Generator, Size};

/// A corpus in a folder.
#[derive(Debug, Clone)]
pub struct Cached {
    /// The folder, with nothing but the files.
    pub folder: PathBuf,
    /// What is in all of them.
    pub size: Size,
}

/// The corpus in a folder below `cache`, which is made if it is not there.
///
/// # Errors
/// What went wrong, with the path.
pub fn cached(corpus: &Corpus, cache: &Path) -> Result<Cached, String> {
    let folder = cache.join(corpus.to_string());
    let size_file = folder.with_extension("size.json");
    if let Ok(json) = fs::read_to_string(&size_file)
        && let Ok(size) = serde_json::from_str(&json)
    {
        return Ok(Cached { folder, size });
    }
    eprintln!("making {}", folder.display());
    let told = |error: io::Error| format!("cannot write {}: {error}", folder.display());
    let size = write(corpus, &folder)?;
    // Written last: without it, the corpus is not complete.
    let json = serde_json::to_string(&size).map_err(|error| told(error.into()))?;
    fs::write(size_file, json).map_err(told)?;
    Ok(Cached { folder, size })
}

/// Writes a corpus to a folder, with what is there removed.
fn write(corpus: &Corpus, folder: &Path) -> Result<Size, String> {
    let told = |error: io::Error| format!("cannot write {}: {error}", folder.display());
    let generator = Generator::new()?;
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(told(error)),
        _ => fs::create_dir_all(folder).map_err(told)?,
    }
    let mut sum = Size::default();
    for file in 0..corpus.files {
        let path = folder.join(Generator::file_name(file));
        let out = BufWriter::new(File::create(path).map_err(told)?);
        let size = generator.stored(corpus, file, out).map_err(told)?;
        sum.records += size.records;
        sum.inflated += size.inflated;
        sum.stored += size.stored;
    }
    Ok(sum)
}
