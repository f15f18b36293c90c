//! Application Auto Scaling for one service: policies with their alarms, cooldowns, scheduled actions. Pure: told how
//! the service stands and what was measured, it says which desired count to set.

mod calendar;
mod cooldown;
mod decision;
#[cfg(test)]
mod examples;
mod schedule;
mod settings;
mod step_scaling;
mod target_tracking;
mod validate;

use crate::cloudwatch::{Alarm, Spread, StateChange};
use crate::elb::TargetGroupId;
use crate::kernel::{SimTime, Thousandths};

pub use calendar::{Calendar, Date, Moment, Weekday};
pub use cooldown::{Cooldown, CoolingDown};
pub use decision::{
    Bound, Cause, Decision, NotScaled, NotScaledReason, ScalingActivity, Standing, Vote, Wish, decide,
};
pub use schedule::{Cron, RateUnit, Schedule, ScheduleRefused};
pub use settings::{
    AdjustmentType, COOLDOWN, MetricAggregationType, Policy, ScalableTarget, ScalingMetric, ScalingSettings,
    ScheduledAction, StepAdjustment, StepScaling, SuspendedState, TargetTracking,
};
pub use step_scaling::StepScaler;
pub use target_tracking::{TargetTracker, capacity_for};
pub use validate::ScalingRefused;

/// What is known of a service at the end of a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// How it stands.
    pub standing: Standing,
    /// `CPUUtilization` of the minute, in percent; nothing while no task was RUNNING.
    pub cpu: Option<Spread>,
    /// `MemoryUtilization`, likewise.
    pub memory: Option<Spread>,
    /// `RequestCountPerTarget` of the minute, for target groups that have one.
    pub request_count_per_target: Vec<(TargetGroupId, f64)>,
}

impl Inputs {
    /// What was measured of a metric, if anything was.
    pub fn of(&self, metric: ScalingMetric) -> Option<Spread> {
        match metric {
            ScalingMetric::EcsServiceAverageCpuUtilization => self.cpu,
            ScalingMetric::EcsServiceAverageMemoryUtilization => self.memory,
            ScalingMetric::AlbRequestCountPerTarget { group } => self
                .request_count_per_target
                .iter()
                .find(|(measured, _)| *measured == group)
                .map(|(_, count)| Spread::level(*count)),
        }
    }
}

/// An alarm of a policy changed its state.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmChange {
    /// The policy.
    pub policy: String,
    /// The alarm.
    pub alarm: String,
    /// What changed, and why.
    pub change: StateChange,
}

/// What the end of a minute brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Alarms that changed, in the order of the policies.
    pub alarms: Vec<AlarmChange>,
    /// What is done, or why nothing is. The owner sets the desired count of a [`Decision::Scale`].
    pub decision: Decision,
    /// Whether AWS would record it: of equal not scaled activities in a row only the first (Application Auto Scaling
    /// guide, "Scaling activities").
    pub recorded: bool,
}

/// A policy at work.
#[derive(Clone, Debug)]
enum Scaler {
    Tracks(TargetTracker),
    Steps(StepScaler),
}

/// The scaling of one service.
#[derive(Clone, Debug)]
pub struct AutoScaler {
    target: ScalableTarget,
    scalers: Vec<Scaler>,
    scheduled_actions: Vec<ScheduledAction>,
    calendar: Calendar,
    cooldown: Cooldown,
    latest_not_scaled: Option<NotScaled>,
}

impl AutoScaler {
    /// The scaling of a resource such as `service/CLUSTER/SERVICE`, as a run begins.
    pub fn new(settings: &ScalingSettings, resource: &str, calendar: Calendar) -> Self {
        let scaler = |policy: &Policy| match policy.clone() {
            Policy::TargetTracking(policy) => Scaler::Tracks(TargetTracker::new(policy, resource)),
            Policy::StepScaling(policy) => Scaler::Steps(StepScaler::new(policy)),
        };
        Self {
            target: settings.target,
            scalers: settings.policies.iter().map(scaler).collect(),
            scheduled_actions: settings.scheduled_actions.clone(),
            calendar,
            cooldown: Cooldown::default(),
            latest_not_scaled: None,
        }
    }

    /// The bounds as they are now: scheduled actions change them.
    pub const fn target(&self) -> &ScalableTarget {
        &self.target
    }

    /// Its policies, in their order: the name, the metric, and the value that target tracking keeps it at.
    pub fn policies(&self) -> impl Iterator<Item = (&str, ScalingMetric, Option<Thousandths>)> {
        self.scalers.iter().map(|scaler| match scaler {
            Scaler::Tracks(tracker) => {
                let policy = tracker.policy();
                (policy.name.as_str(), policy.metric, Some(policy.target_value))
            }
            Scaler::Steps(steps) => (steps.policy().name.as_str(), steps.policy().metric, None),
        })
    }

    /// The cooldown.
    pub const fn cooldown(&self) -> Cooldown {
        self.cooldown
    }

