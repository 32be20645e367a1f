//! From nodes to the AST of one document. Everything that one document alone can tell is
//! checked here; after this stage every item has a chain of modifiers that makes sense and
//! values its modifiers can use.

mod alerting;
mod attributes;
mod condition;
mod correlation;
mod detection;
mod document;
mod exceptions;
mod filter;
mod identifiers;
mod lints;
mod logsource;
mod modifier;
mod own;
mod placeholders;
mod postprocessing;
mod reader;
mod regex;
mod rule;
mod settings;
mod texts;
mod timespan;

pub use document::{Document, DocumentKind, action_document, parse_document};
pub use exceptions::parse_exceptions;
pub use modifier::{
    check_all, check_value, placeholders_in, regex_source, without_escaped_percents,
};
pub use own::parse_own_lints;
pub use placeholders::parse_placeholders;
pub use postprocessing::parse_postprocessing;
pub use settings::parse_settings;
