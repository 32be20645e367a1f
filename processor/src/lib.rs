//! Matches in, decisions and alerts out. Pure: no clock, no network, no AWS.

mod alert;
mod decide;
pub mod store;

pub use alert::{Alert, Kind};
pub use decide::{Decision, decide};
