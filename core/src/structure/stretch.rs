//! What masks say of the structure of a text, whatever way they were made: 64 blocks of 64 bytes at
//! a time, so that most of it is the same few operations on many masks.

use super::Structure;

/// Blocks that are read in one go.
pub(super) const BLOCKS: usize = 64;

/// How many bytes they have.
pub(super) const BYTES: usize = BLOCKS * 64;

/// How many positions are found one by one without asking for the number of bits.
pub(super) const FEW: usize = 4;

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
    /// `:`
    pub colons: u64,
    /// `,`
    pub commas: u64,
    /// Control characters, and bytes that are not ASCII.
    pub unusual: u64,
}

/// One mask for each block, and in front of them that of the block before.
type Row = [u64; BLOCKS + 1];

/// The masks of a stretch, in rows. What is in strings is not in them, but for the quotes.
struct Stretch {
    /// From opening quotes to the bytes before closing ones.
    strings: Row,
    quotes: Row,
    opens: Row,
    closes: Row,
    colons: Row,
    commas: Row,
    scalars: Row,
    /// Closing quotes.
    closing: Row,
    /// Brackets, colons and commas.
    tokens: [u64; BLOCKS],
    /// Tokens of which the one before is a comma or an opening bracket.
    first: [u64; BLOCKS],
    /// What only arrays have: a value that is no string behind a comma, and a comma or the end
    /// behind a value that has no key.
    elements: [u64; BLOCKS],
    scalar_starts: [u64; BLOCKS],
    /// What cannot be where it is.
    irregular: [u64; BLOCKS],
    /// 1 where the first byte is escaped.
    escaped: u64,
    /// 1 where the next token is one of `first`.
    behind: u64,
    /// Where the stretch begins in the text.
    at: u32,
}

/// Reads the structure of a text, with masks of each block made so. `prefix_xor` gives each bit the
/// parity of the bits up to it, `positions` those of a mask's first bits, see [`List::extend`].
///
/// [`List::extend`]: super::list::List::extend
#[inline(always)]
pub(super) fn read<const COUNT: usize>(
    json: &[u8],
    structure: &mut Structure,
    masks: impl Fn(&[u8; 64]) -> Masks,
    prefix_xor: impl Fn(u64) -> u64,
    positions: impl Fn(u64, u32) -> [u32; COUNT] + Copy,
) {
    let mut rows = Stretch::new();
    for stretch in json.chunks(BYTES) {
        structure.make_room();
        rows.read(stretch, structure, &masks, &prefix_xor, positions);
    }
}

impl Stretch {
    /// In front of a text, where a value may begin.
    fn new() -> Self {
        let none = [0; BLOCKS + 1];
        let mut before_a_value = none;
        before_a_value[BLOCKS] = 1 << 63;
        Self {
            strings: none,
            quotes: none,
            opens: none,
            closes: none,
            colons: none,
            commas: before_a_value,
            scalars: none,
            closing: none,
            tokens: [0; BLOCKS],
            first: [0; BLOCKS],
            elements: [0; BLOCKS],
            scalar_starts: [0; BLOCKS],
            irregular: [0; BLOCKS],
            escaped: 0,
            behind: 0,
            at: 0,
        }
    }

    /// Adds the next stretch of a text to its structure. Of one that is not the last, there are all
    /// blocks.
    #[inline(always)]
    fn read<const COUNT: usize>(
        &mut self,
        stretch: &[u8],
        structure: &mut Structure,
        masks: impl Fn(&[u8; 64]) -> Masks,
        prefix_xor: impl Fn(u64) -> u64,
        positions: impl Fn(u64, u32) -> [u32; COUNT] + Copy,
    ) {
        let (blocks, rest) = stretch.as_chunks::<64>();
        let last = padded(rest);
        let blocks = blocks.iter().chain((!rest.is_empty()).then_some(&last));
        let count = stretch.len().div_ceil(64);
        self.advance();
        let mut inside = (self.strings[0] >> 63).wrapping_neg();
        for (last, block) in (0..BLOCKS).zip(blocks) {
            let masks = masks(block);
            let mut quotes = masks.quotes;
            if masks.backslashes | self.escaped != 0 {
                quotes &= !escaped(masks.backslashes, &mut self.escaped);
                structure.escapes.push(self.at.wrapping_add(64 * last as u32));
            }
            let strings = prefix_xor(quotes) ^ inside;
            // All ones where the next block begins inside of a string.
            inside = (strings >> 63).wrapping_neg();
            self.strings[last + 1] = strings;
            self.quotes[last + 1] = quotes;
            self.opens[last + 1] = masks.opens;
            self.closes[last + 1] = masks.closes;
            self.colons[last + 1] = masks.colons;
            self.commas[last + 1] = masks.commas;
            self.irregular[last] = masks.unusual;
        }
        // The usual number is one that the compiler knows.
        if count == BLOCKS {
            self.finish(BLOCKS, structure, positions);
        } else {
            self.finish(count, structure, positions);
        }
        self.at = self.at.wrapping_add(BYTES as u32);
    }

