//! A service: what it shall be, its deployments, and what its scheduler remembers.

use super::ServiceId;
use super::deployment::alarms::AlarmWatch;
use super::deployment::circuit_breaker::{Breaker, TaskEvent};
use super::deployment::lifecycle::LifecycleStage;
use super::deployment::rolling::Memory;
use super::deployment::shift::Shift;
use super::deployment::state::{
    Deployment, DeploymentId, DeploymentStatus, RolloutState, ServiceDeploymentStatus, ServiceRevision,
    ServiceRevisionId,
};
use super::events::EventLog;
use super::settings::ServiceSettings;
use super::throttle::StartThrottle;
use crate::elb::TargetGroupId;
use crate::kernel::{RandomStream, SimTime};
use crate::trace::{CannotPlace, Notice};

/// A service of the cluster. Its tasks are the cluster's to look up.
#[derive(Clone, Debug)]
pub struct Service {
    pub(super) id: ServiceId,
    pub(super) settings: ServiceSettings,
    pub(super) dice: RandomStream,
    /// By their number less one.
    pub(super) revisions: Vec<ServiceRevision>,
    /// The oldest first.
    pub(super) deployments: Vec<DeploymentRecord>,
    pub(super) memory: Memory,
    pub(super) throttle: StartThrottle,
    pub(super) events: EventLog<Notice>,
    /// Whether tasks are being moved between zones.
    pub(super) rebalances: bool,
    pub(super) waiting: Waiting,
}

/// A deployment and what is remembered of it.
#[derive(Clone, Debug)]
pub struct DeploymentRecord {
    pub(super) state: Deployment,
    pub(super) service_status: ServiceDeploymentStatus,
    /// The revision of its task definition.
    pub(super) task_definition_revision: u32,
    pub(super) began_at: SimTime,
    pub(super) ended_at: Option<SimTime>,
    pub(super) breaker: Breaker,
    pub(super) watch: AlarmWatch,
    /// The steps of a blue/green, linear or canary deployment that is under way.
    pub(super) shift: Option<ShiftUnderWay>,
}

/// A deployment that shifts traffic between two target groups.
#[derive(Clone, Debug)]
pub(super) struct ShiftUnderWay {
    pub(super) shift: Shift,
    /// The deployment that has the traffic until it is shifted.
    pub(super) blue: DeploymentId,
    pub(super) blue_group: Option<TargetGroupId>,
    pub(super) green_group: Option<TargetGroupId>,
    /// How many tasks green shall have.
    pub(super) green_scale: u32,
    pub(super) blue_ends: bool,
    pub(super) green_ends: bool,
    pub(super) rollback_requested: bool,
}

/// What the scheduler of a service waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// Nothing: the service is as it shall be.
    #[default]
    Nothing,
    /// Tasks are not healthy yet.
    Health,
    /// Tasks are stopping, and still count against `maximumPercent`.
    Stops,
    /// A task cannot be placed.
    Place(CannotPlace),
    /// Tasks failed to start, again and again: the next attempt is at this instant.
    Throttle(SimTime),
    /// The percentages let nothing start and nothing stop.
    DeploymentConfiguration,
    /// The deployment has FAILED: nothing is launched until somebody begins another one.
    AnotherDeployment,
    /// The alarms of the deployment are watched until this instant.
    AlarmBake(SimTime),
    /// A stage of a blue/green, linear or canary deployment: until this instant at the latest, if it has one.
    Stage(LifecycleStage, Option<SimTime>),
}

impl Service {
    pub(super) fn new(id: ServiceId, settings: ServiceSettings, seed: u64) -> Self {
        // Each service throws dice of its own: what one does changes nothing for another.
        let dice = RandomStream::new(seed, &format!("scheduler of {}", settings.name));
        let revision = ServiceRevision::new(ServiceRevisionId::new(1), id, &settings);
        let first = DeploymentRecord::new(DeploymentId::new(1), &revision, SimTime::ZERO);
        Self {
            id,
            settings,
            dice,
            revisions: vec![revision],
            deployments: vec![first],
            memory: Memory::default(),
            throttle: StartThrottle::default(),
            events: EventLog::default(),
            rebalances: false,
            waiting: Waiting::default(),
        }
    }

    /// Its id.
    pub const fn id(&self) -> ServiceId {
        self.id
    }

    /// Its settings, as they are now.
    pub fn settings(&self) -> &ServiceSettings {
        &self.settings
    }

    /// `desiredCount`.
    pub const fn desired_count(&self) -> u32 {
        self.settings.desired_count
    }

