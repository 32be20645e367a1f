//! The rules of the rules directory, as `build.rs` compiled them.

#![allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
