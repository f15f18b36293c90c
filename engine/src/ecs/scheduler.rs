//! The service scheduler: what a look at the tasks makes it start and stop (ECS guide, "Amazon ECS services" and
//! "Deploy Amazon ECS services by replacing tasks"; API `DeploymentConfiguration`). It counts, the pure planner decides.

use super::cluster::Cluster;
use super::container_health::{HealthStatus, Signs};
use super::deployment::circuit_breaker::TaskEvent;
use super::deployment::rolling::{Counts, Fleet, Idle, Memory, Plan, Stops};
use super::deployment::state::{DeploymentId, RolloutState, ServiceRevision, ServiceRevisionId};
use super::events::Cause;
use super::rebalancing::{AvailabilityZoneRebalancing, Move, ZoneTasks, next_move};
use super::service::Waiting;
use super::task::{StopCode, Task};
use super::{Event, ServiceId, TaskId};
use crate::choices;
use crate::context::Context;
use crate::elb::{self, LoadBalancer, TargetHealthReason, TargetState};
use crate::kernel::SimTime;
use crate::trace::{CannotPlace, Notice};

/// What the scheduler thinks of a task that it wants to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// RUNNING and healthy by all that checks it.
    Healthy,
    /// On its way there, or unhealthy within the grace period.
    NotReady,
    /// Failing health checks, or in a zone where it can never pass them.
    Unhealthy,
}

/// Tasks by standing, each in the order of their start.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) healthy: Vec<TaskId>,
    pub(super) not_ready: Vec<TaskId>,
    pub(super) unhealthy: Vec<TaskId>,
    stopping: u32,
}

impl Census {
    pub(super) fn wanted(&self) -> usize {
        self.healthy.len() + self.not_ready.len() + self.unhealthy.len()
    }

    /// Whether so many tasks are more than those that run or are on their way.
    fn is_short_of(&self, desired: u32) -> bool {
        self.healthy.len() + self.not_ready.len() < desired as usize
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            healthy: self.healthy.len() as u32,
            not_ready: self.not_ready.len() as u32,
            unhealthy: self.unhealthy.len() as u32,
            stopping: self.stopping,
        }
    }
}

/// A service of which one revision is looked at: which, and how many tasks it shall have.
pub(super) struct Share {
    pub(super) revision: ServiceRevisionId,
    pub(super) deployment: DeploymentId,
    pub(super) desired: u32,
    /// So many more, for a while: rebalancing moves them.
    pub(super) moving: u32,
}

/// What is waited for after a plan, and what lasts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    waiting: Waiting,
    cannot_place: Option<CannotPlace>,
    stuck: bool,
}

impl Outlook {
    /// That of two plans for one service: what cannot be placed comes first.
    pub(super) fn and(self, other: Self) -> Self {
        let waiting = if self.cannot_place.is_some() { self.waiting } else { other.waiting };
        Self {
            waiting,
            cannot_place: self.cannot_place.or(other.cannot_place),
            stuck: self.stuck || other.stuck,
        }
    }
}

