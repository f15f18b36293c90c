//! The life of a task up to RUNNING and what its own process does: phases of the start, the image, crashes, the health
//! check of its container (ECS guide, "Amazon ECS task lifecycle"). How it ends stands in [`super::stopping`].

use super::cluster::Cluster;
use super::container::Container;
use super::container_health::ContainerHealth;
use super::deployment::circuit_breaker::TaskEvent;
use super::deployment::state::{DeploymentId, ServiceRevision};
use super::settings::Release;
use super::task::{Place, StopCode, Task, TaskStatus};
use super::{Event, ServiceId, TaskId};
use crate::choices;
use crate::context::Context;
use crate::elb::{self, Address, LoadBalancer};
use crate::kernel::{SimDuration, SimTime};
use crate::trace::Notice;

/// The first address of a subnet that tasks get: those below it are AWS's and the load balancer's.
pub(super) const FIRST_HOST: u16 = 10;

/// A subnet has addresses below this.
const HOSTS_END: u16 = 4_000;

impl Cluster {
    /// The revision and the deployment of which the scheduler starts tasks that the service lacks.
    pub(super) fn revision_to_start(&self, service: ServiceId) -> (ServiceRevision, DeploymentId) {
        let service = &self.services[service.number() as usize];
        let primary = service.primary();
        let revision = service.revision(primary.revision()).unwrap_or(&service.revisions[0]);
        (revision.clone(), primary.id())
    }

    /// Starts a task (`RunTask`, as the scheduler does it).
    pub(super) fn start_task<E: From<Event>>(
        &mut self,
        revision: &ServiceRevision,
        deployment: DeploymentId,
        place: Place,
        context: &mut Context<'_, E>,
    ) -> TaskId {
        let id = self.add_task(revision, deployment, place, context.now);
        self.enter_phase(id, TaskStatus::Provisioning, context);
        id
    }

    /// A task gets a private address of its zone's subnet, and what it needs of its container instance.
    pub(super) fn add_task(
        &mut self,
        revision: &ServiceRevision,
        deployment: DeploymentId,
        place: Place,
        now: SimTime,
    ) -> TaskId {
        let ip = self.free_address(place.zone);
        let address = Address { ip, port: revision.task_definition.container_port };
        let id = TaskId::new(self.tasks.len() as u32 + 1);
        let needs = revision.task_definition.needs();
        if let Some(instance) = self.instances.iter_mut().find(|one| Some(one.id) == place.instance) {
            instance.take(needs);
        }
        self.tasks.push(Task::new(id, revision, deployment, place, address, now));
        self.present.push(id);
        id
    }

    /// The next private address of a zone's subnet that no task has. A service whose tasks fail again and again comes
    /// to the end of the subnet, and begins anew.
    fn free_address(&mut self, zone: usize) -> [u8; 4] {
        loop {
            let host = self.next_host[zone];
            self.next_host[zone] = if host + 1 < HOSTS_END { host + 1 } else { FIRST_HOST };
            let ip = [10, 0, (zone + 1) as u8 + 16 * (host / 250) as u8, (host % 250) as u8];
            if self.tasks().all(|task| task.address.ip != ip) {
                return ip;
            }
        }
    }

    /// Moves a task on and plans the end of the phase, where the phase has an end of its own.
    pub(super) fn enter_phase<E: From<Event>>(
        &mut self,
        id: TaskId,
        status: TaskStatus,
        context: &mut Context<'_, E>,
    ) {
        let Some(task) = self.task(id) else { return };
        let times = self.definition_of(task).start_times;
        let lasts = match status {
            TaskStatus::Provisioning => Some(self.varied(times.provisioning)),
            TaskStatus::Pending => Some(self.varied(times.pending)),
            TaskStatus::Deprovisioning => Some(choices::DEPROVISIONING),
            _ => None,
        };
        let Some(task) = self.task_mut(id) else { return };
        let before = task.status;
        task.status = status;
        match status {
            TaskStatus::Running => task.started_at = Some(context.now),
            TaskStatus::Stopped => task.stopped_at = Some(context.now),
            _ => {}
        }
        if before != status {
            context.notice(Notice::TaskStatusChanged { task: id, before, after: status });
        }
        if let Some(lasts) = lasts {
            context.after(lasts, Event::PhaseOver { task: id, status });
        }
        match status {
            TaskStatus::Activating => {
                let lasts = self.varied(times.image_pull);
                context.after(lasts, Event::ImagePulled(id));
            }
            TaskStatus::Running => self.note_running(id),
            TaskStatus::Stopped => self.note_stopped(id, context),
            _ => {}
        }
    }

    pub(super) fn varied(&mut self, mean: SimDuration) -> SimDuration {
        let variation = f64::from(choices::START_VARIATION_PERCENT) / 100.0;
        mean.scaled(1.0 + variation * (2.0 * self.start_times.unit() - 1.0))
    }

