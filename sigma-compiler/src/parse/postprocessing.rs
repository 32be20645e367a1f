//! `postprocessing_rules/*.json`: what becomes of a match when other matches surround it.

use crate::{
    ast::{Level, PostprocessingKind, PostprocessingRule},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::{Entry, Kind, Node, Scalar, absent},
    source::{FileId, Spanned},
};

use super::rule::LEVELS;

const COMMON: [&str; 7] = [
    "type",
    "sigmaRuleTitle",
    "windowMinutes",
    "severity_adjustment",
    "description",
    "groupBy",
    "cooldownMinutes",
];
const TYPES: [&str; 2] = ["correlation", "threshold"];

/// The longest window and cooldown: ten years of 365.2425 days.
const MAX_MINUTES: u32 = 5_259_492;
/// The largest threshold: as many matches have to be remembered.
const MAX_COUNT: u32 = 1_000_000;

/// Parses a file of post-processing rules: a list of objects. Wrong ones are reported and left out.
pub fn parse_postprocessing(
    file: FileId,
    document: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PostprocessingRule> {
    let Some(nodes) = document.as_sequence() else {
        diagnostics.push(
            wrong_type(document, "the file must be a list of post-processing rules")
                .help("write `[` and `]` around the rules, also around a single one")
                .edits(document.as_mapping().map(|_| Edit::list(document.span))),
        );
        return Vec::new();
    };
    nodes.iter().filter_map(|node| parse_one(file, node, diagnostics)).collect()
}

fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::InvalidPostprocessing, message)
}

fn wrong_type(node: &Node, message: impl Into<String>) -> Diagnostic {
    invalid(message).at(node.span, format!("this is {}", node.json_type_name()))
}

