//! Rules made by chance. Each of them is legal: one that the compiler refuses is a mistake, here
//! or there.

use std::ops::Range;

use sigma_compiler::source::SourceFile;

use crate::{
    chance::Chance,
    condition::condition,
    item::{self, Item},
    scope, value,
    yaml::{Yaml, write},
};

/// Names of search identifiers that patterns of them can tell apart, or not.
const IDENTIFIERS: &[&str] =
    &["sel_a", "sel_b", "sel_other", "filter_a", "filter_b", "größe-1", "_hidden", "kw.1"];

/// The rules of these numbers, each in a file of its own, and the placeholders that they use.
pub fn files(numbers: Range<usize>, seed: u64) -> Vec<SourceFile> {
    let rules = numbers.map(|number| {
        let text = document(number, &mut Chance::of(seed, number as u64));
        SourceFile::new(format!("random/rule_{number}.yml"), text)
    });
    let placeholders = SourceFile::new("random/placeholders.yml", value::PLACEHOLDERS);
    std::iter::once(placeholders).chain(rules).collect()
}

fn document(number: usize, chance: &mut Chance) -> String {
    let id = format!("5eed0000-0000-4000-8000-{number:012x}");
    let text = |text: &str| Yaml::text(text);
    let head = |title: String| {
        [
            ("title".to_owned(), Yaml::Text(title)),
            (
                "logsource".to_owned(),
                Yaml::Map(vec![
                    ("product".to_owned(), text("aws")),
                    ("service".to_owned(), text("cloudtrail")),
                ]),
            ),
        ]
    };
    let mut rule = head(format!("Random rule {number}")).to_vec();
    rule.push(("id".to_owned(), text(&id)));
    rule.push(("detection".to_owned(), Yaml::Map(detection(chance))));
    rule.push(("level".to_owned(), text("low")));
    let mut written = write(&rule, chance);
    if chance.one_in(16) {
        let mut members = vec![("rules".to_owned(), Yaml::List(vec![text(&id)]))];
        members.push(("out".to_owned(), search(false, chance)));
        members.push(("condition".to_owned(), text(chance.pick::<&str>(&["not out", "out"]))));
        let mut filter = head(format!("Random filter {number}")).to_vec();
        filter.push(("filter".to_owned(), Yaml::Map(members)));
        written.push_str("---\n");
        written.push_str(&write(&filter, chance));
    }
    written
}

fn detection(chance: &mut Chance) -> Vec<(String, Yaml)> {
    let mut members = vec![("selection".to_owned(), search(true, chance))];
    let others = *chance.pick(&[0, 0, 0, 1, 1, 1, 2, 2, 3, 5]);
    let first = chance.below(IDENTIFIERS.len());
    for name in IDENTIFIERS.iter().cycle().skip(first).take(others) {
        members.push(((*name).to_owned(), search(false, chance)));
    }
    let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
    let mut conditions = vec![Yaml::Text(condition(&names, chance))];
    if chance.one_in(10) {
        conditions.push(Yaml::Text(condition(&names, chance)));
    }
    let conditions =
        if conditions.len() == 1 { conditions.remove(0) } else { Yaml::List(conditions) };
    let at = chance.below(members.len() + 1);
    members.insert(at, ("condition".to_owned(), conditions));
    members
}

/// What a search identifier holds; the first of a rule says what the rule concerns.
fn search(first: bool, chance: &mut Chance) -> Yaml {
    let scope = match first {
        true => scope::items(chance),
        false if chance.one_in(4) => vec![scope::item(chance)],
        false => Vec::new(),
    };
    match chance.below(12) {
        0 if scope.is_empty() => item::keywords(chance),
        1 => {
            let mut maps: Vec<Yaml> =
                (0..chance.between(1, 3)).map(|_| Yaml::Map(map(Vec::new(), chance))).collect();
            if !scope.is_empty() {
                maps.push(Yaml::Map(map(scope, chance)));
            }
            if chance.one_in(4) {
                maps.push(item::keywords(chance));
            }
            if chance.one_in(6) { Yaml::List(vec![Yaml::List(maps)]) } else { Yaml::List(maps) }
        }
        _ => Yaml::Map(map(scope, chance)),
    }
}

/// Items that all must hold, of which a map has at least one.
fn map(mut items: Vec<Item>, chance: &mut Chance) -> Vec<Item> {
    let least = usize::from(items.is_empty());
    let more = *chance.pick(&[0, 1, 1, 1, 2, 2, 3, 7]);
    for _ in 0..more.max(least) {
        let (key, value) = match chance.below(24) {
            0 => item::text_item("", chance),
            _ => item::item(item::field(chance), chance),
        };
        // The same key twice is no YAML.
        if items.iter().all(|(known, _)| *known != key) {
            items.push((key, value));
        }
    }
    if chance.one_in(3) {
        items.reverse();
    }
    items
}
