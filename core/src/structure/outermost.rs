//! The outermost objects of a text: those that lie in no other one.

use super::{block::Block, list::List};
use crate::scan::MAX_DEPTH;

/// An object outside of any other one, as far as its brackets tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outermost {
    /// The position of its `{`.
    pub start: u32,
    /// The position behind its last bracket, if that is in the text.
    pub end: Option<u32>,
    /// Which of all own colons are those in it and in nothing else within: the first one, and the one
    /// behind the last.
    colons: (u32, u32),
    /// Whether brackets may all close what the same kind opened, and are not nested deeper than
    /// [`MAX_DEPTH`] between any two blocks.
    pub sound: bool,
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
#[derive(Debug)]
pub(super) struct Finder {
    /// How much is open: 1 in the object itself.
    depth: u32,
    /// One bracket that closes what another kind opened leaves an odd number of square ones.
    squares: u64,
    /// Where the first block begins in which something is joined; more than any position where none is.
    joined: u32,
    /// The most that was open between two blocks.
    deepest: u32,
}

impl Default for Finder {
    fn default() -> Self {
        Self { depth: 0, squares: 0, joined: u32::MAX, deepest: 0 }
    }
}

impl Finder {
    /// Goes through the block that begins at `at`; `joins` is what of it can only be an element of an
    /// array, and of its brackets `squares` says which are square.
    #[inline(always)]
    pub fn block(
        &mut self,
        at: u32,
        block: &Block,
        joins: u64,
        squares: impl FnOnce() -> u64,
        objects: &mut OutermostObjects,
    ) {
        let brackets = block.opens | block.closes;
        if brackets == 0 {
            if self.depth == 1 {
                objects.colons.push_bits(at, block.colons);
            }
            return;
        }
        let squares = squares() & brackets;
        let closed = block.closes.count_ones();
        if self.depth > closed + 1 {
            if joins != 0 {
                self.joined = self.joined.min(at);
            }
            self.squares ^= squares;
            self.depth = self.depth.wrapping_add(block.opens.count_ones()).wrapping_sub(closed);
            self.deepest = self.deepest.max(self.depth);
            return;
        }
        // From the begin of the object on; and where the depth is 1, which changes with each bracket
        // that leads there or away.
        let (mut here, mut begin) = (u64::MAX, 0);
        let mut own = u64::from(self.depth == 1).wrapping_neg();
        let mut brackets = brackets;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            brackets ^= bit;
            let opens = block.opens & bit != 0;
            if self.depth == 0 {
                // An array of objects opens or closes.
                if !opens || squares & bit != 0 {
                    continue;
                }
                objects.begin(at + bit.trailing_zeros());
                (here, begin, own) = (bit.wrapping_neg(), bit, 0);
                *self = Self::default();
            }
            let was_own = self.depth == 1;
            self.depth = self.depth.wrapping_add(if opens { 1 } else { u32::MAX });
            own ^= bit.wrapping_neg() & u64::from(was_own | (self.depth == 1)).wrapping_neg();
            if self.depth == 0 {
                let within = here & (bit | (bit - 1));
                objects.colons.push_bits(at, block.colons & own & within);
                self.squares ^= squares & within;
                if joins & within & !begin != 0 {
                    self.joined = self.joined.min(at);
                }
                own = 0;
                objects.end(at + bit.trailing_zeros() + 1, self);
            }
        }
        if self.depth > 0 {
            if joins & here & !begin != 0 {
                self.joined = self.joined.min(at);
            }
            self.squares ^= squares & here;
            objects.colons.push_bits(at, block.colons & own);
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
        self.all.push(Outermost { start, end: None, colons, sound: false, joined: None });
    }

    #[inline(never)]
    fn end(&mut self, end: u32, finder: &Finder) {
        let behind = self.colons.as_slice().len() as u32;
        if let Some(object) = self.all.last_mut() {
            object.end = Some(end);
            object.colons.1 = behind;
            object.sound = finder.deepest as usize <= MAX_DEPTH
                && finder.squares.count_ones().is_multiple_of(2);
            object.joined = Some(finder.joined).filter(|&at| at < u32::MAX);
        }
    }
}
