//! What requests see of a rolling deployment, and when its events come.

use albatross_engine::Simulation;
use albatross_engine::ecs::Release;
use albatross_engine::ecs::deployment::state::RolloutState;
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::Notice;

use crate::fleet::*;
use crate::world::*;

/// Six tasks at 100/200 answer 500 requests a second, each of which takes so many milliseconds, and are replaced. The
/// deregistration delay is 1 s. Returns how many requests were lost.
fn lost_by_a_deployment(milliseconds: u64) -> u64 {
    let mut scenario = plain();
    scenario.services[0].desired_count = 6;
    scenario.services[0].task_definition.container.workers = 1_000;
    load(&mut scenario, 500.0, milliseconds);
    set(&mut scenario, "deregistration_delay.timeout_seconds", "1");
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 120, |simulation| is_completed(simulation, 2));
    let until = simulation.now().as_micros() / 1_000_000 + 5;
    run_to(&mut simulation, until);
    assert_eq!(rollout(&simulation, 2), RolloutState::Completed);
    assert_eq!(old_and_new(&simulation), (0, 6));
    let sent = simulation.traffic().sent();
    assert!(sent > 10_000, "{sent} requests say something");
    assert_eq!(sent, simulation.requests_received() + simulation.requests_in_flight());
    lost(&simulation)
}

/// ECS guide, "Optimize load balancer connection draining parameters for Amazon ECS": a delay that is longer than the
/// longest request loses none. Every request takes 0.9 s and two ways of 0.5 ms, the delay is 1 s.
#[test]
fn a_deployment_loses_nothing_when_draining_outlasts_every_request() {
    assert_eq!(lost_by_a_deployment(900), 0);
}

/// Likewise: with requests of 1.5 s those are cut off that came in the last 0.5 s before their task began to drain. Six
/// old tasks leave while 6 to 12 tasks share 500 requests a second evenly: each had 21 to 42 in that time, 125 to 250
/// together.
#[test]
fn a_deployment_loses_requests_that_draining_does_not_wait_for() {
    let lost = lost_by_a_deployment(1_500);
    assert!((125..=250).contains(&lost), "{lost}");
}

/// ECS guide, "Amazon ECS service event messages", in the order in which public logs of a rolling deployment of one task
/// have them. Those logs put 19 to 65 s between "has started" and "registered", and 50 s more until the old task is
/// stopped; here a start takes 20 s give or take a quarter, and the old task stops at the first look, at most 10 s away,
/// at a target that is healthy within 1.5 s. They have 10 s from there to "deregistered", one look: here none. They show
/// 52 s from there to "deployment completed"; here 30 s of draining and 5 s for the network interface, and the next look.
#[test]
fn the_events_of_a_deployment_come_in_the_order_of_public_logs() {
    let mut simulation = Simulation::new(&service(1, percent(100, 200)), 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 200);
    let kinds: Vec<(SimTime, &str)> = notices(&simulation)
        .into_iter()
        .filter_map(|(at, notice)| {
            let kind = match notice {
                Notice::ServiceStartedTasks { .. } => "started",
                Notice::ServiceRegisteredTarget { .. } => "registered",
                Notice::ServiceStoppedTask { .. } => "stopped",
                Notice::ServiceDeregisteredTarget { .. } => "deregistered",
                Notice::DrainingBegun { .. } => "draining",
                Notice::DeploymentCompleted { .. } => "completed",
                Notice::SteadyState { .. } => "steady",
                _ => return None,
            };
            Some((at, kind))
        })
        .collect();
    let order: Vec<&str> = kinds.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(
        order,
        ["started", "registered", "stopped", "deregistered", "draining", "completed", "steady"]
    );
    let gap = |from: usize, to: usize| kinds[to].0.since(kinds[from].0).as_micros() as f64 / 1e6;
    assert!((15.0..=25.0).contains(&gap(0, 1)), "{}", gap(0, 1));
    assert!((0.5..=11.5).contains(&gap(1, 2)), "{}", gap(1, 2));
    assert_eq!((gap(2, 3), gap(3, 4), gap(5, 6)), (0.0, 0.0, 0.0));
    assert!((35.0..=46.0).contains(&gap(3, 5)), "{}", gap(3, 5));
}
