//! Detection items: a field, a chain of value modifiers that the language allows, and values that
//! the chain can use.

use crate::{chance::Chance, value, yaml::Yaml};

/// An item, as a member of a map.
pub type Item = (String, Yaml);

/// Paths that reach all kinds of places: below each other, through arrays, with dots in the keys,
/// in other alphabets.
const FIELDS: &[&str] = &[
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.userName",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "requestParameters.userName",
    "requestParameters.policyDocument",
    "requestParameters.ipPermissions.items.cidrIp",
    "requestParameters.tags.key",
    "requestParameters.kubernetes.io/role",
    "requestParameters.größe",
    "requestParameters.say \"hi\"",
    "responseElements.list.text",
    "responseElements.a.b.c",
    "resources.ARN",
    "additionalEventData.bytes",
    "additionalEventData",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "readOnly",
    "awsRegion",
    "eventTime",
    "a.b",
    "a key",
    "x",
];

/// A field other than those that dispatch looks at.
pub fn field(chance: &mut Chance) -> &'static str {
    chance.pick::<&str>(FIELDS)
}

/// An item of a field.
pub fn item(field: &str, chance: &mut Chance) -> Item {
    match chance.below(24) {
        0..=4 => plain(field, chance),
        5..=9 => positioned(field, chance),
        10 | 11 => regex(field, chance),
        12 | 13 => encoded(field, chance),
        14 => dashed(field, chance),
        15 | 16 => compared(field, chance),
        17 | 18 => timed(field, chance),
        19 => network(field, chance),
        20 | 21 => reference(field, chance),
        22 => (format!("{field}|exists"), Yaml::word(*chance.pick(&["true", "true", "false"]))),
        _ => expanded(field, chance),
    }
}

/// An item of a field, or of none, that compares texts.
pub fn text_item(field: &str, chance: &mut Chance) -> Item {
    match chance.below(12) {
        0..=2 if !field.is_empty() => plain(field, chance),
        0..=6 => positioned(field, chance),
        7 => regex(field, chance),
        8 | 9 => encoded(field, chance),
        10 => dashed(field, chance),
        _ => expanded(field, chance),
    }
}

/// Keywords: a word, several, or with modifiers.
pub fn keywords(chance: &mut Chance) -> Yaml {
    if chance.one_in(3) {
        let (key, values) = text_item("", chance);
        return Yaml::Map(vec![(key, values)]);
    }
    let mut values = several(chance, value::part);
    if values.len() == 1 && chance.one_in(2) { values.remove(0) } else { Yaml::List(values) }
}

fn several(chance: &mut Chance, mut value: impl FnMut(&mut Chance) -> Yaml) -> Vec<Yaml> {
    let count = *chance.pick(&[1, 1, 1, 1, 2, 2, 3, 5]);
    (0..count).map(|_| value(chance)).collect()
}

/// Joins a chain with values. `core` keeps its order; those of `free` may stand anywhere.
fn chained(
    field: &str,
    core: &[&str],
    free: &[&str],
    mut values: Vec<Yaml>,
    chance: &mut Chance,
) -> Item {
    let mut chain = core.to_vec();
    for modifier in free {
        chain.insert(chance.below(chain.len() + 1), modifier);
    }
    let key = [&[field], &chain[..]].concat().join("|");
    let value =
        if values.len() == 1 && !chance.one_in(6) { values.remove(0) } else { Yaml::List(values) };
    (key, value)
}

/// Some of `allowed`, and now and then `all`, for which a second value is added.
fn modifiers<'m>(
    allowed: &[&'m str],
    values: &mut Vec<Yaml>,
    chance: &mut Chance,
    mut value: impl FnMut(&mut Chance) -> Yaml,
) -> Vec<&'m str> {
    let mut chosen: Vec<_> = allowed.iter().filter(|_| chance.one_in(5)).copied().collect();
    if chance.one_in(6) {
        chosen.push("all");
        if values.len() < 2 {
            values.push(value(chance));
        }
    }
    chosen
}

/// Equal, which a list of values is read for most often.
fn plain(field: &str, chance: &mut Chance) -> Item {
    let mut values = several(chance, value::any);
    let free = modifiers(&["cased", "neq"], &mut values, chance, value::any);
    chained(field, &[], &free, values, chance)
}

fn position(chance: &mut Chance) -> &'static str {
    chance.pick::<&str>(&["contains", "contains", "startswith", "endswith"])
}

fn positioned(field: &str, chance: &mut Chance) -> Item {
    let mut values = several(chance, value::part);
    let free = modifiers(&["cased", "neq"], &mut values, chance, value::part);
    chained(field, &[position(chance)], &free, values, chance)
}

fn regex(field: &str, chance: &mut Chance) -> Item {
    let make = |chance: &mut Chance| Yaml::text(value::regex(chance));
    let mut values = several(chance, make);
    let free = modifiers(&["neq"], &mut values, chance, make);
    chained(field, &search(chance), &free, values, chance)
}

