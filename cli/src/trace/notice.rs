//! Notices as lines: typed, with the sentence that people read.

use albatross_engine::Simulation;
use albatross_engine::ecs::TaskId;
use albatross_engine::elb::TargetId;
use albatross_engine::elb::health::Verdict;
use albatross_engine::trace::{Names, Notice, Origin};
use serde::Serialize;

use super::names::{Health, Node, Reason, Target};

/// A task, with its service.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Task<'a> {
    task: u32,
    service: &'a str,
}

/// A notice. Its kind stands in `Event`.
#[derive(Serialize)]
#[serde(tag = "Event", rename_all_fields = "PascalCase")]
pub(super) enum NoticeLine<'a> {
    Commanded {
        by: &'static str,
    },
    Refused {
        refusal: String,
    },
    TargetRegistered {
        #[serde(flatten)]
        target: Target<'a>,
    },
    TargetHealthChanged {
        #[serde(flatten)]
        target: Target<'a>,
        before: Health,
        after: Health,
    },
    NodeVerdict {
        #[serde(flatten)]
        node: Node<'a>,
        #[serde(flatten)]
        target: Target<'a>,
        verdict: &'static str,
        #[serde(flatten)]
        reason: Option<Reason>,
        checks: u8,
    },
    FailOpen {
        #[serde(flatten)]
        node: Node<'a>,
        target_group: &'a str,
        on: bool,
    },
    DnsChanged {
        #[serde(flatten)]
        node: Node<'a>,
        published: bool,
    },
    AnomalyChanged {
        #[serde(flatten)]
        target: Target<'a>,
        anomalous: bool,
    },
    RequestsLost {
        #[serde(flatten)]
        task: Task<'a>,
        count: u32,
    },
    DrainingCut {
        #[serde(flatten)]
        target: Target<'a>,
        count: u32,
    },
    TaskStatusChanged {
        #[serde(flatten)]
        task: Task<'a>,
        before: &'static str,
        after: &'static str,
    },
    TaskStopping {
        #[serde(flatten)]
        task: Task<'a>,
        stop_code: &'static str,
        stopped_reason: &'static str,
    },
    ServiceStartedTasks {
        service: &'a str,
        tasks: Vec<u32>,
    },
    ServiceRegisteredTarget {
        #[serde(flatten)]
        target: Target<'a>,
        service: &'a str,
    },
    ServiceTaskUnhealthy {
        #[serde(flatten)]
        task: Task<'a>,
        #[serde(flatten)]
        reason: Reason,
    },
    ServiceStoppedTask {
        #[serde(flatten)]
        task: Task<'a>,
    },
    ServiceDeregisteredTarget {
        #[serde(flatten)]
        target: Target<'a>,
        service: &'a str,
    },
    DrainingBegun {
        #[serde(flatten)]
        task: Task<'a>,
    },
    SteadyState {
        service: &'a str,
    },
}

impl<'a> NoticeLine<'a> {
    pub(super) fn of(notice: &Notice, simulation: &'a Simulation) -> Self {
        let task = |task: TaskId| Task { task: task.number(), service: simulation.service_of(task) };
        match *notice {
            Notice::Commanded(_, Origin::Person) => Self::Commanded { by: "Person" },
            Notice::Commanded(_, Origin::Timeline) => Self::Commanded { by: "Timeline" },
            Notice::Refused(_, ref refusal) => Self::Refused { refusal: refusal.to_string() },
            Notice::RequestsLost { task: id, count } => Self::RequestsLost { task: task(id), count },
            Notice::TaskStatusChanged { task: id, before, after } => {
                Self::TaskStatusChanged { task: task(id), before: before.as_str(), after: after.as_str() }
            }
            Notice::TaskStopping { task: id, code } => {
                Self::TaskStopping { task: task(id), stop_code: code.as_str(), stopped_reason: code.reason() }
            }
            Notice::ServiceStartedTasks { first, count } => Self::ServiceStartedTasks {
                service: simulation.service_of(first),
                tasks: (0..count).map(|number| first.number() + number).collect(),
            },
            Notice::ServiceTaskUnhealthy { task: id, failed } => {
                Self::ServiceTaskUnhealthy { task: task(id), reason: failed.into() }
            }
            Notice::ServiceStoppedTask { task: id } => Self::ServiceStoppedTask { task: task(id) },
            Notice::DrainingBegun { task: id } => Self::DrainingBegun { task: task(id) },
            Notice::SteadyState { service } => Self::SteadyState { service: simulation.service(service) },
            Notice::FailOpen { node, group, on } => Self::FailOpen {
                node: Node::of(node, simulation),
                target_group: simulation.target_group(group),
                on,
            },
            Notice::DnsChanged { node, published } => {
                Self::DnsChanged { node: Node::of(node, simulation), published }
            }
            Notice::TargetRegistered { target }
            | Notice::TargetHealthChanged { target, .. }
            | Notice::NodeVerdict { target, .. }
            | Notice::AnomalyChanged { target, .. }
            | Notice::DrainingCut { target, .. }
            | Notice::ServiceRegisteredTarget { target }
            | Notice::ServiceDeregisteredTarget { target } => Self::of_target(notice, target, simulation),
        }
    }

    fn of_target(notice: &Notice, id: TargetId, simulation: &'a Simulation) -> Self {
        let target = Target::of(id, simulation);
        let service = || simulation.task_behind(id).map_or("", |task| simulation.service_of(task));
        match *notice {
            Notice::TargetHealthChanged { before, after, .. } => {
                Self::TargetHealthChanged { target, before: before.into(), after: after.into() }
            }
            Notice::NodeVerdict { node, verdict, checks, .. } => Self::NodeVerdict {
                node: Node::of(node, simulation),
                target,
                verdict: match verdict {
                    Verdict::Initial => "initial",
                    Verdict::Healthy => "healthy",
                    Verdict::Unhealthy(_) => "unhealthy",
                },
                reason: Reason::of_verdict(verdict),
                checks,
            },
            Notice::AnomalyChanged { anomalous, .. } => Self::AnomalyChanged { target, anomalous },
            Notice::DrainingCut { count, .. } => Self::DrainingCut { target, count },
            Notice::ServiceRegisteredTarget { .. } => {
                Self::ServiceRegisteredTarget { target, service: service() }
            }
            Notice::ServiceDeregisteredTarget { .. } => {
                Self::ServiceDeregisteredTarget { target, service: service() }
            }
            _ => Self::TargetRegistered { target },
        }
    }
}
