//! Where the brackets and colons of JSON text stand: all that is needed to find records and their
//! fields without reading every byte of them one by one.
//!
//! 64 bytes at a time are turned into bit masks, one bit a byte, and those into positions. What can
//! be seen in the masks is checked on the way; see [`Structure::is_regular`].

#[cfg(target_arch = "x86_64")]
mod avx2;
mod block;
mod portable;

#[cfg(test)]
mod tests;

/// Positions of the brackets and colons outside of strings, in ascending order, and what else is
/// worth knowing of a text. Positions are offsets into the text.
#[derive(Debug, Default)]
pub struct Structure {
    positions: Vec<u32>,
    /// First bytes of numbers, literals, and whatever else is neither a string nor punctuation.
    scalars: Vec<u32>,
    /// First bytes of values behind a comma that are no strings: elements of arrays.
    elements: Vec<u32>,
    /// 64-byte blocks with something irregular in them, and which of their bytes it is.
    irregular: Vec<(u32, u64)>,
    /// Begins of 64-byte blocks that hold a backslash.
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
            return self.end(json);
        }
        portable::read(json, self);
        self.end(json);
    }

    /// The same without special instructions of the processor.
    #[doc(hidden)]
    pub fn read_portably(&mut self, json: &[u8]) {
        let json = self.begin(json);
        portable::read(json, self);
        self.end(json);
    }

    /// Takes away what the bytes behind the text seemed to be.
    fn end(&mut self, json: &[u8]) {
        for positions in [&mut self.scalars, &mut self.elements] {
            while positions.last().is_some_and(|&position| position as usize >= json.len()) {
                positions.pop();
            }
        }
    }

    fn begin<'a>(&mut self, json: &'a [u8]) -> &'a [u8] {
        self.positions.clear();
        self.scalars.clear();
        self.elements.clear();
        self.irregular.clear();
        self.escapes.clear();
        json.get(..u32::MAX as usize).unwrap_or(json)
    }

    /// The positions of brackets and colons.
    #[must_use]
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// The first bytes of scalars that are no strings, in `start..end`.
    pub fn scalars(&self, start: usize, end: usize) -> impl Iterator<Item = usize> {
        within(&self.scalars, start, end)
    }

    /// The first bytes of values behind a comma that are no strings, in `start..end`.
    pub fn elements(&self, start: usize, end: usize) -> impl Iterator<Item = usize> {
        within(&self.elements, start, end)
    }

    /// Whether each byte of a part of the text is where it may be, as far as its neighbours tell.
    ///
    /// It is not where a string begins or ends beside something that cannot stand there, or a value
    /// is missing; nor are control characters, and bytes that are not ASCII.
    #[must_use]
    pub fn is_regular(&self, start: usize, end: usize) -> bool {
        let at = self.irregular.partition_point(|&(block, _)| block as usize + 64 <= start);
        let blocks = self.irregular.get(at..).unwrap_or_default();
        let blocks = blocks.iter().take_while(|&&(block, _)| (block as usize) < end);
        blocks.into_iter().all(|&(block, mask)| {
            let block = block as usize;
            let from = !0_u64 << start.saturating_sub(block);
            let to = end - block;
            let to = if to < 64 { (1_u64 << to) - 1 } else { !0 };
            mask & from & to == 0
        })
    }

    /// Whether a backslash may stand in a part of the text; blocks of 64 bytes are judged as a whole.
    #[must_use]
    pub fn has_escapes(&self, start: usize, end: usize) -> bool {
        let at = self.escapes.partition_point(|&block| block as usize + 64 <= start);
        self.escapes.get(at).is_some_and(|&block| (block as usize) < end)
    }
}

/// The positions in `start..end`.
fn within(positions: &[u32], start: usize, end: usize) -> impl Iterator<Item = usize> {
    let at = positions.partition_point(|&position| (position as usize) < start);
    let rest = positions.get(at..).unwrap_or_default();
    rest.iter().map(|&position| position as usize).take_while(move |&position| position < end)
}
