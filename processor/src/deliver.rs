//! Delivery: an alert is told once each of its channels has accepted it.
//!
//! A channel is marked as soon as it has accepted. Where the program ends between the two, the
//! channel is told again: the only way in which an alert arrives twice. What no channel has
//! accepted yet is swept up, with growing pauses.

use std::{fmt, future::Future};

use jiff::Timestamp;

use crate::{
    alert::Alert,
    owed::{Owed, due},
    store::{Committed, Store, StoreError},
    told,
};

/// How much is swept up at once, of each partition.
const SWEPT: usize = 25;

/// How often what a channel has accepted is marked anew because the alert changed meanwhile.
const MOST_TRIES: u32 = 20;

/// What alerts are delivered by.
pub trait Channels: Sync {
    /// Delivers an alert to a channel, named as in the settings.
    ///
    /// # Errors
    /// If the channel has not accepted it, or may not have.
    fn deliver(
        &self,
        channel: &str,
        alert: &Alert,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}

/// Why a channel has not accepted an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryError {
    /// The channel.
    pub channel: String,
    /// What happened, in words.
    pub message: String,
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the channel `{}` did not take an alert: {}", self.channel, self.message)
    }
}

impl std::error::Error for DeliveryError {}

/// What became of a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// How many channels accepted.
    pub accepted: usize,
    /// The channels that did not: they are tried again by the next sweep that finds them due.
    pub failed: Vec<DeliveryError>,
}

/// Delivers what is owed of an alert: every channel is tried, whatever the others say.
///
/// # Errors
/// If the store fails.
pub async fn deliver<S: Store, C: Channels>(
    store: &S,
    channels: &C,
    owed: &Owed,
    now: Timestamp,
) -> Result<Delivered, StoreError> {
    let mut delivered = Delivered::default();
    let Some(told) = told::read(store, &owed.alert, now).await? else {
        // It is older than alerts are kept.
        let _: Committed = store.commit(&[owed.settle()], now).await?;
        return Ok(delivered);
    };
    let alert = told.complete();
    for channel in &alert.owed {
        match channels.deliver(channel, &alert).await {
            Ok(()) => {
                accepted(store, &alert, channel, now).await?;
                delivered.accepted += 1;
            }
            Err(error) => delivered.failed.push(error),
        }
    }
    if delivered.failed.is_empty() {
        let _: Committed = store.commit(&[owed.settle()], now).await?;
    }
    Ok(delivered)
}

/// Marks that a channel has accepted an alert. One that went on meanwhile and is owed anew is not
/// what the channel has accepted.
async fn accepted<S: Store>(
    store: &S,
    alert: &Alert,
    channel: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    for _ in 0..MOST_TRIES {
        let Some(told) = told::read(store, &alert.id, now).await? else {
            return Ok(());
        };
        if told.alert.told != alert.told {
            return Ok(());
        }
        if store.commit(&[told.accepted(channel, now)], now).await? == Committed::Done {
            return Ok(());
        }
    }
    let id = &alert.id;
    let message = format!("the alert `{id}` changes too often to mark `{channel}` as told");
    Err(StoreError { passing: true, message })
}

/// Delivers what is due: what could not be delivered before, or was left by a program that ended
/// in between. Two that sweep at the same time share the work.
///
/// # Errors
/// If the store fails.
pub async fn sweep<S: Store, C: Channels>(
    store: &S,
    channels: &C,
    now: Timestamp,
) -> Result<Delivered, StoreError> {
    let mut swept = Delivered::default();
    for owed in due(store, SWEPT, now).await? {
        let (later, writes) = owed.put_off(now);
        if store.commit(&writes, now).await? == Committed::Conflict {
            continue;
        }
        let delivered = deliver(store, channels, &later, now).await?;
        swept.accepted += delivered.accepted;
        swept.failed.extend(delivered.failed);
    }
    Ok(swept)
}
