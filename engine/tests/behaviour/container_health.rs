//! The health check of a container, and what the scheduler takes for a healthy task.

use albatross_engine::ecs::container_health::{ContainerHealthCheck, HEALTHY_AFTER, HealthStatus};
use albatross_engine::ecs::{Release, StopCode, TaskId, TaskStatus};
use albatross_engine::elb::TargetState;
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Scenario, Simulation};

use crate::fleet::*;
use crate::world::*;

const fn check(interval: u64, retries: u32, start_period: u64) -> ContainerHealthCheck {
    ContainerHealthCheck {
        interval: SimDuration::from_secs(interval),
        timeout: SimDuration::from_secs(2),
        retries,
        start_period: SimDuration::from_secs(start_period),
    }
}

/// One task without a load balancer whose container is checked so.
fn alone(check: ContainerHealthCheck) -> Scenario {
    let mut scenario = service(1, percent(100, 200));
    scenario.services[0].target_group = None;
    scenario.services[0].task_definition.health_check = Some(check);
    scenario
}

/// When the container of a task got a status.
fn got(simulation: &Simulation, number: u32, wanted: HealthStatus) -> Option<SimTime> {
    first(simulation, |notice| {
        matches!(notice, Notice::ContainerHealthChanged { task, status }
            if task.number() == number && *status == wanted)
    })
}

/// API `HealthCheck`: so many failures in a row, one an interval, make a container UNHEALTHY, and the scheduler replaces
/// its task. With 10 s and 3 retries that takes 20 to 30 s; a hanging one needs the timeout of 2 s for each as well.
#[test]
fn a_container_is_unhealthy_after_so_many_failures_in_a_row() {
    for (command, least, most) in
        [(Command::FailHealthCheck(TaskId::new(1)), 20, 31), (Command::HangTask(TaskId::new(1)), 22, 37)]
    {
        let mut simulation = Simulation::new(&alone(check(10, 3, 0)), 7);
        run_to(&mut simulation, 33);
        apply(&mut simulation, command);
        run_to(&mut simulation, 200);
        let took = got(&simulation, 1, HealthStatus::Unhealthy).expect("it is").since(seconds(33));
        assert!(took >= SimDuration::from_secs(least) && took <= SimDuration::from_secs(most), "{took}");
        let one = task(&simulation, 1);
        assert_eq!(one.stop_code(), Some(StopCode::FailedContainerHealthChecks));
        assert_eq!(StopCode::FailedContainerHealthChecks.reason(), "Task failed container health checks");
        assert_eq!(StopCode::FailedContainerHealthChecks.as_str(), "ServiceSchedulerInitiated");
        assert_eq!(task(&simulation, 2).health_status(), HealthStatus::Healthy, "its replacement");
    }
}

/// API `HealthCheck.startPeriod`: failures in it do not count. The server warms up for 25 s, checks come every 5 s, two
/// failures are too many.
#[test]
fn failures_in_the_start_period_do_not_count() {
    let run = |start_period| {
        let mut scenario = alone(check(5, 2, start_period));
        scenario.services[0].task_definition.container.warm_up = SimDuration::from_secs(25);
        let mut simulation = Simulation::new(&scenario, 7);
        apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
        run_to(&mut simulation, 300);
        let running = entered(&simulation, 2, TaskStatus::Running);
        let after = |status| got(&simulation, 2, status).map(|at| at.since(running));
        (after(HealthStatus::Healthy), after(HealthStatus::Unhealthy))
    };
    let (healthy, unhealthy) = run(60);
    assert!(healthy.is_some_and(|after| after >= SimDuration::from_secs(25)), "{healthy:?}");
    assert_eq!(unhealthy, None);
    let (_, unhealthy) = run(0);
    assert!(unhealthy.is_some_and(|after| after <= SimDuration::from_secs(11)), "{unhealthy:?}");
}

/// When a service of one task stops its old task: how long after the new one was RUNNING.
fn old_stopped_after(scenario: &Scenario) -> (SimDuration, Simulation) {
    let mut simulation = Simulation::new(scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 200);
    let stopping = first(
        &simulation,
        |notice| matches!(notice, Notice::TaskStopping { task, .. } if task.number() == 1),
    );
    let running = entered(&simulation, 2, TaskStatus::Running);
    (stopping.expect("it is replaced").since(running), simulation)
}

/// API `DeploymentConfiguration`: with a load balancer and a health check of the container a task must pass both. The
/// target is healthy within 1.5 s, the container after its first check at 20 s; the old task ends at the next look.
#[test]
fn a_task_must_pass_both_checks() {
    let mut scenario = service(1, percent(100, 200));
    scenario.services[0].task_definition.health_check = Some(check(20, 3, 0));
    let (after, simulation) = old_stopped_after(&scenario);
    let running = entered(&simulation, 2, TaskStatus::Running);
    let at_target = reached(&simulation, 2, TargetState::Healthy).expect("it is").since(running);
    assert!(at_target <= SimDuration::from_millis(1_600), "{at_target}");
    assert!(after >= SimDuration::from_secs(20) && after <= SimDuration::from_secs(31), "{after}");
}

/// API `DeploymentConfiguration`: without a load balancer and a check a task counts as healthy 40 s after it is RUNNING;
/// with a check alone, when that has passed.
#[test]
fn without_any_check_a_task_is_healthy_after_40_seconds() {
    let mut scenario = service(1, percent(100, 200));
    scenario.services[0].target_group = None;
    let (after, _) = old_stopped_after(&scenario);
    assert!(after >= HEALTHY_AFTER && after <= HEALTHY_AFTER + SimDuration::from_secs(10), "{after}");
    assert_eq!(HEALTHY_AFTER, SimDuration::from_secs(40));
    let (after, _) = old_stopped_after(&alone(check(5, 3, 0)));
    assert!(after >= SimDuration::from_secs(5) && after <= SimDuration::from_secs(16), "{after}");
}
