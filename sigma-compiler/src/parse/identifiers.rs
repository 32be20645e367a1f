//! Search identifiers that conditions name. After this every one of them is defined, and every
//! pattern fits as many as its quantity asks for.

use std::collections::HashMap;

use super::{condition::can_be_named, document::DocumentKind};
use crate::{
    ast::{Condition, ConditionExpr, IdentifierPattern, Quantity},
    diagnostic::{Code, Diagnostic, Edit, nearest},
    node::MAX_NODES,
    source::{Span, Spanned},
};

/// Of so many unknown names in a rule, the others are mostly the same mistake.
const MAX_TOLD: usize = 100;
/// Of so many names, a person reads no more.
const MAX_LISTED: usize = 20;

/// Checks conditions against the names that the detection defines, of which `sizes` are the numbers
/// of values. Where every condition could be read and names only what exists, identifiers that none
/// of them uses are warned of.
pub fn check_identifiers(
    kind: DocumentKind,
    names: &[&Spanned<String>],
    sizes: &[usize],
    conditions: &[Condition],
    all_read: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let places = names.iter().enumerate().map(|(at, name)| (name.value.as_str(), at)).collect();
    let used = vec![false; names.len()];
    let mut check = Check { kind, names, sizes, places, used, size: 0, errors: Vec::new() };
    for condition in conditions {
        check.expr(&condition.expr);
    }
    if all_read && check.errors.is_empty() {
        for (name, _) in names.iter().zip(&check.used).filter(|(_, used)| !**used) {
            let message = format!("no condition uses `{}`", name.value);
            let diagnostic = Diagnostic::warning(Code::UnusedIdentifier, message).at(name.span, "");
            diagnostics.push(match conditions {
                [only] if name.value.starts_with("filter") && can_be_named(&name.value) => {
                    diagnostic
                        .help("use it in the condition, or remove it")
                        .edit(left_out(name, only))
                }
                _ => diagnostic.help("use it in the condition, or remove it"),
            });
        }
    }
    diagnostics.extend(check.errors);
}

/// The condition, and not what is named: a filter that was written and forgotten.
fn left_out(name: &Spanned<String>, condition: &Condition) -> Edit {
    let written = condition.text.value.trim();
    let complete = match &condition.expr {
        ConditionExpr::Or(_) => format!("({written}) and not {}", name.value),
        _ => format!("{written} and not {}", name.value),
    };
    Edit::rename(condition.text.span, written, &complete)
}

struct Check<'a> {
    kind: DocumentKind,
    names: &'a [&'a Spanned<String>],
    sizes: &'a [usize],
    places: HashMap<&'a str, usize>,
    used: Vec<bool>,
    /// How many values the conditions ask for, each as often as it is named.
    size: usize,
    errors: Vec<Diagnostic>,
}

impl Check<'_> {
    // The parser of conditions bounds the nesting, so the recursion is bounded too.
    fn expr(&mut self, expr: &ConditionExpr) {
        if self.size > MAX_NODES || self.errors.len() >= MAX_TOLD {
            return;
        }
        match expr {
            ConditionExpr::Identifier(identifier) => {
                match self.places.get(identifier.value.as_str()) {
                    Some(&at) => self.uses(at, identifier.span),
                    None => self.errors.push(self.unknown(identifier)),
                }
            }
            ConditionExpr::Of { quantity, pattern } => self.pattern(*quantity, pattern),
            ConditionExpr::Not(inner) => self.expr(inner),
            ConditionExpr::And(operands) | ConditionExpr::Or(operands) => {
                for operand in operands {
                    self.expr(operand);
                }
            }
        }
    }

    /// Notes that a condition names this identifier.
    fn uses(&mut self, at: usize, place: Span) {
        self.used[at] = true;
        let before = self.size;
        self.size += self.sizes.get(at).copied().unwrap_or_default().max(1);
        if before <= MAX_NODES && self.size > MAX_NODES {
            let message = format!(
                "the condition asks for more than {MAX_NODES} values, each as often as it is named"
            );
            self.errors.push(
                Diagnostic::error(Code::TooManyNodes, message)
                    .at(place, "the limit is passed here")
                    .help("name each search identifier once, or write several rules"),
            );
        }
    }

    fn unknown(&self, identifier: &Spanned<String>) -> Diagnostic {
        let known = self.names.iter().map(|name| name.value.as_str());
        let near = nearest(&identifier.value, known.filter(|name| can_be_named(name)));
        let diagnostic = Diagnostic::error(
            Code::UnknownIdentifier,
            format!("the {} defines no `{}`", self.kind.attribute(), identifier.value),
        )
        .at(identifier.span, format!("not a search identifier of this {}", self.kind.word()));
        match near {
            Some(near) => diagnostic.did_you_mean(identifier.span, &identifier.value, near),
            None => diagnostic.help(self.defined()),
        }
    }

    fn pattern(&mut self, quantity: Quantity, pattern: &Spanned<IdentifierPattern>) {
        let mut count = 0;
        for (at, name) in self.names.iter().enumerate() {
            if pattern.value.fits(&name.value) {
                self.uses(at, pattern.span);
                count += 1;
            }
        }
        let wanted = match quantity {
            Quantity::AtLeast(wanted) => wanted,
            Quantity::All => 1,
        };
        if count >= wanted {
            return;
        }
        let text = match &pattern.value {
            IdentifierPattern::Them => "them",
            IdentifierPattern::Pattern(text) => text,
        };
        let message = match count {
            0 => format!("no search identifier fits `{text}`"),
            1 => format!("`{text}` fits one search identifier, so {wanted} of them can never hold"),
            _ => format!(
                "`{text}` fits {count} search identifiers, so {wanted} of them can never hold"
            ),
        };
        let hidden =
            self.names.iter().any(|name| name.value.starts_with('_')) && !text.starts_with('_');
        let label = if hidden { "leaves out names that begin with `_`" } else { "" };
        let diagnostic = Diagnostic::error(Code::UnmatchedPattern, message).at(pattern.span, label);
        let candidates: Vec<String> = self.names.iter().flat_map(|name| patterns(name)).collect();
        let near = nearest(text, candidates.iter().map(String::as_str)).filter(|near| {
            let near = IdentifierPattern::Pattern((*near).to_owned());
            self.names.iter().filter(|name| near.fits(&name.value)).count() >= wanted
        });
        self.errors.push(match near {
            Some(near) if near != text => diagnostic.did_you_mean(pattern.span, text, near),
            _ => diagnostic.help(self.defined()),
        });
    }

    fn defined(&self) -> String {
        let listed = self.names.iter().take(MAX_LISTED);
        let quoted: Vec<_> = listed.map(|name| format!("`{}`", name.value)).collect();
        let more = if self.names.len() > MAX_LISTED { ", …" } else { "" };
        match quoted.as_slice() {
            [] => format!("the {} defines no search identifier", self.kind.word()),
            _ => format!("the {} defines {}{more}", self.kind.word(), quoted.join(", ")),
        }
    }
}

/// The patterns that a name invites: all that begins like it, up to one of its `_`.
fn patterns(name: &Spanned<String>) -> impl Iterator<Item = String> {
    name.value.match_indices('_').map(|(at, _)| format!("{}*", &name.value[..=at]))
}
