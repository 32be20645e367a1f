//! What documents and settings say of alerts, beyond Sigma.

use super::Level;
use crate::source::Spanned;

/// The `trailalerts` map of a rule or correlation, but for its lints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alerting {
    /// `cooldown`, in seconds; 0 is none
    pub cooldown: Option<u64>,
    /// `cooldown_by`: fields, or the words `actor`, `account` and `severity`, each once
    pub cooldown_by: Option<Vec<String>>,
    /// `channels`: names of channels of the settings, each once
    pub channels: Option<Vec<Spanned<String>>>,
    /// `distribution`: fields, each once
    pub distribution: Vec<String>,
    /// `activity`
    pub activity: Option<Activity>,
    /// `expected_silence`
    pub expected_silence: Option<Activity>,
}

/// Hours of the week, by the clock of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Any of them; at least one
    pub windows: Vec<Hours>,
    /// `except`: all hours but those of the windows
    pub except: bool,
    /// Name of the IANA database
    pub timezone: String,
}

/// Hours of days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The days on which they begin, from Monday; at least one
    pub days: [bool; 7],
    /// The first second of the day, 0 to 86399
    pub from: u32,
    /// The second after the last one, 0 to 86400; where it is not after `from`, one of the next
    /// day
    pub to: u32,
}

/// What `settings.yml` chooses for all alerts.
#[derive(Debug, Clone, Default)]
pub struct AlertSettings {
    /// `cooldown`, in seconds; 0 is none
    pub cooldown: Option<u64>,
    /// `channels`, each name once
    pub channels: Vec<Channel>,
    /// `streams`
    pub streams: Streams,
    /// `accounts`: account ids and their names
    pub accounts: Vec<(String, String)>,
}

/// Where alerts are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name
    pub name: Spanned<String>,
    /// `min_severity`
    pub min_severity: Option<Level>,
}

/// When logs that stay away are told.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    /// `silent_after`, in seconds
    pub silent_after: Option<u64>,
    /// `learn`
    pub learn: Option<bool>,
    /// `delay`, in seconds
    pub delay: Option<u64>,
    /// `expected`, each account and region once
    pub expected: Vec<Stream>,
}

/// The logs of a region of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// `account`: 12 digits
    pub account: String,
    /// `region`
    pub region: String,
    /// `silent_after`, in seconds
    pub silent_after: Option<u64>,
}

impl AlertSettings {
    /// Takes the settings of a later rules directory: what it says replaces what was said before,
    /// of each channel, stream and account for itself.
    pub fn merge(&mut self, later: AlertSettings) {
        self.cooldown = later.cooldown.or(self.cooldown);
        for channel in later.channels {
            match self.channels.iter_mut().find(|each| each.name.value == channel.name.value) {
                Some(known) => known.min_severity = channel.min_severity.or(known.min_severity),
                None => self.channels.push(channel),
            }
        }
        let streams = &mut self.streams;
        streams.silent_after = later.streams.silent_after.or(streams.silent_after);
        streams.learn = later.streams.learn.or(streams.learn);
        streams.delay = later.streams.delay.or(streams.delay);
        for stream in later.streams.expected {
            streams
                .expected
                .retain(|each| each.account != stream.account || each.region != stream.region);
            streams.expected.push(stream);
        }
        for (id, name) in later.accounts {
            self.accounts.retain(|(known, _)| *known != id);
            self.accounts.push((id, name));
        }
    }
}
