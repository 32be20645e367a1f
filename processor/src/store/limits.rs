//! What every store takes, so that none takes what another would refuse.

use std::collections::HashSet;

use super::{Key, MAX_BODY_BYTES, MAX_WRITES, Range, StoreError, Write};

/// Longest [`Key::partition`], in bytes.
pub const MAX_PARTITION_BYTES: usize = 1_024;

/// Longest [`Key::sort`], in bytes.
pub const MAX_SORT_BYTES: usize = 512;

/// Most keys and bodies of one commit, in bytes. `DynamoDB` takes 4 MB, what it adds included.
pub const MAX_COMMIT_BYTES: usize = 3_500_000;

/// Whether a store can hold an item under this key.
///
/// # Errors
/// If a part of it is empty or too long.
pub fn check_key(key: &Key) -> Result<(), StoreError> {
    check_part("partition", &key.partition, MAX_PARTITION_BYTES)?;
    check_part("sort key", &key.sort, MAX_SORT_BYTES)
}

/// Whether a store can look for this range.
///
/// # Errors
/// If no item can stand in its partition, or an end is longer than twice the longest `sort`. An
/// end can be empty.
pub fn check_range(range: &Range) -> Result<(), StoreError> {
    check_part("partition", &range.partition, MAX_PARTITION_BYTES)?;
    for end in [&range.from, &range.to] {
        check_length("end of a range", end, 2 * MAX_SORT_BYTES)?;
    }
    Ok(())
}

/// Whether a store can make these writes at once.
///
/// # Errors
/// If they are too many or too large, or two of them are of the same item.
pub fn check_writes(writes: &[Write]) -> Result<(), StoreError> {
    if writes.len() > MAX_WRITES {
        return Err(refused(&format!("{} writes in one commit, of {MAX_WRITES}", writes.len())));
    }
    let mut keys = HashSet::with_capacity(writes.len());
    let mut bytes = 0;
    for write in writes {
        let key = write.key();
        check_key(key)?;
        if !keys.insert(key) {
            return Err(refused(&format!("two writes of {} in one commit", named(key))));
        }
        bytes += key.partition.len() + key.sort.len();
        if let Write::Put(item, _) = write {
            check_body(key, &item.body)?;
            bytes += item.body.len();
        }
    }
    if bytes > MAX_COMMIT_BYTES {
        return Err(refused(&format!("{bytes} bytes in one commit, of {MAX_COMMIT_BYTES}")));
    }
    Ok(())
}

fn check_body(key: &Key, body: &str) -> Result<(), StoreError> {
    if body.len() > MAX_BODY_BYTES {
        let bytes = body.len();
        return Err(refused(&format!(
            "the body of {} has {bytes} bytes, of {MAX_BODY_BYTES}",
            named(key)
        )));
    }
    Ok(())
}

fn check_part(what: &str, part: &str, most: usize) -> Result<(), StoreError> {
    if part.is_empty() {
        return Err(refused(&format!("an empty {what}")));
    }
    check_length(what, part, most)
}

fn check_length(what: &str, part: &str, most: usize) -> Result<(), StoreError> {
    if part.len() > most {
        let bytes = part.len();
        return Err(refused(&format!("the {what} {} has {bytes} bytes, of {most}", shown(part))));
    }
    Ok(())
}

/// A key for a message.
fn named(key: &Key) -> String {
    format!("{} in {}", shown(&key.sort), shown(&key.partition))
}

/// The beginning of a text, escaped: it can come from a record.
fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    let beginning: String = text.chars().take(SHOWN).collect();
    let more = if beginning.len() < text.len() { "…" } else { "" };
    format!("{beginning:?}{more}")
}

fn refused(what: &str) -> StoreError {
    StoreError { passing: false, message: format!("more than a store takes: {what}") }
}
