//! From a rule to a record on which it fires, or nearly so.

use sigma_compiler::{
    ast::{ConditionExpr, Detection, DetectionItem, Modifier, Quantity, Search, Value},
    check::CheckedRule,
};

use super::{tape::Tape, tree::Tree, value};

/// What one detection item should do on the record.
struct Wish<'r> {
    item: &'r DetectionItem,
    holds: bool,
}

/// The services and calls that the rules name.
#[derive(Debug, Default)]
pub struct Names {
    sources: Vec<String>,
    names: Vec<String>,
}

impl Names {
    /// Collects them.
    pub fn of(rules: &[CheckedRule]) -> Self {
        let mut names = Names::default();
        let detections = rules.iter().flat_map(CheckedRule::detections);
        for identifier in detections.flat_map(|detection| &detection.identifiers) {
            names.collect(&identifier.search);
        }
        names
    }

    fn collect(&mut self, search: &Search) {
        match search {
            Search::All(parts) | Search::Any(parts) => {
                parts.iter().for_each(|part| self.collect(part));
            }
            Search::Item(item) => {
                let list = match item.field.as_ref().map(|field| field.value.as_str()) {
                    Some("eventSource") => &mut self.sources,
                    Some("eventName") => &mut self.names,
                    _ => return,
                };
                list.extend(item.values.iter().filter_map(|value| match &value.value {
                    Value::String(text) => Some(text.clone()),
                    _ => None,
                }));
            }
        }
    }
}

/// Builds a record for the rule. Not every one matches: items can need the same field for
/// different values, and some wishes are broken on purpose.
pub fn record(rule: &CheckedRule, names: &Names, tape: &mut Tape<'_>) -> Tree {
    let mut wishes = Vec::new();
    for detection in rule.detections() {
        let condition = tape.pick(&detection.conditions);
        wish_expr(&condition.expr, detection, true, tape, &mut wishes);
    }
    if tape.one_in(4) && !wishes.is_empty() {
        let broken = tape.below(wishes.len());
        wishes[broken].holds ^= true;
    }
    let mut tree = Tree::Object(Vec::new());
    for wish in &wishes {
        if wish.holds != wish.item.has(Modifier::Neq) {
            fulfil(wish.item, &mut tree, tape);
        }
    }
    for wish in &wishes {
        if wish.holds == wish.item.has(Modifier::Neq) {
            refuse(wish.item, &mut tree, tape);
        }
    }
    for (key, known) in [("eventSource", &names.sources), ("eventName", &names.names)] {
        if tree.get(key).is_none() && tape.one_in(3) {
            tree.place(key, Tree::text(tape.pick(known)), tape);
        }
    }
    tree
}

fn wish_expr<'r>(
    expr: &'r ConditionExpr,
    detection: &'r Detection,
    holds: bool,
    tape: &mut Tape<'_>,
    wishes: &mut Vec<Wish<'r>>,
) {
    match expr {
        ConditionExpr::Identifier(name) => {
            for identifier in
                detection.identifiers.iter().filter(|each| each.name.value == name.value)
            {
                wish_search(&identifier.search, holds, tape, wishes);
            }
        }
        ConditionExpr::Of { quantity, pattern } => {
            let fitting =
                detection.identifiers.iter().filter(|each| pattern.value.fits(&each.name.value));
            let fitting: Vec<_> = fitting.map(|each| &each.search).collect();
            let needed = match quantity {
                Quantity::AtLeast(count) => *count,
                Quantity::All => fitting.len(),
            };
            let count = if holds { needed } else { fitting.len() + 1 - needed };
            some_of(&fitting, count, holds, tape, &mut |search, holds, tape| {
                wish_search(search, holds, tape, wishes);
            });
        }
        ConditionExpr::Not(inner) => wish_expr(inner, detection, !holds, tape, wishes),
        ConditionExpr::And(operands) | ConditionExpr::Or(operands) => {
            let every = matches!(expr, ConditionExpr::And(_)) == holds;
            let count = if every { operands.len() } else { 1 };
            some_of(operands, count, holds, tape, &mut |operand, holds, tape| {
                wish_expr(operand, detection, holds, tape, wishes);
            });
        }
    }
}

fn wish_search<'r>(
    search: &'r Search,
    holds: bool,
    tape: &mut Tape<'_>,
    wishes: &mut Vec<Wish<'r>>,
) {
    match search {
        Search::Item(item) => wishes.push(Wish { item, holds }),
        Search::All(parts) | Search::Any(parts) => {
            let every = matches!(search, Search::All(_)) == holds;
            let count = if every { parts.len() } else { 1 };
            some_of(parts, count, holds, tape, &mut |part, holds, tape| {
                wish_search(part, holds, tape, wishes);
            });
        }
    }
}

