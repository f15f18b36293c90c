//! Deployments of a service: how they begin, are complete, fail and are rolled back (ECS guide, "Deploy Amazon ECS
//! services by replacing tasks", "How the Amazon ECS deployment circuit breaker detects failures", "How CloudWatch
//! alarms detect Amazon ECS deployment failures"). What shifts traffic between target groups is in
//! [`super::switching`].

use super::cluster::Cluster;
use super::deployment::alarms::AlarmWatch;
use super::deployment::circuit_breaker::{Aftermath, Breaker, TaskEvent, aftermath};
use super::deployment::lifecycle::RollbackReason;
use super::deployment::rolling::Memory;
use super::deployment::settings::DeploymentStrategy;
use super::deployment::state::{
    Deployment, DeploymentId, DeploymentStatus, Rollout, RolloutState, ServiceDeploymentStatus,
    ServiceRevision, ServiceRevisionId,
};
use super::events::Cause;
use super::service::{DeploymentRecord, Waiting};
use super::settings::{DeploymentConfiguration, Release, TaskDefinition};
use super::task::Task;
use super::{Event, ServiceId, TaskDefinitionId};
use crate::command::StopType;
use crate::context::Context;
use crate::elb::LoadBalancer;
use crate::kernel::SimDuration;
use crate::trace::{DeploymentFailure, Notice};

impl Cluster {
    /// `RegisterTaskDefinition` of a copy of a service's task definition with this about it: its next revision.
    pub(crate) fn register_release(&mut self, service: ServiceId, release: Release) -> TaskDefinitionId {
        let mut definition = self.services[service.number() as usize].settings.task_definition.clone();
        let of_family = self.task_definitions.iter().filter(|known| known.family == definition.family);
        let latest = of_family.map(|known| known.revision).max().unwrap_or_default();
        definition.revision = latest.max(definition.revision) + 1;
        let name = definition.image.split(':').next().unwrap_or_default();
        definition.image = format!("{name}:{}", definition.revision);
        definition.release = release;
        self.task_definitions.push(definition);
        TaskDefinitionId::new(self.task_definitions.len() as u32 - 1)
    }

    /// `UpdateService` with another task definition, or with `forceNewDeployment`: a deployment begins. Nothing happens
    /// when the service has that task definition already (ECS guide, "Amazon ECS service definition parameters").
    pub(crate) fn deploy<E: From<Event>>(
        &mut self,
        service: ServiceId,
        definition: Option<TaskDefinitionId>,
        in_alarm: bool,
        context: &mut Context<'_, E>,
    ) {
        self.conclude_clean_up(service, context);
        let registered = definition.and_then(|id| self.task_definition(id)).cloned();
        let one = self.service_mut(service);
        if let Some(definition) = registered {
            let container_port = one.settings.task_definition.container_port;
            let definition = TaskDefinition { container_port, ..definition };
            if definition == one.settings.task_definition {
                return;
            }
            one.settings.task_definition = definition;
            one.throttle.new_task_definition();
        }
        let id = ServiceRevisionId::new(one.revisions.len() as u32 + 1);
        let mut revision = ServiceRevision::new(id, service, &one.settings);
        let shifts = one.settings.options.strategy != DeploymentStrategy::Rolling;
        if let Some(blue_green) = one.settings.blue_green.filter(|_| shifts) {
            revision.target_group = Some(blue_green.alternate_target_group);
        }
        one.revisions.push(revision.clone());
        let before = one.primary().id();
        self.supersede(service, before);
        let one = self.service_mut(service);
        let number = one.deployments.len() as u32 + 1;
        let mut record = DeploymentRecord::new(DeploymentId::new(number), &revision, context.now);
        record.watch = AlarmWatch::begin(&one.settings.options.alarms, in_alarm);
        let deployment = record.id();
        one.deployments.push(record);
        if shifts {
            self.begin_shift(service, deployment, before);
        }
        self.begin_rollout(service, context);
        let revision = revision.task_definition.revision;
        self.tell(service, Notice::DeploymentStarted { service, deployment, revision }, context);
    }

    /// The PRIMARY deployment is one no more: its tasks are to be replaced.
    fn supersede(&mut self, service: ServiceId, deployment: DeploymentId) {
        for record in &mut self.service_mut(service).deployments {
            if record.id() == deployment {
                record.state.status = DeploymentStatus::Active;
            }
            record.service_status = match record.service_status {
                status if status.is_final() => status,
                ServiceDeploymentStatus::RollbackInProgress => ServiceDeploymentStatus::RollbackFailed,
                _ => ServiceDeploymentStatus::Stopped,
            };
        }
    }

