//! A server that answers as a script says.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::http::{self, Request};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Answers with this status and JSON text.
    Status(u16, String),
    /// Answers never.
    Nothing,
    /// Closes the connection.
    Hangup,
}

impl Answer {
    /// An error as `DynamoDB` tells it.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Status(
            status,
            format!(
                r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"{message}"}}"#
            ),
        )
    }
}

/// A server on this machine, until the process ends.
pub struct FaultServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FaultServer {
    /// Starts a server that gives these answers in their order, then the last again and again.
    ///
    /// # Errors
    /// If it cannot listen.
    pub fn start(answers: Vec<Answer>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let requests = Arc::default();
        let server = Self { address, requests: Arc::clone(&requests) };
        thread::spawn(move || {
            // Held open, but never answered.
            let mut held = Vec::new();
            for stream in listener.incoming().flatten() {
                if let Ok(Some(unanswered)) = serve(stream, &answers, &requests) {
                    held.push(unanswered);
                }
            }
        });
        Ok(server)
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bodies of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        locked(&self.requests).clone()
    }
}

fn serve(
    stream: TcpStream,
    answers: &[Answer],
    requests: &Mutex<Vec<String>>,
) -> io::Result<Option<TcpStream>> {
    let request = Request::read(&stream)?.text();
    let count = {
        let mut requests = locked(requests);
        requests.push(request);
        requests.len()
    };
    match answers.get(count - 1).or(answers.last()) {
        Some(Answer::Status(status, body)) => {
            let kind = [("content-type", "application/x-amz-json-1.0")];
            http::answer(&stream, *status, &kind, body.as_bytes())?;
            Ok(None)
        }
        Some(Answer::Nothing) => Ok(Some(stream)),
        Some(Answer::Hangup) | None => Ok(None),
    }
}

fn locked(requests: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}
