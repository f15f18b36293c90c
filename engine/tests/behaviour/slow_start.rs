//! Slow start: how a target's share rises, which targets enter it and when they leave it (ALB guide, "Edit target group
//! attributes", slow start mode).

use albatross_engine::elb::routing::SlowStart;
use albatross_engine::elb::{NodeView, TargetState};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::scenario::Start;
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const DURATION: &str = "slow_start.duration_seconds";
/// Requests per second, evenly.
const RATE: f64 = 40.0;

/// Three tasks that ECS leaves alone when they are unhealthy, all nodes with one round-robin position, even traffic.
fn world(slow_start: &str) -> Scenario {
    let mut scenario = by_zone(&[3]);
    scenario.assumptions.shared_routing_memory = true;
    load(&mut scenario, RATE, 10);
    set(&mut scenario, DURATION, slow_start);
    scenario
}

fn views(simulation: &Simulation, task: u32) -> &[NodeView] {
    simulation.load_balancer().target(target_of(simulation, task)).nodes()
}

/// For how many nodes a task's target is in slow start.
fn ramps(simulation: &Simulation, task: u32) -> usize {
    let slow_start = simulation.load_balancer().target_group(FIRST_GROUP).settings().slow_start;
    let in_progress = |view: &&NodeView| view.ramp().in_progress(slow_start, simulation.now());
    views(simulation, task).iter().filter(in_progress).count()
}

fn advance(simulation: &mut Simulation, seconds: u64) {
    simulation.advance(simulation.now() + SimDuration::from_secs(seconds), u64::MAX);
}

/// Runs until every node regards a task's target as healthy; the instants at which they came to that.
fn until_healthy(simulation: &mut Simulation, task: u32) -> Vec<SimTime> {
    let healthy =
        |view: &NodeView| view.health().verdict() == albatross_engine::elb::health::Verdict::Healthy;
    while !(simulation.cluster().task(TaskId::new(task)).is_some_and(|task| task.target().is_some())
        && views(simulation, task).iter().all(healthy))
    {
        simulation.advance(SimTime::MAX, 1);
        assert!(simulation.now() < seconds(600), "it never comes");
    }
    views(simulation, task).iter().map(|view| view.since()).collect()
}

/// How many requests a task gets in each of the next stretches of so many seconds.
fn stretches(simulation: &mut Simulation, task: u32, seconds: u64, count: usize) -> Vec<u64> {
    let stretch = |_| {
        let before = routed_to(simulation, task);
        advance(simulation, seconds);
        routed_to(simulation, task) - before
    };
    (0..count).map(stretch).collect()
}

/// What a target beside three others gets in ten seconds, `from` seconds into a linear ramp of `duration` seconds:
/// with a part s of a full share it has s of 3 + s turns.
fn due(from: f64, duration: f64) -> f64 {
    let steps = 1_000;
    let share = |step: i32| ((from + 10.0 * (f64::from(step) + 0.5) / f64::from(steps)) / duration).min(1.0);
    let turns: f64 = (0..steps).map(|step| share(step) / (3.0 + share(step))).sum();
    turns / f64::from(steps) * 10.0 * RATE
}

/// The share of a new target beside running ones rises linearly over the duration; then it is full. Within ten seconds
/// 400 requests come; the due counts of two such stretches lie more than six requests apart, and the bound is four: one
/// for the turn that is being saved up for, one at each edge, one for the time between the two nodes' first checks.
#[test]
fn the_share_of_a_new_target_rises_linearly_and_then_is_full() {
    for duration in [60_u32, 120] {
        let mut simulation = Simulation::new(&world(&duration.to_string()), 7);
        run_to(&mut simulation, 10);
        apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
        let entered = until_healthy(&mut simulation, 4);
        let apart = entered[0].since(entered[1]).as_seconds() + entered[1].since(entered[0]).as_seconds();
        assert!(apart < 1.0, "{apart} s");
        assert_eq!(ramps(&simulation, 4), 2);
        let got = stretches(&mut simulation, 4, 10, duration as usize / 10 + 2);
        let expected: Vec<f64> =
            (0..got.len()).map(|n| due(10.0 * n as f64 + apart / 2.0, f64::from(duration))).collect();
        for (got, expected) in got.iter().zip(&expected) {
            assert!((*got as f64 - expected).abs() <= 4.0, "{got} is not {expected}");
        }
        let ramp = &expected[..duration as usize / 10];
        assert!(ramp.windows(2).all(|pair| pair[1] - pair[0] > 6.0), "{ramp:?}");
        let full = &got[got.len() - 2..];
        assert!(
            full.iter().all(|count| (99..=101).contains(count)),
            "a quarter of 400 when it is over: {full:?}"
        );
        assert_eq!(ramps(&simulation, 4), 0);
    }
}

