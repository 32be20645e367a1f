//! Sigma correlations against the rules and correlations they name. After this every reference is
//! an index, and following references ends.

use std::collections::HashMap;

use super::{CheckedRule, keep_newest};
use crate::{
    ast::{ConditionExpr, Correlation, CorrelationCondition, Level},
    diagnostic::{Code, Diagnostic, nearest},
    source::{SourceFile, Span, Spanned},
};

/// A correlation whose references are resolved.
#[derive(Debug)]
pub struct CheckedCorrelation {
    /// The correlation as written.
    pub correlation: Correlation,
    /// Its id, or what stands for it: the name of its file.
    pub id: String,
    /// What it joins, in the order of `rules`.
    pub members: Vec<Member>,
    /// `group-by`, in the order written.
    pub group_by: Vec<Key>,
    /// `field` of the condition.
    pub measured: Vec<Key>,
    /// Its level, or the highest among its members where it has none.
    pub level: Level,
    /// Whether it alerts by itself, although others may name it.
    pub generate: bool,
}

/// What a correlation joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// A rule, by its index in the set.
    Rule(usize),
    /// A correlation, by its index in the set.
    Correlation(usize),
}

/// A field or alias, with the field it stands for in each member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As written.
    pub name: String,
    /// One path a member.
    pub fields: Vec<String>,
}

