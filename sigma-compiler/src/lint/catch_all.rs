//! Rules that dispatch cannot keep away from any record, and what they cost.

use std::collections::BTreeSet;

use crate::{
    check::CheckedRule,
    diagnostic::{Code, Diagnostic},
    hir::{Expr, Predicate},
};

/// A note of the cost of a rule that is tried on every record; `expr` is what the plan makes of it.
pub fn catch_all(checked: &CheckedRule, expr: &Expr) -> Option<Diagnostic> {
    let condition = checked.rule.detection.conditions.first()?;
    Some(
        Diagnostic::note(
            Code::CatchAllRule,
            format!("this rule is tried on every record: {}", cost(expr)),
        )
        .at(condition.text.span, "does not tie `eventSource` or `eventName` to certain values")
        .help("name those that it is about, or leave it where it is about any call"),
    )
}

/// The tests of an expression in words, each counted once.
fn cost(expr: &Expr) -> String {
    let (mut tests, mut fields, mut keywords) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    expr.for_each_test(&mut |test| {
        let searched = match test {
            Predicate::Keyword(_) => &mut keywords,
            Predicate::Field { path, .. } => {
                fields.insert(path);
                &mut tests
            }
            Predicate::FieldRef { left, right, .. } => {
                fields.extend([left, right]);
                &mut tests
            }
        };
        searched.insert(test);
    });
    let number = |count: usize, one: &str, more: &str| match count {
        1 => format!("one {one}"),
        count => format!("{count} {more}"),
    };
    let of_fields = (!tests.is_empty()).then(|| {
        let fields = number(fields.len(), "field", "fields");
        format!("{} of {fields}", number(tests.len(), "test", "tests"))
    });
    let of_values = (!keywords.is_empty()).then(|| {
        format!("{} of every value", number(keywords.len(), "keyword search", "keyword searches"))
    });
    of_fields.into_iter().chain(of_values).collect::<Vec<_>>().join(", ")
}
