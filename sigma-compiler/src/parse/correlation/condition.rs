//! `condition` of a correlation (Sigma correlation rules specification, "Condition"): comparisons
//! with numbers; for temporal types also an expression over the rules, or nothing, which asks for
//! all of them. After this every condition can hold, and none holds whatever happens.

mod expression;

use super::{
    bounds::misfit,
    section::{Section, invalid},
};
use crate::{
    ast::{Comparison, CorrelationCondition, CorrelationKind, Operator},
    diagnostic::{Code, Diagnostic, Edit, has_errors},
    node::{Entry, Kind, Node, Scalar},
    source::Spanned,
};
use expression::expression;

const OPERATORS: [(&str, Operator); 6] = [
    ("gt", Operator::Greater),
    ("gte", Operator::GreaterOrEqual),
    ("lt", Operator::Less),
    ("lte", Operator::LessOrEqual),
    ("eq", Operator::Equal),
    ("neq", Operator::NotEqual),
];

/// Up to here every whole number is exact as a 64-bit floating point number.
const LARGEST: f64 = 9_007_199_254_740_992.0;

impl Operator {
    /// The operator as Sigma writes it.
    pub fn name(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |(name, _)| name)
    }

    pub(super) fn is_lower(self) -> bool {
        matches!(self, Operator::Greater | Operator::GreaterOrEqual)
    }

    pub(super) fn is_upper(self) -> bool {
        matches!(self, Operator::Less | Operator::LessOrEqual)
    }
}

/// What the condition says, and what it completes.
pub struct Parsed {
    pub kind: CorrelationKind,
    pub condition: CorrelationCondition,
    pub measured: Vec<Spanned<String>>,
    /// The rules that an expression names, in order.
    pub rules: Vec<Spanned<String>>,
}

/// Reads the condition of a correlation of the given type and rules.
pub fn parse_condition(
    section: &mut Section<'_>,
    kind: CorrelationKind,
    rules: Option<&[Spanned<String>]>,
) -> Option<Parsed> {
    let Some(entry) = section.get("condition") else {
        if !kind.is_temporal() {
            let field = if kind.measures() { " and `field: …`" } else { "" };
            return section.missing(
                "condition",
                &format!("add `condition:` with for example `gte: 10`{field}"),
            );
        }
        return Some(plain(kind, all_of(section, rules.unwrap_or_default())));
    };
    match &entry.value.kind {
        Kind::Mapping(entries) => comparisons(section, entry, entries, kind, rules),
        Kind::Scalar(Scalar::String(text)) => {
            let text = Spanned::new(text.clone(), entry.value.span);
            expression(section, &text, kind, rules)
        }
        _ => {
            let diagnostic = section
                .wrong_type(entry, "the condition of a correlation must be a map")
                .help("write for example `gte: 10` below it");
            section.report(diagnostic)
        }
    }
}

fn plain(kind: CorrelationKind, condition: CorrelationCondition) -> Parsed {
    Parsed { kind, condition, measured: Vec::new(), rules: Vec::new() }
}

/// A temporal correlation without a condition asks for all of its rules.
fn all_of(section: &Section<'_>, rules: &[Spanned<String>]) -> CorrelationCondition {
    let operator = Spanned::new(Operator::GreaterOrEqual, section.key);
    let value = rules.len() as f64;
    CorrelationCondition::Compare(vec![Comparison { operator, value, span: section.key }])
}

fn comparisons(
    section: &mut Section<'_>,
    condition: &Entry,
    entries: &[Entry],
    kind: CorrelationKind,
    rules: Option<&[Spanned<String>]>,
) -> Option<Parsed> {
    let before = section.diagnostics.len();
    let mut inner = Section {
        entries,
        key: condition.key.span,
        source: section.source,
        diagnostics: section.diagnostics,
    };
    inner
        .unknown_keys("condition", &["gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"]);
    let measured = measured(&mut inner, kind);
    let kind = percentile(&mut inner, kind);
    let mut comparisons = Vec::new();
    for entry in entries {
        let Some((_, operator)) = OPERATORS.iter().find(|(name, _)| *name == entry.key.value)
        else {
            continue;
        };
        match number(&inner, entry, kind) {
            Ok(value) => comparisons.push(Comparison {
                operator: Spanned::new(*operator, entry.key.span),
                value,
                span: entry.value.span,
            }),
            Err(diagnostic) => inner.report::<()>(diagnostic).unwrap_or_default(),
        }
    }
    if has_errors(inner.diagnostics.get(before..).unwrap_or_default()) {
        return None;
    }
    if let Some(diagnostic) = misfit(&inner, &comparisons, kind, rules) {
        return inner.report(diagnostic);
    }
    Some(Parsed {
        kind,
        condition: CorrelationCondition::Compare(comparisons),
        measured,
        rules: Vec::new(),
    })
}

