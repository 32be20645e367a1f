//! Compiles the fixture rules into `$OUT_DIR/rules.rs`.

use std::{env, error::Error, fs, path::PathBuf};

use sigma_compiler::{compile, load};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=rules");
    let (files, found) = load(&[PathBuf::from("rules")]);
    let compilation = compile(files, found);
    for diagnostic in &compilation.diagnostics {
        eprintln!("{}\n", diagnostic.render(&compilation.files, false));
    }
    if compilation.has_errors() {
        return Err("the fixture rules do not compile".into());
    }
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(PathBuf::from(out).join("rules.rs"), compilation.generate())?;
    Ok(())
}
