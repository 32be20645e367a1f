//! Clients of `DynamoDB` and tables for tests. What is deployed, Terraform makes.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
    error::DisplayErrorContext,
    types::{
        AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
        TimeToLiveSpecification,
    },
};
use processor_lambda::dynamodb::DynamoDbStore;

use crate::emulator::Emulator;

/// A client of an endpoint on this machine, which tries three times, quickly.
///
/// It knows nothing of the credentials and settings of whoever runs the tests.
pub fn client(endpoint: &str, answer_within: Duration) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(3)
                .with_initial_backoff(Duration::from_millis(1)),
        )
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(answer_within).build());
    Client::from_conf(config.build())
}

/// A store in a new table of the emulator.
///
/// # Errors
/// If there is no emulator, or it does not make the table.
pub async fn new_store(emulator: &Emulator) -> Result<DynamoDbStore, String> {
    static TABLES: AtomicU32 = AtomicU32::new(0);
    let client = client(&emulator.endpoint(), Duration::from_secs(60));
    let table = format!("state-{}", TABLES.fetch_add(1, Ordering::Relaxed));
    create_table(&client, &table).await?;
    Ok(DynamoDbStore::new(client, table))
}

/// Makes a table as Terraform does.
///
/// # Errors
/// What is in the way.
pub async fn create_table(client: &Client, table: &str) -> Result<(), String> {
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .map_err(|error| error.to_string())
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .map_err(|error| error.to_string())
    };
    client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk")?)
        .attribute_definitions(attribute("sk")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    let specification = TimeToLiveSpecification::builder()
        .attribute_name("expires")
        .enabled(true)
        .build()
        .map_err(|error| error.to_string())?;
    client
        .update_time_to_live()
        .table_name(table)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    Ok(())
}
