//! Rule documents and their standard attributes (Sigma rules specification, "Components").

use crate::{
    ast::{Level, Related, Rule, Status},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    new_id::{new_id, with_dashes},
    node::{Entry, Kind, Scalar},
    source::{FileId, Span, Spanned},
};

use super::{attributes::Attributes, detection::parse_detection, document::DocumentKind};

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

/// Parses the attributes of a detection rule, the `number`th of its file; `source` is the text of
/// the file. `None` where an error was reported that leaves no rule to go on with.
pub fn parse_rule(
    file: FileId,
    number: usize,
    document: Span,
    entries: &[Entry],
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let errors_before = error_count(diagnostics);
    let kind = DocumentKind::Rule;
    let mut attributes = Attributes { kind, entries, document, source, diagnostics };
    attributes.warn_of_misspellings();
    let title = attributes.required_text("title");
    let id = attributes.id(number);
    let name = attributes.spanned_text("name");
    let status = attributes.one_of("status", STATUSES);
    let level = attributes.one_of("level", LEVELS);
    let (description, author) = (attributes.spanned_text("description"), attributes.text("author"));
    let (date, modified) = (attributes.date("date"), attributes.date("modified"));
    let (references, tags) = (attributes.texts("references"), attributes.spanned_texts("tags"));
    let (fields, falsepositives) = (attributes.texts("fields"), attributes.texts("falsepositives"));
    let (related, scope) = (attributes.related(), attributes.texts("scope"));
    let (license, taxonomy) = (attributes.text("license"), attributes.text("taxonomy"));
    let custom = attributes.custom();
    let alerting = attributes.alerting();
    attributes.logsource();
    let detection = match attributes.get("detection") {
        Some(entry) => parse_detection(entry, kind, source, attributes.diagnostics),
        None => attributes.missing("detection"),
    };
    if error_count(attributes.diagnostics) > errors_before {
        return None;
    }
    Some(Rule {
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
        related,
        license,
        taxonomy,
        scope,
        custom,
        alerting,
        detection: detection?,
    })
}

pub fn error_count(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|each| each.severity == crate::diagnostic::Severity::Error).count()
}

/// Attributes that not every document has.
impl Attributes<'_> {
    /// `related`: a list of maps of `id` and `type`.
    pub fn related(&mut self) -> Vec<Related> {
        const EXAMPLE: &str = "write `- id: …` and below it `type: derived`";
        let mut related = Vec::new();
        let Some(entry) = self.get("related") else {
            return related;
        };
        let nodes = match &entry.value.kind {
            Kind::Sequence(nodes) => nodes,
            Kind::Scalar(Scalar::Null) => return related,
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
            related.push(Related { id: id.to_lowercase(), relation: kind.to_owned() });
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
                    Some(near) => diagnostic.did_you_mean(kind_span, kind, near),
                    None => diagnostic.help(format!("write one of {}", RELATIONS.join(", "))),
                });
            }
        }
        related
    }

    pub fn id(&mut self, number: usize) -> Option<Spanned<String>> {
        let entry = self.get("id");
        if entry.is_none_or(|entry| entry.value.kind == Kind::Scalar(Scalar::Null)) {
            let place =
                entry.or(self.entries.first()).map_or(self.document, |entry| entry.key.span);
            let edit = self.add_id(entry, number);
            let diagnostic = Diagnostic::warning(
                Code::MissingId,
                format!("the {} has no `id`", self.kind.word()),
            )
            .at(place, "")
            .help(match number {
                0 | 1 => "give it a UUID; until then the name of its file stands for it".to_owned(),
                _ => format!(
                    "give it a UUID; until then the name of its file with `#{number}` stands for it"
                ),
            });
            return self.invalid(diagnostic.edits(edit));
        }
        self.written_id()
    }

    /// An id for the document, where it has none: in place of nothing, or below its title.
    fn add_id(&self, entry: Option<&Entry>, number: usize) -> Option<Edit> {
        let id = self.new_id(number);
        let Some(entry) = entry else {
            let title = self.get("title")?;
            return Some(Edit::add_below(title.span(), format!("id: {id}")));
        };
        if !entry.value.is_unwritten() {
            return Some(Edit::replace(entry.value.span, id));
        }
        let end = entry.key.span.end;
        let colon = Span { start: end, end: end + 1, ..entry.key.span };
        let is_colon = self.source.get(colon.range()) == Some(":");
        is_colon.then(|| Edit::insert_after(colon, format!(" {id}")))
    }

    /// An id made of the text of the document.
    fn new_id(&self, number: usize) -> String {
        let text = self.source.get(self.document.range()).unwrap_or_default();
        new_id(&[text, &number.to_string()])
    }

    /// The `id`, where there is one.
    pub fn written_id(&mut self) -> Option<Spanned<String>> {
        let entry = self.get("id")?;
        let written = self.text("id")?;
        let id = written.to_lowercase();
        if !is_uuid(&id) {
            let meant = uuid_meant(&id);
            let new = meant.clone().unwrap_or_else(|| self.new_id(0));
            self.diagnostics.push(
                Diagnostic::warning(Code::InvalidId, format!("`{id}` is not a UUID"))
                    .at(entry.value.span, "expected the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
                    .help(match meant {
                        Some(_) => "write it in this form",
                        None => "write this one, or generate one, for example with `uuidgen`",
                    })
                    .edit(Edit::rename(entry.value.span, written.trim_end(), &new)),
            );
        }
        Some(Spanned::new(id, entry.value.span))
    }
}

/// The UUID that an id holds which is written in another of the forms that are in use.
fn uuid_meant(id: &str) -> Option<String> {
    let id = id.trim();
    let id = id.strip_prefix("urn:uuid:").unwrap_or(id);
    let id = id.strip_prefix('{').and_then(|id| id.strip_suffix('}')).unwrap_or(id);
    let uuid = if id.len() == 32 && id.is_ascii() { with_dashes(id) } else { id.to_owned() };
    is_uuid(&uuid).then_some(uuid)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
