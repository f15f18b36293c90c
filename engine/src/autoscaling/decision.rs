//! From what several policies want to what is done: bounds, cooldowns, deployments, suspensions.

use std::fmt;

use super::cooldown::Cooldown;
use super::settings::ScalableTarget;
use crate::kernel::{SimDuration, SimTime};

/// How a service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `runningCount`: what policies start from (ECS guide, "Service auto scaling", Considerations).
    pub running: u32,
    /// `desiredCount`.
    pub desired: u32,
    /// Whether a deployment is in progress: scale-in is switched off then.
    pub deployment_in_progress: bool,
}

/// What a policy wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing: its alarm is not in ALARM, or it has no data.
    Nothing,
    /// It looked, and found the capacity right.
    Stay,
    /// So many tasks, more than are running.
    Out(u32),
    /// So many tasks, fewer than are running; as many, if removing one would lead to flapping.
    In(u32),
}

/// What a policy wants, and what else matters about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Who wants it.
    pub cause: Cause,
    /// What is wanted.
    pub wish: Wish,
    /// Whether it is a target-tracking policy: those scale in only together.
    pub tracks: bool,
    /// Whether it has a say in scaling in.
    pub scale_in_enabled: bool,
    /// How long to wait after it scales out.
    pub scale_out_cooldown: SimDuration,
    /// How long to wait after it scales in.
    pub scale_in_cooldown: SimDuration,
}

/// A bound of the capacity.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq)]
pub enum Bound {
    /// `MinCapacity`.
    Minimum(u32),
    /// `MaxCapacity`.
    Maximum(u32),
}

/// Why a capacity is changed, or is not.
#[derive(Clone, Debug, PartialEq, Hash, Eq)]
pub enum Cause {
    /// An alarm invoked a policy.
    Alarm {
        /// The alarm.
        alarm: String,
        /// The policy.
        policy: String,
    },
    /// A target-tracking policy saw demand while there was no task.
    FromZero {
        /// The policy.
        policy: String,
    },
    /// A scheduled action set a bound.
    ScheduledAction {
        /// Its name.
        name: String,
        /// The bound.
        bound: Bound,
    },
    /// Somebody set a bound (`RegisterScalableTarget`).
    Bounds(Bound),
}

impl Cause {
    /// The policy that it is about, if any.
    pub fn policy(&self) -> Option<&str> {
        match self {
            Self::Alarm { policy, .. } | Self::FromZero { policy } => Some(policy),
            Self::ScheduledAction { .. } | Self::Bounds(_) => None,
        }
    }
}

impl fmt::Display for Cause {
    /// As AWS puts it in `Cause` (Application Auto Scaling guide, "Scaling activities"); `FromZero` is our sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alarm { alarm, policy } => {
                write!(f, "monitor alarm {alarm} in state ALARM triggered policy {policy}")
            }
            Self::FromZero { policy } => {
                write!(f, "one datapoint above 0 and no task triggered policy {policy}")
            }
            Self::ScheduledAction { bound, .. } | Self::Bounds(bound) => match bound {
                Bound::Minimum(count) => write!(f, "minimum capacity was set to {count}"),
                Bound::Maximum(count) => write!(f, "maximum capacity was set to {count}"),
            },
        }
    }
}

/// `ScalingActivity`: the desired count is changed.
#[derive(Clone, Debug, PartialEq, Hash, Eq)]
pub struct ScalingActivity {
    /// `StartTime`.
    pub at: SimTime,
    /// `Cause`.
    pub cause: Cause,
    /// The desired count before.
    pub from: u32,
    /// The desired count from now on.
    pub to: u32,
}

impl ScalingActivity {
    /// `Description`, in AWS's words.
    pub fn description(&self) -> String {
        format!("Setting desired count to {}.", self.to)
    }

    /// `StatusMessage` of a `Successful` activity, in AWS's words.
    pub fn status_message(&self) -> String {
        format!("Successfully set desired count to {}. Change successfully fulfilled by ecs.", self.to)
    }
}

