//! Choices that look random and are the same on every machine.

/// A generator of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

const HEX: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Random {
    /// What follows from the seed; `stream` tells several uses of one seed apart.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut start = Self(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95));
        Self(start.bits() ^ stream)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `count`; 0 where that is 0.
    pub fn below(&mut self, count: u64) -> u64 {
        self.bits() % count.max(1)
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Yes in so many of a thousand cases.
    pub fn per_mille(&mut self, cases: u64) -> bool {
        self.below(1000) < cases
    }

    /// One of these.
    ///
    /// # Panics
    /// Where there is none.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// One of these by their weights, which are not all zero; the last one where they are.
    ///
    /// # Panics
    /// Where there is none.
    pub fn pick_weighted<'t, T>(&mut self, from: &'t [(u64, T)]) -> &'t T {
        let mut left = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, each) in from {
            if left < *weight {
                return each;
            }
            left -= weight;
        }
        &from[from.len() - 1].1
    }

    /// Writes so many hexadecimal digits.
    pub fn hex(&mut self, digits: usize, out: &mut String) {
        self.digits(HEX, digits, out);
    }

    /// Writes so many digits as ids of AWS have them: upper-case letters, and 2 to 7.
    pub fn upper(&mut self, digits: usize, out: &mut String) {
        self.digits(UPPER, digits, out);
    }

    /// Writes so many digits of base64.
    pub fn base64(&mut self, digits: usize, out: &mut String) {
        self.digits(BASE64, digits, out);
    }

    /// Writes a UUID.
    pub fn uuid(&mut self, out: &mut String) {
        for (part, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if part > 0 {
                out.push('-');
            }
            self.hex(digits, out);
        }
    }

    fn digits(&mut self, alphabet: &[u8], digits: usize, out: &mut String) {
        let mut bits = 0;
        for at in 0..digits {
            if at % 10 == 0 {
                bits = self.bits();
            }
            out.push(char::from(alphabet[(bits % alphabet.len() as u64) as usize]));
            bits >>= 6;
        }
    }
}
