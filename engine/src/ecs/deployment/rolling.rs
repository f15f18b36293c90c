//! The planner of rolling deployments: from how many tasks of either revision stand how, what to start and stop
//! now (ECS guide, "Deploy Amazon ECS services by replacing tasks"; API `DeploymentConfiguration`).

use crate::ecs::DeploymentConfiguration;

/// What AWS says about a service whose percentages leave a deployment no room, after `(service S) `
/// (ECS guide, "Amazon ECS service event messages").
pub const CANNOT_DEPLOY: &str = "was unable to stop or start tasks during a deployment because of the service \
     deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.";

/// The tasks of one revision by what the scheduler thinks of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// RUNNING and healthy.
    pub healthy: u32,
    /// On their way there, or failing within the grace period.
    pub not_ready: u32,
    /// Failing their health checks.
    pub unhealthy: u32,
    /// No longer wanted and not STOPPED yet.
    pub stopping: u32,
}

impl Counts {
    /// Those that shall run.
    pub const fn wanted(self) -> u32 {
        self.healthy + self.not_ready + self.unhealthy
    }

    /// All that are not STOPPED.
    pub const fn present(self) -> u32 {
        self.wanted() + self.stopping
    }
}

/// What the planner must be reminded of at its next look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// How many tasks the deployment still leaves to the old revision.
    pub old_desired: u32,
    /// Whose turn it is when both revisions lack tasks and there is room for one.
    pub new_is_next: bool,
}

impl Memory {
    /// As a deployment begins, with so many tasks of the old revision; 0 when there is none.
    pub const fn begin(old_desired: u32) -> Self {
        Self { old_desired, new_is_next: false }
    }

    /// After the desired count was changed: scaling out during a deployment goes to both revisions (What's New,
    /// November 2025, "Amazon ECS improves Service Availability during Rolling deployments").
    pub const fn scaled(self, before: u32, after: u32) -> Self {
        if self.old_desired == 0 {
            return self;
        }
        Self { old_desired: self.old_desired.saturating_add(after.saturating_sub(before)), ..self }
    }
}

/// What the planner looks at. A service at rest is one whose tasks are all of the new revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// `desiredCount` of the service.
    pub desired: u32,
    /// Tasks of the new revision beyond the desired count that are wanted for a while: rebalancing moves one.
    pub moving: u32,
    /// Its percentages.
    pub limits: DeploymentConfiguration,
    /// Tasks of the revision that is being deployed.
    pub new: Counts,
    /// Tasks of all others.
    pub old: Counts,
    /// What the last plan said, or [`Memory::begin`].
    pub memory: Memory,
    /// How many more tasks can be placed; nothing for any number.
    pub fits: Option<u32>,
    /// Whether tasks of the new revision are launched. A FAILED deployment launches none (API `Deployment`).
    pub launches_new: bool,
}

/// How many tasks of one revision to stop, by standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops {
    /// Of those that are unhealthy.
    pub unhealthy: u32,
    /// Of those that are not ready.
    pub not_ready: u32,
    /// Of those that are healthy.
    pub healthy: u32,
}

impl Stops {
    /// All together.
    pub const fn total(self) -> u32 {
        self.unhealthy + self.not_ready + self.healthy
    }
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Tasks of the new revision to start.
    pub start_new: u32,
    /// Tasks of the old revision to start, in place of some that it lost.
    pub start_old: u32,
    /// Tasks of the new revision to stop.
    pub stop_new: Stops,
    /// Tasks of the old revision to stop.
    pub stop_old: Stops,
    /// For the next look.
    pub memory: Memory,
    /// How many more tasks the percentages would let start if only they could be placed.
    pub unplaced: u32,
    /// Why there is nothing to do, when there is not.
    pub idle: Option<Idle>,
}

/// Why a plan starts and stops nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// The new revision is at its desired count and healthy, and of the old one nothing is left.
    Complete,
    /// Tasks are stopping; they still count against `maximumPercent`.
    AwaitingStops,
    /// Tasks are not ready yet.
    AwaitingHealth,
    /// The percentages leave room for another task, the cluster does not.
    NoCapacity,
    /// The deployment has FAILED: it launches nothing.
    Failed,
    /// The percentages let nothing start and nothing stop: see [`CANNOT_DEPLOY`].
    DeploymentConfiguration,
}

/// Whether a deployment of so many healthy tasks could never begin: `minimumHealthyPercent`, rounded up, lets no
/// task stop, and `maximumPercent`, rounded down, lets none start (ECS guide, "Deploy Amazon ECS services by
/// replacing tasks").
pub const fn never_deploys(desired: u32, limits: DeploymentConfiguration) -> bool {
    desired > 0 && limits.healthy_tasks_min(desired) >= desired && limits.tasks_max(desired) <= desired
}

