//! The scenario file as it is written: CloudFormation's property names wherever CloudFormation has one. Nothing is
//! checked here beyond types and field names; that is `validate`'s work. What is said about a field here is what
//! the JSON Schema of the file says.

mod alarm;
mod cluster;
mod deployment;
mod listener;
mod load_balancer;
mod scaling;
mod server;
mod service;
mod target_group;
mod task_definition;
mod timeline;
mod traffic;

use serde::{Deserialize, Deserializer};

use super::problems::ScenarioError;

pub(crate) use alarm::{
    Alarm, COMPARISONS, DIMENSIONS, Dimension, METRICS, MISSING_DATA, MetricOf, NAMESPACES, STATISTICS,
};
pub(crate) use cluster::{Cluster, ContainerInstances};
pub(crate) use deployment::{
    AdvancedConfiguration, CLEANUPS, DeploymentCircuitBreaker, DeploymentConfiguration, STRATEGIES,
    THRESHOLDS,
};
pub(crate) use listener::{
    Action, Certificate, CertificateReference, Condition, ForwardConfig, KEY_ALGORITHMS, Listener,
    ListenerRule, PROTOCOLS, QueryStringValue, REDIRECT_STATUSES, RedirectConfig, Strings, Weighted,
};
pub(crate) use load_balancer::{
    Attribute, Egress, Ingress, LoadBalancer, NUMBER_OF_ALL_PROTOCOLS, SCHEMES, SecurityGroup,
};
pub(crate) use scaling::{
    ADJUSTMENTS, AGGREGATIONS, DIMENSION, METRIC_TYPES, NAMESPACE, POLICY_TYPES, PredefinedMetric,
    ScalableTarget, ScalingPolicy, ScheduledAction, StepScaling, TargetTracking,
};
pub(crate) use server::{DISTRIBUTIONS, Distribution, ON_SIGTERM, Server, ServerMemory};
pub(crate) use service::{
    CAPACITY_PROVIDERS, CapacityProviderStrategyItem, PlacementStrategy, REBALANCING, Service,
};
pub(crate) use target_group::{HealthCheck, TargetGroup};
pub(crate) use task_definition::{
    ContainerDefinition, ContainerHealthCheck, FAULTS, Release, StartTimes, TaskDefinition, WholeNumber,
};
pub(crate) use timeline::{
    ChangeIngress, Command, FailRequests, ModifyListener, ModifyRule, Moment, RegisterScalableTarget,
    STOP_TYPES, SlowTask, TaskReference, UpdateService,
};
pub(crate) use traffic::{
    ARRIVALS, BACKOFFS, Clients, HTTP_VERSIONS, Header, Profile, Request, Retries, TLS_VERSIONS, TraceEntry,
    Traffic,
};

use listener::ListenerCertificate;

/// Reads a file; an error names the field by its path.
pub(crate) fn read(text: &str) -> Result<Document, ScenarioError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let document = serde_path_to_error::deserialize(&mut reader)?;
    reader.end().map_err(ScenarioError::from_json)?;
    Ok(document)
}

/// A scenario of Albatross: what exists, what traffic arrives and what happens when.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Document {
    /// Where this schema is, for editors.
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    /// The short name, as it stands in addresses and on the command line: letters, digits and hyphens.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub(crate) name: String,
    /// The title.
    pub(crate) title: String,
    /// What the scenario shows, in a sentence or two.
    pub(crate) description: String,
    /// How the world begins.
    #[serde(default)]
    pub(crate) start: Start,
    /// What AWS does not document and a scenario may settle for itself.
    #[serde(default)]
    pub(crate) assumptions: Assumptions,
    /// Security groups (AWS::EC2::SecurityGroup).
    #[serde(default)]
    pub(crate) security_groups: Vec<SecurityGroup>,
    /// Exactly one load balancer (AWS::ElasticLoadBalancingV2::LoadBalancer).
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) load_balancers: Vec<LoadBalancer>,
    /// Certificates that listeners name.
    #[serde(default)]
    pub(crate) certificates: Vec<Certificate>,
    /// Its listeners (AWS::ElasticLoadBalancingV2::Listener). Without any, the load balancer receives nothing.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 50)))]
    pub(crate) listeners: Vec<Listener>,
    /// Further certificates of HTTPS listeners (AWS::ElasticLoadBalancingV2::ListenerCertificate).
    #[serde(default)]
    pub(crate) listener_certificates: Vec<ListenerCertificate>,
    /// Rules besides the default ones (AWS::ElasticLoadBalancingV2::ListenerRule).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) listener_rules: Vec<ListenerRule>,
    /// Target groups (AWS::ElasticLoadBalancingV2::TargetGroup).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) target_groups: Vec<TargetGroup>,
    /// At most one cluster (AWS::ECS::Cluster); one that is named default, unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1)))]
    pub(crate) clusters: Vec<Cluster>,
    /// Task definitions (AWS::ECS::TaskDefinition).
    #[serde(default)]
    pub(crate) task_definitions: Vec<TaskDefinition>,
    /// Services (AWS::ECS::Service).
    #[serde(default)]
    pub(crate) services: Vec<Service>,
    /// Alarms (AWS::CloudWatch::Alarm), for deployments and scaling policies.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) alarms: Vec<Alarm>,
    /// Services that are scaled (AWS::ApplicationAutoScaling::ScalableTarget).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 16)))]
    pub(crate) scalable_targets: Vec<ScalableTarget>,
    /// How they are scaled (AWS::ApplicationAutoScaling::ScalingPolicy).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) scaling_policies: Vec<ScalingPolicy>,
    /// The clients and what they send.
    pub(crate) traffic: Traffic,
    /// What is done at which instant.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 10_000)))]
    pub(crate) timeline: Vec<Moment>,
}

/// How a world begins.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Start {
    /// The services have long been running their desired counts of healthy tasks.
    #[default]
    Steady,
    /// The services have just been created: no task is there yet.
    Empty,
}

/// What AWS does not document and a scenario may settle for itself.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Assumptions {
    /// Whether the nodes of the load balancer share, without delay, the round-robin position and the counts of
    /// outstanding requests. Otherwise each has its own.
    #[serde(default)]
    pub(crate) shared_routing_memory: bool,
}

/// A length of time: a number with one of the units us, ms, s, m, h.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Length(
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9]+([.][0-9]+)?(us|ms|s|m|h)$")))]
    pub(crate) String,
);

impl From<&str> for Length {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A property that CloudFormation has and Albatross does not simulate: whatever it says, it is refused with words
/// of its own.
#[derive(Debug)]
pub(crate) struct NotSimulated;

impl<'de> Deserialize<'de> for NotSimulated {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(reader).map(|_| Self)
    }
}

/// The words of a table, for the schema.
#[cfg(feature = "schema")]
fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}

const fn yes() -> bool {
    true
}

const fn one() -> i64 {
    1
}

fn nought() -> Length {
    Length::from("0s")
}
