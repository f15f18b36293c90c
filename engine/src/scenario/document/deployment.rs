//! Deployments.

use serde::Deserialize;

use super::NotSimulated;
use crate::ecs::deployment::settings::SourceServiceRevisionCleanup;

/// `Strategy`, AWS's default first.
pub(crate) const STRATEGIES: &[&str] = &["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"];
/// `Type` of a `ThresholdConfiguration`, AWS's default first.
pub(crate) const THRESHOLDS: &[&str] = &["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"];
/// `SourceServiceRevisionCleanup`, AWS's default first.
pub(crate) const CLEANUPS: &[(&str, SourceServiceRevisionCleanup)] = &[
    ("BLOCKING", SourceServiceRevisionCleanup::Blocking),
    ("DEFERRED", SourceServiceRevisionCleanup::Deferred),
];

/// How a new revision takes over, and what makes a deployment fail.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeploymentConfiguration {
    /// The fewest healthy ones; 100 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub(crate) minimum_healthy_percent: Option<i64>,
    /// The most; 200 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 1_000)))]
    pub(crate) maximum_percent: Option<i64>,
    /// How a new revision takes over.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = STRATEGIES)))]
    pub(crate) strategy: Option<String>,
    /// How long both revisions run after the traffic has moved; required for BLUE_GREEN, 0 for LINEAR and CANARY
    /// unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_440)))]
    pub(crate) bake_time_in_minutes: Option<i64>,
    /// The steps of LINEAR.
    #[serde(default)]
    pub(crate) linear_configuration: Option<LinearConfiguration>,
    /// The first step of CANARY.
    #[serde(default)]
    pub(crate) canary_configuration: Option<CanaryConfiguration>,
    /// How many failed tasks fail a deployment.
    #[serde(default)]
    pub(crate) deployment_circuit_breaker: Option<DeploymentCircuitBreaker>,
    /// Which alarms fail a deployment.
    #[serde(default)]
    pub(crate) alarms: Option<DeploymentAlarms>,
    /// When a deployment has succeeded before all its tasks are there.
    #[serde(default)]
    pub(crate) early_success_criteria: Option<EarlySuccessCriteria>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) lifecycle_hooks: Option<NotSimulated>,
}

/// Production traffic moves in equal steps.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct LinearConfiguration {
    /// How much of it moves in each step, to a tenth of a percent; 10 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 3.0, max = 100.0)))]
    pub(crate) step_percent: Option<f64>,
    /// How long each step lasts; 6 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_440)))]
    pub(crate) step_bake_time_in_minutes: Option<i64>,
}

/// A small share of the production traffic moves first.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CanaryConfiguration {
    /// How much of it moves first, to a tenth of a percent; 5 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.1, max = 100.0)))]
    pub(crate) canary_percent: Option<f64>,
    /// How long the rest waits; 10 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_440)))]
    pub(crate) canary_bake_time_in_minutes: Option<i64>,
}

/// The deployment circuit breaker, for the strategy ROLLING.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeploymentCircuitBreaker {
    /// Whether there is one.
    pub(crate) enable: bool,
    /// Whether it goes back to the last deployment that was completed.
    pub(crate) rollback: bool,
    /// Whether every task that gets healthy sets the count of failures to 0.
    #[serde(default = "super::yes")]
    pub(crate) reset_on_healthy_task: bool,
    /// How many failures are too many; 50 percent, but at least 3 tasks and at most 200, unless given.
    #[serde(default)]
    pub(crate) threshold_configuration: Option<ThresholdConfiguration>,
}

/// How many failed tasks are too many.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ThresholdConfiguration {
    /// Percent of the desired count, at least 3 tasks and at most 200; percent; or a number of tasks.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = THRESHOLDS)))]
    pub(crate) r#type: String,
    /// So many.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub(crate) value: i64,
}

/// Alarms that fail a deployment.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeploymentAlarms {
    /// Names of Alarms.
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) alarm_names: Vec<String>,
    /// Whether they do.
    pub(crate) enable: bool,
    /// Whether it then goes back to the last deployment that was completed.
    pub(crate) rollback: bool,
}

/// When a deployment has succeeded, for the strategy ROLLING.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct EarlySuccessCriteria {
    /// Whether it can succeed early.
    #[serde(default)]
    pub(crate) enable: bool,
    /// With so many healthy tasks, in percent of the desired count; 100 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub(crate) healthy_percent: Option<i64>,
    /// Whether it waits for the old tasks to be gone.
    #[serde(default = "blocking")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(CLEANUPS))))]
    pub(crate) source_service_revision_cleanup: String,
}

fn blocking() -> String {
    CLEANUPS[0].0.to_owned()
}

/// The second target group of a service, and the rules whose weights ECS sets.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AdvancedConfiguration {
    /// The name of the second target group.
    pub(crate) alternate_target_group_arn: String,
    /// The rule of the production traffic: a listener, HTTP:80, for its default rule, or with the priority of another
    /// rule behind it, HTTP:80/10.
    pub(crate) production_listener_rule: String,
    /// The rule of the test traffic, likewise.
    #[serde(default)]
    pub(crate) test_listener_rule: Option<String>,
}
