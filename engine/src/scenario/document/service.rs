//! Services.

use serde::Deserialize;

use super::NotSimulated;
use super::deployment::{AdvancedConfiguration, DeploymentConfiguration};
use crate::ecs::CapacityProvider;
use crate::ecs::rebalancing::AvailabilityZoneRebalancing;

/// `AvailabilityZoneRebalancing`.
pub(crate) const REBALANCING: &[(&str, AvailabilityZoneRebalancing)] =
    &[("ENABLED", AvailabilityZoneRebalancing::Enabled), ("DISABLED", AvailabilityZoneRebalancing::Disabled)];
/// `CapacityProvider` of Fargate.
pub(crate) const CAPACITY_PROVIDERS: &[(&str, CapacityProvider)] =
    &[("FARGATE", CapacityProvider::Fargate), ("FARGATE_SPOT", CapacityProvider::FargateSpot)];

/// A service.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Service {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) service_name: String,
    /// A family, which stands for its latest revision, or family:revision.
    pub(crate) task_definition: String,
    /// How many tasks it is to have.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) desired_count: i64,
    /// Where its tasks run: on Fargate, unless given, or on the cluster's container instances.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["FARGATE", "EC2"])))]
    pub(crate) launch_type: Option<String>,
    /// Instead of a LaunchType: which capacity of Fargate its tasks run on.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 20)))]
    pub(crate) capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    /// How many tasks there are: DesiredCount, which is REPLICA.
    #[serde(default = "replica")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["REPLICA"])))]
    pub(crate) scheduling_strategy: String,
    /// How tasks are placed on container instances, with the LaunchType EC2.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 5)))]
    pub(crate) placement_strategies: Vec<PlacementStrategy>,
    /// Where tasks may be placed, with the LaunchType EC2.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 10)))]
    pub(crate) placement_constraints: Vec<PlacementConstraint>,
    /// Whether tasks are moved from zones with many to zones with few. ENABLED unless given, as AWS has it for a new
    /// service; DISABLED where the service may not have it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(REBALANCING))))]
    pub(crate) availability_zone_rebalancing: Option<String>,
    /// How long after a task's start failed health checks are ignored.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 2_147_483_647)))]
    pub(crate) health_check_grace_period_seconds: i64,
    /// How a new revision takes over, and what makes a deployment fail.
    #[serde(default)]
    pub(crate) deployment_configuration: DeploymentConfiguration,
    /// The target group that its tasks are registered in, if any.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1)))]
    pub(crate) load_balancers: Vec<ServiceLoadBalancer>,
    /// The network of its tasks.
    #[serde(default)]
    pub(crate) network_configuration: NetworkConfiguration,
    /// The zones of its subnets; all of the load balancer's unless given. Not CloudFormation's, which has subnets.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 6)))]
    pub(crate) availability_zones: Option<Vec<String>>,
}

fn replica() -> String {
    "REPLICA".to_owned()
}

/// A capacity provider and its share of the tasks.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CapacityProviderStrategyItem {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(CAPACITY_PROVIDERS))))]
    pub(crate) capacity_provider: String,
    /// So many tasks at the least. Only one of them has a base.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100_000)))]
    pub(crate) base: i64,
    /// The part of the tasks beyond the base: its weight among the sum of all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000)))]
    pub(crate) weight: i64,
}

/// How tasks are placed on container instances.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PlacementStrategy {
    /// Evenly over the values of the Field, where the least of it is left unused, or anywhere.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["spread", "binpack", "random"])))]
    pub(crate) r#type: String,
    /// attribute:ecs.availability-zone, instanceId or host for spread; cpu or memory for binpack; none for random.
    #[serde(default)]
    pub(crate) field: Option<String>,
}

/// Where tasks may be placed.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PlacementConstraint {
    /// No two tasks of the service on one container instance.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["distinctInstance"])))]
    pub(crate) r#type: String,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) expression: Option<NotSimulated>,
}

/// A target group and what of a task is registered in it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ServiceLoadBalancer {
    /// The name of the target group.
    pub(crate) target_group_arn: String,
    /// The name of the container.
    pub(crate) container_name: String,
    /// Its port.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) container_port: i64,
    /// What BLUE_GREEN, LINEAR and CANARY deployments need besides.
    #[serde(default)]
    pub(crate) advanced_configuration: Option<AdvancedConfiguration>,
}

/// The network of a service's tasks.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct NetworkConfiguration {
    /// In the network mode awsvpc, which Fargate has.
    #[serde(default)]
    pub(crate) awsvpc_configuration: AwsvpcConfiguration,
}

/// The network of tasks that have network interfaces of their own.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AwsvpcConfiguration {
    /// The names of their security groups. Without any, everything is let through.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 5)))]
    pub(crate) security_groups: Vec<String>,
}
