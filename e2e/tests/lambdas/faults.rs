//! What goes wrong on the way: nothing is lost, and each alert arrives once.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use trailalerts_e2e::{
    programs,
    proxy::{Proxy, asks},
    world::{World, created, gzip, log_file},
};

use crate::records::{deletion, key, reading};

type Done = Result<(), String>;

/// How long the processor leaves an alert to whoever has decided on it.
const GRACE: Duration = Duration::from_secs(125);

/// The detector's program with another rule set, which is built with the tests.
const OTHER_RULES: &str = env!("CARGO_BIN_EXE_detector-of-other-rules");

const SCHEDULE: &str = r#"{"detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#;

/// An error as S3 tells it.
fn s3_error(code: &str, message: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

/// An error as SQS and DynamoDB tell it.
fn json_error(code: &str) -> String {
    json!({"__type": code, "message": "not now"}).to_string()
}

fn through(proxy: &Proxy, mut variables: Vec<(String, String)>) -> Vec<(String, String)> {
    variables.push(("AWS_ENDPOINT_URL".to_owned(), proxy.endpoint()));
    variables
}

/// The users whose alerts have come, sorted.
fn users(world: &World) -> Result<Vec<String>, String> {
    let user = |text: &str| {
        let rest = text.split("user/").nth(1)?;
        Some(rest.split_whitespace().next()?.to_owned())
    };
    let mails = world.mails()?;
    let mut users: Vec<String> = mails.iter().filter_map(|mail| user(&mail.text)).collect();
    users.sort();
    Ok(users)
}

#[test]
fn damage_takes_nothing_along_and_is_told() -> Done {
    let world = World::new()?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    // A record that is broken in a file that is sound.
    let good = log_file(&[deletion(1), reading(2), deletion(3)]);
    let broken = good.replace("\"ec2.amazonaws.com\"", "[\"ec2.amazonaws.com\"");
    assert_ne!(good, broken);
    world.put(&key("broken"), gzip(&broken))?;
    let answer = detector.invoke(&created(&world.name, &key("broken")).to_string())?;
    assert_eq!(answer, Ok(Value::Null));
    for (metric, expected) in [
        ("RecordsRead", 3.0),
        ("RecordsEvaluated", 2.0),
        ("RecordsDamaged", 1.0),
        ("Matches", 2.0),
        ("FilesFailed", 0.0),
    ] {
        assert_eq!(detector.metric(metric), expected, "{metric}: {}", detector.log_text());
    }
    assert!(detector.log_text().contains("record 1 at byte"), "{}", detector.log_text());

    // A file that was cut off: what came before is told, and the invocation fails.
    let many: Vec<Value> =
        (0..400).map(|number| if number == 0 { deletion(4) } else { reading(number) }).collect();
    let whole = gzip(&log_file(&many));
    world.put(&key("cut"), whole[..whole.len() / 2].to_vec())?;
    let error = detector.invoke(&created(&world.name, &key("cut")).to_string())?.unwrap_err();
    assert!(error.contains("cut.json.gz") && error.contains("ends too early"), "{error}");
    assert_eq!((detector.metric("FilesFailed"), detector.metric("Failures")), (1.0, 1.0));
    let read = detector.metric("RecordsRead");
    let sum = ["RecordsEvaluated", "RecordsSkipped", "RecordsDamaged"]
        .iter()
        .map(|name| detector.metric(name))
        .sum::<f64>();
    assert_eq!(read, sum);

    world.drain("matches", &mut processor)?;
    world.wait_for_mails(3)?;
    assert_eq!(users(&world)?, ["user-1", "user-3", "user-4"]);
    Ok(())
}

#[test]
fn an_object_that_may_not_be_read_fails_alone_and_says_what_helps() -> Done {
    let world = World::new()?;
    let proxy = Proxy::start(world.address()).map_err(|error| error.to_string())?;
    let variables = through(&proxy, world.of_detector());
    let mut detector = world.start(programs::detector()?, variables)?;
    proxy.fail(9, 403, &s3_error("AccessDenied", "Access Denied"), asks("denied.json.gz"));
    let message = "User is not authorized to perform: kms:Decrypt on resource: key/1";
    proxy.fail(9, 403, &s3_error("AccessDenied", message), asks("encrypted.json.gz"));
    world.put(&key("good"), gzip(&log_file(&[deletion(1)])))?;
    let names = ["denied", "good", "encrypted", "gone"];
    let messages = names.iter().map(|name| {
        json!({
            "messageId": name, "eventSource": "aws:sqs",
            "body": created(&world.name, &key(name)).to_string(),
        })
    });
    let event = json!({"Records": messages.collect::<Vec<_>>()});
    let answer = detector.invoke(&event.to_string())?;
    let failed = ["denied", "encrypted", "gone"].map(|id| json!({"itemIdentifier": id}));
    assert_eq!(answer, Ok(json!({"batchItemFailures": failed})));
    let log = detector.log_text();
    for expected in ["needs `s3:GetObject`", "allow `kms:Decrypt`", "it is not there any more"] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    assert_eq!((detector.metric("Failures"), detector.metric("MessagesSent")), (3.0, 2.0));
    Ok(())
}

#[test]
fn throttled_services_delay_and_lose_nothing() -> Done {
    let world = World::new()?;
    let proxy = Proxy::start(world.address()).map_err(|error| error.to_string())?;
    let mut detector = world.start(programs::detector()?, through(&proxy, world.of_detector()))?;
    let processor = through(&proxy, world.of_processor());
    let mut processor = world.start(programs::processor()?, processor)?;
    let throttled = json_error("com.amazonaws.sqs#RequestThrottled");
    proxy.fail(3, 400, &throttled, asks("SendMessageBatch"));
    // One entry is refused for the moment, the others are taken.
    let refused = json!({
        "Successful": [],
        "Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": false}],
    });
    world.put(&key("a"), gzip(&log_file(&[deletion(1), deletion(2)])))?;
    let event = created(&world.name, &key("a")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null), "{}", detector.log_text());
    proxy.fail(1, 200, &refused.to_string(), asks("SendMessageBatch"));
    world.put(&key("b"), gzip(&log_file(&[deletion(3)])))?;
    let event = created(&world.name, &key("b")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null), "{}", detector.log_text());
    assert_eq!(proxy.failed(), 4);
    // The queue stays throttled: the invocation fails, and is invoked again by Lambda.
    proxy.fail(6, 400, &throttled, asks("SendMessageBatch"));
    world.put(&key("c"), gzip(&log_file(&[deletion(4)])))?;
    let event = created(&world.name, &key("c")).to_string();
    let error = detector.invoke(&event)?.unwrap_err();
    assert!(error.contains("did not take a message"), "{error}");
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null), "{}", detector.log_text());

    // The table is throttled, for so long that messages come again.
    let throttled = json_error("com.amazonaws.dynamodb.v20120810#ThrottlingException");
    proxy.fail(60, 400, &throttled, asks("DynamoDB"));
    world.drain("matches", &mut processor)?;
    world.drain("dead", &mut processor)?;
    world.wait_for_mails(4)?;
    assert_eq!(users(&world)?, ["user-1", "user-2", "user-3", "user-4"]);
    Ok(())
}

