//! Compiles the rules directory into `$OUT_DIR/rules.rs`.

use std::{env, error::Error, fs, path::PathBuf};

use sigma_compiler::{compile, diagnostic::Severity, load};

fn main() -> Result<(), Box<dyn Error>> {
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
    for diagnostic in compilation.diagnostics.iter().filter(|each| each.concerns_builds()) {
        if diagnostic.severity == Severity::Error {
            eprintln!("{}\n", diagnostic.render(&compilation.files, false));
        } else {
            println!("cargo::warning={}", diagnostic.one_line(&compilation.files));
        }
    }
    if compilation.has_errors() {
        return Err("the rules do not compile".into());
    }
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(PathBuf::from(out).join("rules.rs"), compilation.generate())?;
    Ok(())
}
