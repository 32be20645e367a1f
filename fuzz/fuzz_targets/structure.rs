//! Every way of reading the structure of a text gives the same, and what is found by it is JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
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
        if let Found::Object(length) = objects.find(rest, start) {
            assert_eq!(Outline::new().read(rest), Ok(length), "from {start} on");
            assert!(check_utf8(&rest[..length]).is_ok());
            assert_eq!(objects.record(&rest[..length]).json().len(), length);
        }
    }
});
