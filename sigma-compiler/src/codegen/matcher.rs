//! One function a rule: its expression as Rust.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{ident, network, paths::Paths};
use crate::{
    check::{CheckedRule, CheckedSet},
    hir::{Case, Comparison, Expr, Part, Predicate, Relation, Test, TextTest, TimePart},
    plan::{Plan, is_substring},
    source::SourceFile,
};

/// A function name for each rule, after its file.
pub fn function_names(set: &CheckedSet, files: &[SourceFile]) -> Vec<Ident> {
    let mut taken = HashSet::new();
    let mut unique = |rule: &CheckedRule| {
        let stem = files[rule.rule.file.0].stem().to_lowercase();
        let mut name: String =
            stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && syn::parse_str::<Ident>(&name).is_ok();
        if !plain {
            name = format!("rule_{name}");
        }
        let base = name.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        ident(&name)
    };
    set.rules.iter().map(&mut unique).collect()
}

/// The matcher of a rule.
pub fn function(
    rule: &CheckedRule,
    expr: &Expr,
    name: &Ident,
    plan: &Plan,
    statics: &mut Statics,
    paths: &mut Paths,
    files: &[SourceFile],
) -> TokenStream {
    let docs = [
        format!(" {}", one_line(&rule.rule.title.value)),
        String::new(),
        format!(" {}, {}", one_line(&rule.id), one_line(&files[rule.rule.file.0].path)),
    ];
    let filters = rule.filters.iter().map(|filter| {
        let (title, path) = (&filter.title.value, &files[filter.file.0].path);
        format!(" Only where the filter “{}” of {} holds, too.", one_line(title), one_line(path))
    });
    let docs = docs.into_iter().chain(rule.filters.first().map(|_| String::new())).chain(filters);
    let body = Emit { plan, statics, paths }.expr(expr);
    quote! {
        #(#[doc = #docs])*
        fn #name(record: &Matching<'_>) -> bool {
            #body
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the generated code makes at its first use: regular expressions, and lists of substrings
/// that are looked for in one pass.
#[derive(Default)]
pub struct Statics {
    regexes: BTreeMap<String, usize>,
    substrings: BTreeMap<Vec<String>, usize>,
}

impl Statics {
    /// The static that holds the pattern.
    pub fn regex(&mut self, pattern: &str) -> Ident {
        let next = self.regexes.len();
        let number = *self.regexes.entry(pattern.to_owned()).or_insert(next);
        format_ident!("REGEX_{number}")
    }

    /// The static that holds what the tests look for.
    fn substrings(&mut self, tests: &[TextTest]) -> Ident {
        let next = self.substrings.len();
        let text = |test: &TextTest| match test {
            TextTest::Contains(_, text) => Some(text.clone()),
            _ => None,
        };
        let texts = tests.iter().filter_map(text).collect();
        let number = *self.substrings.entry(texts).or_insert(next);
        format_ident!("SUBSTRINGS_{number}")
    }

    /// The definitions of all statics, in order.
    pub fn definitions(&self) -> Vec<TokenStream> {
        let mut regexes: Vec<_> = self.regexes.iter().collect();
        regexes.sort_by_key(|(_, number)| **number);
        let regexes = regexes.into_iter().map(|(pattern, number)| {
            let name = format_ident!("REGEX_{number}");
            quote!(static #name: LazyLock<::trailalerts_core::regex::bytes::Regex> = LazyLock::new(|| regex(#pattern));)
        });
        let mut substrings: Vec<_> = self.substrings.iter().collect();
        substrings.sort_by_key(|(_, number)| **number);
        let substrings = substrings.into_iter().map(|(texts, number)| {
            let name = format_ident!("SUBSTRINGS_{number}");
            quote!(static #name: LazyLock<Substrings> = LazyLock::new(|| Substrings::new(&[#(#texts),*]));)
        });
        regexes.chain(substrings).collect()
    }
}

struct Emit<'a> {
    plan: &'a Plan,
    statics: &'a mut Statics,
    paths: &'a mut Paths,
}

impl Emit<'_> {
    fn expr(&mut self, expr: &Expr) -> TokenStream {
        match expr {
            Expr::Test(predicate) => self.predicate(predicate),
            Expr::Not(inner) => {
                let inner = self.operand(inner);
                quote!(!#inner)
            }
            Expr::And(operands) => chain(&self.operands(operands), &quote!(&&)),
            Expr::Or(operands) => chain(&self.operands(operands), &quote!(||)),
            Expr::AtLeast(count, operands) => {
                let operands: Vec<_> = operands.iter().map(|operand| self.expr(operand)).collect();
                quote!(at_least(#count, &[#(#operands),*]))
            }
        }
    }

    fn operands(&mut self, operands: &[Expr]) -> Vec<TokenStream> {
        operands.iter().map(|operand| self.operand(operand)).collect()
    }

    fn operand(&mut self, operand: &Expr) -> TokenStream {
        let inner = self.expr(operand);
        match operand {
            Expr::And(_) | Expr::Or(_) => quote!((#inner)),
            _ => inner,
        }
    }

    fn predicate(&mut self, predicate: &Predicate) -> TokenStream {
        let call = match predicate {
            Predicate::Field { path, test } => {
                let (path, test) = (self.paths.name(path), self.test(test));
                match self.plan.recalled.get(predicate) {
                    Some(number) => quote!(record.recall(#number, &path::#path, &#test)),
                    None => quote!(record.field(&path::#path, &#test)),
                }
            }
            Predicate::Keyword(test) => {
                let test = self.text_test(test);
                quote!(record.keyword(&#test))
            }
            Predicate::FieldRef { left, relation, case, right } => {
                let relation = match relation {
                    Relation::Equals => quote!(Relation::Equals),
                    Relation::StartsWith => quote!(Relation::StartsWith),
                    Relation::EndsWith => quote!(Relation::EndsWith),
                    Relation::Contains => quote!(Relation::Contains),
                };
                let case = self::case(*case);
                let (left, right) = (self.paths.name(left), self.paths.name(right));
                quote!(record.field_ref(&path::#left, #relation, #case, &path::#right))
            }
        };
        match self.plan.shared.get(predicate) {
            Some(number) => quote!(record.once(#number, |record| #call)),
            None => call,
        }
    }

    fn test(&mut self, test: &Test) -> TokenStream {
        match test {
            Test::Null => quote!(Null),
            Test::Exists => quote!(Exists),
            Test::Text(test) => self.text_test(test),
            Test::Network(each) => {
                let network = network(each);
                quote!(Network(#network))
            }
            Test::Compare(comparison, number) => {
                let comparison = self::comparison(*comparison);
                quote!(Compare(#comparison, #number))
            }
            Test::Time(part, comparison, number) => {
                let part = ident(match part {
                    TimePart::Minute => "Minute",
                    TimePart::Hour => "Hour",
                    TimePart::Day => "Day",
                    TimePart::Week => "Week",
                    TimePart::Month => "Month",
                    TimePart::Year => "Year",
                });
                let comparison = self::comparison(*comparison);
                let number = Literal::i64_unsuffixed(*number);
                quote!(Time(TimePart::#part, #comparison, #number))
            }
        }
    }

    fn text_test(&mut self, test: &TextTest) -> TokenStream {
        match test {
            TextTest::Equals(each, text) => with_case(quote!(Equals), *each, quote!(#text)),
            TextTest::OneOf(each, texts) => with_case(quote!(OneOf), *each, quote!(&[#(#texts),*])),
            TextTest::StartsWith(each, text) => with_case(quote!(StartsWith), *each, quote!(#text)),
            TextTest::EndsWith(each, text) => with_case(quote!(EndsWith), *each, quote!(#text)),
            TextTest::Contains(each, text) => with_case(quote!(Contains), *each, quote!(#text)),
            TextTest::Wildcard(each, parts) => {
                let parts = parts.iter().map(|part| match part {
                    Part::Text(text) => quote!(Text(#text)),
                    Part::One => quote!(One),
                    Part::Run => quote!(Run),
                    Part::Dash => quote!(Dash),
                });
                with_case(quote!(Wildcard), *each, quote!(&[#(#parts),*]))
            }
            TextTest::Regex(pattern) => {
                let name = self.statics.regex(pattern);
                quote!(Regex(&#name))
            }
            TextTest::AnyOf(tests) if tests.iter().all(is_substring) => {
                let name = self.statics.substrings(tests);
                quote!(ContainsAny(&#name))
            }
            TextTest::AnyOf(tests) => {
                let tests: Vec<_> = tests.iter().map(|test| self.text_test(test)).collect();
                quote!(AnyOf(&[#(#tests),*]))
            }
        }
    }
}

/// Joins operands by an operator. A chain nests as deep as it is long, for every reader of the
/// code, so that a long one is cut into groups.
fn chain(operands: &[TokenStream], operator: &TokenStream) -> TokenStream {
    const LONGEST: usize = 32;
    if operands.len() <= LONGEST {
        let mut joined = TokenStream::new();
        for (at, operand) in operands.iter().enumerate() {
            joined.extend((at > 0).then(|| operator.clone()));
            joined.extend(operand.clone());
        }
        return joined;
    }
    let groups: Vec<TokenStream> = operands
        .chunks(LONGEST)
        .map(|group| {
            let group = chain(group, operator);
            quote!((#group))
        })
        .collect();
    chain(&groups, operator)
}

fn with_case(test: TokenStream, each: Case, argument: TokenStream) -> TokenStream {
    let case = case(each);
    quote!(#test(#case, #argument))
}

fn comparison(comparison: Comparison) -> Ident {
    ident(match comparison {
        Comparison::Equal => "Equal",
        Comparison::Less => "Less",
        Comparison::LessOrEqual => "LessOrEqual",
        Comparison::Greater => "Greater",
        Comparison::GreaterOrEqual => "GreaterOrEqual",
    })
}

fn case(case: Case) -> TokenStream {
    match case {
        Case::Folded => quote!(Folded),
        Case::Exact => quote!(Exact),
    }
}
