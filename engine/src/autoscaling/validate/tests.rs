//! What AWS refuses.

use super::super::examples::{awss_scale_in, awss_scale_out, step, tracking};
use super::super::settings::SuspendedState;
use super::*;
use crate::elb::TargetGroupId;

const CPU: ScalingMetric = ScalingMetric::EcsServiceAverageCpuUtilization;
const REQUESTS: ScalingMetric = ScalingMetric::AlbRequestCountPerTarget { group: TargetGroupId::new(0) };

fn of_steps(steps: &[StepAdjustment]) -> Result<(), ScalingRefused> {
    Policy::StepScaling(StepScaling { steps: steps.to_vec(), ..awss_scale_out() }).validate()
}

/// API `StepAdjustment`: no overlap, no gap; at most one open end on each side, and one where the bounds go there; never
/// both in one step.
#[test]
fn step_bounds_are_awss() {
    assert_eq!(of_steps(&awss_scale_out().steps), Ok(()));
    assert_eq!(of_steps(&awss_scale_in().steps), Ok(()));
    assert_eq!(of_steps(&[step(Some(0), None, 1)]), Ok(()));
    assert_eq!(of_steps(&[step(None, Some(0), -1), step(Some(0), None, 1)]), Ok(()));
    let (low, high) = (step(None, Some(0), -1), step(Some(0), None, 1));
    for (steps, refused) in [
        (vec![], ScalingRefused::NoSteps),
        (vec![step(None, None, 1)], ScalingRefused::StepUnbounded),
        (vec![step(Some(5), Some(5), 1), high], ScalingRefused::StepEmpty),
        (vec![step(Some(9), Some(5), 1)], ScalingRefused::StepEmpty),
        (vec![low, low, high], ScalingRefused::SeveralOpenBelow),
        (vec![high, step(Some(9), None, 1)], ScalingRefused::SeveralOpenAbove),
        (vec![step(Some(0), Some(10), 1), step(Some(5), None, 2)], ScalingRefused::StepsOverlap),
        (vec![high, step(Some(5), Some(9), 2)], ScalingRefused::StepsOverlap),
        (vec![step(Some(0), Some(10), 1), step(Some(15), None, 2)], ScalingRefused::StepsGap),
        (vec![step(Some(-10), Some(0), -1)], ScalingRefused::NotOpenBelow),
        (vec![step(Some(0), Some(10), 1)], ScalingRefused::NotOpenAbove),
        (vec![high; 21], ScalingRefused::Quota),
    ] {
        assert_eq!(of_steps(&steps), Err(refused), "{steps:?}");
    }
}

/// API `StepAdjustment`, `ScalingAdjustment`: not negative with `ExactCapacity`.
#[test]
fn an_exact_capacity_is_not_negative() {
    let exact = |adjustment| {
        let adjustment_type = AdjustmentType::ExactCapacity;
        let steps = vec![step(Some(0), None, adjustment)];
        Policy::StepScaling(StepScaling { adjustment_type, steps, ..awss_scale_out() }).validate()
    };
    assert_eq!(exact(0), Ok(()));
    assert_eq!(exact(-1), Err(ScalingRefused::ExactCapacityNegative));
}

/// ALB guide, "CloudWatch metrics": the only valid statistic of `RequestCountPerTarget` is Sum.
#[test]
fn a_statistic_goes_with_its_metric() {
    let with = |metric, statistic| {
        let mut policy = awss_scale_out();
        policy.metric = metric;
        policy.alarm.statistic = statistic;
        Policy::StepScaling(policy).validate()
    };
    assert_eq!(with(REQUESTS, Statistic::Sum), Ok(()));
    assert!(matches!(with(REQUESTS, Statistic::Average), Err(ScalingRefused::Statistic { .. })));
    assert_eq!(with(CPU, Statistic::Maximum), Ok(()));
    assert!(matches!(with(CPU, Statistic::Sum), Err(ScalingRefused::Statistic { .. })));
}

