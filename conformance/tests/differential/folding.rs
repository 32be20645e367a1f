//! Every letter that has a case against its other cases: two tables of Unicode must agree.

use trailalerts_conformance::{RULE_SET, SOURCES};

use super::common::Rules;

/// The rule that compares two texts of the record without case.
const RULE: &str = "fieldref_equals";

/// Characters that a letter may be written as in another case.
fn partners(c: char) -> Vec<char> {
    let single = |mut cases: Box<dyn Iterator<Item = char>>| match (cases.next(), cases.next()) {
        (Some(one), None) if one != c => Some(one),
        _ => None,
    };
    let folded = sigma_compiler::hir::fold(c.encode_utf8(&mut [0; 4]));
    [
        single(Box::new(c.to_lowercase())),
        single(Box::new(c.to_uppercase())),
        single(Box::new(folded.chars())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_letter_folds_alike() {
    let rules = Rules::new(&RULE_SET, SOURCES);
    let mut matcher = rules.matcher();
    let rule = (0..rules.parsed().len()).find(|rule| rules.name(*rule) == RULE);
    let rule = rule.expect("the rule is among the fixtures");
    let (mut letters, mut differing) = (0, Vec::new());
    for c in ('\u{80}'..=char::MAX).chain('A'..='z').filter(|c| !partners(*c).is_empty()) {
        letters += 1;
        for partner in partners(c) {
            let record = format!(
                r#"{{"userIdentity":{{"userName":"{c}"}},"requestParameters":{{"userName":"{partner}"}}}}"#
            );
            let verdict = rules.verdicts(&mut matcher, &record).expect("the record is JSON")[rule];
            if verdict.agreed().is_none() {
                differing.push(format!(
                    "{c} {:04X} and {partner} {:04X}: {verdict:?}",
                    c as u32, partner as u32
                ));
            }
        }
    }
    assert!(letters > 2_500, "{letters} letters");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
