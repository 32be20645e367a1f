//! From one bracket to the next, up to the end of an object.

use std::array;

use super::{Counter, Counts, Structure, batch::Batch, list::List, processor};

/// Colons of a container between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    /// Index of the first one.
    pub from: u32,
    /// Index behind the last one.
    pub to: u32,
}

/// Walks over objects, and remembers what it has seen of the last one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walker {
    batch: Batch,
    /// Index of the first bracket of the batch.
    first: usize,
    /// Indices of the object's own colons.
    own: List<u32>,
    /// Colons of objects that are values of its members.
    inner: Vec<Span>,
}

impl Walker {
    /// Forgets the text.
    pub fn forget(&mut self) {
        self.batch.starts = 0;
    }

    /// Indices of the object's own colons.
    #[inline]
    pub fn own(&self) -> &[u32] {
        self.own.as_slice()
    }

    /// Colons of objects that are values of its members.
    #[inline]
    pub fn inner(&self) -> &[Span] {
        &self.inner
    }

    /// Walks over the object that begins with this bracket, if all of it is in the batch.
    #[inline(always)]
    fn walk_in_batch(&mut self, brackets: &[u32], start: usize, first: usize) -> Option<Walk> {
        let at = u32::try_from(first.checked_sub(self.first)?).ok()?;
        let Batch { starts, ends, outer, inner, misplaced, .. } = self.batch;
        if starts.checked_shr(at)? & 1 == 0 {
            return None;
        }
        let from = u64::MAX << at;
        let last = (ends & from).trailing_zeros();
        let range = from & u64::MAX.checked_shr(63_u32.checked_sub(last)?)?;
        let length = *brackets.get(self.first + last as usize)? as usize + 1 - start;
        self.own.clear();
        self.inner.clear();
        let mut bits = outer & range;
        while bits != 0 {
            let Span { from, to } = self.batch.span(bits.trailing_zeros() as usize);
            push_range(&mut self.own, from, to);
            bits &= bits - 1;
        }
        let mut bits = inner & range;
        while bits != 0 {
            self.inner.push(self.batch.span(bits.trailing_zeros() as usize));
            bits &= bits - 1;
        }
        let object = Some(((last - at) as usize, length));
        Some(Walk { object, sound: misplaced & range == 0 })
    }
}

/// Writes the numbers from one up to another.
#[inline(always)]
fn push_range(list: &mut List<u32>, mut from: u32, to: u32) {
    const AT_ONCE: u32 = 16;
    while from < to {
        list.reserve(AT_ONCE as usize);
        let numbers: [u32; AT_ONCE as usize] = array::from_fn(|more| from + more as u32);
        list.extend_from_slice(&numbers, (to - from).min(AT_ONCE) as usize);
        from += AT_ONCE;
    }
}

/// What a walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// is the text from there on.
    #[inline]
    pub(crate) fn walk(
        &self,
        json: &[u8],
        start: usize,
        first: usize,
        walker: &mut Walker,
    ) -> Walk {
        let brackets = self.brackets();
        if let Some(walk) = walker.walk_in_batch(brackets, start, first) {
            return walk;
        }
        let course = self.course(json, start, first);
        processor::read_batch(&course, &mut walker.batch);
        walker.first = first;
        walker.walk_in_batch(brackets, start, first).unwrap_or_else(|| course.walk(walker))
    }

    /// The way from a bracket on, which stands at `start`; `json` is the text from there on.
    fn course<'a>(&'a self, json: &'a [u8], start: usize, first: usize) -> Course<'a> {
        let brackets = self.brackets().get(first..).unwrap_or_default();
        Course { json, start, brackets, counter: self.counter() }
    }
}

/// What is walked over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course<'a> {
    /// The text from `start` on.
    pub json: &'a [u8],
    pub start: usize,
    pub brackets: &'a [u32],
    pub counter: Counter<'a>,
}

impl Course<'_> {
    /// Walks from bracket to bracket: what is too long for a batch, or is not all there.
    fn walk(&self, walker: &mut Walker) -> Walk {
        let Self { json, start, brackets, counter } = *self;
        let mut open = Containers::default();
        let mut before = brackets.first().map_or_else(Counts::default, |&first| counter.at(first));
        let mut object = None;
        walker.own.clear();
        walker.inner.clear();
        for (index, &bracket) in brackets.iter().enumerate() {
            let at = bracket as usize - start;
            let Some(&byte) = json.get(at) else {
                break;
            };
            let counts = counter.at(bracket);
            open.hold(before, counts);
            let (from, to) = (before.colons(), counts.colons());
            match open.depth {
                1 => push_range(&mut walker.own, from, to),
                2 if from != to => walker.inner.push(Span { from, to }),
                _ => {}
            }
            open.pass(byte);
            before = counts;
            if open.depth == 0 {
                object = Some((index, at + 1));
                break;
            }
        }
        Walk { object, sound: open.misplaced & 1 == 0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Text of brackets that mostly belong together, with what can stand between them.
    fn brackets() -> impl Strategy<Value = String> {
        let leaf =
            prop::sample::select(vec!["", "1", "\"a\"", "1,2", "\"a\":1", "\"a\":1,\"b\":\"c\""]);
        leaf.prop_map(str::to_owned).prop_recursive(6, 60, 6, |inner| {
            let key = prop::sample::select(vec!["", "\"k\":"]);
            let close = prop::sample::select(vec!["{}", "{}", "[]", "[]", "{]", "[}", "}{"]);
            prop::collection::vec((key, inner, close), 0..6).prop_map(|parts| {
                let part = |(key, inner, close): (&str, String, &str)| {
                    let (open, close) = close.split_at(1);
                    format!("{key}{open}{inner}{close}")
                };
                parts.into_iter().map(part).collect::<Vec<_>>().join(",")
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_batch_tells_what_a_walk_by_bracket_does(text in brackets()) {
            let json = text.as_bytes();
            let mut structure = Structure::new();
            structure.read(json);
            let mut kept = Walker::default();
            for (first, &bracket) in structure.brackets().iter().enumerate() {
                let start = bracket as usize;
                let course = structure.course(&json[start..], start, first);
                // With what is known from the objects before.
                let (walk, mut other) =
                    (structure.walk(&json[start..], start, first, &mut kept), Walker::default());
                if !matches!(json[start], b'}' | b']') {
                    prop_assert_eq!(walk, course.walk(&mut other), "{} from {} on", text, start);
                    prop_assert_eq!(kept.own(), other.own());
                    prop_assert_eq!(kept.inner(), other.inner());
                }
                let mut batches = Vec::new();
                for way in processor::BATCH_WAYS {
                    let mut batch = Batch::default();
                    if way(&course, &mut batch) {
                        batches.push(batch);
                    }
                }
                prop_assert!(batches.windows(2).all(|two| two[0] == two[1]), "{:?}", batches);
                let batch = batches.remove(0);
                let (mut walker, mut other) = (Walker { batch, first, ..Default::default() }, Walker::default());
                if let Some(walk) = walker.walk_in_batch(structure.brackets(), start, first) {
                    prop_assert_eq!(walk, course.walk(&mut other), "{} from {} on", text, start);
                    prop_assert_eq!(walker.own(), other.own());
                    prop_assert_eq!(walker.inner(), other.inner());
                } else {
                    let object = course.walk(&mut other).object;
                    let is_close = matches!(json[start], b'}' | b']');
                    let is_long = object.is_none_or(|(last, _)| last >= 64);
                    prop_assert!(is_close || is_long, "{} from {} on", text, start);
                }
            }
        }
    }
}
