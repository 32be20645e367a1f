//! What went wrong, whether it passes, and what helps.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use trailalerts_processor::store::StoreError;

/// The failure of a request, after all its attempts.
pub(super) fn of<E>(error: &SdkError<E>, operation: &str, table: &str) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let said = answer.err().message().unwrap_or("it gave no reason");
            match answer.err().code() {
                Some(code) => {
                    let mut failure = of_code(code, said, operation, table);
                    failure.passing |= passes(status);
                    failure
                }
                // Not from DynamoDB, but from something in between.
                None => no_answer(status, operation, table),
            }
        }
        SdkError::ResponseError(answer) => {
            no_answer(answer.raw().status().as_u16(), operation, table)
        }
        SdkError::TimeoutError(_) => new(true, operation, table, "took too long", ""),
        SdkError::DispatchFailure(failure) => {
            let what = format!("could not be asked: {}", chain(error));
            // What is no matter of the network, and of no kind that the SDK would try again, is
            // one of the client.
            if failure.is_io() || failure.is_timeout() || failure.as_other().is_some() {
                new(true, operation, table, &what, "")
            } else {
                new(false, operation, table, &what, " Check the region and the credentials.")
            }
        }
        _ => new(false, operation, table, &format!("was not asked: {}", chain(error)), ""),
    }
}

/// The failure of an error code of `DynamoDB`.
pub(super) fn of_code(code: &str, said: &str, operation: &str, table: &str) -> StoreError {
    let (passing, remedy) = match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottlingError"
        | "RequestLimitExceeded"
        | "ProvisionedThroughputExceededException"
        | "ProvisionedThroughputExceeded" => (true, " If it stays so, raise the table's capacity."),
        "InternalServerError"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        // An earlier attempt of the same transaction is not done yet.
        | "TransactionInProgressException" => (true, ""),
        // The next ones are asked for before the next attempt.
        "ExpiredTokenException" | "ExpiredToken" => (true, " The credentials have expired."),
        "ResourceNotFoundException" => {
            (false, " There is no such table in this region and account: deploy it, or correct its name.")
        }
        "AccessDeniedException" | "AccessDenied" => {
            return new(
                false,
                operation,
                table,
                &format!("refused ({code}: {})", shown(said)),
                &format!(" Allow {} on this table in the role's policy.", permissions(operation)),
            );
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException" => {
            (false, " The credentials are wrong, or the clock of this machine is.")
        }
        "ValidationException" | "ValidationError" => {
            (false, " The table must have the keys `pk` and `sk`, both of type S.")
        }
        _ => (false, ""),
    };
    new(passing, operation, table, &format!("refused ({code}: {})", shown(said)), remedy)
}

fn no_answer(status: u16, operation: &str, table: &str) -> StoreError {
    let what = format!("was answered by something else than DynamoDB (status {status})");
    let refused = (400..500).contains(&status) && !passes(status);
    new(!refused, operation, table, &what, "")
}

/// Whether an answer of this status may be another a little later.
fn passes(status: u16) -> bool {
    status >= 500 || status == 429
}

/// What a role must be allowed for an operation; transactions have no permission of their own.
fn permissions(operation: &str) -> String {
    match operation {
        "TransactWriteItems" => "dynamodb:PutItem and dynamodb:DeleteItem".to_owned(),
        one => format!("dynamodb:{one}"),
    }
}

fn new(passing: bool, operation: &str, table: &str, what: &str, remedy: &str) -> StoreError {
    let end = if remedy.is_empty() { "" } else { "." };
    let message = format!("{operation} on the DynamoDB table `{table}` {what}{end}{remedy}");
    StoreError { passing, message }
}

/// What `DynamoDB` said, on one line: it can cite what was written, which is from a record.
fn shown(said: &str) -> String {
    const SHOWN: usize = 500;
    let said = said.trim_end().chars().take(SHOWN);
    said.map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// An error and what it comes from.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
