//! What stays away: streams without logs, and correlations that count too little.

#![allow(clippy::unwrap_used, reason = "a failing step fails the test")]

use jiff::{SignedDuration, Timestamp};
use trailalerts_conformance::{
    RULE_SET,
    alerting::{self, calls::block_on, record},
};
use trailalerts_core::{Level, Match, Origin, Record, RuleSet};
use trailalerts_processor::{
    Processor, absence,
    decide::Channel,
    store::LocalStore,
    streams::{self, Stream},
    told,
};

/// On a full hour, some weeks after 1970 began, and on a Wednesday.
const START: &str = "2026-11-18T12:00:00Z";

struct Bench {
    processor: Processor,
    store: LocalStore,
}

impl Bench {
    fn new(set: &'static RuleSet) -> Bench {
        let mut processor = Processor::new(set);
        processor.channels =
            vec![Channel { name: "mail".to_owned(), min_severity: Level::Informational }];
        Bench { processor, store: LocalStore::temporary().unwrap() }
    }

    /// A match of the first rule that fires on a record.
    fn process(&self, name: &str, time: Timestamp, words: &str) {
        let json = record::json(name, time, words).unwrap();
        let record = Record::parse(json.as_bytes()).unwrap();
        let set = self.processor.patterns.set();
        let rule = trailalerts_core::Matcher::new(set).matches(&record).next().unwrap();
        let found = Match { rule, record: &record, origin: Origin { file: "log", index: 0 } };
        block_on(self.processor.process(&self.store, &found, time, time)).unwrap();
    }

    /// The reasons of what was told by these ids.
    fn reasons(&self, ids: &[String]) -> Vec<String> {
        let read = |id: &String| {
            let told = block_on(told::read(&self.store, id, start())).unwrap().unwrap();
            assert_eq!(told.alert.kind.name(), "absence");
            assert_eq!(told.alert.owed, ["mail"]);
            told.complete().reason
        };
        ids.iter().map(read).collect()
    }

    fn close(&self, from: Timestamp, until: Timestamp) -> Vec<String> {
        let closed = absence::close(&self.processor, &self.store, from, until, until);
        self.reasons(&block_on(closed).unwrap().told)
    }

    fn check(&self, now: Timestamp) -> Vec<String> {
        let checked = streams::check(&self.processor, &self.store, now);
        self.reasons(&block_on(checked).unwrap().told)
    }

    fn note(&self, stream: &Stream, newest: Timestamp) {
        block_on(streams::note(&self.store, stream, newest, newest)).unwrap();
    }
}

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn at(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

#[test]
fn too_few_matches_are_told_once_and_so_is_their_end() {
    let records = [0, 10, 70, 245, 250];
    let times: Vec<Timestamp> =
        records.iter().map(|second| start() + SignedDuration::from_secs(*second)).collect();
    // Two in the first minute, one in the second, none in two, two in the fifth.
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
        let bench = Bench::new(&alerting::RULE_SET);
        for at in order {
            bench.process(&format!("r{at}"), times[at], "Rare");
            bench.process(&format!("r{at}"), times[at], "Rare");
        }
        assert_eq!(bench.close(start(), at(1)), [""; 0], "two are enough");
        let found = bench.close(start(), at(5));
        let began =
            "1 match of `Rare` (fewer than 2) within 1 minute, from 2026-11-18T12:01:00Z on";
        let ended = "over: 2 matches of `Rare` within 1 minute, from 2026-11-18T12:04:00Z on, after 3 minutes";
        assert_eq!(found, [began, ended], "{order:?}");
        assert_eq!(bench.close(start(), at(5)), [""; 0], "judged once");
        assert_eq!(bench.close(start(), at(7)).len(), 1, "and again when it begins again");
    }
}

#[test]
fn exactly_so_many_is_told_when_no_more_can_come() {
    let bench = Bench::new(&alerting::RULE_SET);
    for second in [0, 1, 60, 61, 62] {
        let time = start() + SignedDuration::from_secs(second);
        bench.process(&format!("r{second}"), time, "Exact");
    }
    assert_eq!(
        bench.close(start(), at(2)),
        [
            "2 matches of `Exact` (exactly 2) within 1 minute, from 2026-11-18T12:00:00Z on",
            "over: 3 matches of `Exact` within 1 minute, from 2026-11-18T12:01:00Z on, after 1 minute"
        ]
    );
}

#[test]
fn a_window_is_judged_when_it_has_closed() {
    let bench = Bench::new(&alerting::RULE_SET);
    bench.process("a", start(), "Rare");
    let open = at(1) - SignedDuration::from_millis(1);
    assert_eq!(bench.close(start(), open), [""; 0]);
    assert_eq!(bench.close(start(), at(1)).len(), 1);
}

#[test]
fn a_stream_that_was_active_on_six_of_seven_days_is_missed() {
    let bench = Bench::new(&alerting::RULE_SET);
    let day = SignedDuration::from_hours(24);
    let stream =
        |region: &str| Stream { account: record::ACCOUNT.to_owned(), region: region.to_owned() };
    let (usual, rare) = (stream("eu-central-1"), stream("eu-west-3"));
    for back in [7, 6, 4, 3, 2, 1, 0] {
        bench.note(&usual, start() - day * back);
        if back < 5 {
            bench.note(&rare, start() - day * back);
        }
    }
    assert_eq!(bench.check(at(45)), [""; 0], "within its time and the delay of delivery");
    let silent = "account 111122223333 in eu-central-1: no record since 2026-11-18T12:00:00Z, for 46 minutes";
    assert_eq!(bench.check(at(46)), [silent]);
    assert_eq!(bench.check(at(47)), [""; 0], "told once");
    bench.note(&usual, at(40));
    assert_eq!(
        bench.check(at(50)),
        ["account 111122223333 in eu-central-1: records come again"],
        "a late file will do"
    );
    assert_eq!(bench.check(at(51)), [""; 0]);
    assert_eq!(bench.check(at(90)).len(), 1, "silent again");
}

#[test]
fn a_listed_stream_is_missed_although_it_never_came() {
    let bench = Bench::new(&RULE_SET);
    let settings = &RULE_SET.settings;
    let listed = settings.streams.expected.first().expect("a fixture");
    let limit = listed.silent_after.unwrap_or(settings.streams.silent_after);
    let patience = i64::try_from(limit + settings.streams.delay).unwrap();
    let others = settings.streams.expected.len() - 1;
    assert_eq!(bench.check(start()), [""; 0], "it is watched from now on");
    let found = bench.check(start() + SignedDuration::from_secs(patience + 60));
    let name = format!("{}: expected, and no record came", listed.region);
    assert!(found.iter().any(|reason| reason.contains(&name)), "{found:?}");
    assert!(found.len() <= others + 1);
    let stream = Stream { account: listed.account.to_owned(), region: listed.region.to_owned() };
    let back = start() + SignedDuration::from_secs(patience + 120);
    bench.note(&stream, back);
    assert!(bench.check(back).iter().any(|reason| reason.ends_with("records come again")));
}
