//! Elastic Load Balancing: the load balancer's nodes, its listener, its target group, health checks, routing.
//! Knows nothing of ECS: targets are registered here by whoever calls.

mod attributes;
mod checks;
mod connections;
mod cookies;
pub mod health;
mod health_check;
pub mod listener;
mod load_balancer;
mod node;
mod route;
pub mod routing;
mod sessions;
mod settings;
mod state;
mod target;
mod target_group;
mod zones;

use crate::kernel::typed_id;

pub use attributes::{AttributeRefused, Incompatible, LoadBalancerAttribute, TargetGroupAttribute};
pub use checks::Probe;
pub use connections::TargetConnection;
pub use cookies::{CookieJar, SetCookies};
pub use health_check::{
    HealthCheckChange, HealthCheckPort, HealthCheckRefused, HealthCheckSettings, Matcher,
    NotAHealthCheckPort, NotAMatcher,
};
pub use load_balancer::LoadBalancer;
pub use node::Node;
pub use sessions::{SessionsRefused, refused_sessions};
pub use settings::{
    CrossZone, HealthThresholds, LoadBalancerSettings, Scheme, Stickiness, StickinessType,
    TargetGroupSettings,
};
pub use state::{FailedCheck, TargetHealth, TargetHealthReason, TargetState};
pub use target::{Address, CheckRecord, NodeView, Registration, Target};
pub use target_group::TargetGroup;

pub(crate) use route::{Arriving, Routed};

typed_id! {
    /// A load balancer node: one per enabled Availability Zone, numbered from 0 in the order of the zones.
    NodeId
}

typed_id! {
    /// A listener, numbered from 0 in the order of the scenario.
    ListenerId
}

typed_id! {
    /// A target group, numbered from 0 in the order of the scenario.
    TargetGroupId
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
        /// The run of checks that this belongs to; it may be void by now.
        round: u32,
    },
    /// The deregistration delay of a target is over.
    DrainingOver(TargetId),
    /// It is time to compare how often targets fail.
    AnomalyEvaluation,
}
