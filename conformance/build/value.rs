//! Values of detection items.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{chance::Chance, yaml::Yaml};

/// `placeholders.yml`: what each kind of list is made for is told by its name.
pub const PLACEHOLDERS: &str = r"names: [ann, 'b?b', 'Zoë*']
numbers: [111122223333, 7, '044455556666']
plain: [ann, 'curl -s', 'x\*y']
networks: [192.0.2.0/24, '2001:db8::/32', 10.0.0.0/8]
patterns: ['a+b', '[0-9]{2}', 'ok$']
";

/// Texts without wildcards. What is special in one stage or another is well represented: letters
/// with several lower cases, dashes, backslashes, quotes, JSON, and what looks like another type.
const WORDS: &[&str] = &[
    "alice",
    "Bob",
    "Admin",
    "kiosk",
    "PROD",
    "ssm",
    "role",
    "Straße",
    "ΣΊΣΥΦΟΣ",
    "ſet",
    "\u{212a}ey",
    "ǅ",
    "İ",
    "Ünal",
    "😀",
    "a b",
    "x=1",
    "-enc",
    "--force",
    "/c",
    "–p",
    "C:\\Windows",
    "\\",
    "100%",
    "%x",
    "line\nbreak",
    "tab\there",
    "\"quoted\"",
    "{\"n\":1}",
    "[\"a\",",
    "true",
    "null",
    "12",
    "0.5",
    "443",
    "::1",
    "10.0.0.7",
    "arn:aws:iam::111122223333:user/",
    "#",
    "'",
    "~",
    "&a",
    "a: b",
    "\u{1}",
    "sg-0a1b",
    ".",
    "e\u{301}",
    "AWS::IAM::Role",
    "2026-01-02",
    " pad ",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "22",
    "443",
    "65535",
    "1.5",
    "-0.5",
    "0.25",
    "100.0",
    "12345678901234567890",
    "-9007199254740993",
    "170141183460469231731687303715884105728",
    "0x1F",
    "017",
    "1_000",
    "+7",
    "2.",
    "-0",
    "1.0e+3",
];

/// A text in which every character stands for itself.
pub fn word(chance: &mut Chance) -> String {
    let mut text = (*chance.pick(WORDS)).to_owned();
    for _ in 0..*chance.pick(&[0, 0, 0, 1, 1, 2]) {
        text.push_str(chance.pick::<&str>(&["", "-", " ", "/", ".", ":"]));
        text.push_str(chance.pick::<&str>(WORDS));
    }
    text
}

/// A text as a rule writes it where wildcards may not occur: those in it are escaped.
pub fn escaped(chance: &mut Chance) -> String {
    let text = word(chance);
    let middle = text.char_indices().nth(chance.below(4)).map_or(0, |(at, _)| at);
    // Behind a backslash that stands for itself, another one would be taken for the escaped one.
    let middle = if text[..middle].ends_with('\\') { 0 } else { middle };
    let extra = chance.pick::<&str>(&["", "", "", "\\*", "\\?", "\\\\"]);
    format!("{}{extra}{}", &text[..middle], &text[middle..])
}

/// A text with wildcards and escapes, or without.
pub fn pattern(chance: &mut Chance) -> String {
    const JOINTS: &[&str] =
        &["*", "*", "?", "??", "**", "\\*", "\\?", "\\\\", "\\\\*", "\\x", "?*"];
    if chance.one_in(2) {
        return word(chance);
    }
    let mut text = String::new();
    for at in 0..chance.between(1, 3) {
        if at > 0 || chance.one_in(3) {
            text.push_str(chance.pick::<&str>(JOINTS));
        }
        text.push_str(&word(chance));
    }
    if chance.one_in(3) {
        text.push_str(chance.pick::<&str>(JOINTS));
    }
    text
}

/// A value that no modifier restricts.
pub fn any(chance: &mut Chance) -> Yaml {
    match chance.below(12) {
        0 => Yaml::word(*chance.pick(&["null", "~"])),
        1 => Yaml::text(""),
        2 => Yaml::word(*chance.pick(&["true", "false", "yes", "False"])),
        3 | 4 => number(chance),
        _ => Yaml::text(pattern(chance)),
    }
}

/// A value of which `contains` and its like can find something.
pub fn part(chance: &mut Chance) -> Yaml {
    match chance.below(16) {
        0 => number(chance),
        1 => Yaml::word(*chance.pick(&["true", "false"])),
        _ => Yaml::text(pattern(chance)),
    }
}

/// A number in one of the notations of YAML.
pub fn number(chance: &mut Chance) -> Yaml {
    if chance.one_in(3) {
        return Yaml::word(chance.below(100_000).to_string());
    }
    Yaml::word(*chance.pick(NUMBERS))
}

/// A regular expression.
pub fn regex(chance: &mut Chance) -> String {
    const ATOMS: &[&str] = &[
        "adm",
        "Role",
        "é",
        "K",
        "ß",
        "[a-f0-9]{2,4}",
        "\\d+",
        "(one|two|)",
        "x\\*y",
        ".",
        ".*",
        "\\w{1,3}",
        "[^/]+",
        "\\s?",
        "(?:ab)+",
        "a{0}",
        "\\\\",
        "\\.",
        "\"k\":",
        "[[:upper:]]",
        "\\x41",
        "-",
        "\\bend",
        "σ",
        "\\n",
        "(?i:mIx)",
        "/",
    ];
    let mut text = String::from(if chance.one_in(3) { "^" } else { "" });
    for _ in 0..chance.between(1, 4) {
        text.push_str(chance.pick::<&str>(ATOMS));
    }
    text + if chance.one_in(3) { "$" } else { "" }
}

/// A network in CIDR notation, of addresses that begin it.
pub fn network(chance: &mut Chance) -> String {
    if chance.one_in(3) {
        let length = *chance.pick(&[0, 1, 16, 32, 48, 63, 64, 65, 127, 128]);
        let bits = u128::from(chance.next()) << 64 | u128::from(chance.next());
        let first = bits & u128::MAX.checked_shl(128 - length).unwrap_or(0);
        return format!("{}/{length}", Ipv6Addr::from(first));
    }
    let length = *chance.pick(&[0, 1, 8, 9, 12, 16, 23, 24, 31, 32]);
    let first = chance.next() as u32 & u32::MAX.checked_shl(32 - length).unwrap_or(0);
    format!("{}/{length}", Ipv4Addr::from(first))
}
