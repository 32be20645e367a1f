//! Sigma correlations against the rules and correlations they name. After this every reference is
//! an index, and following references ends.

use std::collections::HashMap;

use super::{
    CheckedRule, Gone,
    circles::{order, report_circles},
    keep_newest,
    names::Names,
};
use crate::{
    ast::{ConditionExpr, Correlation, CorrelationCondition, Level},
    diagnostic::{Code, Diagnostic, Edit, nearest},
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

/// The correlations with their ids; of those with the same id, the ones of the last directory.
pub fn newest(correlations: Vec<Correlation>, files: &[SourceFile]) -> Vec<(String, Correlation)> {
    let mut correlations: Vec<(String, Correlation)> =
        correlations.into_iter().map(|each| (id_of(&each, files), each)).collect();
    keep_newest(&mut correlations, |(id, each)| (id, files[each.file.0].directory));
    correlations
}

/// Resolves what correlations name. Nothing is returned where an error was reported, or where
/// `complete` does not hold: what is missing may be what a file that could not be read holds.
pub fn check(
    correlations: &[(String, Correlation)],
    rules: &mut [CheckedRule],
    files: &[SourceFile],
    complete: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<CheckedCorrelation> {
    let names = Names::new(rules, correlations);
    names.warn_of_duplicates(files, diagnostics);
    let before = diagnostics.len();
    let mut checked = Vec::new();
    for (id, correlation) in correlations {
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

/// The id, or what stands for it.
fn id_of(correlation: &Correlation, files: &[SourceFile]) -> String {
    match &correlation.id {
        Some(id) => id.value.clone(),
        None => super::name(correlation.file, correlation.number, files),
    }
}

/// Takes out the correlations that name a rule which is left out, and those that name these.
pub fn leave_out(
    correlations: &mut Vec<(String, Correlation)>,
    rules: &[CheckedRule],
    mut gone: Gone,
    diagnostics: &mut Vec<Diagnostic>,
) {
    loop {
        let names = Names::new(rules, correlations);
        let found = correlations.iter().enumerate().find_map(|(at, (_, each))| {
            let what = format!("the correlation `{}`", each.title.value);
            let mut missing = each.rules.iter().filter(|rule| names.find(&rule.value).is_empty());
            Some((at, missing.find_map(|rule| gone.named(&what, rule))?))
        });
        let Some((at, note)) = found else {
            return;
        };
        let (_, left_out) = correlations.remove(at);
        let names = [left_out.id, left_out.name].into_iter().flatten().map(|name| name.value);
        gone.add(names.collect(), &note);
        diagnostics.push(note);
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
                .help("remove one of the two")
                .edit(Edit::remove_entry(again.span)),
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
                Some(at) if fields[at].is_some() => diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidCorrelation,
                        format!("the alias `{}` names two fields for one rule", alias.name.value),
                    )
                    .at(rule.span, "this rule is named above already")
                    .help("remove one of the two"),
                ),
                Some(at) => fields[at] = Some(field.clone()),
                None => {
                    let known = correlation.rules.iter().map(|rule| rule.value.as_str());
                    let diagnostic = Diagnostic::error(
                        Code::UnknownRule,
                        format!("`{}` is not one of the correlation's `rules`", rule.value),
                    )
                    .at(rule.span, format!("in the alias `{}`", alias.name.value));
                    diagnostics.push(match nearest(&rule.value, known) {
                        Some(near) => diagnostic.did_you_mean(rule.span, &rule.value, near),
                        None => diagnostic.help("add it to `rules`, or remove it here"),
                    });
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
                .help("use it in `group-by`, or remove it")
                .edit(Edit::remove_entry(alias.span)),
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
