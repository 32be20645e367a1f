//! Compiles the fixture rules into `$OUT_DIR/rules.rs`, those of which alerts are made into
//! `$OUT_DIR/alerting.rs`, and rules made by chance into `$OUT_DIR/random.rs`.

mod chance;
mod condition;
mod item;
mod rule;
mod scope;
mod value;
mod yaml;

use std::{env, error::Error, fs, path::PathBuf, str::FromStr};

use sigma_compiler::{Compilation, compile, diagnostic::Severity, load};

/// How many rules are made by chance, and where chance begins.
const RULES: usize = 1_000;
const SEED: u64 = 1;

/// How many of them are matched together.
const SET: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=alerting/rules");
    println!("cargo::rerun-if-changed=build");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);

    for (folder, file) in [("rules", "rules.rs"), ("alerting/rules", "alerting.rs")] {
        let (files, found) = load(&[PathBuf::from(folder)]);
        let compilation = compile(files, found);
        for diagnostic in &compilation.diagnostics {
            eprintln!("{}\n", diagnostic.render(&compilation.files, false));
        }
        fs::write(out.join(file), generate(&compilation)?)?;
    }

    let (count, seed) = (number("CONFORMANCE_RULES", RULES)?, number("CONFORMANCE_SEED", SEED)?);
    fs::write(out.join("random.rs"), random(count, seed)?)?;
    Ok(())
}

fn generate(compilation: &Compilation) -> Result<String, Box<dyn Error>> {
    if compilation.has_errors() {
        return Err("the rules do not compile".into());
    }
    Ok(compilation.generate())
}

/// Rules made by chance, as a module for every hundred of them: to try all rules of a set on each
/// record takes a tenth of the time.
fn random(count: usize, seed: u64) -> Result<String, Box<dyn Error>> {
    let (mut modules, mut sets) = (String::new(), String::new());
    for first in (0..count).step_by(SET) {
        let rules = first..count.min(first + SET);
        let compilation = compile(rule::files(rules, seed), Vec::new());
        // That a rule never matches, say, is nobody's mistake here.
        let errors = compilation.diagnostics.iter().filter(|each| each.severity == Severity::Error);
        for error in errors {
            eprintln!("{}\n", error.render(&compilation.files, false));
            if let Some(label) = error.labels.first() {
                eprintln!("{}\n", compilation.files[label.span.file.0].text);
            }
        }
        let code = generate(&compilation)?;
        modules.push_str(&format!("mod set_{first} {{\n{code}}}\n"));
        sets.push_str(&format!("(&set_{first}::RULE_SET, set_{first}::SOURCES),"));
    }
    Ok(format!(
        "/// Where chance began.\npub const SEED: u64 = {seed};\n\
         /// The sets of rules, with their documents.\n\
         pub static SETS: &[(&::trailalerts_core::RuleSet, &[::trailalerts_core::Source])] = &[{sets}];\n\
         {modules}"
    ))
}

/// The number that an environment variable holds.
fn number<T: FromStr>(variable: &str, default: T) -> Result<T, String> {
    println!("cargo::rerun-if-env-changed={variable}");
    match env::var(variable) {
        Ok(text) => text.parse().map_err(|_| format!("{variable}: `{text}` is no number")),
        Err(_) => Ok(default),
    }
}
