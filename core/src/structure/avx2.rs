//! Masks by AVX2, where the processor has it.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
    _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8, _mm256_setr_epi64x, _mm256_slli_epi16,
};

use super::{
    Structure,
    block::{self, Masks, PARTING, Way},
};

/// Reads the structure of a text.
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    let way = Way {
        masks: |block: &[u8; 64]| masks(block),
        backslashes: |block: &[u8; 64]| {
            let [first, second] = load(block);
            bits(equal(first, b'\\'), equal(second, b'\\'))
        },
        squares: |block: &[u8; 64]| {
            let [first, second] = load(block);
            !bits(_mm256_slli_epi16::<2>(first), _mm256_slli_epi16::<2>(second))
        },
        prefix_xor: |bits| prefix_xor(bits),
    };
    block::read(json, structure, way);
}

/// The masks of a block.
#[inline]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
fn masks(block: &[u8; 64]) -> Masks {
    let [first, second] = load(block);
    let both = |byte: u8| bits(equal(first, byte), equal(second, byte));
    // `[` and `{` differ in this bit alone, and so do `]` and `}`.
    let case = _mm256_set1_epi8(0x20);
    let (first_lower, second_lower) = (_mm256_or_si256(first, case), _mm256_or_si256(second, case));
    let lower = |byte: u8| bits(equal(first_lower, byte), equal(second_lower, byte));
    let parting = _mm256_set1_epi8(PARTING.cast_signed());
    let comma = |half| equal(_mm256_and_si256(half, parting), b' ');
    // As signed numbers, bytes that are not ASCII are below 0.
    let rare = |half| _mm256_or_si256(_mm256_cmpgt_epi8(case, half), equal(half, b'\\'));
    Masks {
        quotes: both(b'"'),
        opens: lower(b'{'),
        closes: lower(b'}'),
        colons: both(b':'),
        commas: bits(comma(first), comma(second)),
        rare: bits(rare(first), rare(second)),
    }
}

#[inline]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
fn equal(half: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte.cast_signed()))
}

/// The halves of a block.
#[inline]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
fn load(block: &[u8; 64]) -> [__m256i; 2] {
    let (words, _) = block.as_chunks::<8>();
    let word = |at: usize| words.get(at).map_or(0, |word| i64::from_le_bytes(*word));
    [
        _mm256_setr_epi64x(word(0), word(1), word(2), word(3)),
        _mm256_setr_epi64x(word(4), word(5), word(6), word(7)),
    ]
}

/// The highest bit of each byte.
#[inline]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
fn bits(first: __m256i, second: __m256i) -> u64 {
    let half = |bytes| u64::from(_mm256_movemask_epi8(bytes).cast_unsigned());
    half(first) | half(second) << 32
}

/// Each bit the parity of the bits up to it: the product with all ones, without carries.
#[inline]
#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
pub(super) fn prefix_xor(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1), 0);
    _mm_cvtsi128_si64(product).cast_unsigned()
}