/// API `PutScalingPolicy`: `PolicyName` has 1 to 256 characters. The alarm of a step scaling policy is CloudWatch's.
#[test]
fn names_target_values_and_alarms_are_checked() {
    let policy = |change: fn(&mut TargetTracking)| {
        let mut policy = tracking("cpu", CPU, 50);
        change(&mut policy);
        Policy::TargetTracking(policy).validate()
    };
    assert_eq!(policy(|_| ()), Ok(()));
    assert_eq!(policy(|policy| policy.name.clear()), Err(ScalingRefused::Name));
    assert_eq!(policy(|policy| policy.name = "x".repeat(257)), Err(ScalingRefused::Name));
    assert_eq!(policy(|policy| policy.target_value = Thousandths::ZERO), Err(ScalingRefused::TargetValue));
    let mut steps = awss_scale_out();
    steps.alarm.datapoints_to_alarm = 2;
    let refused = Policy::StepScaling(steps).validate();
    assert_eq!(refused, Err(ScalingRefused::Alarm(AlarmRefused::DatapointsToAlarm(1))));
}

fn settings() -> ScalingSettings {
    ScalingSettings {
        target: ScalableTarget { min_capacity: 1, max_capacity: 4, suspended: SuspendedState::default() },
        policies: vec![
            Policy::TargetTracking(tracking("cpu", CPU, 50)),
            Policy::TargetTracking(tracking("requests", REQUESTS, 1_000)),
            Policy::StepScaling(awss_scale_out()),
        ],
        scheduled_actions: vec![ScheduledAction {
            name: "morning".to_owned(),
            schedule: "rate(1 day)".parse().expect("it is a rate"),
            min_capacity: Some(2),
            max_capacity: None,
        }],
    }
}

/// Settings survive being written and read.
#[test]
fn settings_can_be_written_and_read() {
    let mut written = settings();
    for schedule in ["cron(0/5 8-17 ? * MON-FRI 2026)", "at(2026-01-05T09:30:00)"] {
        let action = ScheduledAction {
            name: schedule.to_owned(),
            schedule: schedule.parse().expect("it is a schedule"),
            ..written.scheduled_actions[0].clone()
        };
        written.scheduled_actions.push(action);
    }
    let text = serde_json::to_string(&written).expect("it can be written");
    assert_eq!(serde_json::from_str::<ScalingSettings>(&text).expect("it can be read"), written);
}

/// API `RegisterScalableTarget`; Application Auto Scaling guide, "Considerations" (one target-tracking policy a metric)
/// and "Scheduled scaling" (names are unique; one bound is enough).
#[test]
fn the_whole_is_checked() {
    assert_eq!(settings().validate(), Ok(()));
    let refused = |change: fn(&mut ScalingSettings)| {
        let mut settings = settings();
        change(&mut settings);
        settings.validate()
    };
    let below = refused(|settings| settings.target.min_capacity = 5);
    assert_eq!(below, Err(ScalingRefused::MaxBelowMin));
    assert_eq!(
        below.map_err(|refused| refused.to_string()),
        Err("Maximum capacity cannot be less than minimum capacity".to_owned())
    );
    assert_eq!(
        refused(|settings| settings.policies.push(Policy::TargetTracking(tracking("again", CPU, 60)))),
        Err(ScalingRefused::MetricTaken("ECSServiceAverageCPUUtilization"))
    );
    assert_eq!(
        refused(|settings| settings.policies.push(settings.policies[2].clone())),
        Err(ScalingRefused::NameTaken("out".to_owned()))
    );
    assert_eq!(
        refused(|settings| settings.policies = vec![settings.policies[2].clone(); 51]),
        Err(ScalingRefused::Quota)
    );
    let action = |change: fn(&mut ScheduledAction)| {
        let mut settings = settings();
        change(&mut settings.scheduled_actions[0]);
        settings.validate()
    };
    assert_eq!(action(|action| action.min_capacity = None), Err(ScalingRefused::NothingScheduled));
    assert_eq!(action(|action| action.max_capacity = Some(1)), Err(ScalingRefused::MaxBelowMin));
    assert_eq!(action(|action| action.name.clear()), Err(ScalingRefused::Name));
    assert_eq!(
        refused(|settings| settings.scheduled_actions.push(settings.scheduled_actions[0].clone())),
        Err(ScalingRefused::NameTaken("morning".to_owned()))
    );
}
