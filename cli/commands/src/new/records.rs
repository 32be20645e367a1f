//! The test records that a rule lacks.

use std::{fs, path::Path};

use sigma_compiler::{
    Compilation, MAX_FILE_BYTES, MAX_TEST_FILE_BYTES,
    ast::Rule,
    compile,
    derive::{Derived, missing_records, nearest_frame, pretty},
    diagnostic::has_errors,
    reference::{Json, detects},
    source::{SourceFile, Span},
    test_records::{SUFFIX, TestRecords},
    weak_tests::weak_tests,
};

use super::frame;
use crate::{Failure, Outcome, output::plain};

/// Writes the records that a rule lacks into the file beside it.
pub fn run(path: &Path) -> Result<Outcome, Failure> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{stem}{SUFFIX}"));
    let source = |path: &Path, most| -> Result<SourceFile, Failure> {
        let shown = path.display().to_string().replace(std::path::MAIN_SEPARATOR, "/");
        Ok(SourceFile::new(shown, super::read(path, most)?))
    };
    let mut files = vec![source(path, MAX_FILE_BYTES)?];
    let there = beside.exists();
    if there {
        files.push(source(&beside, MAX_TEST_FILE_BYTES)?);
    }
    let compilation = compile(files, Vec::new());
    let (Some(checked), records) = (compilation.set.rules.first(), existing(&compilation)?) else {
        return Err(Failure::Io(format!("{} holds no rule", path.display())));
    };
    let known = weak_tests(&compilation, 0, records.as_ref());
    if !known.wrong.is_empty() {
        for span in known.wrong {
            anstream::eprintln!(
                "{}: the rule has another verdict on this record than expected",
                plain(&place(&compilation, span))
            );
        }
        anstream::eprintln!("mend these first; nothing was written");
        return Ok(Outcome::Findings);
    }
    let lists = lists(&compilation, records.as_ref());
    let own: Vec<Json> = lists.concat().iter().filter_map(|text| Json::parse(text).ok()).collect();
    let frames = frame::frames()?;
    let Some(frame) = nearest_frame(&checked.rule, &frames) else {
        anstream::eprintln!("no record was found that the rule matches; nothing was written");
        return Ok(Outcome::Findings);
    };
    let derived = missing_records(&checked.rule, &own, frame);
    write(&beside, there, &checked.rule, lists, &derived)?;
    for change in &derived.unnoticed {
        anstream::eprintln!(
            "no record was found that notices when {}; add one by hand, or take it out of the rule",
            plain(change)
        );
    }
    Ok(if derived.unnoticed.is_empty() { Outcome::Done } else { Outcome::Findings })
}

/// The records beside the rule.
fn existing(compilation: &Compilation) -> Result<Option<TestRecords>, Failure> {
    let mut tests = compilation.check_tests();
    let found = || compilation.diagnostics.iter().chain(&tests.diagnostics);
    if found().any(|each| has_errors(std::slice::from_ref(each))) {
        for each in found() {
            anstream::eprintln!("{}\n", each.render(&compilation.files, true));
        }
        return Err(Failure::Io("mend the errors first; nothing was written".to_owned()));
    }
    Ok(tests.rules.pop().flatten())
}

/// The texts of the records, as they stand: those that should match, and those that should not.
fn lists(compilation: &Compilation, records: Option<&TestRecords>) -> [Vec<String>; 2] {
    let texts = |spans: &[Span]| {
        let text = |span: &Span| compilation.files[span.file.0].text.get(span.range());
        spans.iter().filter_map(text).map(str::to_owned).collect()
    };
    records.map_or_else(Default::default, |records| {
        [texts(&records.should_match), texts(&records.should_not_match)]
    })
}

/// Puts the derived records behind those that are there.
fn write(
    path: &Path,
    there: bool,
    rule: &Rule,
    mut lists: [Vec<String>; 2],
    derived: &Derived,
) -> Result<(), Failure> {
    let before = [lists[0].len(), lists[1].len()];
    let kinds = [(&derived.should_match, true), (&derived.should_not_match, false)];
    for ((records, expected), list) in kinds.into_iter().zip(&mut lists) {
        for record in records {
            let renamed = frame::with_own_ids(record)?;
            let record = if detects(rule, &renamed) == expected { &renamed } else { record };
            let record = frame::in_order(record.clone());
            if detects(rule, &record) == expected {
                list.push(pretty(&record, 4));
            }
        }
    }
    let [matching, others] = [lists[0].len() - before[0], lists[1].len() - before[1]];
    let name = plain(&path.display().to_string());
    if matching + others == 0 {
        anstream::eprintln!(
            "nothing to add to {name}: it has {} records that match and {} that do not",
            before[0],
            before[1]
        );
        return Ok(());
    }
    let text = file_text(&lists);
    if there {
        fs::write(path, text)
            .map_err(|error| Failure::io(&format!("cannot write {}", path.display()), error))?;
    } else {
        super::create(path, &text)?;
    }
    anstream::eprintln!(
        "wrote {name}: {matching} new records that match, {others} that do not; put values you know in place of invented ones"
    );
    Ok(())
}

fn file_text([matching, others]: &[Vec<String>; 2]) -> String {
    let list = |records: &[String]| match records {
        [] => "[]".to_owned(),
        some => format!("[\n    {}\n  ]", some.join(",\n    ")),
    };
    format!(
        "{{\n  \"should_match\": {},\n  \"should_not_match\": {}\n}}\n",
        list(matching),
        list(others)
    )
}

fn place(compilation: &Compilation, span: Span) -> String {
    let file = &compilation.files[span.file.0];
    let (line, column) = file.line_column(span.start);
    format!("{}:{line}:{column}", file.path)
}
