//! JSON as text.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::store::{Item, StoreError};

/// The same text for JSON that differs in the order of members, white space or escapes alone.
pub fn canonical(json: &str) -> String {
    // Maps of serde_json are sorted by key.
    match serde_json::from_str::<Value>(json) {
        Ok(value) => value.to_string(),
        // Nested deeper than it goes; such text is its own name.
        Err(_) => json.to_owned(),
    }
}

/// What is remembered, as the body of an item.
pub fn body(value: &impl Serialize) -> String {
    // Texts, numbers, lists and maps of texts always serialize.
    serde_json::to_string(value).unwrap_or_default()
}

/// What an item's body says.
///
/// # Errors
/// If someone else has written it, or another version of this program.
pub fn read<T: DeserializeOwned>(item: &Item) -> Result<T, StoreError> {
    serde_json::from_str(&item.body).map_err(|error| StoreError {
        passing: false,
        message: format!(
            "the item `{}` / `{}` is not what this version writes: {error}; remove it",
            item.key.partition, item.key.sort
        ),
    })
}

/// A level by its name.
pub mod level {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use trailalerts_core::Level;

    /// Writes the name.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(level.name())
    }

    /// Reads the name.
    ///
    /// # Errors
    /// If it is no text, or no level's name.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
