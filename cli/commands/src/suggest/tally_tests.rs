use proptest::prelude::*;

use super::*;

const AXIS: Axis = Axis { first: 0, last: 10_000, columns: 10 };

fn tally(window: i64, entries: &[(u128, i64)]) -> Tally {
    let occurrences =
        || entries.iter().map(|(lane, time)| Ok(Occurrence { lane: *lane, time: *time }));
    Tally::of(window, AXIS, occurrences(), occurrences()).unwrap()
}

/// The counts of the windows that end at the times of a group, one after the other.
fn counts(window: i64, times: &[i64]) -> Vec<(i64, u32)> {
    let mut ends = times.to_vec();
    ends.dedup();
    let inside = |end: i64| times.iter().filter(|time| (end - window..=end).contains(time)).count();
    ends.into_iter().map(|end| (end, inside(end) as u32)).collect()
}

/// Runs of times at which a threshold holds, no two further apart than the window.
fn episodes(window: i64, counts: &[(i64, u32)], threshold: u32) -> u64 {
    let mut last: Option<i64> = None;
    let mut episodes = 0;
    for (time, count) in counts {
        if *count >= threshold {
            episodes += u64::from(last.is_none_or(|last| time - last > window));
            last = Some(*time);
        }
    }
    episodes
}

proptest! {
    #[test]
    fn counts_are_those_of_every_window(
        window in 1i64..400,
        mut entries in prop::collection::vec((0u128..4, 0i64..10_000), 0..200),
        close in prop::collection::vec((0u128..2, 500i64..560), 0..60),
    ) {
        entries.extend(close);
        entries.sort_unstable();
        let found = tally(window, &entries);
        let mut peaks: BTreeMap<u32, u64> = BTreeMap::new();
        let mut columns = vec![0; AXIS.columns];
        let (mut groups, mut alerts, mut highest) = (0, [0; 64], 0);
        for lane in 0..4 {
            let times: Vec<i64> =
                entries.iter().filter(|entry| entry.0 == lane).map(|entry| entry.1).collect();
            let counts = counts(window, &times);
            groups += u64::from(!times.is_empty());
            let mut periods: BTreeMap<i64, u32> = BTreeMap::new();
            for (time, count) in &counts {
                let period = periods.entry(time / window).or_default();
                *period = (*period).max(*count);
                let column = &mut columns[AXIS.column(*time)];
                *column = (*column).max(*count);
                highest = highest.max(*count);
            }
            for peak in periods.into_values() {
                *peaks.entry(peak).or_default() += 1;
            }
            for (threshold, alerts) in alerts.iter_mut().enumerate().skip(1) {
                *alerts += episodes(window, &counts, threshold as u32);
            }
        }
        let thresholds: Vec<u32> = (1..64).collect();
        prop_assert_eq!(found.alerts(&thresholds), &alerts[1..]);
        prop_assert_eq!(found.alerts(&[3, 7]), vec![alerts[3], alerts[7]]);
        prop_assert_eq!(&found.peaks, &peaks);
        prop_assert_eq!(&found.columns, &columns);
        prop_assert_eq!(found.matches, entries.len() as u64);
        prop_assert_eq!((found.groups, found.highest()), (groups, highest));
        prop_assert_eq!(found.days_with(1), u64::from(!entries.is_empty()));
    }
}

#[test]
fn both_ends_of_a_window_belong_to_it() {
    assert_eq!(tally(100, &[(1, 0), (1, 100)]).highest(), 2);
    assert_eq!(tally(99, &[(1, 0), (1, 100)]).highest(), 1);
    // Runs are joined where their ends are one window apart.
    let runs =
        |apart: i64| tally(10, &[(1, 0), (1, 1), (1, 1 + apart), (1, 2 + apart)]).alerts(&[2]);
    assert_eq!((runs(9), runs(10), runs(11)), (vec![1], vec![1], vec![2]));
}

#[test]
fn counts_beyond_the_highest_threshold_are_not_told_apart() {
    let many: Vec<(u128, i64)> = vec![(1, 5); MOST as usize + 10];
    let found = tally(10, &many);
    assert_eq!(found.highest(), MOST + 1);
    assert_eq!(found.alerts(&[1, MOST, MOST + 1]), [1, 1, 1]);
    assert_eq!(found.busiest, [Busy { lane: 1, highest: MOST + 1, count: u64::from(MOST) + 10 }]);
}

/// The processor with the threshold of the fixture rules: 10 in 5 minutes from one address.
#[test]
fn alerts_are_the_episodes_of_the_processor() {
    use jiff::Timestamp;
    use trailalerts_conformance::RULE_SET;
    use trailalerts_core::{Match, Origin, Record};
    use trailalerts_processor::{
        Processor, episode::episodes, facts::Facts, pattern::Test, store::LocalStore,
    };

    let processor = Processor::new(&RULE_SET);
    let rule = RULE_SET.rules.iter().find(|rule| rule.title == "Joined login").unwrap();
    let pattern = processor
        .patterns
        .iter()
        .find(|pattern| {
            let of = processor.patterns.postprocessing(pattern);
            matches!(pattern.test, Test::Count(_))
                && of.is_some_and(|(_, of)| of.title == rule.title)
        })
        .unwrap();
    for seed in 1..6u64 {
        let store = LocalStore::temporary().unwrap();
        let mut state = seed;
        let mut times: Vec<i64> = Vec::new();
        for burst in 0..8 {
            for _ in 0..seed + 7 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                times.push(1_790_000_000 + burst * 400 + (state >> 33) as i64 % 330);
            }
        }
        let mut group = None;
        for (index, second) in (0..).zip(&times) {
            let time = Timestamp::from_second(*second).unwrap();
            let json = format!(
                r#"{{"eventID":"{index}","eventTime":"{time}","eventName":"ConsoleLogin","sourceIPAddress":"192.0.2.1"}}"#
            );
            let record = Record::parse(json.as_bytes()).unwrap();
            let found = Match { rule, record: &record, origin: Origin { file: "x", index } };
            group = pattern.group_of(0, &found, &Facts::of(&found, time));
            pollster::block_on(processor.process(&store, &found, time, time)).unwrap();
        }
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let group = group.unwrap();
        let found = pollster::block_on(episodes(&store, pattern, &group, 100, now)).unwrap();
        times.sort_unstable();
        let entries: Vec<(u128, i64)> = times.iter().map(|second| (1, second * 1000)).collect();
        let counted = tally(300_000, &entries).alerts(&[10]);
        assert_eq!(counted, [found.len() as u64], "seed {seed}");
    }
}
