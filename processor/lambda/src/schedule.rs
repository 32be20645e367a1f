//! What time alone tells: what is still owed to channels, what stays away.

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tracing::info;
use trailalerts_lambda::metrics::Metrics;
use trailalerts_processor::{absence, deliver::sweep, streams};

use crate::handler::{Counting, Handler, note};

impl Handler {
    /// Does what is to be done from time to time. All of it is tried, whatever fails.
    ///
    /// # Errors
    /// What failed, in words.
    pub(crate) async fn schedule(
        &self,
        now: Timestamp,
        metrics: &Mutex<Metrics>,
    ) -> Result<(), String> {
        let Some(store) = &self.store else {
            info!("there is no state, and nothing to do by the clock");
            return Ok(());
        };
        let mut failures = Vec::new();
        let counting = Counting { channels: &self.channels, now, metrics };
        match sweep(store, &counting, now).await {
            Ok(swept) => note(&swept),
            Err(error) => failures.push(error.to_string()),
        }
        let settings = &self.processor.patterns.set().settings;
        let delay = i64::try_from(settings.streams.delay).unwrap_or(i64::MAX);
        let until = now.saturating_sub(SignedDuration::from_secs(delay)).unwrap_or(now);
        let absences = [
            absence::close(&self.processor, store, until, until, now).await,
            streams::check(&self.processor, store, now).await,
        ];
        for absences in absences {
            match absences {
                Ok(absences) => {
                    metrics.lock().await.count("Absences", absences.told.len() as u64);
                    let delivered = self.deliver(store, &absences.owed, now, metrics).await;
                    failures.extend(delivered.err());
                }
                Err(error) => failures.push(error.to_string()),
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
    }
}
