//! The functions' programs, as they are deployed: built once for a test program.

use std::{path::Path, sync::OnceLock};

use trailalerts_zips::{Options, Zip, build};

/// The zip of a function, `detector` or `processor`, and its program beside it.
///
/// # Errors
/// If it cannot be built.
pub fn zip(name: &str) -> Result<&'static Zip, String> {
    static ZIPS: OnceLock<Result<Vec<Zip>, String>> = OnceLock::new();
    let built = ZIPS.get_or_init(|| build(&Options::default()).map_err(|error| error.to_string()));
    let zips = built.as_ref().map_err(Clone::clone)?;
    zips.iter().find(|zip| zip.name == name).ok_or_else(|| format!("there is no `{name}`"))
}

/// The detector's program.
///
/// # Errors
/// If it cannot be built.
pub fn detector() -> Result<&'static Path, String> {
    Ok(&zip("detector")?.bootstrap)
}

/// The processor's program.
///
/// # Errors
/// If it cannot be built.
pub fn processor() -> Result<&'static Path, String> {
    Ok(&zip("processor")?.bootstrap)
}
