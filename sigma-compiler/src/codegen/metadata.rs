//! What people are told of a rule: everything but its matcher.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{alerting::alerting, ident, matcher::Statics, network};
use crate::{
    ast::{ExceptionEntry, Level, Related},
    check::CheckedRule,
    source::SourceFile,
};

/// The static of a rule.
pub fn rule(
    checked: &CheckedRule,
    matcher: &Ident,
    statics: &mut Statics,
    files: &[SourceFile],
) -> TokenStream {
    let rule = &checked.rule;
    let (id, title, source) = (&checked.id, &rule.title.value, &files[rule.file.0].path);
    let level = level(rule.level.unwrap_or(Level::Medium));
    let generate = checked.generate;
    let status = optional(rule.status.map(|status| status.name()));
    let description = optional(rule.description.as_ref().map(|text| text.value.as_str()));
    let author = optional(rule.author.as_deref());
    let date = optional(rule.date.as_deref());
    let modified = optional(rule.modified.as_deref());
    let references = &rule.references;
    let tags = rule.tags.iter().map(|tag| &tag.value);
    let name = optional(rule.name.as_ref().map(|name| name.value.as_str()));
    let license = optional(rule.license.as_deref());
    let taxonomy = optional(rule.taxonomy.as_deref());
    let scope = &rule.scope;
    let related = rule
        .related
        .iter()
        .map(|Related { id, relation }| quote!(Related { id: #id, relation: #relation }));
    let custom = rule.custom.iter().map(|(name, json)| quote!((#name, #json)));
    let (fields, falsepositives) = (&rule.fields, &rule.falsepositives);
    let conditions: Vec<&str> =
        rule.detection.conditions.iter().map(|each| each.text.value.trim()).collect();
    let condition = conditions.join(" or ");
    let filters = checked.filters.iter().map(|filter| &filter.title.value);
    let alerting = alerting(&rule.alerting);
    let exception = match &checked.exceptions {
        Some(entry) => {
            let exception = exception(entry, statics);
            quote!(Some(#exception))
        }
        None => quote!(None),
    };
    quote! {
        Rule {
            id: #id,
            title: #title,
            name: #name,
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
            related: &[#(#related),*],
            license: #license,
            taxonomy: #taxonomy,
            scope: &[#(#scope),*],
            custom: &[#(#custom),*],
            condition: #condition,
            filters: &[#(#filters),*],
            source: #source,
            matcher: #matcher,
            exception: #exception,
            generate: #generate,
            alerting: #alerting,
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

fn exception(entry: &ExceptionEntry, statics: &mut Statics) -> TokenStream {
    let actors = &entry.actors;
    let source_ips = entry.source_ips.iter().map(network);
    let actors_regex: Vec<Ident> =
        entry.actors_regex.iter().map(|pattern| statics.regex(pattern)).collect();
    quote! {
        Exception {
            actors: &[#(#actors),*],
            source_ips: &[#(#source_ips),*],
            actors_regex: &[#(&#actors_regex),*],
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{compile, source::SourceFile};

    #[test]
    fn every_attribute_reaches_the_generated_rule() {
        let text = "title: T\nid: 11111111-2222-3333-4444-555555555555\nname: its_name\nrelated:\n  - id: \
            11111111-2222-3333-4444-66666666666A\n    type: derived\nlicense: MIT\ntaxonomy: sigma\nscope: [server]\n\
            owner: [ann, max]\nfilter: a \"text\"\ncorrelations: 5\nlogsource:\n  product: aws\ndetection:\n  \
            selection:\n    eventName: x\n  condition: selection\n";
        let compilation = compile(vec![SourceFile::new("rule.yml", text)], Vec::new());
        assert!(!compilation.has_errors(), "{:?}", compilation.diagnostics);
        let dense = |text: &str| text.split_whitespace().collect::<String>().replace(",]", "]");
        let generated = dense(&compilation.generate()).replace(",}", "}");
        for expected in [
            r#"name: Some("its_name")"#,
            r#"related: &[Related { id: "11111111-2222-3333-4444-66666666666a", relation: "derived" }]"#,
            r#"license: Some("MIT")"#,
            r#"taxonomy: Some("sigma")"#,
            r#"scope: &["server"]"#,
            r#"custom: &[("owner", "[\"ann\",\"max\"]"), ("filter", "\"a \\\"text\\\"\""), ("correlations", "5")]"#,
        ] {
            assert!(generated.contains(&dense(expected)), "{expected}\n{generated}");
        }
    }
}
