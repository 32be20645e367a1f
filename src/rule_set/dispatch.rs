//! Which rules a record can concern, by its eventSource and eventName alone.

use crate::{
    predicate::fold_into,
    record::{Name, Record},
};

/// A perfect hash table from folded names to rule indices.
pub type Table = phf::Map<&'static str, &'static [u16]>;

/// Perfect hash tables from folded names to rule indices. A record concerns the rules of its
/// pair (joined by a newline), of its eventSource, of its eventName, and `any`.
#[derive(Debug)]
pub struct Dispatch {
    /// What [`filter`] made of all keys of the tables: a power of two of words.
    pub filter: &'static [u64],
    /// By both names.
    pub pairs: Table,
    /// By eventSource.
    pub sources: Table,
    /// By eventName.
    pub names: Table,
    /// For every record.
    pub any: &'static [u16],
}

impl Dispatch {
    /// Writes the rules that the record can concern, in ascending order; `rules` is their number
    /// in all, `key` a buffer.
    pub fn find(
        &self,
        record: &Record<'_>,
        rules: usize,
        key: &mut String,
        candidates: &mut Vec<u16>,
    ) {
        candidates.clear();
        candidates.extend_from_slice(self.any);
        let found = candidates.len();
        match record.plain_names() {
            Some((source, name)) => self.find_plain(source, name, key, candidates),
            None => self.find_any(record, rules, key, candidates),
        }
        if candidates.len() > found {
            candidates.sort_unstable();
            candidates.dedup();
        }
    }

    /// For names of ASCII. Few records are in any table; most of the others are known by a few bits.
    fn find_plain(&self, source: &[u8], name: &[u8], key: &mut String, candidates: &mut Vec<u16>) {
        let (by_source, by_name) = (digest(source), digest(name));
        let pair = self.may_have(pair(by_source, by_name));
        let (by_source, by_name) = (self.may_have(by_source), self.may_have(by_name));
        if !(pair | by_source | by_name) {
            return;
        }
        key.clear();
        key.push_str(str::from_utf8(source).unwrap_or_default());
        key.push('\n');
        key.push_str(str::from_utf8(name).unwrap_or_default());
        key.make_ascii_lowercase();
        let (source, name) = key.split_at_checked(source.len()).unwrap_or_default();
        let mut add = |table: &Table, key: &str| {
            candidates.extend(table.get(key).into_iter().copied().flatten());
        };
        if by_source {
            add(&self.sources, source);
        }
        if by_name {
            add(&self.names, name.get(1..).unwrap_or_default());
        }
        if pair {
            add(&self.pairs, key);
        }
    }

    /// For names of any kind.
    fn find_any(
        &self,
        record: &Record<'_>,
        rules: usize,
        key: &mut String,
        candidates: &mut Vec<u16>,
    ) {
        let (source, name) = (record.event_source(), record.event_name());
        if matches!(source, Name::Other) || matches!(name, Name::Other) {
            // A list of names, say, can equal several: the tables say nothing about it.
            candidates.extend((0..=u16::MAX).take(rules));
            return;
        }
        let mut add = |table: &Table, key: &str| {
            candidates.extend(table.get(key).into_iter().copied().flatten());
        };
        key.clear();
        if let Name::Text(source) = &source {
            fold_into(source, key);
            add(&self.sources, key);
        }
        if let Name::Text(name) = &name {
            let start = key.len() + 1;
            key.push('\n');
            fold_into(name, key);
            add(&self.names, key.get(start..).unwrap_or_default());
            add(&self.pairs, key);
        }
    }

    #[inline]
    fn may_have(&self, digest: u64) -> bool {
        let word = (digest >> 6) as usize & (self.filter.len().wrapping_sub(1));
        self.filter.get(word).is_some_and(|word| word >> (digest % 64) & 1 == 1)
    }
}

/// The bits of the keys of all tables, one each.
pub const fn filter<const WORDS: usize>(
    pairs: &[(&str, &str)],
    sources: &[&str],
    names: &[&str],
) -> [u64; WORDS] {
    let mut filter = [0; WORDS];
    let mut index = 0;
    while index < pairs.len() {
        let (source, name) = pairs[index];
        set(&mut filter, pair(digest(source.as_bytes()), digest(name.as_bytes())));
        index += 1;
    }
    index = 0;
    while index < sources.len() {
        set(&mut filter, digest(sources[index].as_bytes()));
        index += 1;
    }
    index = 0;
    while index < names.len() {
        set(&mut filter, digest(names[index].as_bytes()));
        index += 1;
    }
    filter
}

const fn set(filter: &mut [u64], digest: u64) {
    let word = (digest >> 6) as usize & (filter.len() - 1);
    filter[word] |= 1 << (digest % 64);
}

/// A digest of a text whatever its case, where it is ASCII.
const fn digest(text: &[u8]) -> u64 {
    let mut digest = text.len() as u64;
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        digest = mix(digest, u64::from_le_bytes(*word));
        rest = after;
    }
    // The last word overlaps the one before, where there is one.
    match text.last_chunk::<8>() {
        _ if rest.is_empty() => digest,
        Some(word) => mix(digest, u64::from_le_bytes(*word)),
        None => {
            let mut word = 0;
            while let Some((byte, after)) = rest.split_first() {
                word = word << 8 | *byte as u64;
                rest = after;
            }
            mix(digest, word)
        }
    }
}

const fn pair(source: u64, name: u64) -> u64 {
    mix(source.rotate_left(32), name)
}

const fn mix(digest: u64, word: u64) -> u64 {
    /// Makes letters of either case one; what else it makes one does no harm.
    const LOWER: u64 = 0x2020_2020_2020_2020;
    let product = (digest ^ (word | LOWER)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 29
}
