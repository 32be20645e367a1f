//! From messages of the queue to alerts.

use aws_sdk_s3::Client as S3;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tracing::{Instrument, error, info, info_span, warn};
use trailalerts_core::{
    Level, Match, Origin, Record, RuleSet,
    message::{Message, QueuedMatch, QueuedStream, What},
};
use trailalerts_lambda::metrics::Metrics;
use trailalerts_processor::{
    Alert, Decision, Processor,
    decide::Channel,
    deliver::{Channels, Delivered, deliver},
    owed::Owed,
    store::Store,
    streams::{self, Stream},
};

use crate::{
    channels::AwsChannels,
    claim,
    dynamodb::DynamoDbStore,
    event::{Event, Queued},
    settings::Settings,
};

/// Messages that are decided on side by side.
const SIDE_BY_SIDE: usize = 8;

/// Why alerts say that they are unfiltered where no state is kept.
const STATELESS: &str = "no state is kept, so nobody knows whether it was told before, and \
                         thresholds, correlations and cooldown are not looked at";

/// The processor as a function.
#[derive(Debug)]
pub struct Handler {
    pub(crate) processor: Processor,
    /// The same, for matches of which nobody is told.
    quiet: Processor,
    pub(crate) store: Option<DynamoDbStore>,
    pub(crate) channels: AwsChannels,
    s3: S3,
    dead_letter_queue: Option<String>,
}

/// What became of a message, where it is not to come again.
type Done = Result<(), String>;

impl Handler {
    /// The processor of a rule set.
    pub fn new(
        rules: &'static RuleSet,
        store: Option<DynamoDbStore>,
        channels: AwsChannels,
        s3: S3,
        settings: Settings,
    ) -> Handler {
        let processor = |notify: bool| {
            let mut processor = Processor::new(rules);
            processor.notify = notify;
            if processor.channels.is_empty() {
                // Where settings.yml names none, there are those of the deployment.
                processor.channels = settings
                    .routes
                    .keys()
                    .map(|name| Channel { name: name.clone(), min_severity: Level::Informational })
                    .collect();
            }
            processor
        };
        if store.is_none() {
            let patterns = rules.correlations.len() + rules.postprocessing.len();
            warn!(
                patterns,
                "no table is set: thresholds and correlations never alert, and every match does"
            );
        }
        let (notifying, quiet) = (processor(true), processor(false));
        let dead_letter_queue = settings.dead_letter_queue;
        Handler { processor: notifying, quiet, store, channels, s3, dead_letter_queue }
    }

    /// Handles the event of an invocation. The answer names the messages that are to come again.
    ///
    /// # Errors
    /// If the event is none that is taken, or the schedule's work failed.
    pub async fn handle(&self, event: &str, now: Timestamp) -> Result<Value, String> {
        let metrics = Mutex::new(metrics());
        let answer = match Event::read(event) {
            Ok(Event::Messages(messages)) => Ok(self.messages(messages, now, &metrics).await),
            Ok(Event::Schedule) => self.schedule(now, &metrics).await.map(|()| Value::Null),
            Err(error) => Err(error),
        };
        let mut metrics = metrics.into_inner();
        metrics.count("Failures", u64::from(answer.is_err()));
        metrics.write();
        answer
    }

    async fn messages(
        &self,
        messages: Vec<Queued>,
        now: Timestamp,
        metrics: &Mutex<Metrics>,
    ) -> Value {
        metrics.lock().await.count("Messages", messages.len() as u64);
        let handled = stream::iter(messages).map(|message| async move {
            let span = info_span!("message", message = message.message_id);
            let dead = self.dead_letter_queue.as_ref().is_some_and(|dead| *dead == message.queue);
            let done = async {
                let done = match dead {
                    true => self.dead_letter(&message, now, metrics).await,
                    false => self.message(&message.body, now, metrics).await,
                };
                if let Err(why) = &done {
                    error!("{why}");
                    metrics.lock().await.count("Failures", 1);
                }
                done
            };
            let done = done.instrument(span).await;
            done.err().map(|_| json!({"itemIdentifier": message.message_id}))
        });
        let failed: Vec<Option<Value>> = handled.buffer_unordered(SIDE_BY_SIDE).collect().await;
        json!({"batchItemFailures": failed.into_iter().flatten().collect::<Vec<_>>()})
    }

    async fn message(&self, body: &str, now: Timestamp, metrics: &Mutex<Metrics>) -> Done {
        let message = Message::read(body).map_err(|error| error.to_string())?;
        match &message.what {
            What::Match(found) => self.found(&message, found, now, metrics).await,
            What::Stream(stream) => self.stream(stream, now).await,
        }
    }

    async fn stream(&self, stream: &QueuedStream<'_>, now: Timestamp) -> Done {
        let Some(store) = &self.store else {
            return Ok(());
        };
        let (account, region) = (stream.account.to_string(), stream.region.to_string());
        // A time to come would hide silence.
        let newest = stream.newest.min(now);
        streams::note(store, &Stream { account, region }, newest, now)
            .await
            .map_err(|error| error.to_string())
    }

