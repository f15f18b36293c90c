//! Application Auto Scaling: scalable targets, their scheduled actions and their policies.

use serde::Deserialize;

use super::NotSimulated;
use crate::autoscaling::{AdjustmentType, MetricAggregationType};

/// `ServiceNamespace` and `ScalableDimension` of services.
pub(crate) const NAMESPACE: &str = "ecs";
pub(crate) const DIMENSION: &str = "ecs:service:DesiredCount";
/// `PolicyType`.
pub(crate) const POLICY_TYPES: &[&str] = &["TargetTrackingScaling", "StepScaling"];
/// `PredefinedMetricType`.
pub(crate) const METRIC_TYPES: &[&str] =
    &["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"];
/// `AdjustmentType`.
pub(crate) const ADJUSTMENTS: &[(&str, AdjustmentType)] = &[
    ("ChangeInCapacity", AdjustmentType::ChangeInCapacity),
    ("ExactCapacity", AdjustmentType::ExactCapacity),
    ("PercentChangeInCapacity", AdjustmentType::PercentChangeInCapacity),
];
/// `MetricAggregationType`, AWS's default first.
pub(crate) const AGGREGATIONS: &[(&str, MetricAggregationType)] = &[
    ("Average", MetricAggregationType::Average),
    ("Minimum", MetricAggregationType::Minimum),
    ("Maximum", MetricAggregationType::Maximum),
];

/// A service whose desired count Application Auto Scaling sets.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ScalableTarget {
    /// ecs.
    #[serde(default = "namespace")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [NAMESPACE])))]
    pub(crate) service_namespace: String,
    /// ecs:service:DesiredCount.
    #[serde(default = "dimension")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [DIMENSION])))]
    pub(crate) scalable_dimension: String,
    /// The service: service/ and the names of the cluster and the service, such as service/default/web.
    pub(crate) resource_id: String,
    /// The fewest tasks.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) min_capacity: i64,
    /// The most tasks.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) max_capacity: i64,
    /// What sets other bounds, and when.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 200)))]
    pub(crate) scheduled_actions: Vec<ScheduledAction>,
    /// What is switched off.
    #[serde(default)]
    pub(crate) suspended_state: SuspendedState,
}

fn namespace() -> String {
    NAMESPACE.to_owned()
}

fn dimension() -> String {
    DIMENSION.to_owned()
}

/// Other bounds at a time.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ScheduledAction {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub(crate) scheduled_action_name: String,
    /// at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields), in UTC.
    pub(crate) schedule: String,
    /// The bounds.
    #[serde(default)]
    pub(crate) scalable_target_action: ScalableTargetAction,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) timezone: Option<NotSimulated>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) start_time: Option<NotSimulated>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) end_time: Option<NotSimulated>,
}

/// Bounds; one that is left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ScalableTargetAction {
    /// The fewest tasks.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) min_capacity: Option<i64>,
    /// The most tasks.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) max_capacity: Option<i64>,
}

/// What is switched off.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SuspendedState {
    /// Policies take no tasks away.
    #[serde(default)]
    pub(crate) dynamic_scaling_in_suspended: bool,
    /// Policies add no tasks.
    #[serde(default)]
    pub(crate) dynamic_scaling_out_suspended: bool,
    /// Scheduled actions do not run.
    #[serde(default)]
    pub(crate) scheduled_scaling_suspended: bool,
}

/// A scaling policy. It names its scalable target by one of ScalingTargetId and ResourceId.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ScalingPolicy {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 256)))]
    pub(crate) policy_name: String,
    /// Which of the two configurations it has.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = POLICY_TYPES)))]
    pub(crate) policy_type: String,
    /// The ResourceId of one of ScalableTargets.
    #[serde(default)]
    pub(crate) scaling_target_id: Option<String>,
    /// The same.
    #[serde(default)]
    pub(crate) resource_id: Option<String>,
    /// ecs.
    #[serde(default = "namespace")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [NAMESPACE])))]
    pub(crate) service_namespace: String,
    /// ecs:service:DesiredCount.
    #[serde(default = "dimension")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [DIMENSION])))]
    pub(crate) scalable_dimension: String,
    /// Of a TargetTrackingScaling: which metric is kept at which value.
    #[serde(default)]
    pub(crate) target_tracking_scaling_policy_configuration: Option<TargetTracking>,
    /// Of a StepScaling: what is done how far beyond the threshold.
    #[serde(default)]
    pub(crate) step_scaling_policy_configuration: Option<StepScaling>,
    /// Of a StepScaling: the one of Alarms that invokes it. Not CloudFormation's, where the alarm names the policy.
    #[serde(default)]
    pub(crate) alarm_name: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) predictive_scaling_policy_configuration: Option<NotSimulated>,
}

/// Keeps a metric at a value.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TargetTracking {
    /// The value: more than 0, to three decimals.
    pub(crate) target_value: f64,
    /// The metric.
    #[serde(default)]
    pub(crate) predefined_metric_specification: Option<PredefinedMetric>,
    /// How long after a change for more, in seconds, the next one waits; 300 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 2_147_483_647)))]
    pub(crate) scale_out_cooldown: Option<i64>,
    /// How long after a change for fewer, in seconds, the next one waits; 300 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 2_147_483_647)))]
    pub(crate) scale_in_cooldown: Option<i64>,
    /// Whether it only ever adds tasks.
    #[serde(default)]
    pub(crate) disable_scale_in: bool,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) customized_metric_specification: Option<NotSimulated>,
}

/// One of AWS's metrics.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PredefinedMetric {
    /// Which.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = METRIC_TYPES)))]
    pub(crate) predefined_metric_type: String,
    /// For ALBRequestCountPerTarget: the name of the service's target group.
    #[serde(default)]
    pub(crate) resource_label: Option<String>,
}

/// What is done how far beyond a threshold.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StepScaling {
    /// What ScalingAdjustment means: tasks more or fewer, tasks, or percent more or fewer.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(ADJUSTMENTS))))]
    pub(crate) adjustment_type: String,
    /// The steps.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 20)))]
    pub(crate) step_adjustments: Vec<StepAdjustment>,
    /// The fewest tasks to add or take away, with PercentChangeInCapacity.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 60)))]
    pub(crate) min_adjustment_magnitude: Option<i64>,
    /// How long after a change, in seconds, the next one waits; 300 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 2_147_483_647)))]
    pub(crate) cooldown: Option<i64>,
    /// What is made of the values of the metric.
    #[serde(default = "average")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(AGGREGATIONS))))]
    pub(crate) metric_aggregation_type: String,
}

fn average() -> String {
    AGGREGATIONS[0].0.to_owned()
}

/// What is done between two bounds, which are counted from the threshold of the alarm.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StepAdjustment {
    /// From here on; from negative infinity on, unless given.
    #[serde(default)]
    pub(crate) metric_interval_lower_bound: Option<f64>,
    /// Up to here; up to positive infinity, unless given.
    #[serde(default)]
    pub(crate) metric_interval_upper_bound: Option<f64>,
    /// Tasks or percent.
    #[cfg_attr(feature = "schema", schemars(range(min = -1_000_000, max = 1_000_000)))]
    pub(crate) scaling_adjustment: i64,
}
