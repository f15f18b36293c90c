//! Step scaling: an alarm of the owner's, and an adjustment that depends on how far it is breached (Application Auto
//! Scaling guide, "How step scaling works").

use super::decision::{Cause, Standing, Vote, Wish};
use super::settings::{AdjustmentType, MetricAggregationType, StepAdjustment, StepScaling};
use crate::cloudwatch::{Alarm, AlarmState};

/// A policy with its alarm.
#[derive(Clone, Debug)]
pub struct StepScaler {
    policy: StepScaling,
    alarm: Alarm,
}

impl MetricAggregationType {
    /// All values as one; nothing when there are none.
    pub fn of(self, values: impl Iterator<Item = f64>) -> Option<f64> {
        let mut count = 0_u32;
        let together = values.inspect(|_| count += 1).reduce(|together, value| match self {
            Self::Average => together + value,
            Self::Minimum => together.min(value),
            Self::Maximum => together.max(value),
        })?;
        Some(if self == Self::Average { together / f64::from(count) } else { together })
    }
}

/// So many percent of a capacity as whole tasks: above 1 rounded down, between 0 and 1 one, between 0 and -1 one
/// fewer, below -1 rounded up (Application Auto Scaling guide, "Scaling adjustment types").
const fn percent_of(capacity: u32, percent: i32) -> i64 {
    let hundredths = capacity as i64 * percent as i64;
    if hundredths.abs() < 100 { hundredths.signum() } else { hundredths / 100 }
}

impl StepScaling {
    /// The step that a value of the metric belongs to. Bounds are counted from the alarm's threshold; above it the
    /// lower bound belongs to a step and the upper does not, below it the other way round (API `StepAdjustment`).
    pub fn step_for(&self, value: f64) -> Option<&StepAdjustment> {
        let threshold = self.alarm.threshold;
        let above =
            value > threshold.as_f64() || (value == threshold.as_f64() && self.alarm.comparison.is_upward());
        self.steps.iter().find(|step| {
            let lower = step.lower_bound.map(|bound| (threshold + bound).as_f64());
            let upper = step.upper_bound.map(|bound| (threshold + bound).as_f64());
            if above {
                lower.is_none_or(|lower| value >= lower) && upper.is_none_or(|upper| value < upper)
            } else {
                lower.is_none_or(|lower| value > lower) && upper.is_none_or(|upper| value <= upper)
            }
        })
    }

    /// The capacity that an adjustment makes of another (API `StepScalingPolicyConfiguration`).
    pub fn adjusted(&self, capacity: u32, adjustment: i32) -> u32 {
        let now = i64::from(capacity);
        let then = match self.adjustment_type {
            AdjustmentType::ChangeInCapacity => now + i64::from(adjustment),
            AdjustmentType::ExactCapacity => i64::from(adjustment),
            AdjustmentType::PercentChangeInCapacity => {
                let change = percent_of(capacity, adjustment);
                let least = i64::from(self.min_adjustment_magnitude.unwrap_or(0));
                now + match adjustment.signum() {
                    0 => 0,
                    1 => change.max(least),
                    _ => change.min(-least),
                }
            }
        };
        u32::try_from(then.max(0)).unwrap_or(u32::MAX)
    }
}

impl StepScaler {
    /// The policy with its alarm.
    pub fn new(policy: StepScaling) -> Self {
        let alarm = Alarm::new(policy.alarm.clone());
        Self { policy, alarm }
    }

    /// The policy.
    pub const fn policy(&self) -> &StepScaling {
        &self.policy
    }

    /// Its alarm.
    pub const fn alarm(&self) -> &Alarm {
        &self.alarm
    }

    pub(super) const fn alarm_mut(&mut self) -> &mut Alarm {
        &mut self.alarm
    }

