//! Availability Zone rebalancing: whether a service may have it, and its next move
//! (ECS guide, "Balancing an Amazon ECS service across Availability Zones").

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::DeploymentConfiguration;
use super::placement::{PlacementStrategy, SpreadField};

/// `availabilityZoneRebalancing` (API `CreateService`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AvailabilityZoneRebalancing {
    /// `ENABLED`, AWS's default for a new service that may have it.
    #[default]
    Enabled,
    /// `DISABLED`.
    Disabled,
}

impl AvailabilityZoneRebalancing {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// Why a service cannot have Availability Zone rebalancing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RebalancingRefused {
    /// There would never be room for the task to start first.
    #[error("Availability Zone rebalancing needs a maximumPercent above 100")]
    MaximumPercent,
    /// Tasks do not have to be spread over zones.
    #[error(
        "Availability Zone rebalancing needs attribute:ecs.availability-zone spread as the first placement \
         strategy, or none"
    )]
    PlacementStrategy,
}

/// Whether a service with these settings may have it.
pub fn may_rebalance(
    limits: DeploymentConfiguration,
    strategies: &[PlacementStrategy],
) -> Result<(), RebalancingRefused> {
    if limits.maximum_percent <= 100 {
        return Err(RebalancingRefused::MaximumPercent);
    }
    match strategies.first() {
        None | Some(PlacementStrategy::Spread(SpreadField::AvailabilityZone)) => Ok(()),
        Some(_) => Err(RebalancingRefused::PlacementStrategy),
    }
}

/// The tasks of a service in one zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ZoneTasks {
    /// RUNNING and healthy.
    pub healthy: u32,
    /// Wanted, and not yet healthy or no longer.
    pub others: u32,
}

/// What rebalancing does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Nothing: the zones are balanced.
    Balanced,
    /// Nothing: only a service in a steady state is rebalanced.
    AwaitSteadyState,
    /// Nothing: the task that was started is not healthy yet.
    AwaitHealth,
    /// Nothing: `maximumPercent` leaves no room.
    NoRoom,
    /// Start a task in this zone, one of those with the fewest.
    Start {
        /// The index of the zone among those given.
        zone: usize,
    },
    /// Stop a task in this zone, one of those with the most.
    Stop {
        /// The index of the zone among those given.
        zone: usize,
    },
}

/// The next move, given the desired count, the tasks in each zone of the service, whether the last move was a
/// [`Move::Start`], [`Move::Stop`] or [`Move::AwaitHealth`], and how many more tasks `maximumPercent` allows.
pub fn next_move(desired: u32, zones: &[ZoneTasks], under_way: bool, room: u32) -> Move {
    let healthy: u32 = zones.iter().map(|zone| zone.healthy).sum();
    let others: u32 = zones.iter().map(|zone| zone.others).sum();
    if under_way && others > 0 {
        return Move::AwaitHealth;
    }
    if others > 0 || healthy < desired || (healthy > desired && !under_way) {
        return Move::AwaitSteadyState;
    }
    let (Some(emptiest), Some(fullest)) = (emptiest(zones), fullest(zones)) else { return Move::Balanced };
    if healthy > desired {
        return Move::Stop { zone: fullest };
    }
    if are_balanced(zones) {
        Move::Balanced
    } else if room == 0 {
        Move::NoRoom
    } else {
        Move::Start { zone: emptiest }
    }
}

/// Whether no zone has two healthy tasks more than another.
pub fn are_balanced(zones: &[ZoneTasks]) -> bool {
    let counts = || zones.iter().map(|zone| zone.healthy);
    counts().max().unwrap_or(0) - counts().min().unwrap_or(0) <= 1
}

fn emptiest(zones: &[ZoneTasks]) -> Option<usize> {
    (0..zones.len()).min_by_key(|zone| zones[*zone].healthy)
}

fn fullest(zones: &[ZoneTasks]) -> Option<usize> {
    (0..zones.len()).rev().max_by_key(|zone| zones[*zone].healthy)
}

/// The event with which rebalancing begins (`SERVICE_REBALANCING_STARTED`), given the zones' names and tasks.
pub fn started(service: &str, zones: &[(impl Display, u32)]) -> String {
    let last = zones.len().saturating_sub(1);
    let list: String = (0..)
        .zip(zones)
        .map(|(index, (zone, tasks))| {
            let and = if index == last && last > 0 { "and " } else { "" };
            let (noun, comma) =
                (if index == 0 { " tasks" } else { "" }, if index < last { ", " } else { "" });
            format!("{and}{tasks}{noun} in {zone}{comma}")
        })
        .collect();
    format!("(service {service}) is not AZ balanced with {list}. AZ Rebalancing in progress.")
}

/// The event with which rebalancing ends (`SERVICE_REBALANCING_COMPLETED`).
pub fn completed(service: &str, zones: &[(impl Display, u32)]) -> String {
    let last = zones.len().saturating_sub(1);
    let list: String = (0..)
        .zip(zones)
        .map(|(index, (zone, tasks))| {
            let and = if index == last && last > 0 { "and " } else { "" };
            let comma = if index < last { ", " } else { "" };
            format!("{and}{tasks} tasks in {zone}{comma}")
        })
        .collect();
    format!("(service {service}) is AZ balanced with {list}.")
}

