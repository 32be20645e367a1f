use trailalerts_conformance::RULE_SET;

use super::*;

fn rule(title: &str) -> usize {
    RULE_SET.rules.iter().position(|rule| rule.title == title).unwrap()
}

/// A record of so many seconds after a begin.
fn record(number: u64, second: i64) -> String {
    let time = Timestamp::from_second(1_790_000_000 + second).unwrap();
    format!(
        r#"{{"eventID":"id-{number}","eventTime":"{time}","eventName":"ConsoleLogin","sourceIPAddress":"192.0.2.1","recipientAccountId":"111122223333","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/ann"}}}}"#
    )
}

/// Matches of a rule on records of so many seconds after a begin.
fn spool(rule: usize, seconds: &[i64], first: u64) -> Spool {
    let mut spool = Spool::new().unwrap();
    for (index, second) in (0..).zip(seconds) {
        let time = Timestamp::from_second(1_790_000_000 + second).ok();
        let json = record(first + index, *second).into_bytes();
        let rule = u32::try_from(rule).unwrap();
        spool.add(&[Spooled { time, rule, file: 0, index, json }]).unwrap();
    }
    spool
}

fn fates(spool: &mut Spool, state: Option<&Path>) -> Fates {
    Fates::of(&RULE_SET, spool, "log.json", state, Level::Informational).unwrap()
}

fn said(fates: &Fates, rule: usize, index: u64, json: &str) -> String {
    let record = Record::parse(json.as_bytes()).unwrap();
    let mut text = String::new();
    fates.say(rule, index, &record, &mut text).unwrap();
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn a_threshold_counts_the_matches_of_the_file_around_the_match() {
    let login = rule("Joined login");
    let seconds = [0, 60, 120, 4_000, 4_400];
    let fates = fates(&mut spool(login, &seconds, 0), None);
    for (index, expected) in [(0, 3), (1, 3), (2, 3), (3, 1), (4, 1)] {
        let json = record(index, seconds[usize::try_from(index).unwrap()]);
        let text = said(&fates, login, index, &json);
        let line = format!(
            "threshold Many logins in a short time: {expected} of 10 within 5 minutes  sourceIPAddress 192.0.2.1"
        );
        assert!(text.trim_end().ends_with(&line), "{text}");
    }
}

#[test]
fn a_threshold_that_holds_names_its_run_and_its_alert() {
    let login = rule("Joined login");
    let seconds: Vec<i64> = (0..12).map(|number| number * 20).collect();
    let fates = fates(&mut spool(login, &seconds, 0), None);
    let tenth = said(&fates, login, 9, &record(9, 180));
    assert!(tenth.starts_with("    → told  channels: security-mail from informational on, slack from high on\n      as medium alert `Joined login` of "), "{tenth}");
    assert!(tenth.contains("Many logins in a short time: 10 matches (at least 10)"), "{tenth}");
    let last = said(&fates, login, 11, &record(11, 220));
    assert!(last.contains("→ in cooldown") && last.contains("since medium alert"), "{last}");
    for text in [&tenth, &last] {
        assert!(text.contains("12 of 10 within 5 minutes"), "{text}");
        assert!(text.contains("holds from 2026-09-21 "), "{text}");
    }
}

#[test]
fn a_match_that_correlations_alone_want_is_stored_for_them() {
    let user = rule("Joined user");
    let fates = fates(&mut spool(user, &[0], 0), None);
    let text = said(&fates, user, 0, &record(0, 0));
    assert!(text.contains("→ stored only  for `Correlation"), "{text}");
    assert!(
        text.contains("correlation User creation followed by a key of `Joined key`:"),
        "{text}"
    );
    assert!(text.contains("1 of `Joined user`, no `Joined key` within 15 minutes"), "{text}");
}

#[test]
fn a_state_is_decided_with_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let login = rule("Joined login");
    {
        let store = LocalStore::open(&path).unwrap();
        let processor = replay::processor(&RULE_SET, Level::Informational);
        for number in 0..9 {
            let json = record(number, 0);
            let record = Record::parse(json.as_bytes()).unwrap();
            let origin = Origin { file: "other.json", index: number };
            let found = Match { rule: &RULE_SET.rules[login], record: &record, origin };
            let now = Timestamp::from_second(1_790_000_000).unwrap();
            pollster::block_on(processor.process(&store, &found, now, now)).unwrap();
        }
    }
    let before = fs::read(&path).unwrap();
    for _ in 0..2 {
        let fates = fates(&mut spool(login, &[60], 100), Some(&path));
        let text = said(&fates, login, 0, &record(100, 60));
        assert!(text.contains("10 of 10 within 5 minutes, 9 of the matches remembered"), "{text}");
        assert!(text.contains("holds from "), "{text}");
        let known = super::Fates::of(
            &RULE_SET,
            &mut spool(login, &[0], 3),
            "log.json",
            Some(&path),
            Level::Informational,
        );
        let text = said(&known.unwrap(), login, 0, &record(3, 0));
        assert!(text.starts_with("    → duplicate"), "{text}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    let open = LocalStore::open(&path).unwrap();
    assert!(
        copy(&path).is_err_and(|error| matches!(error, Failure::Io(why) if why.contains("open")))
    );
    drop(open);
}

#[test]
fn hours_are_told_with_the_time_of_their_place() {
    let key = rule("Joined key");
    // Late in the evening in Zurich, when the rule may not alert.
    let second = 7 * 3_600;
    let mut spool = spool(rule("Joined user"), &[second - 60], 10);
    let time = Timestamp::from_second(1_790_000_000 + second).ok();
    let json = record(1, second);
    let number = u32::try_from(key).unwrap();
    let spooled =
        Spooled { time, rule: number, file: 0, index: 1, json: json.clone().into_bytes() };
    spool.add(&[spooled]).unwrap();
    let text = said(&fates(&mut spool, None), key, 1, &json);
    let expected = "    → outside hours  it was mon 2026-09-21 23:13:20 Europe/Zurich; the rule alerts except mon tue wed thu fri, 23:00 to 24:00 Europe/Zurich; except sat sun, ";
    assert!(text.starts_with(expected), "{text}");
    let seen = "1 of `Joined user`, 1 of `Joined key` within 15 minutes before or after";
    assert!(text.contains(seen), "{text}");
}
