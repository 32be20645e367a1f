//! Where things are on this machine, and what keeps that out of the executables.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Error;

/// Directories whose paths compilers would write into an executable.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(crate) workspace: PathBuf,
    pub(crate) target: PathBuf,
    cargo_home: Option<PathBuf>,
}

impl Paths {
    pub(crate) fn find() -> Result<Self, Error> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let workspace = workspace.canonicalize().map_err(|error| {
            Error::new(format!("the source is not in {} any more: {error}", workspace.display()))
                .remedy("Start this with `cargo zips` in the source directory.")
        })?;
        let target = target_directory(&workspace);
        let cargo_home = env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        Ok(Self { workspace, target, cargo_home })
    }

    /// What the executables have in the place of each directory. Of several that apply, the
    /// compiler takes the last one: the target directory can be in the workspace.
    fn replacements(&self, toolchain: &Toolchain) -> Vec<(PathBuf, String)> {
        let library = toolchain.sysroot.join("lib/rustlib/src/rust");
        let mut replacements = Vec::new();
        replacements.extend(self.cargo_home.clone().map(|home| (home, "/cargo".to_owned())));
        // The standard library is compiled with this name, which the component `rust-src` undoes.
        replacements.push((library, format!("/rustc/{}", toolchain.commit)));
        replacements.push((self.workspace.clone(), "/trailalerts".to_owned()));
        replacements.push((self.target.clone(), "/trailalerts/target".to_owned()));
        replacements
    }

    /// For `CARGO_ENCODED_RUSTFLAGS`: the flags of the environment, and then our own.
    pub(crate) fn flags(&self, toolchain: &Toolchain) -> Result<OsString, Error> {
        let mut flags: Vec<OsString> = match env::var_os("CARGO_ENCODED_RUSTFLAGS") {
            Some(encoded) if encoded.is_empty() => Vec::new(),
            Some(encoded) => vec![encoded],
            None => match env::var("RUSTFLAGS") {
                Ok(flags) => flags.split_whitespace().map(OsString::from).collect(),
                Err(env::VarError::NotPresent) => Vec::new(),
                Err(error) => return Err(Error::new(format!("RUSTFLAGS: {error}"))),
            },
        };
        for (from, to) in self.replacements(toolchain) {
            let mut flag = OsString::from("--remap-path-prefix=");
            flag.push(from);
            flag.push("=");
            flag.push(to);
            flags.push(flag);
        }
        Ok(flags.join("\x1f".as_ref()))
    }
}

/// The directory into which cargo builds: the one with cargo's mark above this program, which is
/// so however the directory was chosen.
fn target_directory(workspace: &Path) -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    match program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()) {
        Some(marked) => marked.to_owned(),
        None => workspace.join("target"),
    }
}

/// The compiler that cargo starts.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// The target triple of this machine.
    pub(crate) host: String,
    commit: String,
    sysroot: PathBuf,
}

impl Toolchain {
    pub(crate) fn ask(paths: &Paths) -> Result<Self, Error> {
        let said = rustc(paths, &["--version", "--verbose"])?;
        let sysroot = rustc(paths, &["--print", "sysroot"])?;
        let field = |name: &str| {
            let value = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.map(str::to_owned)
        };
        let host = field("host")
            .ok_or_else(|| Error::new("rustc does not say which machine it is for"))?;
        // A distribution's own compiler can have none.
        let commit = field("commit-hash").unwrap_or_else(|| "unknown".to_owned());
        Ok(Self { host, commit, sysroot: PathBuf::from(sysroot.trim_end()) })
    }
}

fn rustc(paths: &Paths, arguments: &[&str]) -> Result<String, Error> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let name = rustc.to_string_lossy().into_owned();
    let cannot = |why: String| Error::new(format!("`{name}` cannot be run: {why}"));
    // Which toolchain rustup takes can depend on the directory.
    let mut command = Command::new(&rustc);
    command.args(arguments).current_dir(&paths.workspace);
    let output = command.output().map_err(|error| {
        cannot(error.to_string()).remedy("Install Rust, as https://rustup.rs says.")
    })?;
    if !output.status.success() {
        return Err(cannot(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_the_directories() {
        let paths = Paths {
            workspace: "/home/ada/trail alerts".into(),
            target: "/home/ada/trail alerts/target".into(),
            cargo_home: Some("/home/ada/.cargo".into()),
        };
        let toolchain = Toolchain {
            host: "x86_64-unknown-linux-gnu".into(),
            commit: "0123".into(),
            sysroot: "/rust".into(),
        };
        let flags = paths.flags(&toolchain).unwrap().into_string().unwrap();
        let flags: Vec<_> = flags.split('\x1f').collect();
        let ours = [
            "--remap-path-prefix=/home/ada/.cargo=/cargo",
            "--remap-path-prefix=/rust/lib/rustlib/src/rust=/rustc/0123",
            "--remap-path-prefix=/home/ada/trail alerts=/trailalerts",
            "--remap-path-prefix=/home/ada/trail alerts/target=/trailalerts/target",
        ];
        assert!(flags.ends_with(&ours), "{flags:?}");
    }

    #[test]
    fn finds_the_workspace_and_its_compiler() {
        let paths = Paths::find().unwrap();
        assert!(paths.workspace.join("Cargo.lock").exists());
        assert!(paths.target.join("CACHEDIR.TAG").exists());
        let toolchain = Toolchain::ask(&paths).unwrap();
        assert!(toolchain.host.contains("-linux-"), "{toolchain:?}");
        assert!(toolchain.sysroot.join("lib").exists(), "{toolchain:?}");
    }
}
