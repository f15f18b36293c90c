//! Rolling deployments: which tasks start and stop in which order, within which limits, and what requests see of it.

use albatross_engine::Simulation;
use albatross_engine::command::StopType;
use albatross_engine::ecs::deployment::rolling::never_deploys;
use albatross_engine::ecs::deployment::state::{DeploymentStatus, RolloutState, ServiceDeploymentStatus};
use albatross_engine::ecs::placement::PlacementRules;
use albatross_engine::ecs::{DeploymentConfiguration, Release, TaskStatus, Waiting};
use albatross_engine::kernel::SimDuration;
use albatross_engine::{Command, ecs::TaskId};

use crate::fleet::*;
use crate::world::*;

/// The wanted tasks of both revisions whenever their numbers change.
fn trace(simulation: &mut Simulation, until: u64) -> Vec<(usize, usize)> {
    let mut trace = vec![old_and_new(simulation)];
    at_every_event(simulation, until, |simulation| {
        let now = old_and_new(simulation);
        if trace.last() != Some(&now) {
            trace.push(now);
        }
    });
    trace
}

/// A deployment of six tasks on container instances that hold so many, from the 20th second on.
fn golden(limits: DeploymentConfiguration, holds: u32) -> Vec<(usize, usize)> {
    let mut scenario = brisk(6, limits);
    let rules = PlacementRules::default();
    on_instances(&mut scenario, rules, &[(0, holds / 2), (1, holds - holds / 2)]);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    let trace = trace(&mut simulation, 200);
    assert_eq!(rollout(&simulation, 2), RolloutState::Completed);
    trace
}

/// ECS guide, "Service definition parameters": the three examples with a desired count of 6. What a look asks for has
/// happened before the next one, so that every step of AWS's is one look and nothing may be off by a task.
#[test]
fn awss_three_examples_come_out_step_by_step() {
    assert_eq!(golden(percent(100, 200), 8), [(6, 0), (6, 2), (4, 2), (4, 4), (2, 4), (2, 6), (0, 6)]);
    assert_eq!(golden(percent(50, 200), 8), [(6, 0), (3, 0), (3, 5), (0, 5), (0, 6)]);
    assert_eq!(golden(percent(50, 200), 10), [(6, 0), (3, 0), (3, 6), (0, 6)]);
}

/// ECS guide, "Deploy Amazon ECS services by replacing tasks": the minimum is rounded up and the maximum down. Where
/// both come to the desired count nothing can move, which a service event tells; everywhere else the deployment
/// completes, and the limits hold at every event.
#[test]
fn rounding_decides_which_deployments_get_stuck() {
    let mut stuck = Vec::new();
    for (least, most) in [(100, 200), (50, 200), (50, 100), (75, 125), (100, 110)] {
        for desired in [1, 2, 3, 4, 10] {
            let limits = percent(least, most);
            let mut simulation = Simulation::new(&brisk(desired, limits), 7);
            run_to(&mut simulation, 20);
            deploy(&mut simulation, Release::Good);
            at_every_event(&mut simulation, 400, |simulation| {
                assert!(present(simulation) <= limits.tasks_max(desired));
                assert!(healthy(simulation) >= limits.healthy_tasks_min(desired));
            });
            let told = events_with(&simulation, "because of the service deployment configuration").len();
            let waits = the_service(&simulation).waiting() == Waiting::DeploymentConfiguration;
            let done = rollout(&simulation, 2) == RolloutState::Completed;
            assert_eq!((told, waits), (usize::from(!done), !done), "{desired} at {least}/{most}");
            assert_eq!(never_deploys(desired, limits), !done);
            if !done {
                assert_eq!(old_and_new(&simulation), (desired as usize, 0));
                stuck.push((least, most, desired));
            }
        }
    }
    let at_100_110 = [1, 2, 3, 4].map(|desired| (100, 110, desired));
    let at_75_125 = [1, 2, 3].map(|desired| (75, 125, desired));
    assert_eq!(stuck, [&[(50, 100, 1)][..], &at_75_125, &at_100_110].concat());
}

/// Tasks of a world in which new ones take more than a minute to start: what happens meanwhile happens during the
/// deployment that begins in the 10th second.
fn slowly(desired: u32, limits: DeploymentConfiguration) -> Simulation {
    let mut scenario = brisk(desired, limits);
    scenario.services[0].task_definition.start_times.image_pull = SimDuration::from_secs(80);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 12);
    simulation
}

/// ECS guide, "Deploy Amazon ECS services by replacing tasks": during a deployment an unhealthy task is replaced by one
/// of its own revision.
#[test]
fn a_sick_old_task_is_replaced_by_another_old_one() {
    let mut simulation = slowly(3, percent(100, 200));
    assert_eq!(old_and_new(&simulation), (3, 3));
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(1)));
    run_to(&mut simulation, 60);
    let replacement = task(&simulation, 7);
    assert_eq!(replacement.revision().number(), 1);
    assert!(!is_wanted(task(&simulation, 1)) && rollout(&simulation, 2) == RolloutState::InProgress);
    run_to(&mut simulation, 400);
    assert_eq!((old_and_new(&simulation), rollout(&simulation, 2)), ((0, 3), RolloutState::Completed));
}

