//! Where the brackets and colons of JSON text stand: all that is needed to find records and their
//! fields without reading every byte of them one by one.
//!
//! 64 bytes at a time are turned into bit masks, one bit a byte, and those into positions. What can
//! be seen in the masks is checked on the way; see [`Structure::irregular`].

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod batch;
mod list;
mod portable;
mod processor;
mod stretch;
mod walk;

#[cfg(test)]
mod tests;

use list::List;
use stretch::{BLOCKS, BYTES};
pub(crate) use walk::{Walk, Walker};

/// The structure of a text. Positions are offsets into the text, in ascending order; the first of
/// 64 bytes is the lowest bit of a mask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structure {
    brackets: List<u32>,
    colons: List<u32>,
    colon_masks: List<u64>,
    element_masks: List<u64>,
    scalars: List<u32>,
    quote_masks: List<u64>,
    counts: List<Counts>,
    /// How many there were so far.
    before: Counts,
    irregular: Vec<(u32, u64)>,
    escapes: Vec<u32>,
}

/// How many colons stand in front of a place, and how many signs of an array: a comma or closing
/// bracket behind a value without a key, or a value that is no string behind a comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts(u64);

impl Counts {
    #[inline(always)]
    fn plus(self, colons: u64, elements: u64) -> Self {
        let both = u64::from(elements.count_ones()) << 32 | u64::from(colons.count_ones());
        Self(self.0.wrapping_add(both))
    }

    /// The number of colons.
    #[inline(always)]
    fn colons(self) -> u32 {
        self.0 as u32
    }

    /// The number of signs of an array.
    #[inline(always)]
    fn elements(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// Counts what stands in front of positions.
#[derive(Debug, Clone, Copy)]
struct Counter<'a> {
    colons: &'a [u64],
    elements: &'a [u64],
    counts: &'a [Counts],
}

impl Counter<'_> {
    /// The same, with lists that are known to be of one length, so that a place is looked for once.
    #[inline(always)]
    fn even(self) -> Self {
        let length = self.counts.len().min(self.colons.len()).min(self.elements.len());
        let (colons, _) = self.colons.split_at(length);
        let (elements, _) = self.elements.split_at(length);
        let (counts, _) = self.counts.split_at(length);
        Self { colons, elements, counts }
    }

    /// What stands in front of a position, or in its place.
    #[inline(always)]
    fn at(&self, position: u32) -> Counts {
        let (block, up_to) = (position as usize / 64, !0_u64 >> (63 - position % 64));
        match (self.counts.get(block), self.colons.get(block), self.elements.get(block)) {
            (Some(counts), Some(colons), Some(elements)) => {
                counts.plus(colons & up_to, elements & up_to)
            }
            _ => Counts::default(),
        }
    }
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
        processor::read(json, self);
    }

    /// What each of the ways that the processor knows makes of a text. They are held to be equal.
    #[doc(hidden)]
    #[must_use]
    pub fn every_way(json: &[u8]) -> Vec<Self> {
        let read = |way: &processor::Way| {
            let mut structure = Self::new();
            let json = structure.begin(json);
            way(json, &mut structure).then_some(structure)
        };
        processor::WAYS.iter().filter_map(read).collect()
    }

    fn begin<'a>(&mut self, json: &'a [u8]) -> &'a [u8] {
        self.brackets.clear();
        self.colons.clear();
        self.colon_masks.clear();
        self.element_masks.clear();
        self.scalars.clear();
        self.quote_masks.clear();
        self.counts.clear();
        self.before = Counts::default();
        self.irregular.clear();
        self.escapes.clear();
        json.get(..u32::MAX as usize).unwrap_or(json)
    }

    /// Makes room for what one stretch may hold.
    #[inline]
    fn make_room(&mut self) {
        self.brackets.reserve(BYTES + 64);
        self.colons.reserve(BYTES + 64);
        self.colon_masks.reserve(BLOCKS);
        self.element_masks.reserve(BLOCKS);
        self.scalars.reserve(BYTES + 64);
        self.quote_masks.reserve(BLOCKS);
        self.counts.reserve(BLOCKS);
    }

    /// The positions of brackets outside of strings.
    #[inline]
    #[must_use]
    pub fn brackets(&self) -> &[u32] {
        self.brackets.as_slice()
    }

    /// The positions of colons outside of strings.
    #[inline]
    #[must_use]
    pub fn colons(&self) -> &[u32] {
        self.colons.as_slice()
    }

    /// How many colons stand in front of a position.
    #[inline]
    #[must_use]
    pub fn colons_before(&self, position: u32) -> usize {
        self.counter().at(position).colons() as usize
    }

    #[inline]
    fn counter(&self) -> Counter<'_> {
        Counter {
            colons: self.colon_masks.as_slice(),
            elements: self.element_masks.as_slice(),
            counts: self.counts.as_slice(),
        }
    }

    /// The first quote at or behind a position that begins or ends a string.
    #[inline]
    #[must_use]
    pub fn quote(&self, position: usize) -> Option<usize> {
        let masks = self.quote_masks.as_slice();
        let mut block = position / 64;
        let mut quotes = masks.get(block)? & !0 << (position % 64);
        while quotes == 0 {
            block += 1;
            quotes = *masks.get(block)?;
        }
        Some(64 * block + quotes.trailing_zeros() as usize)
    }

    /// The positions of the first bytes of numbers, literals, and whatever else is neither a string
    /// nor punctuation, behind the text included.
    #[inline]
    #[must_use]
    pub fn scalars(&self) -> &[u32] {
        self.scalars.as_slice()
    }

    /// Begins of 64-byte blocks with something irregular in them, and which of their bytes it is.
    ///
    /// Irregular is what stands beside something that it cannot stand beside: a key without a
    /// value, two values without a comma, and the like. So are control characters, and bytes that
    /// are not ASCII. Text that is not irregular is compact JSON if its brackets belong together,
    /// colons are in objects alone, signs of an array in arrays alone, and scalars and escapes are
    /// what they should be.
    #[inline]
    #[must_use]
    pub fn irregular(&self) -> &[(u32, u64)] {
        &self.irregular
    }

    /// Begins of 64-byte blocks that hold a backslash, or an escaped byte first.
    #[inline]
    #[must_use]
    pub fn escapes(&self) -> &[u32] {
        &self.escapes
    }
}
