//! Notices as lines: typed, with the sentence that people read.

use std::collections::BTreeMap;

use albatross_engine::Simulation;
use albatross_engine::ecs::deployment::lifecycle::RollbackReason;
use albatross_engine::ecs::deployment::state::DeploymentId;
use albatross_engine::ecs::placement::PlacementFailure;
use albatross_engine::ecs::{ServiceId, TaskId};
use albatross_engine::elb::TargetId;
use albatross_engine::elb::health::Verdict;
use albatross_engine::trace::{CannotPlace, DeploymentFailure, Names, Notice, Origin};

use super::line::{Deployment, NoticeLine, Task};
use super::names::{Node, Reason, Target};

impl<'a> NoticeLine<'a> {
    pub(super) fn of(notice: &Notice, simulation: &'a Simulation) -> Self {
        let task = |task: TaskId| Task { task: task.number(), service: simulation.service_of(task) };
        let deployment = |service: ServiceId, id: DeploymentId| Deployment {
            service: simulation.service(service),
            deployment: simulation.deployment(service, id),
        };
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
            Notice::TaskExited { task: id, exit_code } => Self::TaskExited { task: task(id), exit_code },
            Notice::ContainerHealthChanged { task: id, status } => {
                Self::ContainerHealthChanged { task: task(id), health_status: status.as_str() }
            }
            Notice::SpotInterrupted { task: id } => Self::SpotInterrupted { task: task(id) },
            Notice::InstanceLost { instance } => Self::InstanceLost { instance: instance.to_string() },
            Notice::DeploymentStarted { service, deployment: id, revision } => {
                Self::DeploymentStarted { deployment: deployment(service, id), revision }
            }
            Notice::DeploymentCompleted { service, deployment: id } => {
                Self::DeploymentCompleted { deployment: deployment(service, id) }
            }
            Notice::DeploymentFailed { service, deployment: id, by } => {
                Self::DeploymentFailed { deployment: deployment(service, id), by: failed_by(by) }
            }
            Notice::RollingBack { service, to } => Self::RollingBack { deployment: deployment(service, to) },
            Notice::DeploymentStopped { service, deployment: id } => {
                Self::DeploymentStopped { deployment: deployment(service, id) }
            }
            Notice::LifecycleStageEntered { service, stage } => {
                Self::LifecycleStageEntered { service: simulation.service(service), stage: stage.as_str() }
            }
            Notice::TrafficShifted { service, test, green_tenths } => Self::TrafficShifted {
                service: simulation.service(service),
                test,
                green_percent: f64::from(green_tenths) / 10.0,
            },
            Notice::CannotDeploy { service } => Self::CannotDeploy { service: simulation.service(service) },
            Notice::PlacementFailed { service, why } => {
                Self::PlacementFailed { service: simulation.service(service), why: why_not_placed(why) }
            }
            Notice::StartImpaired { service } => Self::StartImpaired { service: simulation.service(service) },
            Notice::RebalancingStarted { service, ref tasks } => Self::RebalancingStarted {
                service: simulation.service(service),
                tasks: by_zone(tasks, simulation),
            },
            Notice::RebalancingCompleted { service, ref tasks } => Self::RebalancingCompleted {
                service: simulation.service(service),
                tasks: by_zone(tasks, simulation),
            },
            Notice::RebalancingStartedTask { task: id } => Self::RebalancingStartedTask { task: task(id) },
            Notice::RebalancingStoppedTask { task: id } => Self::RebalancingStoppedTask { task: task(id) },
            Notice::AlarmChanged { ref alarm, before, after, ref reason } => Self::AlarmChanged {
                alarm: alarm.clone(),
                before: before.as_str(),
                after: after.as_str(),
                state_reason: reason.clone(),
            },
            Notice::Scaled { service, ref activity } => Self::Scaled {
                service: simulation.service(service),
                cause: activity.cause.to_string(),
                from: activity.from,
                to: activity.to,
            },
            Notice::NotScaled { service, ref activity } => Self::NotScaled {
                service: simulation.service(service),
                cause: activity.cause.to_string(),
                code: activity.reason.code(),
                reason: activity.reason.to_string(),
            },
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

const fn failed_by(failure: DeploymentFailure) -> &'static str {
    match failure {
        DeploymentFailure::CircuitBreaker => "CircuitBreaker",
        DeploymentFailure::RolledBack(RollbackReason::Alarm) => "Alarm",
        DeploymentFailure::RolledBack(RollbackReason::Requested) => "Requested",
        DeploymentFailure::RolledBack(RollbackReason::StageTimedOut(_)) => "StageTimedOut",
    }
}

const fn why_not_placed(why: CannotPlace) -> &'static str {
    match why {
        CannotPlace::Instances(PlacementFailure::NoInstances) => "NoInstances",
        CannotPlace::Instances(PlacementFailure::NoneFits { .. }) => "NoneFits",
        CannotPlace::NoCapacity => "NoCapacity",
        CannotPlace::VcpuQuota => "VcpuQuota",
    }
}

/// Counts of tasks by the names of their zones.
fn by_zone<'a>(tasks: &[(usize, u32)], simulation: &'a Simulation) -> BTreeMap<&'a str, u32> {
    tasks.iter().map(|(zone, count)| (simulation.zone_name(*zone), *count)).collect()
}
