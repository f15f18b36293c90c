//! Target tracking: two alarms of its own, and a capacity in proportion to the metric (Application Auto Scaling
//! guide, "How target tracking scaling works").

use super::decision::{Cause, Standing, Vote, Wish};
use super::settings::{ScalingMetric, TargetTracking};
use crate::choices;
use crate::cloudwatch::{
    Alarm, AlarmSettings, AlarmState, ComparisonOperator, Spread, Statistic, TreatMissingData,
};
use crate::kernel::{SimDuration, Thousandths};

/// A policy with the alarms that Application Auto Scaling made for it.
#[derive(Clone, Debug)]
pub struct TargetTracker {
    policy: TargetTracking,
    high: Alarm,
    low: Alarm,
}

/// Less than this part of a task is a rounding error of floating-point arithmetic.
const NOISE: f64 = 1e-9;

/// The fewest tasks with which the metric would not be above the target value, if load spreads evenly: `running`
/// times metric over target value, rounded up ("rounding up or down when it determines how much capacity to add or
/// remove"; the formula is ours, see [`crate::choices`]).
pub fn capacity_for(running: u32, metric: f64, target_value: Thousandths) -> u32 {
    let needed = f64::from(running) * metric / target_value.as_f64();
    // An undefined number becomes 0 by the conversion, a large one the largest capacity.
    libm::ceil(needed - NOISE).max(0.0) as u32
}

impl TargetTracker {
    /// The policy on a resource such as `service/CLUSTER/SERVICE`, with its two alarms.
    pub fn new(policy: TargetTracking, resource: &str) -> Self {
        let alarm = |kind: &str, comparison, threshold, datapoints| {
            Alarm::new(AlarmSettings {
                name: format!("TargetTracking-{resource}-{kind}-{}", policy.name),
                comparison,
                threshold,
                period: SimDuration::from_secs(60),
                evaluation_periods: datapoints,
                datapoints_to_alarm: datapoints,
                statistic: match policy.metric {
                    ScalingMetric::AlbRequestCountPerTarget { .. } => Statistic::Sum,
                    _ => Statistic::Average,
                },
                treat_missing_data: TreatMissingData::Missing,
            })
        };
        let target = policy.target_value;
        let low_threshold = target.percent(choices::ALARM_LOW_PERCENT);
        let high = alarm(
            "AlarmHigh",
            ComparisonOperator::GreaterThanThreshold,
            target,
            choices::ALARM_HIGH_DATAPOINTS,
        );
        let low = alarm(
            "AlarmLow",
            ComparisonOperator::LessThanThreshold,
            low_threshold,
            choices::ALARM_LOW_DATAPOINTS,
        );
        Self { policy, high, low }
    }

    /// The policy.
    pub const fn policy(&self) -> &TargetTracking {
        &self.policy
    }

    /// `AlarmHigh` and `AlarmLow`.
    pub const fn alarms(&self) -> [&Alarm; 2] {
        [&self.high, &self.low]
    }

    pub(super) fn alarms_mut(&mut self) -> [&mut Alarm; 2] {
        [&mut self.high, &mut self.low]
    }