/// Wishes so many of the operands to be as the whole should be; the others are left to chance, or
/// wished to be the contrary.
fn some_of<'r, T>(
    operands: &'r [T],
    count: usize,
    holds: bool,
    tape: &mut Tape<'_>,
    wish: &mut dyn FnMut(&'r T, bool, &mut Tape<'_>),
) {
    let first = tape.below(operands.len().max(1));
    let contrary = count < operands.len() && tape.one_in(2);
    for (at, operand) in operands.iter().enumerate() {
        let turn = (at + operands.len() - first) % operands.len();
        if turn < count {
            wish(operand, holds, tape);
        } else if contrary {
            wish(operand, !holds, tape);
        }
    }
}

/// Where a keyword may stand.
const KEYWORD_PLACES: &[&str] =
    &["requestParameters.note", "userAgent", "errorMessage", "responseElements.list.text", "x"];

fn path_of<'r>(item: &'r DetectionItem, tape: &mut Tape<'_>) -> &'r str {
    match &item.field {
        Some(field) => &field.value,
        None => tape.pick::<&str>(KEYWORD_PLACES),
    }
}

/// Makes the item hold, `neq` left aside.
fn fulfil(item: &DetectionItem, tree: &mut Tree, tape: &mut Tape<'_>) {
    let values: Vec<&Value> = item.values.iter().map(|value| &value.value).collect();
    let values = if item.has(Modifier::All) { values } else { vec![*tape.pick(&values)] };
    let joined = values.len() > 1
        && !item.has(Modifier::FieldRef)
        && (item.has(Modifier::Contains) || item.has(Modifier::Re))
        && !tape.one_in(3);
    let mut texts = String::new();
    for value in values {
        let found = if item.has(Modifier::FieldRef) {
            Some(referring(item, value, tree, tape))
        } else {
            value::holding(item, value, tape)
        };
        match found {
            Some(found) if joined && found.scalar().is_some() => {
                texts.push_str(if texts.is_empty() {
                    ""
                } else {
                    tape.pick::<&str>(&["\n", "", " "])
                });
                texts.push_str(found.scalar().unwrap_or_default());
            }
            Some(found) => tree.place(path_of(item, tape), found, tape),
            None => {}
        }
    }
    if !texts.is_empty() {
        tree.place(path_of(item, tape), Tree::String(texts), tape);
    }
}

/// A value that relates to the field that `value` names, which gets one if it has none.
fn referring(item: &DetectionItem, value: &Value, tree: &mut Tree, tape: &mut Tape<'_>) -> Tree {
    const WORDS: &[&str] =
        &["alice", "Kiosk", "x*", "\\", "ß", "12", "\"n\":\"x\"", "true", "{\"n\":1}"];
    let Value::String(other) = value else {
        return Tree::Null;
    };
    let text = match tree.get(other).and_then(Tree::scalar) {
        Some(known) => known.to_owned(),
        None => {
            let text = (*tape.pick(WORDS)).to_owned();
            let word = value::typed(text.clone(), tape);
            tree.place(other, word, tape);
            text
        }
    };
    value::within(item, text, tape)
}

/// Makes the item fail, `neq` left aside, unless something stands there already.
fn refuse(item: &DetectionItem, tree: &mut Tree, tape: &mut Tape<'_>) {
    let path = path_of(item, tape);
    if tree.get(path).is_some() && !tape.one_in(8) {
        return;
    }
    let null = item.values.iter().any(|value| value.value == Value::Null);
    let absent = item.has(Modifier::Exists)
        && item.values.iter().any(|value| value.value == Value::Bool(false));
    let refused = match tape.below(6) {
        _ if null || absent => Tree::text("other"),
        0..=2 => return,
        3 => value::any(tape),
        _ if item.has(Modifier::FieldRef) || item.has(Modifier::Exists) => return,
        _ => match value::holding(item, &tape.pick(&item.values).value, tape) {
            Some(Tree::String(text)) => Tree::String(shortened(&text, tape)),
            _ => value::any(tape),
        },
    };
    tree.place(path, refused, tape);
}

/// The text without one of its characters.
pub fn shortened(text: &str, tape: &mut Tape<'_>) -> String {
    let drop = tape.below(text.chars().count().max(1));
    text.chars().enumerate().filter(|(at, _)| *at != drop).map(|(_, c)| c).collect()
}
