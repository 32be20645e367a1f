//! What becomes of alerts, beyond Sigma: the `trailalerts` map of a document, and what `settings.yml`
//! chooses for all of them. Nothing here evaluates it.

use crate::rule_set::Level;

/// What a rule or correlation says of its alerts beyond Sigma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alerting {
    /// `cooldown`, in seconds; 0 is none. Where it says nothing, that of the settings counts.
    pub cooldown: Option<u64>,
    /// `cooldown_by`: what alerts must have in common for one to keep the next back, besides their
    /// rule. Dotted fields, or the words `actor`, `account` and `severity`; empty: nothing.
    pub cooldown_by: Option<&'static [&'static str]>,
    /// `channels`: names of channels of the settings, at least one. Where it says nothing, all
    /// channels count.
    pub channels: Option<&'static [&'static str]>,
    /// `distribution`: fields whose values are counted in the alert.
    pub distribution: &'static [&'static str],
    /// `activity`: the hours in which it may alert; at any time where it says nothing.
    pub activity: Option<Activity>,
    /// `expected_silence`: the hours in which nothing is expected, so that absence is not told.
    pub expected_silence: Option<Activity>,
}

impl Alerting {
    /// Of a document that says nothing.
    pub const NONE: Alerting = Alerting {
        cooldown: None,
        cooldown_by: None,
        channels: None,
        distribution: &[],
        activity: None,
        expected_silence: None,
    };
}

/// Hours of the week, by the clock of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// Any of them; at least one.
    pub windows: &'static [Hours],
    /// `except`: all hours but those of the windows are meant.
    pub except: bool,
    /// Name of the IANA database.
    pub timezone: &'static str,
}

impl Activity {
    /// Whether a time is meant: the day of the week, Monday being 0, and the second of that day, by
    /// the clock of the time zone.
    pub fn holds(&self, day: usize, second: u32) -> bool {
        self.windows.iter().any(|hours| hours.hold(day, second)) != self.except
    }
}

/// Hours of days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The days on which they begin, from Monday.
    pub days: [bool; 7],
    /// The first second of the day, 0 to 86399.
    pub from: u32,
    /// The second after the last one, 0 to 86400; where it is not after `from`, one of the next
    /// day.
    pub to: u32,
}

impl Hours {
    /// Whether they hold a second of a day of the week, Monday being 0.
    pub fn hold(&self, day: usize, second: u32) -> bool {
        let begin_on = |day: usize| self.days.get(day % 7) == Some(&true);
        if self.from < self.to {
            begin_on(day) && (self.from..self.to).contains(&second)
        } else {
            // Six days on is the day before.
            begin_on(day) && second >= self.from || begin_on(day % 7 + 6) && second < self.to
        }
    }
}

/// What `settings.yml` chooses for all alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// `cooldown`, in seconds; 0 is none.
    pub cooldown: u64,
    /// `channels`, in the order of the settings.
    pub channels: &'static [Channel],
    /// `streams`
    pub streams: Streams,
    /// `accounts`: account ids and their names.
    pub accounts: &'static [(&'static str, &'static str)],
}

impl Settings {
    /// Where nothing is chosen.
    pub const DEFAULT: Settings =
        Settings { cooldown: 3_600, channels: &[], streams: Streams::DEFAULT, accounts: &[] };
}

/// Where alerts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Its name.
    pub name: &'static str,
    /// `min_severity`: alerts below it are not told there.
    pub min_severity: Level,
}

/// When logs that stay away are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streams {
    /// `silent_after`: how long a stream may be silent, in seconds.
    pub silent_after: u64,
    /// `learn`: streams that were active are expected without being listed.
    pub learn: bool,
    /// `delay`: how late logs usually are, in seconds.
    pub delay: u64,
    /// `expected`: streams that are expected.
    pub expected: &'static [Stream],
}

impl Streams {
    /// Where nothing is chosen.
    pub const DEFAULT: Streams =
        Streams { silent_after: 1_800, learn: true, delay: 900, expected: &[] };
}

/// The logs of a region of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// `account`: 12 digits.
    pub account: &'static str,
    /// `region`
    pub region: &'static str,
    /// `silent_after`, in seconds, where it differs from that of the others.
    pub silent_after: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::{Activity, Hours};

    const HOUR: u32 = 3_600;
    const MONDAY: [bool; 7] = [true, false, false, false, false, false, false];
    const SUNDAY: [bool; 7] = [false, false, false, false, false, false, true];

    #[test]
    fn hours_are_half_open_and_reach_past_midnight() {
        let cases = [
            (MONDAY, 23, 24, [(0, 23, true), (1, 0, false), (0, 22, false), (1, 23, false)]),
            (MONDAY, 22, 6, [(0, 22, true), (1, 5, true), (1, 6, false), (0, 5, false)]),
            (SUNDAY, 22, 6, [(6, 22, true), (0, 5, true), (0, 6, false), (6, 5, false)]),
            (MONDAY, 23, 0, [(0, 23, true), (1, 0, false), (0, 0, false), (6, 23, false)]),
            (MONDAY, 8, 8, [(0, 8, true), (1, 7, true), (1, 8, false), (0, 7, false)]),
            (MONDAY, 0, 24, [(0, 0, true), (0, 23, true), (1, 0, false), (6, 23, false)]),
        ];
        for (days, from, to, expected) in cases {
            let windows: &'static [Hours] =
                vec![Hours { days, from: from * HOUR, to: to * HOUR }].leak();
            for (day, hour, holds) in expected {
                for except in [false, true] {
                    let activity = Activity { windows, except, timezone: "UTC" };
                    let found = activity.holds(day, hour * HOUR);
                    assert_eq!(found, holds != except, "{from} to {to}: {day}, {hour}");
                }
            }
        }
        let hours = Hours { days: MONDAY, from: 23 * HOUR, to: 24 * HOUR };
        assert!(hours.hold(0, 24 * HOUR - 1), "the last second");
        assert!(!hours.hold(0, 23 * HOUR - 1), "the second before");
        assert!(hours.hold(7, 23 * HOUR), "a day past the week is one of the next");
    }
}
