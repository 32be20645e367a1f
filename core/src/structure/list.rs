//! A list that is written faster than a vector, by leaving the question of room to the caller.

use std::array;

/// What was written, in a buffer that is longer.
#[derive(Debug, Clone, Default)]
pub(super) struct List<T> {
    buffer: Vec<T>,
    count: usize,
}

/// What is behind what was written does not count.
impl<T: Copy + Default + PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Copy + Default + Eq> Eq for List<T> {}

impl<T: Copy + Default> List<T> {
    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// What was written.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        self.buffer.get(..self.count).unwrap_or_default()
    }

    /// Makes room for `more` of them.
    #[inline]
    pub fn reserve(&mut self, more: usize) {
        if self.buffer.len() < self.count + more {
            self.buffer.resize((self.count + more).next_multiple_of(1024), T::default());
        }
    }

    /// Writes the first `count` of the items. There has to be room for all of them.
    #[inline(always)]
    pub fn extend_from_slice(&mut self, items: &[T], count: usize) {
        let room = self.buffer.get_mut(self.count..self.count + items.len());
        if let Some(room) = room {
            room.copy_from_slice(items);
            self.count += count;
        }
    }
}

impl List<u32> {
    /// Writes the positions of bits: those of so many masks, of which the first bit of the first
    /// one is at `at`. A mask has mostly no more bits than `usual`. `positions` gives the positions
    /// of its first bits, and anything behind those of the last one; it gives at least the usual
    /// number. There has to be room for as many positions as there are bits.
    #[inline(always)]
    pub fn extend<const COUNT: usize>(
        &mut self,
        mut at: u32,
        masks: usize,
        usual: usize,
        mask: impl Fn(usize) -> u64,
        positions: impl Fn(u64, u32) -> [u32; COUNT],
    ) {
        let Some(room) = self.buffer.get_mut(self.count..) else {
            return;
        };
        let mut written = 0;
        for index in 0..masks {
            let bits = mask(index);
            let count = bits.count_ones() as usize;
            // More are written than there are, rather than asking each time whether it was the
            // last.
            let found = positions(bits, at);
            let (Some(found), Some(place)) =
                (found.get(..usual), room.get_mut(written..written + usual))
            else {
                return;
            };
            place.copy_from_slice(found);
            if count > usual {
                write_all(room.get_mut(written..written + count).unwrap_or_default(), bits, at);
            }
            written += count;
            at = at.wrapping_add(64);
        }
        self.count += written;
    }
}

/// The positions of the first bits of a mask, one after the other.
#[inline(always)]
pub(super) fn positions<const COUNT: usize>(mut bits: u64, at: u32) -> [u32; COUNT] {
    array::from_fn(|_| {
        let position = at.wrapping_add(bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        position
    })
}

/// The positions of all bits.
fn write_all(room: &mut [u32], mut bits: u64, at: u32) {
    for position in room {
        *position = at.wrapping_add(bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
    }
}
