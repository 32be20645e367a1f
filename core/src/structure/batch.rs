//! 64 brackets at a time: how deep each lies, and whether what is between them is where it can be.
//!
//! One bit stands for one bracket, so that all of them are judged by a few operations a level.

use super::{
    Counts,
    walk::{Course, Span},
};

/// How many brackets there are in one.
pub(super) const BRACKETS: usize = 64;

/// Brackets that follow each other, the first of which lies in nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    /// Those that open something in nothing, as far as all of it is known.
    pub starts: u64,
    /// Those that close something in nothing.
    pub ends: u64,
    /// Those with colons in front of them, which belong to what lies in nothing.
    pub outer: u64,
    /// Those with colons in front of them, which belong to what lies in that.
    pub inner: u64,
    /// Those that close what another kind opened, and those with something in front of them that
    /// cannot be in the container that it is in.
    pub misplaced: u64,
    /// How many colons stand in front of each.
    pub colons: [u32; BRACKETS],
}

impl Default for Batch {
    fn default() -> Self {
        let colons = [0; BRACKETS];
        Self { starts: 0, ends: 0, outer: 0, inner: 0, misplaced: 0, colons }
    }
}

impl Batch {
    /// The colons between a bracket and the one before it.
    #[inline(always)]
    pub fn span(&self, bracket: usize) -> Span {
        let colons = |bracket: usize| self.colons.get(bracket).copied().unwrap_or_default();
        Span { from: colons(bracket.wrapping_sub(1)), to: colons(bracket) }
    }

    /// Reads the first brackets of a course. `equal` says which bytes are this one, `prefix_xor`
    /// gives each bit the parity of the bits up to it.
    #[inline(always)]
    pub fn read(
        &mut self,
        course: &Course<'_>,
        equal: impl Fn(&[u8; BRACKETS], u8) -> u64,
        prefix_xor: impl Fn(u64) -> u64,
    ) {
        let Course { json, start, brackets, counter } = *course;
        let counter = counter.even();
        let mut kinds = [b'['; BRACKETS];
        let (mut colons, mut elements) = (0, 0);
        let mut before = brackets.first().map_or_else(Counts::default, |&first| counter.at(first));
        let mut count = 0;
        let rooms = kinds.iter_mut().zip(&mut self.colons);
        for (&bracket, (kind, room)) in brackets.iter().zip(rooms) {
            let Some(&byte) = json.get(bracket as usize - start) else {
                break;
            };
            let counts = counter.at(bracket);
            colons |= u64::from(counts.colons() != before.colons()) << count;
            elements |= u64::from(counts.elements() != before.elements()) << count;
            (*kind, *room, before) = (byte, counts.colons(), counts);
            count += 1;
        }
        let known = u64::MAX.checked_shr(u64::BITS - count).unwrap_or(0);
        let (object_ends, array_ends) = (equal(&kinds, b'}'), equal(&kinds, b']'));
        let closes = object_ends | array_ends;
        let objects = equal(&kinds, b'{') | object_ends;
        let levels = levels(&kinds);
        let mut level = OUTERMOST;
        let mut here = equal(&levels, level) & known;
        (self.starts, self.ends) = (here & !closes, here & closes);
        (self.outer, self.inner, self.misplaced) = (0, 0, 0);
        while here != 0 {
            level += 1;
            let deeper = equal(&levels, level) & known;
            // Brackets open and close by turns at each level. From those that open an object to
            // those before the ones that close it:
            let in_objects = prefix_xor(here & objects);
            // Those with this level in front of them.
            let behind = here & closes | deeper & !closes;
            let behind_in_objects = in_objects << 1;
            let mismatched = in_objects & here & closes;
            self.misplaced |=
                mismatched | behind & (colons & !behind_in_objects | elements & behind_in_objects);
            // From the first mismatch on, objects and arrays of the level are confused: what begins
            // there takes another batch.
            self.starts &= !(mismatched | mismatched.wrapping_neg());
            match level - OUTERMOST {
                1 => self.outer = behind & colons,
                2 => self.inner = behind & colons,
                _ => {}
            }
            here = deeper;
        }
    }
}

/// The level of brackets that lie in nothing. It is high enough for none to be below 0.
const OUTERMOST: u8 = 129;

/// How deep the containers are that brackets open or close.
#[inline(always)]
fn levels(kinds: &[u8; BRACKETS]) -> [u8; BRACKETS] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut levels = [0; BRACKETS];
    let mut closed = 0;
    // `{` 0x7b, `[` 0x5b, `}` 0x7d, `]` 0x5d
    let mut places = ONES * (OUTERMOST - 1) as u64 + 0x0807_0605_0403_0201;
    let (words, _) = kinds.as_chunks::<8>();
    let (rooms, _) = levels.as_chunks_mut::<8>();
    for (word, room) in words.iter().zip(rooms) {
        let closes = u64::from_le_bytes(*word) >> 2 & ONES;
        // The product sums up the bytes: how many were closed up to each place.
        let up_to = closes.wrapping_mul(ONES).wrapping_add(closed * ONES);
        closed = up_to >> 56;
        // What was opened and not closed yet, the one that is closed here included.
        *room = places.wrapping_add(closes).wrapping_sub(2 * up_to).to_le_bytes();
        places = places.wrapping_add(8 * ONES);
    }
    levels
}
