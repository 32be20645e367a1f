//! The least that has to be done with a folder of gz files: to inflate them.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;

/// How much is read at a time from a stream.
const STREAM_BYTES: usize = 64 * 1024;

/// The files of a folder, by name.
///
/// # Errors
/// The folder cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut files = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<PathBuf>, _>>()?;
    files.sort();
    Ok(files)
}

/// Inflates every file as a whole with libdeflate, into a buffer that is used again; gives each to
/// `visit`.
///
/// # Errors
/// A file cannot be read, or is not gzip of one member.
pub fn whole(
    folder: &Path,
    mut visit: impl FnMut(&[u8]) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let (mut stored, mut inflated) = (Vec::new(), Vec::new());
    let mut decompressor = Decompressor::new();
    for path in files(folder)? {
        let told = |error: &dyn Error| format!("cannot inflate {}: {error}", path.display());
        stored.clear();
        File::open(&path)
            .and_then(|mut file| file.read_to_end(&mut stored))
            .map_err(|error| told(&error))?;
        let length = stored.last_chunk().copied().map_or(0, u32::from_le_bytes) as usize;
        if inflated.len() < length {
            inflated.resize(length, 0);
        }
        let length = decompressor
            .gzip_decompress(&stored, &mut inflated[..])
            .map_err(|error| told(&error))?;
        visit(&inflated[..length])?;
    }
    Ok(())
}

/// Inflates every file as a stream with flate2, a part at a time; returns the sum of their lengths.
///
/// # Errors
/// A file cannot be read, or is not gzip.
pub fn stream(folder: &Path) -> Result<u64, Box<dyn Error>> {
    let mut part = vec![0; STREAM_BYTES];
    let mut sum = 0;
    for path in files(folder)? {
        let told = |error: std::io::Error| format!("cannot inflate {}: {error}", path.display());
        let file = File::open(&path).map_err(told)?;
        let mut file = GzDecoder::new(BufReader::with_capacity(STREAM_BYTES, file));
        loop {
            match file.read(&mut part).map_err(told)? {
                0 => break,
                length => sum += length as u64,
            }
        }
    }
    Ok(sum)
}
