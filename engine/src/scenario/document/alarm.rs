//! Alarms.

use serde::Deserialize;

use super::NotSimulated;
use crate::cloudwatch::{ComparisonOperator, Statistic, TreatMissingData};
use crate::ecs::ServiceId;
use crate::elb::TargetGroupId;
use crate::scenario::AlarmMetric;

/// Of what a metric is, and the metric.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MetricOf {
    LoadBalancer(AlarmMetric),
    TargetGroup(fn(TargetGroupId) -> AlarmMetric),
    Service(fn(ServiceId) -> AlarmMetric),
}

/// `MetricName`.
pub(crate) const METRICS: &[(&str, MetricOf)] = &[
    ("HTTPCode_ELB_5XX_Count", MetricOf::LoadBalancer(AlarmMetric::Elb5xx)),
    ("HTTPCode_ELB_4XX_Count", MetricOf::LoadBalancer(AlarmMetric::Elb4xx)),
    ("HTTPCode_Target_5XX_Count", MetricOf::TargetGroup(AlarmMetric::Target5xx)),
    ("TargetResponseTime", MetricOf::LoadBalancer(AlarmMetric::TargetResponseTime)),
    ("UnHealthyHostCount", MetricOf::TargetGroup(AlarmMetric::UnhealthyHosts)),
    ("HealthyHostCount", MetricOf::TargetGroup(AlarmMetric::HealthyHosts)),
    ("RequestCountPerTarget", MetricOf::TargetGroup(AlarmMetric::RequestCountPerTarget)),
    ("CPUUtilization", MetricOf::Service(AlarmMetric::CpuUtilization)),
    ("MemoryUtilization", MetricOf::Service(AlarmMetric::MemoryUtilization)),
];
/// `Namespace` of the metrics of load balancers and target groups, and of those of services.
pub(crate) const NAMESPACES: [&str; 2] = ["AWS/ApplicationELB", "AWS/ECS"];

/// `ComparisonOperator`.
pub(crate) const COMPARISONS: &[(&str, ComparisonOperator)] = &[
    ("GreaterThanThreshold", ComparisonOperator::GreaterThanThreshold),
    ("GreaterThanOrEqualToThreshold", ComparisonOperator::GreaterThanOrEqualToThreshold),
    ("LessThanThreshold", ComparisonOperator::LessThanThreshold),
    ("LessThanOrEqualToThreshold", ComparisonOperator::LessThanOrEqualToThreshold),
];
/// `Statistic`.
pub(crate) const STATISTICS: &[(&str, Statistic)] = &[
    ("Average", Statistic::Average),
    ("Minimum", Statistic::Minimum),
    ("Maximum", Statistic::Maximum),
    ("Sum", Statistic::Sum),
];
/// `TreatMissingData`, CloudWatch's default first.
pub(crate) const MISSING_DATA: &[(&str, TreatMissingData)] = &[
    ("missing", TreatMissingData::Missing),
    ("notBreaching", TreatMissingData::NotBreaching),
    ("breaching", TreatMissingData::Breaching),
    ("ignore", TreatMissingData::Ignore),
];
/// `Name` of a dimension.
pub(crate) const DIMENSIONS: &[&str] = &["LoadBalancer", "TargetGroup", "ClusterName", "ServiceName"];

/// An alarm on one metric.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Alarm {
    /// Its name, by which deployments and scaling policies name it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) alarm_name: String,
    /// AWS/ApplicationELB or AWS/ECS, as the metric has it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = NAMESPACES)))]
    pub(crate) namespace: Option<String>,
    /// The metric.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(METRICS))))]
    pub(crate) metric_name: String,
    /// Of what it is: TargetGroup or ServiceName, as the metric has it. LoadBalancer and ClusterName can be left out.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 2)))]
    pub(crate) dimensions: Vec<Dimension>,
    /// What is made of the values of one period.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(STATISTICS))))]
    pub(crate) statistic: String,
    /// The length of a period in seconds: a multiple of 60.
    #[cfg_attr(feature = "schema", schemars(range(min = 60)))]
    pub(crate) period: i64,
    /// How many periods are looked at.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub(crate) evaluation_periods: i64,
    /// How many of them must be beyond the threshold; all, unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub(crate) datapoints_to_alarm: Option<i64>,
    /// The threshold, to three decimals.
    pub(crate) threshold: f64,
    /// What is beyond it.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(COMPARISONS))))]
    pub(crate) comparison_operator: String,
    /// What a period without values is.
    #[serde(default = "missing")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(MISSING_DATA))))]
    pub(crate) treat_missing_data: String,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) extended_statistic: Option<NotSimulated>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) metrics: Option<NotSimulated>,
}

fn missing() -> String {
    MISSING_DATA[0].0.to_owned()
}

/// Of what a metric is.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Dimension {
    /// The kind of thing.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = DIMENSIONS)))]
    pub(crate) name: String,
    /// Its name.
    pub(crate) value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_metrics_are_cloudwatchs() {
        for (name, metric) in METRICS {
            let metric = match metric {
                MetricOf::LoadBalancer(metric) => *metric,
                MetricOf::TargetGroup(metric) => metric(TargetGroupId::new(0)),
                MetricOf::Service(metric) => metric(ServiceId::new(0)),
            };
            assert_eq!(metric.as_str(), *name);
        }
    }
}
