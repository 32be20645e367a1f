//! The fixture rules use every construct of the language: what the compiler takes and no rule
//! here has, is found by compiling it.

use std::{collections::BTreeSet, sync::LazyLock};

use sigma_compiler::{
    ast::{ConditionExpr, DetectionItem, IdentifierPattern, Quantity, Rule, Search, Value},
    compile,
    source::SourceFile,
};
use trailalerts_conformance::{SOURCES, random::SETS};
use trailalerts_core::Source;

/// Every modifier, by its shortest name.
const MODIFIERS: &[&str] = &[
    "contains",
    "startswith",
    "endswith",
    "all",
    "re",
    "i",
    "m",
    "s",
    "cased",
    "exists",
    "cidr",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
    "neq",
    "expand",
    "windash",
    "utf16",
    "wide",
    "utf16be",
    "base64",
    "base64offset",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
];

/// The fixture rules as their authors wrote them.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| parsed(SOURCES));

fn parsed(sources: &[Source]) -> Vec<Rule> {
    let files = sources.iter().map(|source| SourceFile::new(source.path, source.text));
    let set = compile(files.collect(), Vec::new()).set;
    set.rules.into_iter().map(|checked| checked.rule).collect()
}

/// Lists of values, of which each modifier can use one or another.
const VALUES: &[&str] = &["[a, b]", "[1, 2]", "['10.0.0.0/8', '::/0']", "true"];

/// Whether the compiler takes a rule with this item.
fn compiles(key: &str) -> bool {
    VALUES.iter().any(|values| {
        let text = format!(
            "title: A rule\nlogsource:\n  product: aws\ndetection:\n  s:\n    '{key}': {values}\n  condition: s\n"
        );
        !compile(vec![SourceFile::new("rule.yml", text)], Vec::new()).has_errors()
    })
}

fn items<'r>(search: &'r Search, found: &mut Vec<&'r DetectionItem>) {
    match search {
        Search::Item(item) => found.push(item),
        Search::All(parts) | Search::Any(parts) => {
            parts.iter().for_each(|part| items(part, found));
        }
    }
}

fn all_items(rules: &[Rule]) -> Vec<&DetectionItem> {
    let mut found = Vec::new();
    for identifier in rules.iter().flat_map(|rule| &rule.detection.identifiers) {
        items(&identifier.search, &mut found);
    }
    found
}

fn has(item: &DetectionItem, name: &str) -> bool {
    item.modifiers.iter().any(|modifier| modifier.value.name() == name)
}

/// Calls `lack` for each modifier, and each pair of them, that is legal and that no item has.
fn lacking(field: &str, items: &[&DetectionItem]) -> Vec<String> {
    let items: Vec<_> =
        items.iter().filter(|item| item.field.is_some() != field.is_empty()).collect();
    let mut lacking = Vec::new();
    let flag = |name: &str| matches!(name, "i" | "m" | "s");
    for (at, first) in MODIFIERS.iter().enumerate() {
        let alone =
            if flag(first) { format!("{field}|re|{first}") } else { format!("{field}|{first}") };
        if (compiles(&alone) || compiles(&format!("{alone}|all")))
            && !items.iter().any(|item| has(item, first))
        {
            lacking.push(alone.clone());
        }
        for second in &MODIFIERS[at + 1..] {
            let re = if flag(first) || flag(second) { "|re" } else { "" };
            // `re` itself comes before its flags.
            let rest = |name: &str| {
                if name == "re" && !re.is_empty() { String::new() } else { format!("|{name}") }
            };
            let both = format!("{field}{re}{}{}", rest(first), rest(second));
            let covered = items.iter().any(|item| has(item, first) && has(item, second));
            if compiles(&both) && !covered {
                lacking.push(both);
            }
        }
    }
    lacking
}

#[test]
fn every_legal_pair_of_modifiers_is_used() {
    let items = all_items(&RULES);
    let lacking = [lacking("field", &items), lacking("", &items)].concat();
    assert!(lacking.is_empty(), "no fixture rule has {}", lacking.join(", "));
    for modifier in items.iter().flat_map(|item| &item.modifiers) {
        let name = modifier.value.name();
        assert!(MODIFIERS.contains(&name), "`{name}` is missing in this test");
    }
}

