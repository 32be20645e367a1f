//! One test a rule: the records beside it get the verdict that their list says.

use std::{env, path::PathBuf, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use trailalerts_commands::{Compiled, test::RuleTests};

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    // Paths of compiled rules are relative to the workspace.
    if let Err(error) = env::set_current_dir(&root) {
        eprintln!("cannot enter {}: {error}", root.display());
        return ExitCode::FAILURE;
    }
    let compiled = Compiled { rule_set: trailalerts::rule_set(), sources: trailalerts::sources() };
    let directories = match option_env!("TRAILALERTS_RULES") {
        Some(list) => env::split_paths(list).collect(),
        None => vec![PathBuf::from("rules")],
    };
    let tests = match RuleTests::load(&directories) {
        Ok(tests) => Arc::new(tests),
        Err(error) => {
            eprintln!("{error:?}");
            return ExitCode::FAILURE;
        }
    };
    let trials = (0..tests.len())
        .map(|rule| {
            let tests_of_rule = Arc::clone(&tests);
            Trial::test(tests.name(rule), move || {
                tests_of_rule
                    .run(rule, compiled)
                    .map(drop)
                    .map_err(|failures| Failed::from(failures.join("\n")))
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