    async fn found(
        &self,
        message: &Message<'_>,
        found: &QueuedMatch<'_>,
        now: Timestamp,
        metrics: &Mutex<Metrics>,
    ) -> Done {
        let rules = self.processor.patterns.set();
        let Some(rule) = rules.rules.iter().find(|rule| rule.id == found.rule.id) else {
            let why = format!(
                "its rule is not in this processor's rule set {}, but in that of the detector, {}",
                rules.fingerprint, message.fingerprint
            );
            if !found.notify {
                info!("{why}");
                return Ok(());
            }
            let told = self.processor.undecided_match(found, message.arrived, &why);
            return self.tell_alone(told, now, metrics).await;
        };
        let json = claim::record(&self.s3, found).await?;
        let record = Record::parse(json.as_bytes())
            .map_err(|error| format!("the record of the message: {error}"))?;
        let origin = Origin { file: &found.origin.key, index: found.origin.index };
        let matched = Match { rule, record: &record, origin };
        let Some(store) = &self.store else {
            let told = self.processor.decide_alone(&matched, message.arrived, STATELESS);
            return match found.notify {
                true => self.tell_alone(told, now, metrics).await,
                false => Ok(()),
            };
        };
        let processor = if found.notify { &self.processor } else { &self.quiet };
        let outcome = processor
            .process(store, &matched, message.arrived, now)
            .await
            .map_err(|error| error.to_string())?;
        info!(
            rule = rule.id,
            decision = outcome.decision.name(),
            alerts = ?outcome.told,
            "decided"
        );
        metrics.lock().await.count_of("Decisions", outcome.decision.name(), 1);
        self.deliver(store, &outcome.owed, now, metrics).await
    }

    /// Delivers what is owed. What a channel does not take is swept up by the schedule.
    pub(crate) async fn deliver<S: Store>(
        &self,
        store: &S,
        owed: &[Owed],
        now: Timestamp,
        metrics: &Mutex<Metrics>,
    ) -> Done {
        for owed in owed {
            let counting = Counting { channels: &self.channels, now, metrics };
            let delivered =
                deliver(store, &counting, owed, now).await.map_err(|error| error.to_string())?;
            note(&delivered);
        }
        Ok(())
    }

    /// Tells an alert of which no state is kept. Where a channel does not take it, the message is to
    /// come again, and is told again on all channels.
    pub(crate) async fn tell_alone(
        &self,
        (decision, alert): (Decision, Option<Alert>),
        now: Timestamp,
        metrics: &Mutex<Metrics>,
    ) -> Done {
        info!(decision = decision.name(), "decided without state");
        metrics.lock().await.count_of("Decisions", decision.name(), 1);
        let Some(alert) = alert else {
            return Ok(());
        };
        let counting = Counting { channels: &self.channels, now, metrics };
        let mut failed = Vec::new();
        for channel in &alert.owed {
            failed.extend(counting.deliver(channel, &alert).await.err());
        }
        match failed.is_empty() {
            true => Ok(()),
            false => {
                let failed: Vec<String> = failed.iter().map(ToString::to_string).collect();
                Err(failed.join("; "))
            }
        }
    }
}

/// Says what channels did not take.
pub fn note(delivered: &Delivered) {
    for failed in &delivered.failed {
        error!(channel = failed.channel, "{failed}");
    }
}

/// Channels that are counted, with the time from the record to the alert.
pub struct Counting<'c> {
    /// The channels.
    pub channels: &'c AwsChannels,
    /// The time.
    pub now: Timestamp,
    /// What counts.
    pub metrics: &'c Mutex<Metrics>,
}

impl Channels for Counting<'_> {
    async fn deliver(
        &self,
        channel: &str,
        alert: &Alert,
    ) -> Result<(), trailalerts_processor::deliver::DeliveryError> {
        let delivered = self.channels.deliver(channel, alert).await;
        let mut metrics = self.metrics.lock().await;
        match &delivered {
            Ok(()) => {
                metrics.count("Delivered", 1);
                metrics.count_of("DeliveredByChannel", channel, 1);
                let delay = self.now.duration_since(alert.time).as_secs_f64();
                metrics.seconds("AlertDelay", delay.max(0.0));
            }
            Err(_) => {
                metrics.count("DeliveryFailures", 1);
                metrics.count_of("DeliveryFailuresByChannel", channel, 1);
            }
        }
        delivered
    }
}

/// Metrics that every invocation tells, if only that there was none of it.
fn metrics() -> Metrics {
    let mut metrics = Metrics::default();
    for name in ["Messages", "Delivered", "DeliveryFailures", "Failures"] {
        metrics.count(name, 0);
    }
    metrics
}
