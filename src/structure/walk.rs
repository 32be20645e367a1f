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

/// Spans of a walk's object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spans {
    /// Those of the object itself; longer than there are such.
    own: Vec<Span>,
    own_count: usize,
    /// Those of objects that are values of its members.
    inner: Vec<Span>,
    inner_count: usize,
}

impl Spans {
    /// Those of the object itself.
    #[inline]
    pub fn own(&self) -> &[Span] {
        self.own.get(..self.own_count).unwrap_or_default()
    }

    /// Those of objects that are values of its members.
    #[inline]
    pub fn inner(&self) -> &[Span] {
        self.inner.get(..self.inner_count).unwrap_or_default()
    }
}

/// What a walk came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    /// The index of the last bracket, from the first one on, and the length of the object; none
    /// where the text ends within it.
    pub object: Option<(usize, usize)>,
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
    pub(crate) fn walk(&self, json: &[u8], start: usize, first: usize, spans: &mut Spans) -> Walk {
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
    pub(super) fn walk(&self, spans: &mut Spans) -> Walk {
        let Self { json, start, brackets, counter } = *self;
        let mut open = Containers::default();
        let mut before = brackets.first().map_or_else(Counts::default, |&first| counter.at(first));
        let (mut own, mut inner) = (0, 0);
        let mut object = None;
        for (index, &bracket) in brackets.iter().enumerate() {
            let at = bracket as usize - start;
            if own.max(inner) == spans.own.len() {
                spans.own.resize(2 * spans.own.len() + 64, Span::default());
                spans.inner.resize(spans.own.len(), Span::default());
            }
            let (Some(&byte), Some(own_span), Some(inner_span)) =
                (json.get(at), spans.own.get_mut(own), spans.inner.get_mut(inner))
            else {
                break;
            };
            let counts = counter.at(bracket);
            open.hold(before, counts);
            let span = Span { from: before.colons(), to: counts.colons() };
            let any = usize::from(span.from != span.to);
            // Written whether they count or not.
            (*own_span, *inner_span) = (span, span);
            own += usize::from(open.depth == 1) & any;
            inner += usize::from(open.depth == 2) & any;
            open.pass(byte);
            before = counts;
            if open.depth == 0 {
                object = Some((index, at + 1));
                break;
            }
        }
        (spans.own_count, spans.inner_count) = (own, inner);
        Walk { object, sound: open.misplaced & 1 == 0 }
    }
}
