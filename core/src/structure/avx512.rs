//! Masks by AVX-512, where the processor has it.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask, _mm512_or_si512,
    _mm512_set1_epi8, _mm512_setr_epi64, _mm512_testn_epi8_mask,
};

use super::{
    Structure, avx2,
    block::{self, Masks, PARTING, Way},
};

/// Reads the structure of a text.
#[target_feature(enable = "avx512bw,pclmulqdq,bmi1,bmi2,popcnt")]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    let way = Way {
        masks: |block: &[u8; 64]| masks(block),
        backslashes: |block: &[u8; 64]| equal(load(block), b'\\'),
        squares: |block: &[u8; 64]| _mm512_testn_epi8_mask(load(block), _mm512_set1_epi8(0x20)),
        prefix_xor: |bits| avx2::prefix_xor(bits),
    };
    block::read(json, structure, way);
}

/// The masks of a block.
#[inline]
#[target_feature(enable = "avx512bw,pclmulqdq,bmi1,bmi2,popcnt")]
fn masks(block: &[u8; 64]) -> Masks {
    let bytes = load(block);
    // `[` and `{` differ in this bit alone, and so do `]` and `}`.
    let case = _mm512_set1_epi8(0x20);
    let lower = _mm512_or_si512(bytes, case);
    let parting = _mm512_set1_epi8(PARTING.cast_signed());
    Masks {
        quotes: equal(bytes, b'"'),
        opens: equal(lower, b'{'),
        closes: equal(lower, b'}'),
        colons: equal(bytes, b':'),
        commas: equal(_mm512_and_si512(bytes, parting), b' '),
        // As signed numbers, bytes that are not ASCII are below 0.
        rare: _mm512_cmplt_epi8_mask(bytes, case) | equal(bytes, b'\\'),
    }
}

#[inline]
#[target_feature(enable = "avx512bw,pclmulqdq,bmi1,bmi2,popcnt")]
fn equal(bytes: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx512bw,pclmulqdq,bmi1,bmi2,popcnt")]
fn load(bytes: &[u8; 64]) -> __m512i {
    let (words, _) = bytes.as_chunks::<8>();
    let word = |at: usize| words.get(at).map_or(0, |word| i64::from_le_bytes(*word));
    _mm512_setr_epi64(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7))
}
