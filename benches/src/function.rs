//! A Lambda function's program, and as much of Lambda's Runtime API as its start needs.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::median;

/// What a function that is ready asks for.
const NEXT: &str = "GET /2018-06-01/runtime/invocation/next ";
/// How long a start may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// As Lambda sets the environment of a detector. Nothing is asked of the queue before an event comes.
const ENVIRONMENT: [(&str, &str); 9] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "detector"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "group"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "none"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
    ("TRAILALERTS_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/111122223333/matches"),
];

/// How long the detector's program takes from its start until it asks for its first event, as the
/// median of so many starts.
///
/// # Errors
/// It cannot be started, or asks for something else, or for nothing.
pub fn first_poll(program: &Path, starts: usize) -> Result<Duration, Box<dyn Error>> {
    let mut taken = Vec::new();
    for _ in 0..starts.max(1) {
        taken.push(start(program)?.as_secs_f64());
    }
    Ok(Duration::from_secs_f64(median(taken)))
}

/// Starts it once, and ends it when it has asked.
fn start(program: &Path) -> Result<Duration, Box<dyn Error>> {
    // One for each start, so that nothing of a program that was ended waits in it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let (sender, receiver) = mpsc::channel();
    // It goes on waiting where the program asks for nothing, which ends the measurement anyway.
    thread::spawn(move || sender.send(request(&listener)));
    let began = Instant::now();
    let mut child = spawn(program, address)?;
    let asked = receiver.recv_timeout(TIMEOUT);
    child.kill()?;
    let ended = child.wait_with_output()?;
    let failed = |what: String| {
        let said = [ended.stdout, ended.stderr].concat();
        format!("{} {what}: {}", program.display(), String::from_utf8_lossy(&said).trim())
    };
    match asked {
        Ok(Ok((line, at))) if line.starts_with(NEXT) => Ok(at.duration_since(began)),
        Ok(Ok((line, _))) => Err(failed(format!("asked for {line:?} first")).into()),
        Ok(Err(error)) => Err(failed(format!("did not ask for an event: {error}")).into()),
        Err(_) => Err(failed(format!("asked for nothing within {TIMEOUT:?}")).into()),
    }
}

fn spawn(program: &Path, api: SocketAddr) -> std::io::Result<Child> {
    Command::new(program)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", api.to_string())
        .envs(ENVIRONMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// The first line of the first request, and when it was there.
fn request(listener: &TcpListener) -> std::io::Result<(String, Instant)> {
    let (stream, _) = listener.accept()?;
    let mut line = String::new();
    // A line is no longer than that.
    BufReader::new(stream.take(1024)).read_line(&mut line)?;
    Ok((line, Instant::now()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_request_is_known_by_its_line() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        write!(stream, "{NEXT}HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let (line, _) = request(&listener).unwrap();
        assert_eq!(line.trim_end(), "GET /2018-06-01/runtime/invocation/next HTTP/1.1");
    }
}
