//! One function a rule: its expression as Rust.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{ident, network};
use crate::{
    check::{CheckedRule, CheckedSet},
    hir::{Case, Comparison, Expr, Part, Predicate, Relation, Test, TextTest, TimePart},
    plan::Plan,
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
    regexes: &mut Regexes,
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
    let body = Emit { plan, regexes }.expr(expr);
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

/// The regular expressions of the generated code, each compiled at its first use.
#[derive(Default)]
pub struct Regexes(BTreeMap<String, usize>);

impl Regexes {
    /// The static that holds the pattern.
    pub fn name(&mut self, pattern: &str) -> Ident {
        let next = self.0.len();
        let number = *self.0.entry(pattern.to_owned()).or_insert(next);
        format_ident!("REGEX_{number}")
    }

    /// The definitions of all statics, in order.
    pub fn statics(&self) -> Vec<TokenStream> {
        let mut patterns: Vec<(&String, &usize)> = self.0.iter().collect();
        patterns.sort_by_key(|(_, number)| **number);
        patterns
            .into_iter()
            .map(|(pattern, number)| {
                let name = format_ident!("REGEX_{number}");
                quote!(static #name: LazyLock<::trailalerts::regex::Regex> = LazyLock::new(|| regex(#pattern));)
            })
            .collect()
    }
}

struct Emit<'a> {
    plan: &'a Plan,
    regexes: &'a mut Regexes,
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
                let test = self.test(test);
                quote!(record.field(#path, &#test))
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
                quote!(record.field_ref(#left, #relation, #case, #right))
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
                let name = self.regexes.name(pattern);
                quote!(Regex(&#name))
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
