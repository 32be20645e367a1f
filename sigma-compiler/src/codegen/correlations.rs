//! Correlations and post-processing rules: data, which refers to rules by index.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    alerting::alerting,
    metadata::{level, optional},
};
use crate::{
    ast::{
        Comparison, ConditionExpr, CorrelationCondition, CorrelationKind, Operator,
        PostprocessingKind,
    },
    check::{CheckedCorrelation, CheckedPostprocessing, Key, Member},
    source::SourceFile,
};

/// The static of a correlation.
pub fn correlation(checked: &CheckedCorrelation, files: &[SourceFile]) -> TokenStream {
    let written = &checked.correlation;
    let (id, title, source) = (&checked.id, &written.title.value, &files[written.file.0].path);
    let level = level(checked.level);
    let status = optional(written.status.map(|status| status.name()));
    let description = optional(written.description.as_deref());
    let author = optional(written.author.as_deref());
    let date = optional(written.date.as_deref());
    let modified = optional(written.modified.as_deref());
    let references = &written.references;
    let tags = written.tags.iter().map(|tag| &tag.value);
    let (fields, falsepositives) = (&written.fields, &written.falsepositives);
    let kind = kind(written.kind);
    let members = checked.members.iter().map(|member| match member {
        Member::Rule(rule) => quote!(correlation::Member::Rule(#rule)),
        Member::Correlation(other) => quote!(correlation::Member::Correlation(#other)),
    });
    let group_by = checked.group_by.iter().map(key);
    let measured = checked.measured.iter().map(key);
    let (timespan, generate) = (written.timespan, checked.generate);
    let alerting = alerting(&written.alerting);
    let condition = match &written.condition {
        CorrelationCondition::Compare(comparisons) => {
            let comparisons = comparisons.iter().map(comparison);
            quote!(correlation::Condition::Compare(&[#(#comparisons),*]))
        }
        CorrelationCondition::Expression(condition) => {
            let expression = expression(checked, &condition.expr);
            quote!(correlation::Condition::Expression(#expression))
        }
    };
    quote! {
        correlation::Correlation {
            id: #id,
            title: #title,
            level: #level,
            status: #status,
            description: #description,
            author: #author,
            date: #date,
            modified: #modified,
            references: &[#(#references),*],
            tags: &[#(#tags),*],
            fields: &[#(#fields),*],
            falsepositives: &[#(#falsepositives),*],
            kind: #kind,
            members: &[#(#members),*],
            group_by: &[#(#group_by),*],
            timespan: #timespan,
            condition: #condition,
            measured: &[#(#measured),*],
            generate: #generate,
            alerting: #alerting,
            source: #source,
        }
    }
}

fn kind(kind: CorrelationKind) -> TokenStream {
    match kind {
        CorrelationKind::EventCount => quote!(correlation::Kind::EventCount),
        CorrelationKind::ValueCount => quote!(correlation::Kind::ValueCount),
        CorrelationKind::Temporal => quote!(correlation::Kind::Temporal),
        CorrelationKind::TemporalOrdered => quote!(correlation::Kind::TemporalOrdered),
        CorrelationKind::ValueSum => quote!(correlation::Kind::ValueSum),
        CorrelationKind::ValueAvg => quote!(correlation::Kind::ValueAvg),
        CorrelationKind::ValuePercentile(percentile) => {
            quote!(correlation::Kind::ValuePercentile(#percentile))
        }
    }
}

fn key(key: &Key) -> TokenStream {
    let (name, fields) = (&key.name, &key.fields);
    quote!(correlation::Key { name: #name, fields: &[#(#fields),*] })
}

fn comparison(comparison: &Comparison) -> TokenStream {
    let value = comparison.value;
    let operator = match comparison.operator.value {
        Operator::Equal => quote!(Equal),
        Operator::NotEqual => quote!(NotEqual),
        Operator::Greater => quote!(Greater),
        Operator::GreaterOrEqual => quote!(GreaterOrEqual),
        Operator::Less => quote!(Less),
        Operator::LessOrEqual => quote!(LessOrEqual),
    };
    quote! {
        correlation::Comparison { operator: correlation::Operator::#operator, value: #value }
    }
}

/// The parser of conditions bounds the nesting.
fn expression(checked: &CheckedCorrelation, expr: &ConditionExpr) -> TokenStream {
    let list = |operands: &[ConditionExpr]| {
        let operands = operands.iter().map(|operand| expression(checked, operand));
        quote!(&[#(#operands),*])
    };
    match expr {
        ConditionExpr::Identifier(name) => {
            // Parsing saw to it that `rules` holds every name.
            let at = checked.position(&name.value).unwrap_or_default();
            quote!(correlation::Expression::Member(#at))
        }
        // Parsing takes no quantities.
        ConditionExpr::Of { .. } => quote!(correlation::Expression::Or(&[])),
        ConditionExpr::Not(inner) => {
            let inner = expression(checked, inner);
            quote!(correlation::Expression::Not(&#inner))
        }
        ConditionExpr::And(operands) => {
            let operands = list(operands);
            quote!(correlation::Expression::And(#operands))
        }
        ConditionExpr::Or(operands) => {
            let operands = list(operands);
            quote!(correlation::Expression::Or(#operands))
        }
    }
}

/// The static of a post-processing rule.
pub fn postprocessing(checked: &CheckedPostprocessing, files: &[SourceFile]) -> TokenStream {
    let written = &checked.rule;
    let kind = match (&written.kind, checked.look_for) {
        (PostprocessingKind::Threshold { count }, _) => {
            quote!(postprocessing::Kind::Threshold { count: #count })
        }
        (PostprocessingKind::Correlation { .. }, look_for) => {
            // The check resolves every `lookFor`.
            let look_for = look_for.unwrap_or_default();
            quote!(postprocessing::Kind::Correlation { look_for: #look_for })
        }
    };
    let (rule, window) = (checked.of, seconds(written.window_minutes));
    let (level, description) = (level(written.level), &written.description);
    let group_by = match &written.group_by {
        Some(fields) => {
            let fields = fields.iter().map(|field| &field.value);
            quote!(Some(&[#(#fields),*]))
        }
        None => quote!(None),
    };
    let cooldown = match written.cooldown_minutes.map(seconds) {
        Some(cooldown) => quote!(Some(#cooldown)),
        None => quote!(None),
    };
    let source = &files[written.file.0].path;
    quote! {
        postprocessing::PostprocessingRule {
            kind: #kind,
            rule: #rule,
            window: #window,
            level: #level,
            description: #description,
            group_by: #group_by,
            cooldown: #cooldown,
            source: #source,
        }
    }
}

fn seconds(minutes: u32) -> u64 {
    60 * u64::from(minutes)
}
