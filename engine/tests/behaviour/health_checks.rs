//! Health checks: who checks when, what counts as failed, and what follows from it.

use albatross_engine::elb::{FailedCheck, TargetHealthReason, TargetState};
use albatross_engine::trace::{Notice, Step};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const TASK: TaskId = TaskId::new(2);

/// Runs until task 2 is unhealthy after `command` and returns the reason that is shown.
fn reason_after(command: &Command) -> TargetHealthReason {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, command.clone());
    run_to(&mut simulation, 30);
    let target = simulation.load_balancer().target(target_of(&simulation, 2));
    assert_eq!(target.health().state, TargetState::Unhealthy, "{command:?}");
    target.health().reason.expect("an unhealthy target has a reason")
}

/// API `TargetHealth`: `Target.ResponseCodeMismatch`, `Target.Timeout`, `Target.FailedHealthChecks`.
#[test]
fn the_reason_names_how_the_checks_failed() {
    let mismatch = |code| TargetHealthReason::Failed(FailedCheck::ResponseCodeMismatch { code });
    assert_eq!(reason_after(&Command::FailHealthCheck(TASK)), mismatch(503));
    assert_eq!(reason_after(&Command::FailRequests(TASK, 500)), mismatch(500));
    assert_eq!(reason_after(&Command::HangTask(TASK)), TargetHealthReason::Failed(FailedCheck::Timeout));
    let refused = reason_after(&Command::KillTask(TASK));
    assert_eq!(refused, TargetHealthReason::Failed(FailedCheck::ConnectionError));
    assert_eq!(refused.code(), "Target.FailedHealthChecks");
}

/// ALB guide, "Health checks": every load balancer node checks every target, once per interval.
#[test]
fn every_node_checks_every_target_once_per_interval() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 100);
    for node in simulation.load_balancer().node_ids() {
        for task in 1..=3 {
            let wanted = target_of(&simulation, task);
            let sent: Vec<u64> = steps(&simulation)
                .into_iter()
                .filter(|(_, step)| matches!(step, Step::CheckSent { node: n, target } if *n == node && *target == wanted))
                .map(|(at, _)| at.as_micros())
                .collect();
            assert_eq!(sent.len(), 20, "100 s at one in 5 s");
            assert!(sent.windows(2).all(|pair| pair[1] - pair[0] == 5_000_000));
        }
    }
}

#[test]
fn a_check_that_is_too_slow_fails_by_its_timeout_and_a_late_answer_changes_nothing() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    // A check's work is 2 ms; ten thousand percent of it would still do. Hanging for 3 s is beyond 2 s.
    apply(&mut simulation, Command::HangTask(TASK));
    run_to(&mut simulation, 13);
    apply(&mut simulation, Command::RestoreTask(TASK));
    run_to(&mut simulation, 60);
    let timeouts = steps(&simulation)
        .into_iter()
        .filter(|(_, step)| matches!(step, Step::CheckFinished { result: Err(FailedCheck::Timeout), .. }));
    // Two nodes with a period of 5 s: a pause of 3 s minus the 2 s that a check may take meets at most one each.
    assert!(timeouts.count() <= 2);
    assert_eq!(state_of(&simulation, 2), TargetState::Healthy, "one failure is below the threshold of two");
}

/// API `TargetGroup`: an unhealthy target needs `HealthyThresholdCount` successes in a row.
#[test]
fn recovery_takes_the_healthy_threshold_times_the_interval() {
    let mut scenario = plain();
    scenario.target_groups[0].health_check.healthy_threshold = 5;
    scenario.services[0].health_check_grace_period = albatross_engine::kernel::SimDuration::from_secs(3_600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::FailHealthCheck(TASK));
    run_to(&mut simulation, 60);
    let restored = simulation.now();
    apply(&mut simulation, Command::RestoreTask(TASK));
    run_to(&mut simulation, 120);
    let healthy = notices(&simulation)
        .into_iter()
        .find(|(at, notice)| {
            *at > restored
                && matches!(notice, Notice::TargetHealthChanged { after, .. } if after.state == TargetState::Healthy)
        })
        .map(|(at, _)| at.since(restored).as_seconds())
        .expect("it recovers");
    // The first of five passed checks comes within 5 s, the fifth 20 s later; a check takes some milliseconds.
    assert!((20.0..=25.1).contains(&healthy), "{healthy} s");
}

/// ALB guide, "Health checks": a target group with only unhealthy targets routes to all of them.
#[test]
fn with_only_unhealthy_targets_the_load_balancer_fails_open_and_says_so() {
    let mut simulation = Simulation::new(&built_in("all-targets-unhealthy"), 7);
    run_to(&mut simulation, 60);
    assert!((1..=3).all(|task| state_of(&simulation, task) == TargetState::Unhealthy));
    let metrics = simulation.metrics();
    assert_eq!((metrics.count(Metric::Elb5xx), metrics.count(Metric::Target5xx)), (0, 0), "nobody notices");
    assert!(metrics.count(Metric::UnhealthyRoutingRequest) > 200, "8/s for about 40 s");
    let before = [1, 2, 3].map(|task| routed_to(&simulation, task));
    run_to(&mut simulation, 120);
    let routed = [1, 2, 3].map(|task| routed_to(&simulation, task) - before[task as usize - 1]);
    assert!(routed.iter().max().expect("three") - routed.iter().min().expect("three") <= 1, "{routed:?}");
    assert!(first(&simulation, |notice| matches!(notice, Notice::FailOpen { on: true, .. })).is_some());
}

/// ALB guide, "Troubleshoot": 503 when the target group has no registered targets.
#[test]
fn without_a_registered_target_the_answer_is_503_and_does_not_count_as_a_request() {
    let mut scenario: Scenario = plain();
    scenario.services[0].desired_count = 0;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 30);
    let metrics = simulation.metrics();
    assert!(metrics.count(Metric::Elb503) > 200, "8/s for 30 s");
    assert_eq!(
        (metrics.count(Metric::RequestCount), metrics.count(Metric::Elb5xx)),
        (0, metrics.count(Metric::Elb503))
    );
}

/// ALB guide, "Target groups": a newly registered target is healthy after one passed check.
#[test]
fn a_new_target_gets_requests_after_its_first_passed_check() {
    let mut scenario = built_in("a-service-is-created");
    scenario.target_groups[0].health_check.healthy_threshold = 10;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    for task in 1..=3 {
        let registered = first(
            &simulation,
            |notice| matches!(notice, Notice::TargetRegistered { target } if *target == target_of(&simulation, task)),
        );
        let healthy = reached(&simulation, task, TargetState::Healthy).expect("it gets healthy");
        // Registration takes 0.5 s, the first check comes within 1 s of it (our choices).
        let took = healthy.since(registered.expect("it was registered")).as_seconds();
        assert!((0.5..=1.6).contains(&took), "{took} s");
    }
}
