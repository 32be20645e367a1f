//! The perfect hash tables that lead from a record to the rules it can concern.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::{names, plan::Dispatch};

/// Bits of the filter for each key: of the records that are in no table, one in sixteen is looked up
/// at most, as each asks for three bits.
const FILTER_BITS: usize = 48;

/// Joins the two folded names of a pair into one key. Names that hold the separator can give two
/// pairs one key; it then leads to the rules of both, which adds rules to try and takes none away.
const SEPARATOR: char = '\n';

/// The value of the `Dispatch` of the generated rule set.
pub fn tables(dispatch: &Dispatch) -> TokenStream {
    let mut pairs: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for ((source, name), rules) in &dispatch.pairs {
        let candidates = pairs.entry(format!("{source}{SEPARATOR}{name}")).or_default();
        candidates.extend(rules);
        candidates.sort_unstable();
        candidates.dedup();
    }
    let filter = filter(dispatch);
    let pairs = map(pairs.iter().map(|(key, rules)| (key.clone(), rules)));
    let sources = map(dispatch.sources.iter().map(|(source, rules)| (source.clone(), rules)));
    let names = map(dispatch.names.iter().map(|(name, rules)| (name.clone(), rules)));
    let any = list(&dispatch.any);
    quote! {
        Dispatch { filter: #filter, pairs: #pairs, sources: #sources, names: #names, any: #any }
    }
}

/// The bits of all keys.
fn filter(dispatch: &Dispatch) -> TokenStream {
    let Dispatch { pairs, sources, names, .. } = dispatch;
    let digest = |name: &String| names::digest(name.as_bytes());
    let pairs = pairs.keys().map(|(source, name)| names::pair(digest(source), digest(name)));
    let keys: Vec<u64> = pairs.chain(sources.keys().chain(names.keys()).map(digest)).collect();
    let mut filter = vec![0_u64; (keys.len() * FILTER_BITS).div_ceil(64).next_power_of_two()];
    for key in keys {
        let (word, bit) = names::place(key, filter.len());
        if let Some(word) = filter.get_mut(word) {
            *word |= bit;
        }
    }
    let words = filter.into_iter().map(Literal::u64_unsuffixed);
    quote!(&[#(#words),*])
}

fn map<'a>(entries: impl Iterator<Item = (String, &'a Vec<usize>)>) -> TokenStream {
    let mut map = phf_codegen::Map::new();
    map.phf_path("phf");
    for (key, rules) in entries {
        map.entry(key, list(rules).to_string());
    }
    let text = map.build().to_string();
    match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => unreachable!("the hash table is not Rust: {error}\n{text}"),
    }
}

fn list(rules: &[usize]) -> TokenStream {
    let rules = rules.iter().map(|&rule| Literal::usize_unsuffixed(rule));
    quote!(&[#(#rules),*])
}
