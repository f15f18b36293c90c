//! Things of the world as they stand in a trace: by number and by name.

use albatross_engine::Simulation;
use albatross_engine::elb::health::Verdict;
use albatross_engine::elb::{FailedCheck, NodeId, TargetHealth, TargetHealthReason, TargetId};
use albatross_engine::kernel::SimDuration;
use albatross_engine::trace::{Author, BalancerCause, Names};
use serde::Serialize;

/// A load balancer node.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Node<'a> {
    node: u32,
    zone: &'a str,
}

impl<'a> Node<'a> {
    pub(super) fn of(node: NodeId, simulation: &'a Simulation) -> Self {
        Self { node: node.number(), zone: simulation.zone(node) }
    }
}

/// A target, with the task behind it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Target<'a> {
    target: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<u32>,
    target_group: &'a str,
}

impl<'a> Target<'a> {
    pub(super) fn of(target: TargetId, simulation: &'a Simulation) -> Self {
        Self {
            target: target.number(),
            task: simulation.task_behind(target).map(|task| task.number()),
            target_group: simulation.target_group_of(target),
        }
    }
}

/// AWS's reason code and its description.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Reason {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl From<FailedCheck> for Reason {
    fn from(failed: FailedCheck) -> Self {
        Self { reason: failed.code(), description: Some(failed.to_string()) }
    }
}

impl Reason {
    pub(super) fn of_verdict(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Unhealthy(failed) => Some(failed.into()),
            Verdict::Initial | Verdict::Healthy => None,
        }
    }
}

/// The state of a target.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Health {
    state: &'static str,
    #[serde(flatten)]
    reason: Option<Reason>,
}

impl From<TargetHealth> for Health {
    fn from(health: TargetHealth) -> Self {
        let reason = health.reason.map(|reason| match reason {
            TargetHealthReason::Failed(failed) => failed.into(),
            other => Reason { reason: other.code(), description: None },
        });
        Self { state: health.state.as_str(), reason }
    }
}

/// Who made a status, and why when it was the load balancer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct By {
    author: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause_text: Option<&'static str>,
}

impl From<Author> for By {
    fn from(author: Author) -> Self {
        match author {
            Author::Target => Self { author: "Target", cause: None, cause_text: None },
            Author::LoadBalancer(cause) => Self {
                author: "LoadBalancer",
                cause: Some(name_of_cause(cause)),
                cause_text: Some(cause.as_str()),
            },
        }
    }
}

const fn name_of_cause(cause: BalancerCause) -> &'static str {
    match cause {
        BalancerCause::Refused(_) => "Refused",
        BalancerCause::Redirect { .. } => "Redirect",
        BalancerCause::RedirectTooLong => "RedirectTooLong",
        BalancerCause::FixedResponse { .. } => "FixedResponse",
        BalancerCause::ClientSilent => "ClientSilent",
        BalancerCause::ClientClosed => "ClientClosed",
        BalancerCause::NoTarget => "NoTarget",
        BalancerCause::NoTargetInZone => "NoTargetInZone",
        BalancerCause::NoWeight => "NoWeight",
        BalancerCause::ConnectionRefused => "ConnectionRefused",
        BalancerCause::ConnectionReset => "ConnectionReset",
        BalancerCause::KeepAliveRace => "KeepAliveRace",
        BalancerCause::MalformedResponse => "MalformedResponse",
        BalancerCause::DeregistrationDelayOver => "DeregistrationDelayOver",
        BalancerCause::ConnectTimeout => "ConnectTimeout",
        BalancerCause::IdleTimeout => "IdleTimeout",
    }
}

/// A length of time in milliseconds.
#[derive(Clone, Copy, Serialize)]
#[serde(transparent)]
pub(super) struct Ms(f64);

impl From<SimDuration> for Ms {
    fn from(length: SimDuration) -> Self {
        Self(length.as_milliseconds())
    }
}
