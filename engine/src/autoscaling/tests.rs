//! The whole of it, minute by minute.

#[cfg(not(target_arch = "wasm32"))]
mod properties;

use super::examples::{awss_scale_in, awss_scale_out, tracking};
use super::*;
use crate::cloudwatch::AlarmState;
use crate::kernel::SimDuration;

const CPU: ScalingMetric = ScalingMetric::EcsServiceAverageCpuUtilization;
const REQUESTS: ScalingMetric = ScalingMetric::AlbRequestCountPerTarget { group: TargetGroupId::new(0) };

fn settings(min_capacity: u32, max_capacity: u32, policies: Vec<Policy>) -> ScalingSettings {
    let target = ScalableTarget { min_capacity, max_capacity, suspended: SuspendedState::default() };
    ScalingSettings { target, policies, scheduled_actions: Vec::new() }
}

fn tracks(name: &str, metric: ScalingMetric, target_value: i32) -> Policy {
    Policy::TargetTracking(tracking(name, metric, target_value))
}

fn minute(number: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(60) * number
}

fn standing(running: u32, desired: u32) -> Standing {
    Standing { running, desired, deployment_in_progress: false }
}

/// A service whose tasks start and stop at once.
struct Service {
    scaler: AutoScaler,
    desired: u32,
    deploying: bool,
    minute: u64,
}

impl Service {
    fn new(settings: &ScalingSettings, desired: u32) -> Self {
        assert_eq!(settings.validate(), Ok(()));
        let scaler = AutoScaler::new(settings, "service/demo/web", Calendar::default());
        Self { scaler, desired, deploying: false, minute: 0 }
    }

    fn standing(&self) -> Standing {
        Standing { deployment_in_progress: self.deploying, ..standing(self.desired, self.desired) }
    }

    /// Lets a minute pass in which this was measured.
    fn pass(&mut self, cpu: Option<f64>, requests: Option<f64>) -> Evaluation {
        self.minute += 1;
        let inputs = Inputs {
            standing: self.standing(),
            cpu: cpu.map(Spread::level),
            memory: None,
            request_count_per_target: requests
                .map(|count| (TargetGroupId::new(0), count))
                .into_iter()
                .collect(),
        };
        let evaluation = self.scaler.end_of_minute(minute(self.minute), &inputs);
        if let Decision::Scale(activity) = &evaluation.decision {
            self.desired = activity.to;
        }
        evaluation
    }
}

/// Application Auto Scaling guide, "Step adjustments", the whole example: 10 tasks; at 60 % 11, at 70 % 14, at 40 % 13,
/// at 30 % 10; in between nothing.
#[test]
fn awss_example_of_step_scaling_minute_by_minute() {
    let policies = vec![Policy::StepScaling(awss_scale_out()), Policy::StepScaling(awss_scale_in())];
    let mut service = Service::new(&settings(1, 100, policies), 10);
    let mut trace = Vec::new();
    for cpu in [50.0, 55.0, 60.0, 50.0, 70.0, 45.0, 40.0, 50.0, 30.0, 50.0] {
        service.pass(Some(cpu), None);
        trace.push(service.desired);
    }
    assert_eq!(trace, [10, 10, 11, 11, 14, 14, 13, 13, 10, 10]);
}

/// CloudWatch guide, "Using Amazon CloudWatch alarms": while an alarm lasts it invokes Auto Scaling once per minute.
/// Application Auto Scaling guide, "How step scaling works": adjustments go on until it is over.
#[test]
fn step_scaling_goes_on_while_the_alarm_lasts() {
    let mut service = Service::new(&settings(1, 100, vec![Policy::StepScaling(awss_scale_out())]), 10);
    let mut trace = Vec::new();
    for _ in 0..4 {
        let evaluation = service.pass(Some(65.0), None);
        trace.push((service.desired, evaluation.alarms.len()));
    }
    assert_eq!(trace, [(11, 1), (12, 0), (13, 0), (14, 0)]);
}

/// Target tracking with AWS's defaults and a load that spreads evenly: out after three minutes; within the cooldown of
/// 300 s only the part of a larger scale-out that was not added before; the rest when it is over; in after fifteen
/// minutes below 90 % of the target, and never back above the target.
#[test]
fn target_tracking_minute_by_minute() {
    let mut service = Service::new(&settings(1, 20, vec![tracks("cpu", CPU, 50)]), 4);
    let mut trace = Vec::new();
    let mut run = |minutes: u64, load: f64| {
        for _ in 0..minutes {
            let cpu = load / f64::from(service.desired);
            if let Decision::Scale(activity) = service.pass(Some(cpu), None).decision {
                trace.push((service.minute, activity.from, activity.to));
            }
        }
    };
    run(2, 180.0); // 45 % each of 4
    run(4, 300.0); // 75 % from minute 3 on; 6 bring it to 50 %
    run(14, 450.0); // 75 % again from minute 7 on: 9 are needed, 3 more where 2 were added
    run(30, 160.0); // 18 % of 9 from minute 21 on: 4 bring it to 40 %
    assert_eq!(trace, [(5, 4, 6), (9, 6, 7), (14, 7, 9), (35, 9, 4)]);
}