/// `re` with some of its flags.
fn search(chance: &mut Chance) -> Vec<&'static str> {
    let mut chain = vec!["re"];
    for flag in [["i", "ignorecase"], ["m", "multiline"], ["s", "dotall"]] {
        if chance.one_in(4) {
            chain.insert(chance.between(1, chain.len()), *chance.pick(&flag));
        }
    }
    chain
}

fn encoded(field: &str, chance: &mut Chance) -> Item {
    let make = |chance: &mut Chance| {
        let text = value::escaped(chance);
        // A single character cannot be found in every place of base64.
        Yaml::text(if text.len() < 3 { format!("{text}ab") } else { text })
    };
    let mut values = several(chance, make);
    let free = modifiers(&["cased", "neq"], &mut values, chance, make);
    chained(field, &encoding(chance), &free, values, chance)
}

fn encoding(chance: &mut Chance) -> Vec<&'static str> {
    let mut chain = Vec::new();
    if chance.one_in(2) {
        chain.push(*chance.pick(&["utf16", "utf16le", "utf16be", "wide"]));
    }
    chain.push(*chance.pick(&["base64", "base64offset"]));
    if !chance.one_in(3) {
        chain.push(position(chance));
    }
    chain
}

fn dashed(field: &str, chance: &mut Chance) -> Item {
    let make = |chance: &mut Chance| {
        let option = *chance.pick(&["-enc", "/c", "--force", "-a -b", "x-y -z", "–p"]);
        let rest = if chance.one_in(2) { String::new() } else { value::pattern(chance) };
        Yaml::text(format!("{option}{rest}"))
    };
    let mut values = several(chance, make);
    let mut free = modifiers(&["cased", "neq"], &mut values, chance, make);
    if chance.one_in(2) {
        free.push(position(chance));
    }
    chained(field, &["windash"], &free, values, chance)
}

const COMPARISONS: &[&str] = &["lt", "lte", "gt", "gte"];

fn compared(field: &str, chance: &mut Chance) -> Item {
    let mut values = several(chance, value::number);
    let free = modifiers(&[], &mut values, chance, value::number);
    chained(field, &[*chance.pick(COMPARISONS)], &free, values, chance)
}

fn timed(field: &str, chance: &mut Chance) -> Item {
    const PARTS: &[(&str, usize, usize)] = &[
        ("minute", 0, 59),
        ("hour", 0, 23),
        ("day", 1, 31),
        ("week", 1, 53),
        ("month", 1, 12),
        ("year", 2019, 2031),
    ];
    let (part, least, most) = *chance.pick(PARTS);
    let make = |chance: &mut Chance| Yaml::word(chance.between(least, most).to_string());
    let mut values = several(chance, make);
    let mut free = modifiers(&[], &mut values, chance, make);
    match chance.below(6) {
        0 => free.push("neq"),
        1..=3 => free.push(chance.pick::<&str>(COMPARISONS)),
        _ => {}
    }
    chained(field, &[part], &free, values, chance)
}

fn network(field: &str, chance: &mut Chance) -> Item {
    let make = |chance: &mut Chance| Yaml::text(value::network(chance));
    let mut values = several(chance, make);
    let free = modifiers(&["neq"], &mut values, chance, make);
    chained(field, &["cidr"], &free, values, chance)
}

fn reference(of: &str, chance: &mut Chance) -> Item {
    let make = |chance: &mut Chance| Yaml::text(field(chance));
    let mut values = vec![make(chance)];
    let mut free = modifiers(&["cased", "neq"], &mut values, chance, make);
    if chance.one_in(2) {
        free.push(position(chance));
    }
    chained(of, &["fieldref"], &free, values, chance)
}

/// Values of the lists that placeholders stand for.
fn expanded(field: &str, chance: &mut Chance) -> Item {
    let (mut core, lists, allowed): (Vec<&str>, &[&str], &[&str]) = match chance.below(8) {
        0 => (search(chance), &["%patterns%", "^%patterns%", "(%patterns%)+"], &["neq"]),
        1 if !field.is_empty() => (vec!["cidr"], &["%networks%"], &["neq"]),
        2 | 3 => (encoding(chance), &["%plain%", "a%plain%"], &["cased", "neq"]),
        4 => (vec!["windash"], &["-%plain%", "run /%plain% *"], &["cased", "neq"]),
        5 => (Vec::new(), &["%names%", "%numbers%", "%names% %names%"], &["cased", "neq"]),
        _ => {
            (vec![position(chance)], &["%numbers%", "user/%names%", "%names%!"], &["cased", "neq"])
        }
    };
    if core == ["windash"] && chance.one_in(2) {
        core.push(position(chance));
    }
    let make = |chance: &mut Chance| Yaml::text(*chance.pick(lists));
    let mut values = vec![make(chance)];
    let mut free = modifiers(allowed, &mut values, chance, make);
    free.push("expand");
    chained(field, &core, &free, values, chance)
}