/// Resolves what correlations name. Nothing is returned where an error was reported, or where
/// `complete` does not hold: what is missing may be what a file that could not be read holds.
pub fn check(
    correlations: Vec<Correlation>,
    rules: &mut [CheckedRule],
    files: &[SourceFile],
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<CheckedCorrelation> {
    let mut correlations: Vec<(String, Correlation)> = correlations
        .into_iter()
        .map(|each| (super::id_of(each.id.as_ref(), each.file, files), each))
        .collect();
    keep_newest(&mut correlations, |(id, each)| (id, files[each.file.0].directory));
    let names = Names::new(rules, &correlations);
    names.warn_of_duplicates(diagnostics);
    let before = diagnostics.len();
    let mut checked = Vec::new();
    for (id, correlation) in &correlations {
        let members: Vec<Option<Member>> = correlation
            .rules
            .iter()
            .map(|reference| names.resolve(reference, complete, diagnostics))
            .collect();
        let Some(members) = members.into_iter().collect::<Option<Vec<_>>>() else {
            continue;
        };
        same_member_twice(correlation, &members, diagnostics);
        let (group_by, measured) = keys(correlation, &members, &names, diagnostics);
        checked.push(CheckedCorrelation {
            correlation: correlation.clone(),
            id: id.clone(),
            members,
            group_by,
            measured,
            level: correlation.level.unwrap_or(Level::Informational),
            generate: true,
        });
    }
    let failed = crate::diagnostic::has_errors(diagnostics.get(before..).unwrap_or_default());
    if failed || checked.len() < correlations.len() {
        return Vec::new();
    }
    let (order, circular) = order(&checked);
    if !circular.is_empty() {
        report_circles(&checked, &circular, diagnostics);
        return Vec::new();
    }
    levels(&mut checked, rules, &order);
    generate(&mut checked, rules);
    checked
}

/// A document that a correlation can name.
struct Named {
    id: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    title: Spanned<String>,
    /// The id, or what stands for it.
    shown_id: String,
    member: Member,
}

struct Names {
    documents: Vec<Named>,
    by_reference: HashMap<String, Vec<usize>>,
}

impl Names {
    fn new(rules: &[CheckedRule], correlations: &[(String, Correlation)]) -> Self {
        let rules = rules.iter().enumerate().map(|(at, checked)| Named {
            id: checked.rule.id.clone(),
            name: checked.rule.name.clone(),
            title: checked.rule.title.clone(),
            shown_id: checked.id.clone(),
            member: Member::Rule(at),
        });
        let correlations = correlations.iter().enumerate().map(|(at, (id, each))| Named {
            id: each.id.clone(),
            name: each.name.clone(),
            title: each.title.clone(),
            shown_id: id.clone(),
            member: Member::Correlation(at),
        });
        let documents: Vec<Named> = rules.chain(correlations).collect();
        let mut by_reference: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, document) in documents.iter().enumerate() {
            let id = document.id.as_ref().map(|id| id.value.clone());
            let name = document.name.as_ref().map(|name| name.value.clone());
            for reference in id.iter().chain(name.iter().filter(|name| Some(*name) != id.as_ref()))
            {
                by_reference.entry(reference.clone()).or_default().push(at);
            }
        }
        Self { documents, by_reference }
    }

    /// The documents that an id (in any case) or name means.
    fn find(&self, reference: &str) -> Vec<&Named> {
        let lower = reference.to_lowercase();
        let exact = self.by_reference.get(reference).into_iter().flatten();
        let folded = self.by_reference.get(&lower).into_iter().flatten().filter(|&&at| {
            lower != reference && self.documents[at].id.as_ref().is_some_and(|id| id.value == lower)
        });
        exact.chain(folded).map(|&at| &self.documents[at]).collect()
    }

    fn resolve(
        &self,
        reference: &Spanned<String>,
        complete: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Member> {
        let written = &reference.value;
        match self.find(written).as_slice() {
            [only] => Some(only.member),
            [] if !complete => None,
            [] => {
                diagnostics.push(
                    Diagnostic::error(
                        Code::UnknownReference,
                        format!("no rule has the id or name `{written}`"),
                    )
                    .at(reference.span, "")
                    .help(self.instead_of(written)),
                );
                None
            }
            [first, second, ..] => {
                let place = |named: &Named| {
                    let carries =
                        |part: &&Spanned<String>| part.value.eq_ignore_ascii_case(written);
                    let parts = [&named.name, &named.id].into_iter().flatten();
                    parts.into_iter().find(carries).unwrap_or(&named.title).span
                };
                diagnostics.push(
                    Diagnostic::error(
                        Code::AmbiguousReference,
                        format!("several documents are called `{written}`"),
                    )
                    .at(reference.span, "which one is meant?")
                    .at(place(first), "this one")
                    .at(place(second), "or this one")
                    .help("give each an id and a name of its own"),
                );
                None
            }
        }
    }

    /// What to write instead of a reference that means nothing.
    fn instead_of(&self, written: &str) -> String {
        let called_so = self.documents.iter().find(|document| {
            document.title.value.eq_ignore_ascii_case(written) || document.shown_id == written
        });
        if let Some(document) = called_so {
            return match (&document.name, &document.id) {
                (Some(name), _) => {
                    format!("correlations name rules by id or `name`: write `{}`", name.value)
                }
                (None, Some(id)) => {
                    format!("correlations name rules by id or `name`: write `{}`", id.value)
                }
                (None, None) => {
                    "correlations name rules by id or `name`: give the rule a `name`".to_owned()
                }
            };
        }
        let known = self.documents.iter().flat_map(|document| {
            let id = document.id.as_ref().map(|id| id.value.as_str());
            document.name.as_ref().map(|name| name.value.as_str()).into_iter().chain(id)
        });
        match nearest(written, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write the `id` of a rule, or give it a `name`".to_owned(),
        }
    }

    /// A correlation that carries the id of another document.
    fn warn_of_duplicates(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut seen: HashMap<&str, &Named> = HashMap::new();
        for document in &self.documents {
            let first = *seen.entry(&document.shown_id).or_insert(document);
            // Rules among themselves are told of by the check of rules.
            if std::ptr::eq(first, document) || matches!(document.member, Member::Rule(_)) {
                continue;
            }
            let place = |each: &Named| each.id.as_ref().unwrap_or(&each.title).span;
            diagnostics.push(
                Diagnostic::warning(
                    Code::DuplicateId,
                    format!("the id `{}` is used twice", document.shown_id),
                )
                .at(place(document), "again here")
                .at(place(first), "first here")
                .help("give each of them a UUID of its own as `id`"),
            );
        }
    }
}

/// One document under two of its names.
fn same_member_twice(
    correlation: &Correlation,
    members: &[Member],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (at, member) in members.iter().enumerate() {
        let first = members.iter().position(|other| other == member).filter(|first| *first < at);
        if let Some(first) = first {
            let (again, first) = (&correlation.rules[at], &correlation.rules[first]);
            diagnostics.push(
                Diagnostic::error(
                    Code::InvalidCorrelation,
                    format!("`{}` and `{}` are the same rule", first.value, again.value),
                )
                .at(again.span, "again here")
                .at(first.span, "first here")
                .help("remove one of the two"),
            );
        }
    }
}

/// Resolves `group-by` and `field` through the aliases.
fn keys(
    correlation: &Correlation,
    members: &[Member],
    names: &Names,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Key>, Vec<Key>) {
    let mut aliases: HashMap<&str, Vec<Option<String>>> = HashMap::new();
    for alias in &correlation.aliases {
        let mut fields = vec![None; members.len()];
        for (rule, field) in &alias.fields {
            let meant = names.find(&rule.value);
            match members
                .iter()
                .position(|member| meant.iter().any(|named| named.member == *member))
            {
                Some(at) => fields[at] = Some(field.clone()),
                None => {
                    let known = correlation.rules.iter().map(|rule| rule.value.as_str());
                    diagnostics.push(
                        Diagnostic::error(
                            Code::UnknownReference,
                            format!("`{}` is not one of the correlation's `rules`", rule.value),
                        )
                        .at(rule.span, format!("in the alias `{}`", alias.name.value))
                        .help(match nearest(&rule.value, known) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => "add it to `rules`, or remove it here".to_owned(),
                        }),
                    );
                    // Which rule was meant is not known, so none is missing.
                    fields.iter_mut().for_each(|field| {
                        field.get_or_insert_default();
                    });
                }
            }
        }
        let used = correlation.group_by.iter().chain(&correlation.measured);
        if !used.clone().any(|key| key.value == alias.name.value) {
            diagnostics.push(
                Diagnostic::warning(
                    Code::UnusedAlias,
                    format!("the alias `{}` is not used", alias.name.value),
                )
                .at(alias.name.span, "")
                .help("use it in `group-by`, or remove it"),
            );
        }
        aliases.insert(&alias.name.value, fields);
    }
    let mut resolve = |key: &Spanned<String>| {
        let fields = match aliases.get(key.value.as_str()) {
            None => vec![key.value.clone(); members.len()],
            Some(fields) => {
                let place = correlation.aliases.iter().find(|alias| alias.name.value == key.value);
                let place = place.map_or(key.span, |alias| alias.name.span);
                for (rule, _) in correlation.rules.iter().zip(fields).filter(|(_, f)| f.is_none()) {
                    diagnostics.push(incomplete(&key.value, place, rule));
                }
                fields.iter().map(|field| field.clone().unwrap_or_default()).collect()
            }
        };
        Key { name: key.value.clone(), fields }
    };
    let group_by = correlation.group_by.iter().map(&mut resolve).collect();
    (group_by, correlation.measured.iter().map(&mut resolve).collect())
}