    /// Its deployments since the start, the oldest first.
    pub fn deployments(&self) -> &[DeploymentRecord] {
        &self.deployments
    }

    /// Its PRIMARY deployment: there always is one.
    pub fn primary(&self) -> &DeploymentRecord {
        let is_primary = |one: &&DeploymentRecord| one.state.status == DeploymentStatus::Primary;
        self.deployments.iter().find(is_primary).unwrap_or(&self.deployments[0])
    }

    pub(super) fn primary_mut(&mut self) -> &mut DeploymentRecord {
        let is_primary = |one: &DeploymentRecord| one.state.status == DeploymentStatus::Primary;
        let place = self.deployments.iter().position(is_primary).unwrap_or_default();
        &mut self.deployments[place]
    }

    /// The deployment with this id, if there is one.
    pub fn deployment(&self, id: DeploymentId) -> Option<&DeploymentRecord> {
        self.deployments.iter().find(|one| one.state.id == id)
    }

    pub(super) fn deployment_mut(&mut self, id: DeploymentId) -> Option<&mut DeploymentRecord> {
        self.deployments.iter_mut().find(|one| one.state.id == id)
    }

    /// Tells the circuit breaker of a deployment what happened to one of its tasks. Returns whether the deployment fails
    /// of it.
    pub(super) fn note_task(&mut self, deployment: DeploymentId, event: TaskEvent) -> bool {
        let (breaker, desired) = (self.settings.options.circuit_breaker, self.settings.desired_count);
        self.deployment_mut(deployment).is_some_and(|record| record.breaker.note(event, breaker, desired))
    }

    /// The service revision with this id, if there is one.
    pub fn revision(&self, id: ServiceRevisionId) -> Option<&ServiceRevision> {
        self.revisions.get(id.number().checked_sub(1)? as usize)
    }

    /// Whether its PRIMARY deployment is in progress.
    pub fn deployment_in_progress(&self) -> bool {
        self.primary().state.rollout == RolloutState::InProgress
    }

    /// What its scheduler waits for.
    pub const fn waiting(&self) -> Waiting {
        self.waiting
    }

    /// Its service events.
    pub const fn events(&self) -> &EventLog<Notice> {
        &self.events
    }
}

impl DeploymentRecord {
    pub(super) fn new(id: DeploymentId, revision: &ServiceRevision, began_at: SimTime) -> Self {
        Self {
            state: Deployment {
                id,
                revision: revision.id,
                status: DeploymentStatus::Primary,
                rollout: RolloutState::InProgress,
            },
            service_status: ServiceDeploymentStatus::InProgress,
            task_definition_revision: revision.task_definition.revision,
            began_at,
            ended_at: None,
            breaker: Breaker::default(),
            watch: AlarmWatch::ignoring(),
            shift: None,
        }
    }

    /// Its id.
    pub const fn id(&self) -> DeploymentId {
        self.state.id
    }

    /// The service revision that it deploys.
    pub const fn revision(&self) -> ServiceRevisionId {
        self.state.revision
    }

    /// The revision of the task definition that it deploys.
    pub const fn task_definition_revision(&self) -> u32 {
        self.task_definition_revision
    }

    /// `status`.
    pub const fn status(&self) -> DeploymentStatus {
        self.state.status
    }

    /// `rolloutState`.
    pub const fn rollout(&self) -> RolloutState {
        self.state.rollout
    }

    /// `status` of the service deployment.
    pub const fn service_status(&self) -> ServiceDeploymentStatus {
        self.service_status
    }

    /// `failedTasks`.
    pub const fn failed_tasks(&self) -> u32 {
        self.breaker.failed_tasks()
    }

    /// When it began.
    pub const fn began_at(&self) -> SimTime {
        self.began_at
    }

    /// When it was complete, or had failed.
    pub const fn ended_at(&self) -> Option<SimTime> {
        self.ended_at
    }

    /// `lifecycleStage` of a blue/green, linear or canary deployment under way, and the share of production traffic
    /// that its revision has, in tenths of a percent.
    pub fn stage(&self) -> Option<(LifecycleStage, u32)> {
        let under_way = self.shift.as_ref()?;
        Some((under_way.shift.stage(), under_way.shift.production().green()))
    }

    pub(super) fn end(&mut self, rollout: RolloutState, status: ServiceDeploymentStatus, now: SimTime) {
        self.state.rollout = rollout;
        self.service_status = status;
        self.ended_at = Some(now);
    }
}
