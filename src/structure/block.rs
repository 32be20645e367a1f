//! What the masks of 64 bytes say of their structure, whatever way they were made.

use super::Structure;

/// Which of 64 bytes are what: the first byte is the lowest bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masks {
    /// `"`
    pub quotes: u64,
    /// `\`
    pub backslashes: u64,
    /// `{`, `[`
    pub opens: u64,
    /// `}`, `]`
    pub closes: u64,
    /// `:`
    pub colons: u64,
    /// `,`
    pub commas: u64,
    /// Control characters, and bytes that are not ASCII.
    pub unusual: u64,
}

/// What one block has to know of those before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carry {
    /// All ones inside of a string.
    in_string: u64,
    /// 1 where the first byte is escaped.
    escaped: u64,
    /// 1 where a value may begin with the first byte.
    before_value: u64,
    /// 1 where a string ended with the byte before the first.
    after_string: u64,
    /// 1 where a comma stands before the first byte.
    after_comma: u64,
    /// 1 where a comma or colon stands before the first byte.
    value_missing: u64,
    /// 1 where the byte before the first belongs to a scalar that is no string.
    in_scalar: u64,
}

impl Carry {
    /// At the begin of a text, where a value may begin.
    pub const START: Self = Self {
        in_string: 0,
        escaped: 0,
        before_value: 1,
        after_string: 0,
        after_comma: 0,
        value_missing: 0,
        in_scalar: 0,
    };
}

impl Structure {
    /// Adds a block of which the first byte is at `at`. `prefix_xor` gives each bit the parity of
    /// the bits up to it.
    #[inline(always)]
    pub(super) fn add(
        &mut self,
        at: u32,
        masks: Masks,
        carry: &mut Carry,
        prefix_xor: impl FnOnce(u64) -> u64,
    ) {
        let mut quotes = masks.quotes;
        if masks.backslashes | carry.escaped != 0 {
            quotes &= !escaped(masks.backslashes, &mut carry.escaped);
            self.escapes.push(at);
        }
        // From each opening quote to the byte before the closing one.
        let strings = prefix_xor(quotes) ^ carry.in_string;
        // The highest bit, everywhere.
        carry.in_string = (strings >> 63).wrapping_neg();
        let (opening, closing) = (quotes & strings, quotes & !strings);
        let [opens, closes, colons, commas] =
            [masks.opens, masks.closes, masks.colons, masks.commas].map(|mask| mask & !strings);
        let follow = closes | commas;
        let before_value = opens | colons | commas;
        let scalars = !(strings | closing | opens | follow | colons);
        let scalar_starts = scalars & !(scalars << 1 | carry.in_scalar);
        let elements = (commas << 1 | carry.after_comma) & !opening;
        let misplaced = (opening & !(before_value << 1 | carry.before_value))
            | ((closing << 1 | carry.after_string) & !(follow | colons))
            | (follow & ((commas | colons) << 1 | carry.value_missing));
        carry.before_value = before_value >> 63;
        carry.after_string = closing >> 63;
        carry.after_comma = commas >> 63;
        carry.value_missing = (commas | colons) >> 63;
        carry.in_scalar = scalars >> 63;
        let irregular = misplaced | masks.unusual;
        if irregular != 0 {
            self.irregular.push((at, irregular));
        }
        write::<6>(&mut self.positions, at, opens | closes | colons);
        write::<1>(&mut self.scalars, at, scalar_starts);
        write::<1>(&mut self.elements, at, elements);
    }
}

/// Writes the positions of the bits, of which there are mostly no more than `USUAL`.
#[inline(always)]
fn write<const USUAL: usize>(positions: &mut Vec<u32>, at: u32, mut bits: u64) {
    let count = bits.count_ones() as usize;
    let length = positions.len();
    // More are written than there are, rather than asking each time whether it was the last.
    let mut usual = [0; USUAL];
    for position in &mut usual {
        *position = at.wrapping_add(bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
    }
    positions.extend_from_slice(&usual);
    if count <= USUAL {
        positions.truncate(length + count);
    } else {
        while bits != 0 {
            positions.push(at.wrapping_add(bits.trailing_zeros()));
            bits &= bits - 1;
        }
    }
}

/// The bytes that are escaped by a backslash in front of them; `first` is 1 where the first byte is
/// escaped by the block before, and becomes 1 where the next block's is.
#[inline(always)]
fn escaped(backslashes: u64, first: &mut u64) -> u64 {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    // A run of backslashes escapes every second byte from its second one on, up to the byte behind
    // it. A run that begins at an even place is told from one at an odd place by the carry of an
    // addition, which goes through the run.
    let backslashes = backslashes & !*first;
    let follows = backslashes << 1 | *first;
    let odd_starts = backslashes & ODD & !follows;
    let (even_runs, overflow) = odd_starts.overflowing_add(backslashes);
    *first = u64::from(overflow);
    (!ODD ^ (even_runs << 1)) & follows
}

/// The last bytes of a text as a block. Spaces have no structure.
pub(super) fn padded(rest: &[u8]) -> [u8; 64] {
    let mut block = [b' '; 64];
    for (padded, byte) in block.iter_mut().zip(rest) {
        *padded = *byte;
    }
    block
}