impl Fleet {
    /// What to start and stop now.
    pub fn plan(&self) -> Plan {
        let mut plan = Plan {
            start_new: 0,
            start_old: 0,
            stop_new: Stops::default(),
            stop_old: Stops::default(),
            memory: self.memory,
            unplaced: 0,
            idle: None,
        };
        let spare = self.stop_old(&mut plan);
        self.stop_surplus(spare, &mut plan);
        if plan.stop_old.total() == 0 {
            self.start(&mut plan);
        }
        if plan.starts() + plan.stops() == 0 {
            self.make_room(&mut plan);
        }
        if plan.starts() + plan.stops() == 0 {
            plan.idle = Some(self.idle(plan.unplaced));
        }
        plan
    }

    fn lowest(&self) -> u32 {
        self.limits.healthy_tasks_min(self.desired)
    }

    /// Old tasks go as soon as enough others are healthy: those first that do not count as healthy. Returns how
    /// many more healthy tasks could be spared.
    fn stop_old(&self, plan: &mut Plan) -> u32 {
        let Some(spare) = (self.old.healthy + self.new.healthy).checked_sub(self.lowest()) else { return 0 };
        plan.stop_old.unhealthy = self.old.unhealthy;
        if self.launches_new {
            plan.stop_old.not_ready = self.old.not_ready;
            plan.stop_old.healthy = self.old.healthy.min(spare);
        }
        if plan.stop_old.total() > 0 {
            let kept = self.old.healthy + self.old.not_ready;
            plan.memory.old_desired = kept - plan.stop_old.healthy - plan.stop_old.not_ready;
        }
        spare - plan.stop_old.healthy
    }

    /// New tasks beyond the desired count: unhealthy ones whose replacements are healthy, or unhealthy too, and
    /// what scaling in leaves over.
    fn stop_surplus(&self, spare: u32, plan: &mut Plan) {
        let new = self.new;
        let surplus = new.wanted().saturating_sub(self.desired + self.moving);
        plan.stop_new.unhealthy = surplus.saturating_sub(new.not_ready).min(new.unhealthy);
        let over = (new.healthy + new.not_ready).saturating_sub(self.desired + self.moving);
        plan.stop_new.not_ready = over.min(new.not_ready);
        plan.stop_new.healthy = (over - plan.stop_new.not_ready).min(spare);
    }

    /// What either revision lacks: the new one up to the desired count, the old one what it lost of the tasks that
    /// the minimum needs.
    fn missing(&self) -> (u32, u32) {
        let new = if self.launches_new {
            self.desired.saturating_sub(self.new.healthy + self.new.not_ready)
        } else {
            0
        };
        let needed = self.memory.old_desired.min(self.lowest().saturating_sub(self.new.healthy));
        (new, needed.saturating_sub(self.old.healthy + self.old.not_ready))
    }

    /// How many more tasks `maximumPercent` allows. What counts against it is our choice, see
    /// [`crate::choices`].
    fn allowed(&self) -> u32 {
        self.limits.tasks_max(self.desired).saturating_sub(self.new.present() + self.old.present())
    }

    /// Starts what is missing, as far as there is room. When both revisions lack tasks they take turns, so that
    /// neither a failing new revision nor a failing old one keeps the other from starting.
    fn start(&self, plan: &mut Plan) {
        let (missing_new, missing_old) = self.missing();
        let allowed = self.allowed().min(missing_new + missing_old);
        let placed = allowed.min(self.fits.unwrap_or(u32::MAX));
        plan.unplaced = allowed - placed;
        for _ in 0..placed {
            let (wants_new, wants_old) = (plan.start_new < missing_new, plan.start_old < missing_old);
            let new_starts = if wants_new && wants_old {
                let turn = plan.memory.new_is_next;
                plan.memory.new_is_next = !turn;
                turn
            } else {
                wants_new
            };
            if new_starts {
                plan.start_new += 1;
            } else {
                plan.start_old += 1;
            }
        }
    }

    /// Something is missing and there is no room for it: unhealthy tasks go one by one (API
    /// `DeploymentConfiguration`), old ones first.
    fn make_room(&self, plan: &mut Plan) {
        let (missing_new, missing_old) = self.missing();
        if missing_new + missing_old == 0 || self.new.stopping + self.old.stopping > 0 {
            return;
        }
        if self.old.unhealthy > 0 {
            plan.stop_old.unhealthy = 1;
        } else if self.new.unhealthy > 0 {
            plan.stop_new.unhealthy = 1;
        }
    }

    fn idle(&self, unplaced: u32) -> Idle {
        let (new, old) = (self.new, self.old);
        let all_new = new.healthy == self.desired && new.wanted() == self.desired;
        if all_new && old.present() == 0 {
            Idle::Complete
        } else if new.stopping + old.stopping > 0 {
            Idle::AwaitingStops
        } else if new.not_ready + old.not_ready > 0 {
            Idle::AwaitingHealth
        } else if !self.launches_new {
            Idle::Failed
        } else if unplaced > 0 {
            Idle::NoCapacity
        } else {
            Idle::DeploymentConfiguration
        }
    }
}

impl Plan {
    /// How many tasks it starts.
    pub const fn starts(&self) -> u32 {
        self.start_new + self.start_old
    }

    /// How many tasks it stops.
    pub const fn stops(&self) -> u32 {
        self.stop_new.total() + self.stop_old.total()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;
