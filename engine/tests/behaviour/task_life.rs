//! The life of a task: how it starts, what makes it end and in which order that goes.

use albatross_engine::ecs::{OnSigterm, StopCode, Task, TaskId, TaskStatus};
use albatross_engine::kernel::SimDuration;
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Simulation};

use crate::fleet::*;
use crate::world::*;

/// The statuses of a task in their order.
fn statuses(simulation: &Simulation, number: u32) -> Vec<TaskStatus> {
    let changed = notices(simulation).into_iter().filter_map(|(_, notice)| match notice {
        Notice::TaskStatusChanged { task, after, .. } if task.number() == number => Some(after),
        _ => None,
    });
    changed.collect()
}

/// ECS guide, "Amazon ECS task lifecycle": in ACTIVATING the image is pulled, the container created and the target
/// registered. 20 s and 4 s here, each give or take a quarter; the target is registered at its end.
#[test]
fn activating_pulls_the_image_and_registers_the_target() {
    let mut scenario = service(1, percent(100, 200));
    scenario.services[0].task_definition.start_times.image_pull = SimDuration::from_secs(20);
    scenario.services[0].task_definition.start_times.activating = SimDuration::from_secs(4);
    let mut simulation = Simulation::new(&scenario, 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 90);
    let (began, ended) =
        (entered(&simulation, 2, TaskStatus::Activating), entered(&simulation, 2, TaskStatus::Running));
    let took = ended.since(began);
    assert!(took >= SimDuration::from_secs(18) && took <= SimDuration::from_secs(30), "{took}");
    let target = target_of(&simulation, 2);
    let registered = first(
        &simulation,
        |notice| matches!(notice, Notice::TargetRegistered { target: one } if *one == target),
    );
    assert_eq!(registered, Some(ended));
}

/// ECS guide, "Amazon ECS task networking for the awsvpc network mode": every task has a network interface of its own with
/// a private address of its zone's subnet.
#[test]
fn every_task_has_a_private_address_of_its_zones_subnet() {
    let mut simulation = Simulation::new(&service(6, percent(100, 200)), 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 12));
    run_to(&mut simulation, 60);
    let tasks = all_tasks(&simulation);
    let addresses: std::collections::BTreeSet<[u8; 4]> = tasks.iter().map(|task| task.address().ip).collect();
    assert_eq!((tasks.len(), addresses.len()), (12, 12));
    for task in tasks {
        let [a, b, subnet, _] = task.address().ip;
        assert_eq!((a, b, subnet as usize), (10, 0, task.zone() + 1));
    }
}

/// ECS guide, "Amazon ECS task lifecycle", "Amazon ECS stopped tasks error messages": whatever ends a task, it leaves its
/// target group first; the code and the reason tell the cause.
#[test]
fn four_causes_end_a_task_each_with_its_code_and_reason() {
    use TaskStatus::{Deactivating, Deprovisioning, Stopped, Stopping};
    for (command, code, words, reason) in [
        (
            Command::FailHealthCheck(TaskId::new(2)),
            StopCode::FailedElbHealthChecks,
            "ServiceSchedulerInitiated",
            "Task failed ELB health checks in",
        ),
        (Command::StopTask(TaskId::new(2)), StopCode::UserInitiated, "UserInitiated", "Task stopped by user"),
        (
            Command::KillTask(TaskId::new(2)),
            StopCode::EssentialContainerExited,
            "EssentialContainerExited",
            "Essential container in task exited",
        ),
    ] {
        let mut simulation = Simulation::new(&service(3, percent(100, 200)), 7);
        run_to(&mut simulation, 10);
        apply(&mut simulation, command);
        run_to(&mut simulation, 150);
        assert_eq!(task(&simulation, 2).stop_code(), Some(code));
        assert_eq!((code.as_str(), code.reason()), (words, reason));
        let wanted = if code == StopCode::EssentialContainerExited {
            vec![Deactivating, Deprovisioning, Stopped]
        } else {
            vec![Deactivating, Stopping, Deprovisioning, Stopped]
        };
        assert_eq!(statuses(&simulation, 2), wanted, "{code:?}");
        assert_eq!((present(&simulation), healthy(&simulation)), (3, 3), "it is replaced");
    }
}

