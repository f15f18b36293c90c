//! A task and its life, in AWS's states (ECS guide, "Amazon ECS task lifecycle").

use std::fmt;

use super::container::Container;
use super::container_health::{ContainerHealth, HealthStatus};
use super::deployment::state::{DeploymentId, ServiceRevision, ServiceRevisionId};
use super::placement::InstanceId;
use super::settings::CapacityProvider;
use super::{ServiceId, TaskId};
use crate::elb::{Address, TargetId};
use crate::kernel::SimTime;

/// `lastStatus`: where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    /// The network interface is created and capacity found.
    Provisioning,
    /// Resources are awaited.
    Pending,
    /// The image is pulled, the container created, the target registered.
    Activating,
    /// The container runs.
    Running,
    /// The target is deregistered and drains.
    Deactivating,
    /// The container has got SIGTERM.
    Stopping,
    /// The network interface is removed.
    Deprovisioning,
    /// Over.
    Stopped,
}

impl TaskStatus {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `desiredStatus`: what ECS wants of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DesiredStatus {
    /// It shall run.
    Running,
    /// It shall end.
    Stopped,
}

/// `stopCode` and `stoppedReason`: why a task ends (API `TaskStopCode`; ECS guide, "Amazon ECS stopped tasks error
/// messages").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopCode {
    /// Its container exited.
    EssentialContainerExited,
    /// Somebody called `StopTask`.
    UserInitiated,
    /// The scheduler stopped it for failing the load balancer's health checks.
    FailedElbHealthChecks,
    /// The scheduler stopped it because its container is unhealthy.
    FailedContainerHealthChecks,
    /// The scheduler stopped it because the service has more tasks than it should, or another revision.
    ScalingActivity,
    /// Its image could not be pulled.
    CannotPullContainer,
    /// The zone in which it was to start has failed.
    NoCapacity,
    /// Fargate Spot took its capacity back.
    SpotInterruption,
    /// Its container instance is gone.
    HostTerminated,
}

impl StopCode {
    /// AWS's `stopCode`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::UserInitiated => "UserInitiated",
            Self::FailedElbHealthChecks | Self::FailedContainerHealthChecks | Self::ScalingActivity => {
                "ServiceSchedulerInitiated"
            }
            Self::CannotPullContainer | Self::NoCapacity => "TaskFailedToStart",
            Self::SpotInterruption => "SpotInterruption",
            Self::HostTerminated => "TerminationNotice",
        }
    }

    /// AWS's `stoppedReason`, up to the names in brackets that follow.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::EssentialContainerExited => "Essential container in task exited",
            Self::UserInitiated => "Task stopped by user",
            Self::FailedElbHealthChecks => "Task failed ELB health checks in",
            Self::FailedContainerHealthChecks => "Task failed container health checks",
            Self::ScalingActivity => "Scaling activity initiated by",
            Self::CannotPullContainer => {
                "CannotPullContainerError: pull image manifest has been retried 5 time(s)"
            }
            Self::NoCapacity => {
                "Capacity is unavailable at this time. Please try again later or in a different availability zone"
            }
            Self::SpotInterruption => "Your Spot Task was interrupted.",
            Self::HostTerminated => "Host EC2 instance stopped/terminated",
        }
    }
}

/// A task of the service.
#[derive(Clone, Debug)]
pub struct Task {
    pub(super) id: TaskId,
    pub(super) service: ServiceId,
    pub(super) revision: ServiceRevisionId,
    pub(super) deployment: DeploymentId,
    pub(super) place: Place,
    pub(super) address: Address,
    pub(super) created_at: SimTime,
    pub(super) status: TaskStatus,
    pub(super) container: Option<Container>,
    pub(super) target: Option<TargetId>,
    pub(super) stop_code: Option<StopCode>,
    pub(super) started_at: Option<SimTime>,
    pub(super) stopped_at: Option<SimTime>,
    pub(super) exited_at: Option<SimTime>,
    pub(super) exit_code: Option<u8>,
    /// When its container got SIGTERM.
    pub(super) sigterm_at: Option<SimTime>,
    /// The health of its container, where the task definition has a check of it.
    pub(super) health: Option<ContainerHealth>,
    /// When the latest of those checks began. It stands here to keep events small: the agenda moves them about.
    pub(super) check_begun_at: SimTime,
    /// Whether the scheduler has found it healthy before.
    pub(super) was_healthy: bool,
    /// Whether it counts as running for long: it was there when the world began.
    pub(super) settled: bool,
}

