//! Steps on the way of a request, there and back, and of a health check.

use crate::elb::health::CheckResult;
use crate::elb::routing::Algorithm;
use crate::elb::{NodeId, TargetId};
use crate::kernel::SimDuration;
use crate::traffic::{ClientId, RequestId};

/// One step. Every request is sent once and received once; what lies between depends on its fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A client sent a request to a node.
    Sent {
        /// The request.
        request: RequestId,
        /// Who sent it.
        client: ClientId,
        /// The node whose address DNS gave the client.
        node: NodeId,
    },
    /// A node chose a target and forwards the request.
    Routed {
        /// The request.
        request: RequestId,
        /// The node.
        node: NodeId,
        /// The target it chose.
        target: TargetId,
        /// Why this one.
        choice: RoutingChoice,
    },
    /// The target sends its answer.
    Served {
        /// The request.
        request: RequestId,
        /// The target.
        target: TargetId,
        /// The status it answers with.
        status: u16,
    },
    /// The target will never answer this request.
    Lost {
        /// The request.
        request: RequestId,
        /// The target.
        target: TargetId,
        /// What happened to it.
        loss: Loss,
    },
    /// A node sends the answer back to the client.
    Answered {
        /// The request.
        request: RequestId,
        /// The node.
        node: NodeId,
        /// The target that was chosen, if one was.
        target: Option<TargetId>,
        /// The status of the answer.
        status: u16,
        /// Who made the status.
        author: Author,
        /// The time from forwarding the request to this answer (`target_processing_time`); zero without a
        /// target.
        took: SimDuration,
    },
    /// The client received the answer.
    Received {
        /// The request.
        request: RequestId,
        /// Who had sent it.
        client: ClientId,
        /// The node that it came through.
        node: NodeId,
        /// The status of the answer.
        status: u16,
        /// The time since the request was sent.
        latency: SimDuration,
    },
    /// A node sent a health check to a target.
    CheckSent {
        /// The node.
        node: NodeId,
        /// The target.
        target: TargetId,
    },
    /// A node knows the result of a health check.
    CheckFinished {
        /// The node.
        node: NodeId,
        /// The target.
        target: TargetId,
        /// The result.
        result: CheckResult,
    },
}

/// Why a node chose the target that it chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoutingChoice {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Among how many targets.
    pub candidates: u16,
    /// How many requests the chosen one had in flight.
    pub outstanding: u32,
    /// Whether the node failed open: no target was healthy, so that all were candidates.
    pub fail_open: bool,
}

/// What became of a request that its target never answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Nothing listens at the address: the connection was refused.
    Refused,
    /// The process died with the request in hand: the connection was reset.
    Reset,
    /// The connection attempt was dropped without a word.
    Dropped,
}

/// Who made a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The target: counted in `HTTPCode_Target_*`.
    Target,
    /// The load balancer itself: counted in `HTTPCode_ELB_*`.
    LoadBalancer(BalancerCause),
}

/// Why the load balancer answered by itself (ALB guide, "Troubleshoot").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BalancerCause {
    /// 503: the target group has no target that may get requests.
    NoTarget,
    /// 502: the target refused the connection.
    ConnectionRefused,
    /// 502: the target closed the connection with the request outstanding.
    ConnectionReset,
    /// 502: the deregistration delay ended before the request did.
    DeregistrationDelayOver,
    /// 504: no connection within 10 s.
    ConnectTimeout,
    /// 504: no answer within `idle_timeout.timeout_seconds`.
    IdleTimeout,
}

impl BalancerCause {
    /// The status that the load balancer answers with.
    pub const fn status(self) -> u16 {
        match self {
            Self::NoTarget => 503,
            Self::ConnectionRefused | Self::ConnectionReset | Self::DeregistrationDelayOver => 502,
            Self::ConnectTimeout | Self::IdleTimeout => 504,
        }
    }

    /// The cause in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoTarget => "no target may get requests",
            Self::ConnectionRefused => "the target refused the connection",
            Self::ConnectionReset => "the target closed the connection with the request outstanding",
            Self::DeregistrationDelayOver => "the deregistration delay ended before the request did",
            Self::ConnectTimeout => "no connection to the target within 10 s",
            Self::IdleTimeout => "no answer from the target within the idle timeout",
        }
    }
}