#[test]
fn a_record_too_large_for_a_message_is_claimed() -> Done {
    let world = World::new()?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    let large = |number: u32| {
        let mut record = deletion(number);
        record["requestParameters"]["filler"] = json!("x".repeat(300 * 1024));
        record
    };
    world.put(&key("large"), gzip(&log_file(&[reading(9), large(1), deletion(2)])))?;
    let event = created(&world.name, &key("large")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null), "{}", detector.log_text());
    let event = json!({
        "id": "e3", "detail-type": "AWS API Call via CloudTrail", "source": "aws.guardduty",
        "time": "2026-11-22T10:00:05Z", "detail": large(3),
    });
    assert_eq!(detector.invoke(&event.to_string())?, Ok(Value::Null), "{}", detector.log_text());
    // What AWS would refuse, the emulator may take.
    let (mut messages, mut longest) = (0, 0);
    while messages < 4 {
        let (event, _) = world.take("matches")?.ok_or("messages")?;
        for message in event["Records"].as_array().into_iter().flatten() {
            messages += 1;
            longest = longest.max(message["body"].as_str().map_or(0, str::len));
        }
    }
    assert!((200..256 * 1024).contains(&longest), "{longest}");
    // They are seen again after two seconds.
    thread::sleep(Duration::from_secs(3));
    assert_eq!(world.drain("matches", &mut processor)?, 4);
    let mails = world.wait_for_mails(3)?;
    assert_eq!(users(&world)?, ["user-1", "user-2", "user-3"]);
    assert!(mails.iter().all(|mail| !mail.text.contains("UNFILTERED")), "{mails:?}");
    Ok(())
}

