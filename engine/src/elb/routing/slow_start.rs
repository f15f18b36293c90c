//! Slow start: a target that has just become healthy gets its share of the requests little by little (ALB guide,
//! "Edit target group attributes").

use serde::{Deserialize, Serialize};

use super::Share;
use crate::kernel::{SimDuration, SimTime};

/// `slow_start.duration_seconds` of a target group: 30 to 900 s, or 0, the default, which is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SlowStart {
    duration: SimDuration,
}

impl SlowStart {
    /// No slow start.
    pub const OFF: Self = Self { duration: SimDuration::ZERO };

    /// Slow start over so many seconds, or nothing when AWS does not allow them.
    pub const fn seconds(seconds: u64) -> Option<Self> {
        match seconds {
            0 | 30..=900 => Some(Self { duration: SimDuration::from_secs(seconds) }),
            _ => None,
        }
    }

    /// How long a target takes to its full share; zero when slow start is off.
    pub const fn duration(self) -> SimDuration {
        self.duration
    }

    /// Whether targets start slowly at all.
    pub const fn is_on(self) -> bool {
        self.duration.as_micros() > 0
    }

    /// Whether the ramp of a target that entered at `since` is over.
    pub const fn is_over(self, since: SimTime, now: SimTime) -> bool {
        now.since(since).as_micros() >= self.duration.as_micros()
    }

    /// The share of a target that entered at `since`. That it rises linearly is documented; that it rises from
    /// next to nothing, in thousandths, is our choice, see [`crate::choices`].
    pub const fn share(self, since: SimTime, now: SimTime) -> Share {
        if self.is_over(since, now) {
            return Share::FULL;
        }
        let passed = now.since(since).as_micros();
        Share::per_mille(passed.saturating_mul(1_000) / self.duration.as_micros())
    }

    /// Whether a target that becomes healthy enters slow start. It does not when no healthy target is at its
    /// full share, for then nobody could take what it leaves; nor when it belongs to the first targets, which
    /// one call registered in an empty group.
    pub const fn enters(self, another_at_full_share: bool, registered_in_first_call: bool) -> bool {
        self.is_on() && another_at_full_share && !registered_in_first_call
    }
}

/// Where one target stands in slow start. A target that was healthy when slow start was switched on never
/// entered, and so keeps its full share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ramp {
    since: Option<SimTime>,
}

impl Ramp {
    /// The target has become healthy, for the first time or again, and [`SlowStart::enters`].
    pub const fn enter(&mut self, now: SimTime) {
        self.since = Some(now);
    }

    /// The target turned unhealthy or was deregistered, or slow start was switched off.
    pub const fn leave(&mut self) {
        self.since = None;
    }

    /// Whether the target is still on its way to its full share.
    pub fn in_progress(self, slow_start: SlowStart, now: SimTime) -> bool {
        self.since.is_some_and(|since| !slow_start.is_over(since, now))
    }

    /// How much the target may get.
    pub fn share(self, slow_start: SlowStart, now: SimTime) -> Share {
        self.since.map_or(Share::FULL, |since| slow_start.share(since, now))
    }

    /// When the target will be at its full share; nothing when it is not on its way.
    pub fn ends(self, slow_start: SlowStart) -> Option<SimTime> {
        self.since.map(|since| since + slow_start.duration())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    /// ELB API reference, `TargetGroupAttribute`, `slow_start.duration_seconds`: 30 to 900 s, 0 is off.
    #[test]
    fn it_lasts_30_to_900_seconds_or_is_off() {
        let allowed: Vec<u64> = (0..2_000).filter(|seconds| SlowStart::seconds(*seconds).is_some()).collect();
        let expected: Vec<u64> = [0].into_iter().chain(30..=900).collect();
        assert_eq!(allowed, expected);
        assert_eq!(SlowStart::seconds(0), Some(SlowStart::OFF));
        assert_eq!(SlowStart::default(), SlowStart::OFF);
    }

    /// ALB guide, "Edit target group attributes": the share rises linearly until the duration is over.
    #[test]
    fn the_share_rises_linearly_over_the_duration() {
        let slow_start = SlowStart::seconds(100).expect("in range");
        for seconds in 0..300 {
            let due = (seconds * 10).clamp(1, 1_000);
            let share = slow_start.share(at(7), at(7 + seconds));
            assert_eq!(u64::from(share.as_per_mille()), due, "after {seconds} s");
        }
    }

    /// ALB guide, "Edit target group attributes": a target enters only when there is a healthy target that is
    /// not in slow start; targets that one call registered in an empty group do not.
    #[test]
    fn a_target_enters_when_another_can_carry_the_rest() {
        let slow_start = SlowStart::seconds(30).expect("in range");
        assert!(slow_start.enters(true, false));
        assert!(!slow_start.enters(false, false));
        assert!(!slow_start.enters(true, true));
        assert!(!SlowStart::OFF.enters(true, false));
    }

    /// ALB guide, "Edit target group attributes": targets that are healthy when slow start is switched on do not
    /// enter.
    #[test]
    fn a_target_that_never_entered_has_its_full_share() {
        let slow_start = SlowStart::seconds(30).expect("in range");
        assert_eq!(Ramp::default().share(slow_start, at(1)), Share::FULL);
        assert!(!Ramp::default().in_progress(slow_start, at(1)));
    }

    /// ALB guide, "Edit target group attributes": it ends with the duration, when the target turns unhealthy and
    /// when it is deregistered; on becoming healthy again the target enters again.
    #[test]
    fn a_target_leaves_when_it_is_over_or_unhealthy_and_enters_again() {
        let slow_start = SlowStart::seconds(40).expect("in range");
        let mut ramp = Ramp::default();
        ramp.enter(at(10));
        assert_eq!(ramp.share(slow_start, at(20)), Share::per_mille(250));
        assert_eq!(ramp.ends(slow_start), Some(at(50)));
        assert!(ramp.in_progress(slow_start, at(49)) && !ramp.in_progress(slow_start, at(50)));
        ramp.leave();
        assert!(!ramp.in_progress(slow_start, at(20)));
        ramp.enter(at(100));
        assert_eq!(ramp.share(slow_start, at(100)), Share::LEAST);
        assert_eq!(ramp.share(slow_start, at(140)), Share::FULL);
    }

    #[test]
    fn switched_off_there_is_nothing_to_wait_for() {
        let mut ramp = Ramp::default();
        ramp.enter(at(10));
        assert_eq!(ramp.share(SlowStart::OFF, at(10)), Share::FULL);
    }
}
