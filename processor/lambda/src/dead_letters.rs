//! Messages that could not be decided on: they alert by themselves, and say so.

use jiff::Timestamp;
use tokio::sync::Mutex;
use trailalerts_core::message::{Message, What};
use trailalerts_lambda::metrics::Metrics;

use crate::{event::Queued, handler::Handler};

/// Why alerts say that they are unfiltered.
const WHY: &str = "it could not be decided on and came through the dead-letter queue; the logs of \
                   the functions say what went wrong";

impl Handler {
    /// Tells a message of the dead-letter queue. No state is asked, and no other service than that
    /// of the channels: one of them may be what failed.
    pub(crate) async fn dead_letter(
        &self,
        message: &Queued,
        now: Timestamp,
        metrics: &Mutex<Metrics>,
    ) -> Result<(), String> {
        metrics.lock().await.count("DeadLetters", 1);
        let told = match Message::read(&message.body) {
            Ok(Message { what: What::Match(found), .. }) if !found.notify => return Ok(()),
            Ok(Message { what: What::Match(found), arrived, .. }) => {
                self.processor.undecided_match(&found, arrived, WHY)
            }
            // The next file of the stream says as much.
            Ok(Message { what: What::Stream(_), .. }) => return Ok(()),
            Err(_) => {
                let sent = message.sent().and_then(|at| Timestamp::from_millisecond(at).ok());
                self.processor.undecided_message(&message.body, sent.unwrap_or(now), WHY)
            }
        };
        self.tell_alone(told, now, metrics).await
    }
}
