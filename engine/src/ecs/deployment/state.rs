//! Service revisions, deployments and their states in AWS's words, and when a deployment is complete.

use serde::{Deserialize, Serialize};

use super::settings::{EarlySuccessCriteria, SourceServiceRevisionCleanup};
use crate::ecs::{ServiceId, ServiceSettings, TaskDefinition};
use crate::elb::TargetGroupId;
use crate::kernel::typed_id;
use crate::vpc::SecurityGroupId;

typed_id! {
    /// A service revision, numbered from 1 in the order in which the revisions of a service are made.
    ServiceRevisionId
}

typed_id! {
    /// A deployment of a service, numbered from 1 in the order in which they begin.
    DeploymentId
}

/// What a deployment is about: those settings of a service whose change starts one (ECS guide, "Amazon ECS service
/// definition parameters").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRevision {
    /// Its id.
    pub id: ServiceRevisionId,
    /// The service.
    pub service: ServiceId,
    /// `taskDefinition`.
    pub task_definition: TaskDefinition,
    /// `loadBalancers`: the target group, if any.
    pub target_group: Option<TargetGroupId>,
    /// `networkConfiguration`: the zones of its subnets.
    pub zones: Vec<usize>,
    /// `networkConfiguration`: its security groups.
    pub security_groups: Vec<SecurityGroupId>,
}

impl ServiceRevision {
    /// The revision that a service with these settings has.
    pub fn new(id: ServiceRevisionId, service: ServiceId, settings: &ServiceSettings) -> Self {
        Self {
            id,
            service,
            task_definition: settings.task_definition.clone(),
            target_group: settings.target_group,
            zones: settings.zones.clone(),
            security_groups: settings.security_groups.clone(),
        }
    }

    /// Whether a service with these settings needs another revision, and so a deployment. The desired count, the
    /// percentages and the grace period can be changed without.
    pub fn differs_from(&self, settings: &ServiceSettings) -> bool {
        *self != Self::new(self.id, self.service, settings)
    }
}

/// `status` of a deployment (API `Deployment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeploymentStatus {
    /// The most recent one.
    Primary,
    /// Its tasks are being replaced.
    Active,
    /// It has been replaced.
    Inactive,
}

impl DeploymentStatus {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// `rolloutState` of a deployment (API `Deployment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RolloutState {
    /// It has begun.
    InProgress,
    /// The service has reached a steady state with it.
    Completed,
    /// It launches no more tasks.
    Failed,
}

impl RolloutState {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

/// A deployment, as the choice of a rollback target sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// The revision that it deploys.
    pub revision: ServiceRevisionId,
    /// `status`.
    pub status: DeploymentStatus,
    /// `rolloutState`.
    pub rollout: RolloutState,
}

/// `status` of a service deployment (API `ServiceDeployment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ServiceDeploymentStatus {
    /// It has been created and has not begun.
    Pending,
    /// It has begun.
    InProgress,
    /// Its revision runs.
    Successful,
    /// Somebody called `StopServiceDeployment` with `ABORT`.
    StopRequested,
    /// It was stopped.
    Stopped,
    /// A rollback was asked for.
    RollbackRequested,
    /// It is being rolled back.
    RollbackInProgress,
    /// It has been rolled back.
    RollbackSuccessful,
    /// It could not be rolled back.
    RollbackFailed,
}

impl ServiceDeploymentStatus {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Successful => "SUCCESSFUL",
            Self::StopRequested => "STOP_REQUESTED",
            Self::Stopped => "STOPPED",
            Self::RollbackRequested => "ROLLBACK_REQUESTED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Self::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// Whether it changes no more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed)
    }
}

/// How far a rolling deployment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// `desiredCount` of the service.
    pub desired: u32,
    /// Tasks of the new revision that are RUNNING and healthy.
    pub new_healthy: u32,
    /// Tasks of other revisions that are not STOPPED.
    pub old_present: u32,
    /// Whether the bake time of its alarms is over; true where there is none.
    pub baked: bool,
    /// Whether the circuit breaker or an alarm has failed it.
    pub failed: bool,
}

impl Rollout {
    /// Whether the new revision runs as it should and of the old one nothing is left, as far as they matter: now
    /// the bake time begins (ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures").
    pub const fn may_bake(&self, early: EarlySuccessCriteria) -> bool {
        let percent = if early.enable { early.healthy_percent } else { 100 };
        let enough = (self.desired as u64 * percent as u64).div_ceil(100);
        let deferred = early.enable && matches!(early.cleanup, SourceServiceRevisionCleanup::Deferred);
        self.new_healthy as u64 >= enough && (self.old_present == 0 || deferred)
    }