    /// All alarms with their metrics, in the order of the policies; `AlarmHigh` before `AlarmLow`.
    pub fn alarms(&self) -> impl Iterator<Item = (ScalingMetric, &Alarm)> {
        self.scalers.iter().flat_map(|scaler| {
            let (metric, alarms) = match scaler {
                Scaler::Tracks(tracker) => (tracker.policy().metric, tracker.alarms().to_vec()),
                Scaler::Steps(steps) => (steps.policy().metric, vec![steps.alarm()]),
            };
            alarms.into_iter().map(move |alarm| (metric, alarm))
        })
    }

    /// Evaluates all alarms with what was measured in the minute that ends now, and decides. Alarms that stay in ALARM
    /// invoke their policies again once per minute (CloudWatch guide, "Using Amazon CloudWatch alarms").
    pub fn end_of_minute(&mut self, now: SimTime, inputs: &Inputs) -> Evaluation {
        let mut alarms = Vec::new();
        let mut votes = Vec::new();
        for scaler in &mut self.scalers {
            let mut observe = |policy: &str, alarm: &mut Alarm, minute| {
                if let Some(change) = alarm.observe_minute(now, minute) {
                    let alarm = alarm.settings().name.clone();
                    alarms.push(AlarmChange { policy: policy.to_owned(), alarm, change });
                }
            };
            votes.push(match scaler {
                Scaler::Tracks(tracker) => {
                    let minute = inputs.of(tracker.policy().metric);
                    let name = tracker.policy().name.clone();
                    for alarm in tracker.alarms_mut() {
                        observe(&name, alarm, minute);
                    }
                    tracker.vote(inputs.standing, minute)
                }
                Scaler::Steps(steps) => {
                    let minute = inputs.of(steps.policy().metric);
                    let name = steps.policy().name.clone();
                    observe(&name, steps.alarm_mut(), minute);
                    steps.vote(inputs.standing)
                }
            });
        }
        let decision = decide(now, &self.target, inputs.standing, &votes, &mut self.cooldown);
        let recorded = match &decision {
            Decision::Rest => false,
            Decision::Scale(_) => true,
            Decision::NotScaled(not_scaled) => self.latest_not_scaled.as_ref().is_none_or(|latest| {
                (&latest.cause, &latest.reason) != (&not_scaled.cause, &not_scaled.reason)
            }),
        };
        self.latest_not_scaled = match &decision {
            Decision::NotScaled(not_scaled) => Some(not_scaled.clone()),
            _ => None,
        };
        Evaluation { alarms, decision, recorded }
    }

    /// When the next scheduled action runs, at or after `from`.
    pub fn next_scheduled(&self, from: SimTime) -> Option<SimTime> {
        self.scheduled_actions.iter().filter_map(|action| action.schedule.next(from, self.calendar)).min()
    }

    /// Runs the scheduled actions that are due exactly now, in their order, and says what that does to the desired
    /// count. They ignore cooldowns (Application Auto Scaling guide, "Scheduled scaling").
    pub fn run_scheduled(&mut self, now: SimTime, standing: Standing) -> Vec<ScalingActivity> {
        let mut activities = Vec::new();
        if self.target.suspended.scheduled_scaling {
            return activities;
        }
        let mut standing = standing;
        for action in &self.scheduled_actions {
            if action.schedule.next(now, self.calendar) != Some(now) {
                continue;
            }
            if let Some(min) = action.min_capacity {
                self.target.min_capacity = min;
                self.target.max_capacity = self.target.max_capacity.max(min);
            }
            if let Some(max) = action.max_capacity {
                self.target.max_capacity = max;
                self.target.min_capacity = self.target.min_capacity.min(max);
            }
            let cause = |bound| Cause::ScheduledAction { name: action.name.clone(), bound };
            if let Some(activity) = move_inside(now, &self.target, standing, cause) {
                standing.desired = activity.to;
                activities.push(activity);
            }
        }
        activities
    }

    /// Sets the bounds and what is suspended (API `RegisterScalableTarget`). A desired count outside the new bounds is
    /// moved inside at once.
    ///
    /// # Errors
    /// When AWS would refuse the bounds; nothing is changed then.
    pub fn register(
        &mut self,
        now: SimTime,
        target: ScalableTarget,
        standing: Standing,
    ) -> Result<Option<ScalingActivity>, ScalingRefused> {
        target.validate()?;
        self.target = target;
        Ok(move_inside(now, &target, standing, Cause::Bounds))
    }
}

/// Moves a desired count inside the bounds, but takes nothing away while a deployment is in progress.
fn move_inside(
    at: SimTime,
    target: &ScalableTarget,
    standing: Standing,
    cause: impl FnOnce(Bound) -> Cause,
) -> Option<ScalingActivity> {
    let from = standing.desired;
    let (to, bound) = if from < target.min_capacity {
        (target.min_capacity, Bound::Minimum(target.min_capacity))
    } else if from > target.max_capacity && !standing.deployment_in_progress {
        (target.max_capacity, Bound::Maximum(target.max_capacity))
    } else {
        return None;
    };
    Some(ScalingActivity { at, cause: cause(bound), from, to })
}

#[cfg(test)]
mod tests;
