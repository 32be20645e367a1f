//! A server between a program and the emulator, which fails where a test says so.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::http::{self, Request};

/// Which requests fail.
type Matches = Box<dyn Fn(&Request) -> bool + Send>;

/// Requests that fail, and how.
struct Fault {
    matches: Matches,
    status: u16,
    body: String,
    times: usize,
}

/// Faults, and what was asked.
#[derive(Default)]
struct State {
    faults: Vec<Fault>,
    failed: usize,
    asked: Vec<String>,
}

/// A server between a program and the emulator, until the process ends.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    /// Starts a server in front of another one.
    ///
    /// # Errors
    /// If it cannot listen.
    pub fn start(behind: SocketAddr) -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // Where the program has gone, nobody waits for the answer.
                thread::spawn(move || serve(&stream, behind, &state));
            }
        });
        Ok(Proxy { address, state })
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets so many requests fail, of those that match.
    pub fn fail(
        &self,
        times: usize,
        status: u16,
        body: &str,
        matches: impl Fn(&Request) -> bool + Send + 'static,
    ) {
        let fault = Fault { matches: Box::new(matches), status, body: body.to_owned(), times };
        locked(&self.state).faults.push(fault);
    }

    /// How many requests there were whose path or operation holds this text.
    pub fn asked(&self, text: &str) -> usize {
        locked(&self.state).asked.iter().filter(|asked| asked.contains(text)).count()
    }

    /// How many requests have failed.
    pub fn failed(&self) -> usize {
        locked(&self.state).failed
    }
}

/// A request's path and, of protocols with JSON, its operation.
fn asked(request: &Request) -> String {
    let operation = request.header("x-amz-target").unwrap_or_default();
    format!("{} {} {operation}", request.method, request.path)
}

/// Whether a request's path or operation holds a text.
pub fn asks(text: &'static str) -> impl Fn(&Request) -> bool + Send {
    move |request| asked(request).contains(text)
}

fn serve(mut stream: &TcpStream, behind: SocketAddr, state: &Mutex<State>) -> io::Result<()> {
    let request = Request::read(stream)?;
    let fault = {
        let mut state = locked(state);
        state.asked.push(asked(&request));
        let fault =
            state.faults.iter_mut().find(|fault| fault.times > 0 && (fault.matches)(&request));
        let fault = fault.map(|fault| {
            fault.times -= 1;
            (fault.status, fault.body.clone())
        });
        state.failed += usize::from(fault.is_some());
        fault
    };
    match fault {
        Some((status, body)) => {
            let kind = if body.starts_with('<') {
                "application/xml"
            } else {
                "application/x-amz-json-1.0"
            };
            http::answer(stream, status, &[("content-type", kind)], body.as_bytes())
        }
        None => stream.write_all(&request.send(behind)?),
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
