//! A fingerprint of everything that happened: two runs with equal digests did the same things.

use std::fmt;
use std::hash::Hasher;

/// A running 64-bit digest over a sequence of numbers. Not for security: for "did these two runs do the same?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Takes one more number in. The order matters.
    #[inline]
    pub fn absorb(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }

    /// The fingerprint so far.
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// Lets anything that derives `Hash` be absorbed. Every integer becomes one 64-bit word, so that a digest does
/// not depend on the platform's word size or byte order.
impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.absorb(u64::from(*byte)));
    }
    fn write_u8(&mut self, word: u8) {
        self.absorb(u64::from(word));
    }
    fn write_u16(&mut self, word: u16) {
        self.absorb(u64::from(word));
    }
    fn write_u32(&mut self, word: u32) {
        self.absorb(u64::from(word));
    }
    fn write_u64(&mut self, word: u64) {
        self.absorb(word);
    }
    fn write_usize(&mut self, word: usize) {
        self.absorb(word as u64);
    }
    fn write_isize(&mut self, word: isize) {
        self.absorb(word as i64 as u64);
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(words: &[u64]) -> Digest {
        let mut digest = Digest::default();
        words.iter().for_each(|word| digest.absorb(*word));
        digest
    }

    #[test]
    fn order_length_and_every_bit_count() {
        let base = digest_of(&[1, 2, 3]);
        assert_ne!(base, digest_of(&[2, 1, 3]));
        assert_ne!(base, digest_of(&[1, 2, 3, 0]));
        for bit in 0..64 {
            assert_ne!(base, digest_of(&[1, 2 ^ (1 << bit), 3]));
        }
    }
}