    /// A phase is over: the task moves on to the next.
    pub(crate) fn phase_over<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        planned_in: TaskStatus,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        if self.task(id).is_none_or(|task| task.status != planned_in) {
            return;
        }
        match planned_in {
            TaskStatus::Provisioning => self.enter_phase(id, TaskStatus::Pending, context),
            TaskStatus::Pending => self.enter_phase(id, TaskStatus::Activating, context),
            TaskStatus::Activating => self.begin_running(id, load_balancer, context),
            TaskStatus::Deprovisioning => self.enter_phase(id, TaskStatus::Stopped, context),
            TaskStatus::Running | TaskStatus::Deactivating | TaskStatus::Stopping | TaskStatus::Stopped => {}
        }
    }

    /// The first half of ACTIVATING is over.
    pub(crate) fn image_pulled<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let Some(task) = self.task(id).filter(|task| task.status == TaskStatus::Activating) else { return };
        let definition = self.definition_of(task);
        if definition.release == Release::CannotPullImage {
            return self.fail_to_start(id, StopCode::CannotPullContainer, context);
        }
        let creation = definition.start_times.activating;
        let lasts = self.varied(creation);
        context.after(lasts, Event::PhaseOver { task: id, status: TaskStatus::Activating });
    }

    /// A task ends without having been RUNNING.
    fn fail_to_start<E: From<Event>>(&mut self, id: TaskId, code: StopCode, context: &mut Context<'_, E>) {
        if let Some(task) = self.task_mut(id) {
            task.stop_code = Some(code);
        }
        context.notice(Notice::TaskStopping { task: id, code });
        self.enter_phase(id, TaskStatus::Deprovisioning, context);
    }

    /// The container is created and its target is registered: the last work of ACTIVATING.
    fn begin_running<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let Some(task) = self.task(id) else { return };
        let service = self.service_of(task);
        let Some(revision) = service.revision(task.revision).cloned() else { return };
        let (service, address, zone) = (task.service, task.address, task.place.zone);
        let definition = revision.task_definition;
        if definition.release == (Release::Crashes { after: SimDuration::ZERO }) {
            self.note_exit(id, 1, context);
            return self.fail_to_start(id, StopCode::EssentialContainerExited, context);
        }
        let mut container = Container::new(definition.container, context.now);
        container.set_faults(definition.release.faults(), context.now);
        let target = revision.target_group.map(|group| load_balancer.register(group, address, zone, context));
        if let Some(task) = self.task_mut(id) {
            task.container = Some(container);
            task.target = target;
            task.health = definition.health_check.map(|_| ContainerHealth::new(context.now));
        }
        self.enter_phase(id, TaskStatus::Running, context);
        self.plan_container_check(id, context);
        if let Release::Crashes { after } = definition.release {
            context.after(after, Event::Crash(id));
        }
        if let Some(target) = target {
            self.tell(service, Notice::ServiceRegisteredTarget { target }, context);
        }
    }

    fn note_running(&mut self, id: TaskId) {
        let Some(task) = self.task(id) else { return };
        let (service, deployment) = (task.service, task.deployment);
        let service = self.service_mut(service);
        if service.primary().id() == deployment {
            service.throttle.running();
        }
        service.note_task(deployment, TaskEvent::Running);
    }

    /// What a task had of its container instance is free again; one that never was RUNNING counts as failed.
    fn note_stopped<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        self.present.retain(|present| *present != id);
        let Some(task) = self.task(id) else { return };
        let definition = self.definition_of(task);
        let needs = definition.needs();
        let (service, deployment, created_at) = (task.service, task.deployment, task.created_at);
        let failed = task.started_at.is_none()
            && !matches!(task.stop_code, Some(StopCode::UserInitiated | StopCode::ScalingActivity));
        let instance = task.place.instance;
        if let Some(instance) = self.instances.iter_mut().find(|one| Some(one.id) == instance) {
            instance.give_back(needs);
        }
        if failed {
            let one = self.service_mut(service);
            if one.primary().id() == deployment {
                one.throttle.failed_to_start(created_at, context.now);
            }
            self.note_failure(deployment, service, TaskEvent::FailedToStart, context);
        }
    }

    /// A process of a bad revision exits. Returns what it had in hand.
    pub(crate) fn crash<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        self.end_process(id, 1, context)
    }

    /// Plans the next health check of a container that has one, as it begins to run.
    pub(super) fn plan_container_check<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let Some(task) = self.task(id) else { return };
        let Some((health, settings)) = task.health.zip(self.definition_of(task).health_check) else { return };
        let first = health.first_check(&settings);
        context.after(first.since(context.now), Event::ContainerCheck(id));
    }

    /// The health check of a container begins: its command is run beside the server, and asks it.
    pub(crate) fn container_check<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let Some(task) = self.task(id) else { return };
        let (Some(container), Some(settings)) = (task.container(), self.definition_of(task).health_check)
        else {
            return;
        };
        let faults = container.faults();
        let takes = choices::HEALTH_CHECK_WORK.scaled(f64::from(faults.slowness_percent) / 100.0);
        let answers = !faults.hangs && takes < settings.timeout;
        let ok = !faults.fails_health_check
            && faults.answers_with.is_none_or(|status| status < 400)
            && container.is_listening(context.now);
        let (takes, passed) = if answers { (takes, ok) } else { (settings.timeout, false) };
        context.after(takes, Event::ContainerChecked { task: id, passed });
        if let Some(task) = self.task_mut(id) {
            task.check_begun_at = context.now;
        }
    }

    /// The health check of a container has a result.
    pub(crate) fn container_checked<E: From<Event>>(
        &mut self,
        id: TaskId,
        passed: bool,
        context: &mut Context<'_, E>,
    ) {
        let Some(task) = self.task(id).filter(|task| task.container.is_some()) else { return };
        let Some(settings) = self.definition_of(task).health_check else { return };
        let Some(task) = self.task_mut(id) else { return };
        let begun = task.check_begun_at;
        let Some(health) = task.health.as_mut() else { return };
        let before = health.status();
        let next = health.checked(passed, begun, context.now, &settings);
        let status = health.status();
        context.after(next.since(context.now), Event::ContainerCheck(id));
        if before != status {
            context.notice(Notice::ContainerHealthChanged { task: id, status });
        }
    }
}
