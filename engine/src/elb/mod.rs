//! Elastic Load Balancing: the load balancer's nodes, its listener, its target group, health checks, routing.
//! Knows nothing of ECS: targets are registered here by whoever calls.

pub mod health;
mod load_balancer;
pub mod routing;
mod settings;
mod state;
mod target_group;

use crate::kernel::typed_id;

pub use load_balancer::{LoadBalancer, Node, Probe, Routed};
pub use settings::{
    AttributeRefused, HealthCheckSettings, ListenerSettings, LoadBalancerSettings, Matcher, Scheme,
    TargetGroupAttribute, TargetGroupSettings,
};
pub use state::{FailedCheck, TargetHealth, TargetHealthReason, TargetState};
pub use target_group::{Address, CheckRecord, Registration, Target, TargetGroup};

typed_id! {
    /// A load balancer node: one per enabled Availability Zone, numbered from 0 in the order of the zones.
    NodeId
}

typed_id! {
    /// A registered target. Numbers are never used twice, not even for the same address.
    TargetId
}

/// What falls due in a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A registration is complete; health checks begin.
    RegistrationDone(TargetId),
    /// It is time for a node to check a target.
    CheckDue {
        /// The node that checks.
        node: NodeId,
        /// The target to check.
        target: TargetId,
    },
    /// The deregistration delay of a target is over.
    DrainingOver(TargetId),
}
