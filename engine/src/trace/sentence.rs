//! Notices as sentences in AWS's vocabulary, with the names of a world.

use super::{CannotPlace, DeploymentFailure, Names, Notice, Origin};
use crate::ecs::deployment::lifecycle::RollbackReason;
use crate::ecs::deployment::rolling;
use crate::ecs::{StopCode, TaskId, fargate, rebalancing, throttle};
use crate::elb::health::Verdict;
use crate::elb::{TargetHealth, TargetId, TargetState};

/// A target by the task behind it, as people know it.
fn name_of(target: TargetId, names: &dyn Names) -> String {
    names.task_behind(target).map_or_else(|| format!("target {target}"), |task| format!("task {task}"))
}

/// The target group of a task, or nothing when it is in none.
fn group_of(task: TaskId, names: &dyn Names) -> &str {
    names.target_of(task).map_or("", |target| names.target_group_of(target))
}

fn requests(count: u32) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}

impl Notice {
    /// The notice as one sentence. Service events are worded as ECS words them; those that AWS's guide lists are
    /// "has reached a steady state" and "is unhealthy in"; the others are known from public logs.
    pub fn sentence(&self, names: &dyn Names) -> String {
        match self {
            Self::Commanded(command, Origin::Person) => format!("You: {}.", names.command(command)),
            Self::Commanded(command, Origin::Timeline) => format!("Scenario: {}.", names.command(command)),
            Self::Refused(command, refusal) => {
                format!("Not done: {}: {refusal}.", names.command(command))
            }
            Self::TaskStatusChanged { task, before, after } => format!("task {task}: {before} → {after}."),
            Self::RequestsLost { task, count } => {
                format!("{} in flight on task {task}: connection reset, answered 502.", requests(*count))
            }
            Self::TaskStopping { task, code } => {
                let place = match code {
                    StopCode::FailedElbHealthChecks => {
                        format!(" (target-group {})", group_of(*task, names))
                    }
                    StopCode::ScalingActivity => format!(" (deployment {})", names.deployment_of(*task)),
                    _ => String::new(),
                };
                format!("task {task}: {}: {}{place}.", code.as_str(), code.reason())
            }
            _ => self
                .balancer_sentence(names)
                .or_else(|| self.deployment_sentence(names))
                .or_else(|| self.scaling_sentence(names))
                .unwrap_or_else(|| self.service_sentence(names)),
        }
    }

    fn balancer_sentence(&self, names: &dyn Names) -> Option<String> {
        Some(match *self {
            Self::TargetRegistered { target } => {
                format!("{}: initial (Elb.RegistrationInProgress).", name_of(target, names))
            }
            Self::TargetHealthChanged { target, before, after } => {
                health_sentence(&name_of(target, names), before, after)
            }
            Self::NodeVerdict { node, target, verdict, checks } => {
                verdict_sentence(names.zone(node), &name_of(target, names), verdict, checks)
            }
            Self::FailOpen { node, group, on: true } => format!(
                "node {} fails open: too few healthy targets in {}, so requests go to all of them.",
                names.zone(node),
                names.target_group(group)
            ),
            Self::FailOpen { node, group, on: false } => format!(
                "node {} sends requests to healthy targets of {} only, again.",
                names.zone(node),
                names.target_group(group)
            ),
            Self::DnsChanged { node, published: true } => {
                format!("DNS publishes the address in {} again.", names.zone(node))
            }
            Self::DnsChanged { node, published: false } => format!(
                "DNS no longer publishes the address in {}: too few healthy targets. Clients may keep it for 60 s.",
                names.zone(node)
            ),
            Self::AnomalyChanged { target, anomalous: true } => {
                format!("{} is anomalous: it fails more often than its peers.", name_of(target, names))
            }
            Self::AnomalyChanged { target, anomalous: false } => {
                format!("{} is normal again.", name_of(target, names))
            }
            Self::DrainingCut { target, count } => format!(
                "{}: deregistration delay over, {} answered 502.",
                name_of(target, names),
                requests(count)
            ),
            _ => return None,
        })
    }

    fn service_sentence(&self, names: &dyn Names) -> String {
        let of_target = |target| names.task_behind(target).map_or("", |task| names.service_of(task));
        match *self {
            Self::ServiceStartedTasks { first, count } => {
                let tasks = (0..count).map(|n| format!("(task {})", first.number() + n));
                let tasks = tasks.collect::<Vec<_>>().join(" ");
                format!("(service {}) has started {count} tasks: {tasks}.", names.service_of(first))
            }
            Self::ServiceRegisteredTarget { target } => format!(
                "(service {}) registered 1 targets in (target-group {})",
                of_target(target),
                names.target_group_of(target)
            ),
            Self::ServiceTaskUnhealthy { task, failed } => format!(
                "(service {}) (task {task}) (port {}) is unhealthy in (target-group {}) due to (reason {failed})",
                names.service_of(task),
                names.target_of(task).map_or(0, |target| names.port_of(target)),
                group_of(task, names)
            ),
            Self::ServiceStoppedTask { task } => {
                format!("(service {}) has stopped 1 running tasks: (task {task}).", names.service_of(task))
            }
            Self::ServiceDeregisteredTarget { target } => format!(
                "(service {}) deregistered 1 targets in (target-group {})",
                of_target(target),
                names.target_group_of(target)
            ),
            Self::DrainingBegun { task } => {
                format!("(service {}) has begun draining connections on 1 tasks.", names.service_of(task))
            }
            Self::SteadyState { service } => {
                format!("(service {}) has reached a steady state.", names.service(service))
            }
            Self::TaskExited { task, exit_code: 137 } => {
                format!("task {task}: killed (SIGKILL), exit code 137.")
            }
            Self::TaskExited { task, exit_code } => {
                format!("task {task}: its process exited with {exit_code}.")
            }
            Self::ContainerHealthChanged { task, status } => {
                format!("task {task}: its container is {}.", status.as_str())
            }
            Self::SpotInterrupted { task } => {
                format!("task {task}: Fargate Spot takes its capacity back in 2 minutes; SIGTERM now.")
            }
            Self::InstanceLost { instance } => format!("container instance {instance} is gone."),
            Self::CannotDeploy { service } => {
                format!("(service {}) {}", names.service(service), rolling::CANNOT_DEPLOY)
            }
            Self::PlacementFailed { service, why } => why.sentence(names.service(service)),
            Self::StartImpaired { service } => throttle::impaired(names.service(service)),
            _ => String::new(),
        }
    }