/// A not scaled activity: a policy wanted something that is not done.
#[derive(Clone, Debug, PartialEq, Hash, Eq)]
pub struct NotScaled {
    /// When.
    pub at: SimTime,
    /// Who wanted it.
    pub cause: Cause,
    /// Why not.
    pub reason: NotScaledReason,
}

impl NotScaled {
    /// `Description`, in AWS's words.
    pub const DESCRIPTION: &str = "Attempting to scale due to alarm triggered";
}

/// Why nothing is done. Only the first four have a `Code` of AWS's; the others AWS describes and does not list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotScaledReason {
    /// `AutoScalingAnticipatedFlapping`.
    #[error("removing a task would bring the metric back above the target value")]
    AutoScalingAnticipatedFlapping,
    /// `AlreadyAtMaxCapacity`.
    #[error("scaling is blocked by the maximum capacity of {0}")]
    AlreadyAtMaxCapacity(u32),
    /// `AlreadyAtMinCapacity`.
    #[error("scaling is blocked by the minimum capacity of {0}")]
    AlreadyAtMinCapacity(u32),
    /// `AlreadyAtDesiredCapacity`.
    #[error("the revised capacity is the current one, {0}")]
    AlreadyAtDesiredCapacity(u32),
    /// An earlier activity has yet to take effect.
    #[error("a cooldown runs until {0}")]
    Cooldown(SimTime),
    /// `DynamicScalingOutSuspended`.
    #[error("scaling out is suspended")]
    ScaleOutSuspended,
    /// `DynamicScalingInSuspended`.
    #[error("scaling in is suspended")]
    ScaleInSuspended,
    /// A deployment is in progress.
    #[error("scaling in is turned off while a deployment is in progress")]
    DeploymentInProgress,
    /// Target-tracking policies scale in only together.
    #[error("the target tracking policy {0} is not ready to scale in")]
    OtherPolicyNotReady(String),
}

impl NotScaledReason {
    /// AWS's `Code`, where it has one.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::AutoScalingAnticipatedFlapping => Some("AutoScalingAnticipatedFlapping"),
            Self::AlreadyAtMaxCapacity(_) => Some("AlreadyAtMaxCapacity"),
            Self::AlreadyAtMinCapacity(_) => Some("AlreadyAtMinCapacity"),
            Self::AlreadyAtDesiredCapacity(_) => Some("AlreadyAtDesiredCapacity"),
            _ => None,
        }
    }
}

/// What becomes of all wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nobody wants anything.
    Rest,
    /// The desired count changes.
    Scale(ScalingActivity),
    /// Somebody wants something and it is not done.
    NotScaled(NotScaled),
}

/// Decides between policies (Application Auto Scaling guide, "How target tracking scaling works", "Multiple scaling
/// policies"): out if any wants out, in only if all that track a target and may scale in want in, and the largest
/// capacity wins. Begins the cooldown of what it decides.
pub fn decide(
    now: SimTime,
    target: &ScalableTarget,
    standing: Standing,
    votes: &[Vote],
    cooldown: &mut Cooldown,
) -> Decision {
    // Of equal ones the first policy counts: `max_by_key` takes the last, so they come in reverse.
    let out = votes.iter().rev().filter_map(|vote| match vote.wish {
        Wish::Out(capacity) => Some((vote, capacity)),
        _ => None,
    });
    if let Some((vote, capacity)) = out.max_by_key(|(_, capacity)| *capacity) {
        return match scale_out(now, target, standing, vote, capacity, cooldown) {
            Ok(to) => scaled(now, vote, standing.desired, to),
            Err(reason) => not_scaled(now, vote, reason),
        };
    }
    let lagging =
        votes.iter().find(|vote| vote.tracks && vote.scale_in_enabled && !matches!(vote.wish, Wish::In(_)));
    let mut ins = votes.iter().rev().filter_map(|vote| match vote.wish {
        Wish::In(capacity) if vote.scale_in_enabled => Some((vote, capacity)),
        _ => None,
    });
    // A step scaling policy asks nobody: "the scale-in activity will not be blocked".
    let agreed = ins.clone().filter(|(vote, _)| !vote.tracks || lagging.is_none());
    if let Some((vote, capacity)) = agreed.max_by_key(|(_, capacity)| *capacity) {
        return match scale_in(now, target, standing, vote, capacity, cooldown) {
            Ok(to) => scaled(now, vote, standing.desired, to),
            Err(reason) => not_scaled(now, vote, reason),
        };
    }
    if let (Some((vote, _)), Some(lagging)) = (ins.next_back(), lagging) {
        let policy = lagging.cause.policy().unwrap_or_default().to_owned();
        return not_scaled(now, vote, NotScaledReason::OtherPolicyNotReady(policy));
    }
    votes.iter().find(|vote| vote.wish == Wish::Stay).map_or(Decision::Rest, |vote| {
        not_scaled(now, vote, NotScaledReason::AlreadyAtDesiredCapacity(standing.desired))
    })
}

