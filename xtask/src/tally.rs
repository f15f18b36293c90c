//! Counts tests from the closing lines that Rust's test runners print.

use std::fmt;

/// Tests passed, failed and skipped, over any number of runs.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    /// A line whose end has not been read yet.
    pending: Vec<u8>,
}

impl Tally {
    /// Reads a piece of a program's output; lines may be cut anywhere.
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.finish();
            } else {
                self.pending.push(byte);
            }
        }
    }

    /// Takes what is pending as a whole line.
    pub(crate) fn finish(&mut self) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.pending)).into_owned();
        let Some((_, counts)) = line.split_once("test result: ") else { return };
        for part in counts.split([';', '.']) {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.passed + self.failed + self.skipped == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_runs_add_up() {
        let mut tally = Tally::default();
        tally.read(b"running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s\n");
        tally.read(b"test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 filtered");
        tally.read(b" out; finished in 1.50s");
        tally.finish();
        assert_eq!(tally.to_string(), "5 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_line_may_be_cut_anywhere() {
        let line = b"test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured\n";
        for cut in 0..line.len() {
            let mut tally = Tally::default();
            tally.read(&line[..cut]);
            tally.read(&line[cut..]);
            assert_eq!(tally.to_string(), "7 passed, 0 failed, 0 skipped");
        }
    }

    #[test]
    fn other_lines_count_nothing() {
        let mut tally = Tally::default();
        tally.read(b"5 passed; 3 failed\ntest engine::passes ... ok\n\xff\xfe\n");
        assert!(tally.is_empty());
    }
}
