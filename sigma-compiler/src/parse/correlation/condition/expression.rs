//! A condition that is an expression over the rules.

use super::Parsed;
use crate::{
    ast::{
        Condition, ConditionExpr, CorrelationCondition, CorrelationKind, IdentifierPattern,
        Quantity,
    },
    diagnostic::{Code, Diagnostic, Edit, has_errors, nearest},
    parse::{
        condition::{can_be_named, parse_condition_of},
        correlation::section::{Section, did_you_mean, invalid},
    },
    source::Spanned,
};

/// Reads an expression, which only temporal types have.
pub fn expression(
    section: &mut Section<'_>,
    text: &Spanned<String>,
    kind: CorrelationKind,
    rules: Option<&[Spanned<String>]>,
) -> Option<Parsed> {
    if !kind.is_temporal() {
        return section.report(
            invalid(format!("the condition of `{}` must be a map", kind.name()))
                .at(text.span, "only temporal types take an expression")
                .help("write for example `gte: 10` below it"),
        );
    }
    let condition = match parse_condition_of("the id or name of a rule", text, section.source) {
        Ok(condition) => condition,
        Err(diagnostic) => return section.report(diagnostic),
    };
    let mut names = Vec::new();
    let before = section.diagnostics.len();
    identifiers(section, &condition, &condition.expr, rules.unwrap_or_default(), &mut names);
    match rules {
        // What a quantity speaks of is not known.
        _ if has_errors(section.diagnostics.get(before..).unwrap_or_default()) => {}
        Some(rules) => compare_with_rules(section, &condition, &names, rules),
        None if section.get("rules").is_some() => return None,
        None => {}
    }
    if holds_without_matches(&condition.expr) {
        section.report::<()>(
            Diagnostic::error(
                Code::ContradictoryCondition,
                "this condition holds where no rule matches",
            )
            .at(text.span, "")
            .help("a match must bring it about; write for example `a and not b`"),
        );
    }
    if has_errors(section.diagnostics.get(before..).unwrap_or_default()) {
        return None;
    }
    let mut rules: Vec<Spanned<String>> = Vec::new();
    for name in names {
        if !rules.iter().any(|known| known.value == name.value) {
            rules.push(name.clone());
        }
    }
    let condition = CorrelationCondition::Expression(condition.clone());
    Some(Parsed { kind, condition, measured: Vec::new(), rules })
}

/// The rules that an expression names. The parser bounds its nesting.
fn identifiers<'e>(
    section: &mut Section<'_>,
    condition: &Condition,
    expr: &'e ConditionExpr,
    rules: &[Spanned<String>],
    names: &mut Vec<&'e Spanned<String>>,
) {
    match expr {
        ConditionExpr::Identifier(name) => names.push(name),
        ConditionExpr::Of { quantity, pattern } => {
            let written_out = write_out(condition, *quantity, &pattern.value, rules);
            section.report::<()>(
                Diagnostic::error(
                    Code::UnsupportedCondition,
                    "quantities (`1 of …`) are no part of a correlation's condition",
                )
                .at(pattern.span, "")
                .help("name the rules, joined by `and`, `or` and `not`")
                .edits(written_out),
            );
        }
        ConditionExpr::Not(inner) => identifiers(section, condition, inner, rules, names),
        ConditionExpr::And(operands) | ConditionExpr::Or(operands) => {
            for operand in operands {
                identifiers(section, condition, operand, rules, names);
            }
        }
    }
}

/// A quantity of all rules, with the rules in its place.
fn write_out(
    condition: &Condition,
    quantity: Quantity,
    pattern: &IdentifierPattern,
    rules: &[Spanned<String>],
) -> Option<Edit> {
    if *pattern != IdentifierPattern::Them || !rules.iter().all(|rule| can_be_named(&rule.value)) {
        return None;
    }
    let names: Vec<&str> = rules.iter().map(|rule| rule.value.as_str()).collect();
    let (written, joined) = match quantity {
        Quantity::All => ("all of them", names.join(" and ")),
        Quantity::AtLeast(1) if condition.text.value.contains("1 of them") => {
            ("1 of them", names.join(" or "))
        }
        Quantity::AtLeast(1) => ("any of them", names.join(" or ")),
        Quantity::AtLeast(_) => return None,
    };
    let alone = condition.text.value.trim() == written;
    let joined = if alone { joined } else { format!("({joined})") };
    (names.len() > 1).then(|| Edit::rename(condition.text.span, written, &joined))
}

/// The expression names all of `rules`, and nothing else.
fn compare_with_rules(
    section: &mut Section<'_>,
    condition: &Condition,
    names: &[&Spanned<String>],
    rules: &[Spanned<String>],
) {
    let mut unknown = false;
    for name in names.iter().filter(|name| !rules.iter().any(|rule| rule.value == name.value)) {
        unknown = true;
        let diagnostic = Diagnostic::error(
            Code::UnknownRule,
            format!("`{}` is not one of the correlation's `rules`", name.value),
        )
        .at(name.span, "");
        let near = nearest(&name.value, rules.iter().map(|rule| rule.value.as_str()));
        section.report::<()>(did_you_mean(diagnostic, (name.span, &name.value), near, || {
            "add it to `rules`".to_owned()
        }));
    }
    for rule in rules.iter().filter(|rule| !names.iter().any(|name| name.value == rule.value)) {
        if unknown {
            break;
        }
        section.report::<()>(
            invalid(format!("the condition does not use `{}`", rule.value))
                .at(rule.span, "named here")
                .at(condition.text.span, "not here")
                .help("use it in the condition, or remove it from `rules`"),
        );
    }
}

fn holds_without_matches(expr: &ConditionExpr) -> bool {
    match expr {
        ConditionExpr::Identifier(_) | ConditionExpr::Of { .. } => false,
        ConditionExpr::Not(inner) => !holds_without_matches(inner),
        ConditionExpr::And(operands) => operands.iter().all(holds_without_matches),
        ConditionExpr::Or(operands) => operands.iter().any(holds_without_matches),
    }
}
