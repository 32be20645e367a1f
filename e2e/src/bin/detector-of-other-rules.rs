//! The detector's program with another rule set than the shipped one: that of the tests of alerts.

use lambda_runtime::Error;
use trailalerts_conformance::alerting::RULE_SET;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    detector_lambda::run(&RULE_SET).await
}
