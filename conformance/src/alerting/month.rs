//! A month of records, by chance: quiet days, and attacks planted in them.

use jiff::{SignedDuration, Timestamp};

use super::{chance::Chance, record::json};

/// When months begin: a Sunday.
const START: Timestamp = Timestamp::constant(1_772_323_200, 0);

/// How long they are.
const LENGTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Events that belong together, and the longest time between them that patterns look at, in
/// seconds.
const ATTACKS: &[(&[&str], i64)] = &[
    (&["Counted"], 60),
    (&["Left", "Right"], 60),
    (&["Grouped"], 60),
    (&["Ungrouped"], 60),
    (&["Single"], 60),
    (&["Loud"], 60),
    (&["Distinct"], 60),
    (&["OverTwo"], 60),
    (&["AliasedLeft", "AliasedRight"], 60),
    (&["First", "Second", "Third"], 60),
    (&["One", "Two", "Three"], 60),
    (&["Red", "Green", "Blue"], 60),
    (&["Before", "After"], 60),
    (&["Step1", "Step2", "Step3"], 60),
    (&["Any1", "Any2", "Any3"], 60),
    (&["TwinX", "TwinX b", "TwinX b c", "TwinX c"], 60),
    (&["Guess", "Guess", "Guess", "Entry", "Theft"], 600),
    (&["Guess", "Guess", "Guess", "Entry", "Theft"], 200),
    (&["Slow", "Slow", "Slow", "Quick"], 3_600),
    (&["Slow", "Quick"], 120),
    (&["Tenth"], 60),
    (&["ThirdOfAddress"], 300),
    (&["RaisedTwice"], 300),
    (&["SameTwice"], 300),
    (&["LookedFor", "Looking"], 900),
    (&["BothA", "BothB"], 900),
    (&["LookedGroup", "LookingGroup"], 900),
    (&["BrieflyCool"], 3_600),
    (&["NeverCool"], 3_600),
    (&["CountedAtOnce"], 300),
    (&["Plain"], 60),
    (&["Alone"], 1_800),
];

/// The end of every month, by when all of its records have arrived.
pub fn end() -> Timestamp {
    START + LENGTH
}

/// The JSON of the records of a month, in the order of their times.
pub fn records(seed: u64, attacks: usize) -> Vec<String> {
    let mut chance = Chance::of(seed, 1);
    let mut planted: Vec<(Timestamp, String)> = Vec::new();
    for _ in 0..attacks {
        let (events, window) = *chance.pick(ATTACKS);
        let start = START + SignedDuration::from_secs(number(chance.below(29 * 86_400)));
        let mut time = start;
        for _ in 0..chance.between(2, 14) {
            planted.push((time, words(events, &mut chance)));
            time += step(window, &mut chance);
        }
        // A second one near the first, which what comes in between may join to it.
        if chance.one_in(3) {
            time += SignedDuration::from_secs(window - 5 + number(chance.below(10)));
            for _ in 0..chance.between(2, 8) {
                planted.push((time, words(events, &mut chance)));
                time += step(window, &mut chance);
            }
        }
    }
    for _ in 0..attacks * 2 {
        let (events, _) = *chance.pick(ATTACKS);
        let time = START + SignedDuration::from_secs(number(chance.below(29 * 86_400)));
        planted.push((time, words(events, &mut chance)));
    }
    planted.sort();
    let mut records = Vec::new();
    for (number, (time, words)) in planted.iter().enumerate() {
        // The words are those of this file.
        records.extend(json(&format!("{seed}-{number}"), *time, words));
        if words.contains("shared=") {
            let other = format!("{words} account=444455556666");
            records.extend(json(&format!("{seed}-{number}-other"), *time, &other));
        }
    }
    records
}

/// The time to the next record: near a border now and then.
fn step(window: i64, chance: &mut Chance) -> SignedDuration {
    let millis = match chance.below(12) {
        0 | 1 => 0,
        2 => window * 1_000,
        3 => window * 1_000 + 1,
        4 => window * 500,
        5 => window * 1_000 - 1_000,
        _ => number(chance.below(40)) * window * 10,
    };
    SignedDuration::from_millis(millis)
}

fn number(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn words(events: &[&str], chance: &mut Chance) -> String {
    let mut parts = chance.pick(events).split(' ');
    let mut words = parts.next().unwrap_or_default().to_owned();
    for flag in parts {
        words.push_str(&format!(" requestParameters.{flag}=true"));
    }
    if chance.one_in(6) {
        words.push_str(" actor=bob");
    }
    match chance.below(20) {
        0 => words.push_str(" account=-"),
        1 => words.push_str(" account=444455556666"),
        2 => words.push_str(" ip=-"),
        3 => words.push_str(" actor=-"),
        4 => words.push_str(&format!(" shared=s{}", chance.next())),
        5 => words.push_str(" eventID=-"),
        _ => {}
    }
    if !words.contains("ip=") {
        words.push_str(&format!(" ip=192.0.2.{}", *chance.pick(&[1, 1, 1, 2, 3])));
    }
    words.push_str(&format!(" region=region-{}", chance.below(4)));
    words.push_str(&format!(" requestParameters.userName=user{}", chance.below(2)));
    words.push_str(&format!(" requestParameters.roleName=user{}", chance.below(2)));
    words.push_str(&format!(" requestParameters.number={}", chance.next()));
    words
}
