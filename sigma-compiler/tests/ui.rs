//! What the compiler says about rules: each fixture below `tests/ui` is a rule file `NAME.yml`, or
//! a folder `NAME/` with a small rules directory, and the diagnostics expected for it stand beside
//! it in `NAME.expected.txt`. `TRAILALERTS_BLESS=1 cargo test -p sigma-compiler --test ui` rewrites
//! the expectations; read what changed before you keep it.

#[path = "ui/generated.rs"]
mod generated;
#[path = "ui/patches.rs"]
mod patches;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use patches::Patches;
use sigma_compiler::{
    compile,
    diagnostic::{self, Code, Diagnostic, Severity},
    load,
    source::SourceFile,
    weak_tests::weak_tests,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ui");

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Messages show paths as they were given; given from here they are short.
    if let Err(error) = env::set_current_dir(FIXTURES) {
        eprintln!("cannot enter {FIXTURES}: {error}");
        return ExitCode::FAILURE;
    }
    let mut trials = Vec::new();
    for category in entries(Path::new(".")).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&category) {
            if path.is_dir() {
                trials.push(trial(path.clone(), move || directory(&path)));
            } else if path.extension().is_some_and(|extension| extension == "yml") {
                trials.push(trial(path.with_extension(""), move || rule(&path)));
            }
        }
    }
    for (name, case) in generated::CASES {
        trials.push(trial(Path::new("generated").join(name), move || {
            let place =
                env::temp_dir().join(format!("sigma-compiler-{}-{name}", std::process::id()));
            fs::create_dir_all(&place).expect("the temporary folder can be written");
            let found = case(&place).replace(&*place.to_string_lossy(), "TEMP");
            fs::remove_dir_all(&place).expect("the temporary folder can be removed");
            found
        }));
    }
    trials.push(Trial::test("every_code_occurs_in_an_expectation", every_code));
    trials.push(Trial::test("a_patch_mends_what_it_was_given_for", every_patch));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the fixtures can be listed");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a fixture").path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path))
        .collect()
}

fn trial(name: PathBuf, found: impl FnOnce() -> String + Send + 'static) -> Trial {
    Trial::test(name.to_string_lossy().replace('\\', "/"), move || {
        let mut expectation = name.into_os_string();
        expectation.push(".expected.txt");
        compare(Path::new(&expectation), &found())
    })
}

fn compare(expectation: &Path, found: &str) -> Result<(), Failed> {
    let expected = fs::read_to_string(expectation).ok();
    if expected.as_deref() == Some(found) {
        return Ok(());
    }
    if env::var_os("TRAILALERTS_BLESS").is_some() {
        return Ok(fs::write(expectation, found)?);
    }
    let path = expectation.display();
    Err(match expected {
        Some(expected) => format!("{path} says:\n\n{expected}\nbut this was found:\n\n{found}"),
        None => format!("{path} does not exist; this was found:\n\n{found}"),
    }
    .into())
}

fn rule(path: &Path) -> String {
    report(vec![read(path)], Vec::new())
}

fn read(path: &Path) -> SourceFile {
    let text = fs::read_to_string(path).expect("the fixture can be read");
    SourceFile::new(path.to_string_lossy(), text)
}

/// A folder of folders `1`, `2`, … stands for several rules directories.
fn directory(path: &Path) -> String {
    let (files, found) = loaded(path);
    report(files, found)
}

fn loaded(path: &Path) -> (Vec<SourceFile>, Vec<Diagnostic>) {
    let first = path.join("1");
    let directories = if first.is_dir() { entries(path) } else { vec![path.to_owned()] };
    load(&directories)
}

/// Everything that is said about the files, as it is printed. Test records are looked at where
/// there are any.
fn report(files: Vec<SourceFile>, found: Vec<Diagnostic>) -> String {
    let compilation = compile(files, found);
    let mut diagnostics = compilation.diagnostics.clone();
    if compilation.files.iter().any(|file| file.path.ends_with("_tests.json")) {
        diagnostics.extend(compilation.check_tests().diagnostics);
        diagnostic::sort(&mut diagnostics);
    }
    // Most fixtures care for no convention.
    if compilation.files.iter().any(|file| file.path.starts_with("remarks/")) {
        diagnostics.extend(compilation.remarks.clone());
        diagnostic::sort(&mut diagnostics);
    }
    // Of these fixtures every rule is changed, part by part.
    if compilation.files.iter().any(|file| file.path.starts_with("weak_tests/")) {
        let tests = compilation.check_tests();
        for (rule, records) in tests.rules.iter().enumerate() {
            diagnostics.extend(weak_tests(&compilation, rule, records.as_ref()).diagnostics);
        }
    }
    for each in diagnostics.iter().filter(|each| each.severity < Severity::Error) {
        let told = [Code::SkippedRules, Code::DisabledRules, Code::RuleOff].contains(&each.code);
        assert!(each.code.is_lint() || told, "the level of {} cannot be chosen", each.code.name());
    }
    diagnostics.iter().map(|each| each.render(&compilation.files, false) + "\n\n").collect()
}

fn every_code() -> Result<(), Failed> {
    let mut expectations = String::new();
    for category in entries(Path::new(".")).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&category)
            .iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        {
            expectations += &fs::read_to_string(path)?;
        }
    }
    let without: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !expectations.contains(&format!("[{name}]")))
        .collect();
    match without.is_empty() {
        true => Ok(()),
        false => Err(format!("no fixture shows these codes: {}", without.join(", ")).into()),
    }
}

fn every_patch() -> Result<(), Failed> {
    let mut patches = Patches::default();
    for category in entries(Path::new(".")).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&category) {
            if path.is_dir() {
                let (files, found) = loaded(&path);
                patches.follow(&files, &found);
            } else if path.extension().is_some_and(|extension| extension == "yml") {
                patches.follow(&[read(&path)], &[]);
            }
        }
    }
    Ok(patches.judge()?)
}
