//! Other engines with the same rules and the same files, used as their documentation says.
//!
//! What stands around them is as fast as it can be without touching them: the fastest inflating, each
//! record parsed and evaluated while it is in the processor's caches.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::floor;

/// What another engine did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// How many rules it does not take; it has less to do than others.
    pub rules_refused: usize,
    /// How many matches it found.
    pub matches: u64,
}

/// Has rsigma evaluate all records.
///
/// # Errors
/// Files or rules that cannot be read.
pub fn rsigma(folder: &Path, rules: &Path) -> Result<Found, Box<dyn Error>> {
    let mut engine = rsigma_eval::Engine::new();
    let (mut rules_refused, mut matches) = (0, 0);
    for text in rule_texts(rules)? {
        let taken = rsigma_parser::parse_sigma_yaml(&text)
            .is_ok_and(|rule| rule.errors.is_empty() && engine.add_collection(&rule).is_ok());
        rules_refused += usize::from(!taken);
    }
    for_each_record(folder, |record| {
        matches += engine.evaluate(&rsigma_eval::JsonEvent::borrow(&record)).len() as u64;
    })?;
    Ok(Found { rules_refused, matches })
}

/// Has sigma-rust evaluate all records.
///
/// # Errors
/// Files or rules that cannot be read.
pub fn sigma_rust(folder: &Path, rules: &Path) -> Result<Found, Box<dyn Error>> {
    let texts = rule_texts(rules)?;
    let rules: Vec<sigma_rust::Rule> =
        texts.iter().filter_map(|text| sigma_rust::rule_from_yaml(text).ok()).collect();
    let rules_refused = texts.len() - rules.len();
    let mut matches = 0;
    for_each_record(folder, |record| {
        if let Ok(event) = sigma_rust::Event::try_from(record) {
            matches += rules.iter().filter(|rule| rule.is_match(&event)).count() as u64;
        }
    })?;
    Ok(Found { rules_refused, matches })
}

fn rule_texts(rules: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let rules = floor::files(&rules.join("sigma_rules"))?;
    let rules = rules.iter().filter(|path| path.extension().is_some_and(|ending| ending == "yml"));
    let texts = rules.map(|path| {
        fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()).into())
    });
    texts.collect()
}

fn for_each_record(folder: &Path, mut visit: impl FnMut(Value)) -> Result<(), Box<dyn Error>> {
    floor::whole(folder, |file| {
        let mut file = serde_json::Deserializer::from_slice(file);
        Ok(Records(&mut visit).deserialize(&mut file)?)
    })
}

/// Hands out each element of the array that is the value of a key, as soon as it is parsed.
struct Records<'f, F>(&'f mut F);

impl<'de, F: FnMut(Value)> DeserializeSeed<'de> for Records<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Value)> Visitor<'de> for Records<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an array `Records`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "Records" => map.next_value_seed(Records(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<Value>()? {
            (self.0)(record);
        }
        Ok(())
    }
}
