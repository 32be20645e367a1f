//! Whether an expression holds for no record, or for every one.
//!
//! Its tests are taken for independent but for what certainly follows from what: every way they
//! can come out is tried. More ways are tried than there are, so that a verdict is a proof.

use crate::hir::{Case, Expr, Predicate, Test, TextTest};

/// Expressions of more tests are not judged.
const MAX_TESTS: usize = 12;

/// `Some(false)` where the expression never holds, `Some(true)` where it always does.
pub fn verdict(expr: &Expr) -> Option<bool> {
    let mut tests: Vec<&Predicate> = Vec::new();
    expr.for_each_test(&mut |test| {
        if !tests.contains(&test) {
            tests.push(test);
        }
    });
    if tests.len() > MAX_TESTS {
        return None;
    }
    // There are thousands of outcomes: what the tests have to do with each other is found once.
    let shape = Shape::of(expr, &tests);
    let (implied, either) = (related(&tests, implies), related(&tests, one_of));
    let mut seen = [false; 2];
    for outcome in 0..1_u32 << tests.len() {
        let passed = |test: usize| outcome >> test & 1 == 1;
        // Whether a record can make exactly these tests pass, as far as is known.
        let possible = implied.iter().all(|&(a, b)| !passed(a) || passed(b))
            && either.iter().all(|&(a, b)| passed(a) || passed(b));
        if possible {
            seen[usize::from(shape.holds(&passed))] = true;
        }
    }
    match seen {
        [true, false] => Some(false),
        [false, true] => Some(true),
        _ => None,
    }
}

/// An expression whose tests are numbers.
enum Shape {
    Test(usize),
    Not(Box<Shape>),
    AtLeast(usize, Vec<Shape>),
}

impl Shape {
    /// The same expression, with each test by its place in the list.
    fn of(expr: &Expr, tests: &[&Predicate]) -> Shape {
        let each = |operands: &[Expr]| -> Vec<Shape> {
            operands.iter().map(|operand| Shape::of(operand, tests)).collect()
        };
        match expr {
            Expr::Test(test) => {
                Shape::Test(tests.iter().position(|each| *each == test).unwrap_or_default())
            }
            Expr::Not(inner) => Shape::Not(Box::new(Shape::of(inner, tests))),
            Expr::And(operands) => Shape::AtLeast(operands.len(), each(operands)),
            Expr::Or(operands) => Shape::AtLeast(1, each(operands)),
            Expr::AtLeast(count, operands) => Shape::AtLeast(*count, each(operands)),
        }
    }

    fn holds(&self, passed: &impl Fn(usize) -> bool) -> bool {
        match self {
            Shape::Test(test) => passed(*test),
            Shape::Not(inner) => !inner.holds(passed),
            Shape::AtLeast(count, operands) => {
                operands.iter().filter(|operand| operand.holds(passed)).take(*count).count()
                    == *count
            }
        }
    }
}

/// The places of all pairs of tests that relate so.
fn related(
    tests: &[&Predicate],
    relates: fn(&Predicate, &Predicate) -> bool,
) -> Vec<(usize, usize)> {
    let places = || 0..tests.len();
    places()
        .flat_map(|a| places().map(move |b| (a, b)))
        .filter(|&(a, b)| a != b && relates(tests[a], tests[b]))
        .collect()
}

/// Whether `b` passes wherever `a` does.
fn implies(a: &Predicate, b: &Predicate) -> bool {
    let (Predicate::Field { path, test: a }, Predicate::Field { path: other, test: b }) = (a, b)
    else {
        return false;
    };
    path == other
        && match (a, b) {
            (
                Test::Text(_) | Test::Network(_) | Test::Compare(..) | Test::Time(..),
                Test::Exists,
            ) => true,
            (Test::Text(TextTest::Equals(case, text)), Test::Text(b)) => found_in(*case, text, b),
            _ => false,
        }
}

/// Whether a text that equals this one passes.
fn found_in(case: Case, text: &str, test: &TextTest) -> bool {
    match test {
        TextTest::Equals(other, wanted) => case == *other && text == wanted,
        TextTest::OneOf(other, wanted) => {
            case == *other && wanted.iter().any(|wanted| text == wanted)
        }
        TextTest::StartsWith(other, wanted) => case == *other && text.starts_with(wanted),
        TextTest::EndsWith(other, wanted) => case == *other && text.ends_with(wanted),
        TextTest::Contains(other, wanted) => case == *other && text.contains(wanted),
        TextTest::AnyOf(tests) => tests.iter().any(|test| found_in(case, text, test)),
        TextTest::Wildcard(..) | TextTest::Regex(_) => false,
    }
}

/// Whether one of the two passes on every record: a field that is missing is null.
fn one_of(a: &Predicate, b: &Predicate) -> bool {
    matches!(
        (a, b),
        (
            Predicate::Field { path, test: Test::Null },
            Predicate::Field { path: other, test: Test::Exists }
        ) if path == other
    )
}
