//! Messages as they travel from the detector to the processor: JSON text, with a version.
//!
//! ```json
//! {"version": 1, "fingerprint": "0123456789abcdef", "arrived": "2026-11-22T10:00:00Z",
//!  "what": {"match": {
//!     "rule": {"id": "…", "title": "…", "level": "high"},
//!     "origin": {"bucket": "logs", "key": "AWSLogs/…/x.json.gz", "index": 17},
//!     "notify": true, "event_id": "…", "record": {"eventVersion": "1.11"}}}}
//! ```
//!
//! A record that is too large for the queue is left out: it is read again at its origin. `what` can
//! also be `{"stream": {"account": "…", "region": "…", "newest": "…"}}`: logs have arrived.

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{message::Match, rule_set::Level};

/// The version that is written, and the highest that is read.
const VERSION: u32 = 1;

/// A message of the queue between detector and processor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message<'m> {
    version: u32,
    /// The fingerprint of the detector's rule set.
    #[serde(borrow)]
    pub fingerprint: Cow<'m, str>,
    /// When the record's object was written, or the event came: the same however often the message
    /// is made. It stands for the time of a record that has none.
    pub arrived: Timestamp,
    /// What it tells.
    #[serde(borrow)]
    pub what: What<'m>,
}

/// What a message tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What<'m> {
    /// A rule fired on a record.
    #[serde(borrow)]
    Match(QueuedMatch<'m>),
    /// Logs have arrived.
    #[serde(borrow)]
    Stream(QueuedStream<'m>),
}

/// A rule fired on a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QueuedMatch<'m> {
    /// The rule, with as much of it as an alert needs where the processor does not know it.
    #[serde(borrow)]
    pub rule: QueuedRule<'m>,
    /// Where the record came from, and is to be read again where it is left out.
    #[serde(borrow)]
    pub origin: QueuedOrigin<'m>,
    /// Whether people are told; else it is stored and counted alone.
    #[serde(default = "yes")]
    pub notify: bool,
    /// `eventID`
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<Cow<'m, str>>,
    /// The record as it was written; none where it is too large for the queue.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub record: Option<&'m RawValue>,
}

/// A rule by what is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedRule<'m> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'m, str>,
    /// Its title.
    #[serde(borrow)]
    pub title: Cow<'m, str>,
    /// Its level.
    #[serde(with = "level")]
    pub level: Level,
}

/// Where a record came from: an object, or none where it came by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueuedOrigin<'m> {
    /// The bucket.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Cow<'m, str>>,
    /// The object's key, or what names the source where there is no object.
    #[serde(borrow)]
    pub key: Cow<'m, str>,
    /// The object's version, of a bucket that has them.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Cow<'m, str>>,
    /// Index of the record in the object, from 0.
    #[serde(default)]
    pub index: u64,
}

/// Logs of a region of an account have arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedStream<'m> {
    /// The account.
    #[serde(borrow)]
    pub account: Cow<'m, str>,
    /// The region.
    #[serde(borrow)]
    pub region: Cow<'m, str>,
    /// The time of their newest record.
    pub newest: Timestamp,
}

fn yes() -> bool {
    true
}

impl<'m> Message<'m> {
    /// A message of a rule set.
    pub fn new(fingerprint: &'m str, arrived: Timestamp, what: What<'m>) -> Message<'m> {
        Message { version: VERSION, fingerprint: Cow::Borrowed(fingerprint), arrived, what }
    }

    /// The message as text that a queue takes.
    pub fn to_text(&self) -> String {
        // Texts, numbers and JSON that was read always serialize.
        let text = serde_json::to_string(self).unwrap_or_default();
        // SQS refuses these two characters, which can only be within strings. It also refuses
        // control characters, which JSON never has.
        if text.contains(['\u{fffe}', '\u{ffff}']) {
            return text.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff");
        }
        text
    }

    /// Reads a message.
    ///
    /// # Errors
    /// If it is none, or one of a version to come.
    pub fn read(text: &'m str) -> Result<Message<'m>, MessageError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let failed = |error: serde_json::Error| MessageError::Unreadable(error.to_string());
        let Version { version } = serde_json::from_str(text).map_err(failed)?;
        if version > VERSION {
            return Err(MessageError::Newer(version));
        }
        serde_json::from_str(text).map_err(failed)
    }
}

impl<'m> QueuedMatch<'m> {
    /// A match in an object of a bucket, or of none.
    pub fn of(found: &Match<'m>, bucket: Option<&'m str>, version: Option<&'m str>) -> Self {
        QueuedMatch {
            rule: QueuedRule {
                id: Cow::Borrowed(found.rule.id),
                title: Cow::Borrowed(found.rule.title),
                level: found.rule.level,
            },
            origin: QueuedOrigin {
                bucket: bucket.map(Cow::Borrowed),
                key: Cow::Borrowed(found.origin.file),
                version: version.map(Cow::Borrowed),
                index: found.origin.index,
            },
            notify: true,
            event_id: found.text("eventID"),
            // A record is valid JSON.
            record: serde_json::from_str(found.record.json()).ok(),
        }
    }
}

/// Why a text is no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageError {
    /// It is not the JSON of a message; says what is wrong with it.
    Unreadable(String),
    /// It has a version that is not known yet.
    Newer(u32),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MessageError::Unreadable(why) => write!(f, "this is no message of a detector: {why}"),
            MessageError::Newer(version) => write!(
                f,
                "the message has version {version}, and this processor reads up to {VERSION}: \
                 deploy the detector's version of it"
            ),
        }
    }
}

impl std::error::Error for MessageError {}

/// A level by its name.
mod level {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::rule_set::Level;

    pub fn serialize<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(level.name())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = concat!(
        r#"{"version":1,"fingerprint":"0123456789abcdef","arrived":"2026-11-22T10:00:00Z","#,
        r#""what":{"match":{"rule":{"id":"a","title":"A","level":"high"},"#,
        r#""origin":{"bucket":"logs","key":"x.json.gz","index":17},"notify":true,"#,
        r#""event_id":"e","record":{"n":12345678901234567890123,"s":"\u00e4"}}}}"#,
    );

    #[test]
    fn what_is_read_is_written_again_to_the_byte() {
        assert_eq!(Message::read(TEXT).unwrap().to_text(), TEXT);
        let stream = r#"{"version":1,"fingerprint":"","arrived":"2026-11-22T10:00:00Z","what":{"stream":{"account":"111122223333","region":"eu-central-1","newest":"2026-11-22T09:58:00Z"}}}"#;
        assert_eq!(Message::read(stream).unwrap().to_text(), stream);
    }

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        for (text, reason) in [
            ("", "EOF"),
            ("[]", "no message"),
            (r#"{"version":1}"#, "missing field"),
            (r#"{"version":2,"anything":[]}"#, "deploy"),
            (&TEXT.replace("high", "loud"), "`loud` is not a level"),
        ] {
            let error = Message::read(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn characters_that_queues_refuse_are_escaped() {
        let text = TEXT.replace("\\u00e4", "\u{fffe}\u{ffff}\u{10ffff}");
        let written = Message::read(&text).unwrap().to_text();
        assert!(written.contains("\\ufffe\\uffff\u{10ffff}"), "{written}");
        let record = |text: &str| {
            let What::Match(found) = Message::read(text).unwrap().what else { panic!("a match") };
            found.record.map(|raw| serde_json::from_str::<serde_json::Value>(raw.get()).unwrap())
        };
        assert_eq!(record(&written), record(&text));
    }
}
