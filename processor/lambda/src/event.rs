//! What an invocation brings.

use serde::Deserialize;

/// What an invocation brings.
#[derive(Debug)]
pub enum Event {
    /// Messages of a queue.
    Messages(Vec<Queued>),
    /// The schedule asks for what time alone tells.
    Schedule,
}

/// A message of a queue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queued {
    /// Names it to the queue.
    pub message_id: String,
    /// Its text.
    pub body: String,
    /// The ARN of its queue.
    #[serde(rename = "eventSourceARN", default)]
    pub queue: String,
    /// What the queue knows of it.
    #[serde(default)]
    pub attributes: Attributes,
}

/// What a queue knows of a message.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attributes {
    /// When it was sent, in milliseconds since 1970.
    sent_timestamp: Option<String>,
}

impl Queued {
    /// When it was sent, in milliseconds since 1970.
    pub fn sent(&self) -> Option<i64> {
        self.attributes.sent_timestamp.as_ref()?.parse().ok()
    }
}

impl Event {
    /// Reads the event of an invocation.
    ///
    /// # Errors
    /// If it is none of those that are taken.
    pub fn read(event: &str) -> Result<Event, String> {
        #[derive(Deserialize)]
        struct Shape {
            #[serde(rename = "Records")]
            records: Option<Vec<Queued>>,
            #[serde(rename = "detail-type")]
            detail_type: Option<String>,
        }
        let expected = "the processor takes messages of SQS, and scheduled events of EventBridge";
        let shape: Shape = serde_json::from_str(event)
            .map_err(|error| format!("this event is not read: {error}; {expected}"))?;
        match (shape.records, shape.detail_type.as_deref()) {
            (Some(messages), _) => Ok(Event::Messages(messages)),
            (None, Some("Scheduled Event")) => Ok(Event::Schedule),
            _ => Err(format!("this event has neither `Records` nor a schedule; {expected}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_schedules_are_told_apart() {
        let messages = r#"{"Records":[{"messageId":"m","receiptHandle":"r","body":"{\"a\":1}","attributes":{"SentTimestamp":"1763805600000"},"eventSourceARN":"arn:aws:sqs:eu-central-1:111122223333:q","eventSource":"aws:sqs"},{"messageId":"n","body":""}]}"#;
        let Ok(Event::Messages(messages)) = Event::read(messages) else { panic!("messages") };
        assert_eq!(
            (messages[0].body.as_str(), messages[0].sent()),
            ("{\"a\":1}", Some(1_763_805_600_000))
        );
        assert!(messages[0].queue.ends_with(":q") && messages[1].queue.is_empty());
        let schedule = r#"{"version":"0","id":"i","detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#;
        assert!(matches!(Event::read(schedule), Ok(Event::Schedule)));
        for other in ["[]", "{}", r#"{"detail-type":"Object Created"}"#, r#"{"Records":[{}]}"#] {
            assert!(Event::read(other).unwrap_err().contains("the processor takes"), "{other}");
        }
    }
}
