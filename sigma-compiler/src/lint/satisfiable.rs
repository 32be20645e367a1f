//! Whether an expression holds for no record, or for every one.
//!
//! Its tests are taken for independent but for what certainly follows from what: every way they
//! can come out is tried. More ways are tried than there are, so that a verdict is a proof.

use super::implies::implies;
use crate::hir::{Expr, Predicate, Test};

/// Expressions of more tests are not judged.
const MAX_TESTS: usize = 12;

/// `Some(false)` where the expression never holds, `Some(true)` where it always does.
pub fn verdict(expr: &Expr) -> Option<bool> {
    let mut tests: Vec<&Predicate> = Vec::new();
    let formula = Formula::new(expr, &mut tests)?;
    let ties = Ties::new(&tests);
    let mut seen = [false; 2];
    for outcome in (0..1_u32 << tests.len()).filter(|outcome| ties.allow(*outcome)) {
        seen[usize::from(formula.holds(outcome))] = true;
    }
    match seen {
        [true, false] => Some(false),
        [false, true] => Some(true),
        _ => None,
    }
}

/// An expression that knows its tests by their places alone, so that it is quickly tried.
enum Formula {
    Test(usize),
    Not(Box<Formula>),
    /// At least so many hold: all of them are an `and`, one of them an `or`.
    AtLeast(usize, Vec<Formula>),
}

impl Formula {
    /// Collects the different tests; `None` where there are too many.
    fn new<'a>(expr: &'a Expr, tests: &mut Vec<&'a Predicate>) -> Option<Formula> {
        let mut all = |operands: &'a [Expr]| -> Option<Vec<Formula>> {
            operands.iter().map(|operand| Formula::new(operand, tests)).collect()
        };
        Some(match expr {
            Expr::Test(test) => {
                let at = tests.iter().position(|known| *known == test).unwrap_or(tests.len());
                if at == tests.len() {
                    tests.push(test);
                }
                if tests.len() > MAX_TESTS {
                    return None;
                }
                Formula::Test(at)
            }
            Expr::Not(inner) => Formula::Not(Box::new(Formula::new(inner, tests)?)),
            Expr::And(operands) => Formula::AtLeast(operands.len(), all(operands)?),
            Expr::Or(operands) => Formula::AtLeast(1, all(operands)?),
            Expr::AtLeast(count, operands) => Formula::AtLeast(*count, all(operands)?),
        })
    }

    /// Whether it holds where exactly the tests of this set pass.
    fn holds(&self, outcome: u32) -> bool {
        match self {
            Formula::Test(at) => outcome >> at & 1 == 1,
            Formula::Not(inner) => !inner.holds(outcome),
            Formula::AtLeast(count, operands) => {
                operands.iter().filter(|operand| operand.holds(outcome)).take(*count).count()
                    == *count
            }
        }
    }
}

/// What is known of how tests come out together; sets of tests are bits, in their order.
struct Ties {
    /// For each test, those that pass where it passes.
    implied: Vec<u32>,
    /// For each test, those that pass where it does not.
    instead: Vec<u32>,
}

impl Ties {
    fn new(tests: &[&Predicate]) -> Self {
        let set = |tie: &dyn Fn(&Predicate) -> bool| {
            let tied = tests.iter().enumerate().filter(|(_, test)| tie(test));
            tied.fold(0, |set, (at, _)| set | 1 << at)
        };
        Self {
            implied: tests.iter().map(|a| set(&|b| implies(a, b))).collect(),
            instead: tests.iter().map(|a| set(&|b| one_of(a, b) || one_of(b, a))).collect(),
        }
    }

    /// Whether a record can make exactly these tests pass, as far as is known.
    fn allow(&self, outcome: u32) -> bool {
        self.implied.iter().zip(&self.instead).enumerate().all(|(at, (implied, instead))| {
            let needed = if outcome >> at & 1 == 1 { implied } else { instead };
            needed & !outcome == 0
        })
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
