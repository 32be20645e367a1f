//! Where the emulator is installed: a virtual environment of Python below the target directory.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// What is installed. The folder is named after it, so that another version gets another one.
const PACKAGE: &str = "ministack==1.5.33";

/// The Python that has the emulator; installs it where it is not yet.
pub(super) fn python() -> Result<PathBuf, String> {
    let folder = target_directory().join("emulator-venv");
    install(&folder).map_err(|Failure { what, remedy }| {
        format!("the emulator of AWS cannot be installed in {}: {what}\n{remedy}", folder.display())
    })
}

struct Failure {
    what: String,
    remedy: &'static str,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { what: error.to_string(), remedy: "Make room there, or set CARGO_TARGET_DIR." }
    }
}

fn install(folder: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder)?;
    // Several test programs can come here at once. The lock ends with the process.
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let venv = folder.join(PACKAGE.replace("==", "-"));
    let python = venv.join("bin").join("python");
    let complete = venv.join("complete");
    // A Python that was updated meanwhile can leave its virtual environments behind, broken.
    if complete.exists() && works(&python) {
        return Ok(python);
    }
    if venv.exists() {
        fs::remove_dir_all(&venv)?;
    }
    run(
        Command::new("python3").arg("-m").arg("venv").arg(&venv),
        "The tests need Python 3.10 or newer as `python3`, with its module venv: on Debian and \
         Ubuntu `apt-get install python3 python3-venv`.",
    )?;
    run(
        Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PACKAGE,
        ]),
        "The tests need pip, and once a way to PyPI, or to the mirror that PIP_INDEX_URL names.",
    )?;
    File::create(complete)?;
    Ok(python)
}

fn works(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", "import ministack"]).output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command, remedy: &'static str) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| Failure { what: format!("`{name}` cannot be run: {error}"), remedy })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let what = format!("`{name}` ended with {}: {}", output.status, said.trim());
    Err(Failure { what, remedy })
}

/// The directory into which cargo builds: the one with cargo's mark above this program, which is
/// so however the directory was chosen.
fn target_directory() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let marked = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    if let Some(marked) = marked {
        return marked.to_owned();
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match env::var_os("CARGO_TARGET_DIR") {
        Some(chosen) => workspace.join(chosen),
        None => workspace.join("target"),
    }
}
