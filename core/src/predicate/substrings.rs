//! Many substrings, looked for in one pass.

use std::fmt;

use aho_corasick::packed::Searcher;
use memchr::memmem;

use super::{Case, text};

/// Texts of which one has to occur in another, whatever the case.
pub struct Substrings {
    /// Folded, and ASCII.
    texts: &'static [&'static str],
    /// None where the processor, or the texts, do not allow it.
    searcher: Option<Searcher>,
}

impl Substrings {
    /// Makes ready to look for texts, which are folded, ASCII and not empty.
    pub fn new(texts: &'static [&'static str]) -> Self {
        Self { texts, searcher: Searcher::new(texts) }
    }

    /// Whether one of them occurs in the text.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.texts.iter().any(|wanted| text::contains(Case::Folded, text, wanted))
    }

    /// The same for ASCII.
    pub(super) fn are_in_ascii(&self, text: &[u8]) -> bool {
        let mut buffer = [0; 256];
        match buffer.get_mut(..text.len()) {
            Some(folded) => {
                folded.copy_from_slice(text);
                folded.make_ascii_lowercase();
                self.are_in_folded(folded)
            }
            None => self.are_in_folded(&text.to_ascii_lowercase()),
        }
    }

    fn are_in_folded(&self, text: &[u8]) -> bool {
        match &self.searcher {
            Some(searcher) => searcher.find(text).is_some(),
            None => self.texts.iter().any(|wanted| memmem::find(text, wanted.as_bytes()).is_some()),
        }
    }
}

impl fmt::Debug for Substrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.texts).finish()
    }
}