    /// What a deployment that begins, or is in progress again, starts with.
    fn begin_rollout<E: From<Event>>(&mut self, service: ServiceId, context: &mut Context<'_, E>) {
        let revision = self.services[service.number() as usize].primary().revision();
        let old = |task: &&Task| task.is_wanted() && task.revision != revision;
        let old = self.tasks_of(service).filter(old).count() as u32;
        let one = self.service_mut(service);
        one.memory = Memory::begin(old);
        one.rebalances = false;
        one.waiting = Waiting::Health;
        one.events.resolve(Cause::DeploymentFailed);
        self.wake(service, context);
    }

    /// Whether the PRIMARY deployment of a rolling kind is complete by now.
    pub(super) fn note_rollout<E: From<Event>>(
        &mut self,
        service: ServiceId,
        load_balancer: &LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let one = &self.services[service.number() as usize];
        if !one.deployment_in_progress() {
            return;
        }
        let (revision, early) = (one.primary().revision(), one.settings.options.early_success);
        let desired = one.settings.desired_count;
        let new = self.census(service, |task| task.revision == revision, load_balancer, context.now);
        let old_present = self.tasks_of(service).filter(|task| task.revision != revision).count() as u32;
        let mut rollout = Rollout {
            desired,
            new_healthy: new.healthy.len() as u32,
            old_present,
            baked: true,
            failed: false,
        };
        let may_bake = rollout.may_bake(early);
        let now = context.now;
        let one = self.service_mut(service);
        let watch = &mut one.primary_mut().watch;
        rollout.baked = watch.baked(may_bake, now);
        if let Some(until) = watch.bakes_until().filter(|_| !rollout.baked) {
            one.waiting = Waiting::AlarmBake(until);
        }
        if rollout.is_complete(early) {
            self.complete(service, context);
        }
    }

    /// The PRIMARY deployment is COMPLETED, and those that it replaced are INACTIVE.
    pub(super) fn complete<E>(&mut self, service: ServiceId, context: &mut Context<'_, E>) {
        let now = context.now;
        let one = self.service_mut(service);
        for record in one.deployments.iter_mut().filter(|one| one.status() == DeploymentStatus::Active) {
            record.state.status = DeploymentStatus::Inactive;
        }
        let record = one.primary_mut();
        let rolled_back = record.service_status == ServiceDeploymentStatus::Successful;
        record.end(RolloutState::Completed, ServiceDeploymentStatus::Successful, now);
        let deployment = record.id();
        if rolled_back {
            let rolling_back = |one: &&mut DeploymentRecord| {
                one.service_status == ServiceDeploymentStatus::RollbackInProgress
            };
            for record in one.deployments.iter_mut().filter(rolling_back) {
                record.service_status = ServiceDeploymentStatus::RollbackSuccessful;
            }
        }
        one.waiting = Waiting::Nothing;
        self.tell(service, Notice::DeploymentCompleted { service, deployment }, context);
    }

    /// Tells the circuit breaker of a failed task. Only a rolling deployment in progress fails of it.
    pub(super) fn note_failure<E: From<Event>>(
        &mut self,
        deployment: DeploymentId,
        service: ServiceId,
        event: TaskEvent,
        context: &mut Context<'_, E>,
    ) {
        let one = self.service_mut(service);
        let in_progress = one.deployment_in_progress() && one.primary().id() == deployment;
        if in_progress && one.note_task(deployment, event) {
            let rollback = one.settings.options.circuit_breaker.rollback;
            self.fail(service, DeploymentFailure::CircuitBreaker, rollback, context);
        }
    }

    /// Fails the deployment when one of its alarms is in ALARM.
    pub(super) fn watch_alarms<E: From<Event>>(
        &mut self,
        service: ServiceId,
        in_alarm: bool,
        context: &mut Context<'_, E>,
    ) {
        let one = &self.services[service.number() as usize];
        let primary = one.primary();
        if !one.deployment_in_progress() || primary.shift.is_some() || !primary.watch.fails(in_alarm) {
            return;
        }
        let rollback = one.settings.options.alarms.rollback;
        let by = DeploymentFailure::RolledBack(RollbackReason::Alarm);
        self.fail(service, by, rollback, context);
    }

