//! The span of time that a scan is asked for.

use jiff::{SpanRelativeTo, Timestamp, civil::Date, tz::TimeZone};

/// Reads a time on the command line: an instant, a date (its begin in UTC), or how long ago.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(date) = text.parse::<Date>() {
        return date
            .to_zoned(TimeZone::UTC)
            .map(|start| start.timestamp())
            .map_err(|error| error.to_string());
    }
    let ago = text
        .parse::<jiff::Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    ago.and_then(|ago| Timestamp::now().checked_sub(ago)).map_err(|_| {
        "expected a date (2026-11-18), a time (2026-11-18T13:00:00Z) or how long ago (24h, 7d)"
            .to_owned()
    })
}

/// From `since` on, before `until`.
#[derive(Debug, Clone, Copy)]
pub struct TimeRange {
    /// The first instant that is in.
    pub since: Option<Timestamp>,
    /// The first instant that is out again.
    pub until: Option<Timestamp>,
}

impl TimeRange {
    /// Whether every time is in.
    pub fn is_unlimited(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// Whether a record of this `eventTime` is in. One whose time is missing or cannot be read
    /// is: leaving it out could hide it from every scan.
    pub fn contains(&self, event_time: Option<&str>) -> bool {
        let Some(time) = event_time.and_then(|text| text.parse::<Timestamp>().ok()) else {
            return true;
        };
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_instants_dates_or_durations() {
        for text in
            ["2026-11-18", "2026-11-18T13:00:00Z", "2026-11-18T13:00:00+01:00", "24h", "7d", "90m"]
        {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "12"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn range_is_half_open_by_instant_and_keeps_unknown_times() {
        let range = TimeRange {
            since: parse("2026-11-18T10:00:00Z").ok(),
            until: parse("2026-11-18T11:00:00Z").ok(),
        };
        let cases = [
            (Some("2026-11-18T09:59:59Z"), false),
            (Some("2026-11-18T10:00:00Z"), true),
            (Some("2026-11-18T11:59:59+01:00"), true),
            (Some("2026-11-18T11:00:00Z"), false),
            (Some("soon"), true),
            (None, true),
        ];
        for (time, expected) in cases {
            assert_eq!(range.contains(time), expected, "{time:?}");
        }
    }
}
