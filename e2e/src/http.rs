//! As much of HTTP as the tests need: one request a connection.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(90);

/// Largest body that is read.
const MAX_BODY_BYTES: u64 = 64 << 20;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names, in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// Such as 200.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Reads the next request of a connection.
    ///
    /// # Errors
    /// If the connection ends before.
    pub fn read(stream: &TcpStream) -> io::Result<Request> {
        let mut reader = BufReader::new(stream);
        let first = line(&mut reader)?;
        let mut words = first.split(' ').map(str::to_owned);
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let headers = headers(&mut reader)?;
        let length = header(&headers, "content-length").and_then(|text| text.parse().ok());
        let body = match header(&headers, "transfer-encoding") {
            Some(_) => chunks(&mut reader)?,
            None => exactly(&mut reader, length.unwrap_or(0))?,
        };
        Ok(Request { method, path, headers, body })
    }

    /// A header by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Sends the request to a server, and hands on all bytes of its answer.
    ///
    /// # Errors
    /// If there is no answer in time.
    pub fn send(&self, address: SocketAddr) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        let own = ["connection", "content-length", "transfer-encoding", "expect"];
        for (name, value) in self.headers.iter().filter(|(name, _)| !own.contains(&name.as_str())) {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)?;
        let mut answer = Vec::new();
        stream.take(MAX_BODY_BYTES).read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// Asks a server.
///
/// # Errors
/// If there is no answer in time.
pub fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<Response> {
    // From this the emulator takes the region; it checks no signature.
    let signed = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/any/aws4_request";
    let own = [
        ("host", address.to_string()),
        ("content-type", "application/json".to_owned()),
        ("authorization", signed.to_owned()),
    ];
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: own.map(|(name, value)| (name.to_owned(), value)).into(),
        body: body.as_bytes().to_vec(),
    };
    let answer = request.send(address)?;
    let mut reader = BufReader::new(answer.as_slice());
    let first = line(&mut reader)?;
    let status = first.split(' ').nth(1).and_then(|text| text.parse().ok());
    let headers = headers(&mut reader)?;
    let body = match header(&headers, "transfer-encoding") {
        Some(_) => chunks(&mut reader)?,
        None => {
            let mut body = Vec::new();
            reader.read_to_end(&mut body)?;
            body
        }
    };
    Ok(Response { status: status.ok_or(io::ErrorKind::InvalidData)?, body })
}

/// The answer's body to a GET, as text.
///
/// # Errors
/// If there is none in time.
pub fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    ask(address, "GET", path, "").map(|answer| String::from_utf8_lossy(&answer.body).into_owned())
}

/// Writes an answer, the last one of its connection.
///
/// # Errors
/// If the connection is gone.
pub fn answer(
    mut stream: &TcpStream,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} X\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn headers(reader: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            return Ok(headers);
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn exactly(reader: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    reader.take(length.min(MAX_BODY_BYTES)).read_to_end(&mut body)?;
    Ok(body)
}

fn chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(reader)?;
        let size = u64::from_str_radix(size.split(';').next().unwrap_or_default(), 16)
            .map_err(io::Error::other)?;
        body.extend(exactly(reader, size)?);
        line(reader)?;
        if size == 0 || body.len() as u64 > MAX_BODY_BYTES {
            return Ok(body);
        }
    }
}
