//! Both functions' programs, as they are deployed, against the emulator: whatever goes wrong,
//! nothing is lost, the counts agree, and each alert arrives once.

mod deployed;
mod faults;
mod records;
mod shapes;
mod starts;
