use super::*;

/// What a source is, in a line.
fn line(source: &Source) -> String {
    match source {
        Source::Object(Object { bucket, key, version }) => {
            let version = version.as_ref().map(|version| format!("@{version}"));
            format!("{bucket}/{key}{}", version.unwrap_or_default())
        }
        Source::Record(Record { id, time, json }) => format!("record {id} {time} {json}"),
        Source::Nothing(what) => format!("nothing: {what}"),
    }
}

fn lines(sources: &Result<Vec<Source>, TriggerError>) -> String {
    match sources {
        Ok(sources) => sources.iter().map(line).collect::<Vec<_>>().join("; "),
        Err(error) => format!("error: {error}"),
    }
}

fn read(event: &str) -> String {
    match Trigger::read(event) {
        Ok(Trigger::Sources(sources)) => lines(&Ok(sources)),
        Ok(Trigger::Messages(messages)) => {
            let message =
                |message: &Message| format!("{}: {}", message.id, lines(&message.sources));
            messages.iter().map(message).collect::<Vec<_>>().join(" | ")
        }
        Ok(Trigger::Batch(Batch { schema, invocation, tasks })) => {
            let task = |task: &Task| match &task.object {
                Ok(object) => format!("{}: {}", task.id, line(&Source::Object(object.clone()))),
                Err(error) => format!("{}: error: {error}", task.id),
            };
            let tasks: Vec<_> = tasks.iter().map(task).collect();
            format!("batch {schema} {invocation}: {}", tasks.join(" | "))
        }
        Err(error) => format!("error: {error}"),
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn s3(name: &str, key: &str) -> String {
    format!(
        r#"{{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"{name}","s3":{{"s3SchemaVersion":"1.0","bucket":{{"name":"logs","arn":"arn:aws:s3:::logs"}},"object":{{"key":"{key}","size":1024}}}}}}"#
    )
}

const DETAIL: &str = r#"{"eventVersion":"1.08","n":12345678901234567890123}"#;

fn event_bridge(kind: &str, detail: &str) -> String {
    format!(
        r#"{{"version":"0","id":"e1","detail-type":"{kind}","source":"aws.s3","account":"111122223333","time":"2026-11-22T10:00:00Z","region":"eu-central-1","resources":[],"detail":{detail}}}"#
    )
}

#[test]
fn every_shape_is_read() {
    let created = format!(r#"{{"Records":[{}]}}"#, s3("ObjectCreated:Put", "a/b.gz"));
    let sns = |message: &str| {
        format!(
            r#"{{"Records":[{{"EventVersion":"1.0","EventSource":"aws:sns","Sns":{{"Type":"Notification","MessageId":"1","Message":{}}}}}]}}"#,
            quoted(message)
        )
    };
    let sns_in_queue = |message: &str| {
        format!(r#"{{"Type":"Notification","MessageId":"1","Message":{}}}"#, quoted(message))
    };
    let queue = |bodies: &[&str]| {
        let message = |(at, body): (usize, &&str)| {
            format!(
                r#"{{"messageId":"m{at}","receiptHandle":"r","body":{},"eventSource":"aws:sqs"}}"#,
                quoted(body)
            )
        };
        let messages: Vec<_> = bodies.iter().enumerate().map(message).collect();
        format!(r#"{{"Records":[{}]}}"#, messages.join(","))
    };
    let object = r#"{"version":"0","bucket":{"name":"logs"},"object":{"key":"a+b c%.gz","size":5,"version-id":"v1"}}"#;
    let cases = [
        (created.clone(), "logs/a/b.gz"),
        (
            format!(
                r#"{{"Records":[{},{}]}}"#,
                s3("ObjectCreated:CompleteMultipartUpload", "a+%C3%A4%2B%3D.gz"),
                s3("ObjectCreated:Put", "c").replace(r#""size""#, r#""versionId":"v2","size""#),
            ),
            "logs/a ä+=.gz; logs/c@v2",
        ),
        (
            format!(r#"{{"Records":[{}]}}"#, s3("ObjectRemoved:Delete", "a")),
            "nothing: the event `ObjectRemoved:Delete`",
        ),
        (
            r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}"#.to_owned(),
            "nothing: the event `s3:TestEvent`",
        ),
        (sns(&created), "logs/a/b.gz"),
        (queue(&[&created, &created]), "m0: logs/a/b.gz | m1: logs/a/b.gz"),
        (queue(&[&sns_in_queue(&created)]), "m0: logs/a/b.gz"),
        (event_bridge("Object Created", object), "logs/a+b c%.gz@v1"),
        (event_bridge("Object Deleted", object), "nothing: the event `Object Deleted`"),
        (
            event_bridge("AWS API Call via CloudTrail", DETAIL),
            r#"record e1 2026-11-22T10:00:00Z {"eventVersion":"1.08","n":12345678901234567890123}"#,
        ),
        (
            event_bridge("AWS Console Sign In via CloudTrail", "{}"),
            "record e1 2026-11-22T10:00:00Z {}",
        ),
        (
            event_bridge("AWS Service Event via CloudTrail", "{}"),
            "record e1 2026-11-22T10:00:00Z {}",
        ),
        (
            queue(&[&event_bridge("AWS API Call via CloudTrail", "{ }")]),
            "m0: record e1 2026-11-22T10:00:00Z { }",
        ),
        (
            r#"{"invocationSchemaVersion":"1.0","invocationId":"i","job":{"id":"j"},"tasks":[{"taskId":"t","s3Key":"a%2Bb+c","s3VersionId":null,"s3BucketArn":"arn:aws:s3:::logs"}]}"#
                .to_owned(),
            "batch 1.0 i: t: logs/a+b c",
        ),
        (
            r#"{"invocationSchemaVersion":"2.0","invocationId":"i","job":{"id":"j","userArguments":{}},"tasks":[{"taskId":"t","s3Key":"a","s3VersionId":"v","s3Bucket":"logs"},{"taskId":"u","s3Key":"%FF","s3Bucket":"logs"}]}"#
                .to_owned(),
            "batch 2.0 i: t: logs/a@v | u: error: this event announces no CloudTrail logs: the key `%FF` is no text",
        ),
    ];
    for (event, expected) in cases {
        let found = read(&event);
        assert!(found.starts_with(expected), "{event}\n{found}\n{expected}");
    }
}

#[test]
fn one_message_that_is_none_leaves_the_others() {
    let good = format!(r#"{{"Records":[{}]}}"#, s3("ObjectCreated:Put", "a"));
    let event = format!(
        r#"{{"Records":[{{"messageId":"m0","body":"hello"}},{{"messageId":"m1","body":{}}},{{"messageId":"m2"}}]}}"#,
        quoted(&good)
    );
    let found = read(&event);
    let parts: Vec<_> = found.split(" | ").collect();
    assert!(parts[0].starts_with("m0: error: this event announces no CloudTrail logs"), "{found}");
    assert_eq!(parts[1], "m1: logs/a");
    assert!(parts[2].contains("without a body"), "{found}");
}

#[test]
fn other_events_are_refused_with_a_reason() {
    let mut nested = format!(r#"{{"Records":[{}]}}"#, s3("ObjectCreated:Put", "a"));
    for _ in 0..6 {
        nested = format!(r#"{{"Type":"Notification","Message":{}}}"#, quoted(&nested));
    }
    for (event, reason) in [
        ("null", "it is not read"),
        ("{}", "neither `Records`"),
        (r#"{"Records":[{"dynamodb":{}}]}"#, "neither of S3"),
        (r#"{"awslogs":{"data":""}}"#, "neither `Records`"),
        (
            r#"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"%FF"}}}]}"#,
            "is no text",
        ),
        (&nested, "too many events"),
        (&event_bridge("AWS API Call via CloudTrail", "{}").replace("2026", "x"), "invalid digit"),
    ] {
        let found = read(event);
        assert!(found.starts_with("error: ") && found.contains(reason), "{event}: {found}");
    }
}
