//! What `DynamoDB` answers to writes.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput},
    types::CancellationReason,
};
use trailalerts_processor::store::{Committed, StoreError};

use super::failure;

/// What became of the write of one item.
pub(super) fn of_one<T, E>(
    answer: Result<T, SdkError<E>>,
    operation: &str,
    table: &str,
) -> Result<Committed, StoreError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Err(error) = answer else { return Ok(Committed::Done) };
    match error.code() {
        Some(
            "ConditionalCheckFailedException"
            | "TransactionConflictException"
            | "ReplicatedWriteConflictException",
        ) => Ok(Committed::Conflict),
        _ => Err(failure::of(&error, operation, table)),
    }
}

/// What became of a transaction.
pub(super) fn of_all(
    answer: Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>>,
    table: &str,
) -> Result<Committed, StoreError> {
    const OPERATION: &str = "TransactWriteItems";
    let Err(error) = answer else { return Ok(Committed::Done) };
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            of_canceled(canceled.cancellation_reasons(), table)
        }
        _ => Err(failure::of(&error, OPERATION, table)),
    }
}

/// What became of a transaction that was given up, for reasons in the order of its writes.
fn of_canceled(reasons: &[CancellationReason], table: &str) -> Result<Committed, StoreError> {
    let mut conflict = false;
    let mut worst: Option<StoreError> = None;
    for reason in reasons {
        match reason.code() {
            None | Some("None") => {}
            Some("ConditionalCheckFailed" | "TransactionConflict") => conflict = true,
            Some(code) => {
                let said = reason.message().unwrap_or("it gave no reason");
                let error = failure::of_code(code, said, "TransactWriteItems", table);
                // What is wrong for good is told first.
                if worst.as_ref().is_none_or(|worst| worst.passing) {
                    worst = Some(error);
                }
            }
        }
    }
    match worst {
        Some(error) if !error.passing => Err(error),
        _ if conflict => Ok(Committed::Conflict),
        Some(error) => Err(error),
        None => Err(failure::of_code(
            "TransactionCanceledException",
            "it gave no reason",
            "TransactWriteItems",
            table,
        )),
    }
}
