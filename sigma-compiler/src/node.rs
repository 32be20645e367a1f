//! The spanned tree that every document is read into, YAML and JSON alike.
//!
//! After this stage: keys of a mapping are unique texts, aliases are expanded, scalars have
//! the types that PyYAML gives them, and depth and size are bounded.

mod json;
mod locate;
mod scalar;
mod scan_error;
mod to_json;
mod yaml;

pub use json::read_json;
pub use locate::{Places, locate};
pub use scalar::{Scalar, is_plain_text};
pub use yaml::read_yaml;

use std::collections::HashMap;

use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    source::{Span, Spanned},
};

/// Deepest nesting of collections in a document.
pub const MAX_DEPTH: usize = 64;
/// Most nodes of a document once aliases are expanded.
pub const MAX_NODES: usize = 200_000;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of node.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A map, in the order written.
    Mapping(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Spanned<String>,
    /// The value.
    pub value: Node,
}

impl Entry {
    /// From the key to the end of the value.
    pub fn span(&self) -> Span {
        self.key.span.to(self.value.span)
    }
}

/// Of names, those that are no key of a mapping: another key cannot be meant to be one that is.
pub fn absent<'a>(
    names: impl Iterator<Item = &'a str>,
    entries: &[Entry],
) -> impl Iterator<Item = &'a str> {
    names.filter(|name| !entries.iter().any(|entry| entry.key.value == *name))
}

impl Node {
    /// Whether two nodes have the same content, wherever they stand.
    fn says_the_same_as(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Scalar(a), Kind::Scalar(b)) => a == b,
            (Kind::Sequence(a), Kind::Sequence(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_the_same_as(b))
            }
            (Kind::Mapping(a), Kind::Mapping(b)) => {
                a.len() == b.len()
                    && a.iter().zip(b).all(|(a, b)| {
                        a.key.value == b.key.value && a.value.says_the_same_as(&b.value)
                    })
            }
            _ => false,
        }
    }

    /// Whether nothing at all is written, as after `key:` at the end of a line.
    pub fn is_unwritten(&self) -> bool {
        self.span.range().is_empty()
    }

    /// The type in an author's words, for messages.
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.type_name(),
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a map",
        }
    }

    /// The type in the words of JSON.
    pub fn json_type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(Scalar::Null) => "null",
            Kind::Scalar(scalar) => scalar.type_name(),
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "an object",
        }
    }

    /// The text, where the node is a text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Scalar::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The entries, where the node is a mapping.
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The elements, where the node is a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Sequence(nodes) => Some(nodes),
            _ => None,
        }
    }
}

/// The entries of a mapping that is being read. Of a key that occurs twice, the first counts.
#[derive(Debug, Default)]
struct Entries {
    entries: Vec<Entry>,
    by_key: HashMap<String, usize>,
    /// Where the last of them ends, counted or not.
    end: usize,
}

impl Entries {
    fn insert(&mut self, entry: Entry, diagnostics: &mut Vec<Diagnostic>) {
        self.end = self.end.max(entry.value.span.end.max(entry.key.span.end));
        match self.by_key.get(&entry.key.value) {
            Some(&first) => {
                let first = &self.entries[first];
                let diagnostic = Diagnostic::error(
                    Code::DuplicateKey,
                    format!("the key `{}` occurs twice", entry.key.value),
                )
                .at(entry.key.span, "occurs again here")
                .at(first.key.span, "first here");
                diagnostics.push(match first.value.says_the_same_as(&entry.value) {
                    true => diagnostic
                        .help("remove one of the two; they say the same")
                        .edit(Edit::remove_entry(entry.span())),
                    false => diagnostic.help("merge the two, or give one of them another name"),
                });
            }
            None => {
                self.by_key.insert(entry.key.value.clone(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }
}
