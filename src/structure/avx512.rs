//! Masks by AVX-512, where the processor has it.

use std::arch::x86_64::{
    _mm512_castsi256_si512, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask, _mm512_inserti64x4,
    _mm512_or_si512, _mm512_set1_epi8,
};

use super::{
    Structure, avx2,
    stretch::{self, Masks},
};

/// Reads the structure of a text.
#[target_feature(enable = "avx512bw,avx512vl,pclmulqdq,bmi1,bmi2,popcnt")]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    stretch::read(json, structure, |block| masks(block), |bits| avx2::prefix_xor(bits));
}

/// The masks of a block.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,pclmulqdq,bmi1,bmi2,popcnt")]
fn masks(block: &[u8; 64]) -> Masks {
    let (first, second) = block.split_at(32);
    let first = _mm512_castsi256_si512(avx2::load(first));
    let bytes = _mm512_inserti64x4(first, avx2::load(second), 1);
    let equal =
        |bytes, byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()));
    // `[` and `{` differ in this bit alone, and so do `]` and `}`.
    let case = _mm512_set1_epi8(0x20);
    let lower = _mm512_or_si512(bytes, case);
    Masks {
        quotes: equal(bytes, b'"'),
        backslashes: equal(bytes, b'\\'),
        opens: equal(lower, b'{'),
        closes: equal(lower, b'}'),
        colons: equal(bytes, b':'),
        commas: equal(bytes, b','),
        // As signed numbers, bytes that are not ASCII are below 0.
        unusual: _mm512_cmplt_epi8_mask(bytes, case),
    }
}
