//! The queue: as many messages at once as SQS takes, each of them until SQS has it.

use std::{fmt, time::Duration};

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use trailalerts_lambda::aws;

/// The longest message that every queue takes, and the longest batch.
pub const MOST_BYTES: usize = 256 * 1024;

/// The most messages that a batch has.
const MOST_ENTRIES: usize = 10;

/// How often the entries that SQS refused for the moment are sent again.
const MOST_TRIES: u32 = 6;

/// The first pause between two tries; each one is twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// The queue from which the processor takes matches.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

/// Why a message could not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueError {
    /// Whether a later try may succeed.
    pub passing: bool,
    message: String,
}

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueueError {}

/// Messages that are sent together.
#[derive(Debug)]
pub struct Batches<'q> {
    queue: &'q Queue,
    texts: Vec<String>,
    bytes: usize,
    /// How many messages SQS has.
    pub sent: u64,
}

impl Queue {
    /// The queue of a URL; whether there is one, the first use shows.
    pub fn new(client: Client, url: impl Into<String>) -> Queue {
        Queue { client, url: url.into() }
    }

    /// Begins to send messages.
    pub fn batches(&self) -> Batches<'_> {
        Batches { queue: self, texts: Vec::new(), bytes: 0, sent: 0 }
    }

    /// Sends a batch, and what SQS refused of it for the moment again.
    async fn send(&self, mut texts: Vec<String>) -> Result<(), QueueError> {
        let mut pause = PAUSE;
        let mut refused = String::new();
        for attempt in 0..MOST_TRIES {
            if attempt > 0 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            let mut request = self.client.send_message_batch().queue_url(&self.url);
            for (at, text) in texts.iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .message_body(text)
                    .build();
                request = request.entries(entry.map_err(|error| self.failed(false, &error))?);
            }
            // Refusals of the whole batch are tried again by the SDK.
            let answer =
                request.send().await.map_err(|error| self.failed(true, &aws::words(&error)))?;
            if answer.failed.is_empty() {
                return Ok(());
            }
            let mut again = Vec::new();
            for failed in answer.failed {
                refused = format!("{} {}", failed.code, failed.message.unwrap_or_default());
                if failed.sender_fault {
                    return Err(self.failed(false, &refused));
                }
                let at = failed.id.parse().ok().filter(|at| *at < texts.len());
                let at: usize = at.ok_or_else(|| {
                    self.failed(true, &format!("it refused an entry `{}`", failed.id))
                })?;
                again.push(std::mem::take(&mut texts[at]));
            }
            texts = again;
        }
        Err(self.failed(true, &refused))
    }

    fn failed(&self, passing: bool, why: &dyn fmt::Display) -> QueueError {
        let message = format!("the queue {} did not take a message: {why}", self.url);
        QueueError { passing, message }
    }
}

impl Batches<'_> {
    /// Sends a message, of at most [`MOST_BYTES`], with others or later.
    ///
    /// # Errors
    /// If the queue does not take it or one of those before.
    pub async fn push(&mut self, text: String) -> Result<(), QueueError> {
        if self.texts.len() == MOST_ENTRIES || self.bytes + text.len() > MOST_BYTES {
            self.flush().await?;
        }
        self.bytes += text.len();
        self.texts.push(text);
        Ok(())
    }

    /// Sends what is left.
    ///
    /// # Errors
    /// If the queue does not take it.
    pub async fn flush(&mut self) -> Result<(), QueueError> {
        self.bytes = 0;
        let texts = std::mem::take(&mut self.texts);
        if texts.is_empty() {
            return Ok(());
        }
        let count = texts.len() as u64;
        self.queue.send(texts).await?;
        self.sent += count;
        Ok(())
    }
}
