//! How a service whose tasks fail to start slows down (ECS guide, "Amazon ECS service throttle logic").

use crate::choices;
use crate::kernel::{SimDuration, SimTime};

/// The longest delay between attempts: 27 minutes. AWS says that it may change.
pub const DELAY_MAX: SimDuration = SimDuration::from_secs(27 * 60);

/// What AWS says about a service that is slowed down.
pub fn impaired(service: &str) -> String {
    format!("(service {service}) is unable to consistently start tasks successfully.")
}

/// The memory of a service for tasks that became STOPPED without having been RUNNING.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartThrottle {
    failures: u32,
    last_failure: Option<SimTime>,
    held_until: Option<SimTime>,
}

impl StartThrottle {
    /// Takes note of a task that is STOPPED and never was RUNNING. Of tasks that were started together only the
    /// first counts: `created_at` is when this one was. Returns how long no task is started from now on.
    pub fn failed_to_start(&mut self, created_at: SimTime, now: SimTime) -> SimDuration {
        if self.last_failure.is_none_or(|last| created_at >= last) {
            self.failures = self.failures.saturating_add(1);
            self.last_failure = Some(now);
            self.held_until = Some(now + delay(self.failures));
        }
        self.held_until.map_or(SimDuration::ZERO, |until| until.since(now))
    }

    /// A task is RUNNING: whatever happens to it later does not slow the service down.
    pub fn running(&mut self) {
        *self = Self::default();
    }

    /// The service has another task definition: it is not slowed down any longer, at once.
    pub fn new_task_definition(&mut self) {
        *self = Self::default();
    }

    /// Whether tasks may be started now.
    pub fn lets_start(&self, now: SimTime) -> bool {
        self.held_until.is_none_or(|until| now >= until)
    }

    /// When tasks may be started again, if they may not.
    pub const fn held_until(&self) -> Option<SimTime> {
        self.held_until
    }

    /// Whether the service is said to be impaired (`SERVICE_TASK_START_IMPAIRED`).
    pub const fn is_impaired(&self) -> bool {
        self.failures > choices::START_FAILURES_FORGIVEN
    }
}

/// The delay after so many failed attempts in a row.
fn delay(failures: u32) -> SimDuration {
    let Some(doublings) = failures.checked_sub(choices::START_FAILURES_FORGIVEN + 1) else {
        return SimDuration::ZERO;
    };
    let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
    (choices::START_DELAY * factor).min(DELAY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: SimDuration = SimDuration::from_secs(1);

    /// Fails one attempt after the other, each a second after it was allowed. Returns the delays in seconds.
    fn delays(throttle: &mut StartThrottle, attempts: usize) -> Vec<u64> {
        let mut now = SimTime::ZERO;
        let attempt = |_| {
            now = throttle.held_until().unwrap_or(now);
            assert!(throttle.lets_start(now));
            let created_at = now;
            now += SECOND;
            throttle.failed_to_start(created_at, now).as_micros() / 1_000_000
        };
        (0..attempts).map(attempt).collect()
    }

    /// ECS guide, "Amazon ECS service throttle logic": the time between attempts grows step by step up to 27 minutes,
    /// and attempts never end. The steps are ours.
    #[test]
    fn the_delay_grows_up_to_27_minutes() {
        let mut throttle = StartThrottle::default();
        assert_eq!(
            delays(&mut throttle, 13),
            [0, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_620, 1_620, 1_620, 1_620]
        );
        assert_eq!(delay(u32::MAX), DELAY_MAX);
        let until = throttle.held_until().expect("it is held");
        assert!(
            !throttle.lets_start(SimTime::from_micros(until.as_micros() - 1)) && throttle.lets_start(until)
        );
    }

    /// ECS guide, "Amazon ECS service throttle logic": it takes repeated failures, and the message is AWS's.
    #[test]
    fn one_failure_is_not_a_habit() {
        let mut throttle = StartThrottle::default();
        delays(&mut throttle, 1);
        assert!(!throttle.is_impaired());
        delays(&mut throttle, 1);
        assert!(throttle.is_impaired());
        assert_eq!(impaired("web"), "(service web) is unable to consistently start tasks successfully.");
    }

    /// ECS guide, "Amazon ECS service throttle logic": another task definition ends it at once.
    #[test]
    fn a_new_task_definition_ends_it() {
        let mut throttle = StartThrottle::default();
        delays(&mut throttle, 10);
        throttle.new_task_definition();
        assert!(throttle.lets_start(SimTime::ZERO) && !throttle.is_impaired());
        assert_eq!(delays(&mut throttle, 2), [0, 10]);
    }

    /// ECS guide, "Amazon ECS service throttle logic": tasks that reach RUNNING and crash then are replaced at full
    /// speed. They are not failures here, and RUNNING ends a row of failures.
    #[test]
    fn tasks_that_run_and_crash_are_not_throttled() {
        let mut throttle = StartThrottle::default();
        delays(&mut throttle, 5);
        throttle.running();
        assert!(throttle.lets_start(SimTime::ZERO));
        assert_eq!(delays(&mut throttle, 1), [0]);
    }

    #[test]
    fn tasks_that_fail_together_are_one_failure() {
        let mut throttle = StartThrottle::default();
        let at = |seconds| SimTime::ZERO + SimDuration::from_secs(seconds);
        (0..6).for_each(|task| {
            throttle.failed_to_start(at(0), at(20 + task));
        });
        assert!(!throttle.is_impaired() && throttle.lets_start(at(26)));
        assert_eq!(throttle.failed_to_start(at(30), at(50)), SimDuration::from_secs(10));
        assert_eq!(throttle.failed_to_start(at(30), at(54)), SimDuration::from_secs(6), "what is left of it");
    }
}
