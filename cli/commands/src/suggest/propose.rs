//! Proposals of a threshold, from the usual counts.
//!
//! The threshold is one more than the higher of two counts. Ordinary days did not reach it: of all
//! days, without one in seven, those with the highest counts, the highest count. And it is beyond
//! what is usual: the median of the counts, and three times their spread.
//!
//! Both say the same whether a log holds a few attacks or not: neither the days that are left out
//! nor the median and the spread depend on how high the highest counts are.

use std::collections::BTreeMap;

use super::tally::{MOST, Tally};

/// A threshold can be proposed for logs of so many days: of fewer, no day can be left out.
pub const LEAST_DAYS: u64 = 7;

/// Least number of periods with matches by which one can say what is usual.
pub const LEAST_PERIODS: u64 = 10;

/// How many spreads beyond the median a count is no longer usual.
const SPREADS: u32 = 3;

/// What the counts in windows of one length say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// Half of the periods with matches have no more.
    pub median: u32,
    /// Half of them are no further from the median.
    pub spread: u32,
    /// 99 of 100 have no more.
    pub p99: u32,
    /// The highest count.
    pub highest: u32,
    /// The highest count of an ordinary day.
    pub ordinary_day: u32,
}

impl Usual {
    /// What is usual, in logs of so many days.
    pub fn of(tally: &Tally, days: u64) -> Usual {
        let median = quantile(&tally.peaks, 50);
        let mut distances: BTreeMap<u32, u64> = BTreeMap::new();
        for (count, periods) in &tally.peaks {
            *distances.entry(count.abs_diff(median)).or_default() += periods;
        }
        let mut highest: Vec<u32> = tally.days.values().copied().collect();
        highest.sort_unstable_by(|left, right| right.cmp(left));
        let left_out = usize::try_from(days / LEAST_DAYS).unwrap_or(usize::MAX);
        Usual {
            median,
            spread: quantile(&distances, 50),
            p99: quantile(&tally.peaks, 99),
            highest: tally.highest(),
            // Behind the last day with a match are those without one.
            ordinary_day: highest.get(left_out).copied().unwrap_or(0),
        }
    }

    /// The threshold that follows.
    fn threshold(&self) -> u32 {
        // Counts vary by one for no reason.
        let usual = self.median.saturating_add(SPREADS.saturating_mul(self.spread.max(1)));
        usual.max(self.ordinary_day).saturating_add(1)
    }
}

/// The least of the values that so many percent do not exceed; 0 of none.
fn quantile(values: &BTreeMap<u32, u64>, percent: u64) -> u32 {
    let all: u64 = values.values().sum();
    let wanted = (u128::from(all) * u128::from(percent)).div_ceil(100);
    let mut seen = 0;
    for (value, count) in values {
        seen += u128::from(*count);
        if seen >= wanted {
            return *value;
        }
    }
    0
}

/// The threshold for windows of one length; where there is none, why.
pub fn propose(tally: &Tally, usual: &Usual, days: u64) -> Result<u32, String> {
    if days < LEAST_DAYS {
        let logs = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        return Err(format!(
            "too little to go by: logs of {logs}, where {LEAST_DAYS} are needed to tell ordinary ones"
        ));
    }
    let periods = tally.periods();
    if periods < LEAST_PERIODS {
        return Err(format!(
            "too little to go by: {periods} windows with a match, where {LEAST_PERIODS} are needed \
             to tell what is usual"
        ));
    }
    let threshold = usual.threshold();
    if threshold > MOST {
        return Err(format!("usual counts are higher than the highest threshold, {MOST}"));
    }
    Ok(threshold)
}

/// Which of several windows to take: the one whose highest count stands out most from its
/// threshold, and of equal ones the first, which is the shortest. Thresholds and highest counts.
pub fn recommend(proposals: &[(Option<u32>, u32)]) -> Option<usize> {
    let mut best: Option<(usize, u64, u64)> = None;
    for (at, (threshold, highest)) in proposals.iter().enumerate() {
        let Some(threshold) = threshold else { continue };
        let (threshold, highest) = (u64::from(*threshold), u64::from(*highest));
        // Fractions are compared by their cross products.
        if best.is_none_or(|(_, other_threshold, other_highest)| {
            highest * other_threshold > other_highest * threshold
        }) {
            best = Some((at, threshold, highest));
        }
    }
    best.map(|(at, ..)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(peaks: &[(u32, u64)], days: &[u32]) -> Tally {
        let mut tally = Tally::default();
        tally.peaks.extend(peaks.iter().copied());
        tally.days.extend((0..).zip(days.iter().copied()));
        tally
    }

    #[test]
    fn a_quantile_is_a_value_that_is_there() {
        let values: BTreeMap<u32, u64> = [(1, 98), (2, 1), (50, 1)].into_iter().collect();
        assert_eq!((quantile(&values, 50), quantile(&values, 99)), (1, 2));
        assert_eq!((quantile(&values, 98), quantile(&values, 100)), (1, 50));
        assert_eq!(quantile(&BTreeMap::new(), 50), 0);
    }

    #[test]
    fn an_attack_a_week_does_not_move_the_threshold() {
        let quiet = [4, 3, 5, 4, 6, 4, 3, 2, 4, 5, 3, 4, 4, 3];
        let usual = |attacks: [u32; 2]| {
            let mut days = quiet.to_vec();
            days.extend(attacks);
            let tally = tally(&[(1, 40), (2, 30), (3, 20), (5, 5), (attacks[0].max(7), 2)], &days);
            let usual = Usual::of(&tally, 16);
            propose(&tally, &usual, 16).map(|threshold| (threshold, usual.ordinary_day))
        };
        assert_eq!(usual([5, 6]), Ok((6, 5)));
        assert_eq!(usual([500, 800]), Ok((7, 6)));
        assert_eq!(usual([90_000, 800]), Ok((7, 6)));
    }

    #[test]
    fn what_is_usual_is_below_the_threshold_on_days_that_are_left_out_too() {
        // Matches on 2 of 30 days, each often: 4 days are left out.
        let tally = tally(&[(9, 6), (10, 12), (12, 6)], &[12, 12]);
        let usual = Usual::of(&tally, 30);
        assert_eq!((usual.ordinary_day, usual.median, usual.spread), (0, 10, 0));
        assert_eq!(propose(&tally, &usual, 30), Ok(14));
    }

    #[test]
    fn little_data_gives_no_threshold() {
        let tally = tally(&[(1, 9)], &[1]);
        let usual = Usual::of(&tally, 6);
        assert!(propose(&tally, &usual, 6).is_err_and(|why| why.contains("6 days")));
        assert!(propose(&tally, &usual, 7).is_err_and(|why| why.contains("9 windows")));
        let loud = super::tests::tally(&[(MOST + 1, 20)], &[MOST + 1; 7]);
        assert!(propose(&loud, &Usual::of(&loud, 7), 7).is_err());
    }

    #[test]
    fn the_window_is_recommended_in_which_the_highest_count_stands_out() {
        let windows = [(Some(5), 19), (Some(5), 30), (None, 99), (Some(7), 42), (Some(40), 42)];
        assert_eq!(recommend(&windows), Some(1));
        assert_eq!(recommend(&[(None, 9)]), None);
    }
}
