//! What certainly follows from what: whether a record that passes one test passes another.

use std::{borrow::Cow, cmp::Ordering, net::IpAddr};

use crate::hir::{Case, Comparison, Part, Predicate, Test, TextTest, fold};

#[cfg(test)]
mod tests;

/// Tests whose comparison takes more work than this are taken for independent.
const MAX_WORK: usize = 200_000;

/// Whether `b` passes wherever `a` does. `false` says nothing.
pub fn implies(a: &Predicate, b: &Predicate) -> bool {
    match (a, b) {
        // A value of the field that passes `a` passes `b`, too, and one is enough for both.
        (Predicate::Field { path, test: a }, Predicate::Field { path: other, test: b }) => {
            path == other && value_implies(a, b)
        }
        (Predicate::Keyword(a), Predicate::Keyword(b)) => text_implies(a, b),
        _ => a == b,
    }
}

fn value_implies(a: &Test, b: &Test) -> bool {
    match (a, b) {
        (Test::Null, Test::Exists) => false,
        (_, Test::Exists) => true,
        (Test::Text(a), Test::Text(b)) => text_implies(a, b),
        (Test::Text(TextTest::Equals(_, text)), Test::Network(network)) => {
            text.parse::<IpAddr>().is_ok_and(|address| network.contains(&address))
        }
        (Test::Network(a), Test::Network(b)) => b.contains(a),
        (Test::Compare(a, number), Test::Compare(b, other)) => {
            match (number.parse::<i64>(), other.parse::<i64>()) {
                (Ok(number), Ok(other)) => bound_implies((*a, number), (*b, other)),
                _ => a == b && number == other,
            }
        }
        (Test::Time(part, a, number), Test::Time(other_part, b, other)) => {
            part == other_part && bound_implies((*a, *number), (*b, *other))
        }
        _ => a == b,
    }
}

/// Whether every number that compares so with the first compares so with the second.
fn bound_implies((a, number): (Comparison, i64), (b, other): (Comparison, i64)) -> bool {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let order = number.cmp(&other);
    match (a, b) {
        (Equal, Equal) => order == Ordering::Equal,
        (Equal | Less | LessOrEqual, Less) | (Equal | Greater | GreaterOrEqual, Greater)
            if a != b =>
        {
            order == if b == Less { Ordering::Less } else { Ordering::Greater }
        }
        (Equal | Less | LessOrEqual, Less | LessOrEqual) => order != Ordering::Greater,
        (Equal | Greater | GreaterOrEqual, Greater | GreaterOrEqual) => order != Ordering::Less,
        _ => false,
    }
}

/// Whether every text that passes `a` passes `b`.
pub fn text_implies(a: &TextTest, b: &TextTest) -> bool {
    a == b || (work(a, b) <= MAX_WORK && covered(a, b))
}

/// Every part of one meets every part of the other, in time that grows with their lengths.
fn work(a: &TextTest, b: &TextTest) -> usize {
    match (a, b) {
        // These are looked up.
        (TextTest::OneOf(..), TextTest::OneOf(..)) => 0,
        _ => {
            let ((count, length), (other_count, other_length)) = (size(a), size(b));
            count.saturating_mul(other_length).saturating_add(other_count.saturating_mul(length))
        }
    }
}

/// How many texts a test holds, and how long they are together.
pub fn size(test: &TextTest) -> (usize, usize) {
    let sum = |sizes: &mut dyn Iterator<Item = (usize, usize)>| {
        sizes.fold((0, 0), |(count, length), (more, longer)| (count + more, length + longer))
    };
    match test {
        TextTest::Equals(_, text)
        | TextTest::StartsWith(_, text)
        | TextTest::EndsWith(_, text)
        | TextTest::Contains(_, text)
        | TextTest::Regex(text) => (1, text.len()),
        TextTest::OneOf(_, texts) => (texts.len(), texts.iter().map(String::len).sum()),
        TextTest::Wildcard(_, parts) => sum(&mut parts.iter().map(|part| match part {
            Part::Text(text) => (1, text.len()),
            Part::One | Part::Run | Part::Dash => (1, 1),
        })),
        TextTest::AnyOf(tests) => sum(&mut tests.iter().map(size)),
    }
}