fn scaled(at: SimTime, vote: &Vote, from: u32, to: u32) -> Decision {
    Decision::Scale(ScalingActivity { at, cause: vote.cause.clone(), from, to })
}

fn not_scaled(at: SimTime, vote: &Vote, reason: NotScaledReason) -> Decision {
    Decision::NotScaled(NotScaled { at, cause: vote.cause.clone(), reason })
}

fn scale_out(
    now: SimTime,
    target: &ScalableTarget,
    standing: Standing,
    vote: &Vote,
    capacity: u32,
    cooldown: &mut Cooldown,
) -> Result<u32, NotScaledReason> {
    let Standing { running, desired, .. } = standing;
    if target.suspended.dynamic_scaling_out {
        return Err(NotScaledReason::ScaleOutSuspended);
    }
    if desired >= target.max_capacity {
        return Err(NotScaledReason::AlreadyAtMaxCapacity(target.max_capacity));
    }
    if desired < target.min_capacity {
        // First to the minimum; what the policy wants comes next, and no cooldown keeps it waiting.
        cooldown.cancel_scale_in();
        return Ok(target.min_capacity);
    }
    let mut to = capacity;
    if let Some((added, until)) = cooldown.scaled_out(now) {
        // What the running cooldown has added is part of what is wanted now.
        let more = capacity.saturating_sub(running).saturating_sub(added);
        if more == 0 {
            return Err(NotScaledReason::Cooldown(until));
        }
        to = to.min(desired.saturating_add(more));
    }
    let to = target.clamp(to);
    if to <= desired {
        return Err(NotScaledReason::AlreadyAtDesiredCapacity(desired));
    }
    cooldown.begin_scale_out(now, vote.scale_out_cooldown, to - desired);
    Ok(to)
}

fn scale_in(
    now: SimTime,
    target: &ScalableTarget,
    standing: Standing,
    vote: &Vote,
    capacity: u32,
    cooldown: &mut Cooldown,
) -> Result<u32, NotScaledReason> {
    let Standing { running, desired, deployment_in_progress } = standing;
    if target.suspended.dynamic_scaling_in {
        return Err(NotScaledReason::ScaleInSuspended);
    }
    if desired <= target.min_capacity {
        return Err(NotScaledReason::AlreadyAtMinCapacity(target.min_capacity));
    }
    if deployment_in_progress {
        return Err(NotScaledReason::DeploymentInProgress);
    }
    if let Some(until) = cooldown.blocks_scale_in(now) {
        return Err(NotScaledReason::Cooldown(until));
    }
    if desired > target.max_capacity {
        // First to the maximum, likewise.
        return Ok(target.max_capacity);
    }
    if capacity >= running {
        return Err(NotScaledReason::AutoScalingAnticipatedFlapping);
    }
    let to = target.clamp(capacity);
    if to >= desired {
        return Err(NotScaledReason::AlreadyAtDesiredCapacity(desired));
    }
    cooldown.begin_scale_in(now, vote.scale_in_cooldown);
    Ok(to)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
