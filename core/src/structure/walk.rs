//! From a bracket that opens something to the one that closes it.

use super::block::Block;

#[inline]
fn is_open(blocks: &[Block], start: usize) -> bool {
    blocks.get(start / 64).is_some_and(|block| block.opens >> (start % 64) & 1 == 1)
}

/// The first colon for which `test` says true, of those in what the bracket at `start` opens and in
/// nothing else within.
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
            && let closed = block.closes.count_ones()
            && depth > closed + 1
        {
            depth = depth.wrapping_add(block.opens.count_ones()).wrapping_sub(closed);
            index += 1;
        }
    }
}
