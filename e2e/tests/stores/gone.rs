//! The emulator ends with the process that started it, however that ends.

use std::{
    env,
    error::Error,
    io::{self, BufRead, BufReader, Read},
    net::{SocketAddr, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::Failed;
use trailalerts_e2e::emulator::Emulator;

/// Makes this program start an emulator, and wait.
const WAITS: &str = "TRAILALERTS_E2E_EMULATES_UNTIL_KILLED";

/// Where this program was started to emulate, does so until standard input ends.
pub fn emulates_until_killed() -> bool {
    if env::var_os(WAITS).is_none() {
        return false;
    }
    emulate().expect("the emulator starts");
    true
}

fn emulate() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start()?;
    println!("{}", emulator.endpoint());
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

pub fn goes() -> Result<(), Failed> {
    for kill in [true, false] {
        let mut child = Command::new(env::current_exe()?)
            .env(WAITS, "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let endpoint = lines.next().ok_or("no emulator")??;
        let address: SocketAddr = endpoint.trim_start_matches("http://").parse()?;
        TcpStream::connect(address)?;
        if kill {
            child.kill()?;
        }
        // Without a kill, this ends its standard input.
        drop(child.stdin.take());
        child.wait()?;
        let began = Instant::now();
        while TcpStream::connect(address).is_ok() {
            assert!(began.elapsed() < Duration::from_secs(10), "the emulator is still there");
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}
