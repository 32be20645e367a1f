//! What talks to AWS, held against AWS's protocols on this machine: an emulator that the tests
//! set up themselves, and servers that fail on purpose.

pub mod emulator;
pub mod faults;
pub mod function;
pub mod http;
pub mod programs;
pub mod proxy;
pub mod store_suite;
pub mod tables;
pub mod world;
