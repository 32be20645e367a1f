//! The zip: the executable as Lambda wants it, and a note of what it is.

use std::io::{Cursor, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::{
    CompressionMethod, DateTime, System, ZipWriter, result::ZipResult, write::SimpleFileOptions,
};

/// What a zip says of itself, in `trailalerts.json`.
#[derive(Debug, Serialize)]
pub(crate) struct About<'a> {
    pub(crate) package: &'a str,
    pub(crate) version: &'a str,
    pub(crate) fingerprint: &'a str,
}

/// The level at which deflate takes longest.
const BEST: i64 = 9;

/// The zip's bytes, which depend on nothing but the arguments.
pub(crate) fn archive(bootstrap: &[u8], about: &About<'_>) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::DEFAULT
        .system(System::Unix)
        .last_modified_time(DateTime::DEFAULT)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(BEST));
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(bootstrap.len() / 2)));
    zip.start_file("bootstrap", options.unix_permissions(0o755))?;
    zip.write_all(bootstrap)?;
    zip.start_file("trailalerts.json", options.unix_permissions(0o644))?;
    serde_json::to_writer(&mut zip, about).map_err(std::io::Error::from)?;
    zip.write_all(b"\n")?;
    Ok(zip.finish()?.into_inner())
}

/// The SHA-256 in Base64.
pub(crate) fn digest(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use std::{env, fs, io::Read};

    use zip::ZipArchive;

    use super::*;

    const ABOUT: About<'_> =
        About { package: "detector-lambda", version: "0.1.0", fingerprint: "0123456789abcdef" };

    #[test]
    fn is_the_same_each_time() {
        // More than a compressor looks back on, and little enough for an unoptimised one.
        let program = fs::read(env::current_exe().unwrap()).unwrap();
        let program = &program[..program.len().min(200_000)];
        let [once, twice] = [(); 2].map(|()| archive(program, &ABOUT).unwrap());
        assert!(once == twice);
        assert!(once.len() < program.len());
    }

    #[test]
    fn has_an_executable_and_a_note() {
        let bytes = archive(b"\x7fELF and more", &ABOUT).unwrap();
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 2);

        let mut bootstrap = zip.by_name("bootstrap").unwrap();
        assert_eq!(bootstrap.unix_mode(), Some(0o100_755));
        assert_eq!(bootstrap.compression(), CompressionMethod::Deflated);
        assert_eq!(bootstrap.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
        let mut program = Vec::new();
        bootstrap.read_to_end(&mut program).unwrap();
        assert_eq!(program, b"\x7fELF and more");
        drop(bootstrap);

        let mut about = zip.by_name("trailalerts.json").unwrap();
        assert_eq!(about.unix_mode(), Some(0o100_644));
        let mut text = String::new();
        about.read_to_string(&mut text).unwrap();
        assert_eq!(
            text,
            "{\"package\":\"detector-lambda\",\"version\":\"0.1.0\",\
             \"fingerprint\":\"0123456789abcdef\"}\n"
        );
    }

    #[test]
    fn digests_as_terraform_does() {
        // base64sha256("") of Terraform.
        assert_eq!(digest(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
