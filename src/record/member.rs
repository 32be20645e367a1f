//! The keys of an object, and how one is found among them.

use core::{ops::Range, str};

use memchr::memrchr;

use super::value::unescape;

/// The members of a record, as far as they are told apart by the ends of their keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// The last four bytes of each key in its quotes.
    ends: Vec<u32>,
    /// Which of the colons in the text that the record is part of are behind them.
    colons: Vec<u32>,
    /// A few bits of each end: most keys that are not there are known by them.
    bits: u64,
}

impl Keys {
    pub fn clear(&mut self) {
        self.bits = 0;
        self.ends.clear();
        self.colons.clear();
    }

    pub fn len(&self) -> usize {
        self.colons.len()
    }

    /// Adds the members of which the colons have these indices among `all`; `json` is the text from
    /// `start` on.
    #[inline]
    pub fn extend(
        &mut self,
        json: &[u8],
        start: usize,
        all: &[u32],
        colons: Range<u32>,
        escapes: bool,
    ) {
        let positions = all.get(colons.start as usize..colons.end as usize).unwrap_or_default();
        let mut bits = self.bits;
        self.ends.extend(positions.iter().map(|&position| {
            let end = end(json, position as usize - start, escapes);
            bits |= bit(end);
            end
        }));
        self.bits = bits;
        self.colons.extend(colons);
    }

    /// The colon of the first member that has this key, as an index among `all`.
    #[inline(always)]
    pub fn find(
        &self,
        json: &[u8],
        start: usize,
        all: &[u32],
        key: &Key<'_>,
        escapes: bool,
    ) -> Option<usize> {
        if self.bits & key.bit == 0 {
            return None;
        }
        for (&end, &colon) in self.ends.iter().zip(&self.colons) {
            if end & key.end_mask == key.end
                && let Some(&position) = all.get(colon as usize)
                && key.precedes(json, position as usize - start, escapes)
            {
                return Some(colon as usize);
            }
        }
        None
    }
}

/// A key that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'p> {
    text: &'p str,
    /// Its last four bytes in its quotes, of which the last one is the highest.
    end: u32,
    /// Which of them count.
    end_mask: u32,
    /// The bit of such an end; all where not all of its bytes count.
    bit: u64,
    /// The last sixteen bytes, the last one the highest.
    last: [u64; 2],
    /// Which bytes of them count: those of the key and its quotes.
    mask: [u64; 2],
}

impl<'p> Key<'p> {
    pub const fn of(text: &'p str) -> Self {
        let bytes = text.as_bytes();
        let mut quoted = [b'"'; 16];
        let count = if bytes.len() < 15 { bytes.len() } else { 15 };
        let (_, bytes) = bytes.split_at(bytes.len() - count);
        let (_, room) = quoted.split_at_mut(15 - count);
        let (room, _) = room.split_at_mut(count);
        room.copy_from_slice(bytes);
        let quotes = if count < 15 { 2 } else { 1 };
        let mask = u128::MAX << (8 * (16 - count - quotes));
        let last = u128::from_le_bytes(quoted) & mask;
        Self {
            text,
            end: (last >> 96) as u32,
            end_mask: (mask >> 96) as u32,
            bit: if count >= 2 { bit((last >> 96) as u32) } else { u64::MAX },
            last: [(last >> 64) as u64, last as u64],
            mask: [(mask >> 64) as u64, mask as u64],
        }
    }

    /// Whether this is the key in front of the colon at `colon`.
    #[inline]
    pub fn precedes(&self, json: &[u8], colon: usize, escapes: bool) -> bool {
        let before = json.get(..colon).unwrap_or_default();
        if self.ends(before) {
            return !escapes || !has_escapes(before) || is_unusual_key(before, self.text);
        }
        // It may have whitespace behind it, too.
        (escapes && has_escapes(before) || before.last() != Some(&b'"'))
            && is_unusual_key(before, self.text)
    }

    /// Whether the text ends with the key in its quotes, or with what looks so.
    #[inline]
    fn ends(&self, text: &[u8]) -> bool {
        let Some((rest, last)) = text.split_last_chunk::<8>() else {
            return self.ends_long(text);
        };
        if (u64::from_le_bytes(*last) ^ self.last[0]) & self.mask[0] != 0 {
            return false;
        }
        if self.text.len() <= 6 {
            return true;
        }
        match rest.last_chunk::<8>() {
            Some(last) if (u64::from_le_bytes(*last) ^ self.last[1]) & self.mask[1] != 0 => false,
            Some(_) if self.text.len() <= 14 => true,
            _ => self.ends_long(text),
        }
    }

    fn ends_long(&self, text: &[u8]) -> bool {
        let text = text.strip_suffix(b"\"").unwrap_or_default();
        let text = text.strip_suffix(self.text.as_bytes());
        text.is_some_and(|text| text.ends_with(b"\""))
    }
}

/// One bit for the end of a key.
#[inline(always)]
const fn bit(end: u32) -> u64 {
    1 << (end.wrapping_mul(0x9E37_79B1) >> 26)
}

/// The last four bytes of the key in front of a colon; see [`Key::end`].
#[inline]
fn end(json: &[u8], colon: usize, escapes: bool) -> u32 {
    let before = json.get(..colon).unwrap_or_default();
    match before.last_chunk::<4>() {
        // The byte in front of the colon is the highest.
        Some(end) if end[3] == b'"' && !(escapes && has_escapes(before)) => {
            u32::from_le_bytes(*end)
        }
        _ => unusual_end(before),
    }
}

/// Whether the key that ends a text, with its closing quote, may have escapes in it.
fn has_escapes(text: &[u8]) -> bool {
    let Some(text) = text.strip_suffix(b"\"") else {
        return true;
    };
    // The quote may be one in the key; then there is a backslash in front of it.
    let start = memrchr(b'"', text).unwrap_or(0);
    text.get(start.saturating_sub(1)..).unwrap_or_default().contains(&b'\\')
}

/// [`end`] of a key with escapes in it, with whitespace behind it, or near the begin of the text.
#[cold]
fn unusual_end(text: &[u8]) -> u32 {
    let key = unusual_key(text).unwrap_or_default();
    Key::of(&unescape(key)).end
}

#[cold]
fn is_unusual_key(text: &[u8], wanted: &str) -> bool {
    unusual_key(text).is_some_and(|key| unescape(key) == wanted)
}

/// The key that ends a text, as written between its quotes.
fn unusual_key(text: &[u8]) -> Option<&str> {
    let text = text.trim_ascii_end().strip_suffix(b"\"")?;
    // The quotes within are escaped by an odd number of backslashes.
    let mut start = text.len();
    loop {
        start = memrchr(b'"', text.get(..start)?)?;
        let in_front = text.get(..start)?;
        let backslashes = in_front.iter().rev().take_while(|&&byte| byte == b'\\').count();
        if backslashes % 2 == 0 {
            return str::from_utf8(text.get(start + 1..)?).ok();
        }
    }
}
