//! Compiles the rules directory into `$OUT_DIR/rules.rs`.

use std::{env, fs, path::PathBuf, process::ExitCode};

use sigma_compiler::{
    compile,
    diagnostic::{Code, Severity},
    load,
};

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=TRAILALERTS_RULES");
    let directories: Vec<PathBuf> = match env::var_os("TRAILALERTS_RULES") {
        Some(list) => env::split_paths(&list).collect(),
        None => vec![PathBuf::from("rules")],
    };
    for directory in &directories {
        println!("cargo::rerun-if-changed={}", directory.display());
    }
    let (files, found) = load(&directories);
    let compilation = compile(files, found);
    for diagnostic in &compilation.diagnostics {
        match diagnostic.severity {
            Severity::Error => eprintln!("{}\n", diagnostic.render(&compilation.files, false)),
            Severity::Warning => {
                println!("cargo::warning={}", diagnostic.one_line(&compilation.files))
            }
            // What is left out is never left out in silence.
            Severity::Note
                if matches!(diagnostic.code, Code::SkippedRules | Code::DisabledRules) =>
            {
                println!("cargo::warning={}", diagnostic.one_line(&compilation.files));
            }
            Severity::Note => {}
        }
    }
    if compilation.has_errors() {
        eprintln!("the rules do not compile");
        return ExitCode::FAILURE;
    }
    let written =
        env::var_os("OUT_DIR").ok_or_else(|| "OUT_DIR is not set".to_owned()).and_then(|out| {
            fs::write(PathBuf::from(out).join("rules.rs"), compilation.generate())
                .map_err(|error| error.to_string())
        });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write the generated code: {error}");
            ExitCode::FAILURE
        }
    }
}
