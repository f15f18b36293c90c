//! What can be set on a load balancer and its target groups: AWS's names, defaults and ranges.

use serde::{Deserialize, Serialize};

use super::health_check::HealthCheckSettings;
use super::listener::ProtocolVersion;
use super::routing::{Algorithm, SlowStart};
use crate::kernel::SimDuration;
use crate::vpc::SecurityGroupId;

/// Where the nodes of a load balancer can be reached from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scheme {
    /// Nodes have public addresses. AWS's default.
    #[default]
    InternetFacing,
    /// Nodes have private addresses only.
    Internal,
}

impl Scheme {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InternetFacing => "internet-facing",
            Self::Internal => "internal",
        }
    }
}

/// An Application Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancerSettings {
    /// Its name.
    pub name: String,
    /// Its scheme.
    pub scheme: Scheme,
    /// The enabled Availability Zones, at least two.
    pub zones: Vec<String>,
    /// `idle_timeout.timeout_seconds`: 1 to 4000 s, default 60 s. A request whose target sends nothing for so
    /// long is answered 504; a connection on which nothing is sent for so long is closed.
    pub idle_timeout: SimDuration,
    /// `client_keep_alive.seconds`: 60 to 604800 s, default 3600 s. A client's connection that is older serves
    /// one more request and is closed then.
    pub client_keep_alive: SimDuration,
    /// Its security groups. Without any, everything is let through.
    pub security_groups: Vec<SecurityGroupId>,
}

impl LoadBalancerSettings {
    /// The default of `idle_timeout.timeout_seconds`.
    pub const IDLE_TIMEOUT: SimDuration = SimDuration::from_secs(60);
    /// The default of `client_keep_alive.seconds`.
    pub const CLIENT_KEEP_ALIVE: SimDuration = SimDuration::from_secs(3_600);
    /// The time in which a connection to a target must be established; it cannot be set.
    pub const CONNECT_TIMEOUT: SimDuration = SimDuration::from_secs(10);
}

/// `load_balancing.cross_zone.enabled`: whether a node sends requests to targets in other zones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CrossZone {
    /// `use_load_balancer_configuration`, AWS's default. For an ALB this is always on.
    #[default]
    UseLoadBalancerConfiguration,
    /// `true`.
    On,
    /// `false`: a node knows only the targets of its own zone.
    Off,
}

impl CrossZone {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UseLoadBalancerConfiguration => "use_load_balancer_configuration",
            Self::On => "true",
            Self::Off => "false",
        }
    }

    /// Whether nodes send requests to all zones.
    pub const fn is_on(self) -> bool {
        !matches!(self, Self::Off)
    }
}

/// How few healthy targets are too few. With both set, a breach of either counts (ALB guide, "Target groups").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HealthThresholds {
    /// The least count of healthy targets; nothing for `off`.
    pub count: Option<u16>,
    /// The least share of registered targets, in percent; nothing for `off`.
    pub percentage: Option<u8>,
}

impl HealthThresholds {
    /// AWS's default: one healthy target, no percentage.
    pub const DEFAULT: Self = Self { count: Some(1), percentage: None };

    /// Whether so many healthy targets of so many registered ones are enough.
    pub fn are_met(self, healthy: usize, registered: usize) -> bool {
        self.count.is_none_or(|count| healthy >= usize::from(count))
            && self.percentage.is_none_or(|percent| healthy * 100 >= registered * usize::from(percent))
    }
}

/// `stickiness.type`: which cookie makes a client stick to its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StickinessType {
    /// `lb_cookie`: the load balancer's own, `AWSALB`.
    #[default]
    LbCookie,
    /// `app_cookie`: begins when the target sets its cookie; the load balancer then adds `AWSALBAPP`.
    AppCookie,
}

impl StickinessType {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LbCookie => "lb_cookie",
            Self::AppCookie => "app_cookie",
        }
    }
}

/// Stickiness of clients to targets (API `TargetGroupAttribute`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stickiness {
    /// `stickiness.enabled`, default false.
    pub enabled: bool,
    /// `stickiness.type`.
    pub kind: StickinessType,
    /// `stickiness.lb_cookie.duration_seconds`: 1 to 604800 s, default 86400 s.
    pub lb_cookie_duration: SimDuration,
    /// `stickiness.app_cookie.duration_seconds`: 1 to 604800 s, default 86400 s.
    pub app_cookie_duration: SimDuration,
    /// `stickiness.app_cookie.cookie_name`.
    pub app_cookie_name: String,
}