#[test]
fn what_comes_again_or_out_of_order_is_told_once() -> Done {
    let world = World::new()?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    world.put(&key("a"), gzip(&log_file(&[deletion(1), deletion(2), deletion(3)])))?;
    let event = created(&world.name, &key("a")).to_string();
    for _ in 0..3 {
        assert_eq!(detector.invoke(&event)?, Ok(Value::Null));
    }
    let mut taken = Vec::new();
    while let Some((event, handles)) = world.take("matches")? {
        taken.push((event, handles));
    }
    // In the other order, and each of them twice.
    for round in 0..2 {
        for (event, handles) in taken.iter().rev() {
            let mut records = event["Records"].as_array().cloned().unwrap_or_default();
            records.reverse();
            let answer = processor.invoke(&json!({"Records": records}).to_string())?;
            if round == 1 {
                world.acknowledge("matches", handles, &answer)?;
            }
        }
    }
    world.drain("matches", &mut processor)?;
    world.wait_for_mails(3)?;
    assert_eq!(users(&world)?, ["user-1", "user-2", "user-3"]);
    Ok(())
}

#[test]
fn a_processor_that_is_killed_leaves_its_messages_to_the_next() -> Done {
    const USERS: u32 = 10;
    let world = World::new()?;
    let proxy = Proxy::start(world.address()).map_err(|error| error.to_string())?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let records: Vec<Value> = (0..USERS).map(deletion).collect();
    world.put(&key("a"), gzip(&log_file(&records)))?;
    let event = created(&world.name, &key("a")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null));

    let variables = through(&proxy, world.of_processor());
    let mut killed = world.start(programs::processor()?, variables)?;
    let mut messages = Vec::new();
    while let Some((event, _)) = world.take("matches")? {
        messages.extend(event["Records"].as_array().cloned().unwrap_or_default());
    }
    killed.send(&json!({"Records": messages}).to_string());
    // In the middle: some were told, and most are not decided on.
    let began = Instant::now();
    while proxy.asked("outbound-emails") < 2 {
        if began.elapsed() > Duration::from_secs(30) {
            return Err(format!("nothing is told: {}", killed.log_text()));
        }
        thread::sleep(Duration::from_millis(1));
    }
    killed.kill().map_err(|error| error.to_string())?;

    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    // They are seen again after two seconds.
    thread::sleep(Duration::from_secs(3));
    world.drain("matches", &mut processor)?;
    thread::sleep(GRACE);
    assert_eq!(processor.invoke(SCHEDULE)?, Ok(Value::Null), "{}", processor.log_text());
    let mut told = users(&world)?;
    // Between a channel's acceptance and its mark an alert can be told again.
    assert!(told.len() <= USERS as usize + 8, "{told:?}");
    told.dedup();
    assert_eq!(told.len(), USERS as usize, "{told:?}");
    assert_eq!((world.waiting("matches")?, world.waiting("dead")?), (0, 0));
    Ok(())
}

