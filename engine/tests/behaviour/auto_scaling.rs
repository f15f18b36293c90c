//! Application Auto Scaling at work on a service: out, in, and when not.

use albatross_engine::autoscaling::{
    AdjustmentType, COOLDOWN, MetricAggregationType, NotScaledReason, Policy, ScalableTarget, ScalingMetric,
    ScalingSettings, ScheduledAction, StepAdjustment, StepScaling, SuspendedState, TargetTracking,
};
use albatross_engine::cloudwatch::{
    AlarmSettings, AlarmState, ComparisonOperator, Statistic, TreatMissingData,
};
use albatross_engine::command::StopType;
use albatross_engine::ecs::Release;
use albatross_engine::kernel::{SimDuration, Thousandths};
use albatross_engine::trace::Notice;
use albatross_engine::traffic::RequestRate;
use albatross_engine::{Activity, Command, Refusal, Scenario, Simulation};

use crate::world::*;

const CPU: ScalingMetric = ScalingMetric::EcsServiceAverageCpuUtilization;
const REQUESTS: ScalingMetric = ScalingMetric::AlbRequestCountPerTarget { group: FIRST_GROUP };

fn tracks(name: &str, metric: ScalingMetric, target_value: i32) -> Policy {
    Policy::TargetTracking(TargetTracking {
        name: name.to_owned(),
        metric,
        target_value: Thousandths::whole(target_value),
        scale_out_cooldown: COOLDOWN,
        scale_in_cooldown: COOLDOWN,
        disable_scale_in: false,
    })
}

/// A service of two tasks and so many requests a second of 100 ms: each 8 a second are 10 % of their CPU.
fn scaled(per_second: f64, bounds: (u32, u32), policies: Vec<Policy>) -> Scenario {
    let mut scenario = sized(2, per_second);
    let target = ScalableTarget {
        min_capacity: bounds.0,
        max_capacity: bounds.1,
        suspended: SuspendedState::default(),
    };
    let settings = ScalingSettings { target, policies, scheduled_actions: Vec::new() };
    scenario.scaling = vec![(FIRST_SERVICE, settings)];
    scenario
}

fn rate(simulation: &mut Simulation, per_second: f64) {
    apply(simulation, Command::SetRequestRate(RequestRate::per_second(per_second).expect("in range")));
}

/// Every change of the desired count by Auto Scaling: at which second, from and to.
fn scalings(simulation: &Simulation) -> Vec<(u64, u32, u32)> {
    let scalings = notices(simulation).into_iter().filter_map(|(at, notice)| match notice {
        Notice::Scaled { activity, .. } => Some((at.as_micros() / 1_000_000, activity.from, activity.to)),
        _ => None,
    });
    scalings.collect()
}

/// Why nothing was done, each time that it was recorded.
fn refusals(simulation: &Simulation) -> Vec<NotScaledReason> {
    let refusals = notices(simulation).into_iter().filter_map(|(_, notice)| match notice {
        Notice::NotScaled { activity, .. } => Some(activity.reason),
        _ => None,
    });
    refusals.collect()
}

fn desired(simulation: &Simulation) -> u32 {
    simulation.cluster().services()[0].desired_count()
}

/// Application Auto Scaling guide, "How target tracking scaling works": out in proportion to the metric, rounded up; in
/// more slowly. Out after 3 minutes above the target value, in after 15 below 90 % of it.
#[test]
fn target_tracking_goes_out_after_3_minutes_and_in_after_15() {
    let mut simulation = Simulation::new(&scaled(50.0, (1, 10), vec![tracks("cpu", CPU, 50)]), 7);
    run_to(&mut simulation, 300);
    assert_eq!(scalings(&simulation), [(180, 2, 3)], "62.5 % of 2 tasks are 50 % of 2.5");
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 3);
    rate(&mut simulation, 15.0);
    run_to(&mut simulation, 1_300);
    let cpu: Vec<f64> = simulation
        .metrics()
        .minutes()
        .iter()
        .map(|minute| minute.what.services[0].cpu.expect("tasks run").average)
        .collect();
    let low_from = cpu.iter().position(|cpu| *cpu < 45.0).expect("15/s are little for 3 tasks") as u64;
    assert_eq!(scalings(&simulation)[1..], [((low_from + 15) * 60, 3, 1)]);
    let scaler = simulation.scaling_of(FIRST_SERVICE).expect("it is scaled");
    let states: Vec<AlarmState> = scaler.alarms().map(|(_, alarm)| alarm.state()).collect();
    assert_eq!(states.len(), 2);
    assert_eq!(scaler.target().max_capacity, 10);
}

