//! The detector on AWS: an invocation announces objects or records, their matches go to a queue.
//!
//! An invocation succeeds only when everything that it announces was read and all matches are in the
//! queue; otherwise it fails, or the message that announced it, and comes again. What is sent twice
//! does no harm: the processor knows matches again.

pub mod handler;
pub mod queue;
pub mod settings;
mod spill;
pub mod trigger;

pub use handler::Detector;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tracing::{Instrument, info, info_span};
use trailalerts_core::RuleSet;
use trailalerts_lambda::{aws, environment::Environment, logs};

use settings::Settings;

/// Answers invocations with the rules of a set, until Lambda ends the process.
///
/// # Errors
/// If the environment is not right, or Lambda cannot be reached.
pub async fn run(rules: &'static RuleSet) -> Result<(), Error> {
    logs::start();
    let settings = logs::fatal(Settings::read(Environment::of_process()))?;
    let aws = aws::config().await;
    let (s3, sqs) = (aws_sdk_s3::Client::new(&aws), aws_sdk_sqs::Client::new(&aws));
    info!(
        version = env!("CARGO_PKG_VERSION"),
        fingerprint = rules.fingerprint,
        rules = rules.rules.len(),
        "the detector is ready"
    );
    let detector = &Detector::new(rules, s3, sqs, settings);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let request = info_span!("invocation", request_id = event.context.request_id);
        // Its type, unboxed, is deeper than the compiler goes.
        Box::pin(
            async move { detector.handle(&event.payload).await.map_err(Error::from) }
                .instrument(request),
        )
    }))
    .await
}