impl Default for Stickiness {
    fn default() -> Self {
        let day = SimDuration::from_secs(86_400);
        Self {
            enabled: false,
            kind: StickinessType::LbCookie,
            lb_cookie_duration: day,
            app_cookie_duration: day,
            app_cookie_name: String::new(),
        }
    }
}

impl Stickiness {
    /// How long a cookie counts. It is renewed with every request.
    pub const fn duration(&self) -> SimDuration {
        match self.kind {
            StickinessType::LbCookie => self.lb_cookie_duration,
            StickinessType::AppCookie => self.app_cookie_duration,
        }
    }
}

/// A target group of type `ip`, protocol HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroupSettings {
    /// Its name.
    pub name: String,
    /// The port on which targets receive traffic unless they are registered with another.
    pub port: u16,
    /// `ProtocolVersion`, default `HTTP1`.
    pub protocol_version: ProtocolVersion,
    /// The health check.
    pub health_check: HealthCheckSettings,
    /// `load_balancing.algorithm.type`.
    pub algorithm: Algorithm,
    /// `load_balancing.algorithm.anomaly_mitigation`, default `off`.
    pub anomaly_mitigation: bool,
    /// `deregistration_delay.timeout_seconds`: 0 to 3600 s, default 300 s.
    pub deregistration_delay: SimDuration,
    /// `slow_start.duration_seconds`: 30 to 900 s, or 0, the default, for none.
    pub slow_start: SlowStart,
    /// `stickiness.*`.
    pub stickiness: Stickiness,
    /// `load_balancing.cross_zone.enabled`.
    pub cross_zone: CrossZone,
    /// `target_group_health.dns_failover.minimum_healthy_targets.*`: below it, a zone leaves DNS.
    pub dns_failover: HealthThresholds,
    /// `target_group_health.unhealthy_state_routing.minimum_healthy_targets.*`: below it, a node sends requests
    /// to all its targets.
    pub unhealthy_state_routing: HealthThresholds,
}

impl TargetGroupSettings {
    /// The default of `deregistration_delay.timeout_seconds`.
    pub const DEREGISTRATION_DELAY: SimDuration = SimDuration::from_secs(300);

    /// A target group with AWS's defaults.
    pub fn new(name: &str, port: u16) -> Self {
        Self {
            name: name.to_owned(),
            port,
            protocol_version: ProtocolVersion::Http1,
            health_check: HealthCheckSettings::default(),
            algorithm: Algorithm::RoundRobin,
            anomaly_mitigation: false,
            deregistration_delay: Self::DEREGISTRATION_DELAY,
            slow_start: SlowStart::OFF,
            stickiness: Stickiness::default(),
            cross_zone: CrossZone::default(),
            dns_failover: HealthThresholds::DEFAULT,
            unhealthy_state_routing: HealthThresholds::DEFAULT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ALB guide, "Target groups": with both a count and a percentage, either breach triggers.
    #[test]
    fn thresholds_are_met_when_neither_is_breached() {
        let both = HealthThresholds { count: Some(2), percentage: Some(50) };
        assert!(both.are_met(2, 4));
        assert!(!both.are_met(1, 2), "the count is breached");
        assert!(!both.are_met(2, 5), "the percentage is breached");
        let off = HealthThresholds { count: None, percentage: None };
        assert!(off.are_met(0, 5));
    }

    /// API `TargetGroupAttribute`: the defaults.
    #[test]
    fn the_defaults_are_awss() {
        let group = TargetGroupSettings::new("web", 80);
        assert_eq!(group.deregistration_delay, SimDuration::from_secs(300));
        assert_eq!(group.slow_start, SlowStart::OFF);
        assert!(group.cross_zone.is_on() && !group.stickiness.enabled && !group.anomaly_mitigation);
        assert_eq!(group.dns_failover, HealthThresholds { count: Some(1), percentage: None });
        assert_eq!(group.unhealthy_state_routing, group.dns_failover);
        assert_eq!(group.stickiness.duration(), SimDuration::from_secs(86_400));
    }
}
