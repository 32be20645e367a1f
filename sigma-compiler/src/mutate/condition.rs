//! Changes of a condition: operands and identifiers dropped, negations dropped, `and` for `or`.

use super::Changed;
use crate::{
    ast::{ConditionExpr, Detection, IdentifierPattern, Quantity, SearchIdentifier},
    source::Span,
};

/// Most ways to choose search identifiers that `N of` is written out in.
const MAX_CHOICES: usize = 64;

/// Changes of a condition's expression.
pub(super) fn changes_of<'a>(
    expr: &'a ConditionExpr,
    detection: &'a Detection,
) -> Vec<Changed<'a, ConditionExpr>> {
    match expr {
        ConditionExpr::Identifier(_) => Vec::new(),
        ConditionExpr::Of { quantity, pattern } => {
            of_changes(expr, *quantity, &pattern.value, detection)
        }
        ConditionExpr::Not(operand) => {
            let what = format!("the `not` before `{}` is dropped", text(operand));
            let mut found = vec![Changed::new(what, span(expr), || (**operand).clone())];
            found.extend(
                changes_of(operand, detection)
                    .into_iter()
                    .map(|changed| changed.within(|inner| ConditionExpr::Not(Box::new(inner)))),
            );
            found
        }
        ConditionExpr::And(operands) => {
            list_changes(expr, operands, detection, ConditionExpr::And, ConditionExpr::Or)
        }
        ConditionExpr::Or(operands) => {
            list_changes(expr, operands, detection, ConditionExpr::Or, ConditionExpr::And)
        }
    }
}

type Build = fn(Vec<ConditionExpr>) -> ConditionExpr;

fn list_changes<'a>(
    expr: &'a ConditionExpr,
    operands: &'a [ConditionExpr],
    detection: &'a Detection,
    build: Build,
    other: Build,
) -> Vec<Changed<'a, ConditionExpr>> {
    let (is, becomes) = match expr {
        ConditionExpr::And(_) => ("and", "or"),
        _ => ("or", "and"),
    };
    let what = format!("`{is}` becomes `{becomes}` in `{}`", text(expr));
    let mut found = vec![Changed::new(what, span(expr), move || other(operands.to_vec()))];
    for (at, operand) in operands.iter().enumerate() {
        let what = format!("`{}` is dropped from the condition", text(operand));
        found.push(Changed::new(what, span(operand), move || {
            let mut rest = operands.to_vec();
            rest.remove(at);
            if rest.len() == 1 { rest.remove(0) } else { build(rest) }
        }));
        found.extend(changes_of(operand, detection).into_iter().map(|changed| {
            changed.within(move |operand| {
                let mut operands = operands.to_vec();
                operands[at] = operand;
                build(operands)
            })
        }));
    }
    found
}

/// `1 of` for `all of`, and each fitting identifier left out.
fn of_changes<'a>(
    expr: &ConditionExpr,
    quantity: Quantity,
    pattern: &IdentifierPattern,
    detection: &'a Detection,
) -> Vec<Changed<'a, ConditionExpr>> {
    let fitting: Vec<&'a SearchIdentifier> =
        detection.identifiers.iter().filter(|each| pattern.fits(&each.name.value)).collect();
    if fitting.len() < 2 {
        return Vec::new();
    }
    let written = text(expr);
    let (becomes, swapped) = match quantity {
        Quantity::All => ("1 of", ConditionExpr::Or(names(&fitting))),
        Quantity::AtLeast(_) => ("all of", all(&fitting)),
    };
    let what = format!("`{written}` becomes `{becomes}`");
    let mut found = vec![Changed::new(what, span(expr), move || swapped)];
    if let Quantity::AtLeast(count) = quantity
        && choices(count, fitting.len() - 1) > MAX_CHOICES
    {
        return found;
    }
    for (at, identifier) in fitting.iter().enumerate() {
        let mut rest = fitting.clone();
        rest.remove(at);
        let what = format!("`{}` is left out of `{written}`", identifier.name.value);
        found.push(Changed::new(what, identifier.name.span, move || match quantity {
            Quantity::All => all(&rest),
            Quantity::AtLeast(count) => at_least(count, &rest),
        }));
    }
    found
}

fn names(identifiers: &[&SearchIdentifier]) -> Vec<ConditionExpr> {
    identifiers.iter().map(|each| ConditionExpr::Identifier(each.name.clone())).collect()
}

fn all(identifiers: &[&SearchIdentifier]) -> ConditionExpr {
    ConditionExpr::And(names(identifiers))
}

/// In how many ways so many can be chosen; too many to write out where there are none.
fn choices(count: usize, among: usize) -> usize {
    match count {
        1 => 1,
        _ if count > among => usize::MAX,
        _ => (0..count).fold(1usize, |ways, at| ways.saturating_mul(among - at) / (at + 1)),
    }
}

/// At least so many of the identifiers, written out.
fn at_least(count: usize, identifiers: &[&SearchIdentifier]) -> ConditionExpr {
    if count <= 1 {
        return ConditionExpr::Or(names(identifiers));
    }
    let chosen = identifiers.iter().enumerate().filter(|(at, _)| at + count <= identifiers.len());
    ConditionExpr::Or(
        chosen
            .map(|(at, first)| {
                let first = ConditionExpr::Identifier(first.name.clone());
                ConditionExpr::And(vec![first, at_least(count - 1, &identifiers[at + 1..])])
            })
            .collect(),
    )
}

/// From the first name in the expression to the last.
fn span(expr: &ConditionExpr) -> Span {
    match expr {
        ConditionExpr::Identifier(name) => name.span,
        ConditionExpr::Of { pattern, .. } => pattern.span,
        ConditionExpr::Not(operand) => span(operand),
        ConditionExpr::And(operands) | ConditionExpr::Or(operands) => {
            match (operands.first(), operands.last()) {
                (Some(first), Some(last)) => span(first).to(span(last)),
                _ => unreachable!("`and` and `or` have operands"),
            }
        }
    }
}

/// An expression as conditions are written.
fn text(expr: &ConditionExpr) -> String {
    let list = |operands: &[ConditionExpr], operator: &str| {
        operands.iter().map(grouped).collect::<Vec<_>>().join(operator)
    };
    match expr {
        ConditionExpr::Identifier(name) => name.value.clone(),
        ConditionExpr::Of { quantity, pattern } => {
            let pattern = match &pattern.value {
                IdentifierPattern::Them => "them",
                IdentifierPattern::Pattern(pattern) => pattern,
            };
            match quantity {
                Quantity::All => format!("all of {pattern}"),
                Quantity::AtLeast(count) => format!("{count} of {pattern}"),
            }
        }
        ConditionExpr::Not(operand) => format!("not {}", grouped(operand)),
        ConditionExpr::And(operands) => list(operands, " and "),
        ConditionExpr::Or(operands) => list(operands, " or "),
    }
}

fn grouped(expr: &ConditionExpr) -> String {
    match expr {
        ConditionExpr::And(_) | ConditionExpr::Or(_) => format!("({})", text(expr)),
        other => text(other),
    }
}
