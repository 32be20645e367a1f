//! Structured logs: one JSON object a line, as Lambda takes them.

use tracing_subscriber::EnvFilter;

/// Starts to write logs to standard output. `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets as the
/// function's log level says, chooses from which level on.
pub fn start() {
    let level = match std::env::var("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Ok("TRACE") => "trace",
        Ok("DEBUG") => "debug",
        Ok("WARN") => "warn",
        Ok("ERROR" | "FATAL") => "error",
        _ => "info",
    };
    // The SDK's own lines would drown the others.
    let own = ["trailalerts_lambda", "detector_lambda", "processor_lambda"];
    let filter =
        own.into_iter().fold("error".to_owned(), |filter, name| format!("{filter},{name}={level}"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new(filter))
        .with_current_span(false)
        .with_target(false)
        .init();
}

/// Logs what keeps a function from starting: Lambda itself tells it only to whoever invokes it.
///
/// # Errors
/// The same.
pub fn fatal<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, E> {
    result.inspect_err(|error| tracing::error!("the function cannot start: {error}"))
}
