//! From one bracket to the next, up to the end of an object.

use super::{Counter, Counts, Structure, processor};

/// Colons of a container between two brackets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    /// Index of the first one.
    pub from: u32,
    /// Index behind the last one.
    pub to: u32,
}

/// What a walk came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    /// The index of the last bracket, from the first one on, and the length of the object; none
    /// where the text ends within it.
    pub object: Option<(usize, usize)>,
    /// How many spans it has of its own.
    pub spans: usize,
    /// Whether the brackets belong together, and everything is in a container where it can be.
    pub sound: bool,
}

/// The containers that are open around a position: one bit each, set for objects.
#[derive(Debug, Default)]
struct Containers {
    bits: u64,
    depth: u32,
    /// The lowest bit is set where something stands in a container that it cannot be in.
    misplaced: u64,
}

impl Containers {
    /// Goes over what stands between two brackets. Without branches, as it cannot be foretold.
    #[inline(always)]
    fn hold(&mut self, before: Counts, counts: Counts) {
        let colons = u64::from(counts.colons() != before.colons());
        let elements = u64::from(counts.elements() != before.elements());
        self.misplaced |= (colons & !self.bits) | (elements & self.bits);
    }

    /// Goes over a bracket.
    #[inline(always)]
    fn pass(&mut self, bracket: u8) {
        // `{` 0x7b, `[` 0x5b, `}` 0x7d, `]` 0x5d
        let bracket = u64::from(bracket);
        let close = bracket >> 2 & 1;
        let open = close ^ 1;
        let of_object = bracket >> 5 & 1;
        // What closes has to be what was opened.
        self.misplaced |= (self.bits ^ of_object) & close;
        self.bits = (self.bits << open | of_object & open) >> close;
        self.depth = self.depth.wrapping_add(open as u32).wrapping_sub(close as u32);
        // Deeper than there are bits.
        self.misplaced |= u64::from(self.depth >> 6);
    }
}

impl Structure {
    /// Walks over the brackets from index `first` on, of an object that begins at `start`; `json`
    /// is the text from there on. Writes the spans in place of those before.
    #[inline]
    pub(crate) fn walk(
        &self,
        json: &[u8],
        start: usize,
        first: usize,
        spans: &mut Vec<Span>,
    ) -> Walk {
        let brackets = self.brackets().get(first..).unwrap_or_default();
        processor::walk(&Course { json, start, brackets, counter: self.counter() }, spans)
    }
}

/// What is walked over.
pub(super) struct Course<'a> {
    json: &'a [u8],
    start: usize,
    brackets: &'a [u32],
    counter: Counter<'a>,
}

impl Course<'_> {
    #[inline(always)]
    pub(super) fn walk(&self, spans: &mut Vec<Span>) -> Walk {
        let Self { json, start, brackets, counter } = *self;
        let mut open = Containers::default();
        let mut before = brackets.first().map_or_else(Counts::default, |&first| counter.at(first));
        let mut own = 0;
        let mut object = None;
        for (index, &bracket) in brackets.iter().enumerate() {
            let at = bracket as usize - start;
            if own == spans.len() {
                spans.resize(2 * own + 64, Span::default());
            }
            let (Some(&byte), Some(span)) = (json.get(at), spans.get_mut(own)) else {
                break;
            };
            let counts = counter.at(bracket);
            open.hold(before, counts);
            let (from, to) = (before.colons(), counts.colons());
            // Written whether it counts or not.
            *span = Span { from, to };
            own += usize::from(open.depth == 1) & usize::from(from != to);
            open.pass(byte);
            before = counts;
            if open.depth == 0 {
                object = Some((index, at + 1));
                break;
            }
        }
        Walk { object, spans: own, sound: open.misplaced & 1 == 0 }
    }
}
