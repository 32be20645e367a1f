//! What a corpus is like, in a sentence.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use trailalerts_core::Matcher;
use trailalerts_core::record::Name;
use trailalerts_detector::{Buffers, Item, LogFile};

use crate::compiled::RULE_SET;
use crate::corpus::Cached;
use crate::floor::files;

/// How many files are read for that.
const FILES: usize = 8;

/// How long its records are, how well it is compressed, and how many records concern the rules.
///
/// # Errors
/// It cannot be read.
pub fn describe(corpus: &Cached) -> Result<String, Box<dyn Error>> {
    let (mut records, mut candidates, mut matched) = (0_u32, 0_u32, 0_u32);
    let mut sources = BTreeSet::new();
    let mut matcher = Matcher::new(&RULE_SET);
    let mut found = Vec::new();
    let mut buffers = Buffers::default();
    for path in files(&corpus.folder)?.iter().take(FILES) {
        let stored = fs::read(path)?;
        let mut file = LogFile::stored(&stored, buffers);
        while let Some(item) = file.next_item()? {
            let Item::Record { record, .. } = item else {
                return Err(format!("{} holds something else than records", path.display()).into());
            };
            records += 1;
            RULE_SET.dispatch.find(&record, RULE_SET.rules.len(), &mut found);
            candidates += u32::from(!found.is_empty());
            matched += u32::from(matcher.matches(&record).next().is_some());
            if let Name::Text(source) = record.event_source() {
                sources.insert(source.into_owned());
            }
        }
        buffers = file.into_buffers();
    }
    let percent = |count: u32| 100.0 * f64::from(count) / f64::from(records.max(1));
    let size = corpus.size;
    Ok(format!(
        "{} records of {} bytes, {} services; gzip made them {:.1} times smaller; a rule concerns the call of {:.1} % of them and matches {:.1} %",
        size.records,
        size.inflated / size.records.max(1),
        sources.len(),
        size.inflated as f64 / size.stored as f64,
        percent(candidates),
        percent(matched),
    ))
}
