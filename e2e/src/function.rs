//! A Lambda function's program with Lambda's Runtime API around it: tests see when it asks for an
//! event, and can end it at any moment.

use std::{
    collections::{HashMap, VecDeque},
    fs,
    io::{self, Read, Seek},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::http::{self, Request};

/// How long an invocation may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A running function.
pub struct Function {
    child: Child,
    api: Arc<Api>,
    log: fs::File,
    started: Instant,
}

/// What a function answers to an event: its answer, or the text of its error.
pub type Answer = Result<Value, String>;

#[derive(Default)]
struct Api {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    events: VecDeque<(u64, String)>,
    last: u64,
    answers: HashMap<u64, Answer>,
    first_poll: Option<Instant>,
    taken: u64,
    failed_to_start: Option<String>,
}

impl Api {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        let request = Request::read(stream)?;
        let text = request.text();
        let path = request.path.trim_start_matches("/2018-06-01/runtime/");
        let mut parts = path.trim_start_matches("invocation/").split('/');
        match (path, parts.next().and_then(|id| id.parse().ok()), parts.next()) {
            ("invocation/next", ..) => {
                let (id, event) = self.next();
                let id = id.to_string();
                let headers = [
                    ("lambda-runtime-aws-request-id", id.as_str()),
                    ("lambda-runtime-deadline-ms", "9999999999999"),
                    (
                        "lambda-runtime-invoked-function-arn",
                        "arn:aws:lambda:eu-central-1:111122223333:function:test",
                    ),
                    ("content-type", "application/json"),
                ];
                return http::answer(stream, 200, &headers, event.as_bytes());
            }
            (_, Some(id), Some("response")) => {
                self.answered(id, serde_json::from_str(&text).map_err(|error| error.to_string()));
            }
            (_, Some(id), Some("error")) => self.answered(id, Err(text)),
            ("init/error", ..) => self.locked().failed_to_start = Some(text),
            _ => return http::answer(stream, 404, &[], b""),
        }
        http::answer(stream, 202, &[], b"")
    }

    /// The next event, when there is one.
    fn next(&self) -> (u64, String) {
        let mut state = self.locked();
        state.first_poll.get_or_insert_with(Instant::now);
        self.changed.notify_all();
        loop {
            if let Some(event) = state.events.pop_front() {
                state.taken += 1;
                self.changed.notify_all();
                return event;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn answered(&self, id: u64, answer: Answer) {
        self.locked().answers.insert(id, answer);
        self.changed.notify_all();
    }
}

impl Function {
    /// Starts a program with variables of the environment, and with nothing of this process's own.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(program: &Path, variables: &[(String, String)]) -> io::Result<Function> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let api = Arc::<Api>::default();
        let shared = Arc::clone(&api);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let api = Arc::clone(&shared);
                thread::spawn(move || api.serve(&stream));
            }
        });
        let log = tempfile::tempfile()?;
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let started = Instant::now();
        let child = Command::new(program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            .spawn()?;
        Ok(Function { child, api, log, started })
    }

    /// Has it handle an event.
    ///
    /// # Errors
    /// If it ends, or takes too long.
    pub fn invoke(&mut self, event: &str) -> Result<Answer, String> {
        let id = self.send(event);
        self.wait(|state| state.answers.remove(&id))
    }

    /// Sends it an event, without waiting for what becomes of it.
    pub fn send(&self, event: &str) -> u64 {
        let mut state = self.api.locked();
        state.last += 1;
        let id = state.last;
        state.events.push_back((id, event.to_owned()));
        self.api.changed.notify_all();
        id
    }

    /// How long it took from its start until it asked for an event.
    ///
    /// # Errors
    /// If it ends before, or takes too long.
    pub fn first_poll(&mut self) -> Result<Duration, String> {
        let first = self.wait(|state| state.first_poll)?;
        Ok(first.duration_since(self.started))
    }

    /// Waits until it ends by itself: why.
    ///
    /// # Errors
    /// If it does not.
    pub fn ends(&mut self) -> Result<String, String> {
        match self.wait(|_| None::<()>) {
            Err(why) if why.contains("has ended") => Ok(why),
            Err(why) => Err(why),
            Ok(()) => Err("it goes on".to_owned()),
        }
    }

    /// Ends it at once.
    ///
    /// # Errors
    /// If it was not there any more.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// The most memory that it had, in MiB.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024)
    }

    /// What it has logged so far: JSON, a line each.
    pub fn log(&self) -> Vec<Value> {
        self.log_text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// What it has written so far.
    pub fn log_text(&self) -> String {
        let mut text = String::new();
        let read = self.log.try_clone().and_then(|mut log| {
            // A place of its own: the program writes at the end of what it has written.
            let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&log));
            log = fs::File::open(path)?;
            log.rewind()?;
            log.read_to_string(&mut text)
        });
        read.map(|_| text).unwrap_or_default()
    }

    /// The sum of a metric over all invocations.
    pub fn metric(&self, name: &str) -> f64 {
        let lines = self.log().into_iter().filter(|line| line.get("_aws").is_some());
        lines.filter_map(|line| line.get(name)?.as_f64()).sum()
    }

    fn wait<T>(&mut self, mut found: impl FnMut(&mut State) -> Option<T>) -> Result<T, String> {
        let began = Instant::now();
        loop {
            {
                let mut state = self.api.locked();
                if let Some(found) = found(&mut state) {
                    return Ok(found);
                }
                let waited = self.api.changed.wait_timeout(state, Duration::from_millis(20));
                drop(waited);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the function has ended with {status}: {}", self.log_text()));
            }
            if began.elapsed() > TIMEOUT {
                return Err(format!("nothing within {TIMEOUT:?}: {}", self.log_text()));
            }
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
