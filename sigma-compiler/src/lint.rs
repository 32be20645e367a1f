//! Warnings about rules that compile and cannot be meant so. Each is a proof or a plain fact.

mod implies;
mod satisfiable;

use std::collections::HashMap;

use crate::{
    check::CheckedSet,
    diagnostic::{Code, Diagnostic},
    hir::Expr,
};

/// Judges rules by what they mean; `exprs` are their expressions, in order.
pub fn lint(set: &CheckedSet, exprs: &[Expr]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut known: HashMap<Expr, usize> = HashMap::new();
    for (number, (checked, expr)) in set.rules.iter().zip(exprs).enumerate() {
        let Some(condition) = checked.rule.detection.conditions.first() else { continue };
        let place = condition.text.span;
        match satisfiable::verdict(expr) {
            Some(false) => found.push(
                Diagnostic::warning(Code::NeverTrue, "this condition is never true")
                    .at(place, "no record can meet it")
                    .help("look for a part that excludes another one"),
            ),
            Some(true) => found.push(
                Diagnostic::warning(Code::AlwaysTrue, "this condition is always true")
                    .at(place, "every record meets it")
                    .help("look for an `or` of a part and its contrary"),
            ),
            None => {}
        }
        if let Some(first) = known.insert(canonical(expr), number) {
            let first = &set.rules[first].rule.title;
            found.push(
                Diagnostic::warning(Code::EqualRules, "two rules match the same records")
                    .at(checked.rule.title.span, "this one")
                    .at(first.span, "and this one")
                    .help("remove one of them"),
            );
        }
        if let Some(entry) = &checked.exceptions
            && let Some(pattern) = entry.actors_regex.iter().find(|pattern| fits_all(pattern))
        {
            found.push(
                Diagnostic::warning(
                    Code::ExceptionHidesRule,
                    format!("this exception leaves out every match of `{}`", entry.title.value),
                )
                .at(entry.title.span, format!("`{pattern}` is found in every name"))
                .help("narrow the expression, or remove the rule"),
            );
        }
    }
    found
}

/// Whether an expression is found in every text: an unanchored one that is found in nothing.
fn fits_all(pattern: &str) -> bool {
    let found = |text: &str| regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text));
    found("") && !pattern.contains('^') && !pattern.contains('$') && !pattern.contains('\\')
}

/// The same for expressions that differ in the order of operands alone.
fn canonical(expr: &Expr) -> Expr {
    let sorted = |operands: &[Expr]| {
        let mut operands: Vec<Expr> = operands.iter().map(canonical).collect();
        operands.sort();
        operands
    };
    match expr {
        Expr::Test(_) => expr.clone(),
        Expr::Not(inner) => Expr::not(canonical(inner)),
        Expr::And(operands) => Expr::and(sorted(operands)),
        Expr::Or(operands) => Expr::or(sorted(operands)),
        Expr::AtLeast(count, operands) => Expr::at_least(*count, sorted(operands)),
    }
}
