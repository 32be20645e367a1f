//! What an invocation announces: every shape in which CloudTrail's logs reach a function.

use std::{error, fmt};

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;
use trailalerts_lambda::object::Object;

#[cfg(test)]
mod tests;

/// What an invocation announces.
#[derive(Debug)]
pub enum Trigger {
    /// Log files and records. All of them succeed, or the invocation fails.
    Sources(Vec<Source>),
    /// Messages of a queue, each with an outcome of its own.
    Messages(Vec<Message>),
    /// Objects of an S3 Batch Operations job, each with an outcome of its own.
    Batch(Batch),
}

/// A message of a queue.
#[derive(Debug)]
pub struct Message {
    /// Names it to the queue.
    pub id: String,
    /// What it announces.
    pub sources: Result<Vec<Source>, TriggerError>,
}

/// Something to be read.
#[derive(Debug)]
pub enum Source {
    /// An object that was created.
    Object(Object),
    /// A record by itself, in an event of EventBridge.
    Record(Record),
    /// Nothing to read; says what it is instead.
    Nothing(String),
}

/// A record in an event.
#[derive(Debug)]
pub struct Record {
    /// The event's id.
    pub id: String,
    /// The event's time.
    pub time: Timestamp,
    /// The record as it was written.
    pub json: Box<RawValue>,
}

/// Objects of an S3 Batch Operations job.
#[derive(Debug)]
pub struct Batch {
    /// Version of the format, which answers repeat.
    pub schema: String,
    /// Names the invocation, which answers repeat.
    pub invocation: String,
    /// One an object.
    pub tasks: Vec<Task>,
}

/// An object of an S3 Batch Operations job.
#[derive(Debug)]
pub struct Task {
    /// Names it.
    pub id: String,
    /// The object.
    pub object: Result<Object, TriggerError>,
}

/// Why an event is none of those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerError(String);

impl fmt::Display for TriggerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this event announces no CloudTrail logs: {}; the function takes events of S3 (also \
             through SNS and SQS), EventBridge and S3 Batch Operations",
            self.0
        )
    }
}

impl error::Error for TriggerError {}

/// How deep events are wrapped in one another: S3 in SNS in SQS, and one more.
const MOST_WRAPPINGS: usize = 4;

/// What all events have in common, as far as it tells them apart.
#[derive(Deserialize)]
struct Event<'e> {
    #[serde(borrow, rename = "Records")]
    records: Option<Vec<Element<'e>>>,
    #[serde(borrow)]
    detail: Option<&'e RawValue>,
    #[serde(rename = "detail-type")]
    detail_type: Option<String>,
    id: Option<String>,
    time: Option<Timestamp>,
    /// Of a test event of S3.
    #[serde(rename = "Event")]
    test: Option<String>,
    /// Of a notification of SNS, as its subscribers get it.
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
    #[serde(rename = "invocationSchemaVersion")]
    schema: Option<String>,
    #[serde(rename = "invocationId")]
    invocation: Option<String>,
    tasks: Option<Vec<BatchTask>>,
}

/// An element of `Records`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Element<'e> {
    event_name: Option<String>,
    s3: Option<S3>,
    #[serde(rename = "Sns", alias = "sns")]
    sns: Option<Sns>,
    message_id: Option<String>,
    #[serde(borrow)]
    body: Option<&'e RawValue>,
}

