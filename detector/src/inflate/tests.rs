use std::io::{BufReader, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Some text that deflate finds neither trivial nor hopeless.
fn text(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut line = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{{\"eventName\":\"{}\"}},", state >> 12)
    };
    let mut text = String::new();
    while text.len() < length {
        text.push_str(&line());
    }
    text.truncate(length);
    text.into_bytes()
}

/// What can be read through a source of `source` bytes at a time into `out` bytes at a time, and
/// the error that ends it.
fn read(file: &[u8], source: usize, out: usize) -> (Vec<u8>, Option<String>) {
    let mut inflate = Inflate::new(BufReader::with_capacity(source, file));
    let mut buffer = vec![0; out];
    let mut data = Vec::new();
    loop {
        match inflate.read(&mut buffer) {
            Ok(0) => return (data, None),
            Ok(read) => data.extend_from_slice(&buffer[..read]),
            Err(error) => {
                assert_eq!(inflate.read(&mut buffer).unwrap_err().to_string(), error.to_string());
                return (data, Some(error.to_string()));
            }
        }
    }
}

/// [`read`], which must not depend on the sizes.
#[track_caller]
fn read_all(file: &[u8]) -> (Vec<u8>, Option<String>) {
    let whole = read(file, 1 << 20, 1 << 20);
    for (source, out) in [(1, 1), (1, 4096), (4096, 1), (7, 100), (64, 64)] {
        assert_eq!(read(file, source, out), whole, "{source} in, {out} out");
    }
    whole
}

#[test]
fn plain_bytes_stay() {
    for plain in [&b""[..], b"\x1f", b"\x1fx", b"{", b"{}", b"\0\0\0", b"PK\x03\x04"] {
        assert_eq!(read_all(plain), (plain.to_vec(), None));
    }
}

#[test]
fn gzip_with_any_number_of_members() {
    let (a, b) = (text(5_000), text(70));
    assert_eq!(read_all(&gzip(&a)), (a.clone(), None));
    assert_eq!(read_all(&gzip(b"")), (vec![], None));
    let file = [gzip(&a), gzip(b""), gzip(&b)].concat();
    let all = [a, b].concat();
    assert_eq!(read_all(&file), (all.clone(), None));
    assert_eq!(read_all(&[&file[..], &[0; 700]].concat()), (all, None));
}

#[test]
fn what_follows_is_told_with_its_place() {
    let data = text(300);
    let file = gzip(&data);
    let at = file.len();
    for (after, zeros) in [(&b"x"[..], 0), (b"\x1f", 0), (b"\x1fx", 0), (b"\0\0\0x\0", 3)] {
        let error = format!(
            "something that is not gzip follows the gzip data at compressed byte {}",
            at + zeros
        );
        assert_eq!(read_all(&[&file[..], after].concat()), (data.clone(), Some(error)));
    }
}

#[test]
fn a_truncated_file_gives_what_it_has() {
    let data = text(800);
    let file = gzip(&data);
    let mut most = 0;
    for length in 2..file.len() {
        let (found, error) = read_all(&file[..length]);
        assert_eq!(error, Some(format!("gzip data ends too early at compressed byte {length}")));
        assert!(data.starts_with(&found) && found.len() >= most);
        most = found.len();
    }
    assert_eq!(most, data.len(), "all of it is there before the trailer");
}

#[test]
fn damage_is_told_after_what_came_before() {
    let data = text(1_000);
    let file = gzip(&data);
    for at in 2..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 0x10;
        let (found, error) = read_all(&damaged);
        // The header says things of no consequence, such as a time.
        assert!(error.is_some() || (at < 10 && found == data), "{at}");
    }
    let mut damaged = file.clone();
    damaged[file.len() - 6] ^= 1;
    let (found, error) = read_all(&damaged);
    assert_eq!(found, data, "the checksum comes last");
    let error = error.unwrap();
    assert!(error.starts_with("gzip data that does not fit its checksum at"), "{error}");
}

#[test]
fn errors_keep_their_type() {
    let file = gzip(b"data");
    let mut inflate = Inflate::new(&file[..file.len() - 1]);
    let error = inflate.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<InflateError>()).unwrap();
    assert_eq!(inner.compressed_offset, file.len() as u64 - 1);
}

/// Gives its bytes, and then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(io::Error::new(io::ErrorKind::ConnectionReset, "connection lost")),
            read => Ok(read),
        }
    }
}

#[test]
fn a_failing_source_is_told_with_its_place() {
    let file = gzip(&text(3_000));
    let mut inflate = Inflate::new(BufReader::new(Failing(&file[..500])));
    let mut data = Vec::new();
    let error = inflate.read_to_end(&mut data).unwrap_err();
    assert_eq!(error.to_string(), "connection lost at compressed byte 500");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(text(3_000).starts_with(&data) && data.len() > 500);
}
