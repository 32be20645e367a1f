//! The fastest way that the processor knows. All code that asks for its features is called here.

use super::{
    Counter, Structure, portable,
    walk::{Span, Walk, walk},
};

/// A way to read the structure of a text; false where the processor does not know it.
#[cfg(test)]
pub(super) type Way = fn(&[u8], &mut Structure) -> bool;

/// All ways there are.
#[cfg(test)]
pub(super) const WAYS: &[Way] = &[
    |json, structure| {
        portable::read(json, structure);
        true
    },
    #[cfg(target_arch = "x86_64")]
    x86::read_with_avx2,
    #[cfg(target_arch = "x86_64")]
    x86::read_with_avx512,
];

/// Reads the structure of a text.
#[inline]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if x86::read_with_avx512(json, structure) || x86::read_with_avx2(json, structure) {
        return;
    }
    portable::read(json, structure);
}

/// [`walk`], with an instruction for counting bits where there is one.
#[inline]
pub(super) fn counting_bits(
    json: &[u8],
    start: usize,
    brackets: &[u32],
    counter: Counter<'_>,
    spans: &mut Vec<Span>,
) -> Walk {
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if x86::has_bits() {
        return x86::walk_with_bits(json, start, brackets, counter, spans);
    }
    walk(json, start, brackets, counter, spans)
}

#[cfg(target_arch = "x86_64")]
#[cfg_attr(feature = "portable", allow(dead_code, reason = "known to tests alone"))]
mod x86 {
    use super::*;
    use crate::structure::{avx2, avx512};

    pub fn has_bits() -> bool {
        is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
    }

    fn has_products() -> bool {
        has_bits() && is_x86_feature_detected!("pclmulqdq")
    }

    #[inline]
    #[expect(unsafe_code, reason = "the processor was asked for every feature of the function")]
    pub fn read_with_avx512(json: &[u8], structure: &mut Structure) -> bool {
        let able = has_products()
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl");
        if able {
            // SAFETY: the function is safe but for the processor's features, which are the same.
            unsafe { avx512::read(json, structure) };
        }
        able
    }

    #[inline]
    #[expect(unsafe_code, reason = "the processor was asked for every feature of the function")]
    pub fn read_with_avx2(json: &[u8], structure: &mut Structure) -> bool {
        let able = has_products() && is_x86_feature_detected!("avx2");
        if able {
            // SAFETY: the function is safe but for the processor's features, which are the same.
            unsafe { avx2::read(json, structure) };
        }
        able
    }

    #[inline]
    #[expect(unsafe_code, reason = "the processor was asked for every feature of the function")]
    pub fn walk_with_bits(
        json: &[u8],
        start: usize,
        brackets: &[u32],
        counter: Counter<'_>,
        spans: &mut Vec<Span>,
    ) -> Walk {
        // SAFETY: the function is safe but for the processor's features, which the caller asked for.
        unsafe { walk_bits(json, start, brackets, counter, spans) }
    }

    #[target_feature(enable = "bmi1,bmi2,popcnt")]
    fn walk_bits(
        json: &[u8],
        start: usize,
        brackets: &[u32],
        counter: Counter<'_>,
        spans: &mut Vec<Span>,
    ) -> Walk {
        walk(json, start, brackets, counter, spans)
    }
}
