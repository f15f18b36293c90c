//! Blue/green, linear and canary deployments: a state machine that says step by step what to do, given what it
//! sees (ECS guide, "How Amazon ECS blue/green deployments work", "Amazon ECS linear deployments", "Amazon ECS
//! canary deployments").

use super::lifecycle::{LifecycleStage, RollbackReason, Step, Weights};
use super::settings::{DeploymentStrategy, minutes};
use super::state::ServiceDeploymentStatus;
use crate::kernel::{SimDuration, SimTime};

/// The longest that a stage can take before the deployment is rolled back.
pub const STAGE_MAX: SimDuration = minutes(24 * 60);

/// What a Network Load Balancer adds to each shift of traffic (ECS guide, "Amazon ECS blue/green deployments").
pub const NETWORK_LOAD_BALANCER_SHIFT: SimDuration = minutes(10);

/// What does not change during a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShiftSettings {
    /// Blue/green, linear or canary; a rolling one is shifted like blue/green without a bake.
    pub strategy: DeploymentStrategy,
    /// Whether there is a rule for test traffic.
    pub has_test_rule: bool,
    /// How long a shift of traffic takes: nothing for an Application Load Balancer, see
    /// [`NETWORK_LOAD_BALANCER_SHIFT`] for the other.
    pub shift_takes: SimDuration,
}

impl ShiftSettings {
    /// Production's share at green after it was `shifted`, in tenths of a percent.
    fn next_share(&self, shifted: u32) -> u32 {
        match self.strategy {
            DeploymentStrategy::Linear { step_percent_tenths, .. } => {
                shifted.saturating_add(step_percent_tenths.max(1)).min(1_000)
            }
            DeploymentStrategy::Canary { percent_tenths, .. } if shifted == 0 => {
                percent_tenths.clamp(1, 1_000)
            }
            _ => 1_000,
        }
    }

    const fn step_bake(&self) -> SimDuration {
        match self.strategy {
            DeploymentStrategy::Linear { step_bake, .. } => step_bake,
            DeploymentStrategy::Canary { canary_bake, .. } => canary_bake,
            _ => SimDuration::ZERO,
        }
    }

    const fn bake(&self) -> SimDuration {
        match self.strategy {
            DeploymentStrategy::BlueGreen { bake }
            | DeploymentStrategy::Linear { bake, .. }
            | DeploymentStrategy::Canary { bake, .. } => bake,
            DeploymentStrategy::Rolling => SimDuration::ZERO,
        }
    }
}

/// What the machine looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// How many tasks green shall have: the desired count of the service.
    pub desired: u32,
    /// How many of green's tasks are healthy.
    pub green_healthy: u32,
    /// How many of green's tasks are not STOPPED.
    pub green_present: u32,
    /// How many of blue's tasks are not STOPPED.
    pub blue_present: u32,
    /// How many revisions other than green are active.
    pub active_revisions: u32,
    /// Why it shall be rolled back, if it shall.
    pub rollback: Option<RollbackReason>,
}

/// A deployment under way.
#[derive(Clone, Debug)]
pub struct Shift {
    settings: ShiftSettings,
    status: ServiceDeploymentStatus,
    stage: LifecycleStage,
    entered: SimTime,
    waits_until: Option<SimTime>,
    green_scale: Option<u32>,
    test: Weights,
    production: Weights,
}

impl Shift {
    /// A deployment that has not begun.
    pub const fn new(settings: ShiftSettings) -> Self {
        Self {
            settings,
            status: ServiceDeploymentStatus::Pending,
            stage: LifecycleStage::ReconcileService,
            entered: SimTime::ZERO,
            waits_until: None,
            green_scale: None,
            test: Weights::BLUE,
            production: Weights::BLUE,
        }
    }

    /// `status`.
    pub const fn status(&self) -> ServiceDeploymentStatus {
        self.status
    }

    /// `lifecycleStage`.
    pub const fn stage(&self) -> LifecycleStage {
        self.stage
    }

    /// How production traffic is divided.
    pub const fn production(&self) -> Weights {
        self.production
    }

    /// When to look at the latest, whatever else happens: a bake or the patience with a stage is over then.
    pub fn next_look(&self) -> Option<SimTime> {
        let waits =
            self.status == ServiceDeploymentStatus::InProgress && self.stage != LifecycleStage::CleanUp;
        waits.then(|| self.waits_until.unwrap_or(self.entered + STAGE_MAX))
    }

