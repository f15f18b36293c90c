//! What Application Auto Scaling would refuse, with its reasons.

use std::collections::BTreeSet;

use super::settings::{
    AdjustmentType, Policy, ScalableTarget, ScalingMetric, ScalingSettings, ScheduledAction, StepAdjustment,
    StepScaling, TargetTracking,
};
use crate::cloudwatch::{AlarmRefused, Statistic};
use crate::kernel::Thousandths;

/// Quotas of Application Auto Scaling (AWS General Reference, "Application Auto Scaling endpoints and quotas").
const POLICIES_MAX: usize = 50;
const SCHEDULED_ACTIONS_MAX: usize = 200;
const STEPS_MAX: usize = 20;

/// Why something about scaling cannot be set so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScalingRefused {
    /// A name is empty or too long.
    #[error("PolicyName and ScheduledActionName have 1 to 256 characters")]
    Name,
    /// Two policies or two scheduled actions have the same name.
    #[error("the name {0:?} is taken")]
    NameTaken(String),
    /// The bounds are the wrong way round.
    #[error("Maximum capacity cannot be less than minimum capacity")]
    MaxBelowMin,
    /// There is nothing to keep the metric at.
    #[error("TargetValue is greater than 0")]
    TargetValue,
    /// Two target-tracking policies would pull at the same metric.
    #[error("each target tracking policy needs another metric; {0} is tracked already")]
    MetricTaken(&'static str),
    /// A quota is exceeded.
    #[error(
        "at most {POLICIES_MAX} scaling policies, {SCHEDULED_ACTIONS_MAX} scheduled actions and {STEPS_MAX} steps"
    )]
    Quota,
    /// There is no step.
    #[error("at least one step adjustment is required")]
    NoSteps,
    /// A step has neither bound.
    #[error("the upper and lower bound can't be null in the same step adjustment")]
    StepUnbounded,
    /// A step holds nothing.
    #[error("the lower bound of a step adjustment is less than its upper bound")]
    StepEmpty,
    /// Several steps reach down for ever.
    #[error("at most one step adjustment can have a null lower bound")]
    SeveralOpenBelow,
    /// Several steps reach up for ever.
    #[error("at most one step adjustment can have a null upper bound")]
    SeveralOpenAbove,
    /// No step reaches down for ever.
    #[error("if one step adjustment has a negative lower bound, there must be one with a null lower bound")]
    NotOpenBelow,
    /// No step reaches up for ever.
    #[error("if one step adjustment has a positive upper bound, there must be one with a null upper bound")]
    NotOpenAbove,
    /// Two steps hold the same values.
    #[error("the ranges of step adjustments can't overlap")]
    StepsOverlap,
    /// Values between two steps belong to none.
    #[error("the ranges of step adjustments can't have a gap")]
    StepsGap,
    /// A negative number of tasks.
    #[error("with ExactCapacity a ScalingAdjustment is not negative")]
    ExactCapacityNegative,
    /// The statistic does not go with the metric.
    #[error(
        "{metric} has no {statistic} here: RequestCountPerTarget has Sum alone, the others Average, Minimum and Maximum"
    )]
    Statistic {
        /// CloudWatch's name of the metric.
        metric: &'static str,
        /// CloudWatch's name of the statistic.
        statistic: &'static str,
    },
    /// CloudWatch would refuse the alarm.
    #[error(transparent)]
    Alarm(#[from] AlarmRefused),
    /// A scheduled action changes nothing.
    #[error("a scheduled action sets MinCapacity, MaxCapacity or both")]
    NothingScheduled,
}

fn name(name: &str) -> Result<(), ScalingRefused> {
    if (1..=256).contains(&name.chars().count()) { Ok(()) } else { Err(ScalingRefused::Name) }
}

impl ScalableTarget {
    /// Whether AWS would take it (API `RegisterScalableTarget`).
    ///
    /// # Errors
    /// When it would not.
    pub const fn validate(&self) -> Result<(), ScalingRefused> {
        if self.max_capacity < self.min_capacity {
            return Err(ScalingRefused::MaxBelowMin);
        }
        Ok(())
    }
}

impl ScheduledAction {
    /// Whether AWS would take it (API `PutScheduledAction`).
    ///
    /// # Errors
    /// When it would not.
    pub fn validate(&self) -> Result<(), ScalingRefused> {
        name(&self.name)?;
        match (self.min_capacity, self.max_capacity) {
            (None, None) => Err(ScalingRefused::NothingScheduled),
            (Some(min), Some(max)) if max < min => Err(ScalingRefused::MaxBelowMin),
            _ => Ok(()),
        }
    }
}

