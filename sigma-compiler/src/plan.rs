//! What the generated code does, in which order: which rules a record can concern, and which
//! tests they share. Knows nothing of where a rule was written, and cannot fail.

mod dispatch;

use std::collections::{BTreeMap, HashMap};

pub use dispatch::Dispatch;

use crate::hir::{Case, Expr, Predicate, Test, TextTest};

/// The matching of a whole rule set. Rules are named by their index.
#[derive(Debug)]
pub struct Plan {
    /// The expression of each rule, cheapest tests first.
    pub rules: Vec<Expr>,
    /// Tests that more than one rule asks, with their number.
    pub shared: HashMap<Predicate, usize>,
    /// Tests that take long and that rules ask of every record, with their number: their answers are
    /// worth being remembered.
    pub recalled: HashMap<Predicate, usize>,
    /// Which rules a record can concern, by its eventSource and eventName.
    pub dispatch: Dispatch,
}

/// Plans the matching of rules that mean `rules`.
pub fn plan(rules: Vec<Expr>) -> Plan {
    let dispatch = Dispatch::new(&rules);
    let rules: Vec<Expr> = rules.into_iter().map(|expr| order(split(merge(expr)))).collect();
    let shared = shared_tests(&rules);
    let recalled = recalled_tests(dispatch.any.iter().filter_map(|&rule| rules.get(rule)));
    Plan { rules, shared, recalled, dispatch }
}

/// Joins text tests of one field under an `or`, so that its values are read once: few and large
/// tests.
pub fn merge(expr: Expr) -> Expr {
    match expr {
        Expr::Test(_) => expr,
        Expr::Not(inner) => Expr::not(merge(*inner)),
        Expr::And(operands) => Expr::and(operands.into_iter().map(merge)),
        Expr::AtLeast(count, operands) => {
            Expr::at_least(count, operands.into_iter().map(merge).collect())
        }
        Expr::Or(operands) => {
            let mut by_field: BTreeMap<String, Vec<TextTest>> = BTreeMap::new();
            let mut keywords = Vec::new();
            let mut rest = Vec::new();
            for operand in operands.into_iter().map(merge) {
                match operand {
                    // A regular expression lives in a static of its own, which lists cannot hold.
                    Expr::Test(Predicate::Field { path, test: Test::Text(test) })
                        if !matches!(test, TextTest::Regex(_)) =>
                    {
                        by_field.entry(path).or_default().push(test);
                    }
                    Expr::Test(Predicate::Keyword(test)) if !matches!(test, TextTest::Regex(_)) => {
                        keywords.push(test);
                    }
                    other => rest.push(other),
                }
            }
            let fields = by_field.into_iter().map(|(path, tests)| Predicate::Field {
                path,
                test: Test::Text(TextTest::any_of(tests)),
            });
            let keywords =
                (!keywords.is_empty()).then(|| Predicate::Keyword(TextTest::any_of(keywords)));
            Expr::or(fields.chain(keywords).map(Expr::Test).chain(rest))
        }
    }
}

/// Whether a test looks for a text anywhere in another, in a way that can look for many of them in
/// one pass: whatever the case, and in ASCII.
pub fn is_substring(test: &TextTest) -> bool {
    matches!(test, TextTest::Contains(Case::Folded, text) if text.is_ascii() && !text.is_empty())
}

/// Makes tests of their own of several substrings of a field, apart from what else is tested of it.
fn split(expr: Expr) -> Expr {
    let parts = |test: TextTest, with: &dyn Fn(TextTest) -> Predicate| {
        let TextTest::AnyOf(tests) = test else {
            return Expr::Test(with(test));
        };
        if tests.iter().filter(|test| is_substring(test)).count() < 2 {
            return Expr::Test(with(TextTest::AnyOf(tests)));
        }
        let (substrings, others): (Vec<_>, Vec<_>) = tests.into_iter().partition(is_substring);
        let parts = [others, substrings].into_iter().filter(|part| !part.is_empty());
        Expr::or(parts.map(|part| Expr::Test(with(TextTest::any_of(part)))))
    };
    match expr {
        Expr::Test(Predicate::Field { path, test: Test::Text(test) }) => {
            parts(test, &|test| Predicate::Field { path: path.clone(), test: Test::Text(test) })
        }
        Expr::Test(Predicate::Keyword(test)) => parts(test, &Predicate::Keyword),
        Expr::Test(_) => expr,
        Expr::Not(inner) => Expr::not(split(*inner)),
        Expr::And(operands) => Expr::and(operands.into_iter().map(split)),
        Expr::Or(operands) => Expr::or(operands.into_iter().map(split)),
        Expr::AtLeast(count, operands) => {
            Expr::at_least(count, operands.into_iter().map(split).collect())
        }
    }
}

