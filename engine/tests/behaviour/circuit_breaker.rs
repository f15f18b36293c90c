//! The deployment circuit breaker: what trips it, and what becomes of the service then.

use albatross_engine::Command;
use albatross_engine::Simulation;
use albatross_engine::ecs::deployment::settings::Threshold;
use albatross_engine::ecs::deployment::state::{DeploymentStatus, RolloutState, ServiceDeploymentStatus};
use albatross_engine::ecs::{Release, Task, TaskId, Waiting};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::{DeploymentFailure, Notice};

use crate::fleet::*;
use crate::world::*;

const AT_ONCE: Release = Release::Crashes { after: SimDuration::ZERO };

/// Three tasks and a breaker; the bad release comes in the 20th second.
fn broken_by(release: Release, rollback: bool) -> Simulation {
    let mut scenario = brisk(3, percent(100, 200));
    scenario.services[0].options.circuit_breaker = breaker(rollback);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, release);
    simulation
}

fn has_failed(simulation: &Simulation, number: u32) -> bool {
    rollout(simulation, number) == RolloutState::Failed
}

fn of_revision(simulation: &Simulation, number: u32) -> Vec<&Task> {
    all_tasks(simulation).into_iter().filter(|task| task.revision().number() == number).collect()
}

/// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": with three tasks the threshold is 3. The
/// deployment is FAILED at the third failure and launches nothing more; the service goes back to the latest deployment
/// that was COMPLETED, which is IN_PROGRESS and then COMPLETED again. The old tasks have never been away.
#[test]
fn a_bad_release_is_rolled_back() {
    for release in [Release::CannotPullImage, AT_ONCE, Release::FailsHealthCheck] {
        let mut simulation = broken_by(release, true);
        at_every_event(&mut simulation, 25, |simulation| assert_eq!(healthy(simulation), 3));
        let failed = run_until(&mut simulation, 300, |simulation| has_failed(simulation, 2));
        assert_eq!(deployment(&simulation, 2).failed_tasks(), 3, "{release:?}");
        assert_eq!(rollout(&simulation, 1), RolloutState::InProgress);
        assert_eq!(deployment(&simulation, 1).status(), DeploymentStatus::Primary);
        assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackInProgress);
        run_until(&mut simulation, 400, |simulation| is_completed(simulation, 1));
        run_to(&mut simulation, 600);
        assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackSuccessful);
        assert_eq!(deployment(&simulation, 2).status(), DeploymentStatus::Inactive);
        assert!(of_revision(&simulation, 2).iter().all(|task| task.created_at() < failed), "{release:?}");
        assert_eq!((old_and_new(&simulation), healthy(&simulation)), ((3, 0), 3));
        assert!((1..=3).all(|number| is_wanted(task(&simulation, number))), "the same tasks as ever");
    }
}

/// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": without `rollback` the deployment
/// stalls: nothing is launched until another one begins. Its event is AWS's.
#[test]
fn without_rollback_it_stalls_until_another_deployment_begins() {
    let mut simulation = broken_by(Release::CannotPullImage, false);
    run_to(&mut simulation, 60);
    assert_eq!(
        (rollout(&simulation, 2), rollout(&simulation, 1)),
        (RolloutState::Failed, RolloutState::Completed)
    );
    let started = simulation.cluster().started();
    run_to(&mut simulation, 660);
    assert_eq!((simulation.cluster().started(), started), (6, 6));
    assert_eq!(the_service(&simulation).waiting(), Waiting::AnotherDeployment);
    let told = events_with(&simulation, "deployment failed: tasks failed to start.");
    assert_eq!(told.len(), 1, "{:?}", events(&simulation));
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 720);
    assert_eq!((rollout(&simulation, 3), old_and_new(&simulation)), (RolloutState::Completed, (0, 3)));
}

/// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": the first deployment of a service has
/// nothing to go back to and stalls.
#[test]
fn the_first_deployment_has_nothing_to_go_back_to() {
    let mut scenario = built_in("a-service-is-created");
    silence(&mut scenario);
    scenario.services[0].options.circuit_breaker = breaker(true);
    scenario.services[0].task_definition.release = Release::CannotPullImage;
    let mut simulation = Simulation::new(&scenario, 7);
    run_until(&mut simulation, 600, |simulation| has_failed(simulation, 1));
    let started = simulation.cluster().started();
    run_to(&mut simulation, 1_200);
    assert_eq!((simulation.cluster().started(), present(&simulation)), (started, 0));
    assert_eq!(the_service(&simulation).waiting(), Waiting::AnotherDeployment);
    assert!(first(&simulation, |notice| matches!(notice, Notice::RollingBack { .. })).is_none());
}

/// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": a deployment that is rolled back to is no
/// target for another rollback before it is COMPLETED again.
#[test]
fn a_second_failure_in_the_middle_of_a_rollback_stalls() {
    let mut simulation = broken_by(AT_ONCE, true);
    run_until(&mut simulation, 100, |simulation| has_failed(simulation, 2));
    assert_eq!(rollout(&simulation, 1), RolloutState::InProgress);
    deploy(&mut simulation, AT_ONCE);
    run_to(&mut simulation, 200);
    assert!(has_failed(&simulation, 3));
    assert_eq!(the_service(&simulation).waiting(), Waiting::AnotherDeployment);
    let back =
        notices(&simulation).into_iter().filter(|(_, notice)| matches!(notice, Notice::RollingBack { .. }));
    assert_eq!(back.count(), 1);
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackFailed);
    assert_eq!((old_and_new(&simulation), healthy(&simulation)), ((3, 0), 3));
}

/// A service of one task whose new tasks get healthy, fail and are replaced, six times. Its old task drains all the
/// while, so that the deployment is in progress. Returns how many tasks had failed when the deployment did.
fn flapping(reset_on_healthy_task: bool) -> Option<u32> {
    let mut scenario = brisk(1, percent(100, 1_000));
    set(&mut scenario, "deregistration_delay.timeout_seconds", "3600");
    scenario.services[0].options.circuit_breaker = breaker(false);
    scenario.services[0].options.circuit_breaker.reset_on_healthy_task = reset_on_healthy_task;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    for number in 2..8 {
        run_until(&mut simulation, 600, |simulation| {
            simulation.cluster().started() >= number
                && is_healthy(simulation, task(simulation, number as u32))
        });
        apply(&mut simulation, Command::FailHealthCheck(TaskId::new(number as u32)));
        let stopped = |simulation: &Simulation| !is_wanted(task(simulation, number as u32));
        run_until(&mut simulation, 600, stopped);
        if has_failed(&simulation, 2) {
            return Some(deployment(&simulation, 2).failed_tasks());
        }
    }
    assert_eq!(rollout(&simulation, 2), RolloutState::InProgress);
    None
}

/// API `DeploymentCircuitBreaker`: with `resetOnHealthyTask` every task that gets healthy sets the count to 0, so that a
/// release that flaps never trips the breaker; without it, its failures add up to the threshold.
#[test]
fn healthy_tasks_reset_the_count_if_they_shall() {
    assert_eq!(flapping(true), None);
    assert_eq!(flapping(false), Some(3));
}

/// API `ThresholdConfiguration`: `COUNT` is a number of tasks, whatever the desired count. ECS guide, "How the Amazon ECS
/// deployment circuit breaker detects failures": a task that exits after it was RUNNING is no failure.
#[test]
fn other_thresholds_and_exits() {
    let mut scenario = brisk(3, percent(100, 200));
    scenario.services[0].options.circuit_breaker = breaker(true);
    scenario.services[0].options.circuit_breaker.threshold = Threshold::Count(1);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::CannotPullImage);
    run_until(&mut simulation, 60, |simulation| has_failed(simulation, 2));
    assert_eq!(deployment(&simulation, 2).failed_tasks(), 1);

    let mut scenario = brisk(3, percent(100, 200));
    scenario.services[0].options.circuit_breaker = breaker(true);
    // Without a load balancer nothing but their exits tells that these tasks are bad.
    scenario.services[0].target_group = None;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    deploy(&mut simulation, Release::Crashes { after: SimDuration::from_secs(5) });
    run_to(&mut simulation, 1_000);
    assert!(of_revision(&simulation, 2).len() > 20, "they crash again and again");
    let second = deployment(&simulation, 2);
    assert_eq!((second.rollout(), second.failed_tasks()), (RolloutState::InProgress, 0));
}

/// API `Deployment`: the failure and the way back are told, in this order and at the same moment.
#[test]
fn a_failure_and_its_rollback_are_told() {
    let mut simulation = broken_by(Release::CannotPullImage, true);
    run_to(&mut simulation, 120);
    let told: Vec<(SimTime, Notice)> = notices(&simulation)
        .into_iter()
        .filter(|(_, notice)| {
            matches!(
                notice,
                Notice::DeploymentFailed { .. }
                    | Notice::RollingBack { .. }
                    | Notice::DeploymentCompleted { .. }
            )
        })
        .collect();
    let [(failed_at, failed), (back_at, back), (_, done)] = &told[..] else { panic!("{told:?}") };
    assert!(
        matches!(failed, Notice::DeploymentFailed { by: DeploymentFailure::CircuitBreaker, deployment, .. }
        if deployment.number() == 2)
    );
    assert!(matches!(back, Notice::RollingBack { to, .. } if to.number() == 1));
    assert!(matches!(done, Notice::DeploymentCompleted { deployment, .. } if deployment.number() == 1));
    assert_eq!(failed_at, back_at);
}
