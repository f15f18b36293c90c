//! Task definitions: size, image, health check, start and stop, and what is the matter with a revision.

use serde::{Deserialize, Serialize};

use super::container::ContainerSettings;
use crate::ecs::Faults;
use crate::ecs::container_health::ContainerHealthCheck;
use crate::ecs::placement::Resources;
use crate::kernel::SimDuration;

/// A task definition with one container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// `Family`.
    pub family: String,
    /// The revision.
    pub revision: u32,
    /// `Image` of the container.
    pub image: String,
    /// `ContainerPort`.
    pub container_port: u16,
    /// `Cpu` in CPU units; 1024 are one vCPU.
    pub cpu: u32,
    /// `Memory` in MiB.
    pub memory: u32,
    /// `HealthCheck` of the container, if it has one.
    pub health_check: Option<ContainerHealthCheck>,
    /// `StopTimeout`: 2 to 120 s on Fargate, default 30 s. The time from SIGTERM to SIGKILL.
    pub stop_timeout: SimDuration,
    /// How long tasks take to start.
    pub start_times: StartTimes,
    /// How the container works.
    pub container: ContainerSettings,
    /// What is the matter with this revision.
    pub release: Release,
}

impl TaskDefinition {
    /// The default of `StopTimeout`.
    pub const STOP_TIMEOUT: SimDuration = SimDuration::from_secs(30);
    /// What a task has unless the file says otherwise: the smallest size that there is on Fargate.
    pub const CPU: u32 = 256;
    /// Likewise, in MiB.
    pub const MEMORY: u32 = 512;

    /// What a task of it needs of a container instance.
    pub const fn needs(&self) -> Resources {
        Resources::of_task(self.cpu, self.memory)
    }
}

/// What is the matter with a revision: every task of it begins so. A person can restore a task, not a revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Release {
    /// Nothing.
    #[default]
    Good,
    /// Everything takes so many percent of the normal time.
    Slow {
        /// Percent: 1 to 10,000.
        percent: u32,
    },
    /// The image cannot be pulled: `CannotPullContainerError`. The task never reaches RUNNING.
    CannotPullImage,
    /// The process exits so long after its start. At 0 the task never reaches RUNNING.
    Crashes {
        /// How long it lives.
        after: SimDuration,
    },
    /// It answers health checks 503, and requests as it should.
    FailsHealthCheck,
    /// It answers every request and health check with this status: 500 to 599.
    AnswersWith(u16),
    /// It answers requests with this status, and health checks as it should: 500 to 599.
    FailsRequests(u16),
}

impl Release {
    /// What is wrong with every process of it.
    pub const fn faults(self) -> Faults {
        match self {
            Self::Good | Self::CannotPullImage | Self::Crashes { .. } => Faults::NONE,
            Self::Slow { percent } => Faults { slowness_percent: percent, ..Faults::NONE },
            Self::FailsHealthCheck => Faults { fails_health_check: true, ..Faults::NONE },
            Self::AnswersWith(status) => Faults { answers_with: Some(status), ..Faults::NONE },
            Self::FailsRequests(status) => Faults { fails_requests: Some(status), ..Faults::NONE },
        }
    }
}

/// How long each phase of a task's start takes on average. AWS publishes no times: see [`crate::choices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartTimes {
    /// The network interface is created and capacity found.
    pub provisioning: SimDuration,
    /// Resources are awaited.
    pub pending: SimDuration,
    /// The image is pulled: the first part of ACTIVATING.
    pub image_pull: SimDuration,
    /// The container is created and its target registered: the rest of ACTIVATING.
    pub activating: SimDuration,
}

impl Default for StartTimes {
    fn default() -> Self {
        Self {
            provisioning: SimDuration::from_secs(8),
            pending: SimDuration::from_secs(5),
            image_pull: SimDuration::from_secs(5),
            activating: SimDuration::from_secs(2),
        }
    }
}
