//! Counts drawn with block characters.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;

use super::tally::Axis;
use crate::output::{BOLD, DIM, ERROR, RESET};

const HEIGHT: u64 = 8;
/// By eighths of a cell: from below, and from the left.
const UP: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const RIGHT: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// Room for the numbers at the left of an axis, and the axis.
pub const MARGIN: usize = 10;

/// Counts over the time, with a line at the threshold.
pub fn over_time(columns: &[u32], axis: Axis, threshold: Option<u32>) -> String {
    let highest = columns.iter().copied().max().unwrap_or(0);
    let top = u64::from(highest.max(threshold.unwrap_or(0)).max(1));
    // The row that the top of a bar of the threshold's height is in.
    let line = threshold.map(|threshold| (u64::from(threshold) * HEIGHT).div_ceil(top));
    let mut text = String::new();
    for row in (1..=HEIGHT).rev() {
        let label = match (row, threshold) {
            (row, Some(threshold)) if Some(row) == line => threshold.to_string(),
            (HEIGHT, _) => top.to_string(),
            _ => String::new(),
        };
        let tick = if label.is_empty() { '│' } else { '┤' };
        let _ = write!(text, "{label:>9}{tick}");
        let mut cells = String::new();
        for count in columns {
            let filled = (u64::from(*count) * HEIGHT * 8).div_ceil(top);
            let eighths = filled.saturating_sub((row - 1) * 8).min(8);
            let told = threshold.is_some_and(|threshold| *count >= threshold);
            cells.push_str(&match (eighths, line == Some(row)) {
                (0, true) => format!("{DIM}╌{RESET}"),
                (0, false) => " ".to_owned(),
                (eighths, _) => {
                    let block = UP.get(eighths as usize).copied().unwrap_or('█');
                    if told { format!("{ERROR}{block}{RESET}") } else { block.to_string() }
                }
            });
        }
        text.push_str(cells.trim_end());
        text.push('\n');
    }
    let _ = writeln!(text, "{:>9}└{}", 0, "─".repeat(columns.len()));
    let (first, last) = (minute(axis.first), minute(axis.last));
    let between = columns.len().saturating_sub(first.len() + last.len()).max(1);
    let _ = writeln!(text, "{:MARGIN$}{first}{:between$}{last}", "", "");
    text
}

/// How many periods have which highest count; higher counts are put together, the higher the more.
pub fn histogram(peaks: &BTreeMap<u32, u64>, threshold: Option<u32>, width: usize) -> String {
    let highest = peaks.last_key_value().map_or(1, |(count, _)| *count);
    let mut rows: Vec<(u32, u32, u64)> = Vec::new();
    let (mut from, mut length) = (1u32, 1u32);
    while from <= highest {
        // The threshold begins a row, so that all of a row is on one side of it.
        let end = from.saturating_add(length - 1);
        let to =
            threshold.filter(|limit| from < *limit && *limit <= end).map_or(end, |limit| limit - 1);
        rows.push((from, to, peaks.range(from..=to).map(|(_, periods)| periods).sum()));
        from = to.saturating_add(1);
        if highest > 10 && to == end && from > 3 {
            length = length.saturating_mul(2);
        }
    }
    let most = rows.iter().map(|(.., periods)| *periods).max().unwrap_or(0).max(1);
    let room = width.saturating_sub(MARGIN + 2 + most.to_string().len()).max(8) as u64;
    let mut text = String::new();
    for (from, to, periods) in rows {
        let label = match from == to {
            true => from.to_string(),
            false => format!("{from}–{}", to.min(highest)),
        };
        let eighths =
            (u128::from(periods) * u128::from(room) * 8).div_ceil(u128::from(most)) as u64;
        let mut bar = "█".repeat(usize::try_from(eighths / 8).unwrap_or(0));
        if !eighths.is_multiple_of(8) {
            bar.push(RIGHT.get((eighths % 8) as usize).copied().unwrap_or('█'));
        }
        let told = threshold.is_some_and(|threshold| from >= threshold);
        let bar = if told { format!("{ERROR}{bar}{RESET}") } else { bar };
        let gap = if periods == 0 { "" } else { " " };
        let _ = writeln!(text, "{label:>9}│{bar}{gap}{periods}");
    }
    text
}

/// A heading above a plot.
pub fn heading(text: &str) -> String {
    format!("\n{BOLD}{text}{RESET}\n")
}

/// A time, to the minute.
pub fn minute(milliseconds: i64) -> String {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_reach_as_high_as_their_counts() {
        let axis = Axis { first: 0, last: 86_399_999, columns: 36 };
        let mut columns = vec![0; 36];
        columns[3] = 1;
        columns[4] = 8;
        columns[5] = 16;
        let plain = |threshold| {
            let text = over_time(&columns, axis, threshold);
            anstream::adapter::strip_str(&text).to_string()
        };
        let expected = "       16┤     █\n         │     █\n         │     █\n         │     █\n         │    ██\n         │    ██\n         │    ██\n         │   ▄██\n        0└────────────────────────────────────\n          1970-01-01 00:00    1970-01-01 23:59\n";
        assert_eq!(plain(None), expected);
        let line = format!("       10┤{}█{}\n", "╌".repeat(5), "╌".repeat(30));
        assert!(plain(Some(10)).contains(&line), "{}", plain(Some(10)));
        let above = plain(Some(32));
        assert!(above.starts_with(&format!("       32┤{}\n", "╌".repeat(36))), "{above}");
    }

    #[test]
    fn rows_of_the_histogram_hold_each_period_once() {
        let peaks: BTreeMap<u32, u64> = [(1, 40), (2, 8), (6, 3), (30, 1)].into_iter().collect();
        let shown = |threshold| {
            let text = histogram(&peaks, threshold, 40);
            anstream::adapter::strip_str(&text).to_string()
        };
        for threshold in [None, Some(1), Some(5), Some(6), Some(30), Some(1_000_000)] {
            let text = shown(threshold);
            let sum: u64 = text
                .lines()
                .filter_map(|line| line.rsplit([' ', '│']).next()?.parse::<u64>().ok())
                .sum();
            assert_eq!(sum, 52, "{text}");
        }
        assert!(shown(Some(6)).contains("      6–9│██ 3\n"), "{}", shown(Some(6)));
        assert_eq!(histogram(&BTreeMap::new(), None, 40), "        1│0\n");
    }
}
