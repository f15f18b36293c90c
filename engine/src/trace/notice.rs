//! Things that people want to read about, and their sentences in AWS's vocabulary.

use crate::command::{Command, Refusal};
use crate::ecs::{StopCode, TaskId, TaskStatus};
use crate::elb::health::Verdict;
use crate::elb::{FailedCheck, NodeId, TargetHealth, TargetId, TargetState};

/// Something notable that happened, with its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        /// Whether it does so now.
        on: bool,
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
    SteadyState,
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
pub struct Names<'a> {
    /// The service's name.
    pub service: &'a str,
    /// The target group's name.
    pub target_group: &'a str,
    /// The zones of the load balancer's nodes, in their order.
    pub zones: &'a [String],
    /// The task behind a target.
    pub task_of: &'a dyn Fn(TargetId) -> Option<TaskId>,
    /// The container port.
    pub port: u16,
}

impl Names<'_> {
    fn target(&self, target: TargetId) -> String {
        (self.task_of)(target).map_or_else(|| format!("target {target}"), |task| format!("task {task}"))
    }

    fn node(&self, node: NodeId) -> &str {
        self.zones.get(node.number() as usize).map_or("?", String::as_str)
    }
}

impl Notice {
    /// The notice as one sentence. Service events are worded as ECS words them; those that AWS's guide lists are
    /// "has reached a steady state" and "is unhealthy in"; the others are known from public logs.
    pub fn sentence(&self, names: &Names<'_>) -> String {
        let Names { service, target_group, port, .. } = names;
        match *self {
            Self::Commanded(command, Origin::Person) => format!("You: {command}."),
            Self::Commanded(command, Origin::Timeline) => format!("Scenario: {command}."),
            Self::Refused(command, refusal) => format!("Not done: {command}: {refusal}."),
            Self::TargetRegistered { target } => {
                format!("{}: initial (Elb.RegistrationInProgress).", names.target(target))
            }
            Self::TargetHealthChanged { target, before, after } => {
                health_sentence(&names.target(target), before, after)
            }
            Self::NodeVerdict { node, target, verdict, checks } => {
                verdict_sentence(names.node(node), &names.target(target), verdict, checks)
            }
            Self::FailOpen { node, on: true } => format!(
                "node {} fails open: no target is healthy, so requests go to all of them.",
                names.node(node)
            ),
            Self::FailOpen { node, on: false } => {
                format!("node {} sends requests to healthy targets only, again.", names.node(node))
            }
            Self::RequestsLost { task, count } => {
                let requests = if count == 1 { "request" } else { "requests" };
                format!("{count} {requests} in flight on task {task}: connection reset, answered 502.")
            }
            Self::DrainingCut { target, count } => {
                let requests = if count == 1 { "request" } else { "requests" };
                format!(
                    "{}: deregistration delay over, {count} {requests} answered 502.",
                    names.target(target)
                )
            }
            Self::TaskStatusChanged { task, before, after } => format!("task {task}: {before} → {after}."),
            Self::TaskStopping { task, code } => {
                let place = match code {
                    StopCode::FailedElbHealthChecks => format!(" (target-group {target_group})"),
                    StopCode::ScalingActivity => format!(" (service {service})"),
                    StopCode::EssentialContainerExited | StopCode::UserInitiated => String::new(),
                };
                format!("task {task}: {}: {}{place}.", code.as_str(), code.reason())
            }
            Self::ServiceStartedTasks { first, count } => {
                let tasks = (0..count).map(|n| format!("(task {})", first.number() + n));
                let tasks = tasks.collect::<Vec<_>>().join(" ");
                format!("(service {service}) has started {count} tasks: {tasks}.")
            }
            Self::ServiceRegisteredTarget { .. } => {
                format!("(service {service}) registered 1 targets in (target-group {target_group})")
            }
            Self::ServiceTaskUnhealthy { task, failed } => format!(
                "(service {service}) (task {task}) (port {port}) is unhealthy in (target-group \
                 {target_group}) due to (reason {failed})"
            ),
            Self::ServiceStoppedTask { task } => {
                format!("(service {service}) has stopped 1 running tasks: (task {task}).")
            }
            Self::ServiceDeregisteredTarget { .. } => {
                format!("(service {service}) deregistered 1 targets in (target-group {target_group})")
            }
            Self::DrainingBegun { .. } => {
                format!("(service {service}) has begun draining connections on 1 tasks.")
            }
            Self::SteadyState => format!("(service {service}) has reached a steady state."),
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