    /// The PRIMARY deployment is FAILED: it launches nothing more. It is rolled back to the latest one that is
    /// COMPLETED, if that is wanted and there is one.
    fn fail<E: From<Event>>(
        &mut self,
        service: ServiceId,
        by: DeploymentFailure,
        rollback: bool,
        context: &mut Context<'_, E>,
    ) {
        let now = context.now;
        let one = self.service_mut(service);
        let states: Vec<Deployment> = one.deployments.iter().map(|record| record.state).collect();
        let failed = one.primary_mut();
        failed.end(RolloutState::Failed, ServiceDeploymentStatus::Stopped, now);
        let deployment = failed.id();
        let notice = Notice::DeploymentFailed { service, deployment, by };
        self.tell_lasting(service, Cause::DeploymentFailed, notice, context);
        match aftermath(&states, rollback) {
            Aftermath::RollBack { to, .. } => {
                self.go_back(service, to, context);
                self.tell(service, Notice::RollingBack { service, to }, context);
            }
            Aftermath::Stall => self.service_mut(service).waiting = Waiting::AnotherDeployment,
        }
    }

    /// A deployment that was COMPLETED is PRIMARY and in progress again. No alarm and no breaker of the failed one
    /// counts against it.
    fn go_back<E: From<Event>>(
        &mut self,
        service: ServiceId,
        to: DeploymentId,
        context: &mut Context<'_, E>,
    ) {
        let one = self.service_mut(service);
        let failed = one.primary_mut();
        failed.state.status = DeploymentStatus::Active;
        failed.service_status = ServiceDeploymentStatus::RollbackInProgress;
        if let Some(record) = one.deployment_mut(to) {
            record.state.status = DeploymentStatus::Primary;
            record.state.rollout = RolloutState::InProgress;
            record.breaker = Breaker::default();
            record.watch = AlarmWatch::ignoring();
        }
        let revision = one.primary().revision();
        if let Some(revision) = one.revision(revision).cloned() {
            one.settings.task_definition = revision.task_definition;
            one.settings.target_group = revision.target_group;
            one.settings.zones = revision.zones;
            one.settings.security_groups = revision.security_groups;
        }
        one.throttle.new_task_definition();
        self.begin_rollout(service, context);
    }

    /// Whether there is a deployment that a rollback can lead to.
    pub(crate) fn can_roll_back(&self, service: ServiceId) -> bool {
        let one = &self.services[service.number() as usize];
        one.primary().shift.is_some()
            || one.deployments.iter().any(|record| record.rollout() == RolloutState::Completed)
    }

    /// Whether the tasks that a blue/green, linear or canary deployment could go back to are ending.
    pub(crate) fn is_cleaning_up(&self, service: ServiceId) -> bool {
        let one = &self.services[service.number() as usize];
        one.primary().shift.as_ref().is_some_and(|under_way| under_way.blue_ends)
    }

    /// `StopServiceDeployment` of the deployment in progress.
    pub(crate) fn stop_deployment<E: From<Event>>(
        &mut self,
        service: ServiceId,
        stop: StopType,
        context: &mut Context<'_, E>,
    ) {
        let record = self.service_mut(service).primary_mut();
        let deployment = record.id();
        match (stop, record.shift.as_mut()) {
            (StopType::Rollback, Some(under_way)) => under_way.rollback_requested = true,
            (StopType::Rollback, None) => {
                let by = DeploymentFailure::RolledBack(RollbackReason::Requested);
                self.fail(service, by, true, context);
            }
            (StopType::Abort, _) => {
                record.end(RolloutState::Failed, ServiceDeploymentStatus::Stopped, context.now);
                self.tell(service, Notice::DeploymentStopped { service, deployment }, context);
            }
        }
        self.wake(service, context);
    }

    /// `UpdateService`: another desired count. During a deployment both revisions get what is added.
    pub(crate) fn set_desired_count<E: From<Event>>(
        &mut self,
        service: ServiceId,
        count: u32,
        context: &mut Context<'_, E>,
    ) {
        let one = self.service_mut(service);
        one.memory = one.memory.scaled(one.settings.desired_count, count);
        one.settings.desired_count = count;
        self.wake(service, context);
    }

    /// `UpdateService`: other percentages. That is no deployment.
    pub(crate) fn modify_deployment<E: From<Event>>(
        &mut self,
        service: ServiceId,
        deployment: DeploymentConfiguration,
        context: &mut Context<'_, E>,
    ) {
        self.service_mut(service).settings.deployment = deployment;
        self.wake(service, context);
    }

    /// `UpdateService`: another grace period. That is no deployment.
    pub(crate) fn modify_grace_period<E: From<Event>>(
        &mut self,
        service: ServiceId,
        seconds: u32,
        context: &mut Context<'_, E>,
    ) {
        let period = SimDuration::from_secs(u64::from(seconds));
        self.service_mut(service).settings.health_check_grace_period = period;
        self.wake(service, context);
    }
}
