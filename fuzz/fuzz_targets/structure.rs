//! Every way of reading the structure of a text gives the same, and no valid record is lost by it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trailalerts_core::Record;
use trailalerts_core::record::{Found, Objects, Outline, check_utf8};
use trailalerts_core::structure::Structure;

fuzz_target!(|text: &[u8]| {
    let mut structure = Structure::new();
    structure.read(text);
    for way in Structure::every_way(text) {
        assert_eq!(structure, way);
    }

    let mut objects = Objects::default();
    objects.read(text);
    for (start, _) in text.iter().enumerate().filter(|(_, byte)| **byte == b'{') {
        let rest = &text[start..];
        let mut found = objects.find(rest, start);
        if found == Found::Hidden {
            let mut alone = Objects::default();
            alone.read(rest);
            found = alone.find(rest, 0);
            assert_ne!(found, Found::Hidden);
            if matches!(found, Found::Object(_)) {
                continue;
            }
        }
        let strictly =
            Outline::new().read(rest).ok().filter(|&length| check_utf8(&rest[..length]).is_ok());
        match (found, strictly) {
            (Found::Object(length), _) => {
                let json = &rest[..length];
                assert_eq!(objects.is_json(json), strictly == Some(length), "from {start} on");
                let record = objects.record(json);
                assert_eq!(record.json().len(), length);
                look_at(&record);
                if strictly.is_some() {
                    let alone = Record::parse(json).expect("it is valid");
                    assert_eq!(texts(&record), texts(&alone), "from {start} on");
                }
            }
            (Found::Incomplete, Some(length)) => {
                panic!("the object of {length} bytes from {start} on is whole");
            }
            _ => {}
        }
    }
});

/// Paths lead nowhere they should not, whatever a record holds.
fn look_at(record: &Record<'_>) {
    record.any("a.b.c", &mut |value| value.compact().is_none());
    record.any_scalar(&mut |value| value.text().is_none());
}

/// What some paths reach first.
fn texts(record: &Record<'_>) -> Vec<Option<String>> {
    let paths = ["a", "b", "a.a", "a.b", "a.b.c", "eventName", "userIdentity.type", ""];
    paths.iter().map(|path| record.text(path).map(|text| text.into_owned())).collect()
}