    /// What the policy wants: an adjustment of the running count, for as long as its alarm is in ALARM.
    pub fn vote(&self, standing: Standing) -> Vote {
        let running = standing.running;
        let values = || self.alarm.evaluated().map(|datapoint| datapoint.value);
        let step = (self.alarm.state() == AlarmState::Alarm)
            .then(|| self.policy.aggregation.of(values()))
            .flatten()
            .and_then(|value| self.policy.step_for(value));
        let wish = step.map_or(Wish::Nothing, |step| match self.policy.adjusted(running, step.adjustment) {
            capacity if capacity > running => Wish::Out(capacity),
            capacity if capacity < running => Wish::In(capacity),
            _ => Wish::Stay,
        });
        Vote {
            cause: Cause::Alarm { alarm: self.policy.alarm.name.clone(), policy: self.policy.name.clone() },
            wish,
            tracks: false,
            scale_in_enabled: true,
            scale_out_cooldown: self.policy.cooldown,
            scale_in_cooldown: self.policy.cooldown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{awss_scale_in, awss_scale_out};
    use super::*;
    use crate::kernel::Thousandths;

    /// Application Auto Scaling guide, "Step adjustments": capacity 10, threshold 50 %; 60 % makes 11, 70 % 14, 40 %
    /// 13, 30 % 10.
    #[test]
    fn awss_example_of_steps() {
        let (out, into) = (awss_scale_out(), awss_scale_in());
        let after = |policy: &StepScaling, capacity, value| {
            policy.step_for(value).map(|step| policy.adjusted(capacity, step.adjustment))
        };
        assert_eq!(after(&out, 10, 59.9), Some(10), "unchanged between 40 and 60");
        assert_eq!(after(&out, 10, 60.0), Some(11));
        assert_eq!(after(&out, 11, 70.0), Some(14));
        assert_eq!(after(&into, 14, 40.0), Some(13));
        assert_eq!(after(&into, 13, 30.0), Some(10));
        assert_eq!(after(&into, 10, 40.1), Some(10), "unchanged between 40 and 60");
        assert_eq!(after(&out, 10, 49.9), None, "below the threshold this policy has no step");
    }

    /// API `StepAdjustment`, for a threshold of 50: bounds 0 and 10 mean "greater than or equal to 50 and less than
    /// 60", bounds -10 and 0 "greater than 40 and less than or equal to 50".
    #[test]
    fn bounds_belong_to_the_step_nearer_the_threshold() {
        let range = |policy: &StepScaling, value| policy.step_for(value).map(|step| step.adjustment);
        let (out, into) = (awss_scale_out(), awss_scale_in());
        assert_eq!([50.0, 59.999, 60.0, 69.999, 70.0].map(|v| range(&out, v)), [0, 0, 10, 10, 30].map(Some));
        assert_eq!(
            [50.0, 40.001, 40.0, 30.001, 30.0].map(|v| range(&into, v)),
            [0, 0, -10, -10, -30].map(Some)
        );
    }

    /// Application Auto Scaling guide, "Scaling adjustment types": 12.7 is rounded to 12, .67 to 1, -.58 to -1 and
    /// -6.67 to -6.
    #[test]
    fn percentages_are_rounded_as_documented() {
        assert_eq!(percent_of(127, 10), 12);
        assert_eq!(percent_of(67, 1), 1);
        assert_eq!(percent_of(58, -1), -1);
        assert_eq!(percent_of(667, -1), -6);
        assert_eq!([percent_of(10, 10), percent_of(0, 50), percent_of(10, -10)], [1, 0, -1]);
    }

    /// API `StepScalingPolicyConfiguration`, `MinAdjustmentMagnitude`: 25 % of 4 tasks is 1, with a magnitude of 2 it
    /// is 2.
    #[test]
    fn a_percentage_has_a_least_magnitude() {
        let with = |min_adjustment_magnitude| StepScaling { min_adjustment_magnitude, ..awss_scale_out() };
        assert_eq!(with(None).adjusted(4, 25), 5);
        assert_eq!(with(Some(2)).adjusted(4, 25), 6);
        assert_eq!(with(Some(2)).adjusted(4, -25), 2);
        assert_eq!(with(Some(2)).adjusted(100, 25), 125);
        assert_eq!(with(Some(9)).adjusted(4, -25), 0);
        assert_eq!(with(Some(2)).adjusted(4, 0), 4);
    }

    /// Application Auto Scaling guide, "Scaling adjustment types": with capacity 3 and adjustment 5,
    /// `ChangeInCapacity` makes 8 and `ExactCapacity` 5.
    #[test]
    fn adjustment_types_are_awss() {
        let by = |adjustment_type| StepScaling {
            adjustment_type,
            min_adjustment_magnitude: Some(9),
            ..awss_scale_out()
        };
        assert_eq!(by(AdjustmentType::ChangeInCapacity).adjusted(3, 5), 8);
        assert_eq!(by(AdjustmentType::ChangeInCapacity).adjusted(3, -5), 0);
        assert_eq!(by(AdjustmentType::ExactCapacity).adjusted(3, 5), 5);
    }

    /// API `StepScalingPolicyConfiguration`, `MetricAggregationType`.
    #[test]
    fn datapoints_are_aggregated_as_set() {
        let of = |aggregation: MetricAggregationType| aggregation.of([60.0, 80.0, 70.0].into_iter());
        assert_eq!(of(MetricAggregationType::Average), Some(70.0));
        assert_eq!(of(MetricAggregationType::Minimum), Some(60.0));
        assert_eq!(of(MetricAggregationType::Maximum), Some(80.0));
        assert_eq!(MetricAggregationType::Average.of(std::iter::empty()), None);
    }

    /// Application Auto Scaling guide, "How step scaling works": the policy acts while its alarm is in ALARM.
    #[test]
    fn only_in_alarm_does_a_policy_want_anything() {
        use crate::kernel::{SimDuration, SimTime};
        let mut scaler = StepScaler::new(awss_scale_out());
        let standing = Standing { running: 10, desired: 10, deployment_in_progress: false };
        assert_eq!(scaler.vote(standing).wish, Wish::Nothing);
        for (minute, value, wish) in [
            (1, 60.0, Wish::Out(11)),
            (2, 75.0, Wish::Out(13)),
            (3, 55.0, Wish::Stay),
            (4, 45.0, Wish::Nothing),
        ] {
            scaler.alarm_mut().observe(SimTime::ZERO + SimDuration::from_secs(60) * minute, Some(value));
            assert_eq!(scaler.vote(standing).wish, wish, "{value} %");
        }
        assert_eq!(scaler.policy().alarm.threshold, Thousandths::whole(50));
    }
}
