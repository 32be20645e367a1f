//! From an event to messages in the queue.

use std::{borrow::Cow, convert::Infallible, fmt, io::ErrorKind};

use aws_sdk_s3::Client as S3;
use jiff::Timestamp;
use serde_json::{Value, json, value::RawValue};
use tokio::{sync::mpsc, task};
use tracing::{Instrument, error, info, info_span, warn};
use trailalerts_core::{
    Match, Matcher, RuleSet,
    message::{Message, QueuedMatch, QueuedStream, What},
};
use trailalerts_detector::{Buffers, KeyKind, LogFile, Report, kind_of_key, matches};
use trailalerts_lambda::{
    metrics::Metrics,
    object::{Object, ObjectError},
};

use crate::{
    queue::{MOST_BYTES, Queue, QueueError},
    settings::Settings,
    spill::Spill,
    trigger::{Batch, Record, Source, Trigger},
};

/// Messages that wait for the queue while a file is read on.
const WAITING: usize = 16;

/// Objects of more stored bytes are read as a stream, and not held in memory as a whole.
const MOST_STORED: u64 = 4 * 1024 * 1024;

/// The detector as a function.
#[derive(Debug)]
pub struct Detector {
    rules: &'static RuleSet,
    s3: S3,
    queue: Queue,
    spill: Spill,
}

/// Why a source was not read, or its matches are not in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    /// Whether a later try may succeed.
    passing: bool,
    message: String,
}

/// What became of a source.
type Done = Result<String, Failure>;

impl Detector {
    /// The detector of a rule set.
    pub fn new(
        rules: &'static RuleSet,
        s3: S3,
        sqs: aws_sdk_sqs::Client,
        settings: Settings,
    ) -> Self {
        let queue = Queue::new(sqs, settings.queue_url);
        let spill = Spill::new(s3.clone(), settings.spill_bucket);
        Detector { rules, s3, queue, spill }
    }

    /// Handles the event of an invocation; what it answers depends on who has sent the event.
    ///
    /// # Errors
    /// If the event announces no logs, or if some of what it announces was not read or sent. Of
    /// messages and tasks the answer says it.
    pub async fn handle(&self, event: &RawValue) -> Result<Value, String> {
        let mut metrics = metrics();
        let answer = self.answer(event, &mut metrics).await;
        metrics.count("Failures", u64::from(answer.is_err()));
        metrics.write();
        answer
    }

    async fn answer(&self, event: &RawValue, metrics: &mut Metrics) -> Result<Value, String> {
        match Trigger::read(event.get()).map_err(|error| error.to_string())? {
            Trigger::Sources(sources) => {
                let failures = self.sources(&sources, metrics).await;
                if failures.is_empty() { Ok(Value::Null) } else { Err(failures.join("; ")) }
            }
            Trigger::Messages(messages) => {
                let mut failed = Vec::new();
                for message in messages {
                    let failures = match message.sources {
                        Ok(sources) => self.sources(&sources, metrics).await,
                        Err(error) => {
                            error!(message = message.id, "{error}");
                            vec![error.to_string()]
                        }
                    };
                    if !failures.is_empty() {
                        metrics.count("Failures", 1);
                        failed.push(json!({"itemIdentifier": message.id}));
                    }
                }
                Ok(json!({"batchItemFailures": failed}))
            }
            Trigger::Batch(batch) => Ok(self.batch(batch, metrics).await),
        }
    }

    /// Reads sources one after the other; all are tried. What failed, in words.
    async fn sources(&self, sources: &[Source], metrics: &mut Metrics) -> Vec<String> {
        let mut failures = Vec::new();
        for source in sources {
            let done = match source {
                Source::Object(object) => {
                    let span = info_span!("object", bucket = object.bucket, key = object.key);
                    self.object(object, true, metrics).instrument(span).await
                }
                Source::Record(record) => {
                    let span = info_span!("record", event = record.id);
                    self.record(record, metrics).instrument(span).await
                }
                Source::Nothing(what) => {
                    info!("{what} announces nothing to read");
                    continue;
                }
            };
            failures.extend(done.err().map(|failure| failure.message));
        }
        failures
    }

