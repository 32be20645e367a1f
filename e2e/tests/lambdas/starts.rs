//! How the functions start.

use serde_json::{Value, json};
use trailalerts_e2e::{
    programs,
    world::{World, created, gzip, log_file},
};

use crate::records::{deletion, key, reading};

#[test]
fn a_wrong_environment_ends_the_start_loudly() -> Result<(), String> {
    let world = World::new()?;
    for (program, variables, expected) in [
        (programs::detector()?, vec![], "`TRAILALERTS_QUEUE_URL` is not set"),
        (programs::processor()?, vec![("TRAILALERTS_CHANNELS", "{}")], "nobody would be told"),
        (
            programs::detector()?,
            vec![("TRAILALERTS_TABLE", "x")],
            "`TRAILALERTS_TABLE` is no setting",
        ),
    ] {
        let variables =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut function = world.start(program, variables.collect())?;
        let why = function.ends()?;
        assert!(why.contains("the function cannot start") && why.contains(expected), "{why}");
    }
    Ok(())
}

/// What a function of 128 MB may take: Lambda's own programs are in it, too.
const MOST_MEMORY: u64 = 96;

#[test]
fn the_largest_file_takes_little_memory() -> Result<(), String> {
    let world = World::new()?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    // Records as long as they may be, records that go to the queue, and a file too large for memory.
    let mut records: Vec<Value> = (0..40_000).map(reading).collect();
    for number in 0..200 {
        let mut record = deletion(number);
        record["requestParameters"]["filler"] = json!("x".repeat(100 * 1024));
        records.push(record);
    }
    let mut longest = reading(1);
    longest["requestParameters"] = json!("y".repeat(3 << 20));
    records.push(longest);
    world.put(&key("large"), gzip(&log_file(&records)))?;
    let answer = detector.invoke(&created(&world.name, &key("large")).to_string())?;
    assert_eq!(answer, Ok(Value::Null), "{}", detector.log_text());
    assert_eq!(detector.metric("Matches"), 200.0);
    let memory = detector.peak_memory().ok_or("its memory is not told")?;
    assert!(memory <= MOST_MEMORY, "{memory} MiB");
    println!("{memory} MiB");
    Ok(())
}

#[test]
fn a_start_is_told_with_the_rule_set() -> Result<(), String> {
    let world = World::new()?;
    for (program, variables) in [
        (programs::detector()?, world.of_detector()),
        (programs::processor()?, world.of_processor()),
    ] {
        let mut function = world.start(program, variables)?;
        let first = function.first_poll()?;
        println!("{}: first poll after {first:?}", program.display());
        assert!(function.log_text().contains("\"fingerprint\":\""), "{}", function.log_text());
    }
    Ok(())
}