/// ECS guide, "Service auto scaling", Considerations: scaling in is off while a deployment is in progress. A revision that
/// never gets healthy keeps the deployment going; once that is rolled back, the service is scaled in within a minute.
#[test]
fn a_deployment_keeps_the_service_from_being_scaled_in() {
    let mut simulation = Simulation::new(&scaled(2.0, (1, 10), vec![tracks("cpu", CPU, 50)]), 7);
    run_to(&mut simulation, 60);
    apply(&mut simulation, Command::DeployRelease(FIRST_SERVICE, Release::FailsHealthCheck));
    run_to(&mut simulation, 1_200);
    assert_eq!((scalings(&simulation), desired(&simulation)), (vec![], 2));
    assert_eq!(refusals(&simulation), [NotScaledReason::DeploymentInProgress], "recorded once");
    apply(&mut simulation, Command::StopServiceDeployment(FIRST_SERVICE, StopType::Rollback));
    run_to(&mut simulation, 1_400);
    assert_eq!(desired(&simulation), 1);
}

/// Application Auto Scaling guide, "Define cooldown periods": within the scale-out cooldown a larger scale-out gets the
/// difference, and what was added counts; otherwise it waits.
#[test]
fn a_cooldown_lets_only_larger_scale_outs_through() {
    let mut simulation = Simulation::new(&scaled(50.0, (1, 10), vec![tracks("cpu", CPU, 50)]), 7);
    run_to(&mut simulation, 180);
    rate(&mut simulation, 110.0);
    run_to(&mut simulation, 560);
    let scalings = scalings(&simulation);
    assert_eq!(scalings[..2], [(180, 2, 3), (240, 3, 5)], "6 are wanted, 1 of the 3 more was added before");
    assert_eq!(scalings[2].0, 540, "300 s after the second one: {scalings:?}");
    assert!(refusals(&simulation).contains(&NotScaledReason::Cooldown(seconds(540))));
}

/// Application Auto Scaling guide, "Predefined metrics": `ALBRequestCountPerTarget` is requests per target and minute.
#[test]
fn requests_per_target_are_tracked_too() {
    let mut simulation =
        Simulation::new(&scaled(50.0, (1, 10), vec![tracks("requests", REQUESTS, 1_100)]), 7);
    run_to(&mut simulation, 400);
    assert_eq!(scalings(&simulation), [(180, 2, 3)], "1,500 for each of 2, so 3 get 1,000");
}

/// Application Auto Scaling guide, "How step scaling works": the step is chosen by how far the metric is beyond the
/// alarm's threshold, and it goes on while the alarm lasts.
#[test]
fn step_scaling_takes_the_step_of_its_alarm() {
    let step = |lower, upper: Option<i32>, adjustment| StepAdjustment {
        lower_bound: Some(Thousandths::whole(lower)),
        upper_bound: upper.map(Thousandths::whole),
        adjustment,
    };
    let policy = Policy::StepScaling(StepScaling {
        name: "steps".to_owned(),
        alarm: AlarmSettings {
            name: "cpu-high".to_owned(),
            comparison: ComparisonOperator::GreaterThanOrEqualToThreshold,
            threshold: Thousandths::whole(60),
            period: SimDuration::from_secs(60),
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
            statistic: Statistic::Average,
            treat_missing_data: TreatMissingData::Missing,
        },
        metric: CPU,
        adjustment_type: AdjustmentType::ChangeInCapacity,
        steps: vec![step(0, Some(20), 1), step(20, None, 3)],
        min_adjustment_magnitude: None,
        cooldown: COOLDOWN,
        aggregation: MetricAggregationType::Average,
    });
    let run = |per_second| {
        let mut simulation = Simulation::new(&scaled(per_second, (1, 10), vec![policy.clone()]), 7);
        run_to(&mut simulation, 300);
        scalings(&simulation)
    };
    assert_eq!(run(56.0), [(120, 2, 3)], "70 %: 10 above the threshold");
    assert_eq!(run(72.0), [(120, 2, 5)], "90 %: 30 above it");
    assert_eq!(run(40.0), []);
}

/// Application Auto Scaling guide, "Scheduled scaling": the action sets bounds, and the desired count is moved inside.
#[test]
fn scheduled_actions_move_the_count_inside_their_bounds() {
    let action = |name: &str, schedule: &str, min_capacity, max_capacity| ScheduledAction {
        name: name.to_owned(),
        schedule: schedule.parse().expect("it is a schedule"),
        min_capacity,
        max_capacity,
    };
    let mut scenario = scaled(10.0, (1, 10), Vec::new());
    scenario.scaling[0].1.scheduled_actions = vec![
        action("morning", "at(2026-01-05T00:05:00)", Some(4), None),
        action("evening", "cron(10 0 * * ? *)", Some(1), Some(3)),
    ];
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 299);
    assert_eq!(desired(&simulation), 2);
    run_to(&mut simulation, 86_400 + 700);
    assert_eq!(scalings(&simulation), [(300, 2, 4), (600, 4, 3)]);
    let target = simulation.scaling_of(FIRST_SERVICE).expect("it is scaled").target();
    assert_eq!((target.min_capacity, target.max_capacity), (1, 3));
    assert!(log(&simulation).contains("Setting desired count to 4. Cause: minimum capacity was set to 4."));
}

