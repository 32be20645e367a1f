//! From a checked rule to what it means. Cannot fail: parsing and checking have left nothing
//! that could be wrong.

mod encode;

use std::collections::HashMap;

use crate::{
    ast::{
        ConditionExpr, Detection, DetectionItem, IdentifierPattern, Modifier, Quantity, Search,
        Value,
    },
    check::CheckedRule,
    hir::{Case, Comparison, Expr, Part, Predicate, Relation, Test, TextTest, TimePart},
    parse::regex_source,
};

/// The expression of a rule: its detection and those of its filters hold.
pub fn lower(rule: &CheckedRule) -> Expr {
    Expr::and(rule.detections().map(detection_expr))
}

/// Any of the conditions holds.
pub fn detection_expr(detection: &Detection) -> Expr {
    let identifiers = detection.identifiers.iter();
    let by_name = identifiers.map(|each| (each.name.value.as_str(), &each.search)).collect();
    Expr::or(
        detection
            .conditions
            .iter()
            .map(|condition| condition_expr(&condition.expr, detection, &by_name)),
    )
}

fn condition_expr(
    expr: &ConditionExpr,
    detection: &Detection,
    by_name: &HashMap<&str, &Search>,
) -> Expr {
    let operands = |operands: &[ConditionExpr]| {
        operands.iter().map(|each| condition_expr(each, detection, by_name)).collect::<Vec<_>>()
    };
    match expr {
        ConditionExpr::Identifier(name) => {
            Expr::or(by_name.get(name.value.as_str()).map(|each| search(each)))
        }
        ConditionExpr::Of { quantity, pattern } => {
            let operands = named(&pattern.value, detection);
            match quantity {
                Quantity::All => Expr::and(operands),
                Quantity::AtLeast(count) => Expr::at_least(*count, operands),
            }
        }
        ConditionExpr::Not(inner) => Expr::not(condition_expr(inner, detection, by_name)),
        ConditionExpr::And(each) => Expr::and(operands(each)),
        ConditionExpr::Or(each) => Expr::or(operands(each)),
    }
}

fn named(pattern: &IdentifierPattern, detection: &Detection) -> Vec<Expr> {
    let fitting =
        detection.identifiers.iter().filter(|identifier| pattern.fits(&identifier.name.value));
    fitting.map(|identifier| search(&identifier.search)).collect()
}

fn search(node: &Search) -> Expr {
    match node {
        Search::All(parts) => Expr::and(parts.iter().map(search)),
        Search::Any(parts) => Expr::or(parts.iter().map(search)),
        Search::Item(detection_item) => item(detection_item),
    }
}

fn item(item: &DetectionItem) -> Expr {
    let tests = item.values.iter().map(|value| value_expr(item, &value.value));
    let expr = if item.has(Modifier::All) { Expr::and(tests) } else { Expr::or(tests) };
    if item.has(Modifier::Neq) { Expr::not(expr) } else { expr }
}

/// The test that one value of an item stands for.
pub fn value_expr(item: &DetectionItem, value: &Value) -> Expr {
    let case = if item.has(Modifier::Cased) { Case::Exact } else { Case::Folded };
    let Some(field) = &item.field else {
        return Expr::Test(Predicate::Keyword(keyword_test(item, case, value)));
    };
    let path = field.value.clone();
    if item.has(Modifier::FieldRef) {
        let relation = match () {
            () if item.has(Modifier::StartsWith) => Relation::StartsWith,
            () if item.has(Modifier::EndsWith) => Relation::EndsWith,
            () if item.has(Modifier::Contains) => Relation::Contains,
            () => Relation::Equals,
        };
        return Expr::Test(Predicate::FieldRef {
            left: path,
            relation,
            case,
            right: text_of(value),
        });
    }
    if let (Some(part), Value::Number(number)) = (time_part(item), value)
        && let Ok(number) = number.parse()
    {
        let comparison = comparison(item).unwrap_or(Comparison::Equal);
        return Expr::Test(Predicate::Field { path, test: Test::Time(part, comparison, number) });
    }
    let test = match (comparison(item), value) {
        (Some(comparison), value) => Test::Compare(comparison, json_number(&text_of(value))),
        (None, Value::Null) => Test::Null,
        (None, Value::Bool(present)) if item.has(Modifier::Exists) => {
            let exists = Expr::Test(Predicate::Field { path, test: Test::Exists });
            return if *present { exists } else { Expr::not(exists) };
        }
        (None, Value::String(network)) if item.has(Modifier::Cidr) => match network.parse() {
            Ok(network) => Test::Network(network),
            Err(_) => unreachable!("`parse` has checked the network"),
        },
        (None, value) => Test::Text(text_test(item, case, value, Anchors::of(item))),
    };
    Expr::Test(Predicate::Field { path, test })
}

fn comparison(item: &DetectionItem) -> Option<Comparison> {
    item.modifiers.iter().find_map(|modifier| match modifier.value {
        Modifier::Lt => Some(Comparison::Less),
        Modifier::Lte => Some(Comparison::LessOrEqual),
        Modifier::Gt => Some(Comparison::Greater),
        Modifier::Gte => Some(Comparison::GreaterOrEqual),
        _ => None,
    })
}

