//! The cluster.

use serde::Deserialize;

/// A cluster.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Cluster {
    /// Its name.
    #[serde(default = "default_name")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) cluster_name: String,
    /// How many vCPUs tasks of Fargate may have together; 1000 unless given. Not CloudFormation's: a quota of the
    /// account.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100_000)))]
    pub(crate) vcpu_quota: Option<i64>,
    /// Likewise, tasks of Fargate Spot.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100_000)))]
    pub(crate) spot_vcpu_quota: Option<i64>,
    /// Its container instances, 60 at most, for services of the LaunchType EC2. Not CloudFormation's, which has Auto
    /// Scaling groups.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 60)))]
    pub(crate) container_instances: Vec<ContainerInstances>,
}

fn default_name() -> String {
    crate::ecs::ClusterSettings::default().name
}

/// Some container instances that are alike.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ContainerInstances {
    /// Their type.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = types())))]
    pub(crate) instance_type: String,
    /// Their zone.
    pub(crate) availability_zone: String,
    /// How many.
    #[serde(default = "super::one")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 60)))]
    pub(crate) count: i64,
}

#[cfg(feature = "schema")]
fn types() -> Vec<&'static str> {
    crate::ecs::placement::InstanceType::ALL.iter().map(|kind| kind.name).collect()
}