/// The event with which it tells that a task was started in a zone (`TASKS_STARTED`).
pub fn started_task(service: &str, zone: &str, task: &str) -> String {
    format!("{service} has started 1 tasks in {zone} to AZ Rebalance: {task}.")
}

/// The event with which it tells that a task was stopped in a zone (`TASKS_STOPPED`).
pub fn stopped_task(service: &str, zone: &str, task: &str) -> String {
    format!("{service} has stopped 1 running tasks in {zone} due to AZ rebalancing: {task}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(healthy: &[u32]) -> Vec<ZoneTasks> {
        healthy.iter().map(|healthy| ZoneTasks { healthy: *healthy, others: 0 }).collect()
    }

    /// Moves until there is nothing to move. Returns the tasks in each zone after every move.
    fn run(desired: u32, mut counts: Vec<u32>, room: u32) -> (Vec<Vec<u32>>, Move) {
        let mut trace = vec![counts.clone()];
        let mut under_way = false;
        for _ in 0..100 {
            match next_move(desired, &zones(&counts), under_way, room) {
                Move::Start { zone } => counts[zone] += 1,
                Move::Stop { zone } => counts[zone] -= 1,
                other => return (trace, other),
            }
            under_way = true;
            trace.push(counts.clone());
        }
        panic!("no end in {trace:?}");
    }

    /// ECS guide, "Balancing an Amazon ECS service across Availability Zones": a task starts in the zone with the
    /// fewest, then one stops in the zone with the most.
    #[test]
    fn tasks_move_from_the_fullest_zone_to_the_emptiest() {
        let (trace, end) = run(6, vec![4, 2, 0], 6);
        assert_eq!(trace, [[4, 2, 0], [4, 2, 1], [3, 2, 1], [3, 2, 2], [2, 2, 2]]);
        assert_eq!(end, Move::Balanced);
        assert_eq!(run(4, vec![2, 1, 1], 4), (vec![vec![2, 1, 1]], Move::Balanced));
        assert_eq!(run(0, Vec::new(), 0).1, Move::Balanced);
    }

    /// ECS guide, "Balancing an Amazon ECS service across Availability Zones": it begins in a steady state, and the
    /// new task must be RUNNING and healthy before another is stopped.
    #[test]
    fn it_waits_for_steady_states_and_healthy_tasks() {
        let mut zones = zones(&[3, 0]);
        zones[0].others = 1;
        assert_eq!(next_move(4, &zones, false, 4), Move::AwaitSteadyState);
        zones[0].others = 0;
        assert_eq!(next_move(4, &zones, false, 4), Move::AwaitSteadyState, "one is missing");
        zones[1].others = 1;
        assert_eq!(next_move(3, &zones, true, 2), Move::AwaitHealth);
        zones[1] = ZoneTasks { healthy: 1, others: 0 };
        assert_eq!(next_move(3, &zones, true, 2), Move::Stop { zone: 0 });
        assert_eq!(next_move(3, &zones, false, 2), Move::AwaitSteadyState, "not rebalancing's surplus");
    }

    /// ECS guide, "Balancing an Amazon ECS service across Availability Zones": not with `maximumPercent` 100, and
    /// zone spread comes first or there is no strategy.
    #[test]
    fn not_every_service_may_have_it() {
        let limits = |maximum_percent| DeploymentConfiguration { maximum_percent, ..Default::default() };
        let by_zone = PlacementStrategy::Spread(SpreadField::AvailabilityZone);
        assert_eq!(may_rebalance(limits(200), &[]), Ok(()));
        assert_eq!(may_rebalance(limits(200), &[by_zone, PlacementStrategy::Random]), Ok(()));
        assert_eq!(may_rebalance(limits(100), &[]), Err(RebalancingRefused::MaximumPercent));
        assert_eq!(
            may_rebalance(limits(200), &[PlacementStrategy::Random, by_zone]),
            Err(RebalancingRefused::PlacementStrategy)
        );
        assert_eq!(next_move(4, &zones(&[4, 0]), false, 0), Move::NoRoom, "110 % of four are four");
    }

    /// API `CreateService`: on by default.
    #[test]
    fn it_is_on_by_default() {
        assert_eq!(AvailabilityZoneRebalancing::default().as_str(), "ENABLED");
        assert_eq!(AvailabilityZoneRebalancing::Disabled.as_str(), "DISABLED");
    }

    /// ECS guide, "Amazon ECS Availability Zone service rebalancing service event messages".
    #[test]
    fn the_sentences_are_awss() {
        assert_eq!(
            started("web", &[("us-east-1a", 3), ("us-east-1b", 1), ("us-east-1c", 0)]),
            "(service web) is not AZ balanced with 3 tasks in us-east-1a, 1 in us-east-1b, and 0 in us-east-1c. \
             AZ Rebalancing in progress."
        );
        assert_eq!(
            completed("web", &[("us-east-1a", 2), ("us-east-1b", 1), ("us-east-1c", 1)]),
            "(service web) is AZ balanced with 2 tasks in us-east-1a, 1 tasks in us-east-1b, and 1 tasks in \
             us-east-1c."
        );
        assert_eq!(
            [started_task("web", "us-east-1c", "abc"), stopped_task("web", "us-east-1a", "abc")],
            [
                "web has started 1 tasks in us-east-1c to AZ Rebalance: abc.",
                "web has stopped 1 running tasks in us-east-1a due to AZ rebalancing: abc.",
            ]
        );
    }
}
