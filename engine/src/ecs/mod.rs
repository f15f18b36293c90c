//! Amazon ECS: a service that keeps its desired count of tasks, the life of a task, the container in it.
//! Speaks to the load balancer only through the calls that any client of AWS has.

mod cluster;
mod connections;
mod container;
pub mod container_health;
pub mod deployment;
pub mod events;
pub mod fargate;
mod life;
pub mod placement;
mod placing;
pub mod rebalancing;
mod rollout;
mod scheduler;
mod service;
mod settings;
mod stopping;
mod switching;
mod task;
pub mod throttle;
mod utilization;

use crate::kernel::typed_id;

pub use cluster::Cluster;
pub use container::{Container, Faults, Worker};
pub use service::{DeploymentRecord, Service, Waiting};
pub use settings::{
    BlueGreen, CapacityProvider, CapacityShare, CapacityStrategy, ClusterSettings, ContainerSettings,
    DeploymentConfiguration, InstanceSettings, Launch, MemoryUse, OnSigterm, Release, RuleReference,
    ServiceSettings, StartTimes, TaskDefinition,
};
pub use task::{DesiredStatus, Place, StopCode, Task, TaskStatus};

pub(crate) use cluster::Blueprint;
pub(crate) use container::{Connected, Done, Job, Token};

typed_id! {
    /// A service, numbered from 0 in the order of the scenario.
    ServiceId
}

typed_id! {
    /// A task, numbered from 1 in the order in which tasks are started, whatever their service.
    TaskId
}

typed_id! {
    /// A task definition: one of a family's revisions, numbered from 0 in the order in which they are registered.
    TaskDefinitionId
}

/// What falls due in ECS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The service scheduler looks at its tasks.
    SchedulerPass {
        /// The service.
        service: ServiceId,
        /// Whether this pass is one of the regular ones, which plan their successor.
        regular: bool,
    },
    /// A task's present phase is over, unless the task has moved on since.
    PhaseOver {
        /// The task.
        task: TaskId,
        /// The status that it was planned in.
        status: TaskStatus,
    },
    /// A task's image is pulled, or could not be.
    ImagePulled(TaskId),
    /// The process of a task exits by itself: its revision is a bad one.
    Crash(TaskId),
    /// ECS learns that the container of a task is gone.
    ExitNoticed(TaskId),
    /// A process has cleaned up after SIGTERM, and exits.
    CleanedUp(TaskId),
    /// `StopTimeout` after SIGTERM: SIGKILL.
    StopTimeout(TaskId),
    /// Two minutes after its warning the capacity of a Fargate Spot task is gone.
    SpotReclaimed(TaskId),
    /// The health check of a container begins.
    ContainerCheck(TaskId),
    /// The health check of a container has a result.
    ContainerChecked {
        /// The task.
        task: TaskId,
        /// Whether it passed.
        passed: bool,
    },
    /// A worker has finished its job, unless the container has lost it since.
    JobDone {
        /// The task.
        task: TaskId,
        /// Which job.
        token: Token,
    },
}
