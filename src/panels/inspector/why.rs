//! One sentence on why a task is in its state, made of what the engine knows of it. Pure.

use albatross_engine::ecs::TaskStatus;
use albatross_engine::elb::TargetState;

use crate::driver::picture::{TargetGroupView, TaskView};

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Why {
    /// The word that the style sheet knows it by.
    pub(super) kind: &'static str,
    pub(super) question: &'static str,
    pub(super) answer: String,
}

/// Why the task is as it is; nothing when all is well. `with_node` tells whether its zone has a load balancer node.
pub(super) fn why(task: &TaskView, group: Option<&TargetGroupView>, with_node: bool) -> Option<Why> {
    let threshold = group.map_or(0, |group| group.unhealthy_threshold);
    let say = |kind, question, answer| Some(Why { kind, question, answer });
    let failed = || task.description.clone().unwrap_or_default();
    match (task.status, task.state) {
        (TaskStatus::Provisioning, _) => {
            say("flight", "Why PROVISIONING?", "Its network interface is being created.".to_owned())
        }
        (TaskStatus::Pending, _) => say("flight", "Why PENDING?", "It waits for resources.".to_owned()),
        (TaskStatus::Activating, _) => {
            let answer = "Its image is pulled and its container created; then it is registered in its target group, if it has one.";
            say("flight", "Why ACTIVATING?", answer.to_owned())
        }
        (TaskStatus::Deactivating, _) => {
            let (code, reason) = task.stop.clone().unwrap_or_default();
            let answer = format!(
                "{code}: {reason}. It gets no new requests; those in flight ({}) may finish within the \
                 deregistration delay of {} s, and the target shows draining for the whole of it.",
                task.outstanding,
                group.map_or(0, |group| group.deregistration_delay)
            );
            say("none", "Why draining?", answer)
        }
        (TaskStatus::Stopping, _) => {
            let answer = "Its target is unused. The container has got SIGTERM and finishes what it has.";
            say("none", "Why STOPPING?", answer.to_owned())
        }
        (TaskStatus::Deprovisioning, _) => {
            say("none", "Why DEPROVISIONING?", "Its network interface is being removed.".to_owned())
        }
        (_, Some(TargetState::Unhealthy)) => {
            let answer = format!(
                "{threshold} health checks in a row failed on every node: {}. It gets no requests, unless a node fails \
                 open because too few targets are healthy.{}",
                failed(),
                if task.gone { " Its process is gone." } else { "" }
            );
            say("bad", "Why unhealthy?", answer)
        }
        (_, Some(TargetState::Initial)) => {
            let answer = "It was just registered. One passed health check, and it gets requests.";
            say("flight", "Why no requests yet?", answer.to_owned())
        }
        (_, Some(TargetState::Healthy)) if task.gone => {
            let answer = format!(
                "Its process is gone, but the load balancer does not know yet: it takes {threshold} failed health \
                 checks in a row. Until then requests sent to it are answered 502."
            );
            say("bad", "Why 502?", answer)
        }
        (_, Some(TargetState::Unused)) => {
            let answer = match group {
                Some(group) if !group.used => {
                    format!(
                        "No listener forwards to its target group, {}. It gets neither requests nor checks.",
                        group.name
                    )
                }
                _ if !with_node => {
                    format!(
                        "The load balancer has no node in {}. It gets neither requests nor checks.",
                        task.zone_name
                    )
                }
                _ => return None,
            };
            say("none", "Why unused?", answer)
        }
        (_, Some(TargetState::Healthy)) => {
            let (run, threshold) = task.checks?;
            let answer = format!("{run} of {threshold} health checks in a row failed: {}.", failed());
            say("bad", "Still healthy?", answer)
        }
        _ => None,
    }
}