fn time_part(item: &DetectionItem) -> Option<TimePart> {
    item.modifiers.iter().find_map(|modifier| match modifier.value {
        Modifier::Minute => Some(TimePart::Minute),
        Modifier::Hour => Some(TimePart::Hour),
        Modifier::Day => Some(TimePart::Day),
        Modifier::Week => Some(TimePart::Week),
        Modifier::Month => Some(TimePart::Month),
        Modifier::Year => Some(TimePart::Year),
        _ => None,
    })
}

/// Which ends of a text a pattern is bound to.
#[derive(Clone, Copy)]
struct Anchors {
    start: bool,
    end: bool,
}

impl Anchors {
    fn of(item: &DetectionItem) -> Self {
        let contains = item.has(Modifier::Contains);
        Self {
            start: !(contains || item.has(Modifier::EndsWith)),
            end: !(contains || item.has(Modifier::StartsWith)),
        }
    }
}

/// Keywords are looked for anywhere in a value unless a modifier binds them to an end.
fn keyword_test(item: &DetectionItem, case: Case, value: &Value) -> TextTest {
    let anchors =
        Anchors { start: item.has(Modifier::StartsWith), end: item.has(Modifier::EndsWith) };
    text_test(item, case, value, anchors)
}

fn text_test(item: &DetectionItem, case: Case, value: &Value, anchors: Anchors) -> TextTest {
    let text = text_of(value);
    if item.has(Modifier::Re) {
        return TextTest::Regex(regex_source(&item.modifiers, &text));
    }
    let parts = match value {
        Value::String(text) => wildcards(text),
        _ => vec![Part::Text(text)],
    };
    let run = |free: bool| free.then_some(Part::Run);
    let anchored = |parts: Vec<Part>| {
        let start = run(!anchors.start).into_iter();
        TextTest::pattern(case, start.chain(parts).chain(run(!anchors.end)))
    };
    if let Some(encoded) = encode::encoded(item, &parts) {
        return TextTest::any_of(
            encoded.into_iter().map(|text| anchored(vec![Part::Text(text)])).collect(),
        );
    }
    anchored(if item.has(Modifier::Windash) { dashes(parts) } else { parts })
}

/// Frees the dashes of options (modifiers appendix, "windash"): any dash in front of a word, with
/// no word in front of it.
fn dashes(parts: Vec<Part>) -> Vec<Part> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut freed = Vec::new();
    for part in parts {
        let Part::Text(text) = part else {
            freed.push(part);
            continue;
        };
        let (mut literal, mut before) = (String::new(), None);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let option = matches!(c, '-' | '/' | '\u{2013}' | '\u{2014}' | '\u{2015}')
                && !before.is_some_and(word)
                && chars.peek().is_some_and(|&after| word(after));
            if option {
                freed.push(Part::Text(std::mem::take(&mut literal)));
                freed.push(Part::Dash);
            } else {
                literal.push(c);
            }
            before = Some(c);
        }
        freed.push(Part::Text(literal));
    }
    freed
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) | Value::String(text) => text.clone(),
    }
}

/// A number of YAML's grammar in JSON's: no `+1`, `.5`, `1.` or `01.5`.
fn json_number(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = digits.split_at(digits.find(['e', 'E']).unwrap_or(digits.len()));
    let mantissa = mantissa.trim_start_matches('0').trim_end_matches('.');
    let zero = if mantissa.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    format!("{sign}{zero}{mantissa}{exponent}")
}

/// Wildcards and escapes of a value (Sigma rules specification, "Escaping"): a backslash makes a
/// following `*`, `?` or backslash literal, and is itself literal before anything else.
fn wildcards(text: &str) -> Vec<Part> {
    let (mut parts, mut literal) = (Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let wildcard = match c {
            '*' => Part::Run,
            '?' => Part::One,
            '\\' => {
                literal
                    .push(chars.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\'));
                continue;
            }
            c => {
                literal.push(c);
                continue;
            }
        };
        parts.push(Part::Text(std::mem::take(&mut literal)));
        parts.push(wildcard);
    }
    parts.push(Part::Text(literal));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_json_writes_them() {
        let cases = [
            ("0", "0"),
            ("-0.0", "-0.0"),
            ("100", "100"),
            ("+1.5", "1.5"),
            (".5", "0.5"),
            ("-.5", "-0.5"),
            ("1.", "1"),
            ("0.", "0"),
            ("010.50", "10.50"),
            ("1.e+3", "1e+3"),
            ("1.0e-3", "1.0e-3"),
        ];
        for (number, expected) in cases {
            assert_eq!(json_number(number), expected, "`{number}`");
        }
    }

    #[test]
    fn wildcards_and_escapes_follow_the_specification() {
        let text = |text: &str| Part::Text(text.to_owned());
        let cases = [
            (r"plain", vec![text("plain")]),
            (r"a*b?c", vec![text("a"), Part::Run, text("b"), Part::One, text("c")]),
            (r"a\*b", vec![text("a*b")]),
            (r"a\?b", vec![text("a?b")]),
            (r"a\\*", vec![text(r"a\"), Part::Run, text("")]),
            (r"a\\\*", vec![text(r"a\*")]),
            (r"C:\Windows", vec![text(r"C:\Windows")]),
            (r"C:\\Windows", vec![text(r"C:\Windows")]),
            (r"\\\\server", vec![text(r"\\server")]),
            (r"end\", vec![text(r"end\")]),
        ];
        for (value, expected) in cases {
            assert_eq!(wildcards(value), expected, "`{value}`");
        }
    }
}