    /// Deployments, in the words of service events and of EventBridge's `ECS Deployment State Change`.
    fn deployment_sentence(&self, names: &dyn Names) -> Option<String> {
        Some(match *self {
            Self::DeploymentStarted { service, deployment, revision } => format!(
                "ECS deployment {} in progress: {} deploys revision {revision}.",
                names.deployment(service, deployment),
                names.service(service)
            ),
            Self::DeploymentCompleted { service, deployment } => format!(
                "(service {}) (deployment {}) deployment completed.",
                names.service(service),
                names.deployment(service, deployment)
            ),
            Self::DeploymentFailed { service, deployment, by } => {
                let why = match by {
                    DeploymentFailure::CircuitBreaker => "tasks failed to start.",
                    DeploymentFailure::RolledBack(RollbackReason::Alarm) => "alarm detected.",
                    DeploymentFailure::RolledBack(RollbackReason::Requested) => "rollback requested.",
                    DeploymentFailure::RolledBack(RollbackReason::StageTimedOut(_)) => {
                        "a stage took 24 hours."
                    }
                };
                format!(
                    "(service {}) (deployment {}) deployment failed: {why}",
                    names.service(service),
                    names.deployment(service, deployment)
                )
            }
            Self::RollingBack { service, to } => format!(
                "(service {}) rolling back to (deployment {}).",
                names.service(service),
                names.deployment(service, to)
            ),
            Self::DeploymentStopped { service, deployment } => format!(
                "(service {}) (deployment {}) deployment stopped.",
                names.service(service),
                names.deployment(service, deployment)
            ),
            Self::LifecycleStageEntered { service, stage } => {
                format!("{}: deployment stage {}.", names.service(service), stage.as_str())
            }
            Self::TrafficShifted { service, test, green_tenths } => format!(
                "{}: {} traffic, {}.{} % goes to the new revision.",
                names.service(service),
                if test { "test" } else { "production" },
                green_tenths / 10,
                green_tenths % 10
            ),
            _ => return None,
        })
    }

    /// Zone rebalancing, alarms and auto scaling.
    fn scaling_sentence(&self, names: &dyn Names) -> Option<String> {
        let by_zone = |tasks: &[(usize, u32)]| -> Vec<(String, u32)> {
            tasks.iter().map(|(zone, count)| (names.zone_name(*zone).to_owned(), *count)).collect()
        };
        Some(match self {
            Self::RebalancingStarted { service, tasks } => {
                rebalancing::started(names.service(*service), &by_zone(tasks))
            }
            Self::RebalancingCompleted { service, tasks } => {
                rebalancing::completed(names.service(*service), &by_zone(tasks))
            }
            Self::RebalancingStartedTask { task } => rebalancing::started_task(
                names.service_of(*task),
                names.zone_of(*task),
                &format!("(task {task})"),
            ),
            Self::RebalancingStoppedTask { task } => rebalancing::stopped_task(
                names.service_of(*task),
                names.zone_of(*task),
                &format!("(task {task})"),
            ),
            Self::AlarmChanged { alarm, before, after, reason } => {
                format!("alarm {alarm}: {before} → {after}. {reason}")
            }
            Self::Scaled { service, activity } => format!(
                "Auto Scaling of {}: {} Cause: {}.",
                names.service(*service),
                activity.description(),
                activity.cause
            ),
            Self::NotScaled { service, activity } => format!(
                "Auto Scaling of {} does nothing: {} (cause: {}).",
                names.service(*service),
                activity.reason,
                activity.cause
            ),
            _ => return None,
        })
    }
}

impl CannotPlace {
    /// The service event that tells of it.
    pub fn sentence(self, service: &str) -> String {
        match self {
            Self::Instances(failure) => failure.message(service),
            Self::NoCapacity => format!(
                "(service {service}) was unable to place a task. Reason: Capacity is unavailable at this time. Please \
                 try again later or in a different availability zone."
            ),
            Self::VcpuQuota => fargate::over_quota(service),
        }
    }
}

fn health_sentence(target: &str, before: TargetHealth, after: TargetHealth) -> String {
    let reason = after.reason.map_or("", |reason| reason.code());
    match (before.state, after.state) {
        (_, TargetState::Healthy) => format!("{target} is healthy and gets requests."),
        (TargetState::Healthy, TargetState::Unhealthy) => {
            format!("{target} left rotation: unhealthy ({reason}).")
        }
        _ => format!("{target}: {after}."),
    }
}

fn verdict_sentence(node: &str, target: &str, verdict: Verdict, checks: u8) -> String {
    let times = if checks == 1 { "1 check".to_owned() } else { format!("{checks} checks in a row") };
    match verdict {
        Verdict::Healthy => format!("node {node}: {target} passed {times}: healthy."),
        Verdict::Unhealthy(failed) => {
            format!("node {node}: {target} failed {times}: unhealthy ({}).", failed.code())
        }
        Verdict::Initial => format!("node {node}: {target} has no result yet."),
    }
}
