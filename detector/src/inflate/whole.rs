//! A whole gzip file at once: much faster than a stream, for files of which the inflated size is
//! known and small enough.

use std::fmt;

use libdeflater::Decompressor;
use memchr::memmem;

use super::GZIP_MAGIC;

/// Files of more inflated bytes are read as streams.
pub(crate) const MAX_INFLATED: usize = 16 * 1024 * 1024;

/// Deflate cannot make less than one byte of so many.
const MAX_RATIO: usize = 1032;

/// A gzip header is at least as long.
const HEADER: usize = 10;

/// Inflates whole gzip files.
pub(crate) struct Whole(Decompressor);

impl Default for Whole {
    fn default() -> Self {
        Self(Decompressor::new())
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whole").finish_non_exhaustive()
    }
}

impl Whole {
    /// Inflates a file into the begin of `buffer`, which grows where it is too short, and returns how
    /// many bytes it gave. `None` where it is not a sound gzip file of one member, or too large: it
    /// has to be read as a stream.
    pub fn inflate(&mut self, file: &[u8], buffer: &mut Vec<u8>) -> Option<usize> {
        let body = file.strip_prefix(&GZIP_MAGIC)?;
        // The last member says how long it is; of the others, nothing would be inflated.
        let said = u32::from_le_bytes(*file.last_chunk()?) as usize;
        if said > MAX_INFLATED || said > file.len().saturating_mul(MAX_RATIO) {
            return None;
        }
        let is_header = |at| body.get(at..).is_some_and(is_header);
        if memmem::find_iter(body, &GZIP_MAGIC).any(is_header) {
            return None;
        }
        if buffer.len() < said {
            // Anew: what comes from the system is zero already.
            *buffer = vec![0; said];
        }
        let inflated = self.0.gzip_decompress(file, buffer.get_mut(..said)?).ok()?;
        (inflated == said).then_some(inflated)
    }
}

/// Whether a member may begin here: method, flags, extra flags and system are values that exist.
fn is_header(bytes: &[u8]) -> bool {
    matches!(bytes.get(..HEADER), Some([_, _, 8, 0..=31, _, _, _, _, 0 | 2 | 4, 0..=13 | 255]))
}
