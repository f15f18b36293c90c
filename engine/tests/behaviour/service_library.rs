//! The built-in scenarios about services, deployments and auto scaling show what their descriptions say.

use albatross_engine::Simulation;
use albatross_engine::cloudwatch::AlarmState;
use albatross_engine::ecs::deployment::lifecycle::RollbackReason;
use albatross_engine::ecs::deployment::state::{RolloutState, ServiceDeploymentStatus};
use albatross_engine::ecs::placement::{Lack, PlacementFailure};
use albatross_engine::ecs::{CapacityProvider, StopCode, TaskId, TaskStatus, Waiting};
use albatross_engine::trace::{CannotPlace, DeploymentFailure, Notice};

use crate::world::*;

fn run(name: &str, seconds: u64) -> Simulation {
    let mut simulation = Simulation::new(&built_in(name), 7);
    run_to(&mut simulation, seconds);
    simulation
}

/// The instant of the first notice of a kind, in seconds.
fn second(simulation: &Simulation, wanted: impl Fn(&Notice) -> bool) -> f64 {
    first(simulation, wanted).expect("it happens").as_seconds()
}

fn count(simulation: &Simulation, wanted: impl Fn(&Notice) -> bool) -> usize {
    notices(simulation).iter().filter(|(_, notice)| wanted(notice)).count()
}

fn nothing_failed(simulation: &Simulation) -> bool {
    let metrics = simulation.metrics();
    (metrics.count(Metric::Elb5xx), metrics.count(Metric::Target5xx)) == (0, 0)
}

/// The revisions of the task definition that the running tasks of the first service are of.
fn revisions(simulation: &Simulation) -> Vec<u32> {
    let cluster = simulation.cluster();
    let running = cluster.tasks_of(FIRST_SERVICE).filter(|task| task.status() == TaskStatus::Running);
    running.map(|task| cluster.definition_of(task).revision).collect()
}

fn by_zone(simulation: &Simulation) -> [usize; 2] {
    let running = |zone: usize| {
        let tasks = simulation.cluster().tasks();
        tasks.filter(|task| task.status() == TaskStatus::Running && task.zone() == zone).count()
    };
    [running(0), running(1)]
}

#[test]
fn a_killed_task_is_replaced_and_the_service_steady_again() {
    let simulation = run("a-task-is-killed", 120);
    let exit = second(&simulation, |notice| matches!(notice, Notice::TaskExited { exit_code: 137, .. }));
    let started = second(&simulation, |notice| matches!(notice, Notice::ServiceStartedTasks { .. }));
    let steady = second(&simulation, |notice| matches!(notice, Notice::SteadyState { .. }));
    assert!(exit < started && started < steady, "{exit} {started} {steady}");
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 3);
}

#[test]
fn with_a_grace_period_too_short_every_new_task_is_killed() {
    let mut simulation = run("a-grace-period-too-short", 300);
    let killed = count(&simulation, |notice| {
        matches!(notice, Notice::TaskStopping { code: StopCode::FailedElbHealthChecks, .. })
    });
    assert!(
        killed >= 4,
        "{killed} in 270 s: a start of 20 s, two checks of 5 s, a pass, draining of 10 s each"
    );
    assert_eq!(
        revisions(&simulation).iter().filter(|revision| **revision == 12).count(),
        2,
        "the old ones stay"
    );
    assert!(simulation.cluster().service(FIRST_SERVICE).expect("it is there").deployment_in_progress());
    run_to(&mut simulation, 600);
    assert_eq!(revisions(&simulation), [13, 13]);
    assert!(
        nothing_failed(&simulation),
        "the load balancer never sent a request to a task that did not listen"
    );
}

