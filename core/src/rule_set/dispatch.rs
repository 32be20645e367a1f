//! Which rules a record can concern, by its eventSource and eventName alone.

use crate::{
    predicate::fold_into,
    record::{Name, Record},
    rule_set::Matching,
};
use names::{digest, pair, place};

// The compiler has made the table with it.
#[path = "../../../sigma-compiler/src/names.rs"]
mod names;

/// A perfect hash table from digests of names to the rules that records with them can concern: those
/// of eventSource and eventName together, those of either one, and `any`.
#[derive(Debug)]
pub struct Dispatch {
    /// The bits of all keys of the table.
    pub filter: &'static [u64],
    /// By the digest of the names that decide, indices of rules. That other names can have the same
    /// digest adds rules to try and takes none away.
    pub table: phf::Map<u64, &'static [u16]>,
    /// For every record.
    pub any: &'static [u16],
    /// Adds those of `any` that fire. A function that calls them directly, which takes less than a
    /// list of functions.
    pub match_any: fn(&Matching<'_>, &mut Vec<u16>),
}

impl Dispatch {
    /// Writes the rules that the record can concern by its names, some perhaps twice; `rules` is the
    /// number of all.
    pub fn find(&self, record: &Record<'_>, rules: usize, candidates: &mut Vec<u16>) {
        candidates.clear();
        match record.plain_names() {
            Some((source, name)) => self.add(Some(digest(source)), Some(digest(name)), candidates),
            None => self.find_any(record, rules, candidates),
        }
    }

    /// For names of any kind.
    #[cold]
    fn find_any(&self, record: &Record<'_>, rules: usize, candidates: &mut Vec<u16>) {
        let (source, name) = (record.event_source(), record.event_name());
        if matches!(source, Name::Other) || matches!(name, Name::Other) {
            // A list of names, say, can equal several: the table says nothing about it.
            candidates.extend((0..=u16::MAX).take(rules));
            return;
        }
        let digest = |name| match name {
            Name::Text(name) => {
                let mut folded = String::new();
                fold_into(&name, &mut folded);
                Some(digest(folded.as_bytes()))
            }
            _ => None,
        };
        self.add(digest(source), digest(name), candidates);
    }

    /// Adds the rules of names with these digests.
    #[inline]
    fn add(&self, source: Option<u64>, name: Option<u64>, candidates: &mut Vec<u16>) {
        let both = source.zip(name).map(|(source, name)| pair(source, name));
        for digest in [both, source, name].into_iter().flatten() {
            // Few records are in the table; most of the others are known by a few bits.
            if self.may_have(digest) {
                candidates.extend(self.table.get(&digest).copied().into_iter().flatten());
            }
        }
    }

    #[inline]
    fn may_have(&self, digest: u64) -> bool {
        let (word, bit) = place(digest, self.filter.len());
        self.filter.get(word).is_some_and(|word| word & bit != 0)
    }
}
