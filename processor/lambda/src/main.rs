//! The processor's program, as Lambda starts it: with the compiled rules.

use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    processor_lambda::run(trailalerts::rule_set()).await
}
