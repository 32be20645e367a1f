//! CloudTrail log files in, records and matches out.
//!
//! A log file reaches this crate as bytes: [`Inflate`] undoes gzip where there is any, and
//! [`LogFile`] finds the records in what comes out, whatever shape the file has, and goes on
//! behind what is damaged. Both work on a stream, with bounded memory; neither knows where the
//! bytes come from. [`kind_of_key`] tells by an object's key whether it is worth reading.
//!
//! ```
//! use trailalerts_detector::{Item, LogFile};
//!
//! let mut file = LogFile::new(&br#"{"Records":[{"eventName":"GetObject"},{"eventName":7}]}"#[..]);
//! while let Some(item) = file.next_item()? {
//!     match item {
//!         Item::Record { index, record, .. } => println!("{index}: {}", record.json()),
//!         Item::Skipped(skipped) => println!("{skipped}"),
//!         Item::Damage(damage) => eprintln!("{damage}"),
//!     }
//! }
//! assert_eq!(file.summary().evaluated, 2);
//! # Ok::<(), trailalerts_detector::ReadError>(())
//! ```

mod inflate;
mod key;
mod log_file;
mod matches;

pub use inflate::{Inflate, InflateError};
pub use key::{KeyKind, kind_of_key};
pub use log_file::{
    Buffers, Damage, Item, LogFile, MAX_RECORD_BYTES, ReadError, Reason, SkipReason, Skipped,
    Summary,
};
pub use matches::{Activity, MOST_DAMAGE, Report, matches};