/// `field`: whose values are looked at. Several count as one where values are counted.
fn measured(section: &mut Section<'_>, kind: CorrelationKind) -> Vec<Spanned<String>> {
    let Some(entry) = section.get("field") else {
        if kind.measures() {
            section.report::<()>(
                Diagnostic::error(
                    Code::MissingAttribute,
                    format!("the condition of `{}` has no `field`", kind.name()),
                )
                .at(section.key, "")
                .help("add the field whose values count, for example `field: sourceIPAddress`"),
            );
        }
        return Vec::new();
    };
    if !kind.measures() {
        let diagnostic = invalid(format!("`{}` looks at no field", kind.name()))
            .at(entry.key.span, "")
            .help("remove it, or write `type: value_count` to count the values of the field");
        return section.report(diagnostic).unwrap_or_default();
    }
    let Some(fields) = section.texts(entry, "a field or alias") else {
        return Vec::new();
    };
    match (fields.as_slice(), kind) {
        ([], _) => {
            let place = section.place(entry);
            section
                .report(invalid("`field` names no field").at(place, "").help("write a field"))
                .unwrap_or_default()
        }
        ([_, second, ..], kind) if kind != CorrelationKind::ValueCount => section
            .report(
                invalid(format!("`{}` looks at one field", kind.name()))
                    .at(second.span, "this is one too many")
                    .help("keep one of them"),
            )
            .unwrap_or_default(),
        _ => fields,
    }
}

/// `percentile`, as pySigma reads it: a whole number of 0 to 100.
fn percentile(section: &mut Section<'_>, kind: CorrelationKind) -> CorrelationKind {
    let wanted = matches!(kind, CorrelationKind::ValuePercentile(_));
    let diagnostic = match (section.get("percentile"), wanted) {
        (None, false) => return kind,
        (None, true) => Diagnostic::error(
            Code::MissingAttribute,
            "the condition of `value_percentile` has no `percentile`",
        )
        .at(section.key, "")
        .help("add for example `percentile: 95`"),
        (Some(entry), false) => invalid(format!("`{}` has no percentile", kind.name()))
            .at(entry.key.span, "")
            .help("remove it, or write `type: value_percentile`"),
        (Some(entry), true) => {
            let percentile = match &entry.value.kind {
                Kind::Scalar(Scalar::Int(text)) => text.parse::<u8>().ok(),
                _ => None,
            };
            match percentile.filter(|percentile| *percentile <= 100) {
                Some(percentile) => return CorrelationKind::ValuePercentile(percentile),
                None => invalid("`percentile` must be a whole number of 0 to 100")
                    .at(section.place(entry), "")
                    .help("write for example `percentile: 95`"),
            }
        }
    };
    section.report::<()>(diagnostic);
    kind
}

/// The number of a comparison.
fn number(section: &Section<'_>, entry: &Entry, kind: CorrelationKind) -> Result<f64, Diagnostic> {
    let operator = &entry.key.value;
    let written = section.written(&entry.value);
    let wrong =
        |message: String, help: &str| Err(invalid(message).at(section.place(entry), "").help(help));
    match (read_number(&entry.value), &entry.value.kind) {
        (None, Kind::Scalar(Scalar::String(text))) if text.parse::<u32>().is_ok() => {
            wrong(format!("`{operator}` must be a number, and this is a text"), "remove the quotes")
                .map_err(|diagnostic| diagnostic.edit(Edit::unquote(entry.value.span)))
        }
        (None, Kind::Scalar(Scalar::Float(_))) => {
            wrong(format!("`{written}` is no number to compare with"), "write it in digits")
        }
        (None, _) => Err(section
            .wrong_type(entry, format!("`{operator}` must be a number"))
            .help(format!("write for example `{operator}: 10`"))),
        (Some(value), _) if value.abs() > LARGEST => wrong(
            format!("`{written}` is too large to be compared exactly"),
            "write a smaller number",
        ),
        (Some(value), _) if kind.counts() && value < 0.0 => wrong(
            format!("`{written}` is negative, and counts never are"),
            "write a number from 0 on",
        ),
        (Some(value), _) if kind.counts() && value.fract() != 0.0 => {
            wrong(format!("`{written}` is not whole, and counts are"), "write a whole number")
        }
        (Some(value), _) => Ok(value),
    }
}

fn read_number(node: &Node) -> Option<f64> {
    match &node.kind {
        Kind::Scalar(Scalar::Int(text) | Scalar::Float(text)) => {
            text.parse::<f64>().ok().filter(|value| value.is_finite())
        }
        _ => None,
    }
}
