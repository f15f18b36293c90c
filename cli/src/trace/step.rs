//! Steps of requests and health checks, as lines.

use albatross_engine::Simulation;
use albatross_engine::trace::{Loss, Step};
use serde::Serialize;

use super::names::{By, Ms, Node, Reason, Target};
use super::why::{Choice, Ended};
use crate::report::name_of;

/// A step. Its kind stands in `Event`.
#[derive(Serialize)]
#[serde(tag = "Event", rename_all_fields = "PascalCase")]
pub(super) enum StepLine<'a> {
    Sent {
        request: u64,
        client: u32,
        #[serde(flatten)]
        node: Node<'a>,
        attempt: u16,
    },
    Routed {
        request: u64,
        #[serde(flatten)]
        node: Node<'a>,
        #[serde(flatten)]
        target: Target<'a>,
        #[serde(flatten)]
        choice: Choice<'a>,
    },
    Served {
        request: u64,
        #[serde(flatten)]
        target: Target<'a>,
        status: u16,
        waited_ms: Ms,
        worked_ms: Ms,
    },
    Lost {
        request: u64,
        #[serde(flatten)]
        target: Target<'a>,
        loss: &'static str,
    },
    Answered {
        request: u64,
        #[serde(flatten)]
        node: Node<'a>,
        #[serde(flatten)]
        target: Option<Target<'a>>,
        status: u16,
        #[serde(flatten)]
        by: By,
        took_ms: Ms,
    },
    Received {
        request: u64,
        client: u32,
        #[serde(flatten)]
        node: Node<'a>,
        status: u16,
        latency_ms: Ms,
        #[serde(flatten)]
        ended: Ended<'a>,
    },
    GaveUp {
        request: u64,
        client: u32,
        #[serde(flatten)]
        node: Node<'a>,
        error: &'static str,
        error_text: &'static str,
        #[serde(flatten)]
        ended: Ended<'a>,
    },
    CheckSent {
        #[serde(flatten)]
        node: Node<'a>,
        #[serde(flatten)]
        target: Target<'a>,
    },
    CheckFinished {
        #[serde(flatten)]
        node: Node<'a>,
        #[serde(flatten)]
        target: Target<'a>,
        passed: bool,
        #[serde(flatten)]
        reason: Option<Reason>,
    },
}

impl<'a> StepLine<'a> {
    pub(super) fn of(step: &Step, simulation: &'a Simulation) -> Self {
        let node_of = |node| Node::of(node, simulation);
        let target_of = |target| Target::of(target, simulation);
        match *step {
            Step::Sent { request, client, node, attempt } => Self::Sent {
                request: request.number(),
                client: client.number(),
                node: node_of(node),
                attempt: u16::from(attempt) + 1,
            },
            Step::Routed { request, node, target, choice } => Self::Routed {
                request: request.number(),
                node: node_of(node),
                target: target_of(target),
                choice: Choice::of(&choice, simulation),
            },
            Step::Served { request, target, status, waited, worked } => Self::Served {
                request: request.number(),
                target: target_of(target),
                status,
                waited_ms: waited.into(),
                worked_ms: worked.into(),
            },
            Step::Lost { request, target, loss } => Self::Lost {
                request: request.number(),
                target: target_of(target),
                loss: match loss {
                    Loss::Refused => "Refused",
                    Loss::Reset => "Reset",
                    Loss::Closed => "Closed",
                    Loss::Dropped => "Dropped",
                },
            },
            Step::Answered { request, node, target, status, author, took } => Self::Answered {
                request: request.number(),
                node: node_of(node),
                target: target.map(target_of),
                status,
                by: author.into(),
                took_ms: took.into(),
            },
            Step::Received { request, client, node, status, latency } => Self::Received {
                request: request.number(),
                client: client.number(),
                node: node_of(node),
                status,
                latency_ms: latency.into(),
                ended: Ended::of(request, simulation),
            },
            Step::GaveUp { request, client, node, error } => Self::GaveUp {
                request: request.number(),
                client: client.number(),
                node: node_of(node),
                error: name_of(error),
                error_text: error.as_str(),
                ended: Ended::of(request, simulation),
            },
            Step::CheckSent { node, target } => {
                Self::CheckSent { node: node_of(node), target: target_of(target) }
            }
            Step::CheckFinished { node, target, result } => Self::CheckFinished {
                node: node_of(node),
                target: target_of(target),
                passed: result.is_ok(),
                reason: result.err().map(Reason::from),
            },
        }
    }
}
