//! The fastest way that the processor knows. All code that asks for its features is called here, by
//! functions that are safe: each asks the processor before it calls.

use super::{Structure, portable};

/// A way to read the structure of a text; false where the processor does not know it.
pub(super) type Way = fn(&[u8], &mut Structure) -> bool;

/// All ways there are, the fastest first.
pub(super) const WAYS: &[Way] = &[
    #[cfg(target_arch = "x86_64")]
    x86::read_with_avx512,
    #[cfg(target_arch = "x86_64")]
    x86::read_with_avx2,
    read_portably,
];

fn read_portably(json: &[u8], structure: &mut Structure) -> bool {
    portable::read(json, structure);
    true
}

/// Reads the structure of a text.
#[inline]
pub(super) fn read(json: &[u8], structure: &mut Structure) {
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if x86::read_with_avx512(json, structure) || x86::read_with_avx2(json, structure) {
        return;
    }
    portable::read(json, structure);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Structure;
    use crate::structure::{avx2, avx512};

    fn has_bits() -> bool {
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
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("avx512bw");
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
}
