//! The part of a stream that is looked at.

use std::io::{ErrorKind, Read};
use std::{fmt, io};

/// How much is read at a time, unless a record needs more.
const FIRST_SIZE: usize = 256 * 1024;

/// A view of a stream that slides forward and widens where more has to be seen at once.
pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `start` in the stream.
    offset: u64,
    ended: bool,
    failure: Option<io::Error>,
}

impl<R> Window<R> {
    /// A view of a stream, through a buffer whatever it holds.
    pub(super) fn new(source: R, mut buffer: Vec<u8>) -> Self {
        if buffer.len() < FIRST_SIZE {
            buffer.resize(FIRST_SIZE, 0);
        }
        Self { source, buffer, start: 0, end: 0, offset: 0, ended: false, failure: None }
    }

    /// A view of all there is: the first `length` bytes of the buffer. `source` is not read.
    pub(super) fn whole(source: R, buffer: Vec<u8>, length: usize) -> Self {
        let end = length.min(buffer.len());
        Self { source, buffer, start: 0, end, offset: 0, ended: true, failure: None }
    }

    /// The buffer, to be used again.
    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// What is in view.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// At most `length` bytes of what is in view.
    pub(super) fn view(&self, length: usize) -> &[u8] {
        let bytes = self.bytes();
        bytes.get(..length).unwrap_or(bytes)
    }

    /// Offset in the stream of the first byte in view.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes the stream gave so far.
    pub(super) fn read(&self) -> u64 {
        self.offset + self.bytes().len() as u64
    }

    /// Whether what is in view is all that there is, as far as is known; not where an error
    /// keeps back the rest.
    pub(super) fn ended(&self) -> bool {
        self.ended && self.failure.is_none()
    }

    /// The error that ended the stream, if one did.
    pub(super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// How many bytes the buffer takes.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.buffer.capacity()
    }

    /// Slides over `length` bytes.
    pub(super) fn consume(&mut self, length: usize) {
        let length = length.min(self.bytes().len());
        self.start += length;
        self.offset += length as u64;
    }

    /// Slides over `length` bytes and returns them.
    pub(super) fn take(&mut self, length: usize) -> &[u8] {
        let start = self.start;
        self.consume(length);
        self.buffer.get(start..self.start).unwrap_or_default()
    }
}

impl<R: Read> Window<R> {
    /// Brings more into view, `wanted` bytes in all where the stream has them; false at its end.
    /// An error ends the stream: first what came before it is seen to.
    pub(super) fn widen(&mut self, wanted: usize) -> bool {
        let before = self.bytes().len();
        self.make_room(wanted.max(before + 1));
        while !self.ended && self.bytes().len() < wanted.max(before + 1) {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end = (self.end + read).min(self.buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
            }
        }
        self.bytes().len() > before
    }

    /// Moves what is in view to the front of a buffer that holds `wanted` bytes, where the room
    /// behind it is short.
    fn make_room(&mut self, wanted: usize) {
        let room = self.buffer.len() - self.start;
        if self.ended || room >= wanted.max(FIRST_SIZE / 2) {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
    }
}

impl<R> fmt::Debug for Window<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("offset", &self.offset)
            .field("in_view", &self.bytes().len())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
