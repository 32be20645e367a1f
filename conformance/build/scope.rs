//! What a rule says of eventSource and eventName: every form from which dispatch can and cannot
//! conclude something.

use crate::{
    chance::Chance,
    item::{Item, text_item},
    yaml::Yaml,
};

const SOURCES: &[&str] = &[
    "ec2.amazonaws.com",
    "iam.amazonaws.com",
    "s3.amazonaws.com",
    "kms.amazonaws.com",
    "sts.amazonaws.com",
    "ssm.amazonaws.com",
    "lambda.amazonaws.com",
    "EKS.amazonaws.com",
    "größe.example",
    "signin.amazonaws.com",
];

const NAMES: &[&str] = &[
    "CreateUser",
    "DeleteUser",
    "AttachRolePolicy",
    "StopLogging",
    "RunInstances",
    "TerminateInstances",
    "PutBucketPolicy",
    "GetObject",
    "ConsoleLogin",
    "AssumeRole",
    "GetSecretValue",
    "DisableKey",
    "ScheduleKeyDeletion",
    "SendCommand",
    "CreateAccessKey",
    "DescribeInstances",
    "listKeys",
    "Invoke",
    "Straße",
    "a\nb",
];

/// Items for the map that a rule begins with; none where it concerns every record.
pub fn items(chance: &mut Chance) -> Vec<Item> {
    match chance.below(12) {
        0 => Vec::new(),
        1..=4 => vec![source(chance), name(chance)],
        5 => vec![source(chance)],
        6 => vec![name(chance)],
        7 => vec![source(chance), text_item("eventName", chance)],
        8 => vec![name(chance), text_item("eventSource", chance)],
        9 => vec![loosely("eventName", NAMES, chance)],
        10 => vec![loosely("eventSource", SOURCES, chance), name(chance)],
        _ => vec![name(chance), source(chance)],
    }
}

/// One item, for a search identifier that narrows or leaves out.
pub fn item(chance: &mut Chance) -> Item {
    match chance.below(4) {
        0 => source(chance),
        1 => loosely("eventName", NAMES, chance),
        _ => name(chance),
    }
}

fn source(chance: &mut Chance) -> Item {
    exactly("eventSource", SOURCES, chance)
}

fn name(chance: &mut Chance) -> Item {
    exactly("eventName", NAMES, chance)
}

fn exactly(field: &str, known: &[&str], chance: &mut Chance) -> Item {
    let count = *chance.pick(&[1, 1, 1, 2, 3]);
    let mut values: Vec<_> = (0..count).map(|_| Yaml::text(*chance.pick(known))).collect();
    if chance.one_in(16) {
        values.push(Yaml::word("null"));
    }
    let chain = if chance.one_in(8) { "|cased" } else { "" };
    let value = if values.len() == 1 { values.remove(0) } else { Yaml::List(values) };
    (format!("{field}{chain}"), value)
}

/// By the begin, the end, a wildcard, or what it is not.
fn loosely(field: &str, known: &[&str], chance: &mut Chance) -> Item {
    let value = *chance.pick(known);
    let middle = value.char_indices().nth(2).map_or(0, |(at, _)| at);
    let (head, tail) = value.split_at(middle);
    let (chain, text) = match chance.below(8) {
        0 => ("|startswith", head.to_owned()),
        1 => ("|endswith", tail.to_owned()),
        2 => ("|contains|cased", tail.to_owned()),
        3 => ("", format!("{head}*")),
        4 => ("", format!("{head}?{}", tail.chars().skip(1).collect::<String>())),
        5 => ("|neq", value.to_owned()),
        6 => ("|re", format!("^{head}")),
        _ => ("|fieldref", "requestParameters.name".to_owned()),
    };
    (format!("{field}{chain}"), Yaml::text(text))
}
