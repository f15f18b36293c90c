//! A bounded record that is read by cursor: old entries make room for new ones, and a reader that comes too late
//! is told how many it missed.

use std::collections::VecDeque;

use crate::kernel::SimTime;

/// One entry of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// Its place in the order of all that was recorded, whatever the ring.
    pub number: u64,
    /// When it happened.
    pub at: SimTime,
    /// What happened.
    pub what: T,
}

/// The latest entries of a record. Its memory is allocated once.
#[derive(Clone, Debug)]
pub struct Ring<T> {
    entries: VecDeque<Entry<T>>,
    written: u64,
    capacity: usize,
}

/// What a reader finds behind its cursor.
#[derive(Debug)]
pub struct Since<I> {
    /// The entries, oldest first.
    pub entries: I,
    /// How many entries between the cursor and the first of these are gone.
    pub missed: u64,
    /// The cursor to ask with next time.
    pub cursor: u64,
}

impl<T> Ring<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: VecDeque::with_capacity(capacity), written: 0, capacity }
    }

    pub(crate) fn push(&mut self, number: u64, at: SimTime, what: T) {
        if self.entries.len() == self.capacity {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { number, at, what });
        self.written += 1;
    }

    /// How many entries were ever written: the cursor of a reader that wants only what comes next.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// The entries written since `cursor` was handed out; 0 stands for the beginning.
    pub fn since(&self, cursor: u64) -> Since<impl Iterator<Item = &Entry<T>>> {
        let first_kept = self.written - self.entries.len() as u64;
        let from = cursor.clamp(first_kept, self.written);
        let entries = self.entries.range((from - first_kept) as usize..);
        Since { entries, missed: from.saturating_sub(cursor), cursor: self.written }
    }

    /// The entries that are still kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry<T>> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_each_entry_once_and_learns_what_it_missed() {
        let mut ring = Ring::new(3);
        let read = |ring: &Ring<u64>, cursor| {
            let Since { entries, missed, cursor } = ring.since(cursor);
            (entries.map(|entry| entry.what).collect::<Vec<_>>(), missed, cursor)
        };
        (1..=2).for_each(|n| ring.push(n, SimTime::from_micros(n), n));
        assert_eq!(read(&ring, 0), (vec![1, 2], 0, 2));
        (3..=7).for_each(|n| ring.push(n, SimTime::from_micros(n), n));
        assert_eq!(read(&ring, 2), (vec![5, 6, 7], 2, 7));
        assert_eq!(read(&ring, 7), (vec![], 0, 7));
    }
}