/// What's New, November 2025, "Amazon ECS improves Service Availability during Rolling deployments": both revisions
/// get what is added during a deployment; what is taken away goes from both, as the new limits have it.
#[test]
fn another_desired_count_during_a_deployment_is_for_both_revisions() {
    let mut simulation = slowly(3, percent(100, 200));
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 5));
    run_to(&mut simulation, 30);
    assert_eq!(old_and_new(&simulation), (5, 5));
    run_to(&mut simulation, 500);
    assert_eq!((old_and_new(&simulation), rollout(&simulation, 2)), ((0, 5), RolloutState::Completed));

    let mut simulation = slowly(6, percent(100, 200));
    assert_eq!(old_and_new(&simulation), (6, 6));
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 3));
    at_every_event(&mut simulation, 400, |simulation| assert!(healthy(simulation) >= 3));
    assert_eq!((old_and_new(&simulation), rollout(&simulation, 2)), ((0, 3), RolloutState::Completed));
}

/// API `Deployment`: the newest deployment is PRIMARY and replaces the tasks of all others.
#[test]
fn a_second_deployment_takes_over_from_the_first() {
    let mut simulation = slowly(3, percent(100, 200));
    deploy(&mut simulation, Release::Good);
    at_every_event(&mut simulation, 500, |simulation| {
        assert!(present(simulation) <= 6 && healthy(simulation) >= 3);
    });
    let first = deployment(&simulation, 2);
    assert_eq!((first.status(), first.rollout()), (DeploymentStatus::Inactive, RolloutState::InProgress));
    assert_eq!(first.service_status(), ServiceDeploymentStatus::Stopped);
    let second = deployment(&simulation, 3);
    assert_eq!((second.status(), second.rollout()), (DeploymentStatus::Primary, RolloutState::Completed));
    assert!(simulation.cluster().tasks().all(|task| task.deployment() == second.id()));
}

/// API `UpdateService`, `forceNewDeployment`: all tasks are replaced by tasks of the same task definition.
#[test]
fn a_forced_deployment_replaces_all_tasks_with_the_same_task_definition() {
    let mut simulation = Simulation::new(&brisk(3, percent(100, 200)), 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::ForceNewDeployment(FIRST_SERVICE));
    run_to(&mut simulation, 100);
    assert_eq!((old_and_new(&simulation), rollout(&simulation, 2)), ((0, 3), RolloutState::Completed));
    let revision = |number| deployment(&simulation, number).task_definition_revision();
    assert_eq!(revision(1), revision(2));
}

/// ECS guide, "Amazon ECS service definition parameters": desired count, percentages and grace period are changed
/// without a deployment.
#[test]
fn some_changes_start_no_deployment() {
    let mut simulation = Simulation::new(&brisk(3, percent(100, 200)), 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    apply(&mut simulation, Command::ModifyDeployment(FIRST_SERVICE, percent(50, 150)));
    apply(&mut simulation, Command::ModifyGracePeriod(FIRST_SERVICE, 60));
    run_to(&mut simulation, 100);
    let service = the_service(&simulation);
    assert_eq!(service.deployments().len(), 1);
    let settings = service.settings();
    assert_eq!((settings.deployment, settings.desired_count), (percent(50, 150), 4));
    assert_eq!(settings.health_check_grace_period, SimDuration::from_secs(60));
    assert!(simulation.cluster().tasks().all(|task| task.revision().number() == 1));
    assert_eq!(healthy(&simulation), 4);
}

/// ECS guide, "Complete Amazon ECS rolling deployments early with early success criteria": by default a deployment is
/// complete when the old tasks are cleaned up. They drain for 60 s here, and so it takes that long from the first look
/// at healthy new tasks.
#[test]
fn a_deployment_is_complete_when_the_old_tasks_have_stopped() {
    let mut scenario = brisk(3, percent(100, 200));
    set(&mut scenario, "deregistration_delay.timeout_seconds", "60");
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 60, |simulation| old_and_new(simulation) == (0, 3));
    let completed = run_until(&mut simulation, 200, |simulation| is_completed(simulation, 2));
    let stopped = [1, 2, 3].map(|number| entered(&simulation, number, TaskStatus::Stopped));
    let draining = [1, 2, 3].map(|number| entered(&simulation, number, TaskStatus::Deactivating));
    let latest = stopped.into_iter().max().expect("three");
    assert!(completed >= latest && completed.since(latest) <= SimDuration::from_secs(10));
    assert!(draining.iter().all(|began| completed.since(*began) >= SimDuration::from_secs(65)));
}

/// API `StopServiceDeployment`: `ROLLBACK` goes back to the revision before, `ABORT` leaves everything where it is: of six
/// tasks at 150 % three new ones were started by then, and no other is.
#[test]
fn a_rolling_deployment_can_be_rolled_back_or_stopped() {
    let stop = |stop| Command::StopServiceDeployment(FIRST_SERVICE, stop);
    let mut simulation = slowly(3, percent(100, 200));
    apply(&mut simulation, stop(StopType::Rollback));
    at_every_event(&mut simulation, 200, |simulation| assert_eq!(healthy(simulation), 3));
    assert_eq!((old_and_new(&simulation), rollout(&simulation, 1)), ((3, 0), RolloutState::Completed));
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackSuccessful);

    let mut simulation = slowly(6, percent(100, 150));
    apply(&mut simulation, stop(StopType::Abort));
    run_to(&mut simulation, 400);
    assert_eq!((old_and_new(&simulation), simulation.cluster().started()), ((6, 3), 9));
    assert_eq!(rollout(&simulation, 2), RolloutState::Failed);
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::Stopped);
    assert!(simulation.apply(stop(StopType::Abort)).is_err(), "no deployment is in progress");
}
