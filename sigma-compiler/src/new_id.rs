//! Ids to propose for rules that have none: the same rule is always offered the same one, so that a
//! message does not change from one run to the next.

use sha2::{Digest as _, Sha256};

/// A UUID of version 8, made of what tells a rule from all others.
pub fn new_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut digits: Vec<char> = hash
        .finalize()
        .iter()
        .take(16)
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect();
    if let Some(version) = digits.get_mut(12) {
        *version = '8';
    }
    if let Some(variant) = digits.get_mut(16) {
        // Two bits say that it is a UUID of RFC 9562.
        *variant = variant
            .to_digit(16)
            .and_then(|digit| "89ab".chars().nth(digit as usize & 3))
            .unwrap_or('8');
    }
    with_dashes(&digits.into_iter().collect::<String>())
}

/// The form of a UUID for 32 hexadecimal digits.
pub fn with_dashes(digits: &str) -> String {
    let mut text = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::new_id;

    #[test]
    fn an_id_is_a_uuid_that_depends_on_every_part() {
        let id = new_id(&["a", "bc"]);
        assert_eq!(id, new_id(&["a", "bc"]));
        assert_ne!(id, new_id(&["ab", "c"]));
        let groups: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(id.chars().nth(14), Some('8'), "{id}");
        assert!(id.chars().nth(19).is_some_and(|c| "89ab".contains(c)), "{id}");
    }
}
