//! `trailalerts rules`: what is compiled in.

pub mod alerting;
mod joining;

use std::{collections::BTreeMap, fmt::Write as _};

use clap::ValueEnum;
use serde_json::{Value, json};
use trailalerts_core::{Rule, RuleSet};

use crate::{
    Compiled, Failure, Outcome, compiled,
    output::{BOLD, DIM, RESET, Sink, level_style, plain},
};

/// Arguments of `trailalerts rules`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Title, id or file name of a rule to show in full
    rule: Option<String>,
    /// How rules are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print only the fingerprint of the rule set
    #[arg(long, conflicts_with_all = ["rule", "format"])]
    fingerprint: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// One JSON array
    Json,
    /// An ATT&CK Navigator layer
    Navigator,
}

/// Runs the command.
pub fn run(args: &Args, compiled: Compiled) -> Result<Outcome, Failure> {
    let set = compiled.rule_set;
    let chosen: Vec<&Rule> = match &args.rule {
        None => set.rules.iter().collect(),
        Some(name) => {
            let compilation = compiled.compile_again();
            let index = compiled::find(&compilation, name)?;
            set.rules.get(index).into_iter().collect()
        }
    };
    let text = match args.format {
        _ if args.fingerprint => format!("{}\n", set.fingerprint),
        Format::Json => {
            let mut values: Vec<Value> = chosen.iter().map(|rule| as_json(rule)).collect();
            if args.rule.is_none() {
                values.extend(joining::as_json(set));
            }
            format!("{:#}\n", Value::Array(values))
        }
        Format::Navigator => format!("{:#}\n", navigator_layer(set, &chosen)),
        Format::Text if args.rule.is_some() => chosen.iter().map(|rule| in_full(rule)).collect(),
        Format::Text => table(set),
    };
    let mut sink = Sink::open(None)?;
    sink.write(text.as_bytes())?;
    sink.finish()?;
    Ok(Outcome::Done)
}

fn table(set: &RuleSet) -> String {
    let width = set.rules.iter().map(|rule| rule.title.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in set.rules {
        let style = level_style(rule.level);
        let title = plain(rule.title);
        let _ = writeln!(
            text,
            "{style}{:<13}{RESET}  {title:<width$}  {DIM}{}{RESET}",
            rule.level.name(),
            plain(rule.id)
        );
    }
    for off in set.off {
        let (title, reason) = (plain(off.title), plain(off.reason));
        let _ = writeln!(text, "{DIM}{:<13}  {title:<width$}  {reason}{RESET}", "off");
    }
    text += &joining::table(set);
    let _ =
        writeln!(text, "{BOLD}{} rules{RESET}, fingerprint {}", set.rules.len(), set.fingerprint);
    text
}

fn in_full(rule: &Rule) -> String {
    let exception = rule.exception.as_ref().map(|exception| {
        format!(
            "{} actors, {} addresses, {} patterns",
            exception.actors.len(),
            exception.source_ips.len(),
            exception.actors_regex.len()
        )
    });
    let list = |texts: &[&str]| (!texts.is_empty()).then(|| texts.join("\n"));
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let related: Vec<String> =
        rule.related.iter().map(|each| format!("{} {}", each.relation, each.id)).collect();
    let related: Vec<&str> = related.iter().map(String::as_str).collect();
    let mut lines = vec![
        ("title", owned(Some(rule.title))),
        ("id", owned(Some(rule.id))),
        ("name", owned(rule.name)),
        ("level", owned(Some(rule.level.name()))),
        ("status", owned(rule.status)),
        ("description", owned(rule.description)),
        ("condition", owned(Some(rule.condition))),
        ("filters", list(rule.filters)),
        ("author", owned(rule.author)),
        ("date", owned(rule.date)),
        ("modified", owned(rule.modified)),
        ("tags", list(rule.tags)),
        ("fields", list(rule.fields)),
        ("falsepositives", list(rule.falsepositives)),
        ("references", list(rule.references)),
        ("related", list(&related)),
        ("license", owned(rule.license)),
        ("taxonomy", owned(rule.taxonomy)),
        ("scope", list(rule.scope)),
        ("exceptions", exception),
        ("source", owned(Some(rule.source))),
    ];
    lines.extend(alerting::lines(&rule.alerting));
    lines.extend(rule.custom.iter().map(|(name, json)| (*name, Some(custom_text(json)))));
    let mut text = String::new();
    for (name, value) in lines {
        for (at, line) in value.iter().flat_map(|value| value.lines().enumerate()) {
            let name = if at == 0 { plain(name) } else { String::new() };
            // Names of custom attributes have any length.
            let _ = writeln!(text, "{BOLD}{name:<15}{RESET} {}", plain(line));
        }
    }
    text
}

/// A custom attribute: a text as it is, a list of texts by lines, anything else as JSON.
fn custom_text(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(Value::String(text)) => text,
        Ok(Value::Array(values)) if values.iter().all(Value::is_string) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        _ => json.to_owned(),
    }
}

