//! The cluster: services, their tasks, task definitions and container instances, and looking them up.

use super::container::Container;
use super::container_health::{ContainerHealth, HEALTHY_AFTER};
use super::deployment::state::{RolloutState, ServiceDeploymentStatus};
use super::events::Cause;
use super::life::FIRST_HOST;
use super::placement::{Instance, InstanceId};
use super::service::Service;
use super::settings::{ClusterSettings, ServiceSettings, TaskDefinition};
use super::task::{Task, TaskStatus};
use super::{Event, ServiceId, TaskDefinitionId, TaskId};
use crate::context::Context;
use crate::elb::{self, LoadBalancer};
use crate::kernel::{RandomStream, SimTime};
use crate::trace::Notice;

/// The services of a world and all tasks that they ever had.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) settings: ClusterSettings,
    pub(super) services: Vec<Service>,
    /// Indexed by task number less one; numbers are never used twice.
    pub(super) tasks: Vec<Task>,
    /// Those that are not STOPPED, in the order of their start.
    pub(super) present: Vec<TaskId>,
    pub(super) task_definitions: Vec<TaskDefinition>,
    /// The container instances that are there.
    pub(super) instances: Vec<Instance>,
    /// Which zones have failed.
    pub(super) failed_zones: Vec<bool>,
    pub(super) start_times: RandomStream,
    pub(super) next_host: Vec<u16>,
}

/// What a cluster is made of.
pub(crate) struct Blueprint<'a> {
    pub(crate) settings: &'a ClusterSettings,
    pub(crate) services: &'a [ServiceSettings],
    pub(crate) task_definitions: &'a [TaskDefinition],
    pub(crate) zones: usize,
    pub(crate) seed: u64,
}

impl Cluster {
    pub(crate) fn new(blueprint: &Blueprint<'_>) -> Self {
        let Blueprint { settings, services, task_definitions, zones, seed } = *blueprint;
        let instances = (0..).zip(&settings.instances);
        Self {
            settings: settings.clone(),
            services: (0..)
                .zip(services)
                .map(|(number, settings)| Service::new(ServiceId::new(number), settings.clone(), seed))
                .collect(),
            tasks: Vec::new(),
            present: Vec::new(),
            task_definitions: task_definitions.to_vec(),
            instances: instances
                .map(|(number, one)| Instance::new(InstanceId::new(number), one.zone, one.registers))
                .collect(),
            failed_zones: vec![false; zones],
            start_times: RandomStream::new(seed, "start times"),
            next_host: vec![FIRST_HOST; zones],
        }
    }

    /// Its settings, as they were at the start.
    pub const fn settings(&self) -> &ClusterSettings {
        &self.settings
    }

    /// Its services, in the order of the scenario.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service with this id, if there is one.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.get(id.number() as usize)
    }

    pub(super) fn service_mut(&mut self, id: ServiceId) -> &mut Service {
        &mut self.services[id.number() as usize]
    }

    /// The service of a task.
    pub(super) fn service_of(&self, task: &Task) -> &Service {
        &self.services[task.service.number() as usize]
    }

    /// The task definition with this id, if it is registered.
    pub fn task_definition(&self, id: TaskDefinitionId) -> Option<&TaskDefinition> {
        self.task_definitions.get(id.number() as usize)
    }

    /// All task definitions, in the order in which they were registered.
    pub fn task_definitions(&self) -> &[TaskDefinition] {
        &self.task_definitions
    }

    /// The task definition that a task was made from.
    pub fn definition_of(&self, task: &Task) -> &TaskDefinition {
        let service = self.service_of(task);
        let revision = service.revision(task.revision);
        revision.map_or(&service.settings.task_definition, |revision| &revision.task_definition)
    }

    /// The container instances that are there, in the order in which they were registered.
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    /// Whether a zone has failed.
    pub fn zone_has_failed(&self, zone: usize) -> bool {
        self.failed_zones.get(zone).copied().unwrap_or_default()
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
        let pending = |task: &&Task| task.status < TaskStatus::Running && task.is_wanted();
        self.tasks_of(service).filter(pending).count() as u32
    }

    /// Puts the desired count of every service there as if its tasks had been running for long and its first
    /// deployment had long been complete.
    pub(crate) fn begin_steady<E: From<Event> + From<elb::Event>>(
        &mut self,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        for number in 0..self.services.len() {
            let service = ServiceId::new(number as u32);
            let count = self.services[number].settings.desired_count;
            let started =
                (0..count).take_while(|_| self.start_steady(service, load_balancer, context)).count();
            let record = self.services[number].primary_mut();
            record.end(RolloutState::Completed, ServiceDeploymentStatus::Successful, SimTime::ZERO);
            if started == count as usize {
                let steady = Notice::SteadyState { service };
                self.services[number].events.assume(context.now, Cause::SteadyState, steady);
            }
        }
    }

    fn start_steady<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> bool {
        let (revision, deployment) = self.revision_to_start(service);
        let Ok(place) = self.place(service, &revision, None) else { return false };
        let id = self.add_task(&revision, deployment, place, context.now);
        let definition = &revision.task_definition;
        let (now, group) = (context.now, revision.target_group);
        let Some(task) = self.task_mut(id) else { return false };
        let mut container = Container::new(definition.container.clone(), now);
        container.set_faults(definition.release.faults(), now);
        container.listen_at_once();
        task.status = TaskStatus::Running;
        task.container = Some(container);
        task.started_at = Some(now);
        (task.settled, task.was_healthy) = (true, true);
        let (address, zone) = (task.address, task.place.zone);
        task.health = definition.health_check.as_ref().map(|_| ContainerHealth::settled(now));
        task.target = group.map(|group| load_balancer.register_as_healthy(group, address, zone, context));
        self.plan_container_check(id, context);
        true
    }

    /// How long a task counts as RUNNING.
    pub(super) fn running_for(task: &Task, now: SimTime) -> Option<crate::kernel::SimDuration> {
        let started_at = task.started_at.filter(|_| task.status == TaskStatus::Running)?;
        Some(if task.settled { HEALTHY_AFTER } else { now.since(started_at) })
    }
}
