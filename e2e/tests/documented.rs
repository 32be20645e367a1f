//! `docs/lambda.md` names every setting and every metric of the functions, and no other.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use trailalerts_lambda::environment::Variable;

/// What the cell of a setting begins with that has no default.
const HAS_TO_BE_SET: &str = "it has to be set";

/// What counts, and what the document calls the unit of what is counted by it.
const CALLS: [(&str, &str); 3] =
    [(".count(", "Count"), (".seconds(", "Seconds"), (".count_of(", "map")];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the first table below a heading, as cells, without its head.
fn rows(heading: &str) -> io::Result<Vec<Vec<String>>> {
    let document = fs::read_to_string(workspace().join("docs/lambda.md"))?;
    let below = document.lines().skip_while(|line| *line != heading);
    let rows =
        below.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| {
        let row = row.trim_matches('|').split('|');
        row.map(|cell| cell.trim().to_owned()).collect()
    };
    // The head and the line below it.
    Ok(rows.skip(2).map(cells).collect())
}

/// The rows below a heading: the name in the first cell, and another cell.
fn names(heading: &str, cell: usize) -> io::Result<BTreeMap<String, String>> {
    let rows = rows(heading)?;
    let named = rows.iter().map(|row| {
        let name = row[0].trim_matches('`').to_owned();
        (name, row[cell].clone())
    });
    let names: BTreeMap<_, _> = named.collect();
    assert_eq!(names.len(), rows.len(), "{heading}: a name stands there twice");
    Ok(names)
}

/// What the sources of a folder count, with its unit.
fn counted(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut counted = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            counted.extend(self::counted(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path)?;
            for (call, unit) in CALLS {
                let literals = source.split(call).skip(1).filter_map(|behind| {
                    let (name, _) = behind.trim_start().strip_prefix('"')?.split_once('"')?;
                    Some((name.to_owned(), unit.to_owned()))
                });
                counted.extend(literals);
            }
        }
    }
    Ok(counted)
}

#[test]
fn every_setting_is_documented_and_no_other() -> io::Result<()> {
    let functions: [(&str, &[Variable]); 2] = [
        ("### Of the detector", &detector_lambda::settings::VARIABLES),
        ("### Of the processor", &processor_lambda::settings::VARIABLES),
    ];
    for (heading, variables) in functions {
        let written = names(heading, 2)?;
        let expected: Vec<&str> = variables.iter().map(|variable| variable.name).collect();
        for name in &expected {
            assert!(written.contains_key(*name), "`{name}` is not below `{heading}`");
        }
        for name in written.keys() {
            assert!(expected.contains(&name.as_str()), "`{name}` below `{heading}` is no setting");
        }
        for Variable { name, otherwise, .. } in variables {
            let cell = &written[*name];
            assert_eq!(cell.starts_with(HAS_TO_BE_SET), otherwise.is_none(), "`{name}`: {cell}");
        }
    }
    Ok(())
}

#[test]
fn every_metric_is_documented_and_no_other() -> io::Result<()> {
    for (heading, folder) in [
        ("### Counted by the detector", "detector/lambda/src"),
        ("### Counted by the processor", "processor/lambda/src"),
    ] {
        let counted = counted(&workspace().join(folder))?;
        assert!(counted.len() > 3, "{folder}: {counted:?}");
        assert_eq!(names(heading, 1)?, counted, "left: below `{heading}`; right: in {folder}");
    }
    Ok(())
}
