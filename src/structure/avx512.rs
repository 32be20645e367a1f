//! Masks by AVX-512, where the processor has it.

use std::arch::x86_64::{
    __m512i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
    _mm256_setr_epi64x, _mm512_castsi256_si512, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask,
    _mm512_inserti64x4, _mm512_or_si512, _mm512_set1_epi8,
};

use super::{
    Structure,
    stretch::{BYTES, Masks, Stretch},
};

/// Reads the structure of a text.
#[target_feature(enable = "avx512bw,avx512vl,pclmulqdq,bmi1,bmi2,popcnt")]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    let mut masks_of = Stretch::new();
    for stretch in json.chunks(BYTES) {
        structure.make_room();
        masks_of.read(stretch, structure, |block| masks(block), |bits| prefix_xor(bits));
    }
}

/// The masks of a block.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,pclmulqdq,bmi1,bmi2,popcnt")]
fn masks(block: &[u8; 64]) -> Masks {
    let bytes = load(block);
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

#[inline]
#[target_feature(enable = "avx512bw,avx512vl,pclmulqdq,bmi1,bmi2,popcnt")]
fn load(block: &[u8; 64]) -> __m512i {
    let (words, _) = block.as_chunks::<8>();
    let word = |at: usize| words.get(at).map_or(0, |word| i64::from_le_bytes(*word));
    let half = |at: usize| _mm256_setr_epi64x(word(at), word(at + 1), word(at + 2), word(at + 3));
    _mm512_inserti64x4(_mm512_castsi256_si512(half(0)), half(4), 1)
}

/// Each bit the parity of the bits up to it: the product with all ones, without carries.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,pclmulqdq,bmi1,bmi2,popcnt")]
fn prefix_xor(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1), 0);
    _mm_cvtsi128_si64(product).cast_unsigned()
}
