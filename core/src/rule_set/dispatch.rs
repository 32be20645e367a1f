//! Which rules a record can concern, by its eventSource and eventName alone.

use crate::{
    predicate::fold_into,
    record::{Name, Record},
};
use names::{digest, pair, place};

// The compiler has made the filter with it.
#[path = "../../../sigma-compiler/src/names.rs"]
mod names;

/// A perfect hash table from folded names to rule indices.
pub type Table = phf::Map<&'static str, &'static [u16]>;

/// Perfect hash tables from folded names to rule indices. A record concerns the rules of its
/// pair (joined by a newline), of its eventSource, of its eventName, and `any`.
#[derive(Debug)]
pub struct Dispatch {
    /// The bits of all keys of the tables.
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
        let (word, bit) = place(digest, self.filter.len());
        self.filter.get(word).is_some_and(|word| word & bit != 0)
    }
}