#[test]
fn a_channel_that_fails_holds_nothing_up_and_is_tried_again() -> Done {
    let world = World::new()?;
    let proxy = Proxy::start(world.address()).map_err(|error| error.to_string())?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let variables = through(&proxy, world.of_processor());
    let mut processor = world.start(programs::processor()?, variables)?;
    proxy.fail(1, 400, &json_error("MessageRejected"), asks("outbound-emails"));
    world.put(&key("a"), gzip(&log_file(&[deletion(1)])))?;
    let event = created(&world.name, &key("a")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null));
    assert_eq!(world.drain("matches", &mut processor)?, 2);
    assert_eq!(processor.metric("DeliveryFailures"), 1.0);
    assert_eq!(world.waiting("matches")?, 0);
    thread::sleep(GRACE);
    assert_eq!(processor.invoke(SCHEDULE)?, Ok(Value::Null), "{}", processor.log_text());
    world.wait_for_mails(1)?;
    assert_eq!(processor.invoke(SCHEDULE)?, Ok(Value::Null));
    world.wait_for_mails(1)?;
    Ok(())
}

#[test]
fn a_match_of_a_rule_that_the_processor_does_not_know_alerts() -> Done {
    let world = World::new()?;
    let mut detector = world.start(Path::new(OTHER_RULES), world.of_detector())?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    let mut record = reading(1);
    record["eventName"] = json!("Alone");
    world.put(&key("a"), gzip(&log_file(&[record])))?;
    let event = created(&world.name, &key("a")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null), "{}", detector.log_text());
    assert!(detector.metric("Matches") >= 1.0, "{}", detector.log_text());
    world.drain("matches", &mut processor)?;
    let count = detector.metric("Matches") as usize;
    let mails = world.wait_for_mails(count)?;
    assert!(mails[0].text.contains("UNFILTERED: its rule is not in this processor's rule set"));
    Ok(())
}

#[test]
fn what_cannot_be_decided_on_reaches_people_through_the_dead_letter_queue() -> Done {
    let world = World::new()?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    for body in ["hello\u{202e}", "{\"version\":9}"] {
        let send = world.sqs.send_message().queue_url(&world.queue).message_body(body);
        world.run(send.send()).map_err(|error| format!("{error:?}"))?;
    }
    // Three times each, and then they are dead letters.
    for _ in 0..6 {
        world.drain("matches", &mut processor)?;
        if world.waiting("dead")? == 2 {
            break;
        }
    }
    assert_eq!((world.waiting("matches")?, world.waiting("dead")?), (0, 2));
    assert_eq!(world.drain("dead", &mut processor)?, 2);
    let mails = world.wait_for_mails(2)?;
    for mail in &mails {
        assert_eq!(mail.subject, "[high] A Message Could Not Be Processed");
        assert!(mail.text.contains("UNFILTERED: it could not be decided on"), "{}", mail.text);
    }
    assert!(mails.iter().any(|mail| mail.text.contains("hello\u{fffd}")), "{mails:?}");
    assert_eq!(processor.metric("DeadLetters"), 2.0);
    Ok(())
}

#[test]
fn without_a_table_every_match_alerts_and_says_so() -> Done {
    let world = World::new()?;
    let proxy = Proxy::start(world.address()).map_err(|error| error.to_string())?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let mut variables = through(&proxy, world.of_processor());
    variables.retain(|(name, _)| name != "TRAILALERTS_TABLE");
    let mut processor = world.start(programs::processor()?, variables)?;
    world.put(&key("a"), gzip(&log_file(&[deletion(1), deletion(1)])))?;
    let event = created(&world.name, &key("a")).to_string();
    assert_eq!(detector.invoke(&event)?, Ok(Value::Null));
    // A channel that fails, fails the message.
    proxy.fail(1, 400, &json_error("MessageRejected"), asks("outbound-emails"));
    world.drain("matches", &mut processor)?;
    let mails = world.wait_for_mails(2)?;
    assert!(mails.iter().all(|mail| mail.text.contains("UNFILTERED: no state is kept")));
    assert_eq!(processor.invoke(SCHEDULE)?, Ok(Value::Null));
    assert!(processor.log_text().contains("no table is set"), "{}", processor.log_text());
    assert_eq!(proxy.asked("DynamoDB"), 0);
    Ok(())
}