    /// Reads the objects of a job. Their matches are stored, and nobody is told.
    async fn batch(&self, batch: Batch, metrics: &mut Metrics) -> Value {
        let mut results = Vec::new();
        for task in batch.tasks {
            let done = match &task.object {
                Ok(object) => {
                    let span = info_span!("object", bucket = object.bucket, key = object.key);
                    self.object(object, false, metrics).instrument(span).await
                }
                Err(error) => {
                    metrics.count("FilesFailed", 1);
                    error!(task = task.id, "{error}");
                    Err(Failure { passing: false, message: error.to_string() })
                }
            };
            let (code, text) = match done {
                Ok(text) => ("Succeeded", text),
                Err(Failure { passing: true, message }) => ("TemporaryFailure", message),
                Err(Failure { passing: false, message }) => ("PermanentFailure", message),
            };
            results.push(json!({
                "taskId": task.id,
                "resultCode": code,
                // The report of a job has room for so much.
                "resultString": text.chars().take(1_024).collect::<String>(),
            }));
        }
        json!({
            "invocationSchemaVersion": batch.schema,
            "treatMissingKeysAs": "PermanentFailure",
            "invocationId": batch.invocation,
            "results": results,
        })
    }

    async fn object(&self, object: &Object, notify: bool, metrics: &mut Metrics) -> Done {
        let done = self.read_object(object, notify, metrics).await;
        match &done {
            Ok(what) => info!("{what}"),
            Err(failure) => {
                metrics.count("FilesFailed", 1);
                error!("{}", failure.message);
            }
        }
        done
    }

