//! What masks say of the structure of a text, whatever way they were made.

use super::{Structure, outermost::Finder};

/// The bits by which commas and spaces, which have the others in common, are told from most bytes.
pub(super) const PARTING: u8 = !0x0c;

/// Which of 64 bytes are what: the first byte is the lowest bit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Masks {
    /// `"`
    pub quotes: u64,
    /// `{`, `[`
    pub opens: u64,
    /// `}`, `]`
    pub closes: u64,
    /// `:`
    pub colons: u64,
    /// `,` and the space. `$` and `(` are among these as well: so it is one comparison.
    pub commas: u64,
    /// `\`, control characters, and bytes that are not ASCII.
    pub rare: u64,
}

/// How the masks of 64 bytes are made.
pub(super) struct Way<M, B, S, P> {
    /// Those that every block is asked for.
    pub masks: M,
    /// `\`
    pub backslashes: B,
    /// `[` and `]` are among these, `{` and `}` are not.
    pub squares: S,
    /// Each bit becomes the parity of the bits up to it.
    pub prefix_xor: P,
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
    /// `:`
    pub colons: u64,
}

/// What the next block has to know of a block: its last byte decides.
#[derive(Debug)]
struct Before {
    /// Strings, from opening quotes to the bytes before closing ones.
    strings: u64,
    /// 1 where the first byte of the next block is escaped.
    escaped: u64,
    /// Quotes.
    quotes: u64,
    /// Colons, and what opens something.
    leads: u64,
    /// The same and commas and spaces.
    parts: u64,
}

/// Reads the structure of a text in one of the ways.
#[inline(always)]
pub(super) fn read(
    json: &[u8],
    structure: &mut Structure,
    way: Way<
        impl Fn(&[u8; 64]) -> Masks,
        impl Fn(&[u8; 64]) -> u64,
        impl Fn(&[u8; 64]) -> u64,
        impl Fn(u64) -> u64,
    >,
) {
    let Structure { blocks, irregular, escapes, objects } = structure;
    let mut finder = Finder::default();
    let mut unusual = Unusual { irregular, escapes };
    let mut before = Before { strings: 0, escaped: 0, quotes: 0, leads: 0, parts: 0 };
    let (whole, rest) = json.as_chunks::<64>();
    let mut at = 0_u32;
    let mut take = |at, room: &mut Block, bytes: &[u8; 64]| {
        let (block, joins) = before.block(at, bytes, &way, &mut unusual);
        finder.block(at, &block, joins, || (way.squares)(bytes), objects);
        *room = block;
    };
    let (rooms, last) = blocks.split_at_mut_checked(whole.len()).unwrap_or_default();
    for (bytes, room) in whole.iter().zip(rooms) {
        take(at, room, bytes);
        at = at.wrapping_add(64);
    }
    if let Some(room) = last.first_mut() {
        take(at, room, &padded(rest));
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
        bytes: &[u8; 64],
        way: &Way<
            impl Fn(&[u8; 64]) -> Masks,
            impl Fn(&[u8; 64]) -> u64,
            impl Fn(&[u8; 64]) -> u64,
            impl Fn(u64) -> u64,
        >,
        found: &mut Unusual<'_>,
    ) -> (Block, u64) {
        let masks = (way.masks)(bytes);
        let (mut quotes, mut unusual) = (masks.quotes, masks.rare);
        if masks.rare | self.escaped != 0 {
            let backslashes = (way.backslashes)(bytes);
            unusual &= !backslashes;
            if backslashes | self.escaped != 0 {
                quotes &= !escaped(backslashes, &mut self.escaped);
                found.escape(at);
            }
        }
        let inside = (self.strings >> 63).wrapping_neg();
        let strings = (way.prefix_xor)(quotes) ^ inside;
        let (opens, closes) = (masks.opens & !strings, masks.closes & !strings);
        let colons = masks.colons & !strings;
        let leads = colons | opens;
        let parts = leads | masks.commas & !strings;
        let behind = |bytes: u64, before: u64| bytes << 1 | before >> 63;
        let joins = opens & !behind(leads, self.leads);
        let displaced =
            colons & !behind(quotes, self.quotes) | quotes & strings & !behind(parts, self.parts);
        if displaced | unusual != 0 {
            found.irregular(at, displaced | unusual);
        }
        *self = Self { strings, escaped: self.escaped, quotes, leads, parts };
        (Block { quotes, opens, closes, colons }, joins)
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
