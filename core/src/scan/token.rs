//! The ends of strings, numbers and literals.

use super::{ScanError, invalid};

/// The offset after the closing quote of the string whose text begins at `at`, and whether it
/// holds a backslash.
#[inline]
pub(crate) fn string_end(json: &[u8], mut at: usize) -> Result<(usize, bool), ScanError> {
    let mut escaped = false;
    loop {
        at = plain_end(json, at);
        match json.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape_end(json, at)?;
            }
            Some(_) => return invalid(at, "control character in a string"),
            None => return Err(ScanError::Incomplete),
        }
    }
}

/// The offset of the first quote, backslash or control character at or after `at`; the end of
/// the bytes where there is none.
#[inline]
fn plain_end(json: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Eight bytes at a time. `x - ONES & !x` sets the high bit of every byte of x that is zero;
    // a borrow can set it wrongly in a later byte only, and the earliest one counts.
    while let Some(chunk) = json.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        if found & HIGHS != 0 {
            return at + (found & HIGHS).trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while json.get(at).is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        at += 1;
    }
    at
}

/// The offset after the escape whose backslash is at `at`.
fn escape_end(json: &[u8], at: usize) -> Result<usize, ScanError> {
    match json.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            for digit in at + 2..at + 6 {
                match json.get(digit) {
                    Some(byte) if byte.is_ascii_hexdigit() => {}
                    Some(_) => return invalid(digit, "expected four hexadecimal digits"),
                    None => return Err(ScanError::Incomplete),
                }
            }
            Ok(at + 6)
        }
        Some(_) => invalid(at + 1, "unknown escape in a string"),
        None => Err(ScanError::Incomplete),
    }
}

/// The offset after the number that begins at `at`.
pub(super) fn number_end(json: &[u8], mut at: usize) -> Result<usize, ScanError> {
    if let Some(b'-') = json.get(at) {
        at += 1;
    }
    at = match json.get(at) {
        Some(b'0') => at + 1,
        _ => digits_end(json, at)?,
    };
    if let Some(b'.') = json.get(at) {
        at = digits_end(json, at + 1)?;
    }
    if let Some(b'e' | b'E') = json.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = json.get(at) {
            at += 1;
        }
        at = digits_end(json, at)?;
    }
    Ok(at)
}

/// The offset after the digits, at least one, that begin at `at`.
fn digits_end(json: &[u8], mut at: usize) -> Result<usize, ScanError> {
    match json.get(at) {
        Some(b'0'..=b'9') => {}
        Some(_) => return invalid(at, "expected a digit"),
        None => return Err(ScanError::Incomplete),
    }
    while let Some(b'0'..=b'9') = json.get(at) {
        at += 1;
    }
    Ok(at)
}

/// The offset after `word`, which should stand at `at`.
pub(super) fn literal_end(
    json: &[u8],
    at: usize,
    word: &[u8],
    reason: &'static str,
) -> Result<usize, ScanError> {
    for (place, expected) in (at..).zip(word) {
        match json.get(place) {
            Some(byte) if byte == expected => {}
            Some(_) => return invalid(place, reason),
            None => return Err(ScanError::Incomplete),
        }
    }
    Ok(at + word.len())
}
