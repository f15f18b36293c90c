//! Things that people want to read about, and their sentences in AWS's vocabulary.

use crate::command::{Command, Refusal};
use crate::ecs::{ServiceId, StopCode, TaskId, TaskStatus};
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
                    StopCode::ScalingActivity => format!(" (service {})", names.service_of(*task)),
                    StopCode::EssentialContainerExited | StopCode::UserInitiated => String::new(),
                };
                format!("task {task}: {}: {}{place}.", code.as_str(), code.reason())
            }
            _ => self.balancer_sentence(names).unwrap_or_else(|| self.service_sentence(names)),
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
            _ => String::new(),
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