/// How long a task takes from SIGTERM to its exit, with which code, and from `StopTask` to STOPPED.
fn stopped_with(on_sigterm: OnSigterm, stop_timeout: u64) -> (SimDuration, Option<u8>, SimDuration) {
    let mut scenario = service(2, percent(0, 100));
    scenario.services[0].task_definition.container.on_sigterm = on_sigterm;
    scenario.services[0].task_definition.stop_timeout = SimDuration::from_secs(stop_timeout);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    let asked = simulation.now();
    apply(&mut simulation, Command::StopTask(TaskId::new(1)));
    run_to(&mut simulation, 300);
    let one = task(&simulation, 1);
    let (signalled, exited) = (one.sigterm_at().expect("it got it"), one.exited_at().expect("it ended"));
    let stopped = one.stopped_at().expect("it is STOPPED");
    (exited.since(signalled), one.exit_code(), stopped.since(asked))
}

/// ECS guide, "Amazon ECS task lifecycle", and API `ContainerDefinition.stopTimeout`: SIGTERM follows the 30 s of draining;
/// a process that finishes exits with 0, one that does not listen for the signal with 143, and one that ignores it is
/// killed at `stopTimeout`: 137. All in all that is draining, the shorter of shutting down and `stopTimeout`, and 5 s for
/// the network interface.
#[test]
fn a_stop_takes_draining_and_shutting_down_or_the_stop_timeout() {
    let seconds = SimDuration::from_secs;
    let finishes = |clean_up| OnSigterm::Finishes { clean_up: seconds(clean_up) };
    for (on_sigterm, stop_timeout, shutdown, code) in [
        (finishes(0), 30, 0, 0),
        (finishes(7), 30, 7, 0),
        (finishes(60), 10, 10, 137),
        (OnSigterm::Exits, 30, 0, 143),
        (OnSigterm::Ignores, 30, 30, 137),
        (OnSigterm::Ignores, 2, 2, 137),
    ] {
        let (took, exit_code, all) = stopped_with(on_sigterm, stop_timeout);
        assert_eq!((took, exit_code), (seconds(shutdown), Some(code)), "{on_sigterm:?}");
        assert_eq!(all, seconds(30 + shutdown + 5), "{on_sigterm:?}");
    }
}

/// ECS guide, "Optimize load balancer connection draining parameters for Amazon ECS": a task that is stopped finishes what
/// it has in hand; one whose process dies loses it. Each of three tasks has 8 requests of 2 s in hand at a time.
#[test]
fn a_crash_loses_what_is_in_hand_and_a_stop_does_not() {
    let lost_by = |command: fn(TaskId) -> Command| {
        let mut scenario = plain();
        scenario.services[0].task_definition.container.workers = 100;
        load(&mut scenario, 12.0, 2_000);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 10);
        apply(&mut simulation, command(TaskId::new(1)));
        run_to(&mut simulation, 11);
        lost(&simulation)
    };
    assert_eq!(lost_by(Command::StopTask), 0);
    assert!(lost_by(Command::KillTask) >= 7, "all of them, and every third request since then");
}

/// A server that warms up for 20 s refuses connections until then: its first check passes after that, no earlier.
#[test]
fn a_task_that_warms_up_is_healthy_only_afterwards() {
    let mut scenario = service(1, percent(100, 200));
    scenario.services[0].task_definition.container.warm_up = SimDuration::from_secs(20);
    scenario.services[0].health_check_grace_period = SimDuration::from_secs(60);
    let mut simulation = Simulation::new(&scenario, 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 120);
    let running = entered(&simulation, 2, TaskStatus::Running);
    let healthy =
        reached(&simulation, 2, albatross_engine::elb::TargetState::Healthy).expect("it gets there");
    let took = healthy.since(running);
    // Unhealthy by then, it needs HealthyThresholdCount checks: two, 5 s apart.
    assert!(took >= SimDuration::from_secs(20) && took <= SimDuration::from_secs(31), "{took}");
}

/// API `CreateService`, `healthCheckGracePeriodSeconds`: shorter than the warm-up it kills every new task before it can be
/// healthy, for ever, where there is no room for a replacement beside it; longer, each new task gets there. In 15 minutes
/// there is time for a dozen attempts of 20 s of start, 20 to 30 s of grace and 35 s of stop.
#[test]
fn a_grace_period_shorter_than_the_warm_up_kills_every_new_task() {
    let run = |grace: u64| {
        let mut scenario = service(1, percent(50, 100));
        scenario.services[0].task_definition.container.warm_up = SimDuration::from_secs(60);
        scenario.services[0].health_check_grace_period = SimDuration::from_secs(grace);
        let mut simulation = Simulation::new(&scenario, 7);
        apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
        run_to(&mut simulation, 900);
        let failed = |one: &&&Task| one.stop_code() == Some(StopCode::FailedElbHealthChecks);
        (healthy(&simulation), all_tasks(&simulation).iter().filter(failed).count())
    };
    let (healthy, killed) = run(20);
    assert!(healthy == 1 && killed >= 7, "{healthy} {killed}");
    assert_eq!(run(90), (2, 0));
}
