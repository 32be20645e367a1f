//! Masks by AVX-512, where the processor has it.

use std::array;

use std::arch::x86_64::{
    __m512i, _mm_cvtsi128_si64, _mm_extract_epi64, _mm512_add_epi32, _mm512_castsi256_si512,
    _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask, _mm512_cvtepu8_epi32,
    _mm512_extracti32x4_epi32, _mm512_inserti64x4, _mm512_maskz_compress_epi8, _mm512_or_si512,
    _mm512_set1_epi8, _mm512_set1_epi32,
};

use super::{
    Structure, avx2,
    stretch::{self, Masks},
};

/// Reads the structure of a text.
#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,pclmulqdq,bmi1,bmi2,popcnt")]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    let masks = |block: &[u8; 64]| masks(block);
    let prefix_xor = |bits| avx2::prefix_xor(bits);
    stretch::read(json, structure, masks, prefix_xor, |bits, at| positions(bits, at));
}

/// The masks of a block.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,pclmulqdq,bmi1,bmi2,popcnt")]
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
#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,pclmulqdq,bmi1,bmi2,popcnt")]
fn load(bytes: &[u8; 64]) -> __m512i {
    let (first, second) = bytes.split_at(32);
    let first = _mm512_castsi256_si512(avx2::load(first));
    _mm512_inserti64x4(first, avx2::load(second), 1)
}

/// The positions of the first sixteen bits, of which the first one is at `at`.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,pclmulqdq,bmi1,bmi2,popcnt")]
fn positions(bits: u64, at: u32) -> [u32; 16] {
    const PLACES: [u8; 64] = {
        let mut places = [0; 64];
        let mut place = 0;
        while place < 64 {
            places[place] = place as u8;
            place += 1;
        }
        places
    };
    let found = _mm512_maskz_compress_epi8(bits, load(&PLACES));
    let found = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found));
    let found = _mm512_add_epi32(found, _mm512_set1_epi32(at.cast_signed()));
    let part = [
        _mm512_extracti32x4_epi32::<0>(found),
        _mm512_extracti32x4_epi32::<1>(found),
        _mm512_extracti32x4_epi32::<2>(found),
        _mm512_extracti32x4_epi32::<3>(found),
    ];
    let [first, second, third, fourth] =
        part.map(|part| [_mm_cvtsi128_si64(part), _mm_extract_epi64::<1>(part)]);
    let pairs = [first, second, third, fourth];
    array::from_fn(|at| (pairs[at / 4][at / 2 % 2] >> (32 * (at % 2))) as u32)
}
