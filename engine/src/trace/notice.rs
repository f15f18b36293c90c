//! Things that people want to read about, and their sentences in AWS's vocabulary.

use crate::autoscaling::{NotScaled, ScalingActivity};
use crate::cloudwatch::AlarmState;
use crate::command::{Command, Refusal};
use crate::ecs::container_health::HealthStatus;
use crate::ecs::deployment::lifecycle::{LifecycleStage, RollbackReason};
use crate::ecs::deployment::rolling;
use crate::ecs::deployment::state::DeploymentId;
use crate::ecs::placement::{InstanceId, PlacementFailure};
use crate::ecs::{ServiceId, StopCode, TaskId, TaskStatus, fargate, rebalancing, throttle};
use crate::elb::health::Verdict;
use crate::elb::{FailedCheck, NodeId, TargetGroupId, TargetHealth, TargetId, TargetState};

/// Something notable that happened, with its cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// Something was done to the world.
    Commanded(Command, Origin),
    /// The scenario's timeline wanted something that cannot be done.
    Refused(Command, Refusal),
    /// A target was registered; its registration is in progress.
    TargetRegistered {
        /// The target.
        target: TargetId,
    },
    /// A target's state changed.
    TargetHealthChanged {
        /// The target.
        target: TargetId,
        /// Its state and reason until now.
        before: TargetHealth,
        /// Its state and reason from now on.
        after: TargetHealth,
    },
    /// A node changed its mind about a target.
    NodeVerdict {
        /// The node.
        node: NodeId,
        /// The target.
        target: TargetId,
        /// What it thinks now.
        verdict: Verdict,
        /// After how many results in a row.
        checks: u8,
    },
    /// A node began, or ceased, to send requests to targets although none is healthy.
    FailOpen {
        /// The node.
        node: NodeId,
        /// The target group.
        group: TargetGroupId,
        /// Whether it does so now.
        on: bool,
    },
    /// A zone left DNS, or came back.
    DnsChanged {
        /// The zone's node.
        node: NodeId,
        /// Whether its address is published now.
        published: bool,
    },
    /// Anomaly detection changed its mind about a target.
    AnomalyChanged {
        /// The target.
        target: TargetId,
        /// Whether it fails more often than its peers.
        anomalous: bool,
    },
    /// A process ended with requests in hand.
    RequestsLost {
        /// Its task.
        task: TaskId,
        /// How many requests.
        count: u32,
    },
    /// The deregistration delay of a task's target ended before its requests did.
    DrainingCut {
        /// The target.
        target: TargetId,
        /// How many requests.
        count: u32,
    },
    /// A task moved on in its life.
    TaskStatusChanged {
        /// The task.
        task: TaskId,
        /// `lastStatus` until now.
        before: TaskStatus,
        /// `lastStatus` from now on.
        after: TaskStatus,
    },
    /// A task begins to end.
    TaskStopping {
        /// The task.
        task: TaskId,
        /// Why.
        code: StopCode,
    },
    /// Service event: tasks were started. Their numbers follow one another.
    ServiceStartedTasks {
        /// The first of them.
        first: TaskId,
        /// How many.
        count: u32,
    },
    /// Service event: a target was registered.
    ServiceRegisteredTarget {
        /// The target.
        target: TargetId,
    },
    /// Service event: a task fails the load balancer's health checks and is about to be stopped.
    ServiceTaskUnhealthy {
        /// The task.
        task: TaskId,
        /// How its check failed.
        failed: FailedCheck,
    },
    /// Service event: a task was stopped.
    ServiceStoppedTask {
        /// The task.
        task: TaskId,
    },
    /// Service event: a target was deregistered.
    ServiceDeregisteredTarget {
        /// The target.
        target: TargetId,
    },
    /// Service event: a task's connections drain.
    DrainingBegun {
        /// The task.
        task: TaskId,
    },
    /// Service event: the service has reached a steady state.
    SteadyState {
        /// The service.
        service: ServiceId,
    },
    /// The process of a task exited.
    TaskExited {
        /// The task.
        task: TaskId,
        /// Its exit code: 137 after SIGKILL.
        exit_code: u8,
    },
    /// The health status of a task's container changed.
    ContainerHealthChanged {
        /// The task.
        task: TaskId,
        /// Its status from now on.
        status: HealthStatus,
    },
    /// AWS takes back the capacity of a Fargate Spot task in two minutes.
    SpotInterrupted {
        /// The task.
        task: TaskId,
    },
    /// A container instance is gone.
    InstanceLost {
        /// The instance.
        instance: InstanceId,
    },
    /// A deployment began (`SERVICE_DEPLOYMENT_IN_PROGRESS`).
    DeploymentStarted {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
        /// The revision of the task definition that it deploys.
        revision: u32,
    },
    /// Service event: a deployment is complete (`SERVICE_DEPLOYMENT_COMPLETED`).
    DeploymentCompleted {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// Service event: a deployment has failed (`SERVICE_DEPLOYMENT_FAILED`).
    DeploymentFailed {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
        /// What failed it.
        by: DeploymentFailure,
    },
    /// The service goes back to an earlier deployment.
    RollingBack {
        /// The service.
        service: ServiceId,
        /// The deployment that is in progress again.
        to: DeploymentId,
    },
    /// Somebody stopped a deployment where it was.
    DeploymentStopped {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// A blue/green, linear or canary deployment came to another stage.
    LifecycleStageEntered {
        /// The service.
        service: ServiceId,
        /// The stage.
        stage: LifecycleStage,
    },
    /// ECS rewrote the weights of a listener's rule.
    TrafficShifted {
        /// The service.
        service: ServiceId,
        /// Whether it was the rule for test traffic.
        test: bool,
        /// How much goes to green from now on, in tenths of a percent.
        green_tenths: u32,
    },
    /// Service event: the percentages leave a deployment no room.
    CannotDeploy {
        /// The service.
        service: ServiceId,
    },
    /// Service event: a task cannot be placed.
    PlacementFailed {
        /// The service.
        service: ServiceId,
        /// Why not.
        why: CannotPlace,
    },
    /// Service event: tasks fail to start, again and again (`SERVICE_TASK_START_IMPAIRED`).
    StartImpaired {
        /// The service.
        service: ServiceId,
    },
    /// Service event: the zones of a service are out of balance, and it begins to move tasks.
    RebalancingStarted {
        /// The service.
        service: ServiceId,
        /// Its healthy tasks by zone, with the zones' indices.
        tasks: Vec<(usize, u32)>,
    },
    /// Service event: the zones are balanced again.
    RebalancingCompleted {
        /// The service.
        service: ServiceId,
        /// Its healthy tasks by zone, with the zones' indices.
        tasks: Vec<(usize, u32)>,
    },
    /// Service event: a task was started to balance the zones.
    RebalancingStartedTask {
        /// The task.
        task: TaskId,
    },
    /// Service event: a task was stopped to balance the zones.
    RebalancingStoppedTask {
        /// The task.
        task: TaskId,
    },
    /// A CloudWatch alarm changed its state.
    AlarmChanged {
        /// `AlarmName`.
        alarm: String,
        /// Its state until now.
        before: AlarmState,
        /// Its state from now on.
        after: AlarmState,
        /// `StateReason`, in CloudWatch's words.
        reason: String,
    },
    /// Application Auto Scaling set another desired count.
    Scaled {
        /// The service.
        service: ServiceId,
        /// What was done, and why.
        activity: ScalingActivity,
    },
    /// Application Auto Scaling would have liked to, and did not.
    NotScaled {
        /// The service.
        service: ServiceId,
        /// What was not done, and why.
        activity: NotScaled,
    },
}

/// What failed a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeploymentFailure {
    /// The circuit breaker: tasks failed to start or failed their health checks.
    CircuitBreaker,
    /// An alarm, a person or a stage that took too long.
    RolledBack(RollbackReason),
}