    async fn read_object(&self, object: &Object, notify: bool, metrics: &mut Metrics) -> Done {
        if let kind @ (KeyKind::Digest
        | KeyKind::Insight
        | KeyKind::Aggregated
        | KeyKind::OtherService
        | KeyKind::Folder) = kind_of_key(&object.key)
        {
            metrics.count("FilesSkipped", 1);
            return Ok(format!("skipped: by its key this is no log file, but {kind:?}"));
        }
        let opened = object.clone().open(&self.s3).await?;
        metrics.count("Files", 1);
        let written = opened.written.and_then(|second| Timestamp::from_second(second).ok());
        // Where S3 does not say it, no other time would be the same for every try.
        let written = written.unwrap_or(Timestamp::UNIX_EPOCH);
        let (sender, receiver) = mpsc::channel::<String>(WAITING);
        let (rules, place) = (self.rules, object.clone());
        let mut matcher = Matcher::new(rules);
        let take = move |found: &Match<'_>| {
            let mut queued = QueuedMatch::of(found, Some(&place.bucket), place.version.as_deref());
            queued.notify = notify;
            let mut message = Message::new(rules.fingerprint, written, What::Match(queued));
            let mut text = message.to_text();
            if text.len() > MOST_BYTES
                && let What::Match(queued) = &mut message.what
            {
                // The processor reads it again where it stands.
                queued.record = None;
                text = message.to_text();
            }
            // It fails where the queue has failed before.
            sender.blocking_send(text)
        };
        let key = object.key.clone();
        let read = if opened.length.is_some_and(|length| length <= MOST_STORED) {
            let stored = opened.content().await?;
            task::spawn_blocking(move || {
                let mut file = LogFile::stored(&stored, Buffers::default());
                matches(&mut file, &key, &mut matcher, take)
            })
        } else {
            let stream = opened.stream();
            task::spawn_blocking(move || {
                matches(&mut LogFile::open(stream), &key, &mut matcher, take)
            })
        };
        let mut batches = self.queue.batches();
        let send = async {
            // Where sending fails it goes, and with it reading ends.
            let mut receiver = receiver;
            while let Some(text) = receiver.recv().await {
                batches.push(text).await?;
            }
            Ok::<(), QueueError>(())
        };
        let (read, sent) = tokio::join!(read, send);
        sent?;
        let ended = |why: &dyn fmt::Display| Failure {
            passing: true,
            message: format!("{object}: reading it ended: {why}"),
        };
        let report = read.map_err(|error| ended(&error))?.map_err(|error| ended(&error))?;
        count(&report, metrics);
        if notify {
            for text in self.streams(&report, written) {
                batches.push(text).await?;
            }
        }
        batches.flush().await?;
        metrics.count("MessagesSent", batches.sent);
        let matches: u64 = report.matches.values().sum();
        match report.failure {
            None => Ok(format!("{} records, {matches} matches", report.summary.records_read)),
            Some(error) => Err(Failure {
                // What is wrong with the file stays so; what is wrong with the connection does not.
                passing: !matches!(
                    error.source.kind(),
                    ErrorKind::InvalidData | ErrorKind::UnexpectedEof
                ),
                message: format!("{object}: {error}; {matches} matches before are sent"),
            }),
        }
    }

    /// Messages that logs have arrived, where silence is told.
    fn streams(&self, report: &Report, written: Timestamp) -> Vec<String> {
        let settings = &self.rules.settings.streams;
        if !settings.learn && settings.expected.is_empty() {
            return Vec::new();
        }
        let message = |((account, region), newest): (&(String, String), &Timestamp)| {
            let stream = QueuedStream {
                account: Cow::Borrowed(account),
                region: Cow::Borrowed(region),
                newest: *newest,
            };
            Message::new(self.rules.fingerprint, written, What::Stream(stream)).to_text()
        };
        report.newest.iter().map(message).collect()
    }

    async fn record(&self, record: &Record, metrics: &mut Metrics) -> Done {
        let done = self.read_record(record, metrics).await;
        if let Err(failure) = &done {
            error!("{}", failure.message);
        }
        done
    }

    async fn read_record(&self, record: &Record, metrics: &mut Metrics) -> Done {
        let json = record.json.get();
        let fingerprint = self.rules.fingerprint;
        let mut matcher = Matcher::new(self.rules);
        let name = format!("events/{}", record.id);
        let (mut texts, mut large) = (Vec::new(), false);
        let mut file = LogFile::new(json.as_bytes());
        let Ok(report) = matches(&mut file, &name, &mut matcher, |found| {
            let queued = QueuedMatch::of(found, None, None);
            let text = Message::new(fingerprint, record.time, What::Match(queued)).to_text();
            large |= text.len() > MOST_BYTES;
            texts.push(text);
            Ok::<(), Infallible>(())
        });
        count(&report, metrics);
        if report.summary.evaluated + report.summary.skipped == 0 {
            let why = report.damage.first().map(ToString::to_string);
            let why = why.unwrap_or_else(|| "there is none in it".to_owned());
            let message = format!("the record of the event {}: {why}", record.id);
            return Err(Failure { passing: false, message });
        }
        if large {
            let put = self.spill.put(json).await;
            let (bucket, key) = put.map_err(|why| Failure {
                passing: true,
                message: format!("the event {}: {why}", record.id),
            })?;
            texts.clear();
            let mut file = LogFile::new(json.as_bytes());
            let Ok(_) = matches(&mut file, &key, &mut matcher, |found| {
                let mut queued = QueuedMatch::of(found, Some(bucket), None);
                queued.record = None;
                let message = Message::new(fingerprint, record.time, What::Match(queued));
                texts.push(message.to_text());
                Ok::<(), Infallible>(())
            });
        }
        let mut batches = self.queue.batches();
        for text in texts {
            batches.push(text).await?;
        }
        batches.flush().await?;
        metrics.count("MessagesSent", batches.sent);
        Ok(String::new())
    }
}

impl From<QueueError> for Failure {
    fn from(error: QueueError) -> Failure {
        Failure { passing: error.passing, message: error.to_string() }
    }
}

impl From<ObjectError> for Failure {
    fn from(error: ObjectError) -> Failure {
        Failure { passing: error.passing, message: error.to_string() }
    }
}

/// Metrics that every invocation tells, if only that there was none of it.
fn metrics() -> Metrics {
    let mut metrics = Metrics::default();
    for name in [
        "Files",
        "FilesFailed",
        "RecordsRead",
        "RecordsEvaluated",
        "RecordsSkipped",
        "RecordsDamaged",
        "Matches",
        "MessagesSent",
        "Failures",
    ] {
        metrics.count(name, 0);
    }
    metrics
}

fn count(report: &Report, metrics: &mut Metrics) {
    let summary = report.summary;
    metrics.count("RecordsRead", summary.records_read);
    metrics.count("RecordsEvaluated", summary.evaluated);
    metrics.count("RecordsSkipped", summary.skipped);
    metrics.count("RecordsDamaged", summary.damaged);
    for (rule, count) in &report.matches {
        metrics.count("Matches", *count);
        metrics.count_of("MatchesByRule", rule, *count);
    }
    for damage in &report.damage {
        warn!("{damage}");
    }
}
