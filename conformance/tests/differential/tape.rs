//! Choices, made beforehand: numbers that decide what is built, so that a record can be built
//! again and a failing one made smaller. Zero always stands for the plainest choice, and so does
//! the end of the tape.

use std::slice::Iter;

/// The choices that are left.
pub struct Tape<'a>(Iter<'a, u16>);

impl<'a> Tape<'a> {
    /// A tape from its begin.
    pub fn new(choices: &'a [u16]) -> Self {
        Self(choices.iter())
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        self.0.next().map_or(0, |&choice| (usize::from(choice) * count) >> 16)
    }

    /// Yes in one of so many cases.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) + 1 == count
    }

    /// One of these.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}
