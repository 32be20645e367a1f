//! What masks say of the structure of a text, whatever way they were made.

use super::{Structure, outermost::Finder};

/// The bits by which commas and spaces, which have the others in common, are told from most bytes.
pub(super) const PARTING: u8 = !0x0c;

/// Which of 64 bytes are what: the first byte is the lowest bit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Masks {
    /// `"`
    pub quotes: u64,
    /// `\`
    pub backslashes: u64,
    /// `{`, `[`
    pub opens: u64,
    /// `}`, `]`
    pub closes: u64,
    /// `[` and `]` are among these, `{` and `}` are not.
    pub squares: u64,
    /// `:`
    pub colons: u64,
    /// `,` and the space. `$` and `(` are among these as well: so it is one comparison.
    pub commas: u64,
    /// Control characters, and bytes that are not ASCII.
    pub unusual: u64,
}

/// The structure of 64 bytes. What is in strings is not in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// Those that begin or end a string.
    pub quotes: u64,
    /// `{`, `[`
    pub opens: u64,
    /// `}`, `]`
    pub closes: u64,
    /// `[`, `]`
    pub squares: u64,
    /// `:`
    pub colons: u64,
}

/// What a block says of the first byte of the next one.
#[derive(Debug)]
struct Before {
    /// All ones where it is in a string.
    inside: u64,
    /// 1 where it is escaped.
    escaped: u64,
    /// 1 where it is behind a quote.
    quoted: u64,
    /// 1 where it is behind a colon, or behind what opens something.
    led: u64,
    /// 1 where it is behind a comma or space.
    parted: u64,
}

/// Reads the structure of a text, with masks of each block made so. `prefix_xor` gives each bit the
/// parity of the bits up to it.
#[inline(always)]
pub(super) fn read(
    json: &[u8],
    structure: &mut Structure,
    masks: impl Fn(&[u8; 64]) -> Masks,
    prefix_xor: impl Fn(u64) -> u64,
) {
    let Structure { blocks, irregular, escapes, objects } = structure;
    let mut finder = Finder::default();
    let mut unusual = Unusual { irregular, escapes };
    let mut before = Before { inside: 0, escaped: 0, quoted: 0, led: 0, parted: 0 };
    let (whole, rest) = json.as_chunks::<64>();
    let mut rooms = blocks.iter_mut();
    let mut at = 0_u32;
    let mut take = |at, room: &mut Block, masks| {
        let (block, joins) = before.block(at, masks, &prefix_xor, &mut unusual);
        finder.block(at, &block, joins, objects);
        *room = block;
    };
    for (bytes, room) in whole.iter().zip(&mut rooms) {
        take(at, room, masks(bytes));
        at = at.wrapping_add(64);
    }
    if let Some(room) = rooms.next() {
        take(at, room, masks(&padded(rest)));
    }
}

/// What few blocks have. That it is written is no part of the loop over all of them.
struct Unusual<'s> {
    irregular: &'s mut Vec<(u32, u64)>,
    escapes: &'s mut Vec<u32>,
}

impl Unusual<'_> {
    #[cold]
    #[inline(never)]
    fn irregular(&mut self, at: u32, bytes: u64) {
        self.irregular.push((at, bytes));
    }

    #[cold]
    #[inline(never)]
    fn escape(&mut self, at: u32) {
        self.escapes.push(at);
    }
}

impl Before {
    /// The block, and what of it can only be an element of an array, and not its first one: what opens
    /// behind neither a colon nor what opens something.
    #[inline(always)]
    fn block(
        &mut self,
        at: u32,
        masks: Masks,
        prefix_xor: &impl Fn(u64) -> u64,
        found: &mut Unusual<'_>,
    ) -> (Block, u64) {
        let mut quotes = masks.quotes;
        if masks.backslashes | self.escaped != 0 {
            quotes &= !escaped(masks.backslashes, &mut self.escaped);
            found.escape(at);
        }
        // From opening quotes to the bytes before closing ones.
        let strings = prefix_xor(quotes) ^ self.inside;
        self.inside = (strings >> 63).wrapping_neg();
        let (opens, closes) = (masks.opens & !strings, masks.closes & !strings);
        let colons = masks.colons & !strings;
        let (leads, parts) = (colons | opens, masks.commas & !strings);
        let led = leads << 1 | self.led;
        let joins = opens & !led;
        let displaced = colons & !(quotes << 1 | self.quoted)
            | quotes & strings & !(led | parts << 1 | self.parted);
        if displaced | masks.unusual != 0 {
            found.irregular(at, displaced | masks.unusual);
        }
        (self.quoted, self.led, self.parted) = (quotes >> 63, leads >> 63, parts >> 63);
        let squares = masks.squares & (opens | closes);
        (Block { quotes, opens, closes, squares, colons }, joins)
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
fn padded(rest: &[u8]) -> [u8; 64] {
    let mut block = [b' '; 64];
    for (padded, byte) in block.iter_mut().zip(rest) {
        *padded = *byte;
    }
    block
}
