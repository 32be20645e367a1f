//! How clients of AWS are set up.

use std::{error::Error, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_s3::error::ProvideErrorMetadata;

/// How long an answer of AWS may take. The SDK sets no limit of its own.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How often a call is tried: for some seconds, with growing pauses.
const MOST_ATTEMPTS: u32 = 6;

/// What all clients have in common: region, credentials and addresses are those of the environment.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ANSWER_WITHIN).build())
        .retry_config(RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS))
        .load()
        .await
}

/// What went wrong with a call: what AWS says of it, else what was in the way of asking.
pub fn words(error: &(impl ProvideErrorMetadata + Error)) -> String {
    if let Some(code) = error.code() {
        return match error.message() {
            Some(message) => format!("{code}: {message}"),
            None => code.to_owned(),
        };
    }
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        text.push_str(&format!(": {error}"));
        inner = error.source();
    }
    text
}
