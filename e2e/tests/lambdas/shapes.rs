//! Every shape in which logs reach the detector, to the mail that tells of them.

use serde_json::{Value, json};
use trailalerts_e2e::{
    programs,
    world::{World, created, gzip, log_file},
};

use crate::records::{deletion, key, reading};

/// An event of EventBridge.
fn event_bridge(kind: &str, source: &str, id: &str, detail: Value) -> Value {
    json!({
        "version": "0", "id": id, "detail-type": kind, "source": source,
        "account": "111122223333", "time": "2026-11-22T10:00:05Z", "region": "eu-central-1",
        "resources": [], "detail": detail,
    })
}

fn queue(bodies: &[Value]) -> Value {
    let message = |(at, body): (usize, &Value)| {
        json!({
            "messageId": format!("m{at}"), "receiptHandle": "r", "body": body.to_string(),
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:q",
        })
    };
    json!({"Records": bodies.iter().enumerate().map(message).collect::<Vec<_>>()})
}

#[test]
fn every_shape_leads_to_its_mail() -> Result<(), String> {
    let world = World::new()?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    let put = |number: u32, name: &str| -> Result<Value, String> {
        world.put(&key(name), gzip(&log_file(&[reading(1000 + number), deletion(number)])))?;
        Ok(created(&world.name, &key(name)))
    };
    let sns = |event: &Value| {
        json!({"Records": [{
            "EventVersion": "1.0", "EventSource": "aws:sns",
            "Sns": {"Type": "Notification", "MessageId": "1", "Message": event.to_string()},
        }]})
    };
    let sns_in_queue = |event: &Value| json!({"Type": "Notification", "MessageId": "1", "Message": event.to_string()});
    let object = |name: &str| json!({"bucket": {"name": world.name}, "object": {"key": key(name)}});
    let nothing = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"});

    let several = json!({"Records": [
        put(2, "b c+d")?["Records"][0].clone(),
        put(3, "e%f")?["Records"][0].clone(),
    ]});
    put(7, "i")?;
    let call = "AWS API Call via CloudTrail";
    let events = [
        (put(1, "a")?, json!(null)),
        (several, json!(null)),
        (sns(&put(4, "f")?), json!(null)),
        (queue(&[put(5, "g")?, nothing.clone()]), json!({"batchItemFailures": []})),
        (queue(&[sns_in_queue(&put(6, "h")?)]), json!({"batchItemFailures": []})),
        (event_bridge("Object Created", "aws.s3", "e7", object("i")), json!(null)),
        (event_bridge(call, "aws.guardduty", "e8", deletion(8)), json!(null)),
        (nothing, json!(null)),
    ];
    for (event, expected) in events {
        let answer = detector.invoke(&event.to_string())?;
        assert_eq!(answer, Ok(expected), "{event}");
    }
    // Seven files with two records, and one record by itself.
    for (metric, expected) in [
        ("Files", 7.0),
        ("RecordsRead", 15.0),
        ("RecordsEvaluated", 15.0),
        ("RecordsSkipped", 0.0),
        ("RecordsDamaged", 0.0),
        ("Matches", 8.0),
        // Each file also says that its stream is alive.
        ("MessagesSent", 15.0),
        ("Failures", 0.0),
    ] {
        assert_eq!(detector.metric(metric), expected, "{metric}: {}", detector.log_text());
    }

    assert_eq!(world.drain("matches", &mut processor)?, 15);
    for (metric, expected) in
        [("Messages", 15.0), ("Delivered", 8.0), ("DeliveryFailures", 0.0), ("Failures", 0.0)]
    {
        assert_eq!(processor.metric(metric), expected, "{metric}: {}", processor.log_text());
    }
    let mails = world.wait_for_mails(8)?;
    for number in 1..=8 {
        let actor = format!("Actor: arn:aws:iam::111122223333:user/user-{number}\n");
        let told: Vec<_> = mails.iter().filter(|mail| mail.text.contains(&actor)).collect();
        assert_eq!(told.len(), 1, "{number}: {mails:?}");
        let mail = told[0];
        assert_eq!(mail.subject, "[high] AWS GuardDuty Detector Disabled in 111122223333");
        assert!(mail.html.contains(&format!("user-{number}")) && !mail.text.contains("UNFILTERED"));
    }
    assert_eq!((world.waiting("matches")?, world.waiting("dead")?), (0, 0));
    Ok(())
}

#[test]
fn old_logs_of_a_batch_job_are_reported_and_nobody_is_told() -> Result<(), String> {
    let world = World::new()?;
    let mut detector = world.start(programs::detector()?, world.of_detector())?;
    let mut processor = world.start(programs::processor()?, world.of_processor())?;
    world.put("old logs/a+b.json.gz", gzip(&log_file(&[deletion(1), reading(2)])))?;
    world.put("cut.json.gz", gzip(&log_file(&[deletion(3), reading(4)]))[..60].to_vec())?;
    let task = |id: &str, key: &str| json!({"taskId": id, "s3Key": key, "s3VersionId": null, "s3BucketArn": format!("arn:aws:s3:::{}", world.name)});
    let event = json!({
        "invocationSchemaVersion": "1.0", "invocationId": "i", "job": {"id": "j"},
        "tasks": [task("t", "old+logs/a%2Bb.json.gz"), task("u", "gone"), task("v", "cut.json.gz")],
    });
    let answer =
        detector.invoke(&event.to_string())?.map_err(|error| format!("failed: {error}"))?;
    assert_eq!(answer["invocationId"], "i");
    let results = answer["results"].as_array().ok_or("results")?;
    let codes: Vec<_> = results.iter().map(|result| result["resultCode"].as_str()).collect();
    let expected = ["Succeeded", "PermanentFailure", "PermanentFailure"].map(Some);
    assert_eq!(codes, expected, "{answer}");
    assert_eq!(results[0]["resultString"], "2 records, 1 matches");
    world.drain("matches", &mut processor)?;
    assert_eq!(world.wait_for_mails(0)?, []);
    assert_eq!(world.waiting("matches")?, 0);
    Ok(())
}
