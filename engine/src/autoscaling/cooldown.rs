//! The time that a scaling activity is given to take effect (Application Auto Scaling guide, "Define cooldown
//! periods").

use crate::kernel::{SimDuration, SimTime};

/// The cooldown of a service: there is at most one, that of the latest activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cooldown(Option<CoolingDown>);

/// A cooldown that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoolingDown {
    /// After a scale-out: only a larger one is let through, and what was added is taken off it.
    ScaleOut {
        /// When it ends.
        until: SimTime,
        /// How many tasks were added since it first began.
        added: u32,
    },
    /// After a scale-in: no other scale-in is let through; a scale-out ends it.
    ScaleIn {
        /// When it ends.
        until: SimTime,
    },
}

impl CoolingDown {
    /// When it ends.
    pub const fn until(self) -> SimTime {
        match self {
            Self::ScaleOut { until, .. } | Self::ScaleIn { until } => until,
        }
    }
}

impl Cooldown {
    /// What runs at this time, if anything does.
    pub fn running(self, now: SimTime) -> Option<CoolingDown> {
        self.0.filter(|cooling| now < cooling.until())
    }

    /// What a scale-out cooldown has added, and when it ends; nothing without one.
    pub fn scaled_out(self, now: SimTime) -> Option<(u32, SimTime)> {
        match self.running(now) {
            Some(CoolingDown::ScaleOut { until, added }) => Some((added, until)),
            _ => None,
        }
    }

    /// When the scale-in cooldown ends that blocks scale-in; nothing without one.
    pub fn blocks_scale_in(self, now: SimTime) -> Option<SimTime> {
        match self.running(now) {
            Some(CoolingDown::ScaleIn { until }) => Some(until),
            _ => None,
        }
    }

    /// Begins after a scale-out by so many tasks. A scale-in cooldown ends with it; a scale-out cooldown begins anew,
    /// with all that was added.
    pub fn begin_scale_out(&mut self, now: SimTime, length: SimDuration, by: u32) {
        let before = self.scaled_out(now).map_or(0, |(added, _)| added);
        self.0 = Some(CoolingDown::ScaleOut { until: now + length, added: before.saturating_add(by) });
    }

    /// Begins after a scale-in.
    pub fn begin_scale_in(&mut self, now: SimTime, length: SimDuration) {
        self.0 = Some(CoolingDown::ScaleIn { until: now + length });
    }

    /// Ends a scale-in cooldown before its time.
    pub fn cancel_scale_in(&mut self) {
        if matches!(self.0, Some(CoolingDown::ScaleIn { .. })) {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: SimDuration = SimDuration::from_secs(300);

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    /// Application Auto Scaling guide, "How target tracking scaling works", "Define cooldown periods": a scale-out
    /// during the scale-in cooldown stops it.
    #[test]
    fn a_scale_out_ends_the_scale_in_cooldown() {
        let mut cooldown = Cooldown::default();
        cooldown.begin_scale_in(at(0), LENGTH);
        assert_eq!(cooldown.blocks_scale_in(at(299)), Some(at(300)));
        assert_eq!(cooldown.scaled_out(at(0)), None);
        cooldown.begin_scale_out(at(60), LENGTH, 2);
        assert_eq!(cooldown.blocks_scale_in(at(60)), None);
        assert_eq!(cooldown.running(at(60)), Some(CoolingDown::ScaleOut { until: at(360), added: 2 }));
    }

    /// API `StepScalingPolicyConfiguration`, `Cooldown`: it lasts 300 s unless said otherwise, and what was added
    /// counts for as long.
    #[test]
    fn a_cooldown_ends_on_its_second() {
        let mut cooldown = Cooldown::default();
        cooldown.begin_scale_out(at(0), LENGTH, 2);
        assert_eq!(cooldown.scaled_out(at(299)), Some((2, at(300))));
        assert_eq!(cooldown.scaled_out(at(300)), None);
        cooldown.begin_scale_in(at(300), SimDuration::ZERO);
        assert_eq!(cooldown.running(at(300)), None, "a cooldown of 0 s never runs");
    }

    #[test]
    fn scale_outs_within_a_cooldown_add_up_and_begin_it_anew() {
        let mut cooldown = Cooldown::default();
        cooldown.begin_scale_out(at(0), LENGTH, 2);
        cooldown.begin_scale_out(at(120), LENGTH, 1);
        assert_eq!(cooldown.scaled_out(at(360)), Some((3, at(420))));
        cooldown.begin_scale_out(at(420), LENGTH, 1);
        assert_eq!(cooldown.scaled_out(at(420)), Some((1, at(720))), "the first one was over");
    }

    #[test]
    fn only_a_scale_in_cooldown_is_cancelled() {
        let mut cooldown = Cooldown::default();
        cooldown.begin_scale_out(at(0), LENGTH, 2);
        cooldown.cancel_scale_in();
        assert!(cooldown.running(at(1)).is_some());
        cooldown.begin_scale_in(at(1), LENGTH);
        cooldown.cancel_scale_in();
        assert_eq!(cooldown.running(at(1)), None);
    }
}