/// Application Auto Scaling guide, "Scaling activities": the cause names alarm and policy, as captured from a service.
#[test]
fn an_activity_names_its_alarm_and_policy() {
    let mut service = Service::new(&settings(1, 20, vec![tracks("appScalingPolicy", CPU, 50)]), 1);
    let evaluations = [90.0; 3].map(|cpu| service.pass(Some(cpu), None));
    let Decision::Scale(activity) = &evaluations[2].decision else {
        panic!("it scales out: {evaluations:?}");
    };
    assert_eq!(
        activity.cause.to_string(),
        "monitor alarm TargetTracking-service/demo/web-AlarmHigh-appScalingPolicy in state ALARM triggered policy \
         appScalingPolicy"
    );
    assert_eq!(activity.description(), "Setting desired count to 2.");
    let [change] = &evaluations[2].alarms[..] else {
        panic!("one alarm changes: {evaluations:?}");
    };
    assert_eq!((change.policy.as_str(), change.change.after), ("appScalingPolicy", AlarmState::Alarm));
    assert!(
        change.change.reason.to_string().starts_with("Threshold Crossed: 3 out of the last 3 datapoints")
    );
}

/// Application Auto Scaling guide, "Multiple scaling policies": with two policies one is enough to scale out, both must
/// be ready to scale in, and the larger capacity counts.
#[test]
fn two_policies_scale_out_alone_and_in_together() {
    let policies = vec![tracks("cpu", CPU, 50), tracks("requests", REQUESTS, 1_000)];
    let mut service = Service::new(&settings(1, 20, policies), 4);
    for _ in 0..3 {
        service.pass(Some(10.0), Some(1_500.0));
    }
    assert_eq!(service.desired, 6, "requests want out, cpu does not");
    for _ in 0..40 {
        service.pass(Some(10.0), Some(950.0));
    }
    assert_eq!(service.desired, 6, "cpu wants in, requests do not");
    for _ in 0..15 {
        service.pass(Some(10.0), Some(500.0));
    }
    assert_eq!(service.desired, 3, "both want in; cpu would leave 2");
}

/// ECS guide, "Available metrics": without a RUNNING task there is no CPU metric, and so no way out of zero; with the
/// request count there is (Application Auto Scaling guide, "Choose metrics").
#[test]
fn cpu_cannot_wake_a_service_and_requests_can() {
    let mut asleep = Service::new(&settings(0, 20, vec![tracks("cpu", CPU, 50)]), 0);
    for _ in 0..40 {
        assert_eq!(asleep.pass(None, Some(5_000.0)).decision, Decision::Rest);
    }
    let mut service = Service::new(&settings(0, 20, vec![tracks("requests", REQUESTS, 1_000)]), 0);
    service.pass(None, Some(0.0));
    assert_eq!(service.desired, 0);
    service.pass(None, Some(5_000.0));
    assert_eq!(service.desired, 1, "by one, after one datapoint");
}

/// Application Auto Scaling guide, "Including not scaled activities": of equal ones in a row only the first is recorded.
#[test]
fn the_same_refusal_is_recorded_once() {
    let mut service = Service::new(&settings(1, 4, vec![tracks("cpu", CPU, 50)]), 4);
    let mut recorded = Vec::new();
    for cpu in [90.0, 90.0, 90.0, 90.0, 90.0, 10.0, 90.0, 90.0, 90.0] {
        let evaluation = service.pass(Some(cpu), None);
        let at_max = matches!(
            &evaluation.decision,
            Decision::NotScaled(NotScaled { reason: NotScaledReason::AlreadyAtMaxCapacity(4), .. })
        );
        recorded.push((at_max, evaluation.recorded));
    }
    let (quiet, first, again) = ((false, false), (true, true), (true, false));
    assert_eq!(recorded, [quiet, quiet, first, again, again, quiet, quiet, quiet, first]);
}

/// ECS guide, "Service auto scaling and deployments": a service stays large while it is being deployed.
#[test]
fn a_deployment_keeps_a_service_large() {
    let mut service = Service::new(&settings(1, 20, vec![tracks("cpu", CPU, 50)]), 8);
    service.deploying = true;
    for _ in 0..30 {
        service.pass(Some(10.0), None);
    }
    assert_eq!(service.desired, 8);
    service.deploying = false;
    service.pass(Some(10.0), None);
    assert_eq!(service.desired, 2, "the alarm has been waiting");
}

/// API `RegisterScalableTarget`: a count outside the new bounds is moved inside at once.
#[test]
fn new_bounds_move_the_count_at_once() {
    let mut service = Service::new(&settings(1, 20, Vec::new()), 8);
    let bounds = |min_capacity, max_capacity| ScalableTarget {
        min_capacity,
        max_capacity,
        suspended: SuspendedState::default(),
    };
    let moved = service.scaler.register(minute(1), bounds(2, 5), standing(8, 8));
    let cause = Cause::Bounds(Bound::Maximum(5));
    assert_eq!(moved, Ok(Some(ScalingActivity { at: minute(1), cause, from: 8, to: 5 })));
    assert_eq!(service.scaler.register(minute(1), bounds(2, 5), standing(5, 5)), Ok(None));
    let refused = service.scaler.register(minute(1), bounds(6, 5), standing(5, 5));
    assert_eq!(refused, Err(ScalingRefused::MaxBelowMin));
    assert_eq!(*service.scaler.target(), bounds(2, 5));
}

