//! A deployment in the emulator: a bucket for logs, queues, a table, a recipient of mail; and both
//! functions in it.

use std::{
    fmt::Display,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_s3::{
    primitives::ByteStream,
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use aws_sdk_sqs::{error::ProvideErrorMetadata, types::QueueAttributeName};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use trailalerts_lambda::aws;

use crate::{
    emulator::Emulator,
    function::{Answer, Function},
    http, tables,
};

/// How long something may take to come.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A deployment in the emulator.
pub struct World {
    emulator: &'static Emulator,
    runtime: Runtime,
    /// Distinguishes it from the others.
    pub name: String,
    /// Of S3.
    pub s3: aws_sdk_s3::Client,
    /// Of SQS.
    pub sqs: aws_sdk_sqs::Client,
    /// Of SNS.
    pub sns: aws_sdk_sns::Client,
    /// Of DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The URL of the queue of matches.
    pub queue: String,
    /// The URL of the queue of messages that could not be decided on.
    pub dead: String,
}

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mail {
    /// Its subject.
    pub subject: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
}

/// Messages that were taken from a queue: their ids, and the handles by which they are removed.
pub type Handles = Vec<(String, String)>;

/// What went wrong, in words.
pub type Failure = String;

/// Any error in words.
pub fn words(error: impl Display) -> Failure {
    error.to_string()
}

/// An error of the SDK in words.
fn sdk(error: impl ProvideErrorMetadata + std::error::Error) -> Failure {
    aws::words(&error)
}

/// gzip of a text.
pub fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Memory takes everything.
    let _ = std::io::Write::write_all(&mut encoder, text.as_bytes());
    encoder.finish().unwrap_or_default()
}

/// A log file of records.
pub fn log_file(records: &[Value]) -> String {
    json!({"Records": records}).to_string()
}

/// The event that S3 sends to a function when an object was written.
pub fn created(bucket: &str, key: &str) -> Value {
    // S3 writes keys as forms do.
    let key = key.replace('%', "%25").replace('+', "%2B").replace(' ', "+");
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}},
    }]})
}

impl World {
    /// Makes a deployment of its own.
    ///
    /// # Errors
    /// What is in the way.
    pub fn new() -> Result<World, Failure> {
        static WORLDS: AtomicU32 = AtomicU32::new(0);
        let emulator = Emulator::shared()?;
        let name = format!("world-{}", WORLDS.fetch_add(1, Ordering::Relaxed));
        let config = config(&emulator.endpoint());
        let runtime = Runtime::new().map_err(words)?;
        let world = World {
            emulator,
            s3: aws_sdk_s3::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            dynamodb: tables::client(&emulator.endpoint(), Duration::from_secs(60)),
            queue: String::new(),
            dead: String::new(),
            name,
            runtime,
        };
        world.made()
    }

