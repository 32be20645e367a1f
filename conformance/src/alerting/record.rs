//! Records in few words: `EVENT field=value …`, of which the rest is usual.
//!
//! `actor=bob` is a user's name, `account=`, `ip=`, `region=`, `id=` and `shared=` stand for the
//! fields that are meant, any other name is a dotted field. `-` as a value leaves the field out.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The account of records that name none.
pub const ACCOUNT: &str = "111122223333";

/// The JSON of a record of this name, which its `eventID` is made of.
///
/// # Errors
/// If a word is no `field=value`.
pub fn json(name: &str, time: Timestamp, words: &str) -> Result<String, String> {
    let mut words = words.split_whitespace();
    let event = words.next().ok_or("a record needs an event")?;
    let mut fields = vec![
        ("eventVersion", "1.11".to_owned()),
        ("eventTime", time.to_string()),
        ("eventSource", "test.amazonaws.com".to_owned()),
        ("eventName", event.to_owned()),
        ("awsRegion", "eu-central-1".to_owned()),
        ("sourceIPAddress", "192.0.2.1".to_owned()),
        ("eventID", event_id(name)),
        ("recipientAccountId", ACCOUNT.to_owned()),
    ];
    let mut actor = "alice".to_owned();
    for word in words {
        let (field, value) =
            word.split_once('=').ok_or_else(|| format!("`{word}` is no field=value"))?;
        let field = match field {
            "actor" => {
                value.clone_into(&mut actor);
                continue;
            }
            "account" => "recipientAccountId",
            "ip" => "sourceIPAddress",
            "region" => "awsRegion",
            "shared" => "sharedEventID",
            "id" => {
                fields.push(("eventID", event_id(value)));
                continue;
            }
            field => field,
        };
        fields.push((field, value.to_owned()));
    }
    let account = fields.iter().rev().find(|(field, _)| *field == "recipientAccountId");
    let account = account.map_or("", |(_, value)| value.as_str());
    let account = if account == "-" { ACCOUNT } else { account };
    let mut record = Map::new();
    if actor != "-" {
        put(&mut record, "userIdentity.type", "IAMUser");
        put(&mut record, "userIdentity.arn", &format!("arn:aws:iam::{account}:user/{actor}"));
        put(&mut record, "userIdentity.userName", &actor);
    }
    for (field, value) in &fields {
        put(&mut record, field, value);
    }
    Ok(Value::Object(record).to_string())
}

fn put(object: &mut Map<String, Value>, field: &str, value: &str) {
    match field.split_once('.') {
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
        None if value == "-" => {
            object.remove(field);
        }
        None => {
            object.insert(field.to_owned(), Value::String(value.to_owned()));
        }
    }
}

/// The `eventID` of a record of this name.
pub fn event_id(name: &str) -> String {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:08x}-0000-4000-8000-{:012x}", hash >> 48, hash & 0xffff_ffff_ffff)
}
