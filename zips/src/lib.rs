//! The deployment packages of the Lambda functions: each one's executable in a zip, checked against
//! what Lambda runs, and with the same bytes wherever the same source is built.

mod archive;
mod compile;
mod elf;
mod error;
mod paths;

use std::{
    fs, io,
    path::{Path, PathBuf, absolute},
    process,
};

use memchr::memmem;
use serde::Serialize;

use crate::{
    archive::About,
    compile::Executable,
    elf::Machine,
    paths::{Paths, Toolchain},
};

pub use error::Error;

/// The largest zip that is accepted, in bytes: a function starts slower with more.
pub const LARGEST_ZIP: usize = 6_000_000;

/// What is built, and to where.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The target triple; by default what this machine is.
    pub target: Option<String>,
    /// The directory of the zips; by default `lambda-zips` in the target directory.
    pub out: Option<PathBuf>,
}

/// A deployment package that was written.
#[derive(Debug, Clone, Serialize)]
pub struct Zip {
    /// The function: `detector` or `processor`.
    pub name: &'static str,
    /// The zip, as an absolute path.
    pub path: PathBuf,
    /// The executable that is in it.
    pub bootstrap: PathBuf,
    /// How large the zip is.
    pub zip_bytes: usize,
    /// How large the executable is.
    pub binary_bytes: usize,
    /// The oldest glibc that has all that the executable asks for; `None` if it asks for none.
    pub glibc: Option<String>,
    /// The zip's digest in Base64, as Terraform's `source_code_hash` has it.
    pub sha256: String,
}

/// Builds the functions' executables, checks them, and writes their zips. Either all are written or
/// none is.
pub fn build(options: &Options) -> Result<Vec<Zip>, Error> {
    let paths = Paths::find()?;
    let toolchain = Toolchain::ask(&paths)?;
    let target = options.target.as_ref().unwrap_or(&toolchain.host);
    let machine = Machine::of_target(target)?;
    let out = options.out.clone().unwrap_or_else(|| paths.target.join("lambda-zips"));
    let out = absolute(&out)
        .map_err(|error| Error::new(format!("{} is no path: {error}", out.display())))?;

    let executables = compile::compile(&paths, &toolchain, target)?;
    let packed: Vec<(Zip, Vec<u8>)> = executables
        .into_iter()
        .map(|executable| pack(executable, machine, &out))
        .collect::<Result<_, _>>()?;
    for (zip, bytes) in &packed {
        write(&zip.path, bytes).map_err(|error| {
            Error::new(format!("{} cannot be written: {error}", zip.path.display()))
                .remedy("Make room there, or choose another directory with `--out`.")
        })?;
    }
    Ok(packed.into_iter().map(|(zip, _)| zip).collect())
}

fn pack(executable: Executable, machine: Machine, out: &Path) -> Result<(Zip, Vec<u8>), Error> {
    let Executable { name, package, version, path: bootstrap } = executable;
    let binary = fs::read(&bootstrap)
        .map_err(|error| Error::new(format!("{} cannot be read: {error}", bootstrap.display())))?;
    let glibc = elf::check(&binary, machine).map_err(|error| error.of(name))?;
    let fingerprint = trailalerts::rule_set().fingerprint;
    if memmem::find(&binary, fingerprint.as_bytes()).is_none() {
        return Err(Error::new(format!("{name} has other rules than this program"))
            .remedy("Start it with `cargo zips`, which compiles both of the same rules."));
    }
    let bytes = archive::archive(&binary, &About { package, version: &version, fingerprint })
        .map_err(|error| Error::new(format!("{name} cannot be zipped: {error}")))?;
    if bytes.len() > LARGEST_ZIP {
        return Err(too_large(name, bytes.len()));
    }
    let zip = Zip {
        name,
        path: out.join(name).with_extension("zip"),
        bootstrap,
        zip_bytes: bytes.len(),
        binary_bytes: binary.len(),
        glibc: glibc.map(|glibc| glibc.to_string()),
        sha256: archive::digest(&bytes),
    };
    Ok((zip, bytes))
}

fn too_large(name: &str, bytes: usize) -> Error {
    Error::new(format!(
        "the zip of {name} would have {bytes} bytes, which is more than {LARGEST_ZIP}"
    ))
    .remedy(
        "Look with `cargo tree` at what was added to its dependencies, and at [profile.lambda] in \
         Cargo.toml.",
    )
}

/// Whoever reads the zip meanwhile has the former one, whole.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = path.with_extension(format!("zip.{}", process::id()));
    fs::write(&new, bytes)?;
    fs::rename(&new, path)
}