fn parse_one(
    file: FileId,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<PostprocessingRule> {
    let Some(entries) = node.as_mapping() else {
        diagnostics.push(
            wrong_type(node, "a post-processing rule must be an object")
                .help(r#"write for example `{"type": "threshold", …}`"#),
        );
        return None;
    };
    let before = diagnostics.len();
    let mut reader = Reader { entries, node, diagnostics };
    let kind = reader.kind();
    let title = reader.text("sigmaRuleTitle", "the title of the Sigma rule");
    let window = reader.number("windowMinutes", 1, MAX_MINUTES, true);
    let level = reader.level();
    let description = reader.text("description", "one line that says what happened");
    let group_by = reader.group_by();
    let cooldown = reader.number("cooldownMinutes", 0, MAX_MINUTES, false);
    if diagnostics.len() > before {
        return None;
    }
    Some(PostprocessingRule {
        file,
        span: node.span,
        kind: kind?,
        title: title?,
        window_minutes: window?,
        level: level?,
        description: description?.value,
        group_by,
        cooldown_minutes: cooldown,
    })
}

struct Reader<'a> {
    entries: &'a [Entry],
    node: &'a Node,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn get(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key.value == name)
    }

    fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// `type`, with the field that only this type has. What the object must not hold depends on it.
    fn kind(&mut self) -> Option<PostprocessingKind> {
        let kind = self.text("type", "`correlation` or `threshold`")?;
        match kind.value.as_str() {
            "correlation" => {
                self.unknown_fields(&kind.value, "lookFor");
                let look_for = self.text("lookFor", "the title of the other Sigma rule")?;
                Some(PostprocessingKind::Correlation { look_for })
            }
            "threshold" => {
                self.unknown_fields(&kind.value, "thresholdCount");
                let count = self.number("thresholdCount", 1, MAX_COUNT, true)?;
                Some(PostprocessingKind::Threshold { count })
            }
            unknown => {
                let diagnostic =
                    invalid(format!("`{unknown}` is not a type of post-processing rule"))
                        .at(kind.span, "");
                self.report(match nearest(unknown, TYPES) {
                    Some(near) => diagnostic.did_you_mean(kind.span, unknown, near),
                    None => diagnostic.help("write `correlation` or `threshold`"),
                })
            }
        }
    }

    fn unknown_fields(&mut self, kind: &str, own: &'static str) {
        let known = || std::iter::once(own).chain(COMMON);
        for entry in self.entries {
            let name = entry.key.value.as_str();
            if known().any(|known| known == name) {
                continue;
            }
            let diagnostic =
                invalid(format!("a rule of type `{kind}` has no `{name}`")).at(entry.key.span, "");
            self.report::<()>(match nearest(name, absent(known(), self.entries)) {
                Some(near) => diagnostic.did_you_mean(entry.key.span, name, near),
                None => {
                    diagnostic.help(format!("it has {}", known().collect::<Vec<_>>().join(", ")))
                }
            });
        }
    }

    fn missing<T>(&mut self, name: &str, expected: &str) -> Option<T> {
        // A misspelt one is told of as such.
        if self.entries.iter().any(|entry| nearest(&entry.key.value, [name]).is_some()) {
            return None;
        }
        let start = self.node.span;
        let brace = crate::source::Span { end: start.end.min(start.start + 1), ..start };
        self.report(
            invalid(format!("the post-processing rule has no `{name}`"))
                .at(brace, "in the rule that begins here")
                .help(format!("add `\"{name}\":` with {expected}")),
        )
    }

    fn text(&mut self, name: &str, expected: &str) -> Option<Spanned<String>> {
        let Some(entry) = self.get(name) else {
            return self.missing(name, expected);
        };
        let Some(text) = entry.value.as_str() else {
            return self.report(
                wrong_type(&entry.value, format!("`{name}` must be a text"))
                    .help(format!("write {expected}, in double quotes")),
            );
        };
        if text.trim().is_empty() {
            let diagnostic = invalid(format!("`{name}` is empty")).at(entry.value.span, "");
            return self.report(diagnostic.help(format!("write {expected}")));
        }
        Some(Spanned::new(text.to_owned(), entry.value.span))
    }

    fn number(&mut self, name: &str, least: u32, most: u32, required: bool) -> Option<u32> {
        let expected = format!("a whole number of {least} to {most}");
        let Some(entry) = self.get(name) else {
            return if required { self.missing(name, &expected) } else { None };
        };
        let diagnostic = match &entry.value.kind {
            Kind::Scalar(Scalar::Int(text)) => {
                match text.parse::<u32>().ok().filter(|number| (least..=most).contains(number)) {
                    Some(number) => return Some(number),
                    None => {
                        let problem = match text.as_str() {
                            "0" => "is zero",
                            text if text.starts_with('-') => "is negative",
                            _ => "is too large",
                        };
                        invalid(format!("`{name}` {problem}")).at(entry.value.span, "")
                    }
                }
            }
            Kind::Scalar(Scalar::Float(_)) => {
                invalid(format!("`{name}` is not a whole number")).at(entry.value.span, "")
            }
            _ => wrong_type(&entry.value, format!("`{name}` must be a number")),
        };
        let quoted = entry.value.as_str().and_then(|text| text.parse::<u32>().ok());
        let fits = quoted.is_some_and(|number| (least..=most).contains(&number));
        self.report(
            diagnostic
                .help(format!("write {expected}"))
                .edits(fits.then(|| Edit::unquote(entry.value.span))),
        )
    }

    fn level(&mut self) -> Option<Level> {
        let names = || LEVELS.iter().map(|(name, _)| *name);
        let all = names().collect::<Vec<_>>().join(", ");
        let text = self.text("severity_adjustment", &format!("one of {all}"))?;
        if let Some((_, level)) = LEVELS.iter().find(|(name, _)| *name == text.value) {
            return Some(*level);
        }
        let diagnostic = invalid(format!("`{}` is not a level", text.value)).at(text.span, "");
        self.report(match nearest(&text.value, names()) {
            Some(near) => diagnostic.did_you_mean(text.span, &text.value, near),
            None => diagnostic.help(format!("write one of {all}")),
        })
    }

    /// `groupBy`: different fields, by their dotted paths.
    fn group_by(&mut self) -> Option<Vec<Spanned<String>>> {
        const HELP: &str = r#"write for example `["userIdentity.arn"]`"#;
        let entry = self.get("groupBy")?;
        let Some(nodes) = entry.value.as_sequence() else {
            let message = "`groupBy` must be a list of fields";
            let text = entry.value.as_str().map(|_| Edit::list(entry.value.span));
            return self.report(wrong_type(&entry.value, message).help(HELP).edits(text));
        };
        let mut fields: Vec<(&str, &Node)> = Vec::new();
        for node in nodes {
            let diagnostic = match node.as_str().map(str::trim) {
                None => wrong_type(node, "every element of `groupBy` must be a text").help(HELP),
                Some("") => invalid("`groupBy` holds an empty text")
                    .at(node.span, "")
                    .help("write the dotted path of a field, or remove it"),
                Some(field) => match fields.iter().find(|(other, _)| *other == field) {
                    None => {
                        fields.push((field, node));
                        continue;
                    }
                    Some((_, first)) => invalid(format!("`groupBy` holds `{field}` twice"))
                        .at(node.span, "again here")
                        .at(first.span, "first here")
                        .help("remove one of the two")
                        .edit(Edit::remove_entry(node.span)),
                },
            };
            self.report::<()>(diagnostic);
        }
        let spanned = |(field, node): (&str, &Node)| Spanned::new(field.to_owned(), node.span);
        Some(fields.into_iter().map(spanned).collect())
    }
}
