//! Warnings about rules that compile and cannot be meant so, each a proof or a plain fact; and
//! remarks, which tell those who ask what a rule costs and where it departs from conventions.

mod catch_all;
mod conventions;
mod covered;
mod group_keys;
mod hidden;
mod implies;
mod levels;
mod satisfiable;
mod tags;
mod unreachable;

use std::{
    collections::{HashMap, HashSet},
    ptr,
};

use crate::{
    ast::{Detection, DetectionItem, Search},
    check::{CheckedRule, CheckedSet},
    diagnostic::{Code, Diagnostic},
    hir::Expr,
    plan::Plan,
    source::SourceFile,
};

pub use levels::LintLevels;

/// Judges rules by what they mean; `exprs` are their expressions, in order.
pub fn lint(set: &CheckedSet, exprs: &[Expr]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut known: HashMap<Expr, usize> = HashMap::new();
    for (number, (checked, expr)) in set.rules.iter().zip(exprs).enumerate() {
        found.extend(verdict(checked, expr));
        if let Some(first) = known.insert(canonical(expr), number) {
            let first = &set.rules[first].rule.title;
            found.push(
                Diagnostic::warning(Code::EqualRules, "two rules match the same records")
                    .at(checked.rule.title.span, "this one")
                    .at(first.span, "and this one")
                    .help("remove one of them"),
            );
        }
        found.extend(hidden::by_exceptions(checked, expr));
        if let Some(entry) = &checked.exceptions {
            unreachable::in_exceptions(entry, &mut found);
        }
        tags::tags(&checked.rule.tags, &mut found);
    }
    for detection in detections(set) {
        for identifier in &detection.identifiers {
            items(&identifier.search, &mut |item| {
                covered::covered(item, &mut found);
                unreachable::unreachable(item, &mut found);
            });
        }
    }
    for checked in &set.correlations {
        found.extend(group_keys::of_correlation(checked));
        tags::tags(&checked.correlation.tags, &mut found);
    }
    found.extend(set.postprocessing.iter().filter_map(group_keys::of_threshold));
    found
}

/// Notes that are no matter of right and wrong.
pub fn remarks(set: &CheckedSet, plan: &Plan, files: &[SourceFile]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for checked in &set.rules {
        conventions::conventions(&checked.rule, files, &mut found);
    }
    let rules = plan.dispatch.any.iter();
    found.extend(rules.filter_map(|&at| {
        let (checked, expr) = (set.rules.get(at)?, plan.rules.get(at)?);
        catch_all::catch_all(checked, expr)
    }));
    found
}

fn verdict(checked: &CheckedRule, expr: &Expr) -> Option<Diagnostic> {
    let place = checked.rule.detection.conditions.first()?.text.span;
    match satisfiable::verdict(expr)? {
        false => Some(hidden::by_filters(checked, place).unwrap_or_else(|| {
            Diagnostic::warning(Code::NeverTrue, "this condition is never true")
                .at(place, "no record can meet it")
                .help("look for a part that excludes another one")
        })),
        true => Some(
            Diagnostic::warning(Code::AlwaysTrue, "this condition is always true")
                .at(place, "every record meets it")
                .help("look for an `or` of a part and its contrary"),
        ),
    }
}

/// The detections of all rules and of the filters on them, each once.
fn detections(set: &CheckedSet) -> Vec<&Detection> {
    let mut detections: Vec<&Detection> = Vec::new();
    let mut filters = HashSet::new();
    for checked in &set.rules {
        detections.push(&checked.rule.detection);
        for filter in &checked.filters {
            if filters.insert(ptr::from_ref(&filter.detection)) {
                detections.push(&filter.detection);
            }
        }
    }
    detections
}

// The nodes of a document are bounded in depth, so the recursion is bounded too.
fn items<'a>(search: &'a Search, visit: &mut impl FnMut(&'a DetectionItem)) {
    match search {
        Search::All(parts) | Search::Any(parts) => {
            parts.iter().for_each(|part| items(part, visit));
        }
        Search::Item(item) => visit(item),
    }
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
