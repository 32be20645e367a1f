//! A list that is written faster than a vector: several at once, of which not all may be meant.

use std::array;

/// Positions that were written, in a buffer that is longer.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    buffer: Vec<u32>,
    count: usize,
}

/// How many positions of a mask are written without asking for the number of bits.
const FEW: usize = 4;

impl List {
    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// What was written.
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        self.buffer.get(..self.count).unwrap_or_default()
    }

    /// Writes the positions of bits, of which the first one is at `at`.
    #[inline(always)]
    pub fn push_bits(&mut self, at: u32, bits: u64) {
        let Some(room) = self.buffer.get_mut(self.count..self.count + FEW) else {
            return self.push_all(at, bits);
        };
        // More are written than there are, rather than asking each time whether it was the last.
        let mut rest = bits;
        let positions: [u32; FEW] = array::from_fn(|_| {
            let position = at.wrapping_add(rest.trailing_zeros());
            rest &= rest.wrapping_sub(1);
            position
        });
        room.copy_from_slice(&positions);
        if rest != 0 {
            return self.push_all(at, bits);
        }
        self.count += bits.count_ones() as usize;
    }

    #[cold]
    fn push_all(&mut self, at: u32, mut bits: u64) {
        self.buffer.resize(self.buffer.len().max((self.count + 64).next_multiple_of(1024)), 0);
        while bits != 0 {
            if let Some(room) = self.buffer.get_mut(self.count) {
                *room = at.wrapping_add(bits.trailing_zeros());
                self.count += 1;
            }
            bits &= bits - 1;
        }
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for List {}
