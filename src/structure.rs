//! Where the brackets and colons of JSON text stand: all that is needed to find records and their
//! fields without reading every byte of them one by one.
//!
//! 64 bytes at a time are turned into bit masks, one bit a byte, and those into positions. Nothing
//! is validated but what costs next to nothing to see: [`Structure::is_regular`] tells whether a
//! part of the text shows any sign of damage, or of being written in an unusual way.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod block;
mod portable;

#[cfg(test)]
mod tests;

/// Positions of the brackets and colons outside of strings, in ascending order.
#[derive(Debug, Default)]
pub struct Structure {
    positions: Vec<u32>,
    /// Begins of the 64-byte blocks in which something is irregular.
    irregular: Vec<u32>,
    /// Begins of the 64-byte blocks that hold a backslash.
    escapes: Vec<u32>,
}

impl Structure {
    /// An empty structure.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the structure of JSON text, which begins outside of any string. What was read before
    /// is forgotten. Of more than 4 GiB the rest is not looked at.
    pub fn read(&mut self, json: &[u8]) {
        let json = self.begin(json);
        #[cfg(target_arch = "x86_64")]
        if avx2::read(json, self) {
            return;
        }
        portable::read(json, self);
    }

    /// The same without special instructions of the processor.
    #[doc(hidden)]
    pub fn read_portably(&mut self, json: &[u8]) {
        let json = self.begin(json);
        portable::read(json, self);
    }

    fn begin<'a>(&mut self, json: &'a [u8]) -> &'a [u8] {
        self.positions.clear();
        self.irregular.clear();
        self.escapes.clear();
        json.get(..u32::MAX as usize).unwrap_or(json)
    }

    /// The positions, as offsets into the text.
    #[must_use]
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Whether nothing in a part of the text asks for a closer look.
    ///
    /// It does where a string begins or ends beside something that cannot stand there, and where
    /// bytes are control characters or not ASCII. Whitespace between the parts of the text is
    /// irregular, too. Blocks of 64 bytes are judged as a whole.
    #[must_use]
    pub fn is_regular(&self, start: usize, end: usize) -> bool {
        !touches(&self.irregular, start, end)
    }

    /// Whether a backslash may stand in a part of the text; blocks of 64 bytes are judged as a whole.
    #[must_use]
    pub fn has_escapes(&self, start: usize, end: usize) -> bool {
        touches(&self.escapes, start, end)
    }
}

/// Whether one of the blocks, which are in ascending order, has a byte in `start..end`.
fn touches(blocks: &[u32], start: usize, end: usize) -> bool {
    let at = blocks.partition_point(|&block| (block as usize) + 64 <= start);
    blocks.get(at).is_some_and(|&block| (block as usize) < end)
}
