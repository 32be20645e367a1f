//! A record while it is being built.

use sigma_compiler::reference::Json;

use super::tape::Tape;

/// A JSON value that can be changed. Numbers are texts, members have an order and may repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub fn text(text: impl Into<String>) -> Self {
        Tree::String(text.into())
    }

    /// The object or array of which this is the JSON text.
    pub fn container(json: &str) -> Option<Self> {
        match Json::parse(json).ok()? {
            tree @ (Json::Array(_) | Json::Object(_)) => Some(Self::from(&tree)),
            _ => None,
        }
    }

    /// An object with one member.
    pub fn object(key: &str, value: Tree) -> Self {
        Tree::Object(vec![(key.to_owned(), value)])
    }

    /// The text of a string, number or boolean.
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Tree::Bool(true) => Some("true"),
            Tree::Bool(false) => Some("false"),
            Tree::Number(text) | Tree::String(text) => Some(text),
            _ => None,
        }
    }

    /// What stands at a path of plain keys.
    pub fn get(&self, path: &str) -> Option<&Tree> {
        let Tree::Object(members) = self else {
            return None;
        };
        let member = |key| members.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        member(path).or_else(|| {
            let (head, rest) = path.split_once('.')?;
            member(head)?.get(rest)
        })
    }

    /// Puts a value where the path leads to, by way of objects, arrays or keys with dots in them.
    /// What stands there already is joined with it.
    pub fn place(&mut self, path: &str, value: Tree, tape: &mut Tape<'_>) {
        match self {
            Tree::Object(members) => {
                let known = |key: &str| members.iter().position(|(name, _)| name == key);
                let split = path.split_once('.');
                if let Some(at) = known(path) {
                    members[at].1.join(value, tape);
                } else if let Some((head, rest)) = split
                    && let Some(at) = known(head)
                {
                    members[at].1.place(rest, value, tape);
                } else if let Some((head, rest)) = split
                    && !tape.one_in(8)
                {
                    let mut inner = Tree::Object(Vec::new());
                    inner.place(rest, value, tape);
                    members.push((head.to_owned(), in_arrays(inner, tape)));
                } else {
                    members.push((path.to_owned(), in_arrays(value, tape)));
                }
            }
            Tree::Array(elements) => {
                let inner = elements
                    .iter_mut()
                    .find(|element| matches!(element, Tree::Object(_) | Tree::Array(_)));
                match inner {
                    Some(inner) if !tape.one_in(4) => inner.place(path, value, tape),
                    _ => {
                        let mut inner = Tree::Object(Vec::new());
                        inner.place(path, value, tape);
                        elements.push(inner);
                    }
                }
            }
            _ => {
                *self = Tree::Object(Vec::new());
                self.place(path, value, tape);
            }
        }
    }

    /// Makes place for a second value beside the first.
    fn join(&mut self, value: Tree, tape: &mut Tape<'_>) {
        if *self == value || tape.one_in(8) {
            return;
        }
        if tape.one_in(8) {
            *self = value;
        } else if let Tree::Array(elements) = self {
            elements.push(value);
        } else {
            *self = Tree::Array(vec![self.clone(), value]);
        }
    }
}

/// The value as it is, or as an element of an array, or of an array in one.
fn in_arrays(value: Tree, tape: &mut Tape<'_>) -> Tree {
    match tape.below(16) {
        12 => Tree::Array(vec![value]),
        13 => Tree::Array(vec![Tree::text("other"), Tree::Null, value]),
        14 => Tree::Array(vec![value, Tree::Object(Vec::new())]),
        15 => Tree::Array(vec![Tree::Number("0".to_owned()), Tree::Array(vec![value])]),
        _ => value,
    }
}

impl From<&Json> for Tree {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Tree::Null,
            Json::Bool(value) => Tree::Bool(*value),
            Json::Number(text) => Tree::Number(text.clone()),
            Json::String(text) => Tree::text(text.value()),
            Json::Array(elements) => Tree::Array(elements.iter().map(Tree::from).collect()),
            Json::Object(members) => {
                let member = |(key, value): &(_, Json)| (text_of(key), Tree::from(value));
                Tree::Object(members.iter().map(member).collect())
            }
        }
    }
}

fn text_of(key: &sigma_compiler::reference::Text) -> String {
    key.value().to_owned()
}
