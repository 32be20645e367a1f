//! Masks without special instructions.

use super::{
    Structure,
    block::{self, Masks, PARTING, Way},
};

/// Reads the structure of a text.
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    let way = Way {
        masks,
        backslashes: |block: &[u8; 64]| mask(block, |byte| byte == b'\\'),
        squares: |block: &[u8; 64]| mask(block, |byte| byte & 0x20 == 0),
        prefix_xor,
    };
    block::read(json, structure, way);
}

/// The masks of a block.
#[inline]
fn masks(block: &[u8; 64]) -> Masks {
    let equal = |byte: u8| mask(block, |each| each == byte);
    Masks {
        quotes: equal(b'"'),
        // `[` and `{` differ in this bit alone, and so do `]` and `}`.
        opens: mask(block, |byte| byte | 0x20 == b'{'),
        closes: mask(block, |byte| byte | 0x20 == b'}'),
        colons: equal(b':'),
        commas: mask(block, |byte| byte & PARTING == b' '),
        // As signed numbers, bytes that are not ASCII are below 0.
        rare: mask(block, |byte| byte.cast_signed() < 0x20 || byte == b'\\'),
    }
}

/// One bit a byte. Written so that compilers compare many bytes at once, on every processor.
#[inline(always)]
fn mask(block: &[u8; 64], test: impl Fn(u8) -> bool) -> u64 {
    let tested = block.map(|byte| u8::from(test(byte)));
    let (words, _) = tested.as_chunks::<8>();
    words.iter().rev().fold(0, |mask, word| {
        // Each byte is 0 or 1; the product gathers their lowest bits in the highest byte.
        let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask << 8 | bits
    })
}

/// Each bit the parity of the bits up to it.
#[inline]
pub(super) fn prefix_xor(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, distance| bits ^ bits << distance)
}
