//! Compiles the rules to measure with into `$OUT_DIR/rules.rs`, as the root crate does with its own.

use std::{env, error::Error, fs, path::PathBuf};

use sigma_compiler::{compile, load};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from("rules");
    println!("cargo::rerun-if-changed={}", directory.display());
    let (files, found) = load(&[directory]);
    let compilation = compile(files, found);
    if compilation.has_errors() {
        for diagnostic in &compilation.diagnostics {
            eprintln!("{}\n", diagnostic.render(&compilation.files, false));
        }
        return Err("the rules in `benches/rules` do not compile".into());
    }
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(PathBuf::from(out).join("rules.rs"), compilation.generate())?;
    Ok(())
}
