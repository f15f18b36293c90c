//! The connections of one node to one target that wait for the next request.

use std::collections::VecDeque;

use crate::choices::NODE_TO_TARGET;
use crate::kernel::{SimDuration, SimTime};

/// How a request reaches its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetConnection {
    /// Over a connection that has to be opened first.
    New,
    /// Over one that was idle. The target closes it at this instant unless a request comes before.
    Reused {
        /// When the target's own keep-alive timeout ends.
        closes_at: SimTime,
    },
}

#[derive(Clone, Copy, Debug)]
struct Idle {
    since: SimTime,
    closes_at: SimTime,
}

/// Idle connections, the one that was idle longest first. Which of them is taken is our choice, see
/// [`crate::choices`].
#[derive(Clone, Debug, Default)]
pub(super) struct Pool(VecDeque<Idle>);

impl Pool {
    /// Takes the connection that was used last, or tells that there is none.
    pub(super) fn take(&mut self, now: SimTime, idle_timeout: SimDuration) -> TargetConnection {
        while let Some(oldest) = self.0.front() {
            if oldest.is_known_open(now, idle_timeout) {
                break;
            }
            self.0.pop_front();
        }
        match self.0.pop_back() {
            Some(Idle { closes_at, .. }) => TargetConnection::Reused { closes_at },
            None => TargetConnection::New,
        }
    }

    /// Keeps a connection whose answer has just come. The target closes it at `closes_at`.
    pub(super) fn put(&mut self, now: SimTime, closes_at: SimTime) {
        self.0.push_back(Idle { since: now, closes_at });
    }

    /// How many idle connections there are.
    pub(super) fn len(&self, now: SimTime, idle_timeout: SimDuration) -> usize {
        self.0.iter().filter(|idle| idle.is_known_open(now, idle_timeout)).count()
    }

    /// The other end is gone.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Idle {
    /// Whether the node regards it as open: its own idle timeout is not over, and it has not yet heard that the
    /// target closed it, which takes one way over the network.
    fn is_known_open(self, now: SimTime, idle_timeout: SimDuration) -> bool {
        now < self.since + idle_timeout && now < self.closes_at + NODE_TO_TARGET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE_TIMEOUT: SimDuration = SimDuration::from_secs(60);

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    /// ALB guide, "Edit attributes": a connection without data for the idle timeout is closed.
    #[test]
    fn a_connection_is_used_again_until_the_idle_timeout() {
        let mut pool = Pool::default();
        assert_eq!(pool.take(at(0), IDLE_TIMEOUT), TargetConnection::New);
        pool.put(at(0), at(75));
        assert_eq!(pool.len(at(59), IDLE_TIMEOUT), 1);
        assert_eq!(pool.clone().take(at(59), IDLE_TIMEOUT), TargetConnection::Reused { closes_at: at(75) });
        assert_eq!(pool.len(at(60), IDLE_TIMEOUT), 0);
        assert_eq!(pool.take(at(60), IDLE_TIMEOUT), TargetConnection::New);
    }

    /// ALB guide, "Edit attributes": the keep-alive race. What the target has closed is still taken for open
    /// until the news arrives.
    #[test]
    fn a_connection_that_the_target_closes_is_taken_for_open_one_way_longer() {
        let mut pool = Pool::default();
        pool.put(at(0), at(5));
        assert_eq!(pool.len(at(5), IDLE_TIMEOUT), 1);
        assert_eq!(pool.len(at(5) + NODE_TO_TARGET, IDLE_TIMEOUT), 0);
    }

    #[test]
    fn the_one_used_last_is_taken_first() {
        let mut pool = Pool::default();
        pool.put(at(0), at(75));
        pool.put(at(1), at(76));
        assert_eq!(pool.take(at(2), IDLE_TIMEOUT), TargetConnection::Reused { closes_at: at(76) });
    }
}
