//! What a rule means: a boolean expression over tests of fields.
//!
//! After this stage there are no modifiers, wildcards, escapes, search identifiers or patterns
//! of them. Values are built only by the constructors here, which keep them in normal form:
//! `and`/`or` are flat, hold no operand twice and at least two of them; text tests take the
//! plainest form that means the same; text that ignores case is folded.

use std::{collections::HashSet, num::NonZeroU32};

use ipnet::IpNet;

/// A boolean expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Expr {
    /// A test of the record.
    Test(Predicate),
    /// The operand does not hold.
    Not(Box<Expr>),
    /// All operands hold.
    And(Vec<Expr>),
    /// Any operand holds.
    Or(Vec<Expr>),
    /// At least so many operands hold; more than one, fewer than all.
    AtLeast(usize, Vec<Expr>),
}

impl Expr {
    /// `not operand`; a double negation vanishes.
    #[expect(clippy::should_implement_trait, reason = "named as in conditions")]
    pub fn not(operand: Expr) -> Expr {
        match operand {
            Expr::Not(inner) => *inner,
            operand => Expr::Not(Box::new(operand)),
        }
    }

    /// All of the operands, of which there is at least one.
    pub fn and(operands: impl IntoIterator<Item = Expr>) -> Expr {
        join(operands, Expr::And, |operand| match operand {
            Expr::And(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Any of the operands, of which there is at least one.
    pub fn or(operands: impl IntoIterator<Item = Expr>) -> Expr {
        join(operands, Expr::Or, |operand| match operand {
            Expr::Or(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// At least `count` of the operands; `count` is at least 1 and at most their number.
    pub fn at_least(count: usize, operands: Vec<Expr>) -> Expr {
        match count {
            0 | 1 => Expr::or(operands),
            all if all >= operands.len() => Expr::and(operands),
            some => Expr::AtLeast(some, operands),
        }
    }

    /// Calls `visit` for every test in the expression, in order.
    pub fn for_each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Predicate)) {
        match self {
            Expr::Test(predicate) => visit(predicate),
            Expr::Not(inner) => inner.for_each_test(visit),
            Expr::And(operands) | Expr::Or(operands) | Expr::AtLeast(_, operands) => {
                for operand in operands {
                    operand.for_each_test(visit);
                }
            }
        }
    }
}

fn join(
    operands: impl IntoIterator<Item = Expr>,
    build: fn(Vec<Expr>) -> Expr,
    flatten: fn(Expr) -> Result<Vec<Expr>, Expr>,
) -> Expr {
    let (mut flat, mut seen) = (Vec::new(), HashSet::new());
    for operand in operands {
        for part in flatten(operand).unwrap_or_else(|other| vec![other]) {
            if seen.insert(part.clone()) {
                flat.push(part);
            }
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { build(flat) }
}

/// A test of one record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Predicate {
    /// Any value that the dotted path reaches passes the test.
    Field {
        /// The dotted path.
        path: String,
        /// The test.
        test: Test,
    },
    /// A text of one field relates to a text of another.
    FieldRef {
        /// The path on the left.
        left: String,
        /// How the left text relates to the right one.
        relation: Relation,
        /// Whether case counts.
        case: Case,
        /// The path on the right.
        right: String,
    },
    /// Any string, number or boolean of the record passes the test.
    Keyword(TextTest),
}

/// How the texts of two fields relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// They are equal.
    Equals,
    /// The left begins with the right.
    StartsWith,
    /// The left ends with the right.
    EndsWith,
    /// The left contains the right.
    Contains,
}

/// Whether case counts in a text comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Case {
    /// It does not; literals are folded (Unicode simple case folding).
    Folded,
    /// It does.
    Exact,
}

impl Case {
    fn fold(self, text: String) -> String {
        match self {
            Case::Folded => fold(&text),
            Case::Exact => text,
        }
    }
}

/// Unicode simple case folding of a text.
pub fn fold(text: &str) -> String {
    let fold_char = |c: char| {
        unicode_case_mapping::case_folded(c)
            .map(NonZeroU32::get)
            .and_then(char::from_u32)
            .unwrap_or(c)
    };
    text.chars().map(fold_char).collect()
}

/// A test of the values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Test {
    /// A value is null, or there is none.
    Null,
    /// There is a value.
    Exists,
    /// A test of its text.
    Text(TextTest),
    /// It is an address in this network.
    Network(IpNet),
    /// It is a number that compares so with this one, as JSON writes it.
    Compare(Comparison, String),
    /// It is a time of ISO 8601, of which this part, as written, compares so with the number.
    Time(TimePart, Comparison, i64),
}

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimePart {
    /// 0 to 59
    Minute,
    /// 0 to 23
    Hour,
    /// Day of the month, 1 to 31
    Day,
    /// Week of ISO 8601, 1 to 53
    Week,
    /// 1 to 12
    Month,
    /// Of the calendar
    Year,
}

/// How numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// `==`, of parts of times; numbers are equal by their text
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A test of one text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextTest {
    /// Equal; never tried on the JSON text of objects and arrays.
    Equals(Case, String),
    /// Equal to one of these, sorted.
    OneOf(Case, Vec<String>),
    /// Begins with.
    StartsWith(Case, String),
    /// Ends with.
    EndsWith(Case, String),
    /// Contains.
    Contains(Case, String),
    /// Fits these parts from begin to end.
    Wildcard(Case, Vec<Part>),
    /// A regular expression, flags included, finds something in it.
    Regex(String),
    /// Passes any of these.
    AnyOf(Vec<TextTest>),
}

/// A part of a wildcard pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// This text.
    Text(String),
    /// Any one character: `?`.
    One,
    /// Any run of characters: `*`.
    Run,
    /// Any of the characters that stand for a dash in front of an option: `-`, `/`, en dash, em
    /// dash, horizontal bar.
    Dash,
}

impl TextTest {
    /// The plainest test for a sequence of parts.
    pub fn pattern(case: Case, parts: impl IntoIterator<Item = Part>) -> TextTest {
        let mut normal: Vec<Part> = Vec::new();
        for part in parts {
            match (normal.last_mut(), part) {
                (_, Part::Text(text)) if text.is_empty() => {}
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&case.fold(text)),
                (Some(Part::Run), Part::Run) => {}
                (_, Part::Text(text)) => normal.push(Part::Text(case.fold(text))),
                (_, part) => normal.push(part),
            }
        }
        match normal.as_slice() {
            [] => TextTest::Equals(case, String::new()),
            [Part::Text(text)] => TextTest::Equals(case, text.clone()),
            [Part::Text(text), Part::Run] => TextTest::StartsWith(case, text.clone()),
            [Part::Run, Part::Text(text)] => TextTest::EndsWith(case, text.clone()),
            [Part::Run, Part::Text(text), Part::Run] => TextTest::Contains(case, text.clone()),
            _ => TextTest::Wildcard(case, normal),
        }
    }

    /// Passes any of the tests, of which there is at least one: equalities become one look-up.
    pub fn any_of(tests: Vec<TextTest>) -> TextTest {
        let (mut rest, mut seen) = (Vec::new(), HashSet::new());
        let mut equal: [Vec<String>; 2] = [Vec::new(), Vec::new()];
        let slot = |case: Case| usize::from(case == Case::Exact);
        let flat = tests.into_iter().flat_map(|test| match test {
            TextTest::AnyOf(inner) => inner,
            other => vec![other],
        });
        for test in flat {
            match test {
                TextTest::Equals(case, text) => equal[slot(case)].push(text),
                TextTest::OneOf(case, texts) => equal[slot(case)].extend(texts),
                other if seen.insert(other.clone()) => rest.push(other),
                _ => {}
            }
        }
        let [folded, exact] = equal;
        for (case, mut texts) in [(Case::Exact, exact), (Case::Folded, folded)] {
            texts.sort();
            texts.dedup();
            match texts.len() {
                0 => {}
                1 => rest.insert(0, TextTest::Equals(case, texts.remove(0))),
                _ => rest.insert(0, TextTest::OneOf(case, texts)),
            }
        }
        if rest.len() == 1 { rest.remove(0) } else { TextTest::AnyOf(rest) }
    }
}
