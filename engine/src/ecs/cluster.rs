//! The cluster: services and their tasks, starting and stopping them, and what each phase of their life does.

use super::container::{Accepted, Connected, Container, Done, Faults, Job, Token};
use super::service::Service;
use super::settings::{ServiceSettings, TaskDefinition};
use super::task::{StopCode, Task, TaskStatus};
use super::{Event, ServiceId, TaskDefinitionId, TaskId};
use crate::choices;
use crate::context::Context;
use crate::elb::{self, Address, LoadBalancer};
use crate::kernel::{RandomStream, SimDuration};
use crate::trace::Notice;

/// The services of a world and all tasks that they ever had.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) services: Vec<Service>,
    /// Indexed by task number less one; numbers are never used twice.
    pub(super) tasks: Vec<Task>,
    /// Those that are not STOPPED, in the order of their start.
    pub(super) present: Vec<TaskId>,
    task_definitions: Vec<TaskDefinition>,
    start_times: RandomStream,
    next_host: Vec<u16>,
}

impl Cluster {
    pub(crate) fn new(
        services: &[ServiceSettings],
        task_definitions: &[TaskDefinition],
        zones: usize,
        seed: u64,
    ) -> Self {
        Self {
            services: (0..)
                .zip(services)
                .map(|(number, settings)| Service::new(ServiceId::new(number), settings.clone(), seed))
                .collect(),
            tasks: Vec::new(),
            task_definitions: task_definitions.to_vec(),
            present: Vec::new(),
            start_times: RandomStream::new(seed, "start times"),
            next_host: vec![10; zones],
        }
    }