fn covered(a: &TextTest, b: &TextTest) -> bool {
    use TextTest::{AnyOf, Contains, EndsWith, Equals, OneOf, StartsWith, Wildcard};
    match (a, b) {
        (AnyOf(tests), _) => tests.iter().all(|test| covered(test, b)),
        (Equals(case, text), _) => equal_covered(*case, text, b),
        (OneOf(case, texts), _) => texts.iter().all(|text| equal_covered(*case, text, b)),
        (_, AnyOf(tests)) => tests.iter().any(|test| covered(a, test)),
        (_, Wildcard(_, parts)) if parts.as_slice() == [Part::Run] => true,
        (StartsWith(case, text), StartsWith(other, wanted)) => {
            read(*case, text, *other).is_some_and(|text| text.starts_with(wanted))
        }
        (EndsWith(case, text), EndsWith(other, wanted)) => {
            read(*case, text, *other).is_some_and(|text| text.ends_with(wanted))
        }
        (
            StartsWith(case, text) | EndsWith(case, text) | Contains(case, text),
            Contains(other, wanted),
        ) => read(*case, text, *other).is_some_and(|text| text.contains(wanted)),
        (Wildcard(case, parts), _) => {
            // What a part demands, the whole pattern demands.
            let demands = |(at, part): (usize, &Part)| {
                let Part::Text(text) = part else { return false };
                covered(&Contains(*case, text.clone()), b)
                    || (at == 0 && covered(&StartsWith(*case, text.clone()), b))
                    || (at + 1 == parts.len() && covered(&EndsWith(*case, text.clone()), b))
            };
            a == b || parts.iter().enumerate().any(demands)
        }
        _ => a == b,
    }
}

/// Whether a text that equals this one passes.
fn equal_covered(case: Case, text: &str, test: &TextTest) -> bool {
    let found = |other: Case, passes: &dyn Fn(&str) -> bool| {
        read(case, text, other).is_some_and(|text| passes(&text))
    };
    match test {
        TextTest::Equals(other, wanted) => found(*other, &|text| text == wanted),
        TextTest::OneOf(other, wanted) => found(*other, &|text| {
            wanted.binary_search_by(|wanted| wanted.as_str().cmp(text)).is_ok()
        }),
        TextTest::StartsWith(other, wanted) => found(*other, &|text| text.starts_with(wanted)),
        TextTest::EndsWith(other, wanted) => found(*other, &|text| text.ends_with(wanted)),
        TextTest::Contains(other, wanted) => found(*other, &|text| text.contains(wanted)),
        TextTest::Wildcard(other, parts) => found(*other, &|text| fits(text, parts)),
        TextTest::AnyOf(tests) => tests.iter().any(|test| equal_covered(case, text, test)),
        TextTest::Regex(_) => false,
    }
}

/// A text of one case as another reads it. What ignores case says nothing of exact letters.
fn read(case: Case, text: &str, other: Case) -> Option<Cow<'_, str>> {
    match (case, other) {
        (Case::Folded, Case::Exact) => None,
        (Case::Exact, Case::Folded) => Some(Cow::Owned(fold(text))),
        _ => Some(Cow::Borrowed(text)),
    }
}

/// Whether the text fits a pattern of texts and runs, each as early as it can; of other patterns
/// nothing is known.
fn fits(text: &str, parts: &[Part]) -> bool {
    let (mut rest, mut free) = (text, false);
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Run => free = true,
            Part::Text(wanted) => {
                let found = match free {
                    true if at + 1 == parts.len() => {
                        return rest.ends_with(wanted);
                    }
                    true => rest.find(wanted),
                    false => rest.starts_with(wanted).then_some(0),
                };
                let Some(found) = found else { return false };
                rest = rest.get(found + wanted.len()..).unwrap_or_default();
                free = false;
            }
            Part::One | Part::Dash => return false,
        }
    }
    free || rest.is_empty()
}
