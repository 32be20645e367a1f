//! Both functions run by the emulator as Lambda runs them: from the zips, with real notifications,
//! queues and event source mappings between them.

use std::fs;

use aws_sdk_s3::types::{Event, LambdaFunctionConfiguration, NotificationConfiguration};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use trailalerts_e2e::{
    programs,
    world::{World, gzip, log_file, words},
};

use crate::records::{deletion, key, reading};

type Done = Result<(), String>;

/// Makes a function of a zip: its ARN.
fn deploy(world: &World, name: &str, variables: Vec<(String, String)>) -> Result<String, String> {
    let zip = fs::read(&programs::zip(name)?.path).map_err(words)?;
    let variables: serde_json::Map<String, Value> =
        variables.into_iter().map(|(name, value)| (name, json!(value))).collect();
    let function = json!({
        "FunctionName": format!("{}-{name}", world.name),
        "Runtime": "provided.al2023",
        "Role": "arn:aws:iam::000000000000:role/function",
        "Handler": "bootstrap",
        "Code": {"ZipFile": STANDARD.encode(zip)},
        "Environment": {"Variables": variables},
        "Timeout": 60,
        "MemorySize": 128,
    });
    let made = world.post("/2015-03-31/functions", &function.to_string())?;
    made["FunctionArn"].as_str().map(str::to_owned).ok_or_else(|| format!("no function: {made}"))
}

/// A whole deployment, from the bucket to the recipient.
fn deployed() -> Result<World, String> {
    let world = World::new()?;
    let detector = deploy(&world, "detector", world.of_detector())?;
    let processor = deploy(&world, "processor", world.of_processor())?;
    for queue in ["matches", "dead"] {
        let mapping = json!({
            "EventSourceArn": world.arn(queue),
            "FunctionName": processor,
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        });
        world.post("/2015-03-31/event-source-mappings/", &mapping.to_string())?;
    }
    let notified = LambdaFunctionConfiguration::builder()
        .lambda_function_arn(detector)
        .events(Event::S3ObjectCreated)
        .build()
        .map_err(words)?;
    let configuration =
        NotificationConfiguration::builder().lambda_function_configurations(notified).build();
    let put = world
        .s3
        .put_bucket_notification_configuration()
        .bucket(&world.name)
        .notification_configuration(configuration);
    world.run(put.send()).map_err(|error| format!("{error:?}"))?;
    Ok(world)
}

#[test]
fn a_log_file_becomes_a_mail() -> Done {
    let world = deployed()?;
    world.put(&key("a"), gzip(&log_file(&[reading(1), deletion(2)])))?;
    let mails = world.wait_for_mails(1)?;
    assert!(mails[0].text.contains("user/user-2"), "{mails:?}");
    Ok(())
}

#[test]
fn five_hundred_files_at_once_lose_nothing() -> Done {
    const FILES: u32 = 500;
    let world = deployed()?;
    for number in 0..FILES {
        let records = [reading(FILES + number), deletion(number), reading(2 * FILES + number)];
        world.put(&key(&format!("file-{number}")), gzip(&log_file(&records)))?;
    }
    let mails = world.wait_for_mails(FILES as usize)?;
    for number in 0..FILES {
        let actor = format!("user/user-{number}\n");
        let told = mails.iter().filter(|mail| mail.text.contains(&actor)).count();
        assert_eq!(told, 1, "{number}");
    }
    assert_eq!((world.waiting("matches")?, world.waiting("dead")?), (0, 0));
    Ok(())
}
