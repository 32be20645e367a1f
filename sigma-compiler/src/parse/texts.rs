//! Lists of different texts.

use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    node::{Entry, Kind, Scalar},
    source::Spanned,
};

/// One text, or a list of different ones. `what` says what each is; errors are of the kind that
/// `wrong` says. `None` where there are any.
pub fn parse_texts(
    entry: &Entry,
    what: &str,
    wrong: Code,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Spanned<String>>> {
    let name = &entry.key.value;
    let nodes = match &entry.value.kind {
        Kind::Sequence(nodes) => nodes.as_slice(),
        Kind::Scalar(Scalar::String(_)) => std::slice::from_ref(&entry.value),
        _ => {
            let place = if entry.value.is_unwritten() { entry.key.span } else { entry.value.span };
            let message = format!("`{name}` must be a text or a list of texts");
            diagnostics.push(
                Diagnostic::error(wrong, message)
                    .at(place, format!("this is {}", entry.value.type_name()))
                    .help(format!("write `- ` and {what} on each line below it")),
            );
            return None;
        }
    };
    let mut texts: Vec<Spanned<String>> = Vec::new();
    let mut complete = true;
    for node in nodes {
        let error = |message: String| Diagnostic::error(wrong, message);
        let diagnostic = match node.as_str() {
            None => error(format!("every element of `{name}` must be a text"))
                .at(node.span, format!("this is {}", node.type_name()))
                .help(format!("write {what}, in quotes where YAML reads it as something else"))
                .edits(
                    matches!(node.kind, Kind::Scalar(Scalar::Int(_) | Scalar::Float(_)))
                        .then(|| Edit::quote(node.span)),
                ),
            Some(text) if text.trim().is_empty() => error(format!("`{name}` holds an empty text"))
                .at(node.span, "")
                .help(format!("write {what}, or remove it")),
            Some(text) => {
                let text = text.trim();
                match texts.iter().find(|other| other.value == text) {
                    None => {
                        texts.push(Spanned::new(text.to_owned(), node.span));
                        continue;
                    }
                    Some(first) => error(format!("`{name}` holds `{text}` twice"))
                        .at(node.span, "again here")
                        .at(first.span, "first here")
                        .help("remove one of the two")
                        .edit(Edit::remove_entry(node.span)),
                }
            }
        };
        complete = false;
        diagnostics.push(diagnostic);
    }
    complete.then_some(texts)
}