fn incomplete(alias: &str, place: Span, rule: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        Code::IncompleteAlias,
        format!("the alias `{alias}` names no field for `{}`", rule.value),
    )
    .at(place, "")
    .at(rule.span, "joined here")
    .help(format!("add a line `{}: …` with the field below the alias", rule.value))
}

/// Correlations in an order in which each comes after those it names, and those that no order can
/// hold: the ones in a circle and the ones that lead to it.
fn order(checked: &[CheckedCorrelation]) -> (Vec<usize>, Vec<bool>) {
    let mut waiting_for: Vec<usize> = Vec::new();
    let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); checked.len()];
    for (at, each) in checked.iter().enumerate() {
        let mut count = 0;
        for member in &each.members {
            if let Member::Correlation(other) = member {
                count += 1;
                named_by[*other].push(at);
            }
        }
        waiting_for.push(count);
    }
    let mut order: Vec<usize> = (0..checked.len()).filter(|&at| waiting_for[at] == 0).collect();
    let mut done = 0;
    while let Some(&at) = order.get(done) {
        done += 1;
        for &other in &named_by[at] {
            waiting_for[other] -= 1;
            if waiting_for[other] == 0 {
                order.push(other);
            }
        }
    }
    let circular: Vec<bool> = waiting_for.iter().map(|&count| count > 0).collect();
    (order, if circular.contains(&true) { circular } else { Vec::new() })
}

