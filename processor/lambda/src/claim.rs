//! Records that were too large for their message: read again where they stand.

use std::io::Read;

use aws_sdk_s3::Client;
use trailalerts_core::message::QueuedMatch;
use trailalerts_detector::{Item, LogFile};
use trailalerts_lambda::object::Object;

/// The text of a match's record: that of its message, else read again at its origin.
///
/// # Errors
/// Why there is none, in words.
pub async fn record(client: &Client, found: &QueuedMatch<'_>) -> Result<String, String> {
    if let Some(record) = found.record {
        return Ok(record.get().to_owned());
    }
    let origin = &found.origin;
    let Some(bucket) = &origin.bucket else {
        return Err("the message has neither a record nor a bucket to read it from".to_owned());
    };
    let object = Object {
        bucket: bucket.to_string(),
        key: origin.key.to_string(),
        version: origin.version.as_ref().map(ToString::to_string),
    };
    let opened = object.clone().open(client).await.map_err(|error| error.to_string())?;
    let (stream, index) = (opened.stream(), origin.index);
    let event = found.event_id.as_ref().map(ToString::to_string);
    let read = tokio::task::spawn_blocking(move || {
        find(&mut LogFile::open(stream), index, event.as_deref())
    });
    let text = read.await.map_err(|error| error.to_string())?;
    text.map_err(|why| format!("record {index} of {object}: {why}"))
}

/// The text of a record of a log file, if it still is the one with this `eventID`.
fn find<R: Read>(
    file: &mut LogFile<R>,
    wanted: u64,
    event: Option<&str>,
) -> Result<String, String> {
    loop {
        match file.next_item().map_err(|error| error.to_string())? {
            Some(Item::Record { index, record, .. }) if index == wanted => {
                let found = record.text("eventID").filter(|id| !id.is_empty());
                if found.as_deref() != event {
                    return Err("another one is there now".to_owned());
                }
                return Ok(record.json().to_owned());
            }
            Some(_) => {}
            None => return Err("it is not there".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_for_one_record() {
        let file = r#"{"Records":[{"eventName":"x"},{"eventName":"y","eventID":"e"}]}"#;
        let find = |index, event| find(&mut LogFile::new(file.as_bytes()), index, event);
        assert_eq!(find(0, None).as_deref(), Ok(r#"{"eventName":"x"}"#));
        assert_eq!(find(1, Some("e")).as_deref(), Ok(r#"{"eventName":"y","eventID":"e"}"#));
        for (index, event, why) in
            [(1, Some("f"), "another one"), (1, None, "another one"), (2, None, "not there")]
        {
            assert!(
                find(index, event).is_err_and(|error| error.contains(why)),
                "{index} {event:?}"
            );
        }
    }
}
