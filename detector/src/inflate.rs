//! The bytes of a log file, inflated where they are gzip.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

#[cfg(test)]
mod tests;
mod whole;

pub(crate) use whole::{MAX_INFLATED, Whole};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The largest window that deflate knows, as a power of two: 32 KiB.
const WINDOW_BITS: u8 = 15;

/// Reads gzip inflated, known by its first two bytes, and anything else as it is.
///
/// A gzip file may have any number of members, and zeros after the last one. Where it is damaged,
/// truncated or followed by something else, reading fails with an [`InflateError`] inside the
/// [`io::Error`], after everything in front of the damage was given out. Memory is bounded by
/// deflate's window, whatever the file says.
#[derive(Debug)]
pub struct Inflate<R> {
    source: Source<R>,
    state: State,
}

/// What the next bytes of the source are.
#[derive(Debug)]
enum State {
    Start,
    Plain,
    Member(Decompress),
    AfterMember,
    Padding,
    End,
    Damaged(InflateError),
}

/// What is wrong with a gzip file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InflateError {
    /// How far the compressed file was read when the damage showed, in bytes.
    pub compressed_offset: u64,
    /// What is wrong there.
    pub reason: String,
    kind: io::ErrorKind,
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at compressed byte {}", self.reason, self.compressed_offset)
    }
}

impl Error for InflateError {}

impl From<InflateError> for io::Error {
    fn from(error: InflateError) -> Self {
        Self::new(error.kind, error)
    }
}

impl<R: BufRead> Inflate<R> {
    /// Reads `source` from its first byte on.
    pub fn new(source: R) -> Self {
        Self { source: Source { inner: source, ahead: Vec::new(), offset: 0 }, state: State::Start }
    }

    /// Inflates what the source has ready into `out`; `Ok(0)` says only that nothing came of it.
    fn inflate(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let State::Member(member) = &mut self.state else {
            return Ok(0);
        };
        let (read, written) = (member.total_in(), member.total_out());
        let input = self.source.fill()?;
        let at_end = input.is_empty();
        let status = member.decompress(input, out, FlushDecompress::None);
        let read = count(member.total_in() - read);
        let written = count(member.total_out() - written);
        self.source.consume(read);
        match status {
            Ok(Status::StreamEnd) => self.state = State::AfterMember,
            Ok(_) if read > 0 || written > 0 => {}
            Ok(_) if at_end => {
                self.damage(io::ErrorKind::UnexpectedEof, "gzip data ends too early");
            }
            Ok(_) => self.damage(io::ErrorKind::InvalidData, "damaged gzip data"),
            Err(error) => {
                // The first of these in zlib's words, the other ones are many.
                let reason = match error.message() {
                    Some("incorrect data check") => "gzip data that does not fit its checksum",
                    _ => "damaged gzip data",
                };
                self.damage(io::ErrorKind::InvalidData, reason);
            }
        }
        Ok(written)
    }

    /// Decides what follows a member.
    fn after_member(&mut self) -> io::Result<()> {
        match self.source.ahead()? {
            [] => self.state = State::End,
            [0, ..] => self.state = State::Padding,
            ahead if *ahead == GZIP_MAGIC => self.state = new_member(),
            _ => self.trailing_garbage(),
        }
        Ok(())
    }

    /// Skips zeros up to the end of the file.
    fn padding(&mut self) -> io::Result<()> {
        let bytes = self.source.fill()?;
        let zeros = bytes.iter().position(|&byte| byte != 0);
        match (bytes.len(), zeros) {
            (0, _) => self.state = State::End,
            (length, None) => self.source.consume(length),
            (_, Some(zeros)) => {
                self.source.consume(zeros);
                self.trailing_garbage();
            }
        }
        Ok(())
    }

    fn trailing_garbage(&mut self) {
        self.damage(io::ErrorKind::InvalidData, "something that is not gzip follows the gzip data");
    }

    fn damage(&mut self, kind: io::ErrorKind, reason: impl Into<String>) {
        let compressed_offset = self.source.offset;
        self.state =
            State::Damaged(InflateError { compressed_offset, reason: reason.into(), kind });
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match &self.state {
                State::Start => {
                    let gzip = *self.source.ahead()? == GZIP_MAGIC;
                    self.state = if gzip { new_member() } else { State::Plain };
                }
                State::Plain => {
                    let mut bytes = self.source.fill()?;
                    let read = bytes.read(out)?;
                    self.source.consume(read);
                    return Ok(read);
                }
                State::Member(_) => match self.inflate(out) {
                    Ok(0) => {}
                    Ok(written) => return Ok(written),
                    Err(error) => return Err(self.source.failed(error)),
                },
                State::AfterMember => self.after_member()?,
                State::Padding => self.padding()?,
                State::End => return Ok(0),
                State::Damaged(error) => return Err(error.clone().into()),
            }
        }
    }
}

fn new_member() -> State {
    State::Member(Decompress::new_gzip(WINDOW_BITS))
}

/// A count of bytes in one buffer.
fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The compressed bytes, with a look at the next two of them.
#[derive(Debug)]
struct Source<R> {
    inner: R,
    /// Bytes taken from `inner` and not consumed yet.
    ahead: Vec<u8>,
    /// How many bytes were consumed.
    offset: u64,
}

impl<R: BufRead> Source<R> {
    /// Some of the bytes that come next; none at the end.
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.ahead.is_empty() { self.inner.fill_buf() } else { Ok(&self.ahead) }
    }

    /// The next two bytes, or what is left of them at the end.
    fn ahead(&mut self) -> io::Result<&[u8]> {
        while self.ahead.len() < GZIP_MAGIC.len() {
            let Some(&byte) = self.inner.fill_buf()?.first() else {
                break;
            };
            self.inner.consume(1);
            self.ahead.push(byte);
        }
        Ok(&self.ahead)
    }

    /// Takes away the first `amount` of the bytes that [`fill`](Self::fill) showed.
    fn consume(&mut self, amount: usize) {
        self.offset += amount as u64;
        if self.ahead.is_empty() {
            self.inner.consume(amount);
        } else {
            self.ahead.drain(..amount.min(self.ahead.len()));
        }
    }

    /// An error of the source, with the place where it struck; an interruption stays as it is.
    fn failed(&self, error: io::Error) -> io::Error {
        match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => {
                let (reason, compressed_offset) = (error.to_string(), self.offset);
                InflateError { compressed_offset, reason, kind }.into()
            }
        }
    }
}
