//! `MiniStack`, which speaks the protocols of AWS: installed on first use, one process for all
//! tests of a test program.

mod venv;

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::http;

/// Runs the emulator until its standard input ends.
const RUN: &str = include_str!("emulator/run.py");

/// How long a start may take; it takes 2 s where nothing else runs.
const START: Duration = Duration::from_secs(90);

/// Starts that are tried, each with another port: one can be taken by another program meanwhile.
const STARTS: usize = 5;

/// A running emulator. It ends when this is dropped, or when this process ends, however it does.
pub struct Emulator {
    address: SocketAddr,
    child: Child,
}

impl Emulator {
    /// The emulator of this process, started when it is first asked for.
    ///
    /// # Errors
    /// Why it could not be installed or started, and what helps.
    pub fn shared() -> Result<&'static Self, String> {
        static SHARED: OnceLock<Result<Emulator, String>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    /// Starts an emulator, after it was installed where it is not yet.
    ///
    /// # Errors
    /// Why it could not be installed or started, and what helps.
    pub fn start() -> Result<Self, String> {
        let python = venv::python()?;
        let mut why = String::new();
        for _ in 0..STARTS {
            match Self::start_once(&python) {
                Ok(emulator) => return Ok(emulator),
                Err(error) => why = error,
            }
        }
        Err(format!("MiniStack does not start: {why}"))
    }

    /// The address of all its services.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same, without its protocol.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn start_once(python: &Path) -> Result<Self, String> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let failed = |error: std::io::Error| error.to_string();
        // It answers with this, so that it cannot be taken for another one on the same port.
        let name =
            format!("e2e-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let address = free_address().map_err(failed)?;
        let mut log = tempfile::tempfile().map_err(failed)?;
        let child = Command::new(python)
            .args(["-c", RUN])
            .env("BIND_HOST", address.ip().to_string())
            .env("GATEWAY_PORT", address.port().to_string())
            .env("MINISTACK_VERSION", &name)
            // What is set for the AWS of whoever runs the tests is none of its business.
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env_remove("AWS_SESSION_TOKEN")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_ENDPOINT_URL")
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log.try_clone().map_err(failed)?)
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let mut emulator = Self { address, child };
        let began = Instant::now();
        loop {
            if let Some(status) = emulator.child.try_wait().map_err(failed)? {
                return Err(format!("it ended with {status}: {}", end(&mut log)));
            }
            if http::get(address, "/_ministack/health").is_ok_and(|text| text.contains(&name)) {
                return Ok(emulator);
            }
            if began.elapsed() > START {
                return Err(format!("it was not ready after {START:?}: {}", end(&mut log)));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Closes its standard input.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// The last lines of a log.
fn end(log: &mut File) -> String {
    let mut text = Vec::new();
    let _ = log.seek(SeekFrom::Start(0));
    let _ = log.read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
}
