//! Whether what a correlation says of its alerts fits what it looks at.

use super::{
    super::{attributes::Attributes, own},
    Parsed,
};
use crate::{
    ast::{Comparison, CorrelationCondition, CorrelationKind, Operator},
    diagnostic::{Code, Diagnostic},
};

/// Tells of what does not fit.
pub fn check(attributes: &mut Attributes<'_>, parsed: &Parsed) {
    own_fields(attributes, parsed);
    if !tells_absence(parsed) {
        attributes.no_expected_silence();
    }
}

/// Whether it looks at how few matches there are.
fn tells_absence(parsed: &Parsed) -> bool {
    let few = |each: &Comparison| {
        each.operator.value.is_upper()
            || each.operator.value == Operator::Equal && each.value == 0.0
    };
    match &parsed.condition {
        CorrelationCondition::Compare(comparisons) => {
            parsed.kind == CorrelationKind::EventCount && comparisons.iter().all(few)
        }
        CorrelationCondition::Expression(_) => false,
    }
}

/// Its aliases are not known to what is said of its alerts.
fn own_fields(attributes: &mut Attributes<'_>, parsed: &Parsed) {
    for field in own::fields(attributes.entries) {
        if let Some(alias) = parsed.aliases.iter().find(|alias| alias.name.value == field.value) {
            attributes.diagnostics.push(
                Diagnostic::error(
                    Code::InvalidAttribute,
                    format!("`{}` is an alias, and a field is meant here", field.value),
                )
                .at(field.span, "")
                .at(alias.name.span, "the alias")
                .help("write the fields that it stands for"),
            );
        }
    }
}