    /// What the policy wants, given the metric of the latest minute. Without one it wants nothing: missing data is
    /// never taken for low load.
    pub fn vote(&self, standing: Standing, minute: Option<Spread>) -> Vote {
        let TargetTracking { target_value, disable_scale_in, .. } = self.policy;
        let by_alarm = |alarm: &Alarm| Cause::Alarm {
            alarm: alarm.settings().name.clone(),
            policy: self.policy.name.clone(),
        };
        let mut cause = by_alarm(&self.high);
        let metric = minute.map(|minute| minute.average);
        let wish = match metric {
            None => Wish::Nothing,
            Some(metric) if standing.running == 0 && standing.desired == 0 => {
                cause = Cause::FromZero { policy: self.policy.name.clone() };
                if metric > 0.0 { Wish::Out(1) } else { Wish::Nothing }
            }
            Some(_) if standing.running == 0 => Wish::Nothing,
            Some(metric) if self.high.state() == AlarmState::Alarm => {
                Wish::Out(capacity_for(standing.running, metric, target_value).max(standing.running))
            }
            Some(metric) if self.low.state() == AlarmState::Alarm && !disable_scale_in => {
                cause = by_alarm(&self.low);
                Wish::In(capacity_for(standing.running, metric, target_value).min(standing.running))
            }
            Some(_) => Wish::Nothing,
        };
        Vote {
            cause,
            wish,
            tracks: true,
            scale_in_enabled: !disable_scale_in,
            scale_out_cooldown: self.policy.scale_out_cooldown,
            scale_in_cooldown: self.policy.scale_in_cooldown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::COOLDOWN;
    use super::*;
    use crate::kernel::SimTime;

    fn tracker(target_value: i32, disable_scale_in: bool) -> TargetTracker {
        let policy = TargetTracking {
            name: "cpu".to_owned(),
            metric: ScalingMetric::EcsServiceAverageCpuUtilization,
            target_value: Thousandths::whole(target_value),
            scale_out_cooldown: COOLDOWN,
            scale_in_cooldown: COOLDOWN,
            disable_scale_in,
        };
        TargetTracker::new(policy, "service/demo/web")
    }

    fn standing(running: u32, desired: u32) -> Standing {
        Standing { running, desired, deployment_in_progress: false }
    }

    /// Shows the tracker these minutes and returns the minutes at whose end each alarm changed.
    fn changes(tracker: &mut TargetTracker, minutes: &[Option<f64>]) -> Vec<(u64, String)> {
        let mut changes = Vec::new();
        for (number, minute) in (1..).zip(minutes) {
            let end = SimTime::ZERO + SimDuration::from_secs(60) * number;
            for alarm in tracker.alarms_mut() {
                if let Some(change) = alarm.observe_minute(end, minute.map(Spread::level)) {
                    changes.push((number, format!("{} {}", alarm.settings().name, change.after)));
                }
            }
        }
        changes
    }

    /// Application Auto Scaling guide, "Create a target tracking scaling policy": it makes two alarms and names them.
    /// That they need 3 of 3 minutes above the target and 15 of 15 below 90 % of it is observed, not documented.
    #[test]
    fn two_alarms_are_made_of_a_policy() {
        let mut tracker = tracker(30, false);
        let [high, low] = tracker.alarms();
        assert_eq!(high.settings().name, "TargetTracking-service/demo/web-AlarmHigh-cpu");
        assert_eq!(low.settings().name, "TargetTracking-service/demo/web-AlarmLow-cpu");
        assert_eq!(high.settings().threshold, Thousandths::whole(30));
        assert_eq!(low.settings().threshold, Thousandths::whole(27));
        assert_eq!(high.settings().validate(), Ok(()));
        let seen = changes(&mut tracker, &[Some(26.9); 16]);
        let named = |kind: &str| format!("TargetTracking-service/demo/web-{kind}-cpu");
        assert_eq!(
            seen,
            [(1, format!("{} OK", named("AlarmHigh"))), (15, format!("{} ALARM", named("AlarmLow")))]
        );
    }

    /// The same guide: "rounding up ... prevents it from adding insufficient capacity": 1.5 tasks too few means 2 more.
    #[test]
    fn scaling_out_is_in_proportion_and_rounded_up() {
        let target = Thousandths::whole(50);
        assert_eq!(capacity_for(3, 75.0, target), 5, "4.5 are needed");
        assert_eq!(capacity_for(4, 100.0, target), 8);
        assert_eq!(capacity_for(2, 50.1, target), 3);
        assert_eq!(capacity_for(3, 0.3, Thousandths::new(100)), 9, "no rounding error makes it 10");
        assert_eq!(capacity_for(3, f64::NAN, target), 0);
        assert_eq!(capacity_for(3, f64::INFINITY, target), u32::MAX);
    }

    /// The same guide, "Considerations": "removing too much capacity" is prevented. The metric does not go back above
    /// the target value, and when it would with one task fewer, nothing is removed.
    #[test]
    fn scaling_in_leaves_the_metric_below_the_target() {
        let target = Thousandths::whole(50);
        for running in 1..=40_u32 {
            for metric in 0..45 {
                let metric = f64::from(metric);
                let left = capacity_for(running, metric, target);
                assert!(left <= running);
                if left > 0 {
                    assert!(f64::from(running) * metric / f64::from(left) <= 50.0 + 1e-6);
                }
            }
        }
        assert_eq!(capacity_for(2, 40.0, target), 2, "one task would be at 80 %");
    }

    /// ECS guide, "Available metrics" and "Target tracking": no datapoint, no scaling; missing data is not low load.
    #[test]
    fn without_data_nothing_is_wanted() {
        let mut tracker = tracker(50, false);
        changes(&mut tracker, &[Some(10.0); 15]);
        assert_eq!(tracker.vote(standing(4, 4), Some(Spread::level(10.0))).wish, Wish::In(1));
        assert_eq!(tracker.vote(standing(4, 4), None).wish, Wish::Nothing);
        let mut silent = self::tracker(50, false);
        assert_eq!(
            changes(&mut silent, &[None; 40]),
            [],
            "an alarm without data never leaves INSUFFICIENT_DATA"
        );
    }

    /// ECS guide, "Service auto scaling", Considerations: from 0 it waits for one datapoint, adds as little as
    /// possible, and goes on from the running count.
    #[test]
    fn from_zero_one_datapoint_is_enough() {
        let tracker = tracker(50, false);
        let wish =
            |desired, metric: Option<f64>| tracker.vote(standing(0, desired), metric.map(Spread::level)).wish;
        assert_eq!(wish(0, Some(400.0)), Wish::Out(1));
        assert_eq!(wish(0, Some(0.0)), Wish::Nothing);
        assert_eq!(wish(0, None), Wish::Nothing);
        assert_eq!(wish(1, Some(400.0)), Wish::Nothing, "the first task is on its way");
    }

    /// Application Auto Scaling guide, "Choose metrics": with a metric that emits real zeros it can scale in to 0.
    #[test]
    fn real_zeros_scale_in_to_zero() {
        let mut tracker = tracker(50, false);
        changes(&mut tracker, &[Some(0.0); 15]);
        assert_eq!(tracker.vote(standing(3, 3), Some(Spread::level(0.0))).wish, Wish::In(0));
    }

    /// API `TargetTrackingScalingPolicyConfiguration`, `DisableScaleIn`.
    #[test]
    fn disabled_scale_in_removes_nothing() {
        let mut tracker = tracker(50, true);
        changes(&mut tracker, &[Some(1.0); 15]);
        let vote = tracker.vote(standing(4, 4), Some(Spread::level(1.0)));
        assert_eq!((vote.wish, vote.scale_in_enabled), (Wish::Nothing, false));
    }
}
