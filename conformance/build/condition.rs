//! Conditions over given search identifiers.

use sigma_compiler::ast::IdentifierPattern;

use crate::chance::Chance;

/// An expression with the operator that binds it least: its text can stand by itself.
struct Expr {
    text: String,
    binds: Binds,
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binds {
    Or,
    And,
    Not,
    Word,
}

/// A condition that speaks of all of the names.
pub fn condition(names: &[String], chance: &mut Chance) -> String {
    if names.len() > 1 && chance.one_in(8) {
        return of(names, chance);
    }
    let mut leaves: Vec<Expr> = names.iter().map(|name| leaf(name, names, chance)).collect();
    joined(&mut leaves, chance).text
}

fn leaf(name: &str, names: &[String], chance: &mut Chance) -> Expr {
    let text = if chance.one_in(4) { of(names, chance) } else { name.to_owned() };
    let leaf = Expr { text, binds: Binds::Word };
    let negated = if name.starts_with("filter") { !chance.one_in(4) } else { chance.one_in(8) };
    if negated { not(leaf, chance) } else { leaf }
}

fn joined(leaves: &mut Vec<Expr>, chance: &mut Chance) -> Expr {
    while leaves.len() > 1 {
        let count = if leaves.len() > 2 { chance.between(2, 3) } else { 2 };
        let from = chance.below(leaves.len() - count + 1);
        let operands: Vec<Expr> = leaves.drain(from..from + count).collect();
        let (binds, word) =
            if chance.one_in(3) { (Binds::Or, " or ") } else { (Binds::And, " and ") };
        let texts: Vec<String> =
            operands.into_iter().map(|operand| within(operand, binds, chance)).collect();
        let mut whole = Expr { text: texts.join(word), binds };
        if chance.one_in(10) {
            whole = not(whole, chance);
        }
        leaves.insert(from, whole);
    }
    leaves.pop().unwrap_or(Expr { text: "1 of them".to_owned(), binds: Binds::Word })
}

fn not(operand: Expr, chance: &mut Chance) -> Expr {
    let text = format!("not {}", within(operand, Binds::Not, chance));
    Expr { text, binds: Binds::Not }
}

/// The text of an operand: in parentheses where it needs them, and now and then where not.
fn within(operand: Expr, binds: Binds, chance: &mut Chance) -> String {
    if operand.binds < binds || chance.one_in(8) {
        format!("({})", operand.text)
    } else {
        operand.text
    }
}

/// `1 of sel_*` and its kin, which at least one name fits.
fn of(names: &[String], chance: &mut Chance) -> String {
    let name = chance.pick(names);
    let half = name.char_indices().nth(3).map_or(0, |(at, _)| at);
    let star = if name.starts_with('_') { "_*" } else { "*" };
    let pattern = match chance.below(8) {
        0 => star.to_owned(),
        1 => name.clone(),
        2 if !name.starts_with('_') => format!("*{}", &name[half..]),
        3 => format!("{}**", &name[..half]),
        4 | 5 if !name.starts_with('_') => "them".to_owned(),
        _ => format!("{}*", &name[..half]),
    };
    let meant = match pattern.as_str() {
        "them" => IdentifierPattern::Them,
        pattern => IdentifierPattern::Pattern(pattern.to_owned()),
    };
    let fitting = names.iter().filter(|name| meant.fits(name)).count();
    let quantity = match chance.below(4) {
        0 => "all".to_owned(),
        1 => "any".to_owned(),
        2 => "1".to_owned(),
        _ => chance.between(1, fitting.max(1)).to_string(),
    };
    format!("{quantity} of {pattern}")
}