fn action(
    name: &str,
    schedule: &str,
    min_capacity: Option<u32>,
    max_capacity: Option<u32>,
) -> ScheduledAction {
    let schedule = schedule.parse().unwrap_or_else(|refused| panic!("{schedule}: {refused}"));
    ScheduledAction { name: name.to_owned(), schedule, min_capacity, max_capacity }
}

/// Application Auto Scaling guide, "Scheduled scaling": below the new minimum it scales out to it, above the new maximum
/// in to it, otherwise the bounds alone change.
#[test]
fn scheduled_actions_set_bounds() {
    let mut settings = settings(1, 4, Vec::new());
    settings.scheduled_actions = vec![
        action("evening", "cron(0 20 ? * MON-FRI *)", Some(1), Some(2)),
        action("morning", "cron(0 8 ? * MON-FRI *)", Some(6), Some(12)),
        action("noon", "cron(0 12 ? * MON-FRI *)", Some(8), None),
    ];
    let mut service = Service::new(&settings, 3);
    let mut now = SimTime::ZERO;
    let mut trace = Vec::new();
    for _ in 0..4 {
        now = service.scaler.next_scheduled(now).expect("there are working days ahead");
        for activity in service.scaler.run_scheduled(now, service.standing()) {
            service.desired = activity.to;
            trace.push((now.to_string(), activity.cause.to_string(), activity.to));
        }
        now += SimDuration::from_micros(1);
    }
    let expected = [
        ("8:00:00.000", "minimum capacity was set to 6", 6),
        ("12:00:00.000", "minimum capacity was set to 8", 8),
        ("20:00:00.000", "maximum capacity was set to 2", 2),
        ("32:00:00.000", "minimum capacity was set to 6", 6),
    ];
    assert_eq!(trace, expected.map(|(at, cause, to)| (at.to_owned(), cause.to_owned(), to)));
    assert_eq!(service.scaler.run_scheduled(minute(1), standing(9, 9)), [], "nothing is due");
}

/// The same guide: scheduled actions do not wait for a cooldown. "Suspending and resuming scaling": suspended, they do
/// not run at all.
#[test]
fn scheduled_actions_ignore_cooldowns_and_heed_suspension() {
    let mut settings = settings(1, 20, vec![tracks("cpu", CPU, 50)]);
    settings.scheduled_actions = vec![action("soon", "rate(4 minutes)", Some(10), None)];
    let mut service = Service::new(&settings, 4);
    for _ in 0..3 {
        service.pass(Some(75.0), None);
    }
    assert_eq!(service.desired, 6);
    assert!(service.scaler.cooldown().running(minute(4)).is_some());
    let activities = service.scaler.run_scheduled(minute(4), standing(6, 6));
    assert_eq!(activities.iter().map(|activity| activity.to).collect::<Vec<_>>(), [10]);

    settings.target.suspended.scheduled_scaling = true;
    let mut suspended = Service::new(&settings, 4);
    assert_eq!(suspended.scaler.run_scheduled(minute(4), standing(4, 4)), []);
    assert_eq!(suspended.scaler.target().min_capacity, 1);
}

/// A bound that would pass the other one takes it along, and a deployment lets a new maximum take nothing away: both our
/// choices.
#[test]
fn a_scheduled_bound_takes_the_other_along() {
    let mut settings = settings(2, 4, Vec::new());
    settings.scheduled_actions =
        vec![action("up", "rate(1 hour)", Some(6), None), action("down", "rate(7 minutes)", None, Some(1))];
    let mut service = Service::new(&settings, 3);
    let deploying = Standing { deployment_in_progress: true, ..standing(3, 3) };
    assert_eq!(service.scaler.run_scheduled(minute(7), deploying), []);
    assert_eq!((service.scaler.target().min_capacity, service.scaler.target().max_capacity), (1, 1));
    assert_eq!(service.scaler.run_scheduled(minute(60), standing(3, 3)).len(), 1);
    assert_eq!((service.scaler.target().min_capacity, service.scaler.target().max_capacity), (6, 6));
}

/// The alarms can be looked at, those of target tracking in twos.
#[test]
fn alarms_come_in_the_order_of_the_policies() {
    let policies = vec![Policy::StepScaling(awss_scale_out()), tracks("cpu", CPU, 50)];
    let service = Service::new(&settings(1, 4, policies), 1);
    let names: Vec<&str> = service.scaler.alarms().map(|(_, alarm)| alarm.settings().name.as_str()).collect();
    assert_eq!(
        names,
        [
            "out-alarm",
            "TargetTracking-service/demo/web-AlarmHigh-cpu",
            "TargetTracking-service/demo/web-AlarmLow-cpu"
        ]
    );
}
