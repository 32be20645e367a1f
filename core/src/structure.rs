//! Where the brackets, colons and quotes of JSON text stand: all that is needed to find records and
//! their fields without reading every byte of them one by one.
//!
//! 64 bytes at a time are turned into bit masks, one bit a byte. What cannot be is seen on the way, as
//! far as that costs little; see [`Structure::irregular`].

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
mod list;
mod outermost;
mod portable;
mod processor;
mod walk;

#[cfg(test)]
mod tests;

use block::Block;
pub(crate) use outermost::Outermost;
use outermost::OutermostObjects;

/// The structure of a text. The first of 64 bytes is the lowest bit of a mask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structure {
    blocks: Vec<Block>,
    irregular: Vec<(u32, u64)>,
    escapes: Vec<u32>,
    objects: OutermostObjects,
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
        let json = json.get(..u32::MAX as usize).unwrap_or(json);
        self.blocks.resize(json.len().div_ceil(64), Block::default());
        self.irregular.clear();
        self.escapes.clear();
        self.objects.clear();
        json
    }

    /// The first quote at or behind a position that begins or ends a string.
    #[inline]
    #[must_use]
    pub fn quote(&self, position: usize) -> Option<usize> {
        let mut block = position / 64;
        let mut quotes = self.blocks.get(block)?.quotes & !0 << (position % 64);
        while quotes == 0 {
            block += 1;
            quotes = self.blocks.get(block)?.quotes;
        }
        Some(64 * block + quotes.trailing_zeros() as usize)
    }

    /// All quotes at or behind a position that begin or end a string.
    #[inline]
    pub(crate) fn quotes(&self, position: usize) -> Quotes<'_> {
        let blocks = self.blocks.get(position / 64..).unwrap_or_default();
        let rest = blocks.first().map_or(0, |block| block.quotes & !0 << (position % 64));
        Quotes { blocks, at: position / 64 * 64, rest }
    }

    /// The outermost objects, in the order in which they begin. Arrays around them do not count.
    #[inline]
    pub(crate) fn outermost(&self) -> &[Outermost] {
        self.objects.all()
    }

    /// The positions of an outermost object's own colons: those in it and in nothing else within.
    #[inline]
    pub(crate) fn colons(&self, object: &Outermost) -> &[u32] {
        self.objects.colons(object)
    }

    /// The first colon for which `test` says true, of those in what the bracket at `start` opens and
    /// in nothing else within.
    #[inline]
    pub(crate) fn find(&self, start: usize, test: impl FnMut(usize) -> bool) -> Option<usize> {
        walk::find(&self.blocks, start, test)
    }

    /// The position behind what the bracket at `start` opens.
    pub(crate) fn end(&self, start: usize) -> Option<usize> {
        walk::end(&self.blocks, start)
    }

    /// Begins of 64-byte blocks with something irregular in them, and which of their bytes it is.
    ///
    /// Irregular is a colon without a quote in front of it, and a string behind something that no string
    /// is behind: where a quote is one too many, or lost, strings and what is between them are
    /// confused. So are control characters, and bytes that are not ASCII.
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

/// Positions of quotes, in ascending order.
#[derive(Debug)]
pub(crate) struct Quotes<'s> {
    /// From the one on that is being gone through.
    blocks: &'s [Block],
    /// Where that begins.
    at: usize,
    /// What is left of it.
    rest: u64,
}

impl Iterator for Quotes<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.rest == 0 {
            self.blocks = self.blocks.get(1..)?;
            self.at += 64;
            self.rest = self.blocks.first()?.quotes;
        }
        let quote = self.at + self.rest.trailing_zeros() as usize;
        self.rest &= self.rest - 1;
        Some(quote)
    }
}
