//! The pages of `docs/diagnostics`, one for each code: that none is missing or left over, and that
//! the examples in them are true. A fenced block that is marked `wrong` gives the code of its page,
//! one marked `right` compiles without a word; the name behind the mark is that of the file, where
//! an example takes several. `TRAILALERTS_BLESS=1 cargo test -p sigma-compiler --test pages`
//! rewrites the list of all pages. The examples of `docs/alerting.md` are held to the same.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use sigma_compiler::{
    compile,
    diagnostic::{Code, Diagnostic},
    source::SourceFile,
    weak_tests::weak_tests,
};

/// What these codes tell of is only told to those who ask.
const REMARKS: [Code; 4] =
    [Code::CatchAllRule, Code::FileName, Code::TitleForm, Code::DescriptionForm];

/// What these codes tell of cannot be written down in a page: a path, bytes, a size.
const NOT_TEXT: [Code; 3] = [Code::UnreadableFile, Code::NotUtf8, Code::FileTooLarge];

fn main() -> ExitCode {
    let mut trials: Vec<Trial> = Code::ALL
        .iter()
        .map(|&code| Trial::test(code.name(), move || page(code).map_err(Failed::from)))
        .collect();
    trials.push(Trial::test("alerting", || Ok(alerting()?)));
    trials.push(Trial::test("every_page_is_that_of_a_code", || Ok(no_other_page()?)));
    trials.push(Trial::test("the_list_names_every_page", || Ok(list()?)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics")
}

fn read(name: &str) -> Result<String, String> {
    let path = folder().join(name);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether the page of a code is there and says what is so.
fn page(code: Code) -> Result<(), String> {
    let text = read(&format!("{}.md", code.name()))?;
    let beginning: String = text
        .lines()
        .skip(2)
        .take_while(|line| !line.is_empty())
        .fold(text.lines().next().unwrap_or_default().to_owned(), |all, line| {
            format!("{all} {line}")
        });
    let expected = format!("# {} {}", code.name(), code.meaning());
    if beginning != expected {
        return Err(format!("the page begins `{beginning}`, and should `{expected}`"));
    }
    let (wrong, right) = (example(&text, "wrong")?, example(&text, "right")?);
    if NOT_TEXT.contains(&code) {
        if !wrong.is_empty() {
            return Err("this code has an example after all; take it off the list".to_owned());
        }
    } else {
        if wrong.is_empty() || right.is_empty() {
            return Err("the page lacks a block marked `wrong`, or one marked `right`".to_owned());
        }
        let found = said(wrong, code);
        if !found.iter().any(|(each, _)| *each == code) {
            return Err(format!("the wrong example does not give the code, but {found:?}"));
        }
    }
    let found = said(right, code);
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!("the right example is not right: {found:?}")),
    }
}

/// The files of the example with this mark.
fn example(page: &str, mark: &str) -> Result<Vec<SourceFile>, String> {
    let mut files = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("```") else { continue };
        let text: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        match words.split(' ').collect::<Vec<_>>().as_slice() {
            ["text" | "console"] => {}
            [_, found @ ("wrong" | "right"), name @ ..] if name.len() < 2 => {
                if *found == mark {
                    files.push(SourceFile::new(*name.first().unwrap_or(&"rule.yml"), text));
                }
            }
            _ => return Err(format!("a block is marked `{words}`")),
        }
    }
    Ok(files)
}

/// What is said about an example. Most do without test records, and are not told so.
fn said(files: Vec<SourceFile>, code: Code) -> Vec<(Code, String)> {
    if files.is_empty() {
        return Vec::new();
    }
    let with_tests =
        code == Code::MissingTests || files.iter().any(|file| file.path.ends_with("_tests.json"));
    let compilation = compile(files, Vec::new());
    let mut found = compilation.diagnostics.clone();
    if REMARKS.contains(&code) {
        found.extend(compilation.remarks.clone());
    }
    if with_tests {
        let tests = compilation.check_tests();
        found.extend(tests.diagnostics);
        for (rule, records) in tests.rules.iter().enumerate() {
            found.extend(weak_tests(&compilation, rule, records.as_ref()).diagnostics);
        }
    }
    found.into_iter().map(|Diagnostic { code, message, .. }| (code, message)).collect()
}

/// Whether the examples of rules that speak of their alerts compile, all of them together.
fn alerting() -> Result<(), String> {
    let files = example(&read("../alerting.md")?, "right")?;
    if files.is_empty() {
        return Err("the page has no example".to_owned());
    }
    let found = said(files, Code::InvalidAttribute);
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!("the examples are not right: {found:?}")),
    }
}

fn no_other_page() -> Result<(), String> {
    let entries = fs::read_dir(folder()).map_err(|error| error.to_string())?;
    let found: BTreeSet<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let mut expected: BTreeSet<String> =
        Code::ALL.iter().map(|code| format!("{}.md", code.name())).collect();
    expected.insert("README.md".to_owned());
    let other: Vec<_> = found.difference(&expected).collect();
    match other.is_empty() {
        true => Ok(()),
        false => Err(format!("no code has these pages: {other:?}")),
    }
}

fn list() -> Result<(), String> {
    const HEADING: &str = "| code | | meaning |\n|---|---|---|\n";
    let text = read("README.md")?;
    let (before, found) =
        text.split_once(HEADING).ok_or("the list of pages has lost its heading")?;
    let expected: String = Code::ALL
        .iter()
        .map(|code| {
            let kind = if code.is_lint() { "lint" } else { "" };
            format!("| [{0}]({0}.md) | {kind} | {1} |\n", code.name(), code.meaning())
        })
        .collect();
    if found == expected {
        return Ok(());
    }
    if env::var_os("TRAILALERTS_BLESS").is_some() {
        let text = format!("{before}{HEADING}{expected}");
        return fs::write(folder().join("README.md"), text).map_err(|error| error.to_string());
    }
    Err("the list of pages is not that of the codes; `TRAILALERTS_BLESS=1` rewrites it".to_owned())
}
