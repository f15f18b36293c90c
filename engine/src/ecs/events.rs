//! The events of a service as `DescribeServices` lists them: which are said again, and how many are kept
//! (ECS guide, "Amazon ECS service event messages").

use std::collections::VecDeque;

use crate::kernel::{SimDuration, SimTime};

/// So many events are kept: the latest.
pub const EVENTS_MAX: usize = 100;

/// An event whose cause persists is told again after this time.
pub const REPEATED_AFTER: SimDuration = SimDuration::from_secs(6 * 60 * 60);

/// What lies behind events that are told again and again for as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The service is in a steady state.
    SteadyState,
    /// A task cannot be placed.
    Placement,
    /// Tasks fail to start, again and again.
    StartImpaired,
    /// The deployment configuration leaves no room.
    DeploymentConfiguration,
    /// The Availability Zones are not balanced.
    Imbalance,
    /// A deployment has failed.
    DeploymentFailed,
}

/// An event of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEvent<M> {
    /// `createdAt`.
    pub at: SimTime,
    /// `message`, or what it is made of.
    pub message: M,
}

/// The events of one service, with whatever tells of them.
#[derive(Clone, Debug)]
pub struct EventLog<M> {
    events: VecDeque<ServiceEvent<M>>,
    /// Each cause stands here once, while it lasts.
    lasting: Vec<(Cause, ServiceEvent<M>)>,
}

impl<M> Default for EventLog<M> {
    fn default() -> Self {
        Self { events: VecDeque::new(), lasting: Vec::new() }
    }
}

impl<M: Clone + PartialEq> EventLog<M> {
    /// Tells what has happened once, such as that tasks were started.
    pub fn tell(&mut self, now: SimTime, message: M) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(ServiceEvent { at: now, message });
    }

    /// Tells what lasts. The same message of a cause is not told again until the cause is resolved, or six hours
    /// have passed. Returns whether it was told.
    pub fn tell_lasting(&mut self, now: SimTime, cause: Cause, message: &M) -> bool {
        let repeats =
            |told: &ServiceEvent<M>| told.message == *message && now.since(told.at) < REPEATED_AFTER;
        if self.lasting.iter().any(|(lasting, told)| *lasting == cause && repeats(told)) {
            return false;
        }
        self.assume(now, cause, message.clone());
        self.tell(now, message.clone());
        true
    }

    /// A cause lasts from now on as if it had just been told of: nobody is told again before it is time.
    pub fn assume(&mut self, now: SimTime, cause: Cause, message: M) {
        self.resolve(cause);
        self.lasting.push((cause, ServiceEvent { at: now, message }));
    }

    /// Whether a cause lasts.
    pub fn lasts(&self, cause: Cause) -> bool {
        self.lasting.iter().any(|(lasting, _)| *lasting == cause)
    }

    /// A cause is resolved: it will be told when it comes back. Returns whether it had lasted.
    pub fn resolve(&mut self, cause: Cause) -> bool {
        let before = self.lasting.len();
        self.lasting.retain(|(lasting, _)| *lasting != cause);
        self.lasting.len() < before
    }

    /// The latest events, the newest first, as `DescribeServices` returns them.
    pub fn latest(&self) -> impl Iterator<Item = &ServiceEvent<M>> {
        self.events.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(60 * minute)
    }

    /// ECS guide, "Amazon ECS service event messages": the 100 most recent events are shown.
    #[test]
    fn the_latest_hundred_are_kept() {
        let mut log: EventLog<String> = EventLog::default();
        (0..105).for_each(|number| log.tell(at(number), number.to_string()));
        let messages: Vec<_> = log.latest().map(|event| event.message.as_str()).collect();
        assert_eq!(messages.len(), 100);
        assert_eq!((messages[0], messages[99]), ("104", "5"));
    }

    /// ECS guide, "Amazon ECS service event messages": duplicates are omitted until the cause is resolved or six
    /// hours pass.
    #[test]
    fn what_lasts_is_repeated_after_six_hours_or_when_it_comes_back() {
        let mut log = EventLog::default();
        let mut tell = |minute, message| log.tell_lasting(at(minute), Cause::Placement, &message);
        assert!(tell(0, "no room"));
        assert!(!tell(1, "no room") && !tell(359, "no room"));
        assert!(tell(360, "no room"));
        assert!(tell(361, "still no room"), "it is not the same message");
        assert!(log.resolve(Cause::Placement) && !log.resolve(Cause::Placement));
        assert!(log.tell_lasting(at(362), Cause::Placement, &"still no room"));
        assert!(log.tell_lasting(at(362), Cause::StartImpaired, &"still no room"), "another cause");
        assert_eq!(log.latest().count(), 5);
    }

    /// What happens twice is told twice: "duplicates" are about causes that last.
    #[test]
    fn what_happens_twice_is_told_twice() {
        let mut log = EventLog::default();
        log.tell(at(0), "registered 1 targets".to_owned());
        log.tell(at(1), "registered 1 targets".to_owned());
        assert_eq!(log.latest().count(), 2);
    }
}
