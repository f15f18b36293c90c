//! What the tasks of a service use of their CPU and memory (ECS guide, "Amazon ECS service utilization metrics"), and
//! how the service stands.

use super::ServiceId;
use super::cluster::Cluster;
use super::service::Service;
use super::task::{Task, TaskStatus};
use crate::kernel::{SimDuration, SimTime};

const KIB_PER_MIB: u64 = 1_024;

/// What the RUNNING tasks of a service used since the last time that this was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Utilization {
    /// How long their workers worked, all together.
    pub(crate) worked: SimDuration,
    /// How many workers they have.
    pub(crate) workers: u64,
    /// KiB of memory in use now.
    pub(crate) memory_used: u64,
    /// KiB of memory that their task definition gives them.
    pub(crate) memory: u64,
}

impl Cluster {
    /// Measures a service; nothing while none of its tasks is RUNNING with a process in it.
    pub(crate) fn measure(&mut self, service: ServiceId, now: SimTime) -> Option<Utilization> {
        self.service(service)?;
        let mut utilization =
            Utilization { worked: SimDuration::ZERO, workers: 0, memory_used: 0, memory: 0 };
        let mut running = false;
        for index in 0..self.present.len() {
            let id = self.present[index];
            let Some(task) = self.task(id).filter(|task| task.service == service) else { continue };
            let memory_of_task = u64::from(self.definition_of(task).memory) * KIB_PER_MIB;
            let Some(task) = self.task_mut(id) else { continue };
            let Some(container) = task.container.as_mut() else { continue };
            // Taken in any case: what it did before it was RUNNING is in no sample.
            let worked = container.take_worked(now);
            if task.status != TaskStatus::Running {
                continue;
            }
            running = true;
            let settings = container.settings();
            let idle = u64::from(settings.memory.idle) * KIB_PER_MIB;
            let in_hand = u64::from(settings.memory.per_request) * container.requests_in_hand() as u64;
            utilization.worked += worked;
            utilization.workers += u64::from(settings.workers);
            utilization.memory_used += (idle + in_hand).min(memory_of_task);
            utilization.memory += memory_of_task;
        }
        running.then_some(utilization)
    }

    /// `LiveTaskCount` of a service: tasks in ACTIVATING, RUNNING and DEACTIVATING (ECS guide, "Amazon ECS CloudWatch
    /// metrics").
    pub fn live_count(&self, service: ServiceId) -> u32 {
        let live = |task: &&Task| {
            matches!(task.status, TaskStatus::Activating | TaskStatus::Running | TaskStatus::Deactivating)
        };
        self.tasks_of(service).filter(live).count() as u32
    }

    /// Whether a deployment of a service is in progress.
    pub fn deployment_in_progress(&self, service: ServiceId) -> bool {
        self.service(service).is_some_and(Service::deployment_in_progress)
    }

    /// How many tasks a service has been asked to keep; none when there is no such service.
    pub(crate) fn desired_count(&self, service: ServiceId) -> u32 {
        self.service(service).map_or(0, Service::desired_count)
    }
}
