//! The perfect hash table that leads from a record to the rules it can concern.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::{names, plan::Dispatch};

/// Bits of the filter for each key: of the records that are in no table, one in sixteen is looked up
/// at most, as each asks for three bits.
const FILTER_BITS: usize = 48;

/// The value of the `Dispatch` of the generated rule set; `functions` are the rules' names.
pub fn table(dispatch: &Dispatch, functions: &[Ident]) -> TokenStream {
    let digest = |name: &String| names::digest(name.as_bytes());
    let pairs = dispatch
        .pairs
        .iter()
        .map(|((source, name), rules)| (names::pair(digest(source), digest(name)), rules));
    let either = dispatch.sources.iter().chain(&dispatch.names);
    let either = either.map(|(name, rules)| (digest(name), rules));
    // Where different names have one digest, it leads to the rules of both.
    let mut entries: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
    for (digest, rules) in pairs.chain(either) {
        entries.entry(digest).or_default().extend(rules);
    }
    let filter = filter(entries.keys());
    let table = map(&entries);
    let any = list(dispatch.any.iter());
    let each = dispatch.any.iter().filter_map(|&rule| {
        let (index, function) = (Literal::usize_unsuffixed(rule), functions.get(rule)?);
        Some(quote!(if #function(record) { fired.push(#index); }))
    });
    let match_any = quote!(|record, fired| { #(#each)* });
    quote!(Dispatch { filter: #filter, table: #table, any: #any, match_any: #match_any })
}

/// The bits of all keys.
fn filter<'a>(keys: impl ExactSizeIterator<Item = &'a u64>) -> TokenStream {
    let mut filter = vec![0_u64; (keys.len() * FILTER_BITS).div_ceil(64).next_power_of_two()];
    for &key in keys {
        let (word, bit) = names::place(key, filter.len());
        if let Some(word) = filter.get_mut(word) {
            *word |= bit;
        }
    }
    let words = filter.into_iter().map(Literal::u64_unsuffixed);
    quote!(&[#(#words),*])
}

fn map(entries: &BTreeMap<u64, BTreeSet<usize>>) -> TokenStream {
    let mut map = phf_codegen::Map::new();
    map.phf_path("phf");
    for (&key, rules) in entries {
        map.entry(key, list(rules.iter()).to_string());
    }
    let text = map.build().to_string();
    match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => unreachable!("the hash table is not Rust: {error}\n{text}"),
    }
}

fn list<'r>(rules: impl Iterator<Item = &'r usize>) -> TokenStream {
    let rules = rules.map(|&rule| Literal::usize_unsuffixed(rule));
    quote!(&[#(#rules),*])
}
