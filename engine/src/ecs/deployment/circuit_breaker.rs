//! The deployment circuit breaker: how many failed tasks end a deployment, and what becomes of the service then
//! (ECS guide, "How the Amazon ECS deployment circuit breaker detects failures"; API `Deployment.failedTasks`).

use super::settings::{CircuitBreaker, Threshold};
use super::state::{Deployment, DeploymentId, RolloutState, ServiceRevisionId};

/// `BOUNDED_PERCENT` never asks for fewer failures.
pub const THRESHOLD_MIN: u32 = 3;

/// `BOUNDED_PERCENT` never asks for more failures.
pub const THRESHOLD_MAX: u32 = 200;

impl Threshold {
    /// How many failures trip the breaker of a service with this desired count, the latest one. At least one.
    pub const fn tasks(self, desired: u32) -> u32 {
        match self {
            Self::BoundedPercent(percent) => {
                let tasks = share(desired, percent);
                if tasks < THRESHOLD_MIN {
                    THRESHOLD_MIN
                } else if tasks > THRESHOLD_MAX {
                    THRESHOLD_MAX
                } else {
                    tasks
                }
            }
            Self::UnboundedPercent(percent) => at_least_one(share(desired, percent)),
            Self::Count(tasks) => at_least_one(tasks),
        }
    }
}

const fn share(desired: u32, percent: u32) -> u32 {
    (desired as u64 * percent as u64).div_ceil(100) as u32
}

const fn at_least_one(tasks: u32) -> u32 {
    if tasks == 0 { 1 } else { tasks }
}

/// What the breaker looks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Stage 1: until the first task of the deployment is RUNNING.
    #[default]
    Starting,
    /// Stage 2: a task has been RUNNING; health checks count, too.
    Checking,
}

/// What happens to tasks of a deployment, as far as the breaker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskEvent {
    /// It could not be launched, or was STOPPED without having been RUNNING.
    FailedToStart,
    /// It is RUNNING.
    Running,
    /// It gets healthy.
    Healthy,
    /// It is replaced because it failed health checks: of the load balancer, of Cloud Map or of its container.
    FailedHealthChecks,
    /// It was RUNNING and its container exited. This is no failure in the sense of the breaker.
    Exited,
}

/// The breaker's memory of one deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    stage: Stage,
    failed_tasks: u32,
    tripped: bool,
}

impl Breaker {
    /// Takes note of what happened to a task. Returns whether the deployment fails of it: once, and never while the
    /// breaker is not enabled.
    pub fn note(&mut self, event: TaskEvent, settings: CircuitBreaker, desired: u32) -> bool {
        match event {
            TaskEvent::FailedToStart => self.failed_tasks += 1,
            TaskEvent::FailedHealthChecks if self.stage == Stage::Checking => self.failed_tasks += 1,
            TaskEvent::FailedHealthChecks | TaskEvent::Exited => return false,
            TaskEvent::Running => {
                self.stage = Stage::Checking;
                return false;
            }
            TaskEvent::Healthy => {
                if settings.reset_on_healthy_task {
                    self.failed_tasks = 0;
                }
                return false;
            }
        }
        let trips =
            settings.enable && !self.tripped && self.failed_tasks >= settings.threshold.tasks(desired);
        self.tripped |= trips;
        trips
    }

    /// `failedTasks` of the deployment.
    pub const fn failed_tasks(&self) -> u32 {
        self.failed_tasks
    }

    /// Its stage.
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether it has failed the deployment.
    pub const fn has_tripped(&self) -> bool {
        self.tripped
    }
}

/// What becomes of a service whose deployment has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// A deployment of this revision begins; the deployment that had completed with it is in progress again.
    RollBack {
        /// The deployment that had completed.
        to: DeploymentId,
        /// Its revision.
        revision: ServiceRevisionId,
    },
    /// It stalls: nothing is launched until somebody begins another deployment.
    Stall,
}