/// Puts the cheap operands before the dear ones; equally dear ones stay as written.
fn order(expr: Expr) -> Expr {
    let sorted = |operands: Vec<Expr>| {
        let mut operands: Vec<Expr> = operands.into_iter().map(order).collect();
        operands.sort_by_key(cost);
        operands
    };
    match expr {
        Expr::Test(_) => expr,
        Expr::Not(inner) => Expr::not(order(*inner)),
        Expr::And(operands) => Expr::and(sorted(operands)),
        Expr::Or(operands) => Expr::or(sorted(operands)),
        Expr::AtLeast(count, operands) => Expr::at_least(count, sorted(operands)),
    }
}

/// A rough measure of the work that an operand takes, for how often it decides: what holds for few
/// records decides an `and`, whatever holds for most of them does not.
fn cost(expr: &Expr) -> usize {
    match expr {
        Expr::Test(Predicate::Keyword(test)) => 1_000 + text_cost(test),
        Expr::Test(Predicate::FieldRef { left, right, .. }) => 40 + depth(left) + depth(right),
        Expr::Test(Predicate::Field { path, test }) => {
            let test = match test {
                // Most fields are missing from most records.
                Test::Null => 30,
                Test::Exists => 0,
                Test::Compare(..) | Test::Time(..) => 10,
                Test::Network(_) => 20,
                Test::Text(test) => text_cost(test),
            };
            depth(path) + test
        }
        Expr::Not(inner) => 30 + cost(inner),
        Expr::And(operands) | Expr::Or(operands) | Expr::AtLeast(_, operands) => {
            operands.iter().map(cost).sum()
        }
    }
}

fn depth(path: &str) -> usize {
    2 * path.split('.').count()
}

fn text_cost(test: &TextTest) -> usize {
    match test {
        TextTest::Equals(..) | TextTest::StartsWith(..) | TextTest::EndsWith(..) => 1,
        TextTest::OneOf(_, texts) => 1 + texts.len() / 4,
        TextTest::Contains(..) => 8,
        TextTest::Wildcard(..) => 12,
        TextTest::Regex(_) => 40,
        // Substrings are looked for in one pass.
        TextTest::AnyOf(tests) if tests.iter().all(is_substring) => 16,
        TextTest::AnyOf(tests) => tests.iter().map(text_cost).sum(),
    }
}

fn shared_tests(rules: &[Expr]) -> HashMap<Predicate, usize> {
    let mut asked: HashMap<&Predicate, usize> = HashMap::new();
    let mut order = Vec::new();
    for rule in rules {
        rule.for_each_test(&mut |predicate| {
            let count = asked.entry(predicate).or_default();
            *count += 1;
            if *count == 2 {
                order.push(predicate);
            }
        });
    }
    order.into_iter().enumerate().map(|(number, predicate)| (predicate.clone(), number)).collect()
}

/// Tests of texts of a field that take longer than to compare one text with another.
fn recalled_tests<'r>(rules: impl Iterator<Item = &'r Expr>) -> HashMap<Predicate, usize> {
    let mut recalled = HashMap::new();
    for rule in rules {
        rule.for_each_test(&mut |predicate| {
            if let Predicate::Field { test: Test::Text(test), .. } = predicate
                && text_cost(test) >= text_cost(&TextTest::Wildcard(Case::Folded, Vec::new()))
            {
                let next = recalled.len();
                recalled.entry(predicate.clone()).or_insert(next);
            }
        });
    }
    recalled
}