/// Why a task cannot be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CannotPlace {
    /// No container instance takes it.
    Instances(PlacementFailure),
    /// Fargate has no capacity in the zones of the service.
    NoCapacity,
    /// The quota of vCPUs is used up.
    VcpuQuota,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A person.
    Person,
    /// The scenario's timeline.
    Timeline,
}

/// What a sentence needs beside the notice: the names of things.
pub trait Names {
    /// The zone of a node.
    fn zone(&self, node: NodeId) -> &str;
    /// The name of a target group.
    fn target_group(&self, group: TargetGroupId) -> &str;
    /// The name of a target's group.
    fn target_group_of(&self, target: TargetId) -> &str;
    /// The task behind a target.
    fn task_behind(&self, target: TargetId) -> Option<TaskId>;
    /// The target that a task is registered as.
    fn target_of(&self, task: TaskId) -> Option<TargetId>;
    /// The name of a service.
    fn service(&self, service: ServiceId) -> &str;
    /// The name of a task's service.
    fn service_of(&self, task: TaskId) -> &str;
    /// The container port of a target.
    fn port_of(&self, target: TargetId) -> u16;
    /// AWS's id of the deployment that a task was started by.
    fn deployment_of(&self, task: TaskId) -> String;
    /// AWS's id of a deployment of a service.
    fn deployment(&self, service: ServiceId, deployment: DeploymentId) -> String;
    /// The name of a zone.
    fn zone_name(&self, zone: usize) -> &str;
    /// The zone of a task.
    fn zone_of(&self, task: TaskId) -> &str;
    /// A command in words.
    fn command(&self, command: &Command) -> String;
}

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

impl Notice {
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
