//! What decisions need to know of a match's record.

use std::borrow::Cow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use trailalerts_core::{Actor, Match, message::read_time};

use crate::json::canonical;

/// Longest text of a record that is remembered as it is, in bytes.
const MOST_BYTES: usize = 512;

/// What decisions need to know of a match's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Names the record: the same whenever and however often it arrives.
    pub record: String,
    /// When it happened, to the millisecond.
    pub time: Timestamp,
    /// Whether `time` is that of the record, not that of its arrival.
    pub dated: bool,
    /// `eventID`
    pub event_id: Option<String>,
    /// `sharedEventID`, which the records of one call in several accounts have in common.
    pub shared_event_id: Option<String>,
    /// The account it happened in.
    pub account: Option<String>,
    /// `awsRegion`
    pub region: Option<String>,
    /// Who did it.
    pub actor: Actor,
}

impl Facts {
    /// The facts of a match; `arrived` stands for the time of a record that has none that can be
    /// read.
    pub fn of(found: &Match<'_>, arrived: Timestamp) -> Facts {
        let owned = |text: Option<Cow<'_, str>>| text.map(bounded);
        let event_id = owned(found.text("eventID"));
        let account = owned(found.account());
        let mut actor = found.actor();
        actor.canonical = bounded(Cow::Owned(actor.canonical));
        let written = found.text("eventTime").and_then(|text| read_time(&text));
        Facts {
            record: match (&event_id, found.text("recipientAccountId").unwrap_or_default()) {
                (Some(id), recipient) if is_uuid(id) && is_account(&recipient) => {
                    format!("{}/{recipient}", id.to_ascii_lowercase())
                }
                _ => digest(&[&canonical(found.record.json())]),
            },
            time: written.unwrap_or_else(|| whole_milliseconds(arrived)),
            dated: written.is_some(),
            event_id,
            shared_event_id: owned(found.text("sharedEventID")),
            account,
            region: owned(found.text("awsRegion")),
            actor,
        }
    }
}

/// Text of a record as it is remembered and told: of a long one the beginning, with what names the
/// whole. So that no record makes an item or an alert larger than a store or a channel takes, and
/// different texts stay different.
pub fn bounded(text: Cow<'_, str>) -> String {
    if text.len() <= MOST_BYTES {
        return text.into_owned();
    }
    let mut end = MOST_BYTES - 40;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}… {}", text.get(..end).unwrap_or_default(), digest(&[&text]))
}

fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// Names texts by 32 hexadecimal digits: what has the same name is the same.
pub fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Nothing is an account, too: some records lack it.
fn is_account(text: &str) -> bool {
    text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use trailalerts_core::{Alerting, Level, Origin, Record, Rule};

    use super::*;

    const RULE: Rule = Rule {
        id: "x",
        title: "X",
        name: None,
        level: Level::Low,
        status: None,
        description: None,
        author: None,
        date: None,
        modified: None,
        references: &[],
        tags: &[],
        fields: &[],
        falsepositives: &[],
        related: &[],
        license: None,
        taxonomy: None,
        scope: &[],
        custom: &[],
        condition: "x",
        filters: &[],
        source: "x.yml",
        matcher: |_| true,
        exception: None,
        generate: true,
        alerting: Alerting::NONE,
    };

    fn facts(json: &str) -> Facts {
        let record = Record::parse(json.as_bytes()).unwrap();
        let found = Match { rule: &RULE, record: &record, origin: Origin { file: "x", index: 0 } };
        Facts::of(&found, "2026-01-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_record_is_named_by_its_id_and_account_else_by_its_content() {
        let id = "0A0B0C0D-0000-4000-8000-000000000001";
        let by_id = format!(r#"{{"eventID":"{id}","recipientAccountId":"111122223333"}}"#);
        assert_eq!(facts(&by_id).record, "0a0b0c0d-0000-4000-8000-000000000001/111122223333");
        let same = [
            r#"{"eventID":"x","b":[1,{"d":1,"c":2}]}"#,
            r#"{ "b": [1, {"c": 2, "d": 1}], "eventID": "\u0078" }"#,
        ];
        assert_eq!(facts(same[0]).record, facts(same[1]).record);
        assert_ne!(facts(same[0]).record, facts(r#"{"eventID":"x","b":[{"c":2,"d":1},1]}"#).record);
    }

    #[test]
    fn long_texts_are_cut_and_stay_apart() {
        let long = "é".repeat(400);
        let (left, right) =
            (bounded(format!("{long}a").into()), bounded(format!("{long}b").into()));
        assert!(left.len() <= MOST_BYTES && left.starts_with("éé"), "{left}");
        assert_ne!(left, right);
        assert_eq!(bounded("é".repeat(256).into()), "é".repeat(256));
    }

    #[test]
    fn times_are_instants() {
        let cases = [
            (r#"{"eventTime":"2026-11-18T13:00:00Z"}"#, "2026-11-18T13:00:00Z", true),
            (r#"{"eventTime":"2026-11-18T14:00:00.1239+01:00"}"#, "2026-11-18T13:00:00.123Z", true),
            (r#"{"eventTime":"yesterday"}"#, "2026-01-01T00:00:00Z", false),
            (r#"{"eventTime":"1969-12-31T23:59:59Z"}"#, "2026-01-01T00:00:00Z", false),
            ("{}", "2026-01-01T00:00:00Z", false),
        ];
        for (json, time, dated) in cases {
            let found = facts(json);
            assert_eq!((found.time.to_string().as_str(), found.dated), (time, dated), "{json}");
        }
    }
}
