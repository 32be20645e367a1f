//! Has cargo build the executables, with nothing in them of where that was.

use std::{
    env,
    ffi::OsStr,
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{
    Error,
    paths::{Paths, Toolchain},
};

/// The executables' names, and the packages that they are of.
const FUNCTIONS: [(&str, &str); 2] =
    [("detector", "detector-lambda"), ("processor", "processor-lambda")];

/// A function's executable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Executable {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    pub(crate) version: String,
    pub(crate) path: PathBuf,
}

/// Cargo's progress and the compiler's diagnostics go to standard error as they come.
pub(crate) fn compile(
    paths: &Paths,
    toolchain: &Toolchain,
    target: &str,
) -> Result<Vec<Executable>, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command
        .args(["build", "--locked", "--profile", "lambda"])
        .args(FUNCTIONS.iter().flat_map(|(_, package)| ["-p", package]))
        .arg("--message-format=json-render-diagnostics")
        // Said also when it is this machine's own: then the flags are not for build scripts and
        // procedural macros, so these are not compiled again where only a directory differs. Other
        // profiles have directories of their own, and the flags leave them as they are.
        .args(["--target", target])
        .arg("--target-dir")
        .arg(&paths.target)
        .arg("--manifest-path")
        .arg(paths.workspace.join("Cargo.toml"))
        // For cargo's configuration in the workspace.
        .current_dir(&paths.workspace)
        // Which cargo prefers, and which can have blanks in it.
        .env("CARGO_ENCODED_RUSTFLAGS", paths.flags(toolchain)?)
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let (succeeded, messages) = run(&mut command).map_err(|error| {
        Error::new(format!("`{}` cannot be run: {error}", cargo.to_string_lossy()))
            .remedy("Install Rust, as https://rustup.rs says.")
    })?;
    if !succeeded {
        return Err(failed(target, &toolchain.host));
    }
    FUNCTIONS.iter().map(|&function| find(&messages, function)).collect()
}

fn run(command: &mut Command) -> io::Result<(bool, Vec<Message>)> {
    let mut child = command.spawn()?;
    let messages = match child.stdout.take() {
        Some(stdout) => read(stdout),
        None => Ok(Vec::new()),
    };
    // Before any error of reading, so that it does not stay as a zombie.
    let status = child.wait()?;
    Ok((status.success(), messages?))
}

fn read(stdout: impl Read) -> io::Result<Vec<Message>> {
    let mut messages = Vec::new();
    for line in BufReader::new(stdout).lines() {
        // A line can be of someone else: whatever runs below cargo has the same output.
        if let Ok(message) = serde_json::from_str::<Message>(&line?) {
            messages.push(message);
        }
    }
    Ok(messages)
}

/// What cargo says of one thing that it built.
#[derive(Debug, Deserialize)]
struct Message {
    package_id: String,
    executable: Option<PathBuf>,
}

impl Message {
    /// The version, if this is an executable with this name.
    fn version_of(&self, name: &str) -> Option<&str> {
        let executable = self.executable.as_ref()?;
        if executable.file_name() != Some(OsStr::new(name)) {
            return None;
        }
        // `path+file:///folder#package@version`
        self.package_id.rsplit(['#', '@']).next()
    }
}

fn find(
    messages: &[Message],
    (name, package): (&'static str, &'static str),
) -> Result<Executable, Error> {
    let found = messages.iter().find_map(|message| {
        let version = message.version_of(name)?.to_owned();
        let path = message.executable.clone()?;
        Some(Executable { name, package, version, path })
    });
    found.ok_or_else(|| {
        Error::new(format!("cargo did not say where it put the executable `{name}` of {package}"))
    })
}

fn failed(target: &str, host: &str) -> Error {
    let error = Error::new(format!("the functions cannot be built for {target}"));
    if target == host {
        return error.remedy("Cargo says above why.");
    }
    let variable = target.to_uppercase().replace('-', "_");
    error.remedy(format!(
        "Cargo says above why. Another target than this machine's, {host}, needs `rustup target \
         add {target}`, a C compiler for it, and that one's name in CARGO_TARGET_{variable}_LINKER."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = r#"
{"reason":"compiler-artifact","package_id":"registry+https://x#memchr@2.7.4","target":{"kind":["lib"],"name":"memchr"},"executable":null,"fresh":true}
{"reason":"build-script-executed","package_id":"registry+https://x#libc@0.2.1","out_dir":"/o"}
a line of someone else
{"reason":"compiler-artifact","package_id":"path+file:///s/detector/lambda#detector-lambda@0.1.0","target":{"kind":["lib"],"name":"detector_lambda"},"executable":null}
{"reason":"compiler-artifact","package_id":"path+file:///s/detector/lambda#detector-lambda@0.1.0","target":{"kind":["bin"],"name":"detector"},"executable":"/t/lambda/detector","fresh":true}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn finds_executables_in_what_cargo_says() {
        let messages = read(OUTPUT.as_bytes()).unwrap();
        let [detector, processor] = FUNCTIONS;
        assert_eq!(
            find(&messages, detector).unwrap(),
            Executable {
                name: "detector",
                package: "detector-lambda",
                version: "0.1.0".into(),
                path: "/t/lambda/detector".into(),
            }
        );
        assert_eq!(
            find(&messages, processor).unwrap_err().to_string(),
            "cargo did not say where it put the executable `processor` of processor-lambda"
        );
    }

    #[test]
    fn says_what_another_target_needs() {
        let error = failed("aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu").to_string();
        assert!(error.contains("`rustup target add aarch64-unknown-linux-gnu`"), "{error}");
        assert!(error.contains("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"), "{error}");
    }
}