/// Application Auto Scaling guide, "How target tracking scaling works", "Multiple scaling policies": out if any is ready,
/// to the largest capacity; in only if all are.
#[test]
fn several_policies_go_out_alone_and_in_together() {
    let policies = || vec![tracks("cpu", CPU, 50), tracks("requests", REQUESTS, 700)];
    let mut simulation = Simulation::new(&scaled(50.0, (1, 10), policies()), 7);
    run_to(&mut simulation, 200);
    assert_eq!(scalings(&simulation), [(180, 2, 5)], "3 by CPU, 5 by requests");

    let policies = vec![tracks("cpu", CPU, 95), tracks("requests", REQUESTS, 950)];
    let mut simulation = Simulation::new(&scaled(30.0, (1, 10), policies), 7);
    run_to(&mut simulation, 1_200);
    assert_eq!(scalings(&simulation), [], "900 requests are not less than 90 % of 950");
    assert_eq!(refusals(&simulation), [NotScaledReason::OtherPolicyNotReady("requests".to_owned())]);
    rate(&mut simulation, 10.0);
    run_to(&mut simulation, 1_200 + 16 * 60);
    assert_eq!(scalings(&simulation), [(2_100, 2, 1)]);
}

/// ECS guide, "Target tracking": missing data is never taken for low load; and without a task there is no CPU to wake a
/// service by.
#[test]
fn missing_data_is_no_reason_to_scale() {
    let mut simulation = Simulation::new(&scaled(50.0, (0, 10), vec![tracks("cpu", CPU, 50)]), 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 0));
    run_to(&mut simulation, 3_600);
    assert_eq!(scalings(&simulation), []);
    let scaler = simulation.scaling_of(FIRST_SERVICE).expect("it is scaled");
    for (_, alarm) in scaler.alarms() {
        assert_eq!(alarm.state(), AlarmState::InsufficientData, "{}", alarm.settings().name);
    }
}

/// API `RegisterScalableTarget`: nothing goes beyond the bounds, and a desired count outside of them is moved inside at
/// once, as a run begins too.
#[test]
fn the_desired_count_stays_within_its_bounds() {
    let mut simulation = Simulation::new(&scaled(50.0, (1, 2), vec![tracks("cpu", CPU, 50)]), 7);
    run_to(&mut simulation, 600);
    assert_eq!(scalings(&simulation), []);
    assert_eq!(refusals(&simulation), [NotScaledReason::AlreadyAtMaxCapacity(2)], "once");
    let kept: Vec<&Activity> = simulation.scaling_activities(FIRST_SERVICE).collect();
    assert!(matches!(kept[..], [Activity::NotScaled(_)]), "{kept:?}");
    apply(&mut simulation, Command::RegisterScalableTarget(FIRST_SERVICE, 4, 10));
    assert_eq!(desired(&simulation), 4);
    apply(&mut simulation, Command::RegisterScalableTarget(FIRST_SERVICE, 1, 3));
    assert_eq!(desired(&simulation), 3);

    let simulation = Simulation::new(&scaled(10.0, (3, 5), Vec::new()), 7);
    assert_eq!(scalings(&simulation), [(0, 2, 3)]);
    let simulation = Simulation::new(&scaled(10.0, (0, 1), Vec::new()), 7);
    assert_eq!(scalings(&simulation), [(0, 2, 1)]);
}

/// API `RegisterScalableTarget`: a maximum below the minimum is refused, and so is a service that nothing scales.
#[test]
fn bounds_that_cannot_be_are_refused() {
    let mut simulation = Simulation::new(&scaled(10.0, (1, 5), Vec::new()), 7);
    let mut refused = |min, max| simulation.apply(Command::RegisterScalableTarget(FIRST_SERVICE, min, max));
    assert_eq!(refused(3, 2), Err(Refusal::MaxBelowMin));
    assert_eq!(refused(1, 61), Err(Refusal::DesiredCountOutOfRange(61)));
    let mut unscaled = Simulation::new(&plain(), 7);
    let refusal = unscaled.apply(Command::RegisterScalableTarget(FIRST_SERVICE, 1, 2));
    assert_eq!(refusal, Err(Refusal::NotScalable));
}

/// ECS guide, "Service auto scaling", Considerations: a desired count that is set by hand may be overridden.
#[test]
fn a_desired_count_set_by_hand_is_overridden() {
    let mut scenario = scaled(50.0, (1, 10), vec![tracks("cpu", CPU, 50)]);
    scenario.services[0].desired_count = 3;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 400);
    let scalings = scalings(&simulation);
    assert_eq!((scalings.len(), desired(&simulation)), (1, 3), "{scalings:?}");
    assert!(scalings[0].0 >= 240, "three minutes above the target: {scalings:?}");
}
