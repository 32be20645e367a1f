//! Rule documents and their standard attributes (Sigma rules specification, "Components").

use crate::{
    ast::{Document, Level, Rule, Status},
    diagnostic::{Code, Diagnostic, nearest},
    node::{Entry, Kind, Node, Scalar},
    source::{FileId, Spanned},
};

use super::{
    attributes::Attributes,
    correlation::{is_correlation, parse_correlation},
    detection::parse_detection,
};

const RELATIONS: [&str; 6] = ["derived", "obsolete", "obsoletes", "merged", "renamed", "similar"];

pub(super) const LEVELS: &[(&str, Level)] = &[
    ("informational", Level::Informational),
    ("low", Level::Low),
    ("medium", Level::Medium),
    ("high", Level::High),
    ("critical", Level::Critical),
];

pub(super) const STATUSES: &[(&str, Status)] = &[
    ("stable", Status::Stable),
    ("test", Status::Test),
    ("experimental", Status::Experimental),
    ("deprecated", Status::Deprecated),
    ("unsupported", Status::Unsupported),
];

impl Level {
    /// The level as Sigma writes it.
    pub fn name(self) -> &'static str {
        name_of(LEVELS, self)
    }
}

impl Status {
    /// The status as Sigma writes it.
    pub fn name(self) -> &'static str {
        name_of(STATUSES, self)
    }
}

fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, each)| *each == value).map_or("", |(name, _)| name)
}

/// Parses a document, whatever it is; `source` is the text of its file. `None` where an error was
/// reported that leaves nothing to go on with.
pub fn parse_document(
    file: FileId,
    document: &Node,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Document> {
    let Some(entries) = document.as_mapping() else {
        diagnostics.push(
            Diagnostic::error(Code::NotAMapping, "a rule must be a map of attributes")
                .at(document.span, format!("this is {}", document.type_name()))
                .help("begin the document with `title: …`"),
        );
        return None;
    };
    if let Some(unsupported) = unsupported_document(entries) {
        diagnostics.push(unsupported);
        return None;
    }
    let attributes = Attributes { entries, document: document.span, source, diagnostics };
    if is_correlation(entries) {
        return parse_correlation(file, attributes).map(Document::Correlation);
    }
    parse_rule(file, attributes).map(Document::Rule)
}

/// Parses a detection rule.
fn parse_rule(file: FileId, mut attributes: Attributes<'_>) -> Option<Rule> {
    let errors_before = error_count(attributes.diagnostics);
    attributes.warn_of_misspellings();
    let title = attributes.required_text("title");
    let id = attributes.id();
    let name = attributes.name();
    let status = attributes.one_of("status", STATUSES);
    let level = attributes.one_of("level", LEVELS);
    let (description, author) = (attributes.text("description"), attributes.text("author"));
    let (date, modified) = (attributes.date("date"), attributes.date("modified"));
    let (references, tags) = (attributes.texts("references"), attributes.texts("tags"));
    let (fields, falsepositives) = (attributes.texts("fields"), attributes.texts("falsepositives"));
    attributes.unkept();
    attributes.logsource();
    let detection = match attributes.get("detection") {
        Some(entry) => parse_detection(entry, attributes.source, attributes.diagnostics),
        None => attributes.missing("detection"),
    };
    if error_count(attributes.diagnostics) > errors_before {
        return None;
    }
    Some(Rule {
        file,
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
        detection: detection?,
    })
}

pub(super) fn error_count(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|each| each.severity == crate::diagnostic::Severity::Error).count()
}

/// Documents and attributes that Sigma or we define, but that are not compiled yet.
fn unsupported_document(entries: &[Entry]) -> Option<Diagnostic> {
    let detection = entries.iter().any(|entry| entry.key.value == "detection");
    let found = entries.iter().find_map(|entry| {
        let what = match entry.key.value.as_str() {
            "filter" if !detection => "Sigma filters are",
            "action" => "`action` documents are",
            "trailalerts" => "the `trailalerts` attribute is",
            _ => return None,
        };
        Some((entry, what))
    });
    found.map(|(entry, what)| {
        Diagnostic::error(Code::Unsupported, format!("{what} not supported yet"))
            .at(entry.key.span, "")
            .help("remove it, or move the file out of the rules directory")
    })
}