/// Where a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The index of its Availability Zone.
    pub zone: usize,
    /// Its container instance, on EC2.
    pub instance: Option<InstanceId>,
    /// Its capacity provider, on Fargate.
    pub provider: Option<CapacityProvider>,
}

impl Task {
    pub(super) fn new(
        id: TaskId,
        revision: &ServiceRevision,
        deployment: DeploymentId,
        place: Place,
        address: Address,
        created_at: SimTime,
    ) -> Self {
        Self {
            id,
            service: revision.service,
            revision: revision.id,
            deployment,
            place,
            address,
            created_at,
            status: TaskStatus::Provisioning,
            container: None,
            target: None,
            stop_code: None,
            started_at: None,
            stopped_at: None,
            exited_at: None,
            exit_code: None,
            sigterm_at: None,
            health: None,
            check_begun_at: created_at,
            was_healthy: false,
            settled: false,
        }
    }

    /// Its id.
    pub const fn id(&self) -> TaskId {
        self.id
    }

    /// Its service.
    pub const fn service(&self) -> ServiceId {
        self.service
    }

    /// The service revision that it is of.
    pub const fn revision(&self) -> ServiceRevisionId {
        self.revision
    }

    /// The deployment that started it.
    pub const fn deployment(&self) -> DeploymentId {
        self.deployment
    }

    /// The index of its Availability Zone.
    pub const fn zone(&self) -> usize {
        self.place.zone
    }

    /// Where it runs.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// When it was created.
    pub const fn created_at(&self) -> SimTime {
        self.created_at
    }

    /// `healthStatus`: UNKNOWN where its container has no health check.
    pub fn health_status(&self) -> HealthStatus {
        HealthStatus::of_task(self.health.as_ref().map(ContainerHealth::status))
    }

    /// The exit code of its container, once that has exited.
    pub const fn exit_code(&self) -> Option<u8> {
        self.exit_code
    }

    /// When its container got SIGTERM.
    pub const fn sigterm_at(&self) -> Option<SimTime> {
        self.sigterm_at
    }

    /// The private address of its network interface and the container's port.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// `lastStatus`.
    pub const fn status(&self) -> TaskStatus {
        self.status
    }

    /// `desiredStatus`.
    pub const fn desired_status(&self) -> DesiredStatus {
        if self.stop_code.is_some() { DesiredStatus::Stopped } else { DesiredStatus::Running }
    }

    /// The container, while its process lives.
    pub const fn container(&self) -> Option<&Container> {
        self.container.as_ref()
    }

    /// The target that it is, or was, registered as.
    pub const fn target(&self) -> Option<TargetId> {
        self.target
    }

    /// Why it ends, once it does.
    pub const fn stop_code(&self) -> Option<StopCode> {
        self.stop_code
    }

    /// When it reached RUNNING.
    pub const fn started_at(&self) -> Option<SimTime> {
        self.started_at
    }

    /// When it reached STOPPED.
    pub const fn stopped_at(&self) -> Option<SimTime> {
        self.stopped_at
    }

    /// When its process ended.
    pub const fn exited_at(&self) -> Option<SimTime> {
        self.exited_at
    }

    /// Whether ECS wants it to run.
    pub(super) fn is_wanted(&self) -> bool {
        self.desired_status() == DesiredStatus::Running
    }
}
