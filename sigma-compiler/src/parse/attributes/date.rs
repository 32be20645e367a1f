//! Dates of documents.

/// `YYYY-MM-DD`, or the older `YYYY/MM/DD`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// The date that was meant by a text which is none, where there is only one.
pub fn date_meant(text: &str) -> Option<String> {
    // A time behind it is of no use.
    let day = text.trim().split(['T', ' ']).next()?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let (year, month, rest) = match parts.as_slice() {
        [day] if day.len() == 8 && digits(day) => (&day[..4], &day[4..6], &day[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        // With points, the day comes first wherever dates are written so.
        [first, month, year] if year.len() == 4 && day.contains('.') => (*year, *month, *first),
        _ => return None,
    };
    let date = format!("{year}-{month:0>2}-{rest:0>2}");
    is_date(&date).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::date_meant;

    #[test]
    fn only_a_date_that_can_be_no_other_is_meant() {
        let cases = [
            ("2026-5-1", Some("2026-05-01")),
            ("2026/5/31", Some("2026-05-31")),
            ("20260531", Some("2026-05-31")),
            ("31.5.2026", Some("2026-05-31")),
            ("2026-05-31 10:00:00", Some("2026-05-31")),
            ("2026-05-31T10:00:00Z", Some("2026-05-31")),
            ("5/6/2026", None),
            ("31.13.2026", None),
            ("2026-02-30", None),
            ("1 May 2026", None),
            ("ab.cd.2026", None),
            ("2026", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(date_meant(text).as_deref(), expected, "`{text}`");
        }
    }
}
