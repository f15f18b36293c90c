//! Deployments: what can be set on them, and the pure rules by which they go on. Nothing here knows tasks, time
//! that passes by itself or the load balancer: the scheduler asks, and does what the answer says.

pub mod rolling;
pub mod settings;