/// Without slow start, a new target has its full share as soon as it is healthy.
#[test]
fn without_slow_start_a_new_target_has_its_full_share_at_once() {
    let mut simulation = Simulation::new(&world("0"), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    until_healthy(&mut simulation, 4);
    let got = stretches(&mut simulation, 4, 10, 3);
    assert!(got.iter().all(|count| (99..=101).contains(count)), "{got:?}");
}

/// Targets that one call registered in an empty group do not enter. A steady world begins with such a batch, however
/// long the duration.
#[test]
fn the_first_batch_has_its_full_share() {
    let mut simulation = Simulation::new(&world("900"), 7);
    let got = gains(&mut simulation, [1, 2, 3], 60);
    assert!(got.iter().all(|count| (799..=801).contains(count)), "a third of 40/s for 60 s: {got:?}");
    assert_eq!([1, 2, 3].map(|task| ramps(&simulation, task)), [0; 3]);
}

/// A target enters only when there is a healthy one that is not in slow start. Into an empty group the first one comes
/// at full share; those that are registered later, each by a call of its own as ECS does, find it there and enter.
#[test]
fn a_target_enters_only_beside_a_healthy_one_at_full_share() {
    let mut scenario = world("300");
    scenario.start = Start::Empty;
    let mut simulation = Simulation::new(&scenario, 7);
    let mut seen = Vec::new();
    for task in 1..=3 {
        until_healthy(&mut simulation, task);
    }
    for node in 0..2 {
        let mut order: Vec<(SimTime, u32)> =
            (1..=3).map(|task| (views(&simulation, task)[node].since(), task)).collect();
        order.sort();
        let slow_start = SlowStart::seconds(300).expect("in range");
        let ramping =
            |task: u32| views(&simulation, task)[node].ramp().in_progress(slow_start, simulation.now());
        seen.push(order.into_iter().map(|(_, task)| ramping(task)).collect::<Vec<_>>());
    }
    assert_eq!(seen, [[false, true, true]; 2], "in the order in which each node found them healthy");
}

/// Slow start that is switched on later does not touch targets that are healthy already.
#[test]
fn switched_on_later_it_does_not_touch_healthy_targets() {
    let mut simulation = Simulation::new(&world("0"), 7);
    run_to(&mut simulation, 10);
    modify_group(&mut simulation, DURATION, "600");
    let got = gains(&mut simulation, [1, 2, 3], 70);
    assert!(got.iter().all(|count| (799..=801).contains(count)), "{got:?}");
    assert_eq!([1, 2, 3].map(|task| ramps(&simulation, task)), [0; 3]);
    // It is on, all the same: the next target enters.
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    until_healthy(&mut simulation, 4);
    assert_eq!(ramps(&simulation, 4), 2);
    // Switched off, nobody is in it any longer, and nobody is when it is switched on again.
    modify_group(&mut simulation, DURATION, "0");
    modify_group(&mut simulation, DURATION, "600");
    assert_eq!(ramps(&simulation, 4), 0);
    let got = stretches(&mut simulation, 4, 10, 2);
    assert!(got.iter().all(|count| (99..=101).contains(count)), "{got:?}");
}

/// A target that was unhealthy enters when it becomes healthy again, as a new one does.
#[test]
fn a_target_that_recovers_enters_again() {
    let mut scenario = world("60");
    scenario.services[0].desired_count = 4;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    assert!(ramps(&simulation, 4) == 0 && stretches(&mut simulation, 4, 10, 1)[0] == 100);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(4)));
    advance(&mut simulation, 20);
    assert_eq!(state_of(&simulation, 4), TargetState::Unhealthy);
    apply(&mut simulation, Command::RestoreTask(TaskId::new(4)));
    until_healthy(&mut simulation, 4);
    assert_eq!(ramps(&simulation, 4), 2);
    let got = stretches(&mut simulation, 4, 10, 8);
    // The nodes' checks are up to 5 s apart: the share is at most what the first of them to see it would give.
    for (n, got) in (0..).zip(&got) {
        let (least, most) = (due(10.0 * f64::from(n), 60.0), due(10.0 * f64::from(n) + 5.0, 60.0));
        assert!((least - 4.0..=most + 4.0).contains(&(*got as f64)), "{got}, not {least} to {most}");
    }
    assert!(got[0] < 25 && got[7] >= 99, "{got:?}");
}

/// A target leaves slow start when it turns unhealthy: nothing is left of its ramp when it recovers half-way, and it
/// begins anew.
#[test]
fn a_target_leaves_when_it_turns_unhealthy_and_begins_anew() {
    let mut simulation = Simulation::new(&world("300"), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    until_healthy(&mut simulation, 4);
    advance(&mut simulation, 120);
    let half_way = stretches(&mut simulation, 4, 10, 1)[0];
    assert!((due(120.0, 300.0) - half_way as f64).abs() <= 4.0, "{half_way}");
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(4)));
    advance(&mut simulation, 15);
    assert_eq!((state_of(&simulation, 4), ramps(&simulation, 4)), (TargetState::Unhealthy, 0));
    apply(&mut simulation, Command::RestoreTask(TaskId::new(4)));
    until_healthy(&mut simulation, 4);
    assert_eq!(ramps(&simulation, 4), 2);
    let anew = stretches(&mut simulation, 4, 10, 1)[0];
    assert!(anew <= 8, "{anew}: half-way it was {half_way}");
}

/// A target that is deregistered leaves slow start.
#[test]
fn a_target_leaves_when_it_is_deregistered() {
    let mut simulation = Simulation::new(&world("300"), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    until_healthy(&mut simulation, 4);
    apply(&mut simulation, Command::StopTask(TaskId::new(4)));
    assert_eq!((state_of(&simulation, 4), ramps(&simulation, 4)), (TargetState::Draining, 0));
}

/// When no healthy target is at its full share, for all were unhealthy, the first to recover does not enter; the others
/// find it at full share and do.
#[test]
fn after_an_outage_of_all_the_first_to_recover_has_its_full_share() {
    let mut simulation = Simulation::new(&world("300"), 7);
    run_to(&mut simulation, 10);
    (1..=3).for_each(|task| apply(&mut simulation, Command::FailHealthCheck(TaskId::new(task))));
    run_to(&mut simulation, 30);
    assert_eq!([1, 2, 3].map(|task| state_of(&simulation, task)), [TargetState::Unhealthy; 3]);
    (1..=3).for_each(|task| apply(&mut simulation, Command::RestoreTask(TaskId::new(task))));
    (1..=3).for_each(|task| drop(until_healthy(&mut simulation, task)));
    let ramping: usize = (1..=3).map(|task| ramps(&simulation, task)).sum();
    assert_eq!(ramping, 4, "each of two nodes has one target of three at full share");
}
