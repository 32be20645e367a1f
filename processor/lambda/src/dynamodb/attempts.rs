//! What became of the attempts of one request, which the SDK repeats by itself.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextRef,
    },
    error::BoxError,
};

/// Notes whether an attempt may have been carried out although it failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts(Arc<AtomicBool>);

impl Attempts {
    /// Whether there was such an attempt.
    pub(super) fn one_is_uncertain(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Below 500, DynamoDB says what it did; else, or without an answer, nothing is known.
        let known = context.response().is_some_and(|response| response.status().as_u16() < 500);
        if !known {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}
