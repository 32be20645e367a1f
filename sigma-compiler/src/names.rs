//! Digests of names, which are the keys of the table that leads to rules, and a filter of them: a few
//! bits that tell most names that are not in the table, before they are looked up.
//!
//! The compiler makes both and what it compiles asks them, so that both have this file: the core takes
//! it in by its path, as it cannot depend on the compiler.

/// A digest of a name whatever its case, where it is ASCII.
pub fn digest(name: &[u8]) -> u64 {
    let (words, rest) = name.as_chunks::<8>();
    let length = name.len() as u64;
    let digest = words.iter().fold(length, |digest, word| mix(digest, u64::from_le_bytes(*word)));
    // The last word overlaps the one before, where there is one.
    match name.last_chunk::<8>() {
        _ if rest.is_empty() => digest,
        Some(word) => mix(digest, u64::from_le_bytes(*word)),
        None => mix(digest, rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))),
    }
}

/// The digest of an eventSource and an eventName together.
pub fn pair(source: u64, name: u64) -> u64 {
    mix(source.rotate_left(32), name)
}

/// The word of a filter that has a digest's bit, and this bit. Filters have a power of two of words.
pub fn place(digest: u64, words: usize) -> (usize, u64) {
    ((digest >> 6) as usize & words.wrapping_sub(1), 1 << (digest % 64))
}

fn mix(digest: u64, word: u64) -> u64 {
    /// Makes letters of either case one; what else it makes one does no harm.
    const LOWER: u64 = 0x2020_2020_2020_2020;
    let product = (digest ^ (word | LOWER)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 29
}
