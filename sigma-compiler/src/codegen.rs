//! From the plan to Rust. Cannot fail: every name is made here, and every text of a rule becomes
//! a literal. The same plan gives the same bytes.

mod alerting;
mod correlations;
mod dispatch;
mod matcher;
mod metadata;
mod paths;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use sha2::{Digest, Sha256};

use crate::{check::CheckedSet, plan::Plan, source::SourceFile};

/// The generated code of a whole rule set: a file to be included by a crate that depends on
/// `trailalerts-core`.
pub fn rule_set(set: &CheckedSet, plan: &Plan, files: &[SourceFile]) -> String {
    let names = matcher::function_names(set, files);
    let mut statics = matcher::Statics::default();
    let mut paths = paths::Paths::default();
    let functions: Vec<TokenStream> = set
        .rules
        .iter()
        .zip(&plan.rules)
        .zip(&names)
        .map(|((rule, expr), name)| {
            matcher::function(rule, expr, name, plan, &mut statics, &mut paths, files)
        })
        .collect();
    let rules: Vec<TokenStream> = set
        .rules
        .iter()
        .zip(&names)
        .map(|(rule, name)| metadata::rule(rule, name, &mut statics, files))
        .collect();
    let correlations = set.correlations.iter().map(|each| correlations::correlation(each, files));
    let postprocessing =
        set.postprocessing.iter().map(|each| correlations::postprocessing(each, files));
    let dispatch = dispatch::table(&plan.dispatch, &names);
    let sources = set.sources.iter().map(|source| &files[source.0]).map(|file| {
        let (path, text, directory) = (&file.path, &file.text, file.directory);
        quote!(Source { path: #path, text: #text, directory: #directory })
    });
    let off = set.off.iter().map(|off| {
        let (title, reason) = (&off.rule.title.value, &off.reason);
        let source = &files[off.rule.file.0].path;
        quote!(OffRule { title: #title, source: #source, reason: #reason })
    });
    let settings = alerting::settings(&set.alerts);
    let fingerprint = fingerprint(set, files);
    let (shared, recalled) = (plan.shared.len(), plan.recalled.len());
    let statics = statics.definitions();
    let paths = paths.module();
    let imports = imports();
    format_file(quote! {
        #imports

        /// The compiled rules.
        pub static RULE_SET: RuleSet = RuleSet {
            fingerprint: #fingerprint,
            rules: RULES,
            correlations: CORRELATIONS,
            postprocessing: POSTPROCESSING,
            settings: #settings,
            off: &[#(#off),*],
            dispatch: #dispatch,
            shared: #shared,
            recalled: #recalled,
        };

        /// The documents that the rules were compiled from.
        pub static SOURCES: &[Source] = &[#(#sources),*];

        static RULES: &[Rule] = &[#(#rules),*];

        static CORRELATIONS: &[correlation::Correlation] = &[#(#correlations),*];

        static POSTPROCESSING: &[postprocessing::PostprocessingRule] = &[#(#postprocessing),*];

        #paths

        #(#statics)*

        #(#functions)*
    })
}

/// The generated function of one rule, with the regular expressions it uses.
pub fn one_rule(set: &CheckedSet, plan: &Plan, files: &[SourceFile], rule: usize) -> String {
    let names = matcher::function_names(set, files);
    let mut statics = matcher::Statics::default();
    let mut paths = paths::Paths::default();
    let function = matcher::function(
        &set.rules[rule],
        &plan.rules[rule],
        &names[rule],
        plan,
        &mut statics,
        &mut paths,
        files,
    );
    let (statics, paths) = (statics.definitions(), paths.module());
    format_file(quote! { #paths #(#statics)* #function })
}

fn imports() -> TokenStream {
    quote! {
        #[allow(unused_imports, reason = "which of them occur depends on the rules")]
        use ::trailalerts_core::{
            alerting,
            correlation,
            exception::Exception,
            ipnet::{IpNet, Ipv4Net, Ipv6Net},
            phf,
            postprocessing,
            predicate::{
                Case::{Exact, Folded},
                Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual},
                Part::{Dash, One, Run, Text},
                Relation, Substrings,
                Test::{
                    AnyOf, Compare, Contains, ContainsAny, EndsWith, Equals, Exists, Network, Null, OneOf, Regex, StartsWith, Time, Wildcard,
                },
                TimePart, regex,
            },
            rule_set::{Dispatch, Level, Matching, OffRule, Related, Rule, RuleSet, Source, at_least},
        };
        #[allow(unused_imports, reason = "which of them occur depends on the rules")]
        use ::std::{net::{Ipv4Addr, Ipv6Addr}, sync::LazyLock};
    }
}

/// Names the rule set: the same for the same documents, whatever the machine.
fn fingerprint(set: &CheckedSet, files: &[SourceFile]) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    // Of other files, test records among them, no generated line depends.
    for file in set.sources.iter().map(|source| &files[source.0]) {
        for part in [&file.path, &file.text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn format_file(tokens: TokenStream) -> String {
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => unreachable!("the generated code is not Rust: {error}\n{tokens}"),
    }
}

fn network(network: &ipnet::IpNet) -> TokenStream {
    let length = network.prefix_len();
    match network {
        ipnet::IpNet::V4(v4) => {
            let parts = v4.network().octets();
            quote!(IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(#(#parts),*), #length)))
        }
        ipnet::IpNet::V6(v6) => {
            let parts = v6.network().segments();
            quote!(IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(#(#parts),*), #length)))
        }
    }
}

fn ident(name: &str) -> proc_macro2::Ident {
    format_ident!("{name}")
}
