//! The table and the drawing of `docs/performance.md`.

use crate::bars::Bar;
use std::error::Error;

/// Writes.
pub fn write(_bars: &[Bar]) -> Result<(), Box<dyn Error>> {
    Ok(())
}
