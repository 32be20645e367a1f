//! `aliases` (Sigma correlation rules specification, "Field Name Aliases").

use super::section::{Section, invalid};
use crate::{
    ast::Alias,
    node::{Entry, Kind, Scalar},
    source::Spanned,
};

/// Reads the aliases; wrong ones are reported and left out.
pub fn parse_aliases(section: &mut Section<'_>) -> Vec<Alias> {
    let Some(entry) = section.get("aliases") else {
        return Vec::new();
    };
    let entries = match &entry.value.kind {
        Kind::Mapping(entries) => entries.as_slice(),
        Kind::Scalar(Scalar::Null) => return Vec::new(),
        _ => {
            let diagnostic = section
                .wrong_type(entry, "`aliases` must be a map from alias to fields")
                .help("write the alias, and below it a line `rule: field` for each rule");
            return section.report(diagnostic).unwrap_or_default();
        }
    };
    entries.iter().filter_map(|alias| parse_alias(section, alias)).collect()
}

fn parse_alias(section: &mut Section<'_>, entry: &Entry) -> Option<Alias> {
    let name = &entry.key.value;
    let Some(rules) = entry.value.as_mapping() else {
        let diagnostic = section
            .wrong_type(entry, format!("the alias `{name}` must be a map from rule to field"))
            .help("write a line `rule: field` for each rule below it");
        return section.report(diagnostic);
    };
    let mut fields = Vec::new();
    for rule in rules {
        match rule.value.as_str().map(str::trim).filter(|field| !field.is_empty()) {
            Some(field) => {
                let key = Spanned::new(rule.key.value.clone(), rule.key.span);
                fields.push((key, field.to_owned()));
            }
            None => {
                let message = format!("the alias `{name}` names no field for `{}`", rule.key.value);
                let found = match rule.value.as_str() {
                    Some(_) => "this is an empty text".to_owned(),
                    None => format!("this is {}", rule.value.type_name()),
                };
                let diagnostic = invalid(message)
                    .at(section.place(rule), found)
                    .help("write the dotted path of a field, for example `userIdentity.arn`");
                section.report::<()>(diagnostic);
            }
        }
    }
    Some(Alias { name: entry.key.clone(), fields, span: entry.span() })
}
