//! The keys of an object, and how one is found among them.

use core::str;

use memchr::memrchr;

use super::value::unescape;

/// How many slots there are for members: a power of two.
const SLOTS: usize = 128;

/// The members of a record, in slots by their keys.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// The position of the colon of the first member of each slot. What is left there of a record before
    /// is in front of this one.
    slots: [u32; SLOTS],
}

impl Default for Keys {
    fn default() -> Self {
        Self { slots: [0; SLOTS] }
    }
}

impl Keys {
    /// Forgets all members: positions are those in another text from now on.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Reads the keys of the members with these colons in place of those before, which were further in
    /// front in the same text. Colons are positions in it; `json` is the text from `start` on.
    #[inline]
    pub fn read(&mut self, json: &[u8], start: usize, colons: &[u32], escapes: bool) {
        // Backwards, so that of several members with one slot the first is written last.
        for &colon in colons.iter().rev() {
            let slot = slot_of_end(json, colon as usize - start, escapes);
            if let Some(slot) = self.slots.get_mut(usize::from(slot) % SLOTS) {
                *slot = colon;
            }
        }
    }

    /// The offset of the colon of the first member that has this key; `colons` are those that were
    /// read.
    #[inline(always)]
    pub fn find<'c>(
        &self,
        json: &[u8],
        start: usize,
        colons: impl FnOnce() -> &'c [u32],
        key: &Key<'_>,
        escapes: bool,
    ) -> Option<usize> {
        let colon = *self.slots.get(usize::from(key.slot) % SLOTS)? as usize;
        // Nothing is at the position of the record's own bracket.
        let at = colon.checked_sub(start + 1)? + 1;
        if key.precedes(json, at, escapes) {
            return Some(at);
        }
        find_among(json, start, colons(), key, escapes)
    }
}

/// The first member of some that has this key: another key can have the same slot.
#[cold]
#[inline(never)]
fn find_among(
    json: &[u8],
    start: usize,
    colons: &[u32],
    key: &Key<'_>,
    escapes: bool,
) -> Option<usize> {
    let mut offsets = colons.iter().map(|&colon| colon as usize - start);
    offsets.find(|&at| key.precedes(json, at, escapes))
}

/// A key that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'p> {
    text: &'p str,
    slot: u8,
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
            slot: slot((last >> 64) as u64, count),
            last: [(last >> 64) as u64, last as u64],
            mask: [(mask >> 64) as u64, mask as u64],
        }
    }

    /// The length in bytes of the key with its quotes, if it needs no escapes.
    pub fn quoted_length(&self) -> usize {
        self.text.len() + 2
    }

    /// Whether this is the key in front of the colon at `colon`.
    #[inline(always)]
    pub fn precedes(&self, json: &[u8], colon: usize, escapes: bool) -> bool {
        let end =
            colon.checked_sub(16).and_then(|start| json.get(start..colon)?.first_chunk::<16>());
        if let Some(end) = end
            && !escapes
        {
            let end = u128::from_le_bytes(*end);
            let [last, before] = [(end >> 64) as u64, end as u64];
            let differ =
                (last ^ self.last[0]) & self.mask[0] | (before ^ self.last[1]) & self.mask[1];
            if differ == 0 && self.text.len() <= 14 {
                return true;
            }
            if differ != 0 && last.to_le_bytes()[7] == b'"' {
                return false;
            }
        }
        self.precedes_slowly(json, colon, escapes)
    }

    #[inline(never)]
    fn precedes_slowly(&self, json: &[u8], colon: usize, escapes: bool) -> bool {
        let end =
            colon.checked_sub(16).and_then(|start| json.get(start..colon)?.first_chunk::<16>());
        if let Some(end) = end
            && escapes
        {
            let end = u128::from_le_bytes(*end);
            let [last, before] = [(end >> 64) as u64, end as u64];
            // No escape reaches into the last seven letters if it does not begin in the sixteen.
            let sure = (last ^ self.last[0]) & self.mask[0] != 0
                && last.to_le_bytes()[7] == b'"'
                && !has_backslash(last)
                && !has_backslash(before);
            if sure {
                return false;
            }
        }
        self.precedes_surely(json, colon, escapes)
    }

    fn precedes_surely(&self, json: &[u8], colon: usize, escapes: bool) -> bool {
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

/// The slot of a key.
#[cfg(test)]
pub(super) fn slot_of(key: &str) -> u8 {
    Key::of(key).slot
}

/// The slot of a key, by its last seven bytes and the closing quote; `length` is how many of the
/// seven it has. The factor gives the keys of CloudTrail's records slots of their own.
#[inline(always)]
const fn slot(end: u64, length: usize) -> u8 {
    let end = if length < 7 { end & !0 << (8 * (7 - length)) } else { end };
    (end.wrapping_mul(0x473A_8651_28FF_3FF5) >> (u64::BITS - SLOTS.ilog2())) as u8
}

/// The slot of the key in front of a colon.
#[inline(always)]
fn slot_of_end(json: &[u8], colon: usize, escapes: bool) -> u8 {
    let end = colon.checked_sub(8).and_then(|start| json.get(start..colon)?.first_chunk::<8>());
    match end {
        Some(end) if end[7] == b'"' && !(escapes && may_have_escapes(json, colon)) => {
            let end = u64::from_le_bytes(*end);
            if has_quote_in_front(end) { slot(end, length(end)) } else { slot(end, 7) }
        }
        _ => unusual_slot(json.get(..colon).unwrap_or_default()),
    }
}

/// Whether the last seven letters of a key, unescaped, may not be those that are written.
#[cold]
fn may_have_escapes(json: &[u8], colon: usize) -> bool {
    // The longest escape is one of six bytes. Where the key is shorter, more is looked at.
    json.get(colon.saturating_sub(16)..colon).is_none_or(|end| end.contains(&b'\\'))
}

/// Whether one of the bytes is a backslash.
#[inline]
fn has_backslash(bytes: u64) -> bool {
    let others = bytes ^ u64::from_le_bytes([b'\\'; 8]);
    others.wrapping_sub(0x0101_0101_0101_0101) & !others & 0x8080_8080_8080_8080 != 0
}

const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);

/// Whether one of the bytes is a quote, but for the last one.
#[inline(always)]
fn has_quote_in_front(bytes: u64) -> bool {
    const ONES: u64 = 0x0001_0101_0101_0101;
    let others = (bytes ^ QUOTES) & !0 >> 8;
    others.wrapping_sub(ONES) & !others & ONES << 7 != 0
}

/// How many of the bytes are behind the last quote, but for the one that ends them.
fn length(bytes: u64) -> usize {
    let bytes = bytes.to_le_bytes();
    bytes.iter().rev().skip(1).take_while(|&&byte| byte != b'"').count()
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

/// The same for a key that may have escapes in it or whitespace behind it, or is near the begin of
/// the text.
#[cold]
fn unusual_slot(text: &[u8]) -> u8 {
    let key = unusual_key(text).map(unescape).unwrap_or_default();
    Key::of(&key).slot
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
