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
    let mut seen = [false; 2];
    for outcome in 0..1_u32 << tests.len() {
        let passed = |test: &Predicate| {
            tests.iter().position(|each| *each == test).is_some_and(|at| outcome >> at & 1 == 1)
        };
        if possible(&tests, &passed) {
            seen[usize::from(holds(expr, &passed))] = true;
        }
    }
    match seen {
        [true, false] => Some(false),
        [false, true] => Some(true),
        _ => None,
    }
}

fn holds(expr: &Expr, passed: &impl Fn(&Predicate) -> bool) -> bool {
    match expr {
        Expr::Test(test) => passed(test),
        Expr::Not(inner) => !holds(inner, passed),
        Expr::And(operands) => operands.iter().all(|operand| holds(operand, passed)),
        Expr::Or(operands) => operands.iter().any(|operand| holds(operand, passed)),
        Expr::AtLeast(count, operands) => {
            operands.iter().filter(|operand| holds(operand, passed)).count() >= *count
        }
    }
}

/// Whether a record can make exactly these tests pass, as far as is known.
fn possible(tests: &[&Predicate], passed: &impl Fn(&Predicate) -> bool) -> bool {
    tests.iter().all(|a| tests.iter().all(|b| !passed(a) || passed(b) || !implies(a, b)))
        && tests.iter().all(|a| tests.iter().all(|b| passed(a) || passed(b) || !one_of(a, b)))
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
