//! What a deployment of the detector is told by its environment.

use trailalerts_lambda::environment::{Environment, EnvironmentError, Variable};

/// Where matches go.
pub const QUEUE_URL: Variable = Variable {
    name: "TRAILALERTS_QUEUE_URL",
    meaning: "the URL of the SQS queue from which the processor takes matches",
    otherwise: None,
};

/// Where records go that are too large for a message and stand in no object.
pub const SPILL_BUCKET: Variable = Variable {
    name: "TRAILALERTS_SPILL_BUCKET",
    meaning: "the name of the bucket for records that EventBridge brings and that are too large \
              for a message",
    otherwise: Some("an event with such a record fails"),
};

/// All settings of the detector.
pub const VARIABLES: [Variable; 2] = [QUEUE_URL, SPILL_BUCKET];

/// The settings of the detector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where matches go.
    pub queue_url: String,
    /// Where records go that are too large for a message and stand in no object.
    pub spill_bucket: Option<String>,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn read(mut environment: Environment) -> Result<Settings, EnvironmentError> {
        let queue_url = environment.text(&QUEUE_URL);
        let is_url = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if !queue_url.as_ref().is_none_or(is_url) {
            environment.wrong(&QUEUE_URL, &"it begins neither with https:// nor http://");
        }
        let spill_bucket = environment.text(&SPILL_BUCKET);
        environment.finish()?;
        Ok(Settings { queue_url: queue_url.unwrap_or_default(), spill_bucket })
    }
}
