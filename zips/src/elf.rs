//! Whether Lambda can run an executable, of what its ELF headers say.

use std::fmt;

use object::{
    Endianness,
    elf::{self, EM_AARCH64, EM_X86_64, FileHeader64, SHT_DYNSYM},
    read::elf::{FileHeader, SectionTable, Sym},
};

use crate::Error;

type Sections<'a> = SectionTable<'a, FileHeader64<Endianness>>;

/// The glibc of Amazon Linux 2023, which `provided.al2023` is.
const NEWEST_GLIBC: Glibc = Glibc([2, 34, 0]);

/// A processor that Lambda has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    X86_64,
    Aarch64,
}

impl Machine {
    /// The one that a target triple is for.
    pub(crate) fn of_target(triple: &str) -> Result<Self, Error> {
        let (processor, rest) = triple.split_once('-').unwrap_or((triple, ""));
        match processor {
            "x86_64" if rest.contains("linux") => Ok(Self::X86_64),
            "aarch64" if rest.contains("linux") => Ok(Self::Aarch64),
            _ => Err(Error::new(format!("Lambda cannot run what is built for {triple}")).remedy(
                "Choose `--target x86_64-unknown-linux-gnu` or `aarch64-unknown-linux-gnu`.",
            )),
        }
    }

    fn number(self) -> elf::Machine {
        match self {
            Self::X86_64 => EM_X86_64,
            Self::Aarch64 => EM_AARCH64,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }
}

/// A version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Glibc([u32; 3]);

impl Glibc {
    /// The first version that has what a program asks for with this name.
    fn having(name: &[u8]) -> Option<Self> {
        let name = str::from_utf8(name).ok()?;
        match name {
            // Not a function's version, but what the dynamic linker must be able to do.
            "GLIBC_ABI_DT_RELR" => return Some(Self([2, 36, 0])),
            "GLIBC_ABI_GNU2_TLS" | "GLIBC_ABI_DT_X86_64_PLT" => return Some(Self([2, 42, 0])),
            _ => {}
        }
        let mut numbers = [0; 3];
        for (index, part) in name.strip_prefix("GLIBC_")?.split('.').enumerate() {
            *numbers.get_mut(index)? = part.parse().ok()?;
        }
        Some(Self(numbers))
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [major, minor, 0] => write!(formatter, "{major}.{minor}"),
            [major, minor, patch] => write!(formatter, "{major}.{minor}.{patch}"),
        }
    }
}

/// The glibc that an executable needs, if it is one for this machine that runs on Lambda.
pub(crate) fn check(binary: &[u8], machine: Machine) -> Result<Option<Glibc>, Error> {
    let broken = |error| Error::new(format!("the executable is no 64-bit ELF file: {error}"));
    let header = FileHeader64::<Endianness>::parse(binary).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    let is = header.e_machine(endian);
    if is != machine.number() {
        let is = machine_name(is);
        let name = machine.name();
        return Err(Error::new(format!("the executable is for {is}, and not for {name}"))
            .remedy("Look for a `linker` of another target in cargo's configuration."));
    }
    let sections = header.sections(endian, binary).map_err(broken)?;
    let newest = newest_glibc(&sections, endian, binary).map_err(broken)?;
    match newest {
        Some(newest) if newest > NEWEST_GLIBC => {
            let symbols = too_new(&sections, endian, binary).map_err(broken)?;
            Err(glibc_too_new(newest, &symbols))
        }
        _ => Ok(newest),
    }
}

/// Of what all libraries are asked for, in `.gnu.version_r`, since the dynamic linker and the
/// library of mathematics are of glibc too.
fn newest_glibc(
    sections: &Sections<'_>,
    endian: Endianness,
    binary: &[u8],
) -> Result<Option<Glibc>, object::Error> {
    let Some((mut libraries, strings)) = sections.gnu_verneed(endian, binary)? else {
        return Ok(None);
    };
    let strings = sections.strings(endian, binary, strings)?;
    let mut newest = None;
    while let Some((_, mut versions)) = libraries.next()? {
        while let Some(version) = versions.next()? {
            newest = newest.max(Glibc::having(version.name(endian, strings)?));
        }
    }
    Ok(newest)
}

