//! Whether the comparisons of a condition fit together, so that they can hold and need not.

use super::{
    section::{Section, invalid},
    twice,
};
use crate::{
    ast::{Comparison, CorrelationKind, Operator},
    diagnostic::{Code, Diagnostic, Edit},
    source::Spanned,
};

/// What does not fit together: comparisons with each other, with the type, with the number of
/// rules.
pub fn misfit(
    section: &Section<'_>,
    comparisons: &[Comparison],
    kind: CorrelationKind,
    rules: Option<&[Spanned<String>]>,
) -> Option<Diagnostic> {
    let [first, rest @ ..] = comparisons else {
        return Some(
            invalid("the condition compares with no number")
                .at(section.key, "")
                .help("add for example `gte: 10`"),
        );
    };
    let name = |comparison: &Comparison| comparison.operator.value.name();
    if kind.is_temporal()
        && let Some(other) = comparisons.iter().find(|each| !each.operator.value.is_lower())
    {
        return Some(
            invalid(format!(
                "`{}` asks for at least so many of its rules; `{}` has no meaning there",
                kind.name(),
                name(other)
            ))
            .at(other.operator.span, "")
            .help("write `gte: …`, or remove the condition where all of the rules must match"),
        );
    }
    if let Some(second) = rest.first() {
        let (a, b) = (first.operator.value, second.operator.value);
        if a.is_lower() && b.is_lower() || a.is_upper() && b.is_upper() {
            let bound = if a.is_lower() { "lower" } else { "upper" };
            let message = format!("the condition has two {bound} bounds");
            return Some(twice(message, second.operator.span, first.operator.span));
        }
        if let Some(alone) = comparisons
            .iter()
            .find(|each| !each.operator.value.is_lower() && !each.operator.value.is_upper())
        {
            return Some(
                invalid(format!("`{}` stands alone, or not at all", name(alone)))
                    .at(alone.operator.span, "")
                    .help("a range has one of `gt` and `gte`, and one of `lt` and `lte`"),
            );
        }
    }
    contradiction(section, comparisons, kind, rules)
}

/// Comparisons that never hold, or always.
fn contradiction(
    section: &Section<'_>,
    comparisons: &[Comparison],
    kind: CorrelationKind,
    rules: Option<&[Spanned<String>]>,
) -> Option<Diagnostic> {
    let error = |message: String| Diagnostic::error(Code::ContradictoryCondition, message);
    let shown = |each: &Comparison| {
        let written = section.source.get(each.span.range()).unwrap_or_default();
        format!("`{}: {written}`", each.operator.value.name())
    };
    let lower = comparisons.iter().find(|each| each.operator.value.is_lower());
    let upper = comparisons.iter().find(|each| each.operator.value.is_upper());
    if let (Some(lower), Some(upper)) = (lower, upper) {
        let strict =
            lower.operator.value == Operator::Greater || upper.operator.value == Operator::Less;
        let empty = match kind.counts() {
            true => least(lower) > most(upper),
            false => lower.value > upper.value || (strict && lower.value == upper.value),
        };
        if empty {
            return Some(
                error(format!("{} and {} never hold together", shown(lower), shown(upper)))
                    .at(lower.span, "the lower bound")
                    .at(upper.span, "the upper bound")
                    .help("the lower bound must leave room below the upper one"),
            );
        }
    }
    if !kind.counts() {
        return None;
    }
    match (lower, upper) {
        (Some(lower), _) if least(lower) < 1.0 => Some(
            error(format!("{} holds for every count", shown(lower)))
                .at(lower.span, "")
                .help("write at least `gte: 1`, or leave out the lower bound")
                .edits(
                    (lower.operator.value == Operator::GreaterOrEqual)
                        .then(|| Edit::replace(lower.span, "1")),
                ),
        ),
        (_, Some(upper)) if most(upper) < 0.0 => Some(
            error(format!("{} never holds", shown(upper)))
                .at(upper.span, "no count is below 0")
                .help("write `lt: 1` where nothing may match"),
        ),
        (Some(lower), _) if kind.is_temporal() => {
            let rules = rules.filter(|rules| least(lower) > rules.len() as f64)?;
            Some(
                error(format!("{} never holds: there are {} rules", shown(lower), rules.len()))
                    .at(lower.span, "")
                    .help(format!("write at most `gte: {}`", rules.len()))
                    .edits(
                        (lower.operator.value == Operator::GreaterOrEqual)
                            .then(|| Edit::replace(lower.span, rules.len().to_string())),
                    ),
            )
        }
        _ => None,
    }
}

/// The smallest count above a lower bound.
fn least(bound: &Comparison) -> f64 {
    bound.value + f64::from(u8::from(bound.operator.value == Operator::Greater))
}

/// The largest count below an upper bound.
fn most(bound: &Comparison) -> f64 {
    bound.value - f64::from(u8::from(bound.operator.value == Operator::Less))
}
