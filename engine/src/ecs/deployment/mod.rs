//! Deployments: what can be set on them, and the pure rules by which they go on. Nothing here knows tasks, time
//! that passes by itself or the load balancer: the scheduler asks, and does what the answer says.

pub mod alarms;
pub mod circuit_breaker;
pub mod lifecycle;
pub mod rolling;
pub mod settings;
pub mod shift;
pub mod state;
