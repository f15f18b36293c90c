//! What can be set on a scalable target, its policies and its scheduled actions: AWS's names and defaults (API
//! `RegisterScalableTarget`, `PutScalingPolicy`, `PutScheduledAction`).

use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
use crate::cloudwatch::AlarmSettings;
use crate::elb::TargetGroupId;
use crate::kernel::{SimDuration, Thousandths};

/// `ScaleOutCooldown`, `ScaleInCooldown` and `Cooldown` when nothing is said: 300 s for ECS (API
/// `TargetTrackingScalingPolicyConfiguration`, `StepScalingPolicyConfiguration`).
pub const COOLDOWN: SimDuration = SimDuration::from_secs(300);

/// Everything about the scaling of one service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScalingSettings {
    /// The service's bounds.
    pub target: ScalableTarget,
    /// Its policies: at most 50.
    pub policies: Vec<Policy>,
    /// Its scheduled actions: at most 200.
    pub scheduled_actions: Vec<ScheduledAction>,
}

/// A service registered as a scalable target (`ecs:service:DesiredCount`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScalableTarget {
    /// `MinCapacity`, in tasks: 0 or more.
    pub min_capacity: u32,
    /// `MaxCapacity`, in tasks: `min_capacity` or more.
    pub max_capacity: u32,
    /// `SuspendedState`.
    pub suspended: SuspendedState,
}

impl ScalableTarget {
    /// The nearest capacity within the bounds.
    pub fn clamp(&self, capacity: u32) -> u32 {
        capacity.min(self.max_capacity).max(self.min_capacity)
    }
}

/// `SuspendedState`: what is switched off for now. Alarms and policies stay (Application Auto Scaling guide,
/// "Suspending and resuming scaling").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SuspendedState {
    /// `DynamicScalingInSuspended`: policies take no tasks away.
    pub dynamic_scaling_in: bool,
    /// `DynamicScalingOutSuspended`: policies add no tasks.
    pub dynamic_scaling_out: bool,
    /// `ScheduledScalingSuspended`: scheduled actions do not run, and are not made up for later.
    pub scheduled_scaling: bool,
}

/// A metric to scale by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ScalingMetric {
    /// `CPUUtilization` of the service, in percent of what its tasks were given.
    EcsServiceAverageCpuUtilization,
    /// `MemoryUtilization` of the service, likewise.
    EcsServiceAverageMemoryUtilization,
    /// `RequestCountPerTarget` of a target group, per minute.
    AlbRequestCountPerTarget {
        /// The target group, which `ResourceLabel` names.
        group: TargetGroupId,
    },
}

impl ScalingMetric {
    /// Its `PredefinedMetricType`.
    pub const fn predefined_type(self) -> &'static str {
        match self {
            Self::EcsServiceAverageCpuUtilization => "ECSServiceAverageCPUUtilization",
            Self::EcsServiceAverageMemoryUtilization => "ECSServiceAverageMemoryUtilization",
            Self::AlbRequestCountPerTarget { .. } => "ALBRequestCountPerTarget",
        }
    }

    /// CloudWatch's name of the metric itself.
    pub const fn metric_name(self) -> &'static str {
        match self {
            Self::EcsServiceAverageCpuUtilization => "CPUUtilization",
            Self::EcsServiceAverageMemoryUtilization => "MemoryUtilization",
            Self::AlbRequestCountPerTarget { .. } => "RequestCountPerTarget",
        }
    }
}

/// A scaling policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Policy {
    /// `TargetTrackingScaling`.
    TargetTracking(TargetTracking),
    /// `StepScaling`.
    StepScaling(StepScaling),
}

impl Policy {
    /// `PolicyName`.
    pub fn name(&self) -> &str {
        match self {
            Self::TargetTracking(policy) => &policy.name,
            Self::StepScaling(policy) => &policy.name,
        }
    }

    /// The metric that it scales by.
    pub const fn metric(&self) -> ScalingMetric {
        match self {
            Self::TargetTracking(policy) => policy.metric,
            Self::StepScaling(policy) => policy.metric,
        }
    }
}

/// Keeps a metric at, or close to, a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TargetTracking {
    /// `PolicyName`: 1 to 256 characters.
    pub name: String,
    /// `PredefinedMetricSpecification`.
    pub metric: ScalingMetric,
    /// `TargetValue`: more than 0; percent, or requests per target and minute.
    pub target_value: Thousandths,
    /// `ScaleOutCooldown`: default 300 s.
    pub scale_out_cooldown: SimDuration,
    /// `ScaleInCooldown`: default 300 s.
    pub scale_in_cooldown: SimDuration,
    /// `DisableScaleIn`: default false.
    pub disable_scale_in: bool,
}

/// Changes the capacity by steps, depending on how far an alarm is breached.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepScaling {
    /// `PolicyName`: 1 to 256 characters.
    pub name: String,
    /// The alarm that invokes it. It is the owner's, not made by Application Auto Scaling.
    pub alarm: AlarmSettings,
    /// The metric that the alarm is on.
    pub metric: ScalingMetric,
    /// `AdjustmentType`.
    pub adjustment_type: AdjustmentType,
    /// `StepAdjustments`: 1 to 20.
    pub steps: Vec<StepAdjustment>,
    /// `MinAdjustmentMagnitude`, in tasks; for `PercentChangeInCapacity` alone.
    pub min_adjustment_magnitude: Option<u32>,
    /// `Cooldown`: default 300 s.
    pub cooldown: SimDuration,
    /// `MetricAggregationType`: default Average.
    pub aggregation: MetricAggregationType,
}

/// `AdjustmentType`: what `ScalingAdjustment` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AdjustmentType {
    /// So many tasks more, or fewer.
    ChangeInCapacity,
    /// So many tasks.
    ExactCapacity,
    /// So many percent more, or fewer.
    PercentChangeInCapacity,
}

/// `MetricAggregationType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MetricAggregationType {
    /// The mean.
    #[default]
    Average,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
}

/// `StepAdjustment`: what to do when the metric lies between two bounds, which are counted from the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepAdjustment {
    /// `MetricIntervalLowerBound`; without one, from negative infinity on.
    pub lower_bound: Option<Thousandths>,
    /// `MetricIntervalUpperBound`; without one, up to positive infinity.
    pub upper_bound: Option<Thousandths>,
    /// `ScalingAdjustment`: in tasks or in percent.
    pub adjustment: i32,
}

/// `ScheduledAction`: sets new bounds at its times.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScheduledAction {
    /// `ScheduledActionName`: 1 to 256 characters.
    pub name: String,
    /// `Schedule`, in UTC.
    pub schedule: Schedule,
    /// `MinCapacity`: unchanged when there is none.
    pub min_capacity: Option<u32>,
    /// `MaxCapacity`: unchanged when there is none.
    pub max_capacity: Option<u32>,
}