    /// What to do now. Nothing, as long as there is something to wait for.
    pub fn advance(&mut self, now: SimTime, observed: &Observed) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.status == ServiceDeploymentStatus::Pending {
            self.status = ServiceDeploymentStatus::InProgress;
            let first = match observed.active_revisions {
                0 | 1 => LifecycleStage::PreScaleUp,
                _ => LifecycleStage::ReconcileService,
            };
            self.enter(first, now, observed, &mut steps);
        }
        while self.status == ServiceDeploymentStatus::InProgress {
            if let Some(reason) = self.must_roll_back(now, observed) {
                self.roll_back(reason, &mut steps);
                break;
            }
            self.follow_desired(observed, &mut steps);
            if !self.stage_is_over(now, observed) {
                break;
            }
            self.leave_stage(now, observed, &mut steps);
        }
        if self.status == ServiceDeploymentStatus::RollbackInProgress && observed.green_present == 0 {
            self.status = ServiceDeploymentStatus::RollbackSuccessful;
            steps.push(Step::Finish(self.status));
        }
        steps
    }

    /// Blue is there to go back to until it is cleaned up.
    fn must_roll_back(&self, now: SimTime, observed: &Observed) -> Option<RollbackReason> {
        if self.stage == LifecycleStage::CleanUp {
            return None;
        }
        let timed_out = self.waits_until.is_none() && now >= self.entered + STAGE_MAX;
        observed.rollback.or(timed_out.then_some(RollbackReason::StageTimedOut(self.stage)))
    }

    fn roll_back(&mut self, reason: RollbackReason, steps: &mut Vec<Step>) {
        self.status = ServiceDeploymentStatus::RollbackInProgress;
        steps.push(Step::RollBack(reason));
        if self.production != Weights::BLUE {
            self.production = Weights::BLUE;
            steps.push(Step::SetProductionWeights(self.production));
        }
        if self.test != Weights::BLUE {
            self.test = Weights::BLUE;
            steps.push(Step::SetTestWeights(self.test));
        }
        steps.push(Step::TerminateGreen);
    }

    /// Once green has been scaled up, it follows the desired count of the service.
    fn follow_desired(&mut self, observed: &Observed, steps: &mut Vec<Step>) {
        if self.green_scale.is_some_and(|scale| scale != observed.desired) {
            self.scale_green(observed.desired, steps);
        }
    }

    fn scale_green(&mut self, desired: u32, steps: &mut Vec<Step>) {
        self.green_scale = Some(desired);
        steps.push(Step::ScaleGreen(desired));
    }

    fn stage_is_over(&self, now: SimTime, observed: &Observed) -> bool {
        match self.stage {
            LifecycleStage::ReconcileService => observed.active_revisions <= 1,
            LifecycleStage::ScaleUp => observed.green_healthy >= observed.desired,
            LifecycleStage::CleanUp => observed.blue_present == 0,
            _ => self.waits_until.is_none_or(|until| now >= until),
        }
    }

    fn enter(&mut self, stage: LifecycleStage, now: SimTime, observed: &Observed, steps: &mut Vec<Step>) {
        self.stage = stage;
        self.entered = now;
        self.waits_until = None;
        steps.push(Step::Enter(stage));
        match stage {
            // What was shifted to a revision that is given up goes back to blue before that one's tasks end.
            LifecycleStage::ReconcileService => {
                steps.push(Step::SetProductionWeights(self.production));
                if self.settings.has_test_rule {
                    steps.push(Step::SetTestWeights(self.test));
                }
            }
            LifecycleStage::ScaleUp => self.scale_green(observed.desired, steps),
            LifecycleStage::TestTrafficShift if self.settings.has_test_rule => {
                self.test = Weights::GREEN;
                steps.push(Step::SetTestWeights(self.test));
                self.waits_until = Some(now + self.settings.shift_takes);
            }
            LifecycleStage::ProductionTrafficShift => {
                let share = self.settings.next_share(self.production.green());
                self.production = Weights::green_tenths(share);
                steps.push(Step::SetProductionWeights(self.production));
                self.waits_until = Some(now + self.settings.shift_takes);
            }
            LifecycleStage::PostProductionTrafficShift if self.production != Weights::GREEN => {
                self.begin_bake(now + self.settings.step_bake(), steps);
            }
            LifecycleStage::BakeTime => self.begin_bake(now + self.settings.bake(), steps),
            LifecycleStage::CleanUp => steps.push(Step::TerminateBlue),
            _ => {}
        }
    }

    fn begin_bake(&mut self, until: SimTime, steps: &mut Vec<Step>) {
        self.waits_until = Some(until);
        steps.push(Step::BeginBake { until });
    }

    fn leave_stage(&mut self, now: SimTime, observed: &Observed, steps: &mut Vec<Step>) {
        use LifecycleStage as Stage;
        let next = match self.stage {
            Stage::ReconcileService => Stage::PreScaleUp,
            Stage::PreScaleUp => Stage::ScaleUp,
            Stage::ScaleUp => Stage::PostScaleUp,
            Stage::PostScaleUp => Stage::TestTrafficShift,
            Stage::TestTrafficShift => Stage::PostTestTrafficShift,
            Stage::PostTestTrafficShift => Stage::PreProductionTrafficShift,
            Stage::PreProductionTrafficShift => Stage::ProductionTrafficShift,
            Stage::ProductionTrafficShift => Stage::PostProductionTrafficShift,
            Stage::PostProductionTrafficShift if self.production == Weights::GREEN => Stage::BakeTime,
            Stage::PostProductionTrafficShift => {
                steps.push(Step::EndBake);
                Stage::ProductionTrafficShift
            }
            Stage::BakeTime => {
                steps.push(Step::EndBake);
                Stage::CleanUp
            }
            Stage::CleanUp => {
                self.status = ServiceDeploymentStatus::Successful;
                steps.extend([Step::SwapRoles, Step::Finish(self.status)]);
                return;
            }
        };
        self.enter(next, now, observed, steps);
    }
}

#[cfg(test)]
mod tests;
