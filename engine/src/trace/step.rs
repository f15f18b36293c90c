//! Steps on the way of a request, there and back, and of a health check.

use crate::elb::health::CheckResult;
use crate::elb::listener::Refused;
use crate::elb::routing::{Algorithm, Basis};
use crate::elb::{NodeId, TargetGroupId, TargetId};
use crate::kernel::SimDuration;
use crate::traffic::{ClientId, RequestId};

/// One step. Every request is sent once, and ends once: received or given up. What lies between depends on its
/// fate. A retry and a redirect that is followed are requests of their own.
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
        /// How many attempts came before.
        attempt: u8,
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
        /// How long it waited for a worker.
        waited: SimDuration,
        /// How long a worker was busy with it.
        worked: SimDuration,
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
    /// The client no longer waits for an answer.
    GaveUp {
        /// The request.
        request: RequestId,
        /// Who had sent it.
        client: ClientId,
        /// The node that it went to.
        node: NodeId,
        /// Why.
        error: ClientError,
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
    /// The target group.
    pub group: TargetGroupId,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// What decided.
    pub basis: TargetBasis,
    /// Among how many targets.
    pub candidates: u16,
    /// How many requests the chosen one had in flight.
    pub outstanding: u32,
    /// Whether the node failed open: too few targets were healthy, so that all were candidates.
    pub fail_open: bool,
    /// Whether the group is sticky and the client's session could not be used: `NonStickyRequestCount`.
    pub new_session: bool,
}

/// What decided on a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetBasis {
    /// The client's cookie.
    Sticky,
    /// The target group's algorithm.
    Algorithm(Basis),
}

/// Why a client no longer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientError {
    /// No answer within its own time limit.
    Timeout,
    /// No connection: a security group drops it, or the load balancer is internal.
    ConnectTimeout,
    /// No listener on that port.
    ConnectionRefused,
    /// No TLS session: no version in common, or a certificate that does not fit the host.
    Tls,
}

impl ClientError {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "the client's own time limit is over",
            Self::ConnectTimeout => "the connection attempt was never answered",
            Self::ConnectionRefused => "no listener on that port: connection refused",
            Self::Tls => "no TLS session could be established",
        }
    }
}

/// What became of a request that its target never answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Nothing listens at the address: the connection was refused.
    Refused,
    /// The process died with the request in hand: the connection was reset.
    Reset,
    /// The connection was already closed for idleness when the request came.
    Closed,
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
    /// 400, 405, 414, 463, 464, 501, 505: the request is not one that it takes.
    Refused(Refused),
    /// A `redirect` action.
    Redirect {
        /// 301 or 302.
        status: u16,
    },
    /// 507: the redirect's location is too long.
    RedirectTooLong,
    /// A `fixed-response` action.
    FixedResponse {
        /// Its status.
        status: u16,
    },
    /// 408: the client sent nothing within the idle timeout.
    ClientSilent,
    /// 460: the client closed the connection before the answer.
    ClientClosed,
    /// 503: the target group has no target that may get requests.
    NoTarget,
    /// 503: cross-zone load balancing is off and the target group has none in the node's zone.
    NoTargetInZone,
    /// 503: every target group of the action has weight 0.
    NoWeight,
    /// 502: the target refused the connection.
    ConnectionRefused,
    /// 502: the target closed the connection with the request outstanding.
    ConnectionReset,
    /// 502: the request was sent on a connection that the target was closing for idleness.
    KeepAliveRace,
    /// 502: the target's answer is not HTTP.
    MalformedResponse,
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
            Self::Refused(refused) => refused.status(),
            Self::Redirect { status } | Self::FixedResponse { status } => status,
            Self::RedirectTooLong => 507,
            Self::ClientSilent => 408,
            Self::ClientClosed => 460,
            Self::NoTarget | Self::NoTargetInZone | Self::NoWeight => 503,
            Self::ConnectionRefused
            | Self::ConnectionReset
            | Self::KeepAliveRace
            | Self::MalformedResponse
            | Self::DeregistrationDelayOver => 502,
            Self::ConnectTimeout | Self::IdleTimeout => 504,
        }
    }

    /// The cause in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.as_str(),
            Self::Redirect { .. } => "a rule redirects it",
            Self::RedirectTooLong => "the redirect's location is longer than 8 K",
            Self::FixedResponse { .. } => "a rule answers it",
            Self::ClientSilent => "the client sent nothing within the idle timeout",
            Self::ClientClosed => "the client closed the connection before the answer",
            Self::NoTarget => "no target may get requests",
            Self::NoTargetInZone => "no target in this zone, and cross-zone load balancing is off",
            Self::NoWeight => "every target group of the action has weight 0",
            Self::ConnectionRefused => "the target refused the connection",
            Self::ConnectionReset => "the target closed the connection with the request outstanding",
            Self::KeepAliveRace => "the target was closing the idle connection that it was sent on",
            Self::MalformedResponse => "the target's answer is not HTTP",
            Self::DeregistrationDelayOver => "the deregistration delay ended before the request did",
            Self::ConnectTimeout => "no connection to the target within 10 s",
            Self::IdleTimeout => "no answer from the target within the idle timeout",
        }
    }

    /// Whether no connection to the target came about: `TargetConnectionErrorCount`.
    pub const fn is_connection_error(self) -> bool {
        matches!(self, Self::ConnectionRefused | Self::ConnectTimeout)
    }
}