impl Cluster {
    /// One look at the tasks. `in_alarm` tells whether an alarm that the service's deployments watch is in ALARM.
    pub(crate) fn scheduler_pass<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        regular: bool,
        in_alarm: bool,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        if regular {
            context.after(choices::SCHEDULER_PASS, Event::SchedulerPass { service, regular: true });
        }
        self.note_health(service, load_balancer, context.now);
        self.watch_alarms(service, in_alarm, context);
        if self.services[service.number() as usize].primary().shift.is_some() {
            self.switching_pass(service, in_alarm, load_balancer, context);
        } else if !self.rebalancing_pass(service, load_balancer, context) {
            self.rolling_pass(service, load_balancer, context);
            self.note_rollout(service, load_balancer, context);
        }
        self.note_steady_state(service, load_balancer, context);
    }

    pub(super) fn census(
        &self,
        service: ServiceId,
        of: impl Fn(&Task) -> bool,
        load_balancer: &LoadBalancer,
        now: SimTime,
    ) -> Census {
        let mut census = Census::default();
        for task in self.tasks_of(service).filter(|task| of(task)) {
            if !task.is_wanted() {
                census.stopping += 1;
                continue;
            }
            match self.standing(task, load_balancer, now) {
                Standing::Healthy => census.healthy.push(task.id),
                Standing::NotReady => census.not_ready.push(task.id),
                Standing::Unhealthy => census.unhealthy.push(task.id),
            }
        }
        census
    }

    /// API `DeploymentConfiguration`: when a task counts as healthy, see [`Signs`]. One in a zone that is not enabled
    /// for the load balancer never gets there (ECS guide, "Troubleshooting service load balancers").
    fn standing(&self, task: &Task, load_balancer: &LoadBalancer, now: SimTime) -> Standing {
        let Some(started_at) = task.started_at else { return Standing::NotReady };
        let target = task.target.map(|target| load_balancer.target(target).health().state);
        let containers = task.health.as_ref().map(|health| health.status());
        let signs = Signs {
            running_for: Self::running_for(task, now),
            target_healthy: target.map(|state| state == TargetState::Healthy),
            containers,
        };
        if signs.are_healthy() {
            return Standing::Healthy;
        }
        let lost = task.place.zone >= load_balancer.nodes().len();
        let fails = match target {
            Some(TargetState::Unhealthy) => true,
            Some(TargetState::Unused) => lost,
            _ => false,
        };
        let grace = self.service_of(task).settings.health_check_grace_period;
        let counts = now >= started_at + grace;
        if counts && (fails || containers == Some(HealthStatus::Unhealthy)) {
            Standing::Unhealthy
        } else {
            Standing::NotReady
        }
    }

    /// Tells the circuit breaker of the tasks that have got healthy.
    fn note_health(&mut self, service: ServiceId, load_balancer: &LoadBalancer, now: SimTime) {
        let census = self.census(service, |task| !task.was_healthy, load_balancer, now);
        for id in census.healthy {
            let Some(task) = self.task_mut(id) else { continue };
            task.was_healthy = true;
            let deployment = task.deployment;
            self.service_mut(service).note_task(deployment, TaskEvent::Healthy);
        }
    }

    /// A look at a service that is at rest or in a rolling deployment.
    fn rolling_pass<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let one = &self.services[service.number() as usize];
        let (primary, memory, desired) = (one.primary(), one.memory, one.settings.desired_count);
        let (new, deployment) = (primary.revision(), primary.id());
        let launches_new = primary.rollout() != RolloutState::Failed;
        let share = Share { revision: new, deployment, desired, moving: u32::from(one.rebalances) };
        let outlook =
            self.carry_out_plan(service, &share, launches_new, Some(memory), load_balancer, context);
        self.note_outlook(service, outlook, context);
    }

    /// Plans for the tasks of one revision, and of all others where these are to be replaced by it (`memory` is what
    /// the planner remembers of them), and does what the plan says.
    pub(super) fn carry_out_plan<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        share: &Share,
        launches_new: bool,
        memory: Option<Memory>,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> Outlook {
        let new = self.census(service, |task| task.revision == share.revision, load_balancer, context.now);
        let replaces = memory.is_some();
        let of_old = |task: &Task| replaces && task.revision != share.revision;
        let old = self.census(service, of_old, load_balancer, context.now);
        let one = &self.services[service.number() as usize];
        let revision = one.revision(share.revision).unwrap_or(&one.revisions[0]).clone();
        let limits = one.settings.deployment;
        // What slows down is the revision that fails: tasks that others lose are replaced.
        let is_primary = one.primary().revision() == share.revision;
        let held = is_primary && !one.throttle.lets_start(context.now);
        let throttled = one.throttle.held_until().filter(|_| held && new.is_short_of(share.desired));
        let (fits, cannot_place) = self.fits(service, &revision, limits.tasks_max(share.desired));
        let fleet = Fleet {
            desired: share.desired,
            moving: share.moving,
            limits,
            new: new.counts(),
            old: old.counts(),
            memory: memory.unwrap_or_default(),
            fits: Some(fits),
            launches_new: launches_new && !held,
        };
        let plan = fleet.plan();
        if replaces {
            self.service_mut(service).memory = plan.memory;
        }
        self.stop_all(service, &new, plan.stop_new, load_balancer, context);
        self.stop_all(service, &old, plan.stop_old, load_balancer, context);
        if let Some(revision) = self.old_revision_to_start(service, share.revision)
            && plan.start_old > 0
        {
            let (revision, deployment) = revision;
            self.start_all(service, &revision, deployment, plan.start_old, context);
        }
        self.start_all(service, &revision, share.deployment, plan.start_new, context);
        Self::outlook(&plan, throttled, cannot_place)
    }

    /// The revision of which a task is started in place of an old one that was lost: the newest that still runs.
    fn old_revision_to_start(
        &self,
        service: ServiceId,
        new: ServiceRevisionId,
    ) -> Option<(ServiceRevision, DeploymentId)> {
        let old = |wanted: bool| {
            let of_old = |task: &&Task| task.revision != new && task.is_wanted() == wanted;
            self.tasks_of(service).filter(of_old).map(|task| task.revision).max()
        };
        let old = old(true).or_else(|| old(false));
        let one = &self.services[service.number() as usize];
        let record = one.deployments.iter().rev().find(|record| match old {
            Some(old) => record.revision() == old,
            None => record.revision() != new,
        })?;
        Some((one.revision(record.revision())?.clone(), record.id()))
    }

    pub(super) fn start_all<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        revision: &ServiceRevision,
        deployment: DeploymentId,
        count: u32,
        context: &mut Context<'_, E>,
    ) {
        let mut started: Option<(TaskId, u32)> = None;
        for _ in 0..count {
            let Ok(place) = self.place(service, revision, None) else { break };
            let id = self.start_task(revision, deployment, place, context);
            started = Some(started.map_or((id, 1), |(first, count)| (first, count + 1)));
        }
        if let Some((first, count)) = started {
            self.tell(service, Notice::ServiceStartedTasks { first, count }, context);
        }
    }

    fn stop_all<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        census: &Census,
        stops: Stops,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let mut unhealthy = census.unhealthy.clone();
        for _ in 0..stops.unhealthy {
            let Some(victim) = self.roll(service, &unhealthy) else { break };
            unhealthy.retain(|task| *task != victim);
            self.stop_unhealthy(service, victim, load_balancer, context);
        }
        for (pool, count) in [(&census.not_ready, stops.not_ready), (&census.healthy, stops.healthy)] {
            let mut pool = pool.clone();
            for _ in 0..count {
                let Some(victim) = self.choose_victim(service, &pool) else { break };
                pool.retain(|task| *task != victim);
                self.stop_surplus(victim, load_balancer, context);
            }
        }
    }

    /// Stops a task that the service no longer needs.
    pub(super) fn stop_surplus<E: From<Event> + From<elb::Event>>(
        &mut self,
        victim: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let event = Some(Notice::ServiceStoppedTask { task: victim });
        self.end_task(victim, StopCode::ScalingActivity, event, load_balancer, context);
    }

    fn stop_unhealthy<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let Some(task) = self.task(id) else { return };
        let deployment = task.deployment;
        let health = task.target.map(|target| load_balancer.target(target).health());
        let unhealthy_container = task.health_status() == HealthStatus::Unhealthy;
        let code = match health.and_then(|health| health.reason) {
            Some(TargetHealthReason::Failed(failed)) => {
                self.tell(service, Notice::ServiceTaskUnhealthy { task: id, failed }, context);
                StopCode::FailedElbHealthChecks
            }
            _ if unhealthy_container => StopCode::FailedContainerHealthChecks,
            _ => StopCode::FailedElbHealthChecks,
        };
        let event = Some(Notice::ServiceStoppedTask { task: id });
        self.end_task(id, code, event, load_balancer, context);
        self.note_failure(deployment, service, TaskEvent::FailedHealthChecks, context);
    }

    fn outlook(plan: &Plan, throttled: Option<SimTime>, cannot_place: Option<CannotPlace>) -> Outlook {
        let cannot_place = cannot_place.filter(|_| plan.unplaced > 0 && throttled.is_none());
        let waiting = match (plan.idle, throttled, cannot_place) {
            (_, Some(until), _) => Waiting::Throttle(until),
            (_, _, Some(why)) => Waiting::Place(why),
            (None | Some(Idle::AwaitingHealth), ..) => Waiting::Health,
            (Some(Idle::AwaitingStops), ..) => Waiting::Stops,
            (Some(Idle::Failed), ..) => Waiting::AnotherDeployment,
            (Some(Idle::DeploymentConfiguration), ..) => Waiting::DeploymentConfiguration,
            (Some(Idle::Complete | Idle::NoCapacity), ..) => Waiting::Nothing,
        };
        Outlook { waiting, cannot_place, stuck: plan.idle == Some(Idle::DeploymentConfiguration) }
    }

    /// Tells of what lasts after a look, and takes back what does not last any longer.
    pub(super) fn note_outlook<E: From<Event>>(
        &mut self,
        service: ServiceId,
        outlook: Outlook,
        context: &mut Context<'_, E>,
    ) {
        let one = self.service_mut(service);
        let has_failed = one.primary().rollout() == RolloutState::Failed;
        one.waiting = match outlook.waiting {
            Waiting::Nothing if has_failed => Waiting::AnotherDeployment,
            waiting => waiting,
        };
        let stuck = outlook.stuck && one.deployment_in_progress();
        let impaired = one.throttle.is_impaired();
        let placement = outlook.cannot_place.map(|why| Notice::PlacementFailed { service, why });
        for (cause, notice) in [
            (Cause::Placement, placement),
            (Cause::DeploymentConfiguration, stuck.then_some(Notice::CannotDeploy { service })),
            (Cause::StartImpaired, impaired.then_some(Notice::StartImpaired { service })),
        ] {
            match notice {
                Some(notice) => self.tell_lasting(service, cause, notice, context),
                None => {
                    self.service_mut(service).events.resolve(cause);
                }
            }
        }
    }

    /// Moves a task from the fullest zone to the emptiest, one step at a time, while the service is steady. Returns
    /// whether there was a step, after which nothing else is looked at.
    fn rebalancing_pass<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> bool {
        let one = &self.services[service.number() as usize];
        let wanted = one.settings.rebalancing == AvailabilityZoneRebalancing::Enabled;
        if !wanted || one.deployment_in_progress() {
            return false;
        }
        let (desired, under_way) = (one.settings.desired_count, one.rebalances);
        let (revision, deployment) = self.revision_to_start(service);
        let zones: Vec<usize> =
            revision.zones.iter().copied().filter(|zone| !self.zone_has_failed(*zone)).collect();
        let census = self.census(service, |_| true, load_balancer, context.now);
        let in_zone = |ids: &[TaskId], zone: usize| {
            ids.iter().filter(|id| self.task(**id).map(Task::zone) == Some(zone)).count() as u32
        };
        let others = |zone| in_zone(&census.not_ready, zone) + in_zone(&census.unhealthy, zone);
        let tasks: Vec<ZoneTasks> = zones
            .iter()
            .map(|zone| ZoneTasks { healthy: in_zone(&census.healthy, *zone), others: others(*zone) })
            .collect();
        let allowed = self.services[service.number() as usize].settings.deployment.tasks_max(desired);
        let room = allowed.saturating_sub(self.tasks_of(service).count() as u32);
        let by_zone: Vec<(usize, u32)> =
            zones.iter().copied().zip(tasks.iter().map(|zone| zone.healthy)).collect();
        match next_move(desired, &tasks, under_way, room) {
            Move::Start { zone } => {
                let Ok(place) = self.place(service, &revision, Some(zones[zone])) else { return false };
                if !self.service_mut(service).events.lasts(Cause::Imbalance) {
                    let notice = Notice::RebalancingStarted { service, tasks: by_zone };
                    self.tell_lasting(service, Cause::Imbalance, notice, context);
                }
                self.service_mut(service).rebalances = true;
                let task = self.start_task(&revision, deployment, place, context);
                self.tell(service, Notice::RebalancingStartedTask { task }, context);
                self.service_mut(service).waiting = Waiting::Health;
                true
            }
            Move::Stop { zone } => {
                let there = |id: &TaskId| self.task(*id).map(Task::zone) == Some(zones[zone]);
                let pool: Vec<TaskId> = census.healthy.iter().copied().filter(there).collect();
                let Some(task) = self.roll(service, &pool) else { return false };
                let event = Some(Notice::RebalancingStoppedTask { task });
                self.end_task(task, StopCode::ScalingActivity, event, load_balancer, context);
                self.service_mut(service).rebalances = false;
                self.service_mut(service).waiting = Waiting::Stops;
                true
            }
            Move::AwaitHealth | Move::NoRoom => false,
            Move::AwaitSteadyState => {
                self.service_mut(service).rebalances = false;
                false
            }
            Move::Balanced => {
                self.service_mut(service).rebalances = false;
                if self.service_mut(service).events.resolve(Cause::Imbalance) {
                    self.tell(service, Notice::RebalancingCompleted { service, tasks: by_zone }, context);
                }
                false
            }
        }
    }

    /// Says that the service has reached a steady state, and again from time to time: the desired count runs and is healthy, no other task is
    /// wanted, and no deployment is in progress. Targets may still be draining.
    fn note_steady_state<E>(
        &mut self,
        service: ServiceId,
        load_balancer: &LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let census = self.census(service, |_| true, load_balancer, context.now);
        let one = &self.services[service.number() as usize];
        let desired = one.settings.desired_count as usize;
        let steady =
            census.healthy.len() == desired && census.wanted() == desired && !one.deployment_in_progress();
        let notice = Notice::SteadyState { service };
        if steady {
            self.tell_lasting(service, Cause::SteadyState, notice, context);
        } else {
            self.service_mut(service).events.resolve(Cause::SteadyState);
        }
        if steady && self.services[service.number() as usize].waiting == Waiting::Health {
            self.service_mut(service).waiting = Waiting::Nothing;
        }
    }
}
