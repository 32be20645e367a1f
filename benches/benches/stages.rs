//! What each stage of a scan takes on one file of the usual corpus, with the rules in `benches/rules`.
//!
//! Rows are written by the command alone and not measured here.

use divan::{Bencher, black_box, counter::BytesCount};
use libdeflater::Decompressor;
use std::io::Read;
use std::sync::LazyLock;
use trailalerts_benches::compiled::RULE_SET;
use trailalerts_benches::corpus::{Corpus, Generator, Length, Profile, RECORDS};
use trailalerts_core::{Matcher, Record};
use trailalerts_detector::{Buffers, Inflate, LogFile};

fn main() {
    divan::main();
}

struct File {
    stored: Vec<u8>,
    inflated: Vec<u8>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    let corpus = Corpus { profile: Profile::Usual, files: 1, length: Length::Records(RECORDS) };
    let generator = Generator::new().expect("the catalogue is sound");
    let (mut stored, mut inflated) = (Vec::new(), Vec::new());
    generator.stored(&corpus, 0, &mut stored).expect("memory takes it");
    generator.inflated(&corpus, 0, &mut inflated).expect("memory takes it");
    File { stored, inflated }
});

/// Speeds are those of inflated bytes.
fn bench<T>(bencher: Bencher<'_, '_>, run: impl FnMut() -> T) {
    bencher.counter(BytesCount::new(FILE.inflated.len())).bench_local(run);
}

/// Visits the records of a file, and returns the buffers. Those that are wanted are validated.
fn records<R: Read>(mut file: LogFile<R>, mut wanted: impl FnMut(&Record<'_>) -> bool) -> Buffers {
    while let Ok(Some(item)) = file.next_wanted(&mut wanted) {
        black_box(item);
    }
    assert_eq!(file.summary().evaluated, RECORDS);
    file.into_buffers()
}

/// Reads the file as it is stored, again and again with the same buffers.
fn scan(bencher: Bencher<'_, '_>, mut wanted: impl FnMut(&Record<'_>) -> bool) {
    let mut buffers = Buffers::default();
    bench(bencher, || {
        let file = LogFile::stored(&FILE.stored, std::mem::take(&mut buffers));
        buffers = records(file, &mut wanted);
    });
}

#[divan::bench]
fn a_inflate_with_libdeflate(bencher: Bencher) {
    let mut buffer = vec![0; FILE.inflated.len()];
    let mut decompressor = Decompressor::new();
    bench(bencher, || decompressor.gzip_decompress(&FILE.stored, &mut buffer));
}

#[divan::bench]
fn b_inflate_as_a_stream(bencher: Bencher) {
    let mut part = vec![0; 64 * 1024];
    bench(bencher, || {
        let mut file = Inflate::new(&FILE.stored[..]);
        while file.read(&mut part).is_ok_and(|length| length > 0) {}
    });
}

#[divan::bench]
fn c_split_what_is_inflated(bencher: Bencher) {
    bench(bencher, || {
        records(LogFile::new(&FILE.inflated[..]), |record| {
            black_box(record);
            false
        })
    });
}

#[divan::bench]
fn d_inflate_and_split(bencher: Bencher) {
    scan(bencher, |record| {
        black_box(record);
        false
    });
}

#[divan::bench]
fn e_and_find_the_names(bencher: Bencher) {
    scan(bencher, |record| {
        black_box((record.event_source(), record.event_name()));
        false
    });
}

#[divan::bench]
fn f_and_match(bencher: Bencher) {
    let mut matcher = Matcher::new(&RULE_SET);
    scan(bencher, |record| matcher.matches(record).next().is_some());
}
