//! Matches in, decisions and alerts out. Pure: no clock, no network, no AWS.

pub mod absence;
pub mod alert;
pub mod alone;
mod cooldown;
pub mod decide;
pub mod deliver;
mod draft;
pub mod entry;
pub mod episode;
pub mod facts;
mod json;
pub mod neighbours;
pub mod notify;
pub mod owed;
pub mod pattern;
pub mod process;
mod reason;
pub mod store;
pub mod streams;
pub mod told;
pub mod window;

pub use alert::{Alert, Kind};
pub use decide::Decision;
pub use notify::Notification;
pub use process::{Outcome, Processor};
