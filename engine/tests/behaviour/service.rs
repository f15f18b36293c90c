//! The service keeps its desired count: starting, stopping, replacing, within its percentages.

use albatross_engine::ecs::{DeploymentConfiguration, DesiredStatus, StopCode, TaskStatus};
use albatross_engine::elb::TargetState;
use albatross_engine::kernel::SimDuration;
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Simulation, ecs::TaskId};

use crate::world::*;

/// ECS guide, "Amazon ECS task lifecycle".
#[test]
fn a_task_goes_through_awss_states_in_their_order() {
    let mut simulation = Simulation::new(&plain(), 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    run_to(&mut simulation, 60);
    apply(&mut simulation, Command::StopTask(TaskId::new(4)));
    run_to(&mut simulation, 150);
    let statuses: Vec<TaskStatus> = notices(&simulation)
        .into_iter()
        .filter_map(|(_, notice)| match notice {
            Notice::TaskStatusChanged { task, after, .. } if task.number() == 4 => Some(after),
            _ => None,
        })
        .collect();
    use TaskStatus::{Activating, Deactivating, Deprovisioning, Pending, Running, Stopped, Stopping};
    assert_eq!(statuses, [Pending, Activating, Running, Deactivating, Stopping, Deprovisioning, Stopped]);
}

#[test]
fn scaling_out_adds_tasks_where_fewest_are_and_scaling_in_takes_them_where_most_are() {
    let mut simulation = Simulation::new(&plain(), 7);
    let zones = |simulation: &Simulation| {
        let wanted =
            simulation.cluster().tasks().filter(|task| task.desired_status() == DesiredStatus::Running);
        let mut counts = [0, 0];
        wanted.for_each(|task| counts[task.zone()] += 1);
        counts
    };
    assert_eq!(zones(&simulation), [2, 1]);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 7));
    run_to(&mut simulation, 60);
    assert_eq!(zones(&simulation), [4, 3]);
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 120);
    assert_eq!(zones(&simulation), [1, 1]);
}

#[test]
fn scaling_in_loses_no_request_when_draining_outlasts_them() {
    let mut simulation = Simulation::new(&plain(), 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 6));
    run_to(&mut simulation, 60);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 1));
    run_to(&mut simulation, 180);
    let metrics = simulation.metrics();
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 1);
    assert_eq!((metrics.count(Metric::Elb5xx), metrics.count(Metric::Target5xx)), (0, 0));
}

/// ECS guide, "Amazon ECS services": the replacement comes first where `maximumPercent` leaves room.
#[test]
fn with_room_an_unhealthy_task_is_replaced_before_it_is_stopped() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(2)));
    run_to(&mut simulation, 120);
    let started = first(&simulation, |notice| matches!(notice, Notice::ServiceStartedTasks { .. }));
    let replaced = reached(&simulation, 4, TargetState::Healthy);
    let stopping = first(
        &simulation,
        |notice| matches!(notice, Notice::TaskStopping { task, .. } if task.number() == 2),
    );
    assert!(started < replaced && replaced < stopping, "{started:?} {replaced:?} {stopping:?}");
    let stopped = simulation.cluster().task(TaskId::new(2)).expect("it existed");
    assert_eq!(stopped.stop_code(), Some(StopCode::FailedElbHealthChecks));
    assert_eq!(StopCode::FailedElbHealthChecks.as_str(), "ServiceSchedulerInitiated");
}

/// API `DeploymentConfiguration`: without room, an unhealthy task is stopped first.
#[test]
fn without_room_an_unhealthy_task_is_stopped_before_its_replacement_starts() {
    let mut scenario = plain();
    scenario.services[0].deployment =
        DeploymentConfiguration { minimum_healthy_percent: 50, maximum_percent: 100 };
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(2)));
    run_to(&mut simulation, 200);
    let started = first(&simulation, |notice| matches!(notice, Notice::ServiceStartedTasks { .. }));
    let stopped = first(
        &simulation,
        |notice| matches!(notice, Notice::TaskStatusChanged { task, after: TaskStatus::Stopped, .. } if task.number() == 2),
    );
    assert!(stopped.is_some() && stopped < started, "{stopped:?} {started:?}");
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 3);
}

/// API `CreateService`, `HealthCheckGracePeriodSeconds`: the scheduler ignores failed checks, the load balancer does
/// not.
#[test]
fn within_the_grace_period_an_unhealthy_task_lives_but_gets_no_requests() {
    let mut scenario = plain();
    scenario.services[0].health_check_grace_period = SimDuration::from_secs(100);
    let mut simulation = Simulation::new(&scenario, 7);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(2)));
    run_to(&mut simulation, 30);
    assert_eq!(state_of(&simulation, 2), TargetState::Unhealthy);
    let routed = routed_to(&simulation, 2);
    run_to(&mut simulation, 99);
    assert_eq!(simulation.cluster().started(), 3, "no replacement yet");
    assert_eq!(routed_to(&simulation, 2), routed);
    run_to(&mut simulation, 111);
    assert_eq!(simulation.cluster().started(), 4, "the next look after the grace period");
}

#[test]
fn a_task_whose_container_exits_is_stopped_with_that_code_and_replaced() {
    let mut simulation = Simulation::new(&built_in("the-real-example"), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::KillTask(TaskId::new(1)));
    run_to(&mut simulation, 120);
    let task = simulation.cluster().task(TaskId::new(1)).expect("it existed");
    assert_eq!(task.stop_code(), Some(StopCode::EssentialContainerExited));
    assert_eq!(task.status(), TaskStatus::Stopped);
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 3);
    assert_eq!(simulation.cluster().started(), 4, "one replacement, not two");
}

/// ECS guide, `StopTimeout`: SIGKILL follows SIGTERM after it; a hanging process does not stop by itself.
#[test]
fn a_hanging_process_is_killed_at_the_stop_timeout() {
    let mut simulation = Simulation::new(&plain(), 7);
    apply(&mut simulation, Command::HangTask(TaskId::new(2)));
    apply(&mut simulation, Command::StopTask(TaskId::new(2)));
    run_to(&mut simulation, 120);
    let at = |wanted| {
        first(&simulation, |notice| {
            matches!(notice, Notice::TaskStatusChanged { task, after, .. } if task.number() == 2 && *after == wanted)
        })
        .expect("it gets there")
    };
    let took = at(TaskStatus::Deprovisioning).since(at(TaskStatus::Stopping));
    assert_eq!(took, SimDuration::from_secs(30));
}

#[test]
fn the_service_says_once_that_it_is_steady() {
    let mut simulation = Simulation::new(&built_in("a-service-is-created"), 7);
    run_to(&mut simulation, 300);
    let steady =
        notices(&simulation).into_iter().filter(|(_, notice)| matches!(notice, Notice::SteadyState { .. }));
    assert_eq!(steady.count(), 1);
}
