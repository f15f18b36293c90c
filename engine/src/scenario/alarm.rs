//! CloudWatch alarms of a scenario: what they watch.

use serde::{Deserialize, Serialize};

use crate::cloudwatch::AlarmSettings;
use crate::ecs::ServiceId;
use crate::elb::TargetGroupId;

/// An alarm and the metric that it watches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MetricAlarm {
    /// The alarm.
    pub alarm: AlarmSettings,
    /// Its metric.
    pub metric: AlarmMetric,
}

/// A metric that an alarm can watch, with its dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AlarmMetric {
    /// `HTTPCode_ELB_5XX_Count` of the load balancer.
    Elb5xx,
    /// `HTTPCode_ELB_4XX_Count` of the load balancer.
    Elb4xx,
    /// `HTTPCode_Target_5XX_Count` of a target group.
    Target5xx(TargetGroupId),
    /// `TargetResponseTime` of the load balancer, in seconds.
    TargetResponseTime,
    /// `UnHealthyHostCount` of a target group.
    UnhealthyHosts(TargetGroupId),
    /// `HealthyHostCount` of a target group.
    HealthyHosts(TargetGroupId),
    /// `RequestCountPerTarget` of a target group.
    RequestCountPerTarget(TargetGroupId),
    /// `CPUUtilization` of a service.
    CpuUtilization(ServiceId),
    /// `MemoryUtilization` of a service.
    MemoryUtilization(ServiceId),
}

impl AlarmMetric {
    /// CloudWatch's name of the metric.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Elb5xx => "HTTPCode_ELB_5XX_Count",
            Self::Elb4xx => "HTTPCode_ELB_4XX_Count",
            Self::Target5xx(_) => "HTTPCode_Target_5XX_Count",
            Self::TargetResponseTime => "TargetResponseTime",
            Self::UnhealthyHosts(_) => "UnHealthyHostCount",
            Self::HealthyHosts(_) => "HealthyHostCount",
            Self::RequestCountPerTarget(_) => "RequestCountPerTarget",
            Self::CpuUtilization(_) => "CPUUtilization",
            Self::MemoryUtilization(_) => "MemoryUtilization",
        }
    }
}
