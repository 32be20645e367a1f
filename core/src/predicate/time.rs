//! Parts of times of ISO 8601, as they are written: no time zone is converted.

use jiff::civil::Date;

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimePart {
    /// 0 to 59
    Minute,
    /// 0 to 23
    Hour,
    /// Day of the month, 1 to 31
    Day,
    /// Week of ISO 8601, 1 to 53
    Week,
    /// 1 to 12
    Month,
    /// Of the calendar
    Year,
}

impl TimePart {
    /// This part of a text such as `2026-11-18`, `2026-11-18 13:51` or `2026-11-18T13:51:40.5Z`;
    /// `None` where the text is no such time, or has no time of day to take an hour from.
    pub(super) fn of(self, text: &str) -> Option<i64> {
        let bytes = text.as_bytes();
        let (date, time) = bytes.split_at_checked(10)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
        let year = i16::try_from(100 * number([y1, y2])? + number([y3, y4])?).ok()?;
        let month = i8::try_from(number([m1, m2])?).ok()?;
        let day = i8::try_from(number([d1, d2])?).ok()?;
        let date = Date::new(year, month, day).ok()?;
        let time = match time {
            [] => None,
            [b'T' | b't' | b' ', h1, h2, b':', m1, m2, rest @ ..] => {
                let (hour, minute) = (number([*h1, *h2])?, number([*m1, *m2])?);
                if hour > 23 || minute > 59 || !is_rest(rest) {
                    return None;
                }
                Some((hour, minute))
            }
            _ => return None,
        };
        match self {
            TimePart::Minute => time.map(|(_, minute)| minute),
            TimePart::Hour => time.map(|(hour, _)| hour),
            TimePart::Day => Some(day.into()),
            TimePart::Week => Some(date.iso_week_date().week().into()),
            TimePart::Month => Some(month.into()),
            TimePart::Year => Some(year.into()),
        }
    }
}

fn number(digits: [u8; 2]) -> Option<i64> {
    let [tens, ones] = digits.map(|digit| digit.is_ascii_digit().then(|| i64::from(digit - b'0')));
    Some(10 * tens? + ones?)
}

/// Whether this follows the minutes of a time: seconds, their fraction and an offset, each of
/// which may be missing.
fn is_rest(rest: &[u8]) -> bool {
    let offset = match rest {
        [b':', s1, s2, rest @ ..] if number([*s1, *s2]).is_some() => match rest {
            [b'.' | b',', fraction @ ..] => {
                let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if digits == 0 {
                    return false;
                }
                fraction.get(digits..).unwrap_or_default()
            }
            _ => rest,
        },
        _ => rest,
    };
    match offset {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2] => number([*h1, *h2]).is_some(),
        [b'+' | b'-', h1, h2, m1, m2] | [b'+' | b'-', h1, h2, b':', m1, m2] => {
            number([*h1, *h2]).is_some() && number([*m1, *m2]).is_some()
        }
        _ => false,
    }
}
