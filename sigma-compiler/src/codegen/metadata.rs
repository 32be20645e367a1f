//! What people are told of a rule: everything but its matcher.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{ident, matcher::Regexes, network};
use crate::{
    ast::{ExceptionEntry, Level},
    check::CheckedRule,
    source::SourceFile,
};

/// The static of a rule.
pub fn rule(
    checked: &CheckedRule,
    matcher: &Ident,
    regexes: &mut Regexes,
    files: &[SourceFile],
) -> TokenStream {
    let rule = &checked.rule;
    let (id, title, source) = (&checked.id, &rule.title.value, &files[rule.file.0].path);
    let level = level(rule.level.unwrap_or(Level::Medium));
    let generate = checked.generate;
    let status = optional(rule.status.map(|status| status.name()));
    let description = optional(rule.description.as_deref());
    let author = optional(rule.author.as_deref());
    let date = optional(rule.date.as_deref());
    let modified = optional(rule.modified.as_deref());
    let (references, tags) = (&rule.references, &rule.tags);
    let (fields, falsepositives) = (&rule.fields, &rule.falsepositives);
    let conditions: Vec<&str> =
        rule.detection.conditions.iter().map(|each| each.text.value.trim()).collect();
    let condition = conditions.join(" or ");
    let exception = match &checked.exceptions {
        Some(entry) => {
            let exception = exception(entry, regexes);
            quote!(Some(#exception))
        }
        None => quote!(None),
    };
    quote! {
        Rule {
            id: #id,
            title: #title,
            level: #level,
            status: #status,
            description: #description,
            author: #author,
            date: #date,
            modified: #modified,
            references: &[#(#references),*],
            tags: &[#(#tags),*],
            fields: &[#(#fields),*],
            falsepositives: &[#(#falsepositives),*],
            condition: #condition,
            source: #source,
            matcher: #matcher,
            exception: #exception,
            generate: #generate,
        }
    }
}

/// A level, as an expression.
pub fn level(level: Level) -> TokenStream {
    let name = ident(match level {
        Level::Informational => "Informational",
        Level::Low => "Low",
        Level::Medium => "Medium",
        Level::High => "High",
        Level::Critical => "Critical",
    });
    quote!(Level::#name)
}

/// A text that may be missing, as an expression.
pub fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn exception(entry: &ExceptionEntry, regexes: &mut Regexes) -> TokenStream {
    let actors = &entry.actors;
    let source_ips = entry.source_ips.iter().map(network);
    let actors_regex: Vec<Ident> =
        entry.actors_regex.iter().map(|pattern| regexes.name(pattern)).collect();
    quote! {
        Exception {
            actors: &[#(#actors),*],
            source_ips: &[#(#source_ips),*],
            actors_regex: &[#(&#actors_regex),*],
        }
    }
}
