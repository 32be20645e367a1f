//! Parts of times (modifiers appendix: `minute`, `hour`, `day`, `week`, `month`, `year`).

use crate::ast::{DetectionItem, Modifier};

use super::pattern;

/// The part of a time that an item speaks of.
pub(super) fn part(item: &DetectionItem) -> Option<Modifier> {
    use Modifier::*;
    [Minute, Hour, Day, Week, Month, Year].into_iter().find(|part| item.has(*part))
}

/// That part of a text that is a time of ISO 8601, as it is written there.
pub(super) fn of(text: &str, part: Modifier) -> Option<i64> {
    const TIME: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$";
    if !pattern::search(TIME, text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let (hour, minute) = (number(11, 13), number(14, 16));
    if hour.is_some_and(|hour| hour > 23) || minute.is_some_and(|minute| minute > 59) {
        return None;
    }
    match part {
        Modifier::Minute => minute,
        Modifier::Hour => hour,
        Modifier::Day => Some(day),
        Modifier::Week => Some(week(year, month, day)),
        Modifier::Month => Some(month),
        Modifier::Year => Some(year),
        _ => None,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn day_of_year(year: i64, month: i64, day: i64) -> i64 {
    (1..month).map(|month| days_of(year, month)).sum::<i64>() + day
}

/// Days from the first day of the year 0 to the first day of this one.
fn days_before(year: i64) -> i64 {
    (0..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum()
}

/// The week of ISO 8601: weeks begin on Monday and belong to the year that has their Thursday.
fn week(year: i64, month: i64, day: i64) -> i64 {
    // The first day of the year 0 of the proleptic Gregorian calendar was a Saturday.
    let days = days_before(year) + day_of_year(year, month, day) - 1;
    let since_monday = (days + 5) % 7;
    let thursday = days - since_monday + 3;
    let year_of_thursday =
        (year - 1..=year + 1).rfind(|year| days_before(*year) <= thursday).unwrap_or(year);
    (thursday - days_before(year_of_thursday)) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_as_written() {
        let cases = [
            ("2026-11-18T13:51:40Z", [51, 13, 18, 47, 11, 2026]),
            ("2026-01-01T00:00:00+05:30", [0, 0, 1, 1, 1, 2026]),
            ("2027-01-01 23:59", [59, 23, 1, 53, 1, 2027]),
            ("2024-12-30T08:00:00.123Z", [0, 8, 30, 1, 12, 2024]),
            ("2000-02-29T08:00Z", [0, 8, 29, 9, 2, 2000]),
        ];
        use Modifier::*;
        for (text, expected) in cases {
            let found = [Minute, Hour, Day, Week, Month, Year].map(|part| of(text, part).unwrap());
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!((of("2026-11-18", Hour), of("2026-11-18", Day)), (None, Some(18)));
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-11-18T24:00",
            "1763473900",
            "18.11.2026",
            "20261118T135140Z",
        ] {
            assert_eq!(of(text, Day), None, "{text}");
        }
    }
}
