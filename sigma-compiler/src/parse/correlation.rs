//! Sigma correlations (Sigma correlation rules specification 2.1): the document and its
//! `correlation` section. What its references mean is for the check of the whole set.

mod alerts;
mod aliases;
mod bounds;
mod condition;
mod section;

use crate::{
    ast::{Correlation, CorrelationCondition, CorrelationKind},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Scalar},
    source::{FileId, Span, Spanned},
};

use super::{
    attributes::Attributes,
    document::DocumentKind,
    rule::{LEVELS, STATUSES, error_count},
};
use section::{KEYS, Section, did_you_mean, invalid};

const KINDS: &[(&str, CorrelationKind)] = &[
    ("event_count", CorrelationKind::EventCount),
    ("value_count", CorrelationKind::ValueCount),
    ("temporal", CorrelationKind::Temporal),
    ("temporal_ordered", CorrelationKind::TemporalOrdered),
    ("value_sum", CorrelationKind::ValueSum),
    ("value_avg", CorrelationKind::ValueAvg),
    // The condition says which percentile.
    ("value_percentile", CorrelationKind::ValuePercentile(0)),
];

impl CorrelationKind {
    /// The type as Sigma writes it.
    pub fn name(self) -> &'static str {
        let same =
            |kind: CorrelationKind| std::mem::discriminant(&kind) == std::mem::discriminant(&self);
        KINDS.iter().find(|(_, kind)| same(*kind)).map_or("", |(name, _)| name)
    }

    /// Whether it asks which of the rules match, rather than how often or with what values.
    pub fn is_temporal(self) -> bool {
        matches!(self, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered)
    }

    /// Whether whole things are counted.
    pub fn counts(self) -> bool {
        self.is_temporal()
            || matches!(self, CorrelationKind::EventCount | CorrelationKind::ValueCount)
    }

    /// Whether it looks at the values of a field.
    pub fn measures(self) -> bool {
        !self.is_temporal() && self != CorrelationKind::EventCount
    }
}