#[test]
fn a_bad_deployment_is_rolled_back_and_nobody_notices() {
    let simulation = run("a-bad-deployment", 400);
    let failed = |notice: &Notice| {
        matches!(notice, Notice::DeploymentFailed { by: DeploymentFailure::CircuitBreaker, .. })
    };
    let failed = second(&simulation, failed);
    let back = second(&simulation, |notice| matches!(notice, Notice::RollingBack { .. }));
    let done = second(&simulation, |notice| matches!(notice, Notice::DeploymentCompleted { .. }));
    assert!(failed <= back && back < done, "{failed} {back} {done}");
    let service = simulation.cluster().service(FIRST_SERVICE).expect("it is there");
    let states: Vec<RolloutState> = service.deployments().iter().map(|one| one.rollout()).collect();
    assert_eq!(states, [RolloutState::Completed, RolloutState::Failed]);
    assert_eq!(service.deployments()[1].failed_tasks(), 3, "3 for a service of 3 tasks");
    assert_eq!(service.deployments()[1].service_status(), ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!(revisions(&simulation), [12, 12, 12]);
    assert!(nothing_failed(&simulation));
}

#[test]
fn one_task_at_50_and_100_percent_never_deploys_until_there_is_room() {
    let mut simulation = run("a-deployment-that-never-starts", 179);
    let service = |simulation: &Simulation| simulation.cluster().services()[0].clone();
    assert_eq!(service(&simulation).waiting(), Waiting::DeploymentConfiguration);
    assert_eq!(count(&simulation, |notice| matches!(notice, Notice::CannotDeploy { .. })), 1, "said once");
    assert_eq!((revisions(&simulation), simulation.cluster().started()), (vec![12], 1));
    run_to(&mut simulation, 300);
    assert_eq!(revisions(&simulation), [13]);
    assert!(!service(&simulation).deployment_in_progress() && nothing_failed(&simulation));
}

#[test]
fn a_deployment_loses_requests_only_without_draining() {
    let failures = |name| {
        let simulation = run(name, 240);
        assert_eq!(revisions(&simulation), [13, 13, 13], "{name}");
        simulation.metrics().count(Metric::Elb502)
    };
    assert_eq!(failures("a-deployment-with-draining"), 0);
    // 15/s for 3 s each are 45 requests in hand, on three tasks that leave.
    let lost = failures("a-deployment-without-draining");
    assert!((15..=90).contains(&lost), "{lost}");
}

#[test]
fn target_tracking_follows_a_flash_crowd_with_its_delays() {
    let mut simulation = run("a-flash-crowd", 900);
    let scaled = |notice: &Notice| matches!(notice, Notice::Scaled { .. });
    let first_scaled = second(&simulation, scaled);
    // More from 120 s on: three whole minutes above the target end at 300 s.
    assert!((299.0..=301.0).contains(&first_scaled), "{first_scaled}");
    let at_peak = simulation.cluster().running_count(FIRST_SERVICE);
    // 24/s of 0.75 s are 18 busy workers: half of those of nine tasks.
    assert!((8..=12).contains(&at_peak), "{at_peak}");
    run_to(&mut simulation, 1_310);
    let desired = |simulation: &Simulation| simulation.cluster().services()[0].desired_count();
    let before = desired(&simulation);
    assert!(before >= 8);
    // Less from 1,320 s on: fifteen whole minutes below 90 % of the target end at 2,220 s or, as the minute in which
    // the crowd leaves may already be below, at 2,160 s at the earliest.
    run_to(&mut simulation, 2_150);
    assert_eq!(desired(&simulation), before);
    run_to(&mut simulation, 2_700);
    assert_eq!(desired(&simulation), 2);
}

#[test]
fn a_bad_green_is_rolled_back_by_its_alarm() {
    let mut simulation = run("blue-green-with-a-bad-green", 400);
    let shifted = |wanted: u32| move |notice: &Notice| matches!(notice, Notice::TrafficShifted { green_tenths, test: false, .. } if *green_tenths == wanted);
    let to_green = second(&simulation, shifted(1_000));
    let back = second(&simulation, shifted(0));
    let alarm =
        second(&simulation, |notice| matches!(notice, Notice::AlarmChanged { after: AlarmState::Alarm, .. }));
    assert!(to_green < alarm && alarm <= back && back <= alarm + 11.0, "{to_green} {alarm} {back}");
    let failed = |notice: &Notice| {
        let by = DeploymentFailure::RolledBack(RollbackReason::Alarm);
        matches!(notice, Notice::DeploymentFailed { by: found, .. } if *found == by)
    };
    assert_eq!(count(&simulation, failed), 1);
    let bad = simulation.metrics().count(Metric::Target5xx);
    assert!(bad > 10, "green answered {bad}");
    let service = simulation.cluster().service(FIRST_SERVICE).expect("it is there");
    assert_eq!(service.deployments()[1].service_status(), ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!(revisions(&simulation), [12, 12, 12]);
    run_to(&mut simulation, 600);
    assert_eq!(simulation.metrics().count(Metric::Target5xx), bad, "none after the rollback");
}

#[test]
fn a_canary_shows_a_bad_revision_to_a_tenth_of_the_traffic() {
    let simulation = run("a-canary", 600);
    let to_green =
        second(&simulation, |notice| matches!(notice, Notice::TrafficShifted { green_tenths: 100, .. }));
    let back = second(&simulation, |notice| matches!(notice, Notice::TrafficShifted { green_tenths: 0, .. }));
    assert_eq!(count(&simulation, |notice| matches!(notice, Notice::TrafficShifted { .. })), 2);
    let (bad, expected) = (simulation.metrics().count(Metric::Target5xx) as f64, (back - to_green) * 0.8);
    // A tenth of 8/s: within four standard deviations of a Poisson count.
    assert!((bad - expected).abs() < 4.0 * expected.sqrt(), "{bad} of {expected}");
    assert_eq!(revisions(&simulation), [12, 12, 12]);
}

#[test]
fn a_lost_zone_is_made_up_for_and_balanced_when_it_is_back() {
    let mut simulation = run("a-zone-is-lost", 59);
    assert_eq!(by_zone(&simulation), [2, 2]);
    run_to(&mut simulation, 200);
    assert_eq!(by_zone(&simulation), [4, 0]);
    run_to(&mut simulation, 600);
    assert_eq!(by_zone(&simulation), [2, 2]);
    let (started, stopped) = (
        count(&simulation, |notice| matches!(notice, Notice::RebalancingStartedTask { .. })),
        count(&simulation, |notice| matches!(notice, Notice::RebalancingStoppedTask { .. })),
    );
    assert_eq!((started, stopped), (2, 2));
    assert_eq!(count(&simulation, |notice| matches!(notice, Notice::RebalancingCompleted { .. })), 1);
}

#[test]
fn a_spot_task_is_taken_back_and_replaced_by_another() {
    let simulation = run("a-spot-interruption", 300);
    let task = simulation.cluster().task(TaskId::new(2)).expect("it was there");
    assert_eq!(task.stop_code(), Some(StopCode::SpotInterruption));
    let (sigterm, stopped) = (task.sigterm_at().expect("it got it"), task.stopped_at().expect("it is over"));
    assert_eq!(sigterm.as_seconds(), 60.0, "SIGTERM comes with the warning");
    assert!(stopped.as_seconds() <= 60.0 + 120.0 + 10.0, "{stopped}");
    let on = |provider| {
        let running = simulation.cluster().tasks().filter(|task| task.status() == TaskStatus::Running);
        running.filter(|task| task.place().provider == Some(provider)).count()
    };
    assert_eq!((on(CapacityProvider::Fargate), on(CapacityProvider::FargateSpot)), (1, 3));
}

#[test]
fn without_room_on_container_instances_tasks_are_not_placed() {
    let mut simulation = run("ec2-out-of-room", 170);
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 4);
    let no_room = |notice: &Notice| {
        matches!(
            notice,
            Notice::PlacementFailed {
                why: CannotPlace::Instances(PlacementFailure::NoneFits { lack: Lack::NetworkInterface, .. }),
                ..
            }
        )
    };
    assert_eq!(count(&simulation, no_room), 1, "said once");
    assert!(matches!(simulation.cluster().services()[0].waiting(), Waiting::Place(_)));
    run_to(&mut simulation, 600);
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 2);
    assert_eq!(simulation.cluster().services()[0].desired_count(), 6);
}

#[test]
fn a_container_that_ignores_sigterm_costs_the_whole_stop_timeout_and_no_request() {
    let simulation = run("a-slow-sigterm", 200);
    let stopping = |wanted: TaskStatus| {
        second(
            &simulation,
            move |notice| matches!(notice, Notice::TaskStatusChanged { after, .. } if *after == wanted),
        )
    };
    let took = stopping(TaskStatus::Deprovisioning) - stopping(TaskStatus::Stopping);
    assert!((took - 60.0).abs() < 1e-6, "{took}");
    assert_eq!(count(&simulation, |notice| matches!(notice, Notice::TaskExited { exit_code: 137, .. })), 1);
    assert!(nothing_failed(&simulation));
}
