//! Values as a program encodes them, with other dashes, and times.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sigma_compiler::ast::{DetectionItem, Modifier};

use super::tape::Tape;

const PARTS: [Modifier; 6] = [
    Modifier::Minute,
    Modifier::Hour,
    Modifier::Day,
    Modifier::Week,
    Modifier::Month,
    Modifier::Year,
];

/// What the record may hold where the rule says this text.
pub fn text(item: &DetectionItem, text: String, tape: &mut Tape<'_>) -> String {
    if item.has(Modifier::Windash) {
        return dashes(&text, tape);
    }
    let offset = item.has(Modifier::Base64Offset);
    if !offset && !item.has(Modifier::Base64) {
        return text;
    }
    let bytes: Vec<u8> = if item.has(Modifier::Utf16Be) {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    } else if item.has(Modifier::Utf16) || item.has(Modifier::Utf16Le) {
        let mark = item.has(Modifier::Utf16).then_some(0xfeff);
        mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    } else {
        text.into_bytes()
    };
    if !offset {
        return STANDARD.encode(bytes);
    }
    // Among others, so that the text begins at any of the three places.
    let before = tape.below(3);
    let encoded = STANDARD.encode([&vec![b'~'; before][..], &bytes, b"~~~"].concat());
    if item.has(Modifier::Contains) {
        return encoded;
    }
    // Only the characters that are the text's alone.
    let first = (8 * before).div_ceil(6);
    let last = 8 * (before + bytes.len()) / 6;
    encoded.get(first..last).unwrap_or_default().to_owned()
}

fn dashes(text: &str, tape: &mut Tape<'_>) -> String {
    const DASHES: [char; 6] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}'];
    let mode = tape.below(DASHES.len() + 1);
    let change = |c: char| match (c, DASHES.get(mode)) {
        ('-' | '/', Some(dash)) => *dash,
        _ => c,
    };
    text.chars().map(change).collect()
}

/// Whether the item speaks of a part of a time.
pub fn is_time_part(item: &DetectionItem) -> bool {
    PARTS.iter().any(|part| item.has(*part))
}

/// A time whose part relates to the number as the item wants it, mostly.
pub fn time(item: &DetectionItem, wanted: &str, tape: &mut Tape<'_>) -> String {
    let up = item.has(Modifier::Gt) || item.has(Modifier::Gte);
    let down = item.has(Modifier::Lt) || item.has(Modifier::Lte);
    let strict = item.has(Modifier::Gt) || item.has(Modifier::Lt);
    let steps = if strict { [1, 2, 1, 1, 1, 1, 1, 0] } else { [0, 1, 2, 0, 1, 0, 1, -1] };
    let step = *tape.pick(&steps);
    let step = if up { step } else { -step };
    let wanted = wanted.parse::<i64>().unwrap_or_default() + if up || down { step } else { 0 };
    let (mut year, mut month, mut day) = (2026, 6, 15);
    let (mut hour, mut minute) = (12, 30);
    if item.has(Modifier::Year) {
        year = wanted;
    } else if item.has(Modifier::Month) {
        month = wanted;
    } else if item.has(Modifier::Week) {
        // In 2026 the fourth week begins on the 19th of January.
        let days = 18 + 7 * (wanted - 4) + tape.below(7) as i64;
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        (month, day) = (1, days + 1);
        for length in lengths {
            if day > length && month < 12 {
                (month, day) = (month + 1, day - length);
            }
        }
    } else if item.has(Modifier::Day) {
        day = wanted;
    } else if item.has(Modifier::Hour) {
        hour = wanted;
    } else {
        minute = wanted;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match tape.below(12) {
        5 => format!("{date} {hour:02}:{minute:02}"),
        6 => format!("{date}T{hour:02}:{minute:02}:59.999+05:30"),
        7 => date,
        _ => format!("{date}T{hour:02}:{minute:02}:00Z"),
    }
}