#[test]
fn random_rules_use_every_legal_pair_of_modifiers() {
    let rules: Vec<Rule> = SETS.iter().flat_map(|(_, sources)| parsed(sources)).collect();
    // Fewer may lack one by chance.
    if rules.len() < 1_000 {
        return;
    }
    let items = all_items(&rules);
    let lacking = lacking("field", &items);
    assert!(lacking.is_empty(), "no random rule has {}", lacking.join(", "));
}

#[test]
fn every_form_of_condition_and_value_is_used() {
    let mut seen = Vec::new();
    for rule in RULES.iter() {
        for condition in &rule.detection.conditions {
            note_expr(&condition.expr, &mut seen);
        }
        if rule.detection.conditions.len() > 1 {
            seen.push("a list of conditions");
        }
        for identifier in &rule.detection.identifiers {
            note_search(&identifier.search, 0, &mut seen);
        }
    }
    let expected = BTreeSet::from([
        "a list of conditions",
        "an identifier",
        "not not",
        "not",
        "and",
        "or",
        "1 of",
        "N of",
        "all of",
        "of them",
        "a pattern with one star",
        "a pattern with several stars",
        "a pattern without a star",
        "a pattern with an underscore",
        "a map",
        "a list of maps",
        "a list in a list",
        "keywords",
        "null",
        "a boolean",
        "a number",
        "a text",
        "an empty text",
        "a run",
        "one character",
        "an escaped run",
        "an escaped character",
        "an escaped backslash",
    ]);
    let seen = BTreeSet::from_iter(seen);
    let lacking: Vec<_> = expected.difference(&seen).collect();
    assert!(lacking.is_empty(), "no fixture rule has {lacking:?}");
}

fn note_expr(expr: &ConditionExpr, seen: &mut Vec<&'static str>) {
    match expr {
        ConditionExpr::Identifier(_) => seen.push("an identifier"),
        ConditionExpr::Not(inner) => {
            let twice = matches!(**inner, ConditionExpr::Not(_));
            seen.push(if twice { "not not" } else { "not" });
            note_expr(inner, seen);
        }
        ConditionExpr::And(operands) | ConditionExpr::Or(operands) => {
            seen.push(if matches!(expr, ConditionExpr::And(_)) { "and" } else { "or" });
            operands.iter().for_each(|operand| note_expr(operand, seen));
        }
        ConditionExpr::Of { quantity, pattern } => {
            seen.push(match quantity {
                Quantity::AtLeast(1) => "1 of",
                Quantity::AtLeast(_) => "N of",
                Quantity::All => "all of",
            });
            let IdentifierPattern::Pattern(pattern) = &pattern.value else {
                seen.push("of them");
                return;
            };
            if pattern.starts_with('_') {
                seen.push("a pattern with an underscore");
            }
            seen.push(match pattern.matches('*').count() {
                0 => "a pattern without a star",
                1 => "a pattern with one star",
                _ => "a pattern with several stars",
            });
        }
    }
}

fn note_search(search: &Search, lists: usize, seen: &mut Vec<&'static str>) {
    match search {
        Search::All(parts) => {
            seen.push("a map");
            parts.iter().for_each(|part| note_search(part, 0, seen));
        }
        Search::Any(parts) => {
            seen.push(if lists == 0 { "a list of maps" } else { "a list in a list" });
            parts.iter().for_each(|part| note_search(part, lists + 1, seen));
        }
        Search::Item(item) => {
            if item.field.is_none() {
                seen.push("keywords");
            }
            item.values.iter().for_each(|value| note_value(&value.value, seen));
        }
    }
}

fn note_value(value: &Value, seen: &mut Vec<&'static str>) {
    let text = match value {
        Value::Null => return seen.push("null"),
        Value::Bool(_) => return seen.push("a boolean"),
        Value::Number(_) => return seen.push("a number"),
        Value::String(text) => text,
    };
    seen.push(if text.is_empty() { "an empty text" } else { "a text" });
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, (c == '\\').then(|| chars.clone().next()).flatten()) {
            ('*', _) => seen.push("a run"),
            ('?', _) => seen.push("one character"),
            ('\\', Some(escaped @ ('*' | '?' | '\\'))) => {
                chars.next();
                seen.push(match escaped {
                    '*' => "an escaped run",
                    '?' => "an escaped character",
                    _ => "an escaped backslash",
                });
            }
            _ => {}
        }
    }
}