fn as_json(rule: &Rule) -> Value {
    let related: Vec<Value> =
        rule.related.iter().map(|each| json!({ "id": each.id, "type": each.relation })).collect();
    let custom: serde_json::Map<String, Value> = rule
        .custom
        .iter()
        .map(|(name, json)| {
            ((*name).to_owned(), serde_json::from_str(json).unwrap_or_else(|_| json!(json)))
        })
        .collect();
    json!({
        "kind": "rule",
        "id": rule.id,
        "title": rule.title,
        "name": rule.name,
        "level": rule.level.name(),
        "status": rule.status,
        "description": rule.description,
        "author": rule.author,
        "date": rule.date,
        "modified": rule.modified,
        "tags": rule.tags,
        "fields": rule.fields,
        "falsepositives": rule.falsepositives,
        "references": rule.references,
        "related": related,
        "license": rule.license,
        "taxonomy": rule.taxonomy,
        "scope": rule.scope,
        "custom": custom,
        "condition": rule.condition,
        "filters": rule.filters,
        "exceptions": rule.exception.is_some(),
        "generate": rule.generate,
        "alerting": alerting::as_json(&rule.alerting),
        "source": rule.source,
    })
}

/// A layer of the ATT&CK Navigator (layer format 4.5): how many rules watch for each technique.
fn navigator_layer(set: &RuleSet, rules: &[&Rule]) -> Value {
    let mut techniques: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for rule in rules {
        for tag in rule.tags {
            let technique = tag.to_lowercase();
            let Some(number) = technique
                .strip_prefix("attack.t")
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            else {
                continue;
            };
            techniques.entry(format!("T{number}")).or_default().push(rule.title);
        }
    }
    let most = techniques.values().map(Vec::len).max().unwrap_or(1);
    let techniques: Vec<Value> = techniques
        .into_iter()
        .map(|(id, titles)| json!({ "techniqueID": id, "score": titles.len(), "comment": titles.join("\n") }))
        .collect();
    json!({
        "name": "TrailAlerts",
        "versions": { "layer": "4.5", "navigator": "5.1.0" },
        "domain": "enterprise-attack",
        "description": format!("{} rules, fingerprint {}", rules.len(), set.fingerprint),
        "techniques": techniques,
        "gradient": { "colors": ["#ffffff", "#ff6666"], "minValue": 0, "maxValue": most },
    })
}

#[cfg(test)]
mod tests {
    use super::custom_text;

    #[test]
    fn custom_attributes_are_shown_as_they_were_written() {
        for (json, expected) in [
            (r#""a \"text\"""#, "a \"text\""),
            (r#"["ann","max"]"#, "ann\nmax"),
            (r#"["ann",5]"#, r#"["ann",5]"#),
            (r#"{"a":null}"#, r#"{"a":null}"#),
            ("12345678901234567890123", "12345678901234567890123"),
        ] {
            assert_eq!(custom_text(json), expected);
        }
    }
}
