//! What is outermost in a text: objects that lie in no other one, nor in an array that begins in it.

use super::{block::Block, list::List};

/// An object outside of any other one, as far as its brackets tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outermost {
    /// The position of its `{`; or of the `[` of an array.
    pub start: u32,
    /// The position behind its last bracket, if that is in the text.
    pub end: Option<u32>,
    /// Which of all own colons are those in it and in nothing else within: the first one, and the one
    /// behind the last.
    colons: (u32, u32),
    /// Where the first block begins in which something opens that can only be an element of an array,
    /// and not its first one. Where there is none, nothing that stood beside the object can have come
    /// into it.
    pub joined: Option<u32>,
}

/// All outermost objects of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OutermostObjects {
    all: Vec<Outermost>,
    colons: List,
}

/// Finds outermost objects, block by block.
///
/// As long as more is open in front of a block than it closes, the number of its brackets is all
/// that matters.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// How much is open: 1 in the object itself.
    depth: u32,
    /// [`Outermost::joined`] of the object.
    joined: Option<u32>,
}

impl Finder {
    /// Goes through the block that begins at `at`; `joins` is what of it can only be an element of an
    /// array.
    #[inline(always)]
    pub fn block(&mut self, at: u32, block: &Block, joins: u64, objects: &mut OutermostObjects) {
        let closed = block.closes.count_ones();
        if self.depth > closed + 1 {
            self.depth = self.depth.wrapping_add(block.opens.count_ones()).wrapping_sub(closed);
            self.join(at, joins);
            return;
        }
        // Where the depth is 1, which changes with each bracket that leads there or away.
        let mut own = u64::from(self.depth == 1).wrapping_neg();
        let mut joins = joins;
        let mut brackets = block.opens | block.closes;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            brackets ^= bit;
            let opens = block.opens & bit != 0;
            if self.depth == 0 {
                // What is closed was opened in front of the text.
                if opens {
                    objects.begin(at + bit.trailing_zeros());
                    joins &= bit.wrapping_neg() << 1;
                    *self = Self { depth: 1, joined: None };
                    own = bit.wrapping_neg();
                }
                continue;
            }
            let was_own = self.depth == 1;
            self.depth = self.depth.wrapping_add(if opens { 1 } else { u32::MAX });
            own ^= bit.wrapping_neg() & u64::from(was_own | (self.depth == 1)).wrapping_neg();
            if self.depth == 0 {
                objects.colons.push_bits(at, block.colons & own & (bit - 1));
                self.join(at, joins & (bit - 1));
                own = 0;
                objects.end(at + bit.trailing_zeros() + 1, self.joined);
            }
        }
        objects.colons.push_bits(at, block.colons & own);
        self.join(at, joins);
    }

    /// Says that this can only be an element of an array, in the block that begins at `at`.
    #[inline(always)]
    fn join(&mut self, at: u32, joins: u64) {
        if joins != 0 && self.joined.is_none() {
            self.joined = Some(at);
        }
    }
}

impl OutermostObjects {
    pub fn clear(&mut self) {
        self.all.clear();
        self.colons.clear();
    }

    #[inline]
    pub fn all(&self) -> &[Outermost] {
        &self.all
    }

    /// The positions of an object's own colons.
    #[inline]
    pub fn colons(&self, object: &Outermost) -> &[u32] {
        let (first, behind) = object.colons;
        let colons = self.colons.as_slice();
        // If the object does not end, it is the last one.
        let behind = if object.end.is_some() { behind as usize } else { colons.len() };
        colons.get(first as usize..behind).unwrap_or_default()
    }

    #[inline(never)]
    fn begin(&mut self, start: u32) {
        let first = self.colons.as_slice().len() as u32;
        let colons = (first, first);
        self.all.push(Outermost { start, end: None, colons, joined: None });
    }

    #[inline(never)]
    fn end(&mut self, end: u32, joined: Option<u32>) {
        let behind = self.colons.as_slice().len() as u32;
        if let Some(object) = self.all.last_mut() {
            let colons = (object.colons.0, behind);
            *object = Outermost { start: object.start, end: Some(end), colons, joined };
        }
    }
}