/// The functions that Lambda's glibc does not have.
fn too_new(
    sections: &Sections<'_>,
    endian: Endianness,
    binary: &[u8],
) -> Result<Vec<String>, object::Error> {
    let Some(versions) = sections.versions(endian, binary)? else {
        return Ok(Vec::new());
    };
    let symbols = sections.symbols(endian, binary, SHT_DYNSYM)?;
    let mut names = Vec::new();
    for (index, symbol) in symbols.enumerate() {
        let version = versions.version(versions.version_index(endian, index).index())?;
        let glibc = version.and_then(|version| Glibc::having(version.name()));
        if symbol.is_undefined(endian) && glibc > Some(NEWEST_GLIBC) {
            let name = symbol.name(endian, symbols.strings())?;
            names.push(String::from_utf8_lossy(name).into_owned());
        }
    }
    Ok(names)
}

fn glibc_too_new(newest: Glibc, symbols: &[String]) -> Error {
    let symbols = match symbols {
        [] => String::new(),
        symbols => format!(" (for {})", symbols.join(", ")),
    };
    Error::new(format!(
        "the executable needs glibc {newest}{symbols}, and Lambda has {NEWEST_GLIBC}"
    ))
    .remedy("Build on a system with an older glibc, such as a container of amazonlinux:2023.")
}

fn machine_name(machine: elf::Machine) -> String {
    let known = [Machine::X86_64, Machine::Aarch64];
    match known.into_iter().find(|known| known.number() == machine) {
        Some(known) => known.name().to_owned(),
        None => format!("the ELF machine {}", machine.0),
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    fn this_program() -> Vec<u8> {
        fs::read(env::current_exe().unwrap()).unwrap()
    }

    fn this_machine() -> (Machine, Machine) {
        match cfg!(target_arch = "x86_64") {
            true => (Machine::X86_64, Machine::Aarch64),
            false => (Machine::Aarch64, Machine::X86_64),
        }
    }

    #[test]
    fn reads_the_glibc_of_this_program() {
        let program = this_program();
        let header = FileHeader64::<Endianness>::parse(&*program).unwrap();
        let endian = header.endian().unwrap();
        let sections = header.sections(endian, &*program).unwrap();
        // Rust's own oldest is 2.17, which all programs here ask for at least.
        let glibc = newest_glibc(&sections, endian, &program).unwrap().unwrap();
        assert!(glibc >= Glibc([2, 17, 0]) && glibc < Glibc([3, 0, 0]), "{glibc}");
        assert_eq!(
            too_new(&sections, endian, &program).unwrap().is_empty(),
            glibc <= NEWEST_GLIBC,
            "{glibc}"
        );
    }

    #[test]
    fn refuses_another_machine() {
        let (this, other) = this_machine();
        let error = check(&this_program(), other).unwrap_err().to_string();
        let expected =
            format!("the executable is for {}, and not for {}\n", this.name(), other.name());
        assert!(error.starts_with(&expected), "{error}");
    }

    #[test]
    fn refuses_what_is_no_executable() {
        for bytes in [b"".as_slice(), b"#!/bin/sh\n", &this_program()[..100]] {
            let error = check(bytes, this_machine().0).unwrap_err().to_string();
            assert!(error.starts_with("the executable is no 64-bit ELF file: "), "{error}");
        }
    }

    #[test]
    fn says_which_functions_are_too_new() {
        let symbols = ["fmod".to_owned(), "__isoc23_strtol".to_owned()];
        let error = glibc_too_new(Glibc([2, 38, 0]), &symbols).to_string();
        assert!(
            error.starts_with(
                "the executable needs glibc 2.38 (for fmod, __isoc23_strtol), and Lambda has 2.34\n"
            ),
            "{error}"
        );
    }

    #[test]
    fn orders_versions() {
        let versions = ["GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.34", "GLIBC_ABI_DT_RELR"];
        let glibcs = versions.map(|version| Glibc::having(version.as_bytes()).unwrap());
        assert!(glibcs.is_sorted());
        assert_eq!(glibcs.map(|glibc| glibc.to_string()), ["2.2.5", "2.17", "2.34", "2.36"]);
        for other in ["GLIBC_PRIVATE", "GCC_3.3", "GLIBC_", "GLIBC_2.3.4.5", "OPENSSL_3.0.0"] {
            assert_eq!(Glibc::having(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn knows_what_lambda_runs() {
        let machine = |triple| Machine::of_target(triple).ok();
        assert_eq!(machine("x86_64-unknown-linux-gnu"), Some(Machine::X86_64));
        assert_eq!(machine("aarch64-unknown-linux-musl"), Some(Machine::Aarch64));
        for other in ["aarch64-apple-darwin", "riscv64gc-unknown-linux-gnu", "x86_64", ""] {
            assert_eq!(machine(other), None, "{other}");
        }
    }
}
