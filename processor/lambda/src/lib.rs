//! The processor on AWS: messages of a queue in, notifications out, state in DynamoDB.
//!
//! A message is acknowledged once what follows from it is stored; otherwise it comes again, and at
//! last reaches the dead-letter queue, whose messages alert unfiltered.

pub mod channels;
mod claim;
mod dead_letters;
pub mod dynamodb;
pub mod event;
pub mod handler;
mod schedule;
pub mod settings;

pub use handler::Handler;

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tracing::{Instrument, info, info_span};
use trailalerts_core::RuleSet;
use trailalerts_lambda::{aws, environment::Environment, logs};

use channels::AwsChannels;
use dynamodb::DynamoDbStore;
use settings::Settings;

/// Answers invocations with the rules of a set, until Lambda ends the process.
///
/// # Errors
/// If the environment is not right, or Lambda cannot be reached.
pub async fn run(rules: &'static RuleSet) -> Result<(), Error> {
    logs::start();
    let settings = Settings::read(Environment::of_process(), rules.settings.channels);
    let settings = logs::fatal(settings)?;
    let aws = aws::config().await;
    info!(
        version = env!("CARGO_PKG_VERSION"),
        fingerprint = rules.fingerprint,
        rules = rules.rules.len(),
        "the processor is ready"
    );
    let table = settings.table.as_ref();
    let dynamodb = |table| DynamoDbStore::new(aws_sdk_dynamodb::Client::new(&aws), table);
    let channels = AwsChannels::new(
        settings.routes.clone(),
        rules.settings.accounts,
        aws_sdk_sesv2::Client::new(&aws),
        aws_sdk_sns::Client::new(&aws),
    );
    let s3 = aws_sdk_s3::Client::new(&aws);
    let handler = &Handler::new(rules, table.map(dynamodb), channels, s3, settings);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let request = info_span!("invocation", request_id = event.context.request_id);
        // Its type, unboxed, is deeper than the compiler goes.
        Box::pin(
            async move {
                handler.handle(event.payload.get(), Timestamp::now()).await.map_err(Error::from)
            }
            .instrument(request),
        )
    }))
    .await
}