impl Policy {
    /// Whether AWS would take it (API `PutScalingPolicy`, and `PutMetricAlarm` for the alarm of a step scaling policy).
    ///
    /// # Errors
    /// When it would not.
    pub fn validate(&self) -> Result<(), ScalingRefused> {
        name(self.name())?;
        match self {
            Self::TargetTracking(TargetTracking { target_value, .. })
                if *target_value <= Thousandths::ZERO =>
            {
                Err(ScalingRefused::TargetValue)
            }
            Self::TargetTracking(_) => Ok(()),
            Self::StepScaling(policy) => policy.validate(),
        }
    }
}

impl StepScaling {
    fn validate(&self) -> Result<(), ScalingRefused> {
        self.alarm.validate()?;
        let statistic = self.alarm.statistic;
        let counts = matches!(self.metric, ScalingMetric::AlbRequestCountPerTarget { .. });
        if counts != (statistic == Statistic::Sum) {
            let (metric, statistic) = (self.metric.metric_name(), statistic.as_str());
            return Err(ScalingRefused::Statistic { metric, statistic });
        }
        let exact = self.adjustment_type == AdjustmentType::ExactCapacity;
        if exact && self.steps.iter().any(|step| step.adjustment < 0) {
            return Err(ScalingRefused::ExactCapacityNegative);
        }
        validate_steps(&self.steps)
    }
}

/// The rules for step adjustments (API `StepAdjustment`).
fn validate_steps(steps: &[StepAdjustment]) -> Result<(), ScalingRefused> {
    if steps.is_empty() {
        return Err(ScalingRefused::NoSteps);
    }
    if steps.len() > STEPS_MAX {
        return Err(ScalingRefused::Quota);
    }
    for step in steps {
        match (step.lower_bound, step.upper_bound) {
            (None, None) => return Err(ScalingRefused::StepUnbounded),
            (Some(lower), Some(upper)) if lower >= upper => return Err(ScalingRefused::StepEmpty),
            _ => {}
        }
    }
    let open_below = steps.iter().filter(|step| step.lower_bound.is_none()).count();
    let open_above = steps.iter().filter(|step| step.upper_bound.is_none()).count();
    if open_below > 1 {
        return Err(ScalingRefused::SeveralOpenBelow);
    }
    if open_above > 1 {
        return Err(ScalingRefused::SeveralOpenAbove);
    }
    let mut sorted = steps.to_vec();
    sorted.sort_by_key(|step| step.lower_bound); // `None` comes first.
    for pair in sorted.windows(2) {
        let (end, start) = (pair[0].upper_bound, pair[1].lower_bound);
        match (end, start) {
            (Some(end), Some(start)) if end == start => {}
            (Some(end), Some(start)) if end < start => return Err(ScalingRefused::StepsGap),
            _ => return Err(ScalingRefused::StepsOverlap),
        }
    }
    if open_below == 0 && steps.iter().any(|step| step.lower_bound < Some(Thousandths::ZERO)) {
        return Err(ScalingRefused::NotOpenBelow);
    }
    if open_above == 0 && steps.iter().any(|step| step.upper_bound > Some(Thousandths::ZERO)) {
        return Err(ScalingRefused::NotOpenAbove);
    }
    Ok(())
}

impl ScalingSettings {
    /// Whether AWS would take all of it, one thing after the other.
    ///
    /// # Errors
    /// With the first thing that AWS would refuse.
    pub fn validate(&self) -> Result<(), ScalingRefused> {
        self.target.validate()?;
        self.policies.iter().try_for_each(Policy::validate)?;
        self.scheduled_actions.iter().try_for_each(ScheduledAction::validate)?;
        self.validate_together()
    }

    /// What goes for policies and scheduled actions among each other: quotas, names, and one target-tracking policy a
    /// metric.
    ///
    /// # Errors
    /// With the first thing that AWS would refuse.
    pub fn validate_together(&self) -> Result<(), ScalingRefused> {
        if self.policies.len() > POLICIES_MAX || self.scheduled_actions.len() > SCHEDULED_ACTIONS_MAX {
            return Err(ScalingRefused::Quota);
        }
        unique(self.policies.iter().map(Policy::name))?;
        unique(self.scheduled_actions.iter().map(|action| action.name.as_str()))?;
        let mut tracked = Vec::new();
        for policy in &self.policies {
            if let Policy::TargetTracking(TargetTracking { metric, .. }) = policy {
                if tracked.contains(metric) {
                    return Err(ScalingRefused::MetricTaken(metric.predefined_type()));
                }
                tracked.push(*metric);
            }
        }
        Ok(())
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), ScalingRefused> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(ScalingRefused::NameTaken(name.to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