/// Parses a correlation. `None` where an error was reported.
pub fn parse_correlation(
    file: FileId,
    number: usize,
    document: Span,
    entries: &[Entry],
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Correlation> {
    let errors_before = error_count(diagnostics);
    let kind = DocumentKind::Correlation;
    let mut attributes = Attributes { kind, entries, document, source, diagnostics };
    attributes.warn_of_misspellings();
    let title = attributes.required_text("title");
    let (id, name) = (attributes.id(number), attributes.spanned_text("name"));
    let status = attributes.one_of("status", STATUSES);
    let level = attributes.one_of("level", LEVELS);
    let (description, author) = (attributes.text("description"), attributes.text("author"));
    let (date, modified) = (attributes.date("date"), attributes.date("modified"));
    let (references, tags) = (attributes.texts("references"), attributes.spanned_texts("tags"));
    let (fields, falsepositives) = (attributes.texts("fields"), attributes.texts("falsepositives"));
    // These are checked and then left aside.
    for name in ["taxonomy", "license"] {
        attributes.text(name);
    }
    attributes.texts("scope");
    attributes.related();
    let alerting = attributes.alerting();
    let parsed = section(&mut attributes);
    if let Some(parsed) = &parsed {
        alerts::check(&mut attributes, parsed);
    }
    if error_count(attributes.diagnostics) > errors_before {
        return None;
    }
    let parsed = parsed?;
    Some(Correlation {
        file,
        number,
        title: title?,
        id,
        name,
        status,
        description,
        references,
        author,
        date,
        modified,
        tags,
        fields,
        falsepositives,
        level,
        kind: parsed.kind,
        rules: parsed.rules,
        group_by: parsed.group_by,
        timespan: parsed.timespan,
        condition: parsed.condition,
        measured: parsed.measured,
        aliases: parsed.aliases,
        generate: parsed.generate,
        alerting,
    })
}

/// What the `correlation` section says.
struct Parsed {
    kind: CorrelationKind,
    rules: Vec<Spanned<String>>,
    group_by: Vec<Spanned<String>>,
    timespan: u64,
    condition: CorrelationCondition,
    measured: Vec<Spanned<String>>,
    aliases: Vec<crate::ast::Alias>,
    generate: bool,
}

fn section(attributes: &mut Attributes<'_>) -> Option<Parsed> {
    let entry = attributes.get("correlation")?;
    if let Some(detection) = attributes.get("detection") {
        return attributes.invalid(
            Diagnostic::error(
                Code::InvalidCorrelation,
                "a document holds either a `detection` or a `correlation`",
            )
            .at(entry.key.span, "this makes it a correlation")
            .at(detection.key.span, "this makes it a rule")
            .help(
                "put the correlation into a document of its own, and name the rule in its `rules`",
            ),
        );
    }
    let Some(entries) = entry.value.as_mapping() else {
        let place = if entry.value.is_unwritten() { entry.key.span } else { entry.value.span };
        return attributes.invalid(
            Diagnostic::error(Code::InvalidCorrelation, "`correlation` must be a map")
                .at(place, format!("this is {}", entry.value.type_name()))
                .help("write `type`, `rules`, `group-by`, `timespan` and `condition` below it"),
        );
    };
    // The specification puts `generate` beside `correlation`, pySigma into it.
    let beside = attributes.get("generate");
    let source = attributes.source;
    let mut section =
        Section { entries, key: entry.key.span, source, diagnostics: attributes.diagnostics };
    section.unknown_keys("correlation", &KEYS);
    let kind = kind(&mut section);
    let rules = references(&mut section);
    let group_by = group_by(&mut section);
    let timespan = section.timespan();
    let condition =
        kind.and_then(|kind| condition::parse_condition(&mut section, kind, rules.as_deref()));
    let aliases = aliases::parse_aliases(&mut section);
    let generate = generate(&mut section, beside);
    let condition = condition?;
    let rules = rules.filter(|rules| !rules.is_empty()).unwrap_or(condition.rules);
    enough_rules(&mut section, condition.kind, &rules)?;
    Some(Parsed {
        kind: condition.kind,
        rules,
        group_by: group_by?,
        timespan: timespan?,
        condition: condition.condition,
        measured: condition.measured,
        aliases,
        generate,
    })
}

fn kind(section: &mut Section<'_>) -> Option<CorrelationKind> {
    let names = || KINDS.iter().map(|(name, _)| *name);
    let all = names().collect::<Vec<_>>().join(", ");
    let Some(entry) = section.get("type") else {
        return section.missing("type", &format!("add `type:` with one of {all}"));
    };
    let written = section.written(&entry.value);
    if let Some((_, kind)) = KINDS.iter().find(|(name, _)| entry.value.as_str() == Some(name)) {
        return Some(*kind);
    }
    let diagnostic = invalid(format!("`{written}` is not a type of correlation"));
    let diagnostic = match &entry.value.kind {
        Kind::Scalar(Scalar::String(text)) => {
            let diagnostic = diagnostic.at(entry.value.span, "");
            match (text.as_str(), nearest(text, names())) {
                ("value_median", _) => diagnostic
                    .help("write `type: value_percentile`, and `percentile: 50` in the condition"),
                (_, near) => did_you_mean(diagnostic, (entry.value.span, text), near, || {
                    format!("write one of {all}")
                }),
            }
        }
        _ => section.wrong_type(entry, "`type` must be a text").help(format!("write one of {all}")),
    };
    section.report(diagnostic)
}

/// `rules`: ids or names. `None` where there are none, which only a condition can make good.
fn references(section: &mut Section<'_>) -> Option<Vec<Spanned<String>>> {
    let Some(entry) = section.get("rules") else {
        let named = section.get("condition").is_some_and(|entry| entry.value.as_str().is_some());
        return match named {
            true => None,
            false => {
                section.missing("rules", "add `rules:` with the ids or names of the rules to join")
            }
        };
    };
    let rules = section.texts(entry, "the id or `name` of a rule")?;
    if rules.is_empty() {
        return section.report(
            invalid("`rules` names no rule")
                .at(section.place(entry), "")
                .help("write the id or `name` of each rule that the correlation joins"),
        );
    }
    Some(rules)
}

/// `group-by`: records are joined only where these agree. The specification asks for it, so that
/// nobody joins the records of different people by leaving out a line.
fn group_by(section: &mut Section<'_>) -> Option<Vec<Spanned<String>>> {
    let Some(entry) = section.get("group-by") else {
        return section.missing(
            "group-by",
            "add the fields that must agree, for example `group-by: [userIdentity.arn]`, or \
             `group-by: []` where all matches belong together",
        );
    };
    section.texts(entry, "a field or alias")
}

/// `generate`, in either of its places; false where it is in neither.
fn generate(section: &mut Section<'_>, beside: Option<&Entry>) -> bool {
    let inside = section.get("generate");
    if let (Some(inside), Some(beside)) = (inside, beside) {
        let same = inside.value.kind == beside.value.kind;
        let diagnostic = Diagnostic::error(Code::DuplicateKey, "`generate` is given twice")
            .at(inside.key.span, "again here")
            .at(beside.key.span, "first here")
            .help("remove one of the two")
            .edits(same.then(|| Edit::remove_entry(inside.span())));
        section.report::<()>(diagnostic);
    }
    let Some(entry) = inside.or(beside) else {
        return false;
    };
    match entry.value.kind {
        Kind::Scalar(Scalar::Bool(generate)) => generate,
        _ => {
            let boolean =
                entry.value.as_str().is_some_and(|text| ["true", "false"].contains(&text));
            let diagnostic = section
                .wrong_type(entry, "`generate` must be `true` or `false`")
                .help("write `generate: true` where the rules named also alert by themselves")
                .edits(boolean.then(|| Edit::unquote(entry.value.span)));
            section.report(diagnostic).unwrap_or_default()
        }
    }
}

/// There are rules, and as many as the type needs.
fn enough_rules(
    section: &mut Section<'_>,
    kind: CorrelationKind,
    rules: &[Spanned<String>],
) -> Option<()> {
    match rules {
        [] => None,
        [only] if kind.is_temporal() => section.report(
            invalid(format!("`{}` joins different rules, but here is only one", kind.name()))
                .at(only.span, "")
                .help(
                    "name another rule, or write `type: event_count` to count the matches of one",
                ),
        ),
        _ => Some(()),
    }
}

/// Labels for two places of the same thing.
fn twice(message: String, again: Span, first: Span) -> Diagnostic {
    invalid(message).at(again, "again here").at(first, "first here").help("remove one of the two")
}