    /// Whether the deployment is COMPLETED: the new revision runs in full and is healthy, nothing has failed it,
    /// the bake time is over and the old tasks are gone (ECS guide, "Complete Amazon ECS rolling deployments early
    /// with early success criteria").
    pub const fn is_complete(&self, early: EarlySuccessCriteria) -> bool {
        !self.failed && self.baked && self.may_bake(early)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs::{ContainerSettings, DeploymentConfiguration, StartTimes};
    use crate::kernel::{Distribution, SimDuration};

    fn settings() -> ServiceSettings {
        ServiceSettings {
            name: "web".to_owned(),
            desired_count: 3,
            launch: crate::ecs::Launch::default(),
            deployment: DeploymentConfiguration::default(),
            options: Default::default(),
            blue_green: None,
            rebalancing: Default::default(),
            health_check_grace_period: SimDuration::ZERO,
            task_definition: TaskDefinition {
                family: "web".to_owned(),
                revision: 1,
                image: "web:1".to_owned(),
                container_port: 80,
                cpu: TaskDefinition::CPU,
                memory: TaskDefinition::MEMORY,
                health_check: None,
                release: crate::ecs::Release::Good,
                stop_timeout: TaskDefinition::STOP_TIMEOUT,
                start_times: StartTimes::default(),
                container: ContainerSettings {
                    port: 80,
                    health_port: None,
                    workers: 4,
                    backlog: 16,
                    service_time: Distribution::Constant { value: SimDuration::from_millis(20) },
                    keep_alive: None,
                    paths: Vec::new(),
                    sets_cookie: None,
                    warm_up: SimDuration::ZERO,
                    on_sigterm: crate::ecs::OnSigterm::default(),
                    memory: crate::ecs::MemoryUse::default(),
                },
            },
            target_group: Some(TargetGroupId::new(0)),
            zones: vec![0, 1],
            security_groups: Vec::new(),
        }
    }

    /// ECS guide, "Amazon ECS service definition parameters": task definition, network configuration and load
    /// balancers start a deployment; desired count, deployment configuration and grace period do not.
    #[test]
    fn only_some_changes_start_a_deployment() {
        let revision = ServiceRevision::new(ServiceRevisionId::new(1), ServiceId::new(0), &settings());
        let changed = |change: fn(&mut ServiceSettings)| {
            let mut settings = settings();
            change(&mut settings);
            revision.differs_from(&settings)
        };
        assert!(changed(|settings| settings.task_definition.revision = 2));
        assert!(changed(|settings| settings.zones = vec![0]));
        assert!(changed(|settings| settings.security_groups.push(SecurityGroupId::new(0))));
        assert!(changed(|settings| settings.target_group = None));
        assert!(!changed(|settings| settings.desired_count = 30));
        assert!(!changed(|settings| settings.deployment.maximum_percent = 150));
        assert!(!changed(|settings| settings.health_check_grace_period = SimDuration::from_secs(60)));
    }

    /// API `Deployment`, `ServiceDeployment`: the words.
    #[test]
    fn the_words_are_awss() {
        use ServiceDeploymentStatus::*;
        let words: Vec<_> = [
            Pending,
            InProgress,
            Successful,
            StopRequested,
            Stopped,
            RollbackRequested,
            RollbackInProgress,
            RollbackSuccessful,
            RollbackFailed,
        ]
        .iter()
        .map(|status| (status.as_str(), status.is_final()))
        .collect();
        assert_eq!(
            words,
            [
                ("PENDING", false),
                ("IN_PROGRESS", false),
                ("SUCCESSFUL", true),
                ("STOP_REQUESTED", false),
                ("STOPPED", true),
                ("ROLLBACK_REQUESTED", false),
                ("ROLLBACK_IN_PROGRESS", false),
                ("ROLLBACK_SUCCESSFUL", true),
                ("ROLLBACK_FAILED", true),
            ]
        );
        let statuses = [DeploymentStatus::Primary, DeploymentStatus::Active, DeploymentStatus::Inactive];
        assert_eq!(statuses.map(DeploymentStatus::as_str), ["PRIMARY", "ACTIVE", "INACTIVE"]);
        let states = [RolloutState::InProgress, RolloutState::Completed, RolloutState::Failed];
        assert_eq!(states.map(RolloutState::as_str), ["IN_PROGRESS", "COMPLETED", "FAILED"]);
    }

    const DONE: Rollout = Rollout { desired: 5, new_healthy: 5, old_present: 0, baked: true, failed: false };

    /// ECS guide, "Complete Amazon ECS rolling deployments early with early success criteria": what completes a
    /// deployment by default.
    #[test]
    fn a_deployment_is_complete_when_nothing_of_the_old_one_is_left() {
        let complete = |rollout: Rollout| rollout.is_complete(EarlySuccessCriteria::default());
        assert!(complete(DONE));
        assert!(!complete(Rollout { new_healthy: 4, ..DONE }));
        assert!(!complete(Rollout { old_present: 1, ..DONE }), "old tasks that drain are not gone");
        assert!(!complete(Rollout { baked: false, ..DONE }));
        assert!(!complete(Rollout { failed: true, ..DONE }));
    }

    /// ECS guide, "Complete Amazon ECS rolling deployments early with early success criteria": the percentage is
    /// rounded up; `DEFERRED` does not wait for the old tasks.
    #[test]
    fn early_success_asks_for_less() {
        let early = EarlySuccessCriteria { enable: true, healthy_percent: 50, ..Default::default() };
        assert!(Rollout { new_healthy: 3, ..DONE }.is_complete(early));
        assert!(!Rollout { new_healthy: 2, ..DONE }.is_complete(early), "2.5 is rounded up");
        let leaving = Rollout { old_present: 2, ..DONE };
        assert!(!leaving.is_complete(early));
        let deferred = EarlySuccessCriteria { cleanup: SourceServiceRevisionCleanup::Deferred, ..early };
        assert!(leaving.is_complete(deferred));
        assert!(!leaving.is_complete(EarlySuccessCriteria { enable: false, ..deferred }));
    }
}
