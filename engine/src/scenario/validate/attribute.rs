//! Attributes of target groups and of the load balancer.

use std::collections::BTreeSet;

use super::at::At;
use super::problems::{Problems, quoted};
use crate::elb::{AttributeRefused, Incompatible, LoadBalancerAttribute, TargetGroupAttribute};
use crate::scenario::document::Attribute;

/// More than there are.
const ATTRIBUTES_MAX: usize = 32;

/// AWS's defaults and, where there is none, an example: what to write instead of a wrong value.
const USUAL: [(&str, &str); 16] = [
    ("load_balancing.algorithm.type", "round_robin"),
    ("load_balancing.algorithm.anomaly_mitigation", "off"),
    ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
    ("deregistration_delay.timeout_seconds", "300"),
    ("slow_start.duration_seconds", "0"),
    ("stickiness.enabled", "false"),
    ("stickiness.type", "lb_cookie"),
    ("stickiness.lb_cookie.duration_seconds", "86400"),
    ("stickiness.app_cookie.duration_seconds", "86400"),
    ("stickiness.app_cookie.cookie_name", "SESSION"),
    ("target_group_health.dns_failover.minimum_healthy_targets.count", "1"),
    ("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"),
    ("idle_timeout.timeout_seconds", "60"),
    ("client_keep_alive.seconds", "3600"),
];

/// What can be set by a key and a value.
pub(super) trait Parse: Sized {
    fn parse(key: &str, value: &str) -> Result<Self, AttributeRefused>;
}

impl Parse for TargetGroupAttribute {
    fn parse(key: &str, value: &str) -> Result<Self, AttributeRefused> {
        Self::parse(key, value)
    }
}

impl Parse for LoadBalancerAttribute {
    fn parse(key: &str, value: &str) -> Result<Self, AttributeRefused> {
        Self::parse(key, value)
    }
}

/// Reads a list of attributes, in which no key stands twice.
pub(super) fn attributes<T: Parse>(at: At<'_>, list: &[Attribute], problems: &mut Problems) -> Vec<T> {
    let mut keys = BTreeSet::new();
    let mut read = Vec::new();
    for (index, Attribute { key, value }) in
        problems.at_most(at, list, ATTRIBUTES_MAX, "attributes").iter().enumerate()
    {
        let at = at.element(index);
        if !keys.insert(key) {
            problems.add(at.field("Key"), quoted(key), "a key that stands once", "one of the two");
        }
        read.extend(attribute::<T>(at, key, value, problems));
    }
    read
}

/// Reads one attribute.
pub(super) fn attribute<T: Parse>(at: At<'_>, key: &str, value: &str, problems: &mut Problems) -> Option<T> {
    match T::parse(key, value) {
        Ok(attribute) => return Some(attribute),
        Err(AttributeRefused::UnknownKey { known, .. }) => problems.not_among(at.field("Key"), key, known),
        Err(AttributeRefused::BadValue { key, allowed, .. }) => {
            let usual = USUAL.iter().find(|(known, _)| *known == key).map_or("", |(_, usual)| usual);
            problems.add(at.field("Value"), quoted(value), allowed, quoted(usual));
        }
    }
    None
}

/// Attributes that AWS does not take together.
pub(super) fn incompatible(at: At<'_>, refused: Incompatible, problems: &mut Problems) {
    let allowed = format_args!("such as AWS takes together: {refused}");
    problems.add(at, "these attributes", allowed, "another value for one of the two");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_usual_value_for_every_attribute_and_it_is_allowed() {
        for (key, value) in USUAL {
            let allowed = TargetGroupAttribute::parse(key, value).is_ok()
                || LoadBalancerAttribute::parse(key, value).is_ok();
            assert!(allowed, "{key} = {value}");
        }
        let keys = TargetGroupAttribute::KEYS.iter().chain(LoadBalancerAttribute::KEYS);
        for key in keys {
            assert!(USUAL.iter().any(|(known, _)| known == key), "{key}");
        }
    }
}
