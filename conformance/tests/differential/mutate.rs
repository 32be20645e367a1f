//! Small changes to a record, most of which some rule should notice.

use super::{satisfy::shortened, tape::Tape, tree::Tree, value};

/// Changes the record in up to three places.
pub fn mutate(tree: &mut Tree, tape: &mut Tape<'_>) {
    let changes = *tape.pick(&[0, 0, 0, 1, 1, 2, 3]);
    for _ in 0..changes {
        let mut at = tape.below(count(tree));
        if let Some(target) = nth(tree, &mut at) {
            match target {
                Tree::Object(members) if !members.is_empty() => change_members(members, tape),
                Tree::Array(elements) if !elements.is_empty() => change_elements(elements, tape),
                other => change_value(other, tape),
            }
        }
        if !matches!(tree, Tree::Object(_)) {
            *tree = Tree::object("eventName", tree.clone());
        }
    }
}

fn children(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::Array(elements) => elements.iter().collect(),
        Tree::Object(members) => members.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn count(tree: &Tree) -> usize {
    1 + children(tree).into_iter().map(count).sum::<usize>()
}

/// The value of this number, counted from the outermost on.
fn nth<'t>(tree: &'t mut Tree, at: &mut usize) -> Option<&'t mut Tree> {
    if *at == 0 {
        return Some(tree);
    }
    *at -= 1;
    match tree {
        Tree::Array(elements) => elements.iter_mut().find_map(|element| nth(element, at)),
        Tree::Object(members) => members.iter_mut().find_map(|(_, value)| nth(value, at)),
        _ => None,
    }
}

fn change_members(members: &mut Vec<(String, Tree)>, tape: &mut Tape<'_>) {
    let at = tape.below(members.len());
    let (key, value) = members[at].clone();
    match tape.below(9) {
        0 => members.reverse(),
        1 => members.insert(at, (key, value::any(tape))),
        2 => members.push((key, value::any(tape))),
        3 => members.insert(0, (value::junk(tape), value)),
        4 => drop(members.remove(at)),
        5 => members[at].0 = value::recased(&key.to_uppercase(), tape),
        6 => members[at].1 = value::any(tape),
        7 => match &members[at].1 {
            // `{"a": {"b": 1}}` becomes `{"a.b": 1}`.
            Tree::Object(inner) => {
                let joined =
                    inner.iter().map(|(rest, value)| (format!("{key}.{rest}"), value.clone()));
                let joined: Vec<_> = joined.collect();
                members.splice(at..=at, joined);
            }
            // `{"a.b": 1}` becomes `{"a": {"b": 1}}`.
            _ => {
                if let Some((head, rest)) = key.rsplit_once('.') {
                    members[at] = (head.to_owned(), Tree::object(rest, value));
                }
            }
        },
        _ => {
            members.insert(0, (key, value));
            members[0].1 = Tree::Array(vec![Tree::Array(vec![members[0].1.clone()])]);
        }
    }
}

fn change_elements(elements: &mut Vec<Tree>, tape: &mut Tape<'_>) {
    let at = tape.below(elements.len());
    match tape.below(5) {
        0 => elements.reverse(),
        1 => elements.push(value::any(tape)),
        2 => elements[at] = Tree::Array(vec![elements[at].clone()]),
        3 => elements[at] = value::any(tape),
        _ => drop(elements.remove(at)),
    }
}

fn change_value(tree: &mut Tree, tape: &mut Tape<'_>) {
    let text = tree.scalar().unwrap_or_default().to_owned();
    *tree = match tape.below(10) {
        0 => Tree::String(value::recased(&text, tape)),
        1 => Tree::Array(vec![value::any(tape), tree.clone()]),
        2 => Tree::object("value", tree.clone()),
        3 => value::typed(text, tape),
        4 => Tree::String(text),
        5 => Tree::String(format!("{text}{}", value::junk(tape))),
        6 => Tree::String(format!("{}{text}", value::junk(tape))),
        7 => Tree::String(shortened(&text, tape)),
        8 => match tree {
            Tree::Number(number) if !number.contains(['.', 'e', 'E']) => {
                Tree::Number(format!("{number}{}", tape.pick(&["e0", ".0", "E+1"])))
            }
            _ => Tree::Null,
        },
        _ => value::any(tape),
    };
}
