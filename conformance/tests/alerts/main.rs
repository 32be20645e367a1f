//! What becomes of matches, held against expectations written by hand and against what follows
//! from all matches at once.

mod case;
mod crash;
mod order;
mod table;
