//! Which rules a record can concern, by its eventSource and eventName alone.

use crate::{
    predicate::fold_into,
    record::{Name, Record},
    rule_set::Matching,
};
use names::{digest, pair, place};

// The compiler has made the tables with it.
#[path = "../../../sigma-compiler/src/names.rs"]
mod names;

/// Perfect hash table from digests of names to rules.
///
/// A record concerns the rules of its eventSource and eventName together, of its eventSource, of its
/// eventName, and `any`.
#[derive(Debug)]
pub struct Dispatch {
    /// The bits of all keys of the table.
    pub filter: &'static [u64],
    /// By the digest of the names that decide.
    pub table: phf::Map<u64, &'static [Candidates]>,
    /// For every record.
    pub any: &'static [u16],
    /// Adds those of `any` that fire. A function that calls them directly, which takes less than a
    /// list of functions.
    pub match_any: fn(&Matching<'_>, &mut Vec<u16>),
}

/// The rules that records with certain names can concern.
#[derive(Debug)]
pub struct Candidates {
    /// The eventSource, folded; `None` for any one.
    pub source: Option<&'static str>,
    /// The eventName, folded; `None` for any one.
    pub name: Option<&'static str>,
    /// Indices, ascending.
    pub rules: &'static [u16],
}

impl Dispatch {
    /// Writes the rules that the record can concern by its names, some perhaps twice; `rules` is the
    /// number of all.
    pub fn find(&self, record: &Record<'_>, rules: usize, candidates: &mut Vec<u16>) {
        candidates.clear();
        match record.plain_names() {
            Some((source, name)) => {
                let is = |wanted: &str, name: &[u8]| name.eq_ignore_ascii_case(wanted.as_bytes());
                self.add(Some(source), Some(name), is, candidates);
            }
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
        let folded = |name| match name {
            Name::Text(name) => {
                let mut folded = String::new();
                fold_into(&name, &mut folded);
                Some(folded)
            }
            _ => None,
        };
        let (source, name) = (folded(source), folded(name));
        self.add(
            source.as_ref().map(String::as_bytes),
            name.as_ref().map(String::as_bytes),
            |wanted, name| wanted.as_bytes() == name,
            candidates,
        );
    }

    /// Adds the rules of these names; `is` says whether one is a folded one.
    #[inline]
    fn add(
        &self,
        source: Option<&[u8]>,
        name: Option<&[u8]>,
        is: impl Fn(&str, &[u8]) -> bool,
        candidates: &mut Vec<u16>,
    ) {
        let (by_source, by_name) = (source.map(digest), name.map(digest));
        let both = by_source.zip(by_name).map(|(source, name)| pair(source, name));
        let fits = |wanted: Option<&str>, name: Option<&[u8]>| {
            wanted.is_none_or(|wanted| name.is_some_and(|name| is(wanted, name)))
        };
        for digest in [both, by_source, by_name].into_iter().flatten() {
            // Few records are in the table; most of the others are known by a few bits.
            if !self.may_have(digest) {
                continue;
            }
            for each in self.table.get(&digest).copied().into_iter().flatten() {
                if fits(each.source, source) && fits(each.name, name) {
                    candidates.extend_from_slice(each.rules);
                }
            }
        }
    }

    #[inline]
    fn may_have(&self, digest: u64) -> bool {
        let (word, bit) = place(digest, self.filter.len());
        self.filter.get(word).is_some_and(|word| word & bit != 0)
    }
}
