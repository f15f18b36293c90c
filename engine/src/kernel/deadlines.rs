//! Timers of one length, most of which never go off: the idle timeout of every request, say.
//! Kept in a queue beside the agenda, they cost O(1) each instead of filling its heap with stale entries.

use std::collections::VecDeque;

use super::SimTime;

/// A queue of deadlines that were set in the order in which they fall due.
#[derive(Clone, Debug)]
pub struct Deadlines<T> {
    queue: VecDeque<(SimTime, T)>,
    /// Whether the agenda already holds the event that will look at the first of them.
    awaited: bool,
}

impl<T> Default for Deadlines<T> {
    fn default() -> Self {
        Self { queue: VecDeque::with_capacity(256), awaited: false }
    }
}

impl<T: Copy> Deadlines<T> {
    /// Sets a deadline. Returns the instant for which the caller must schedule a look at the queue, if nobody
    /// is going to look yet.
    ///
    /// A deadline earlier than the last one set (the length of the timer was shortened) waits for that one:
    /// timers of one queue never overtake each other.
    pub fn set(&mut self, at: SimTime, what: T) -> Option<SimTime> {
        let at = self.queue.back().map_or(at, |(last, _)| at.max(*last));
        self.queue.push_back((at, what));
        self.next_look()
    }

    /// Takes the first deadline that is due at `now`. The caller asks until there is none, then calls
    /// [`Deadlines::looked`].
    pub fn take_due(&mut self, now: SimTime) -> Option<T> {
        match self.queue.front() {
            Some((at, _)) if *at <= now => self.queue.pop_front().map(|(_, what)| what),
            _ => None,
        }
    }

    /// Ends a look: drops deadlines at the front that no longer matter, and says when to look again, if ever.
    pub fn looked(&mut self, mut still_matters: impl FnMut(T) -> bool) -> Option<SimTime> {
        self.awaited = false;
        while let Some((_, what)) = self.queue.front() {
            if still_matters(*what) {
                break;
            }
            self.queue.pop_front();
        }
        self.next_look()
    }

    fn next_look(&mut self) -> Option<SimTime> {
        if self.awaited {
            return None;
        }
        let at = self.queue.front()?.0;
        self.awaited = true;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_is_asked_for_at_a_time_and_the_finished_are_skipped() {
        let at = SimTime::from_micros;
        let mut deadlines = Deadlines::default();
        assert_eq!(deadlines.set(at(10), 1), Some(at(10)));
        assert_eq!(deadlines.set(at(20), 2), None);
        assert_eq!(deadlines.set(at(30), 3), None);
        assert_eq!(deadlines.take_due(at(10)), Some(1));
        assert_eq!(deadlines.take_due(at(10)), None);
        assert_eq!(deadlines.looked(|what| what != 2), Some(at(30)));
        assert_eq!(deadlines.take_due(at(30)), Some(3));
        assert_eq!(deadlines.looked(|_| true), None);
    }

    #[test]
    fn a_shortened_timer_does_not_overtake() {
        let at = SimTime::from_micros;
        let mut deadlines = Deadlines::default();
        deadlines.set(at(60), 1);
        deadlines.set(at(20), 2);
        assert_eq!(deadlines.take_due(at(59)), None);
        assert_eq!(deadlines.take_due(at(60)), Some(1));
        assert_eq!(deadlines.take_due(at(60)), Some(2));
    }
}
