//! What can be set on a service, its task definition and its container: AWS's names, defaults and ranges.

use serde::{Deserialize, Serialize};

use crate::elb::TargetGroupId;
use crate::elb::listener::{Case, Escape, matches};
use crate::kernel::{Distribution, SimDuration};
use crate::vpc::SecurityGroupId;

/// An ECS service of launch type Fargate with the rolling deployment controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSettings {
    /// `ServiceName`.
    pub name: String,
    /// `DesiredCount`.
    pub desired_count: u32,
    /// `DeploymentConfiguration`.
    pub deployment: DeploymentConfiguration,
    /// `HealthCheckGracePeriodSeconds`: default 0. Within this time of a task's start the scheduler ignores
    /// failed health checks; the load balancer does not.
    pub health_check_grace_period: SimDuration,
    /// What its tasks are made of.
    pub task_definition: TaskDefinition,
    /// The target group that its tasks are registered in, if any.
    pub target_group: Option<TargetGroupId>,
    /// The zones that its subnets lie in, by their index among the zones of the world.
    pub zones: Vec<usize>,
    /// The security groups of its tasks. Without any, everything is let through.
    pub security_groups: Vec<SecurityGroupId>,
}

/// How many tasks a service may have, in percent of its desired count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentConfiguration {
    /// `MinimumHealthyPercent`: default 100.
    pub minimum_healthy_percent: u32,
    /// `MaximumPercent`: default 200.
    pub maximum_percent: u32,
}

impl Default for DeploymentConfiguration {
    fn default() -> Self {
        Self { minimum_healthy_percent: 100, maximum_percent: 200 }
    }
}

impl DeploymentConfiguration {
    /// The fewest healthy tasks that the scheduler keeps: rounded up (ECS guide, "Service definition
    /// parameters").
    pub const fn healthy_tasks_min(self, desired: u32) -> u32 {
        (desired as u64 * self.minimum_healthy_percent as u64).div_ceil(100) as u32
    }

    /// The most tasks that the scheduler runs: rounded down (ECS guide, "Service definition parameters").
    pub const fn tasks_max(self, desired: u32) -> u32 {
        (desired as u64 * self.maximum_percent as u64 / 100) as u32
    }
}

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
    /// `StopTimeout`: 2 to 120 s on Fargate, default 30 s. The time from SIGTERM to SIGKILL.
    pub stop_timeout: SimDuration,
    /// How long tasks take to start.
    pub start_times: StartTimes,
    /// How the container works.
    pub container: ContainerSettings,
}

impl TaskDefinition {
    /// The default of `StopTimeout`.
    pub const STOP_TIMEOUT: SimDuration = SimDuration::from_secs(30);
}

/// How long each phase of a task's start takes on average. AWS publishes no times: see [`crate::choices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartTimes {
    /// The network interface is created and capacity found.
    pub provisioning: SimDuration,
    /// Resources are awaited.
    pub pending: SimDuration,
    /// The image is pulled and the container created.
    pub activating: SimDuration,
}

impl Default for StartTimes {
    fn default() -> Self {
        Self {
            provisioning: SimDuration::from_secs(8),
            pending: SimDuration::from_secs(5),
            activating: SimDuration::from_secs(7),
        }
    }
}

/// The server in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerSettings {
    /// The port on which it listens for requests.
    pub port: u16,
    /// A second port, for health checks alone: they do not wait behind requests there.
    pub health_port: Option<u16>,
    /// How many requests it works on at once.
    pub workers: u32,
    /// How many more connections it lets wait, first come first served.
    pub backlog: u32,
    /// How long a request takes a worker, unless it brings its own amount of work.
    pub service_time: Distribution,
    /// How long it keeps an idle connection; nothing when it closes each after one answer.
    pub keep_alive: Option<SimDuration>,
    /// The paths that it answers, as wildcard patterns; 404 for any other. All, when empty.
    pub paths: Vec<String>,
    /// The cookie that it sets with every answer.
    pub sets_cookie: Option<String>,
}

impl ContainerSettings {
    /// How long a server keeps an idle connection unless the scenario says otherwise: longer than the load
    /// balancer does, as AWS advises.
    pub const KEEP_ALIVE: SimDuration = SimDuration::from_secs(75);

    /// The status with which a path is answered when nothing is wrong.
    pub fn status_of(&self, path: &str) -> u16 {
        let known = self.paths.is_empty()
            || self.paths.iter().any(|pattern| matches(pattern, path, Case::Sensitive, Escape::None));
        if known { 200 } else { 404 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECS guide, "Service definition parameters": the minimum is rounded up, the maximum down. The guide's own
    /// examples are among these: 2 at 75 % and 3 at 125 % leave no room.
    #[test]
    fn minimum_rounds_up_and_maximum_rounds_down() {
        let bounds = |desired, minimum_healthy_percent, maximum_percent| {
            let configuration = DeploymentConfiguration { minimum_healthy_percent, maximum_percent };
            (configuration.healthy_tasks_min(desired), configuration.tasks_max(desired))
        };
        assert_eq!(bounds(1, 100, 200), (1, 2));
        assert_eq!(bounds(1, 50, 100), (1, 1));
        assert_eq!(bounds(2, 75, 125), (2, 2));
        assert_eq!(bounds(3, 50, 200), (2, 6));
        assert_eq!(bounds(3, 75, 125), (3, 3));
        assert_eq!(bounds(4, 75, 125), (3, 5));
        assert_eq!(bounds(10, 75, 125), (8, 12));
        assert_eq!(bounds(10, 100, 110), (10, 11));
    }
}
