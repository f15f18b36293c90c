//! Availability Zones that fail and come back, and the rebalancing that follows.

use albatross_engine::ecs::rebalancing::AvailabilityZoneRebalancing;
use albatross_engine::ecs::{DeploymentConfiguration, TaskId, Waiting};
use albatross_engine::trace::{CannotPlace, Notice};
use albatross_engine::{Command, Scenario, Simulation};

use crate::fleet::*;
use crate::world::*;

const SECOND_ZONE: u32 = 1;

fn balanced(desired: u32, limits: DeploymentConfiguration) -> Scenario {
    let mut scenario = brisk(desired, limits);
    scenario.services[0].rebalancing = AvailabilityZoneRebalancing::Enabled;
    scenario
}

/// ECS guide, "Amazon ECS service scheduler", "Balancing an Amazon ECS service across Availability Zones": tasks of a zone
/// that fails are started in the others. Its processes are gone at once, and replaced once ECS has noticed; when the zone
/// is there again and the service steady, tasks move back one at a time: one starts and is healthy before one stops. Six
/// tasks need three moves, and at no event are there fewer than six healthy ones or more than seven wanted ones.
#[test]
fn a_zone_fails_and_tasks_come_back_one_by_one() {
    let mut simulation = Simulation::new(&balanced(6, percent(100, 200)), 7);
    run_to(&mut simulation, 20);
    assert_eq!(by_zones(&simulation), [3, 3]);
    apply(&mut simulation, Command::LoseZone(SECOND_ZONE));
    assert_eq!(healthy(&simulation), 6, "the load balancer does not know yet");
    let lost = simulation.cluster().tasks().filter(|task| task.container().is_none()).count();
    assert_eq!(lost, 3);
    run_to(&mut simulation, 150);
    assert_eq!((by_zones(&simulation), healthy(&simulation), present(&simulation)), ([6, 0], 6, 6));
    apply(&mut simulation, Command::RestoreZone(SECOND_ZONE));
    let mut trace = vec![by_zones(&simulation)];
    at_every_event(&mut simulation, 400, |simulation| {
        assert!(healthy(simulation) >= 6);
        let now = by_zones(simulation);
        if trace.last() != Some(&now) {
            trace.push(now);
        }
    });
    assert_eq!(trace, [[6, 0], [6, 1], [5, 1], [5, 2], [4, 2], [4, 3], [3, 3]]);
    let zones = |text: &str| events_with(&simulation, text).len();
    assert_eq!(zones("is not AZ balanced with 6 tasks in us-east-1a, and 0 in us-east-1b"), 1);
    assert_eq!(zones("to AZ Rebalance"), 3);
    assert_eq!(zones("due to AZ rebalancing"), 3);
    assert_eq!(zones("is AZ balanced with 3 tasks in us-east-1a, and 3 tasks in us-east-1b"), 1);
}

/// ECS guide, "Balancing an Amazon ECS service across Availability Zones": not with `maximumPercent` 100, where no task can
/// start first, and not where it is disabled.
#[test]
fn without_room_or_wish_nothing_is_rebalanced() {
    for (limits, rebalancing) in [
        (percent(50, 100), AvailabilityZoneRebalancing::Enabled),
        (percent(100, 200), AvailabilityZoneRebalancing::Disabled),
    ] {
        let mut scenario = brisk(4, limits);
        scenario.services[0].rebalancing = rebalancing;
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 20);
        apply(&mut simulation, Command::LoseZone(SECOND_ZONE));
        run_to(&mut simulation, 150);
        apply(&mut simulation, Command::RestoreZone(SECOND_ZONE));
        run_to(&mut simulation, 600);
        assert_eq!((by_zones(&simulation), healthy(&simulation)), ([4, 0], 4), "{rebalancing:?}");
    }
}

/// API `DeploymentConfiguration`: a move keeps within `maximumPercent`, which is five tasks for four at 125 %, even when a
/// task is lost in the middle of it.
#[test]
fn rebalancing_stays_within_the_maximum() {
    let mut simulation = Simulation::new(&balanced(4, percent(50, 125)), 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::LoseZone(SECOND_ZONE));
    run_to(&mut simulation, 150);
    apply(&mut simulation, Command::RestoreZone(SECOND_ZONE));
    run_until(&mut simulation, 200, |simulation| by_zones(simulation) == [4, 1]);
    apply(&mut simulation, Command::StopTask(TaskId::new(1)));
    at_every_event(&mut simulation, 500, |simulation| assert!(present(simulation) <= 5));
    assert_eq!((by_zones(&simulation), healthy(&simulation)), ([2, 2], 4));
}

/// ECS guide, "Amazon ECS service event messages": with no zone left there is no capacity, which is told once; the tasks
/// come back with the zone.
#[test]
fn without_any_zone_there_is_no_capacity() {
    let mut scenario = brisk(2, percent(100, 200));
    scenario.services[0].zones = vec![SECOND_ZONE as usize];
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::LoseZone(SECOND_ZONE));
    run_to(&mut simulation, 300);
    assert_eq!((present(&simulation), healthy(&simulation)), (0, 0));
    assert_eq!(the_service(&simulation).waiting(), Waiting::Place(CannotPlace::NoCapacity));
    let told = events_with(&simulation, "Reason: Capacity is unavailable at this time.");
    assert_eq!(told.len(), 1, "{told:?}");
    apply(&mut simulation, Command::RestoreZone(SECOND_ZONE));
    run_to(&mut simulation, 340);
    assert_eq!(healthy(&simulation), 2);
}

/// A zone can fail once, and only one that has failed comes back.
#[test]
fn a_zone_fails_once() {
    let mut simulation = Simulation::new(&brisk(2, percent(100, 200)), 7);
    assert!(simulation.apply(Command::RestoreZone(SECOND_ZONE)).is_err());
    apply(&mut simulation, Command::LoseZone(SECOND_ZONE));
    assert!(simulation.apply(Command::LoseZone(SECOND_ZONE)).is_err());
    assert!(simulation.apply(Command::LoseZone(9)).is_err());
    assert!(first(&simulation, |notice| matches!(notice, Notice::Refused(..))).is_none());
}