    /// Its services, in the order of the scenario.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service with this id, if there is one.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.get(id.number() as usize)
    }

    /// The task definition with this id, if it is registered.
    pub fn task_definition(&self, id: TaskDefinitionId) -> Option<&TaskDefinition> {
        self.task_definitions.get(id.number() as usize)
    }

    /// All task definitions, in the order in which they were registered.
    pub fn task_definitions(&self) -> &[TaskDefinition] {
        &self.task_definitions
    }

    /// The service of a task.
    pub(super) fn service_of(&self, task: &Task) -> &Service {
        &self.services[task.service.number() as usize]
    }

    /// The tasks that are not STOPPED, in the order of their start.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.present.iter().filter_map(|id| self.task(*id))
    }

    /// Likewise, those of one service.
    pub fn tasks_of(&self, service: ServiceId) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks().filter(move |task| task.service == service)
    }

    /// The task with this id, stopped or not, if there ever was one.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(id.number().checked_sub(1)? as usize)
    }

    pub(super) fn task_mut(&mut self, id: TaskId) -> Option<&mut Task> {
        self.tasks.get_mut(id.number().checked_sub(1)? as usize)
    }

    /// How many tasks were ever started.
    pub fn started(&self) -> usize {
        self.tasks.len()
    }

    /// `runningCount` of a service.
    pub fn running_count(&self, service: ServiceId) -> u32 {
        self.tasks_of(service).filter(|task| task.status == TaskStatus::Running).count() as u32
    }

    /// `pendingCount` of a service: tasks on their way to RUNNING.
    pub fn pending_count(&self, service: ServiceId) -> u32 {
        self.tasks_of(service).filter(|task| task.status < TaskStatus::Running).count() as u32
    }

    /// Puts the desired count of every service there as if its tasks had been running for long.
    pub(crate) fn begin_steady<E: From<Event> + From<elb::Event>>(
        &mut self,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        for number in 0..self.services.len() {
            let service = ServiceId::new(number as u32);
            let settings = self.services[number].settings.clone();
            for _ in 0..settings.desired_count {
                let id = self.add_task(service);
                let now = context.now;
                if let Some(task) = self.task_mut(id) {
                    task.status = TaskStatus::Running;
                    task.container = Some(Container::new(settings.task_definition.container.clone()));
                    task.started_at = Some(now);
                    let (address, zone) = (task.address, task.zone);
                    task.target = settings
                        .target_group
                        .map(|group| load_balancer.register_as_healthy(group, address, zone, context));
                }
            }
            self.services[number].steady = true;
        }
    }

    /// Starts a task (`RunTask`, as the scheduler does it).
    pub(super) fn start_task<E: From<Event>>(
        &mut self,
        service: ServiceId,
        context: &mut Context<'_, E>,
    ) -> TaskId {
        let id = self.add_task(service);
        self.enter_phase(id, TaskStatus::Provisioning, context);
        id
    }

    fn add_task(&mut self, service: ServiceId) -> TaskId {
        let zone = self.emptiest_zone(service);
        let host = &mut self.next_host[zone];
        let ip = [10, 0, (zone + 1) as u8 + 16 * (*host / 250) as u8, (*host % 250) as u8];
        *host = host.wrapping_add(1);
        let port = self.services[service.number() as usize].settings.task_definition.container_port;
        let id = TaskId::new(self.tasks.len() as u32 + 1);
        self.tasks.push(Task::new(id, service, zone, Address { ip, port }));
        self.present.push(id);
        id
    }

    /// The zone with the fewest tasks of this service gets the next one (API `UpdateService`).
    fn emptiest_zone(&self, service: ServiceId) -> usize {
        let tasks_in =
            |zone: usize| self.tasks_of(service).filter(|task| task.is_wanted() && task.zone == zone).count();
        let zones = &self.services[service.number() as usize].settings.zones;
        zones.iter().copied().min_by_key(|zone| tasks_in(*zone)).unwrap_or_default()
    }

    /// Moves a task on and plans the end of the phase, where the phase has an end of its own.
    fn enter_phase<E: From<Event>>(&mut self, id: TaskId, status: TaskStatus, context: &mut Context<'_, E>) {
        let Some(task) = self.task(id) else { return };
        let definition = &self.service_of(task).settings.task_definition;
        let (times, stop_timeout) = (definition.start_times, definition.stop_timeout);
        let lasts = match status {
            TaskStatus::Provisioning => Some(self.varied(times.provisioning)),
            TaskStatus::Pending => Some(self.varied(times.pending)),
            TaskStatus::Activating => Some(self.varied(times.activating)),
            TaskStatus::Stopping => Some(stop_timeout),
            TaskStatus::Deprovisioning => Some(choices::DEPROVISIONING),
            TaskStatus::Running | TaskStatus::Deactivating | TaskStatus::Stopped => None,
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
        if status == TaskStatus::Stopped {
            self.present.retain(|present| *present != id);
        }
    }

    fn varied(&mut self, mean: SimDuration) -> SimDuration {
        let variation = f64::from(choices::START_VARIATION_PERCENT) / 100.0;
        mean.scaled(1.0 + variation * (2.0 * self.start_times.unit() - 1.0))
    }

    /// A phase is over: the task moves on to the next. Returns what its container had in hand when it was killed.
    pub(crate) fn phase_over<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        planned_in: TaskStatus,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        if self.task(id)?.status != planned_in {
            return None;
        }
        match planned_in {
            TaskStatus::Provisioning => self.enter_phase(id, TaskStatus::Pending, context),
            TaskStatus::Pending => self.enter_phase(id, TaskStatus::Activating, context),
            TaskStatus::Activating => self.begin_running(id, load_balancer, context),
            TaskStatus::Stopping => return self.end_process(id, context),
            TaskStatus::Deprovisioning => self.enter_phase(id, TaskStatus::Stopped, context),
            TaskStatus::Running | TaskStatus::Deactivating | TaskStatus::Stopped => {}
        }
        None
    }

    /// The container runs and its target is registered: the last work of ACTIVATING.
    fn begin_running<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let Some(task) = self.task(id) else { return };
        let settings = &self.service_of(task).settings;
        let (group, container) = (settings.target_group, settings.task_definition.container.clone());
        let target = group.map(|group| load_balancer.register(group, task.address, task.zone, context));
        if let Some(task) = self.task_mut(id) {
            task.container = Some(Container::new(container));
            task.target = target;
        }
        self.enter_phase(id, TaskStatus::Running, context);
        if let Some(target) = target {
            context.notice(Notice::ServiceRegisteredTarget { target });
        }
    }

    /// Begins the end of a task: a running one leaves the target group and drains before its container gets
    /// SIGTERM (ECS guide, "Amazon ECS task lifecycle" and "Optimize load balancer connection draining").
    pub(crate) fn stop_task<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        code: StopCode,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let Some(task) = self.task_mut(id).filter(|task| task.is_wanted()) else { return };
        task.stop_code = Some(code);
        context.notice(Notice::TaskStopping { task: id, code });
        match task.target {
            Some(target) => {
                self.enter_phase(id, TaskStatus::Deactivating, context);
                context.notice(Notice::ServiceDeregisteredTarget { target });
                context.notice(Notice::DrainingBegun { task: id });
                load_balancer.deregister(target, context);
            }
            None => self.enter_phase(id, TaskStatus::Deprovisioning, context),
        }
    }

    /// The target of a task is unused: the container gets SIGTERM, finishes what it has, and exits.
    pub(crate) fn target_unused<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let Some(task) = self.task_mut(id).filter(|task| task.status == TaskStatus::Deactivating) else {
            return;
        };
        match task.container.as_mut() {
            None => self.enter_phase(id, TaskStatus::Deprovisioning, context),
            Some(container) => {
                container.stop_accepting();
                self.enter_phase(id, TaskStatus::Stopping, context);
                self.exit_if_done(id, context);
            }
        }
    }

    fn exit_if_done<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let Some(task) = self.task_mut(id).filter(|task| task.status == TaskStatus::Stopping) else { return };
        if task.container.as_ref().is_some_and(Container::is_done) {
            task.container = None;
            self.enter_phase(id, TaskStatus::Deprovisioning, context);
        }
    }

    /// SIGKILL: the `StopTimeout` is over.
    fn end_process<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) -> Option<Container> {
        let container = self.task_mut(id)?.container.take();
        self.enter_phase(id, TaskStatus::Deprovisioning, context);
        container
    }

    /// The process dies, with all that it has in hand. ECS learns of it later.
    pub(crate) fn kill_process<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        let task = self.task_mut(id)?;
        let container = task.container.take()?;
        task.exited_at = Some(context.now);
        match task.status {
            TaskStatus::Running => context.after(choices::EXIT_NOTICED_AFTER, Event::ExitNoticed(id)),
            TaskStatus::Stopping => self.enter_phase(id, TaskStatus::Deprovisioning, context),
            _ => {}
        }
        Some(container)
    }

    /// ECS learns that the container of a task has exited.
    pub(crate) fn exit_noticed<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        self.stop_task(id, StopCode::EssentialContainerExited, load_balancer, context);
    }

    /// Whether a connection to a port of a task comes about.
    pub(crate) fn connect(&self, id: TaskId, port: u16) -> Connected {
        let Some(container) = self.task(id).and_then(Task::container) else { return Connected::Refused };
        container.connect(port)
    }

    /// Brings a job to the container of a task over an open connection; a planned completion is scheduled.
    /// Returns whether there is a process to take it.
    pub(crate) fn deliver<E: From<Event>>(
        &mut self,
        id: TaskId,
        job: Job,
        work: SimDuration,
        context: &mut Context<'_, E>,
    ) -> bool {
        let Some(container) = self.task_mut(id).and_then(|task| task.container.as_mut()) else {
            return false;
        };
        match container.accept(job, work, context.now) {
            Accepted::Started(token, takes) => context.after(takes, Event::JobDone { task: id, token }),
            Accepted::Queued => {}
            Accepted::Refused => return false,
        }
        true
    }

    /// A job is done: returns it with its times, and starts the next.
    pub(crate) fn job_done<E: From<Event>>(
        &mut self,
        id: TaskId,
        token: Token,
        context: &mut Context<'_, E>,
    ) -> Option<Done> {
        let container = self.task_mut(id)?.container.as_mut()?;
        let done = container.finish(token, context.now)?;
        if let Some((token, takes)) = container.start_next(context.now) {
            context.after(takes, Event::JobDone { task: id, token });
        }
        self.exit_if_done(id, context);
        Some(done)
    }

    /// Changes what is wrong with the container of a task. Returns whether there is a container.
    pub(crate) fn set_faults<E: From<Event>>(
        &mut self,
        id: TaskId,
        change: impl FnOnce(Faults) -> Faults,
        context: &mut Context<'_, E>,
    ) -> bool {
        let Some(container) = self.task_mut(id).and_then(|task| task.container.as_mut()) else {
            return false;
        };
        for token in container.set_faults(change(container.faults()), context.now) {
            context.after(SimDuration::ZERO, Event::JobDone { task: id, token });
        }
        while let Some((token, takes)) = container.start_next(context.now) {
            context.after(takes, Event::JobDone { task: id, token });
        }
        true
    }

    /// `UpdateService`: another desired count.
    pub(crate) fn set_desired_count<E: From<Event>>(
        &mut self,
        service: ServiceId,
        count: u32,
        context: &mut Context<'_, E>,
    ) {
        if let Some(service) = self.services.get_mut(service.number() as usize) {
            service.settings.desired_count = count;
        }
        self.wake(service, context);
    }

    /// Makes the scheduler look soon.
    pub(crate) fn wake<E: From<Event>>(&self, service: ServiceId, context: &mut Context<'_, E>) {
        context.after(choices::SCHEDULER_WAKES_AFTER, Event::SchedulerPass { service, regular: false });
    }
}
