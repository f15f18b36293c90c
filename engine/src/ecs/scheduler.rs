//! The service scheduler: what a look at the tasks makes it start and stop.
//! (ECS guide, "Amazon ECS services" and "Rolling update"; API `DeploymentConfiguration`.)

use super::cluster::Cluster;
use super::task::{StopCode, Task, TaskStatus};
use super::{Event, ServiceId, TaskId};
use crate::choices;
use crate::context::Context;
use crate::elb::{self, LoadBalancer, TargetHealthReason, TargetState};
use crate::kernel::SimTime;
use crate::trace::Notice;

/// What the scheduler thinks of a task that it wants to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// RUNNING and healthy in the target group.
    Healthy,
    /// On its way there, or unhealthy within the grace period.
    NotReady,
    /// Failing the load balancer's health checks, or in a zone where it can never pass them.
    Unhealthy,
}

/// The wanted tasks by standing, each in the order of their start.
#[derive(Debug, Default)]
struct Census {
    healthy: Vec<TaskId>,
    not_ready: Vec<TaskId>,
    unhealthy: Vec<TaskId>,
}

impl Census {
    fn wanted(&self) -> usize {
        self.healthy.len() + self.not_ready.len() + self.unhealthy.len()
    }
}

impl Cluster {
    /// One look at the tasks.
    pub(crate) fn scheduler_pass<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        regular: bool,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        if regular {
            context.after(choices::SCHEDULER_PASS, Event::SchedulerPass { service, regular: true });
        }
        let census = self.census(service, load_balancer, context.now);
        let desired = self.desired(service) as usize;
        if census.wanted() > desired {
            self.stop_surplus(service, &census, load_balancer, context);
        } else {
            self.start_missing(service, &census, load_balancer, context);
        }
        self.note_steady_state(service, load_balancer, context);
    }

    fn census(&self, service: ServiceId, load_balancer: &LoadBalancer, now: SimTime) -> Census {
        let mut census = Census::default();
        for task in self.tasks_of(service).filter(|task| task.is_wanted()) {
            match self.standing(task, load_balancer, now) {
                Standing::Healthy => census.healthy.push(task.id),
                Standing::NotReady => census.not_ready.push(task.id),
                Standing::Unhealthy => census.unhealthy.push(task.id),
            }
        }
        census
    }

    /// API `DeploymentConfiguration`: with a load balancer and no container health check, a task counts as
    /// healthy when it is RUNNING and its target is healthy. One in a zone that is not enabled for the load balancer
    /// never gets there (ECS guide, "Troubleshooting service load balancers").
    fn standing(&self, task: &Task, load_balancer: &LoadBalancer, now: SimTime) -> Standing {
        let (Some(target), Some(started_at)) = (task.target, task.started_at) else {
            // Without a load balancer and a container health check, RUNNING is all that is asked.
            let alone = self.service_of(task).settings.target_group.is_none();
            let runs = alone && task.status == TaskStatus::Running;
            return if runs { Standing::Healthy } else { Standing::NotReady };
        };
        let grace = self.service_of(task).settings.health_check_grace_period;
        let lost = task.zone >= load_balancer.nodes().len();
        match load_balancer.target(target).health().state {
            TargetState::Healthy if task.status == TaskStatus::Running => Standing::Healthy,
            TargetState::Unhealthy if now >= started_at + grace => Standing::Unhealthy,
            TargetState::Unused if lost && now >= started_at + grace => Standing::Unhealthy,
            _ => Standing::NotReady,
        }
    }

    /// Fewer tasks than desired, or as many with unhealthy ones among them: replacements come first where
    /// `maximumPercent` leaves room; otherwise an unhealthy task, chosen at random, goes first.
    fn start_missing<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        census: &Census,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let desired = self.desired(service) as usize;
        let missing = desired.saturating_sub(census.healthy.len() + census.not_ready.len());
        let room = self.room(service);
        let count = missing.min(room);
        if count > 0 {
            let first = self.start_task(service, context);
            (1..count).for_each(|_| {
                self.start_task(service, context);
            });
            context.notice(Notice::ServiceStartedTasks { first, count: count as u32 });
        } else if missing > 0
            && let Some(victim) = self.roll(service, &census.unhealthy)
        {
            self.stop_unhealthy(victim, load_balancer, context);
        }
    }

    /// How many more tasks `maximumPercent` allows. What counts against it is our choice, see
    /// [`crate::choices`].
    fn room(&self, service: ServiceId) -> usize {
        let settings = &self.services[service.number() as usize].settings;
        let allowed = settings.deployment.tasks_max(settings.desired_count) as usize;
        allowed.saturating_sub(self.tasks_of(service).count())
    }

    /// More tasks than desired: once enough are healthy, the surplus goes, unhealthy ones first; so does the
    /// surplus that scaling in leaves beside a replacement under way.
    fn stop_surplus<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        census: &Census,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let desired = self.desired(service) as usize;
        let surplus = census.wanted() - desired;
        let replaced = if census.healthy.len() >= desired || census.not_ready.is_empty() {
            surplus.min(census.unhealthy.len())
        } else {
            0
        };
        let mut unhealthy = census.unhealthy.clone();
        for _ in 0..replaced {
            let Some(victim) = self.roll(service, &unhealthy) else { break };
            unhealthy.retain(|task| *task != victim);
            self.stop_unhealthy(victim, load_balancer, context);
        }
        let rest = (census.healthy.len() + census.not_ready.len()).saturating_sub(desired);
        for _ in 0..rest.min(surplus - replaced) {
            let Some(victim) = self.choose_surplus(service, load_balancer, context.now) else { break };
            self.stop_task(victim, StopCode::ScalingActivity, load_balancer, context);
            context.notice(Notice::ServiceStoppedTask { task: victim });
        }
    }

    fn stop_unhealthy<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let target = self.task(id).and_then(|task| task.target);
        let health = target.map(|target| load_balancer.target(target).health());
        if let Some(TargetHealthReason::Failed(failed)) = health.and_then(|health| health.reason) {
            context.notice(Notice::ServiceTaskUnhealthy { task: id, failed });
        }
        self.stop_task(id, StopCode::FailedElbHealthChecks, load_balancer, context);
        context.notice(Notice::ServiceStoppedTask { task: id });
    }

    /// Which task scaling in stops: one that is not ready before one that is, then one in the zone with the most
    /// tasks (API `UpdateService`), and within it any, at random.
    fn choose_surplus(
        &mut self,
        service: ServiceId,
        load_balancer: &LoadBalancer,
        now: SimTime,
    ) -> Option<TaskId> {
        let census = self.census(service, load_balancer, now);
        let pool = if census.not_ready.is_empty() { &census.healthy } else { &census.not_ready };
        let zone_of = |id: TaskId| self.task(id).map_or(0, |task| task.zone);
        let in_zone = |zone| {
            let everyone = census.healthy.iter().chain(&census.not_ready);
            everyone.filter(|id| zone_of(**id) == zone).count()
        };
        let fullest = pool.iter().map(|id| in_zone(zone_of(*id))).max()?;
        let eligible: Vec<TaskId> =
            pool.iter().copied().filter(|id| in_zone(zone_of(*id)) == fullest).collect();
        self.roll(service, &eligible)
    }

    fn desired(&self, service: ServiceId) -> u32 {
        self.services[service.number() as usize].settings.desired_count
    }

    fn roll(&mut self, service: ServiceId, tasks: &[TaskId]) -> Option<TaskId> {
        let count = u32::try_from(tasks.len()).ok().filter(|count| *count > 0)?;
        Some(tasks[self.services[service.number() as usize].dice.below(count) as usize])
    }

    /// Says once that the service has reached a steady state: the desired count runs and is healthy, and no
    /// other task is wanted. Targets may still be draining.
    fn note_steady_state<E>(
        &mut self,
        service: ServiceId,
        load_balancer: &LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let census = self.census(service, load_balancer, context.now);
        let desired = self.desired(service) as usize;
        let steady = census.healthy.len() == desired && census.wanted() == desired;
        let before = std::mem::replace(&mut self.services[service.number() as usize].steady, steady);
        if steady && !before {
            context.notice(Notice::SteadyState { service });
        }
    }
}