#[derive(Deserialize)]
struct S3 {
    bucket: Named,
    object: S3Object,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct S3Object {
    key: String,
    #[serde(rename = "versionId", alias = "version-id")]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Sns {
    #[serde(rename = "Message", alias = "message")]
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchTask {
    task_id: String,
    s3_key: String,
    s3_version_id: Option<String>,
    /// Of schema 1.0: `arn:aws:s3:::name`.
    s3_bucket_arn: Option<String>,
    /// Of schema 2.0.
    s3_bucket: Option<String>,
}

impl Trigger {
    /// Reads the event of an invocation.
    ///
    /// # Errors
    /// If it is none of those that are taken.
    pub fn read(event: &str) -> Result<Trigger, TriggerError> {
        let read = parse(event)?;
        if let Some(tasks) = read.tasks {
            let tasks = tasks.into_iter().map(BatchTask::read).collect();
            let (schema, invocation) = (read.schema, read.invocation);
            return Ok(Trigger::Batch(Batch {
                schema: schema.unwrap_or_default(),
                invocation: invocation.unwrap_or_default(),
                tasks,
            }));
        }
        let is_message = |element: &Element<'_>| element.message_id.is_some();
        if read.records.as_ref().is_some_and(|records| records.iter().any(is_message)) {
            let messages = read.records.unwrap_or_default().into_iter().map(|element| Message {
                id: element.message_id.unwrap_or_default(),
                sources: of_body(element.body),
            });
            return Ok(Trigger::Messages(messages.collect()));
        }
        sources(read, 0).map(Trigger::Sources)
    }
}

fn parse(event: &str) -> Result<Event<'_>, TriggerError> {
    serde_json::from_str(event).map_err(|error| TriggerError(format!("it is not read: {error}")))
}

/// What the body of a message of a queue announces.
fn of_body(body: Option<&RawValue>) -> Result<Vec<Source>, TriggerError> {
    let Some(body) = body else {
        return Err(TriggerError("a message of a queue without a body".to_owned()));
    };
    let text: String = serde_json::from_str(body.get())
        .map_err(|error| TriggerError(format!("the body of a message is no text: {error}")))?;
    of_text(&text, 1)
}

/// What an event in a text announces.
fn of_text(text: &str, wrappings: usize) -> Result<Vec<Source>, TriggerError> {
    if wrappings > MOST_WRAPPINGS {
        return Err(TriggerError("too many events in one another".to_owned()));
    }
    sources(parse(text)?, wrappings)
}

fn sources(event: Event<'_>, wrappings: usize) -> Result<Vec<Source>, TriggerError> {
    if let Some(records) = event.records {
        let mut found = Vec::new();
        for element in records {
            found.extend(element.sources(wrappings)?);
        }
        return Ok(found);
    }
    if let Some(test) = event.test {
        return Ok(vec![Source::Nothing(format!("the event `{test}`"))]);
    }
    if let (Some(detail), Some(kind)) = (event.detail, &event.detail_type) {
        return of_event_bridge(kind, detail, event.id, event.time).map(|source| vec![source]);
    }
    match (event.kind.as_deref(), &event.message) {
        (Some("Notification"), Some(message)) => of_text(message, wrappings + 1),
        _ => Err(TriggerError("it has neither `Records` nor `detail` nor `tasks`".to_owned())),
    }
}

impl Element<'_> {
    fn sources(self, wrappings: usize) -> Result<Vec<Source>, TriggerError> {
        if let Some(sns) = self.sns {
            return of_text(&sns.message, wrappings + 1);
        }
        let Some(S3 { bucket, object }) = self.s3 else {
            return Err(TriggerError(
                "an element of `Records` is neither of S3 nor of SNS nor of SQS".to_owned(),
            ));
        };
        let name = self.event_name.unwrap_or_default();
        // `ObjectCreated:Put` in a notification, `s3:ObjectCreated:Put` elsewhere.
        if !name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
            return Ok(vec![Source::Nothing(format!("the event `{name}`"))]);
        }
        Ok(vec![Source::Object(Object {
            bucket: bucket.name,
            key: decoded(&object.key)?,
            version: object.version.filter(|version| !version.is_empty()),
        })])
    }
}

fn of_event_bridge(
    kind: &str,
    detail: &RawValue,
    id: Option<String>,
    time: Option<Timestamp>,
) -> Result<Source, TriggerError> {
    if kind.ends_with("via CloudTrail") {
        let id = id.unwrap_or_default();
        let time = time.ok_or_else(|| {
            TriggerError(format!("an event `{kind}` without a `time` that can be read"))
        })?;
        return Ok(Source::Record(Record { id, time, json: detail.to_owned() }));
    }
    if kind != "Object Created" {
        return Ok(Source::Nothing(format!("the event `{kind}`")));
    }
    let S3 { bucket, object } = serde_json::from_str(detail.get())
        .map_err(|error| TriggerError(format!("the `detail` of `{kind}`: {error}")))?;
    // EventBridge has keys as they are.
    Ok(Source::Object(Object { bucket: bucket.name, key: object.key, version: object.version }))
}

impl BatchTask {
    fn read(self) -> Task {
        let bucket = self.s3_bucket.or_else(|| {
            let arn = self.s3_bucket_arn?;
            arn.rsplit(':').next().map(str::to_owned)
        });
        let object = match bucket.filter(|bucket| !bucket.is_empty()) {
            Some(bucket) => decoded(&self.s3_key).map(|key| Object {
                bucket,
                key,
                version: self.s3_version_id.filter(|version| !version.is_empty()),
            }),
            None => Err(TriggerError("a task without a bucket".to_owned())),
        };
        Task { id: self.task_id, object }
    }
}

/// A key as S3 writes it in notifications: a form's encoding, with `+` for a space.
fn decoded(key: &str) -> Result<String, TriggerError> {
    let spaced = key.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(|text| text.into_owned())
        .map_err(|_| TriggerError(format!("the key `{}` is no text", key.escape_debug())))
}
