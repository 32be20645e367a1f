//! Log files as CloudTrail writes them, made up: the same bytes from the same parameters.

pub mod actor;
mod cache;
pub mod catalogue;
mod names;
mod policy;
mod record;
mod session;
pub mod template;
pub mod values;

use std::fmt;
use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

use crate::random::Random;
use catalogue::Call;
use names::{ACCOUNTS, REGIONS};
use session::Sessions;
use values::Scene;

pub use cache::{Cached, cached};

/// To be raised with every change of what is generated, so that no old files are used.
const VERSION: u32 = 2;
const SEED: u64 = 0x7261_696c;
/// As much as CloudTrail puts into most of its files, and more than into others.
pub const RECORDS: u64 = 4000;

/// What the records are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// As in an account with usual traffic.
    Usual,
    /// No record matches a rule that is tried on every record.
    HitNothing,
    /// Every record matches a rule that is tried on every record.
    HitCatchAll,
}

/// How long a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many records.
    Records(u64),
    /// As many records as fit in so many bytes, inflated.
    Bytes(u64),
}

/// What files to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corpus {
    /// What their records are like.
    pub profile: Profile,
    /// How many there are.
    pub files: u64,
    /// How long each is.
    pub length: Length,
}

/// What is in a file, or in all of a corpus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Size {
    /// How many records.
    pub records: u64,
    /// Their bytes, with what stands around them.
    pub inflated: u64,
    /// Bytes as they are stored.
    pub stored: u64,
}

impl fmt::Display for Corpus {
    /// The name that it is kept under.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, files, length } = self;
        write!(f, "v{VERSION}-{profile:?}-{files}x")?;
        match length {
            Length::Records(records) => write!(f, "{records}"),
            Length::Bytes(bytes) => write!(f, "{bytes}bytes"),
        }
    }
}

/// Writes corpora; the catalogue of calls is read once.
#[derive(Debug)]
pub struct Generator {
    calls: Vec<(u64, Call)>,
}

impl Generator {
    /// A generator with all calls.
    ///
    /// # Errors
    /// The catalogue is wrong.
    pub fn new() -> Result<Self, String> {
        Ok(Self { calls: catalogue::calls()? })
    }

    /// All calls, with their weights.
    pub fn calls(&self) -> &[(u64, Call)] {
        &self.calls
    }

    /// Writes one file inflated and returns the number of its records and bytes. Holds one record in
    /// memory.
    ///
    /// # Errors
    /// Of writing, and where the catalogue is wrong.
    pub fn inflated(&self, corpus: &Corpus, file: u64, mut out: impl Write) -> io::Result<Size> {
        let mut random = Random::new(SEED, file + 1);
        let scene = Scene {
            account: random.pick::<&str>(&ACCOUNTS),
            region: random.pick::<&str>(&REGIONS),
            second: (file * 317) % 80_000,
            focus: 0,
            steady: true,
        };
        let mut sessions = Sessions::new(&self.calls, corpus.profile, scene, random);
        let mut size = Size::default();
        let mut record = String::from(r#"{"Records":["#);
        let most = match corpus.length {
            Length::Records(records) => records,
            Length::Bytes(_) => u64::MAX,
        };
        while size.records < most {
            sessions.write_record(&mut record).map_err(io::Error::other)?;
            if let Length::Bytes(bytes) = corpus.length
                && size.inflated + record.len() as u64 + 2 > bytes
            {
                record.clear();
                break;
            }
            out.write_all(record.as_bytes())?;
            size.records += 1;
            size.inflated += record.len() as u64;
            record.clear();
            record.push(',');
        }
        out.write_all(b"]}")?;
        out.flush()?;
        Ok(Size { inflated: size.inflated + 2, ..size })
    }

    /// Writes one file as it is stored.
    ///
    /// # Errors
    /// As for [`inflated`](Self::inflated).
    pub fn stored(&self, corpus: &Corpus, file: u64, out: impl Write) -> io::Result<Size> {
        let mut counted = Counted { out, bytes: 0 };
        let gz = GzBuilder::new().operating_system(255).write(&mut counted, Compression::new(6));
        let mut gz = io::BufWriter::with_capacity(64 * 1024, gz);
        let size = self.inflated(corpus, file, &mut gz)?;
        gz.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
        Ok(Size { stored: counted.bytes, ..size })
    }

    /// The name of a file, as CloudTrail forms them.
    pub fn file_name(file: u64) -> String {
        let mut random = Random::new(SEED, file + 1);
        let account = random.pick::<&str>(&ACCOUNTS);
        let region = random.pick::<&str>(&REGIONS);
        let minute = file * 5 % 1440;
        let mut end = String::new();
        random.upper(16, &mut end);
        let time = format!("20261118T{:02}{:02}Z", minute / 60, minute % 60);
        format!("{account}_CloudTrail_{region}_{time}_{end}.json.gz")
    }
}

struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