/// Reports each circle once, with all references that make it.
fn report_circles(
    checked: &[CheckedCorrelation],
    circular: &[bool],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut visited = vec![false; checked.len()];
    for start in 0..checked.len() {
        let mut path: Vec<(usize, Span)> = Vec::new();
        let mut at = start;
        while circular[at] && !visited[at] {
            visited[at] = true;
            let each = &checked[at];
            let next =
                each.members.iter().zip(&each.correlation.rules).find_map(|(member, reference)| {
                    match member {
                        Member::Correlation(other) if circular[*other] => {
                            Some((*other, reference.span))
                        }
                        _ => None,
                    }
                });
            let Some((next, place)) = next else {
                break;
            };
            path.push((at, place));
            at = next;
        }
        let Some(begin) = path.iter().position(|(each, _)| *each == at) else {
            continue;
        };
        diagnostics.push(circle(checked, &path[begin..]));
    }
}

fn circle(checked: &[CheckedCorrelation], path: &[(usize, Span)]) -> Diagnostic {
    let title = |at: usize| checked[at].correlation.title.value.as_str();
    let message = match path {
        [(at, _)] => format!("the correlation `{}` names itself", title(*at)),
        _ => "these correlations name each other in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(Code::CircularCorrelation, message);
    for (number, (at, place)) in path.iter().enumerate() {
        let next = path.get(number + 1).or(path.first()).map_or(*at, |(next, _)| *next);
        let label = match path.len() {
            1 => String::new(),
            _ => format!("`{}` names `{}`", title(*at), title(next)),
        };
        diagnostic = diagnostic.at(*place, label);
    }
    diagnostic.help("remove one of the references")
}

/// A correlation without a level has the highest of its members: it adjusts nothing.
fn levels(checked: &mut [CheckedCorrelation], rules: &[CheckedRule], order: &[usize]) {
    for &at in order {
        if checked[at].correlation.level.is_some() {
            continue;
        }
        let members = checked[at].members.iter().map(|member| match member {
            Member::Rule(rule) => rules[*rule].rule.level.unwrap_or(Level::Medium),
            Member::Correlation(other) => checked[*other].level,
        });
        checked[at].level = members.max().unwrap_or(Level::Medium);
    }
}

/// What correlations name alerts by itself only where one of them says `generate: true`.
fn generate(checked: &mut [CheckedCorrelation], rules: &mut [CheckedRule]) {
    let named: Vec<(Member, bool)> = checked
        .iter()
        .flat_map(|each| each.members.iter().map(|member| (*member, each.correlation.generate)))
        .collect();
    for asked in [false, true] {
        for (member, _) in named.iter().filter(|(_, generate)| *generate == asked) {
            match member {
                Member::Rule(rule) => rules[*rule].generate = asked,
                Member::Correlation(other) => checked[*other].generate = asked,
            }
        }
    }
}

impl CheckedCorrelation {
    /// The position among the members of what an identifier of the condition names.
    pub fn position(&self, identifier: &str) -> Option<usize> {
        self.correlation.rules.iter().position(|rule| rule.value == identifier)
    }

    /// The expression of the condition, where it is one.
    pub fn expression(&self) -> Option<&ConditionExpr> {
        match &self.correlation.condition {
            CorrelationCondition::Expression(condition) => Some(&condition.expr),
            CorrelationCondition::Compare(_) => None,
        }
    }
}
