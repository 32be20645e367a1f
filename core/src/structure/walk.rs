//! From a bracket that opens something to the one that closes it.

use super::{block::Block, list::List};
use crate::scan::MAX_DEPTH;

/// What a walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walk {
    /// The position behind the last bracket; if it is not sound, how far the walk has come.
    pub end: usize,
    /// Whether brackets may all close what the same kind opened, and are not nested deeper than
    /// [`MAX_DEPTH`] between any two blocks.
    pub sound: bool,
    /// Whether something opens on the way that can only be an element of an array, and not its first
    /// one. Where there is none, nothing that stood beside the object can have come into it.
    pub joined: bool,
}

/// Walks from the bracket at `start`, which opens something, to its counterpart, and writes the
/// positions of colons on the way: of those that lie in what the bracket opens and in nothing else
/// within.
///
/// As long as more is open in front of a block than it closes, the number of its brackets is all
/// that matters.
#[inline(always)]
pub(super) fn walk(blocks: &[Block], start: usize, colons: &mut List) -> Option<Walk> {
    colons.clear();
    if !is_open(blocks, start) {
        return None;
    }
    let first = start / 64;
    let mut here = u64::MAX << (start % 64);
    let mut depth = 0_u32;
    // One bracket that closes what another kind opened leaves an odd number of square ones.
    let mut squares = 0;
    let mut joined = false;
    let mut at = 64 * first as u32;
    for (index, block) in (first..).zip(blocks.get(first..)?) {
        let closed = u32::from(block.closed);
        if depth > closed + 1 {
            squares ^= block.squares;
            joined |= block.joins;
            depth = depth.wrapping_add(u32::from(block.opened)).wrapping_sub(closed);
            at = at.wrapping_add(64);
            if depth as usize > MAX_DEPTH {
                return Some(Walk { end: at as usize, sound: false, joined });
            }
            continue;
        }
        let (opens, closes) = (block.opens & here, block.closes & here);
        let joins = if block.joins { joins(blocks, index, start) & here } else { 0 };
        // Where the depth is 1: that changes with each bracket which leads there or away.
        let mut own = here & u64::from(depth == 1).wrapping_neg();
        let mut brackets = opens | closes;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            let was_own = depth == 1;
            depth = depth.wrapping_add(if opens & bit == 0 { u32::MAX } else { 1 });
            own ^= bit.wrapping_neg() & u64::from(was_own | (depth == 1)).wrapping_neg();
            if depth == 0 {
                colons.push_bits(at, block.colons & own & (bit - 1));
                squares ^= block.squares & here & (bit | (bit - 1));
                let end = at as usize + bit.trailing_zeros() as usize + 1;
                joined |= joins & (bit - 1) != 0;
                return Some(Walk { end, sound: squares.count_ones() % 2 == 0, joined });
            }
            brackets ^= bit;
        }
        squares ^= block.squares & here;
        joined |= joins != 0;
        colons.push_bits(at, block.colons & own);
        here = u64::MAX;
        at = at.wrapping_add(64);
    }
    None
}

/// What of a block can only be an element of an array; what opens at `start` is none.
fn joins(blocks: &[Block], index: usize, start: usize) -> u64 {
    let before = index.checked_sub(1).and_then(|before| blocks.get(before).copied());
    let joins = blocks.get(index).map_or(0, |block| block.joined(&before.unwrap_or_default()));
    if index == start / 64 { joins & !(1 << (start % 64)) } else { joins }
}

#[inline]
pub(super) fn is_open(blocks: &[Block], start: usize) -> bool {
    blocks.get(start / 64).is_some_and(|block| block.opens >> (start % 64) & 1 == 1)
}

/// The first of the colons that a [`walk`] would write for which `test` says true.
#[inline(always)]
pub(super) fn find(
    blocks: &[Block],
    start: usize,
    mut test: impl FnMut(usize) -> bool,
) -> Option<usize> {
    let mut found = None;
    segments(blocks, start, |at, mut colons| {
        while colons != 0 {
            let colon = at + colons.trailing_zeros() as usize;
            if test(colon) {
                found = Some(colon);
                return false;
            }
            colons &= colons - 1;
        }
        true
    });
    found
}

/// The position behind what the bracket at `start` opens.
pub(super) fn end(blocks: &[Block], start: usize) -> Option<usize> {
    segments(blocks, start, |_, _| true)
}

/// Visits the colons of what the bracket at `start` opens, those between two brackets in a block at
/// once, as long as `visit` says true; returns the position behind it.
#[inline(always)]
fn segments(
    blocks: &[Block],
    start: usize,
    mut visit: impl FnMut(usize, u64) -> bool,
) -> Option<usize> {
    if !is_open(blocks, start) {
        return None;
    }
    let mut index = start / 64;
    let mut here = u64::MAX << (start % 64) << 1;
    let mut depth = 1_u32;
    loop {
        let block = blocks.get(index)?;
        let mut brackets = (block.opens | block.closes) & here;
        loop {
            let bit = brackets & brackets.wrapping_neg();
            // All where there is no bracket left.
            let in_front = bit.wrapping_sub(1);
            if depth == 1 && !visit(64 * index, block.colons & here & in_front) {
                return None;
            }
            if bit == 0 {
                break;
            }
            depth = depth.wrapping_add(if block.opens & bit == 0 { u32::MAX } else { 1 });
            if depth == 0 {
                return Some(64 * index + bit.trailing_zeros() as usize + 1);
            }
            here = !in_front;
            brackets ^= bit;
        }
        here = u64::MAX;
        index += 1;
        // Deeper in, the number of brackets is all that matters.
        while depth > 1
            && let block = blocks.get(index)?
            && let closed = u32::from(block.closed)
            && depth > closed + 1
        {
            depth = depth.wrapping_add(u32::from(block.opened)).wrapping_sub(closed);
            index += 1;
        }
    }
}