/// What becomes of a service whose deployment has failed, given all its deployments, the oldest first, and whether
/// that which failed it has `rollback` set: it goes back to the most recent one that is COMPLETED, if there is any.
pub fn aftermath(deployments: &[Deployment], rollback: bool) -> Aftermath {
    let completed = deployments.iter().rev().find(|deployment| deployment.rollout == RolloutState::Completed);
    match completed {
        Some(deployment) if rollback => {
            Aftermath::RollBack { to: deployment.id, revision: deployment.revision }
        }
        _ => Aftermath::Stall,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs::deployment::state::DeploymentStatus;

    const ON: CircuitBreaker = CircuitBreaker {
        enable: true,
        rollback: true,
        reset_on_healthy_task: true,
        threshold: Threshold::BoundedPercent(50),
    };

    /// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": half the desired count, rounded
    /// up, but 3 at least and 200 at most. 1, 25, 400 and 800 tasks are the guide's own examples.
    #[test]
    fn the_threshold_is_half_the_desired_count_within_bounds() {
        for (desired, threshold) in [
            (0, 3),
            (1, 3),
            (2, 3),
            (3, 3),
            (4, 3),
            (5, 3),
            (6, 3),
            (7, 4),
            (10, 5),
            (25, 13),
            (400, 200),
            (800, 200),
        ] {
            assert_eq!(Threshold::default().tasks(desired), threshold, "{desired} tasks");
        }
    }

    /// API `ThresholdConfiguration`: `UNBOUNDED_PERCENT` has no bounds, `COUNT` does not ask for the desired count.
    #[test]
    fn other_thresholds_have_no_bounds() {
        assert_eq!(Threshold::UnboundedPercent(50).tasks(1), 1);
        assert_eq!(Threshold::UnboundedPercent(50).tasks(800), 400);
        assert_eq!(Threshold::UnboundedPercent(33).tasks(10), 4);
        assert_eq!(Threshold::Count(7).tasks(1), 7);
        assert_eq!(Threshold::UnboundedPercent(50).tasks(0), 1);
    }

    fn failures_until_it_trips(settings: CircuitBreaker, desired: u32, event: TaskEvent) -> u32 {
        let mut breaker = Breaker::default();
        breaker.note(TaskEvent::Running, settings, desired);
        let failures = (1..=500).find(|_| breaker.note(event, settings, desired));
        failures.expect("it trips at last")
    }

    /// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": the deployment is FAILED when
    /// the failures are as many as the threshold, for tasks that fail to start and that fail health checks alike.
    #[test]
    fn it_trips_when_the_threshold_is_reached() {
        for event in [TaskEvent::FailedToStart, TaskEvent::FailedHealthChecks] {
            assert_eq!(failures_until_it_trips(ON, 1, event), 3);
            assert_eq!(failures_until_it_trips(ON, 25, event), 13);
        }
        let mut breaker = Breaker::default();
        (0..3).for_each(|_| {
            breaker.note(TaskEvent::FailedToStart, ON, 1);
        });
        assert!(breaker.has_tripped());
        assert!(!breaker.note(TaskEvent::FailedToStart, ON, 1), "a deployment fails once");
        let off = CircuitBreaker { enable: false, ..ON };
        let mut breaker = Breaker::default();
        assert!((0..500).all(|_| !breaker.note(TaskEvent::FailedToStart, off, 1)));
    }

    /// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": the threshold follows the
    /// latest desired count.
    #[test]
    fn the_latest_desired_count_is_what_counts() {
        let mut breaker = Breaker::default();
        assert!((0..4).all(|_| !breaker.note(TaskEvent::FailedToStart, ON, 10)));
        assert!(breaker.note(TaskEvent::FailedToStart, ON, 6), "five failures, three allowed");
    }

    /// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": health checks are looked at in
    /// stage 2, once a task has been RUNNING. API `Deployment.failedTasks`: an exit is not a failure.
    #[test]
    fn health_checks_count_in_the_second_stage() {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.stage(), Stage::Starting);
        breaker.note(TaskEvent::FailedHealthChecks, ON, 1);
        assert_eq!(breaker.failed_tasks(), 0);
        breaker.note(TaskEvent::FailedToStart, ON, 1);
        breaker.note(TaskEvent::Running, ON, 1);
        assert_eq!((breaker.stage(), breaker.failed_tasks()), (Stage::Checking, 1), "it goes on counting");
        breaker.note(TaskEvent::Exited, ON, 1);
        breaker.note(TaskEvent::FailedHealthChecks, ON, 1);
        assert_eq!(breaker.failed_tasks(), 2);
    }

    /// API `DeploymentCircuitBreaker`: `resetOnHealthyTask` sets the count to 0 at every task that gets healthy;
    /// without it, failures accumulate.
    #[test]
    fn a_healthy_task_resets_the_count_if_it_shall() {
        let flapping = |settings: CircuitBreaker| {
            let mut breaker = Breaker::default();
            (0..20).any(|_| {
                breaker.note(TaskEvent::Running, settings, 1);
                breaker.note(TaskEvent::Healthy, settings, 1);
                breaker.note(TaskEvent::FailedHealthChecks, settings, 1)
            })
        };
        assert!(!flapping(ON), "a release that flaps never trips it");
        assert!(flapping(CircuitBreaker { reset_on_healthy_task: false, ..ON }));
    }

    fn deployment(number: u32, rollout: RolloutState) -> Deployment {
        Deployment {
            id: DeploymentId::new(number),
            revision: ServiceRevisionId::new(number),
            status: DeploymentStatus::Inactive,
            rollout,
        }
    }

    /// ECS guide, "How the Amazon ECS deployment circuit breaker detects failures": back to the most recent
    /// COMPLETED deployment; without one the deployment stalls.
    #[test]
    fn it_rolls_back_to_the_most_recent_completed_deployment() {
        use RolloutState::{Completed, Failed, InProgress};
        let history = [
            deployment(1, Completed),
            deployment(2, Completed),
            deployment(3, Failed),
            deployment(4, InProgress),
        ];
        let (to, revision) = (DeploymentId::new(2), ServiceRevisionId::new(2));
        assert_eq!(aftermath(&history, true), Aftermath::RollBack { to, revision });
        assert_eq!(aftermath(&history, false), Aftermath::Stall);
        assert_eq!(aftermath(&[deployment(1, InProgress)], true), Aftermath::Stall, "the first deployment");
        // The target of a rollback is in progress again, and no target until it is complete.
        let rolled_back = [deployment(1, InProgress), deployment(2, Failed)];
        assert_eq!(aftermath(&rolled_back, true), Aftermath::Stall);
    }
}
