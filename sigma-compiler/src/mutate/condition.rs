//! Changes of a condition: operands and identifiers dropped, negations dropped, `and` for `or`.

use super::Changed;
use crate::{
    ast::{ConditionExpr, Detection, IdentifierPattern, Quantity, SearchIdentifier},
    source::Span,
};

/// Most ways to choose search identifiers that `N of` is written out in.
const MAX_CHOICES: usize = 64;

/// Changes of a condition's expression.
pub(super) fn changes_of(
    expr: &ConditionExpr,
    detection: &Detection,
) -> Vec<Changed<ConditionExpr>> {
    match expr {
        ConditionExpr::Identifier(_) => Vec::new(),
        ConditionExpr::Of { quantity, pattern } => {
            of_changes(expr, *quantity, &pattern.value, detection)
        }
        ConditionExpr::Not(operand) => {
            let what = format!("the `not` before `{}` is dropped", text(operand));
            let mut found = vec![Changed::new(what, span(expr), (**operand).clone())];
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

fn list_changes(
    expr: &ConditionExpr,
    operands: &[ConditionExpr],
    detection: &Detection,
    build: Build,
    other: Build,
) -> Vec<Changed<ConditionExpr>> {
    let (is, becomes) = match expr {
        ConditionExpr::And(_) => ("and", "or"),
        _ => ("or", "and"),
    };
    let what = format!("`{is}` becomes `{becomes}` in `{}`", text(expr));
    let mut found = vec![Changed::new(what, span(expr), other(operands.to_vec()))];
    for (at, operand) in operands.iter().enumerate() {
        let mut rest = operands.to_vec();
        rest.remove(at);
        let rest = if rest.len() == 1 { rest.remove(0) } else { build(rest) };
        let what = format!("`{}` is dropped from the condition", text(operand));
        found.push(Changed::new(what, span(operand), rest));
        found.extend(changes_of(operand, detection).into_iter().map(|changed| {
            changed.within(|operand| {
                let mut operands = operands.to_vec();
                operands[at] = operand;
                build(operands)
            })
        }));
    }
    found
}

/// `1 of` for `all of`, and each fitting identifier left out.
fn of_changes(
    expr: &ConditionExpr,
    quantity: Quantity,
    pattern: &IdentifierPattern,
    detection: &Detection,
) -> Vec<Changed<ConditionExpr>> {
    let fitting: Vec<&SearchIdentifier> =
        detection.identifiers.iter().filter(|each| pattern.fits(&each.name.value)).collect();
    if fitting.len() < 2 {
        return Vec::new();
    }
    let written = text(expr);
    let (becomes, swapped) = match quantity {
        Quantity::All => ("1 of", any(&fitting)),
        Quantity::AtLeast(_) => ("all of", all(&fitting)),
    };
    let what = format!("`{written}` becomes `{becomes}`");
    let mut found = vec![Changed::new(what, span(expr), swapped)];
    for identifier in &fitting {
        let rest: Vec<_> = fitting
            .iter()
            .copied()
            .filter(|other| other.name.value != identifier.name.value)
            .collect();
        let rest = match quantity {
            Quantity::All => all(&rest),
            Quantity::AtLeast(count) if count > rest.len() => continue,
            Quantity::AtLeast(count) => match at_least(count, &rest) {
                Some(rest) => rest,
                None => continue,
            },
        };
        let what = format!("`{}` is left out of `{written}`", identifier.name.value);
        found.push(Changed::new(what, identifier.name.span, rest));
    }
    found
}

fn names(identifiers: &[&SearchIdentifier]) -> Vec<ConditionExpr> {
    identifiers.iter().map(|each| ConditionExpr::Identifier(each.name.clone())).collect()
}

fn all(identifiers: &[&SearchIdentifier]) -> ConditionExpr {
    ConditionExpr::And(names(identifiers))
}

fn any(identifiers: &[&SearchIdentifier]) -> ConditionExpr {
    ConditionExpr::Or(names(identifiers))
}

/// At least so many of the identifiers, written out; `None` where that is too much to write.
fn at_least(count: usize, identifiers: &[&SearchIdentifier]) -> Option<ConditionExpr> {
    let mut choices: Vec<Vec<&SearchIdentifier>> = vec![Vec::new()];
    let mut complete = Vec::new();
    for identifier in identifiers {
        for chosen in choices.clone() {
            let chosen = [chosen, vec![*identifier]].concat();
            if chosen.len() == count { complete.push(chosen) } else { choices.push(chosen) }
        }
        if choices.len() + complete.len() > MAX_CHOICES {
            return None;
        }
    }
    Some(ConditionExpr::Or(complete.iter().map(|chosen| all(chosen)).collect()))
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