    /// Judges and writes so many blocks.
    #[inline(always)]
    fn finish<const COUNT: usize>(
        &mut self,
        count: usize,
        structure: &mut Structure,
        positions: impl Fn(u64, u32) -> [u32; COUNT] + Copy,
    ) {
        self.leave_strings(count);
        self.find_first(count);
        self.judge(count);
        self.write(count, structure, positions);
    }

    /// Puts the last block in front of the first.
    #[inline(always)]
    fn advance(&mut self) {
        for row in [
            &mut self.strings,
            &mut self.quotes,
            &mut self.opens,
            &mut self.closes,
            &mut self.colons,
            &mut self.commas,
            &mut self.scalars,
            &mut self.closing,
        ] {
            row[0] = row[BLOCKS];
        }
    }

    /// Takes what is in strings out of the masks.
    #[inline(always)]
    fn leave_strings(&mut self, count: usize) {
        for last in 0..count.min(BLOCKS) {
            let here = last + 1;
            let strings = self.strings[here];
            let within = strings | self.quotes[here];
            self.opens[here] &= !strings;
            self.closes[here] &= !strings;
            self.colons[here] &= !strings;
            self.commas[here] &= !strings;
            self.tokens[last] =
                self.opens[here] | self.closes[here] | self.colons[here] | self.commas[here];
            self.scalars[here] = !(self.tokens[last] | within);
            self.closing[here] = self.quotes[here] & !strings;
        }
    }

    /// Adds a one behind each comma and opening bracket. As the carry of the addition it goes
    /// through what is no token, up to the next one.
    #[inline(always)]
    fn find_first(&mut self, count: usize) {
        let mut behind = self.behind;
        for last in 0..count.min(BLOCKS) {
            let tokens = self.tokens[last];
            let from = self.opens[last + 1] | self.commas[last + 1];
            let (sum, overflow) = (!tokens).overflowing_add(from << 1 | behind);
            behind = from >> 63 | u64::from(overflow);
            self.first[last] = sum & tokens;
        }
        self.behind = behind;
    }

    /// Finds what stands beside something that it cannot stand beside, what only arrays have, and
    /// where scalars begin.
    #[inline(always)]
    fn judge(&mut self, count: usize) {
        for last in 0..count.min(BLOCKS) {
            let here = last + 1;
            let before = |row: &Row| row[here] << 1 | row[last] >> 63;
            let opening = self.quotes[here] & self.strings[here];
            let (opens, closes) = (self.opens[here], self.closes[here]);
            let (colons, commas) = (self.colons[here], self.commas[here]);
            let (open_before, comma_before) = (before(&self.opens), before(&self.commas));
            let value_next = open_before | comma_before | before(&self.colons);
            let string_before = before(&self.closing);
            let follow = closes | commas;
            let empty = closes & open_before;
            let first = self.first[last];
            self.irregular[last] |= (opening | opens) & !value_next
                | (string_before | before(&self.closes)) & !(follow | colons)
                | follow & value_next & !empty
                | colons & !(first & string_before);
            self.elements[last] =
                comma_before & !opening | opens & open_before | follow & first & !empty;
            self.scalar_starts[last] = self.scalars[here] & !before(&self.scalars);
        }
    }

    /// Writes what was found in so many blocks.
    #[inline(always)]
    fn write<const COUNT: usize>(
        &self,
        count: usize,
        structure: &mut Structure,
        positions: impl Fn(u64, u32) -> [u32; COUNT] + Copy,
    ) {
        let count = count.min(BLOCKS);
        let irregular = self.irregular.get(..count).unwrap_or_default();
        if irregular.iter().fold(0, |all, irregular| all | irregular) != 0 {
            for (&irregular, block) in irregular.iter().zip(0..) {
                if irregular != 0 {
                    structure.irregular.push((self.at.wrapping_add(64 * block), irregular));
                }
            }
        }
        let mut before = structure.before;
        let mut counts = [before; BLOCKS];
        for (index, counts) in counts.iter_mut().enumerate().take(count) {
            *counts = before;
            before = before.plus(self.colons[index + 1], self.elements[index]);
        }
        structure.before = before;
        structure.counts.extend_from_slice(&counts, count);
        structure.colon_masks.extend_from_slice(&self.colons[1..], count);
        structure.element_masks.extend_from_slice(&self.elements, count);
        structure.quote_masks.extend_from_slice(&self.quotes[1..], count);
        let brackets = |index: usize| self.opens[index + 1] | self.closes[index + 1];
        let colons = |index: usize| self.colons[index + 1];
        let scalars = |index: usize| self.scalar_starts[index];
        // Where many are found at once, all of them are written.
        let usual = |usual| if COUNT > FEW { COUNT } else { usual };
        structure.brackets.extend(self.at, count, usual(2), brackets, positions);
        structure.colons.extend(self.at, count, usual(FEW), colons, positions);
        structure.scalars.extend(self.at, count, usual(1), scalars, positions);
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