    fn made(mut self) -> Result<World, Failure> {
        self.dead = self.new_queue("dead", None)?;
        let redrive = json!({"deadLetterTargetArn": self.arn("dead"), "maxReceiveCount": 3});
        self.queue = self.new_queue("matches", Some(redrive.to_string()))?;
        self.runtime.block_on(async {
            let place = CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::EuCentral1)
                .build();
            let bucket = self.s3.create_bucket().bucket(&self.name);
            let bucket = bucket.create_bucket_configuration(place);
            bucket.send().await.map_err(sdk)?;
            tables::create_table(&self.dynamodb, &self.name).await
        })?;
        // SES sends what comes from verified senders alone.
        let identity = json!({"EmailIdentity": self.sender()}).to_string();
        self.post("/v2/email/identities", &identity)?;
        let identity = json!({"EmailIdentity": self.recipient()}).to_string();
        self.post("/v2/email/identities", &identity)?;
        Ok(self)
    }

    fn new_queue(&self, name: &str, redrive: Option<String>) -> Result<String, Failure> {
        let request = self
            .sqs
            .create_queue()
            .queue_name(format!("{}-{name}", self.name))
            .attributes(QueueAttributeName::VisibilityTimeout, "2");
        let request = match redrive {
            Some(policy) => request.attributes(QueueAttributeName::RedrivePolicy, policy),
            None => request,
        };
        let made = self.runtime.block_on(request.send()).map_err(sdk)?;
        made.queue_url.ok_or_else(|| "a queue without a URL".to_owned())
    }

    /// The ARN of one of its queues: `matches` or `dead`.
    pub fn arn(&self, queue: &str) -> String {
        format!("arn:aws:sqs:eu-central-1:000000000000:{}-{queue}", self.name)
    }

    fn sender(&self) -> String {
        format!("alerts@{}.example.com", self.name)
    }

    fn recipient(&self) -> String {
        format!("security@{}.example.com", self.name)
    }

    /// Runs something of the SDK to its end.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Writes an object.
    ///
    /// # Errors
    /// If S3 does not take it.
    pub fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let body = ByteStream::from(bytes);
        let put = self.s3.put_object().bucket(&self.name).key(key).body(body);
        self.run(put.send()).map(|_| ()).map_err(sdk)
    }

    /// Where the programs find the emulator.
    pub fn endpoint(&self) -> String {
        self.emulator.endpoint()
    }

    /// The emulator's address.
    pub fn address(&self) -> std::net::SocketAddr {
        self.emulator.address()
    }

    /// What the detector's environment says.
    pub fn of_detector(&self) -> Vec<(String, String)> {
        self.variables(&[
            ("TRAILALERTS_QUEUE_URL", self.queue.clone()),
            ("TRAILALERTS_SPILL_BUCKET", self.name.clone()),
        ])
    }

    /// What the processor's environment says.
    pub fn of_processor(&self) -> Vec<(String, String)> {
        let mail = json!({"mail": {"email": {"from": self.sender(), "to": [self.recipient()]}}});
        self.variables(&[
            ("TRAILALERTS_TABLE", self.name.clone()),
            ("TRAILALERTS_CHANNELS", mail.to_string()),
            ("TRAILALERTS_DEAD_LETTER_QUEUE", self.arn("dead")),
        ])
    }

    fn variables(&self, own: &[(&str, String)]) -> Vec<(String, String)> {
        let endpoint = [("AWS_ENDPOINT_URL", self.endpoint())];
        endpoint
            .iter()
            .chain(own)
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    /// Starts a function of it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(
        &self,
        program: &Path,
        variables: Vec<(String, String)>,
    ) -> Result<Function, Failure> {
        Function::start(program, &variables).map_err(words)
    }

    /// Takes up to ten messages of a queue, as Lambda does for a function: their event, and the
    /// handles of their ids. None where there is none at the moment.
    ///
    /// # Errors
    /// If SQS gives none.
    pub fn take(&self, queue: &str) -> Result<Option<(Value, Handles)>, Failure> {
        let url = if queue == "dead" { &self.dead } else { &self.queue };
        let request = self
            .sqs
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
            .message_system_attribute_names(
                aws_sdk_sqs::types::MessageSystemAttributeName::SentTimestamp,
            );
        let got = self.run(request.send()).map_err(sdk)?.messages.unwrap_or_default();
        if got.is_empty() {
            return Ok(None);
        }
        let mut handles = Vec::new();
        let mut records = Vec::new();
        for message in got {
            let id = message.message_id.unwrap_or_default();
            handles.push((id.clone(), message.receipt_handle.unwrap_or_default()));
            records.push(json!({
                "messageId": id,
                "body": message.body,
                "eventSource": "aws:sqs",
                "eventSourceARN": self.arn(queue),
                "attributes": {"SentTimestamp": "1763805600000"},
            }));
        }
        Ok(Some((json!({"Records": records}), handles)))
    }

    /// Removes the messages that a function does not want again.
    ///
    /// # Errors
    /// If SQS does not.
    pub fn acknowledge(
        &self,
        queue: &str,
        handles: &[(String, String)],
        answer: &Answer,
    ) -> Result<usize, Failure> {
        let Ok(answer) = answer else {
            return Ok(0);
        };
        let url = if queue == "dead" { &self.dead } else { &self.queue };
        let failed = answer.get("batchItemFailures").and_then(Value::as_array);
        let failed: Vec<&str> = failed
            .into_iter()
            .flatten()
            .filter_map(|item| item.get("itemIdentifier")?.as_str())
            .collect();
        let mut removed = 0;
        for (id, handle) in handles.iter().filter(|(id, _)| !failed.contains(&id.as_str())) {
            let delete = self.sqs.delete_message().queue_url(url).receipt_handle(handle);
            self.run(delete.send()).map_err(|error| format!("{id}: {}", sdk(error)))?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Has a processor handle what is in a queue, until nothing comes for three seconds: how many
    /// messages were acknowledged.
    ///
    /// # Errors
    /// If it ends.
    pub fn drain(&self, queue: &str, processor: &mut Function) -> Result<usize, Failure> {
        let (mut done, mut last) = (0, Instant::now());
        while last.elapsed() < Duration::from_secs(3) {
            match self.take(queue)? {
                Some((event, handles)) => {
                    let answer = processor.invoke(&event.to_string())?;
                    done += self.acknowledge(queue, &handles, &answer)?;
                    last = Instant::now();
                }
                None => thread::sleep(Duration::from_millis(100)),
            }
        }
        Ok(done)
    }

    /// How many messages a queue has, seen and unseen.
    ///
    /// # Errors
    /// If SQS does not say it.
    pub fn waiting(&self, queue: &str) -> Result<usize, Failure> {
        let url = if queue == "dead" { &self.dead } else { &self.queue };
        let request =
            self.sqs.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
        let attributes = self.run(request.send()).map_err(sdk)?.attributes.unwrap_or_default();
        let count = |name: QueueAttributeName| {
            attributes.get(&name).and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        Ok(count(QueueAttributeName::ApproximateNumberOfMessages)
            + count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible))
    }

    /// The mail that its recipient has got, in its order.
    ///
    /// # Errors
    /// If the emulator does not show it.
    pub fn mails(&self) -> Result<Vec<Mail>, Failure> {
        let text = http::get(self.address(), "/_ministack/ses/messages").map_err(words)?;
        let shown: Value =
            serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let recipient = self.recipient();
        // By account, those of each in their order.
        let accounts = shown.get("messages").and_then(Value::as_object);
        let accounts = accounts.ok_or_else(|| format!("no messages: {text}"))?;
        let mut mails = Vec::new();
        for message in accounts.values().filter_map(Value::as_array).flatten() {
            let to = message.get("To").and_then(Value::as_array);
            if to.is_none_or(|to| !to.iter().any(|other| *other == recipient.as_str())) {
                continue;
            }
            let part = |name: &str| {
                message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            mails.push(Mail {
                subject: part("Subject"),
                text: part("BodyText"),
                html: part("BodyHtml"),
            });
        }
        Ok(mails)
    }

    /// Waits for so many mails, and a moment for more.
    ///
    /// # Errors
    /// If they do not come, or more.
    pub fn wait_for_mails(&self, count: usize) -> Result<Vec<Mail>, Failure> {
        let began = Instant::now();
        while self.mails()?.len() < count && began.elapsed() < TIMEOUT {
            thread::sleep(Duration::from_millis(200));
        }
        thread::sleep(Duration::from_secs(2));
        let mails = self.mails()?;
        if mails.len() == count {
            return Ok(mails);
        }
        let subjects: Vec<_> = mails.iter().map(|mail| &mail.subject).collect();
        Err(format!("{count} mails were expected, and {} came: {subjects:?}", mails.len()))
    }

    /// Posts JSON to the emulator, for what the tests need no client of.
    ///
    /// # Errors
    /// If it does not take it.
    pub fn post(&self, path: &str, body: &str) -> Result<Value, Failure> {
        let answer = http::ask(self.address(), "POST", path, body).map_err(words)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if answer.status >= 300 {
            return Err(format!("{path}: {} {text}", answer.status));
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

fn config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(credentials))
        .build()
}
