//! What a detector tells a processor: one rule fired on one record.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::{
    actor::Actor,
    record::{Path, Record},
    rule_set::Rule,
};

const RECIPIENT: Path<'static> = Path::new("recipientAccountId");

mod queued;

pub use queued::{
    Message, MessageError, QueuedMatch, QueuedOrigin, QueuedRule, QueuedStream, What,
};

/// One rule fired on one record.
#[derive(Debug, Clone, Copy)]
pub struct Match<'r> {
    /// The rule.
    pub rule: &'static Rule,
    /// The record.
    pub record: &'r Record<'r>,
    /// Where the record came from.
    pub origin: Origin<'r>,
}

/// Where a record came from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'r> {
    /// Path of the log file, or key of the object.
    pub file: &'r str,
    /// Index of the record in its file, from 0.
    pub index: u64,
}

impl<'r> Match<'r> {
    /// Text of a field of the record; empty texts are none.
    pub fn text(&self, path: &str) -> Option<Cow<'r, str>> {
        self.text_of(&Path::new(path))
    }

    /// [`text`](Self::text), with a path that was looked at before.
    pub fn text_of(&self, path: &Path<'_>) -> Option<Cow<'r, str>> {
        self.record.text_of(path).filter(|text| !text.is_empty())
    }

    /// The account that the record belongs to: `recipientAccountId`, else that of the log file's
    /// key, else that of the caller.
    pub fn account(&self) -> Option<Cow<'r, str>> {
        self.text_of(&RECIPIENT)
            .or_else(|| account_of_key(self.origin.file).map(Cow::Borrowed))
            .or_else(|| self.text("userIdentity.accountId"))
    }

    /// Who did it.
    pub fn actor(&self) -> Actor {
        Actor::of(self.record)
    }

    /// Whether the rule's exceptions leave the match out of its alerts.
    pub fn is_excluded(&self, actor: &Actor) -> bool {
        self.rule.exception.as_ref().is_some_and(|exception| exception.excludes(self.record, actor))
    }
}

/// The account in a key of CloudTrail's layout: `…AWSLogs/[o-organisation/]ACCOUNT/CloudTrail/…`.
pub fn account_of_key(key: &str) -> Option<&str> {
    let mut parts = key.split('/').skip_while(|part| *part != "AWSLogs").skip(1);
    let is_account =
        |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    let first = parts.next()?;
    Some(first).filter(is_account).or_else(|| parts.next().filter(is_account))
}

/// A time as records write it, where it is one of this age: from 1970 on, to the millisecond.
pub fn read_time(text: &str) -> Option<Timestamp> {
    let time: Timestamp = text.parse().ok()?;
    let whole = Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time);
    (time >= Timestamp::UNIX_EPOCH).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::account_of_key;

    #[test]
    fn account_is_read_from_keys_of_cloudtrails_layout() {
        let cases = [
            ("AWSLogs/111122223333/CloudTrail/us-east-1/x.json.gz", Some("111122223333")),
            ("logs/AWSLogs/o-abc/111122223333/CloudTrail/x.json.gz", Some("111122223333")),
            ("AWSLogs/o-abc/o-def/111122223333/x.json.gz", None),
            ("111122223333/x.json.gz", None),
            ("x.json", None),
        ];
        for (key, account) in cases {
            assert_eq!(account_of_key(key), account, "{key}");
        }
    }
}
