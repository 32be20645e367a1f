//! `placeholders.yml`: named lists of values for the modifier `expand`.

use crate::{
    ast::{Placeholders, Value},
    diagnostic::{Code, Diagnostic, Edit},
    node::{Kind, Node, Scalar},
    source::Spanned,
};

/// Parses the file: a map from name to a list of texts and numbers, which may be empty.
pub fn parse_placeholders(document: &Node, diagnostics: &mut Vec<Diagnostic>) -> Placeholders {
    let mut invalid = |message: String, node: &Node, help: &str, edit: Option<Edit>| {
        diagnostics.push(
            Diagnostic::error(Code::InvalidPlaceholders, message)
                .at(node.span, format!("this is {}", node.type_name()))
                .help(help)
                .edits(edit),
        );
    };
    let Some(entries) = document.as_mapping() else {
        let message = "the file must be a map from placeholder to a list of values";
        let help = "write for example `critical_groups: [sg-1, sg-2]`";
        invalid(message.to_owned(), document, help, None);
        return Placeholders::default();
    };
    let mut lists = Vec::new();
    for entry in entries {
        let Some(nodes) = entry.value.as_sequence() else {
            let message = format!("the placeholder `{}` must be a list", entry.key.value);
            invalid(
                message,
                &entry.value,
                "write `[]` for a list that is empty, and `- value` for each value",
                is_value(&entry.value).then(|| Edit::list(entry.value.span)),
            );
            continue;
        };
        let mut values = Vec::new();
        for node in nodes {
            match &node.kind {
                Kind::Scalar(Scalar::String(text) | Scalar::Timestamp(text)) => {
                    values.push(Spanned::new(Value::String(text.clone()), node.span));
                }
                Kind::Scalar(Scalar::Int(text) | Scalar::Float(text)) => {
                    values.push(Spanned::new(Value::Number(text.clone()), node.span));
                }
                _ => {
                    let message = format!(
                        "the placeholder `{}` must be a list of texts and numbers",
                        entry.key.value
                    );
                    let word = matches!(node.kind, Kind::Scalar(Scalar::Bool(_)));
                    let edit = word.then(|| Edit::quote(node.span));
                    invalid(message, node, "write the value in quotes", edit);
                }
            }
        }
        lists.push((entry.key.clone(), values));
    }
    Placeholders { lists }
}

/// Whether this can be an element of a list.
fn is_value(node: &Node) -> bool {
    matches!(&node.kind, Kind::Scalar(scalar) if !matches!(scalar, Scalar::Null | Scalar::Bool(_)))
}
