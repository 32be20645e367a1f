//! Rules of which Sigma filters or exceptions leave no match.

use ipnet::IpNet;

use super::{implies::implies, satisfiable::verdict};
use crate::{
    ast::{ExceptionEntry, Filter},
    check::CheckedRule,
    diagnostic::{Code, Diagnostic},
    hir::{Case, Expr, Part, Predicate, Test, TextTest},
    lower::detection_expr,
    plan::merge,
    source::Span,
};

/// Of a rule that never matches: the filters that are the reason, where it would match without.
pub fn by_filters(checked: &CheckedRule, place: Span) -> Option<Diagnostic> {
    let own = detection_expr(&checked.rule.detection);
    if verdict(&merge(own.clone())) == Some(false) {
        return None;
    }
    let hides = |filter: &&Filter| {
        let both = Expr::and([own.clone(), detection_expr(&filter.detection)]);
        verdict(&merge(both)) == Some(false)
    };
    let filters = || checked.filters.iter().map(AsRef::as_ref);
    // Where none of them does it alone, they do it together.
    let reasons = match filters().find(hides) {
        Some(filter) => vec![filter],
        None => filters().collect(),
    };
    if reasons.is_empty() {
        return None;
    }
    let message = match reasons.as_slice() {
        [filter] => {
            format!("the filter `{}` leaves out every match of this rule", filter.title.value)
        }
        several => format!("{} filters leave out every match of this rule", several.len()),
    };
    let mut diagnostic = Diagnostic::warning(Code::FilterHidesRule, message)
        .at(place, "no record that meets this …");
    for condition in reasons.iter().filter_map(|filter| filter.detection.conditions.first()) {
        diagnostic = diagnostic.at(condition.text.span, "… meets this, too");
    }
    Some(diagnostic.help("narrow the filter, take the rule out of its `rules`, or remove the rule"))
}

/// Why an entry of the exceptions leaves no match of its rule, which means `expr`.
pub fn by_exceptions(checked: &CheckedRule, expr: &Expr) -> Option<Diagnostic> {
    let entry = checked.exceptions.as_ref()?;
    let reason = match entry.actors_regex.iter().find(|pattern| fits_all(pattern)) {
        Some(pattern) => format!("`{pattern}` is found in every name"),
        None => excluded(entry, expr)?.to_owned(),
    };
    Some(
        Diagnostic::warning(
            Code::ExceptionHidesRule,
            format!("this exception leaves out every match of `{}`", entry.title.value),
        )
        .at(checked.rule.title.span, "no match of this rule is left")
        .at(entry.title.span, reason)
        .help("narrow the exception, or remove the rule"),
    )
}

/// Whether an expression is found in every text: an unanchored one that is found in nothing.
fn fits_all(pattern: &str) -> bool {
    let found = |text: &str| regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text));
    found("") && !pattern.contains('^') && !pattern.contains('$') && !pattern.contains('\\')
}

/// Whether a match is always by an excluded actor or from an excluded address. CloudTrail writes
/// one text for each.
fn excluded(entry: &ExceptionEntry, expr: &Expr) -> Option<&'static str> {
    let mut tests = Vec::new();
    expr.for_each_test(&mut |test| tests.push(test));
    // Only what a test of the rule leads to can be the reason.
    let follows = |excluded: &Predicate| tests.iter().any(|test| implies(test, excluded));
    let field = |path: &str, test: Test| Predicate::Field { path: path.to_owned(), test };
    let actors = entry
        .actors
        .iter()
        .map(|actor| TextTest::pattern(Case::Folded, [Part::Text(actor.clone())]));
    let actors = (!entry.actors.is_empty())
        .then(|| field("userIdentity.arn", Test::Text(TextTest::any_of(actors.collect()))))
        .filter(follows);
    let network = |network: &IpNet| field("sourceIPAddress", Test::Network(*network));
    let networks: Vec<Predicate> = entry.source_ips.iter().map(network).filter(follows).collect();
    let never = |excluded: Vec<Predicate>| {
        if excluded.is_empty() {
            return false;
        }
        let excluded = excluded.into_iter().map(|test| Expr::not(Expr::Test(test)));
        verdict(&Expr::and([expr.clone()].into_iter().chain(excluded))) == Some(false)
    };
    let (by_actor, by_address): (Vec<_>, _) = (actors.into_iter().collect(), networks);
    if never(by_actor.clone()) {
        return Some("the rule wants an actor that is excluded");
    }
    if never(by_address.clone()) {
        return Some("the rule wants an address that is excluded");
    }
    never([by_actor, by_address].concat())
        .then_some("the rule wants an actor or an address that is excluded")
}
