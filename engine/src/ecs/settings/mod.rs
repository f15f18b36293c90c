//! What can be set on a cluster, a service, its task definition and its container: AWS's names, defaults and ranges.

mod cluster;
mod container;
mod task_definition;

use serde::{Deserialize, Serialize};

use super::deployment::settings::DeploymentOptions;
use super::rebalancing::AvailabilityZoneRebalancing;
use crate::elb::{ListenerId, TargetGroupId};
use crate::kernel::SimDuration;
use crate::vpc::SecurityGroupId;

pub use cluster::{
    CapacityProvider, CapacityShare, CapacityStrategy, ClusterSettings, InstanceSettings, Launch,
};
pub use container::{ContainerSettings, MemoryUse, OnSigterm};
pub use task_definition::{Release, StartTimes, TaskDefinition};

/// An ECS service whose deployments ECS itself makes (deployment controller `ECS`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSettings {
    /// `ServiceName`.
    pub name: String,
    /// `DesiredCount`.
    pub desired_count: u32,
    /// Where its tasks run.
    pub launch: Launch,
    /// The percentages of `DeploymentConfiguration`.
    pub deployment: DeploymentConfiguration,
    /// What else `DeploymentConfiguration` says: strategy, circuit breaker, alarms, early success.
    pub options: DeploymentOptions,
    /// What blue/green, linear and canary deployments need beside the target group.
    pub blue_green: Option<BlueGreen>,
    /// `AvailabilityZoneRebalancing`.
    pub rebalancing: AvailabilityZoneRebalancing,
    /// `HealthCheckGracePeriodSeconds`: default 0. Within this time of a task's start the scheduler ignores
    /// failed health checks; the load balancer does not.
    pub health_check_grace_period: SimDuration,
    /// What its tasks are made of.
    pub task_definition: TaskDefinition,
    /// The target group that its tasks are registered in, if any.
    pub target_group: Option<TargetGroupId>,
    /// The zones that its subnets lie in, by their index among the zones of the world.
    pub zones: Vec<usize>,
    /// The security groups of its tasks. Without any, everything is let through.
    pub security_groups: Vec<SecurityGroupId>,
}

/// `AdvancedConfiguration` of a service's load balancer: the second target group and the rules whose weights ECS
/// rewrites when traffic shifts (API `AdvancedConfiguration`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlueGreen {
    /// `AlternateTargetGroupArn`.
    pub alternate_target_group: TargetGroupId,
    /// `ProductionListenerRule`.
    pub production: RuleReference,
    /// `TestListenerRule`.
    pub test: Option<RuleReference>,
}

/// A rule of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuleReference {
    /// The listener.
    pub listener: ListenerId,
    /// The priority of the rule; the default rule without one.
    pub priority: Option<u16>,
}

/// How many tasks a service may have, in percent of its desired count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeploymentConfiguration {
    /// `MinimumHealthyPercent`: default 100.
    pub minimum_healthy_percent: u32,
    /// `MaximumPercent`: default 200.
    pub maximum_percent: u32,
}

impl Default for DeploymentConfiguration {
    fn default() -> Self {
        Self { minimum_healthy_percent: 100, maximum_percent: 200 }
    }
}

impl DeploymentConfiguration {
    /// The fewest healthy tasks that the scheduler keeps: rounded up (ECS guide, "Service definition
    /// parameters").
    pub const fn healthy_tasks_min(self, desired: u32) -> u32 {
        (desired as u64 * self.minimum_healthy_percent as u64).div_ceil(100) as u32
    }

    /// The most tasks that the scheduler runs: rounded down (ECS guide, "Service definition parameters").
    pub const fn tasks_max(self, desired: u32) -> u32 {
        (desired as u64 * self.maximum_percent as u64 / 100) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECS guide, "Service definition parameters": the minimum is rounded up, the maximum down. The guide's own
    /// examples are among these: 2 at 75 % and 3 at 125 % leave no room.
    #[test]
    fn minimum_rounds_up_and_maximum_rounds_down() {
        let bounds = |desired, minimum_healthy_percent, maximum_percent| {
            let configuration = DeploymentConfiguration { minimum_healthy_percent, maximum_percent };
            (configuration.healthy_tasks_min(desired), configuration.tasks_max(desired))
        };
        assert_eq!(bounds(1, 100, 200), (1, 2));
        assert_eq!(bounds(1, 50, 100), (1, 1));
        assert_eq!(bounds(2, 75, 125), (2, 2));
        assert_eq!(bounds(3, 50, 200), (2, 6));
        assert_eq!(bounds(3, 75, 125), (3, 3));
        assert_eq!(bounds(4, 75, 125), (3, 5));
        assert_eq!(bounds(10, 75, 125), (8, 12));
        assert_eq!(bounds(10, 100, 110), (10, 11));
    }
}
