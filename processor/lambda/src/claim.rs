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
    let read = tokio::task::spawn_blocking(move || find(&mut LogFile::open(stream), index));
    let text = read.await.map_err(|error| error.to_string())?;
    text.map_err(|why| format!("record {index} of {object}: {why}"))
}

/// The text of a record of a log file.
fn find<R: Read>(file: &mut LogFile<R>, wanted: u64) -> Result<String, String> {
    loop {
        match file.next_item().map_err(|error| error.to_string())? {
            Some(Item::Record { index, record, .. }) if index == wanted => {
                return Ok(record.json().to_owned());
            }
            Some(_) => {}
            None => return Err("it is not there".to_owned()),
        }
    }
}
