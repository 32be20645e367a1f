//! From nodes to the AST of one document. Everything that one document alone can tell is
//! checked here; after this stage every item has a chain of modifiers that makes sense and
//! values its modifiers can use.

mod attributes;
mod condition;
mod correlation;
mod detection;
mod exceptions;
mod identifiers;
mod modifier;
mod postprocessing;
mod regex;
mod rule;

pub use exceptions::parse_exceptions;
pub use modifier::regex_source;
pub use postprocessing::parse_postprocessing;
pub use rule::parse_document;
