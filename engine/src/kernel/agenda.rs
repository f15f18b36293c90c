//! The agenda: what will happen, ordered by time and, at equal times, by the order of scheduling.
//! Scheduling and taking cost O(log n) for n waiting events.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::SimTime;

/// Events waiting for their instant. Events of equal time come out in the order in which they went in,
/// which is what makes a run repeatable.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    heap: BinaryHeap<Entry<E>>,
    sequence: u64,
}

#[derive(Clone, Debug)]
struct Entry<E> {
    at: SimTime,
    sequence: u64,
    event: E,
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::with_capacity(1_024), sequence: 0 }
    }
}

impl<E> Agenda<E> {
    /// Puts `event` on the agenda for the instant `at`.
    pub fn schedule(&mut self, at: SimTime, event: E) {
        self.heap.push(Entry { at, sequence: self.sequence, event });
        self.sequence += 1;
    }

    /// The instant of the next event.
    pub fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|entry| entry.at)
    }

    /// Takes the next event, if it is due no later than `until`.
    pub fn take_due(&mut self, until: SimTime) -> Option<(SimTime, E)> {
        if self.next_at()? > until {
            return None;
        }
        self.heap.pop().map(|entry| (entry.at, entry.event))
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl<E> Entry<E> {
    fn key(&self) -> (SimTime, u64) {
        (self.at, self.sequence)
    }
}

// The standard heap gives the greatest first: the order is turned round so that the earliest is the greatest.
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Entry<E> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_come_out_in_the_order_in_which_they_went_in() {
        let mut agenda = Agenda::default();
        for event in 0..100 {
            agenda.schedule(SimTime::from_micros(u64::from(event % 3 == 0)), event);
        }
        let mut taken = Vec::new();
        while let Some((at, event)) = agenda.take_due(SimTime::MAX) {
            taken.push((at.as_micros(), event));
        }
        let mut expected = taken.clone();
        expected.sort();
        assert_eq!(taken, expected);
        assert_eq!(taken.len(), 100);
    }

    #[test]
    fn nothing_is_taken_before_its_time() {
        let mut agenda = Agenda::default();
        agenda.schedule(SimTime::from_micros(10), "later");
        assert_eq!(agenda.take_due(SimTime::from_micros(9)), None);
        assert_eq!(agenda.take_due(SimTime::from_micros(10)), Some((SimTime::from_micros(10), "later")));
        assert!(agenda.is_empty());
    }
}
