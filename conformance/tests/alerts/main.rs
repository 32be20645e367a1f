//! What becomes of matches, held against expectations written by hand and against what follows
//! from all matches at once.

mod again;
mod case;
mod crash;
mod load;
mod order;
mod table;
