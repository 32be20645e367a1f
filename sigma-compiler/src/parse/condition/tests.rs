use super::parse_condition;
use crate::{
    ast::{ConditionExpr, IdentifierPattern, Quantity},
    source::{FileId, Span, Spanned},
};

fn parse(text: &str) -> ConditionExpr {
    let span = Span { file: FileId(0), start: 0, end: text.len() };
    match parse_condition(&Spanned::new(text.to_owned(), span), text) {
        Ok(condition) => condition.expr,
        Err(diagnostic) => panic!("`{text}`: {diagnostic:?}"),
    }
}

/// The expression with every operation in parentheses.
fn show(expr: &ConditionExpr) -> String {
    let list = |operands: &[ConditionExpr], word: &str| {
        let shown: Vec<_> = operands.iter().map(show).collect();
        format!("({})", shown.join(&format!(" {word} ")))
    };
    match expr {
        ConditionExpr::Identifier(name) => name.value.clone(),
        ConditionExpr::Of { quantity, pattern } => {
            let quantity = match quantity {
                Quantity::All => "all".to_owned(),
                Quantity::AtLeast(count) => count.to_string(),
            };
            let pattern = match &pattern.value {
                IdentifierPattern::Them => "them",
                IdentifierPattern::Pattern(pattern) => pattern,
            };
            format!("{quantity} of {pattern}")
        }
        ConditionExpr::Not(inner) => format!("(not {})", show(inner)),
        ConditionExpr::And(operands) => list(operands, "and"),
        ConditionExpr::Or(operands) => list(operands, "or"),
    }
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    let cases = [
        ("a", "a"),
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c", "((a and b) or c)"),
        ("a and b and c", "(a and b and c)"),
        ("a or b or c and d", "(a or b or (c and d))"),
        ("not a and b", "((not a) and b)"),
        ("not a or not b and c", "((not a) or ((not b) and c))"),
        ("not not a", "(not (not a))"),
        ("not (a or b) and c", "((not (a or b)) and c)"),
        ("(a or b) and c", "((a or b) and c)"),
        ("((a))", "a"),
        ("a and (b and c)", "(a and (b and c))"),
        ("not 1 of a* and b", "((not 1 of a*) and b)"),
        ("any of them", "1 of them"),
        ("all of a*b_* or 3 of _x*", "(all of a*b_* or 3 of _x*)"),
        ("1 of a", "1 of a"),
        ("all and any", "(all and any)"),
        ("notify and order", "(notify and order)"),
        ("not(a)and(b)", "((not a) and b)"),
        ("  a\n  and\tb ", "(a and b)"),
        ("größe and 1-x.y", "(größe and 1-x.y)"),
    ];
    for (text, expected) in cases {
        let shown = show(&parse(text));
        assert_eq!(shown, expected, "`{text}`");
        // What is shown means the same when it is read again.
        assert_eq!(show(&parse(&shown)), shown, "`{shown}`");
    }
}

#[test]
fn patterns_fit_names() {
    let cases = [
        ("them", "selection", true),
        ("them", "_hidden", false),
        ("sel*", "selection", true),
        ("sel*", "sel", true),
        ("sel*", "Selection", false),
        ("*", "anything", true),
        ("*", "_hidden", false),
        ("*n", "_hidden", false),
        ("_*", "_hidden", true),
        ("_*", "selection", false),
        ("_hidden", "_hidden", true),
        ("selection", "selection", true),
        ("selection", "selection_1", false),
        ("sel*_1", "selection_1", true),
        ("sel*_1", "sel_1_1", true),
        ("sel*_1", "sel_1_2", false),
        ("a*b*c", "a_b_b_c", true),
        ("a*b*c", "abc", true),
        ("a*b*c", "acb", false),
        ("a*ba", "aba", true),
        ("ab*ba", "aba", false),
        ("a**b", "ab", true),
    ];
    for (pattern, name, expected) in cases {
        let parsed = match pattern {
            "them" => IdentifierPattern::Them,
            _ => IdentifierPattern::Pattern(pattern.to_owned()),
        };
        assert_eq!(parsed.fits(name), expected, "`{name}` by `{pattern}`");
    }
}
