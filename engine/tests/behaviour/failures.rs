//! Which failure gives which status (ALB guide, "Troubleshoot your Application Load Balancers").

use albatross_engine::elb::TargetGroupAttribute;
use albatross_engine::kernel::{Distribution, SimDuration};
use albatross_engine::trace::{Author, BalancerCause, Step};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const TASK: TaskId = TaskId::new(2);

/// Every cause for which the load balancer answered by itself, with the target processing time in seconds.
fn balancer_answers(simulation: &Simulation) -> Vec<(BalancerCause, f64)> {
    let answers = steps(simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Answered { author: Author::LoadBalancer(cause), took, .. } => Some((cause, took.as_seconds())),
        _ => None,
    });
    answers.collect()
}

fn with_work(work: SimDuration) -> Scenario {
    let mut scenario = plain();
    scenario.services[0].task_definition.container.service_time = Distribution::Constant { value: work };
    scenario
}

#[test]
fn a_refused_connection_is_502_at_once_and_counts_as_a_connection_error() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::KillTask(TASK));
    run_to(&mut simulation, 14);
    let answers = balancer_answers(&simulation);
    let refused: Vec<_> =
        answers.iter().filter(|(cause, _)| *cause == BalancerCause::ConnectionRefused).collect();
    assert!(refused.len() >= 9, "a third of 8/s for 4 s: {answers:?}");
    assert!(refused.iter().all(|(_, took)| *took < 0.002));
    assert_eq!(simulation.metrics().count(Metric::TargetConnectionError), refused.len() as u64);
}

#[test]
fn a_process_that_dies_with_requests_in_hand_answers_each_of_them_with_502() {
    let mut simulation = Simulation::new(&with_work(SimDuration::from_millis(1_200)), 7);
    run_to(&mut simulation, 10);
    let busy = simulation.cluster().task(TASK).and_then(|task| task.container()).expect("runs").busy();
    assert!(busy >= 3, "8/s over three tasks, 1.2 s each: {busy}");
    apply(&mut simulation, Command::KillTask(TASK));
    run_to(&mut simulation, 11);
    let reset = balancer_answers(&simulation).into_iter();
    let reset = reset.filter(|(cause, _)| *cause == BalancerCause::ConnectionReset).count();
    assert_eq!(reset, busy as usize);
    assert_eq!(
        simulation.metrics().count(Metric::TargetConnectionError),
        simulation.metrics().count(Metric::Elb502) - reset as u64
    );
}

/// API `LoadBalancerAttribute`: `idle_timeout.timeout_seconds`, default 60.
#[test]
fn a_silent_target_is_504_at_the_idle_timeout() {
    let mut scenario = plain();
    // Without it ECS would take the task out first, and the end of its draining would answer 502.
    scenario.services[0].health_check_grace_period = SimDuration::from_secs(3_600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::HangTask(TASK));
    run_to(&mut simulation, 69);
    assert_eq!(simulation.metrics().count(Metric::Elb504), 0);
    run_to(&mut simulation, 100);
    let answers = balancer_answers(&simulation);
    assert!(!answers.is_empty());
    for (cause, took) in answers {
        assert_eq!((cause, took), (BalancerCause::IdleTimeout, 60.0));
    }
}

/// ALB guide, "Troubleshoot": the load balancer failed to establish a connection within 10 seconds.
#[test]
fn a_full_backlog_is_504_after_10_seconds() {
    let mut scenario = with_work(SimDuration::from_secs(30));
    scenario.services[0].task_definition.container.backlog = 0;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    let answers = balancer_answers(&simulation);
    assert!(!answers.is_empty());
    for (cause, took) in answers {
        assert_eq!((cause, took), (BalancerCause::ConnectTimeout, 10.0));
    }
}

#[test]
fn errors_that_the_target_makes_are_the_targets_own() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::FailRequests(TASK, 500));
    run_to(&mut simulation, 14);
    let metrics = simulation.metrics();
    assert!(metrics.count(Metric::Target5xx) >= 9, "a third of 8/s for 4 s");
    assert_eq!(metrics.count(Metric::Elb5xx), 0);
}

/// ALB guide, "Edit target group attributes": requests in flight may finish within the deregistration delay; the
/// target shows `draining` for the whole of it. "Troubleshoot": what is still in flight then is 502.
#[test]
fn a_draining_target_gets_nothing_new_and_what_outlasts_the_delay_is_502() {
    for (work_seconds, lost) in [(3, false), (8, true)] {
        let mut scenario = with_work(SimDuration::from_secs(work_seconds));
        scenario.traffic.profile.base =
            albatross_engine::traffic::RequestRate::per_second(1.0).expect("in range");
        let mut simulation = Simulation::new(&scenario, 7);
        let delay = TargetGroupAttribute::parse("deregistration_delay.timeout_seconds", "5").expect("valid");
        apply(&mut simulation, Command::ModifyTargetGroup(FIRST_GROUP, delay));
        run_to(&mut simulation, 60);
        let in_flight = simulation.load_balancer().target(target_of(&simulation, 2)).outstanding();
        assert!(in_flight > 0);
        let routed = routed_to(&simulation, 2);
        apply(&mut simulation, Command::StopTask(TASK));
        run_to(&mut simulation, 64);
        assert_eq!(state_of(&simulation, 2), albatross_engine::elb::TargetState::Draining);
        run_to(&mut simulation, 66);
        assert_eq!(state_of(&simulation, 2), albatross_engine::elb::TargetState::Unused);
        assert_eq!(routed_to(&simulation, 2), routed);
        let cut = balancer_answers(&simulation).into_iter();
        let cut = cut.filter(|(cause, _)| *cause == BalancerCause::DeregistrationDelayOver).count();
        assert_eq!(cut > 0, lost, "{work_seconds} s of work, 5 s of delay");
    }
}

#[test]
fn a_command_that_cannot_be_carried_out_is_refused_and_leaves_no_trace() {
    use albatross_engine::Refusal;
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::KillTask(TASK));
    let digest = simulation.digest();
    let nobody = TaskId::new(99);
    for (command, refusal) in [
        (Command::KillTask(nobody), Refusal::NoSuchTask(nobody)),
        (Command::KillTask(TaskId::new(0)), Refusal::NoSuchTask(TaskId::new(0))),
        (Command::KillTask(TASK), Refusal::NoProcess(TASK)),
        (Command::RestoreTask(TASK), Refusal::NoProcess(TASK)),
        (Command::SetDesiredCount(FIRST_SERVICE, 61), Refusal::DesiredCountOutOfRange(61)),
        (Command::SlowTask(TaskId::new(1), 0), Refusal::SlownessOutOfRange(0)),
        (Command::FailRequests(TaskId::new(1), 200), Refusal::StatusOutOfRange(200)),
    ] {
        assert_eq!(simulation.apply(command), Err(refusal));
    }
    assert_eq!(simulation.digest(), digest);
}
