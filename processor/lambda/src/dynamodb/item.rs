//! Items as attributes.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use trailalerts_processor::store::{Item, Key, StoreError, whole_seconds};

use super::Attributes;

pub(super) const PARTITION: &str = "pk";
pub(super) const SORT: &str = "sk";
pub(super) const VERSION: &str = "version";
pub(super) const EXPIRES: &str = "expires";
pub(super) const BODY: &str = "body";

/// A text as `DynamoDB` takes it.
pub(super) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A number as `DynamoDB` takes it.
pub(super) fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A time as its time to live takes it.
pub(super) fn second(time: Timestamp) -> AttributeValue {
    AttributeValue::N(whole_seconds(time).to_string())
}

/// The attributes of a key.
pub(super) fn key(key: &Key) -> Attributes {
    Attributes::from([
        (PARTITION.to_owned(), text(&key.partition)),
        (SORT.to_owned(), text(&key.sort)),
    ])
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> Attributes {
    let mut attributes = key(&item.key);
    attributes.insert(VERSION.to_owned(), number(item.version));
    attributes.insert(BODY.to_owned(), text(&item.body));
    if let Some(expires) = item.expires {
        attributes.insert(EXPIRES.to_owned(), second(expires));
    }
    attributes
}

/// The item of attributes that were read.
pub(super) fn read(mut attributes: Attributes, table: &str) -> Result<Item, StoreError> {
    let mut take = |name: &str| attributes.remove(name);
    let wrong = |name: &str| StoreError {
        passing: false,
        message: format!(
            "an item of table `{table}` has no valid `{name}`: something else than TrailAlerts \
             writes to this table"
        ),
    };
    let partition = take(PARTITION).and_then(read_text).ok_or_else(|| wrong(PARTITION))?;
    let sort = take(SORT).and_then(read_text).ok_or_else(|| wrong(SORT))?;
    let version = take(VERSION).and_then(read_number).ok_or_else(|| wrong(VERSION))?;
    let body = take(BODY).and_then(read_text).ok_or_else(|| wrong(BODY))?;
    let expires = match take(EXPIRES) {
        Some(expires) => {
            let second = read_number(expires).ok_or_else(|| wrong(EXPIRES))?;
            Some(Timestamp::from_second(second).map_err(|_| wrong(EXPIRES))?)
        }
        None => None,
    };
    Ok(Item { key: Key { partition, sort }, version, expires, body })
}

fn read_text(value: AttributeValue) -> Option<String> {
    match value {
        AttributeValue::S(text) => Some(text),
        _ => None,
    }
}

fn read_number<N: std::str::FromStr>(value: AttributeValue) -> Option<N> {
    match value {
        AttributeValue::N(number) => number.parse().ok(),
        _ => None,
    }
}
