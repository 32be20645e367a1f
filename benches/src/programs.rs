//! Builds of the workspace's programs with given rules.

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::rules::benches;

/// A program of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// The package that it is of.
    pub package: &'static str,
    /// Its name.
    pub program: &'static str,
    /// How it is compiled.
    pub profile: &'static str,
}

/// The command.
pub const COMMAND: Product =
    Product { package: "trailalerts-cli", program: "trailalerts", profile: "release" };

/// The detector, as it is deployed.
pub const DETECTOR: Product =
    Product { package: "detector-lambda", program: "detector", profile: "lambda" };

/// How to build a program.
#[derive(Debug, Clone)]
pub struct Build {
    /// What is built.
    pub product: Product,
    /// Where the build is kept.
    pub target: PathBuf,
    /// `TRAILALERTS_RULES`
    pub rules: OsString,
    /// Without instructions that not every processor has.
    pub portable: bool,
}

impl Build {
    /// Builds the program, says how many seconds that took, and returns its path.
    ///
    /// # Errors
    /// It does not build.
    pub fn run(&self) -> Result<(PathBuf, f64), Box<dyn Error>> {
        let Product { package, program, profile } = self.product;
        let mut command = self.cargo("build");
        command.args(["--locked", "-p", package]);
        if self.portable {
            command.args(["--features", "portable"]);
        }
        let start = Instant::now();
        let output = command.stdout(Stdio::null()).output()?;
        let seconds = start.elapsed().as_secs_f64();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{program} does not build: {}", said.trim()).into());
        }
        let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        Ok((self.target.join(profile).join(file), seconds))
    }

    /// Removes what was built and depends on the rules.
    ///
    /// # Errors
    /// Cargo could not.
    pub fn clean(&self) -> Result<(), Box<dyn Error>> {
        let packages = ["-p", "trailalerts", "-p", self.product.package];
        let output = self.cargo("clean").args(packages).output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).trim().into()),
        }
    }

    fn cargo(&self, what: &str) -> Command {
        let mut command = cargo(what);
        command.args(["--profile", self.product.profile]);
        command.arg("--target-dir").arg(&self.target).env("TRAILALERTS_RULES", &self.rules);
        command
    }
}

/// Whether the command has a feature of this name.
///
/// # Errors
/// Cargo could not say.
pub fn has_feature(name: &str) -> Result<bool, Box<dyn Error>> {
    let output = cargo("metadata").args(["--no-deps", "--format-version", "1"]).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let command = packages.find(|package| package["name"] == "trailalerts-cli");
    Ok(command.is_some_and(|command| command["features"].get(name).is_some()))
}

/// Several directories as `TRAILALERTS_RULES` lists them.
///
/// # Errors
/// One of them cannot stand in a list.
pub fn list(directories: &[&Path]) -> Result<OsString, Box<dyn Error>> {
    Ok(std::env::join_paths(directories)?)
}

/// Cargo on the workspace.
fn cargo(what: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.arg(what).arg("--manifest-path").arg(benches().join("../Cargo.toml"));
    command
}
