//! Policies for tests: AWS's own example of step scaling, and others.

use super::settings::{
    AdjustmentType, COOLDOWN, MetricAggregationType, ScalingMetric, StepAdjustment, StepScaling,
    TargetTracking,
};
use crate::cloudwatch::{AlarmSettings, ComparisonOperator, Statistic, TreatMissingData};
use crate::kernel::{SimDuration, Thousandths};

pub(super) fn step(lower: Option<i32>, upper: Option<i32>, adjustment: i32) -> StepAdjustment {
    let bound = |bound: Option<i32>| bound.map(Thousandths::whole);
    StepAdjustment { lower_bound: bound(lower), upper_bound: bound(upper), adjustment }
}

fn stepping(name: &str, comparison: ComparisonOperator, steps: Vec<StepAdjustment>) -> StepScaling {
    StepScaling {
        name: name.to_owned(),
        alarm: AlarmSettings {
            name: format!("{name}-alarm"),
            comparison,
            threshold: Thousandths::whole(50),
            period: SimDuration::from_secs(60),
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            statistic: Statistic::Average,
            treat_missing_data: TreatMissingData::Missing,
        },
        metric: ScalingMetric::EcsServiceAverageCpuUtilization,
        adjustment_type: AdjustmentType::PercentChangeInCapacity,
        steps,
        min_adjustment_magnitude: None,
        cooldown: SimDuration::ZERO,
        aggregation: MetricAggregationType::Average,
    }
}

/// Application Auto Scaling guide, "Step adjustments": the scale-out policy of the example, without a cooldown.
pub(super) fn awss_scale_out() -> StepScaling {
    let steps = vec![step(Some(0), Some(10), 0), step(Some(10), Some(20), 10), step(Some(20), None, 30)];
    stepping("out", ComparisonOperator::GreaterThanOrEqualToThreshold, steps)
}

/// The scale-in policy of the same example.
pub(super) fn awss_scale_in() -> StepScaling {
    let steps =
        vec![step(Some(-10), Some(0), 0), step(Some(-20), Some(-10), -10), step(None, Some(-20), -30)];
    stepping("in", ComparisonOperator::LessThanOrEqualToThreshold, steps)
}

/// Keeps a metric at a value, with AWS's defaults.
pub(super) fn tracking(name: &str, metric: ScalingMetric, target_value: i32) -> TargetTracking {
    TargetTracking {
        name: name.to_owned(),
        metric,
        target_value: Thousandths::whole(target_value),
        scale_out_cooldown: COOLDOWN,
        scale_in_cooldown: COOLDOWN,
        disable_scale_in: false,
    }
}
