//! What AWS allows: checks for whoever reads a listener's settings. A node trusts the settings it has.

mod condition;
mod listener;

pub use condition::ConditionRefused;
pub use listener::{ListenerRefused, RuleRefused, check_listeners};