/// The attributes that rules and correlations have.
impl Attributes<'_> {
    /// Attributes that are checked and then left aside.
    pub fn unkept(&mut self) {
        for name in ["taxonomy", "license"] {
            self.text(name);
        }
        self.texts("scope");
        self.related();
    }

    /// `related`: a list of maps of `id` and `type`.
    pub fn related(&mut self) {
        const EXAMPLE: &str = "write `- id: …` and below it `type: derived`";
        let Some(entry) = self.get("related") else {
            return;
        };
        let nodes = match &entry.value.kind {
            Kind::Sequence(nodes) => nodes,
            Kind::Scalar(Scalar::Null) => return,
            _ => {
                let label = format!("this is {}", entry.value.type_name());
                let message = "`related` must be a list of maps of `id` and `type`";
                let diagnostic = Diagnostic::error(Code::InvalidAttribute, message);
                return self
                    .invalid(diagnostic.at(entry.value.span, label).help(EXAMPLE))
                    .unwrap_or_default();
            }
        };
        for node in nodes {
            let get = |name: &str| {
                let entry = node.as_mapping()?.iter().find(|entry| entry.key.value == name)?;
                Some((entry.value.as_str()?, entry.value.span))
            };
            let (Some((id, id_span)), Some((kind, kind_span))) = (get("id"), get("type")) else {
                let message =
                    "every element of `related` must be a map with the texts `id` and `type`";
                let diagnostic = Diagnostic::error(Code::InvalidAttribute, message);
                self.invalid::<()>(diagnostic.at(node.span, "").help(EXAMPLE));
                continue;
            };
            if !is_uuid(id) {
                let diagnostic =
                    Diagnostic::error(Code::InvalidAttribute, format!("`{id}` is not a UUID"));
                self.invalid::<()>(
                    diagnostic
                        .at(id_span, "`related` names rules by id")
                        .help("write the id of the rule"),
                );
            }
            if !RELATIONS.contains(&kind) {
                let diagnostic = Diagnostic::error(
                    Code::InvalidAttribute,
                    format!("`{kind}` is not a type of relation"),
                )
                .at(kind_span, "");
                self.invalid::<()>(match nearest(kind, RELATIONS) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("write one of {}", RELATIONS.join(", "))),
                });
            }
        }
    }

    /// `name`: how correlations may call the document.
    pub fn name(&mut self) -> Option<Spanned<String>> {
        let span = self.get("name")?.value.span;
        self.text("name").filter(|name| !name.is_empty()).map(|name| Spanned::new(name, span))
    }

    pub fn id(&mut self) -> Option<Spanned<String>> {
        let entry = self.get("id");
        let Some(entry) = entry.filter(|entry| entry.value.kind != Kind::Scalar(Scalar::Null))
        else {
            let place =
                entry.or(self.entries.first()).map_or(self.document, |entry| entry.key.span);
            return self.invalid(
                Diagnostic::warning(Code::MissingId, "the rule has no `id`")
                    .at(place, "")
                    .help("give it a UUID; until then the name of its file stands for it"),
            );
        };
        let id = self.text("id")?.to_lowercase();
        if !is_uuid(&id) {
            self.diagnostics.push(
                Diagnostic::warning(Code::InvalidId, format!("`{id}` is not a UUID"))
                    .at(entry.value.span, "expected the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
                    .help("generate one, for example with `uuidgen`"),
            );
        }
        Some(Spanned::new(id, entry.value.span))
    }

    /// Only CloudTrail records are ever matched, so only rules for them are compiled.
    fn logsource(&mut self) {
        const EXPECTED: &str = "write `product: aws` and `service: cloudtrail`";
        let Some(entry) = self.get("logsource") else {
            return self.missing("logsource").unwrap_or_default();
        };
        let Some(parts) = entry.value.as_mapping() else {
            let place = if entry.value.is_unwritten() { entry.key.span } else { entry.value.span };
            let label = format!("this is {}", entry.value.type_name());
            let diagnostic = Diagnostic::error(Code::InvalidAttribute, "`logsource` must be a map");
            return self.invalid(diagnostic.at(place, label).help(EXPECTED)).unwrap_or_default();
        };
        for part in parts {
            let name = part.key.value.as_str();
            let expected = match name {
                "product" => "aws",
                "service" => "cloudtrail",
                "category" => "",
                _ => continue,
            };
            let diagnostic = match part.value.as_str() {
                Some(found) if found.eq_ignore_ascii_case(expected) => continue,
                None => {
                    Diagnostic::error(Code::InvalidAttribute, format!("`{name}` must be a text"))
                        .at(part.value.span, format!("this is {}", part.value.type_name()))
                        .help(EXPECTED)
                }
                Some(found) => {
                    let message =
                        format!("this rule is written for another log source: {name} `{found}`");
                    Diagnostic::error(Code::OtherLogsource, message)
                        .at(part.value.span, "only AWS CloudTrail records are matched")
                        .help(format!("{EXPECTED}, or move the file out of the rules directory"))
                }
            };
            self.diagnostics.push(diagnostic);
            return;
        }
        if parts.iter().any(|part| part.key.value == "product") {
            return;
        }
        let diagnostic = Diagnostic::error(Code::OtherLogsource, "the log source names no product");
        let misspelt = parts.iter().find(|part| nearest(&part.key.value, ["product"]).is_some());
        self.diagnostics.push(match misspelt {
            Some(part) => diagnostic.at(part.key.span, "").help("did you mean `product`?"),
            None => diagnostic.at(entry.key.span, "").help(EXPECTED),
        });
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
