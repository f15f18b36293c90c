//! Attributes as AWS writes them, key and value (API `TargetGroupAttribute`, `LoadBalancerAttribute`): what a
//! scenario file sets and what can be changed while the world runs.

use serde::{Deserialize, Serialize};

use super::routing::{Algorithm, Combination, Forbidden, SlowStart, forbidden};
use super::settings::{
    CrossZone, HealthThresholds, LoadBalancerSettings, StickinessType, TargetGroupSettings,
};
use crate::kernel::SimDuration;

/// A target group attribute (`ModifyTargetGroupAttributes`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TargetGroupAttribute {
    /// `load_balancing.algorithm.type`.
    Algorithm(Algorithm),
    /// `load_balancing.algorithm.anomaly_mitigation`.
    AnomalyMitigation(bool),
    /// `load_balancing.cross_zone.enabled`.
    CrossZone(CrossZone),
    /// `deregistration_delay.timeout_seconds`.
    DeregistrationDelay(SimDuration),
    /// `slow_start.duration_seconds`.
    SlowStart(SlowStart),
    /// `stickiness.enabled`.
    StickinessEnabled(bool),
    /// `stickiness.type`.
    StickinessType(StickinessType),
    /// `stickiness.lb_cookie.duration_seconds`.
    LbCookieDuration(SimDuration),
    /// `stickiness.app_cookie.duration_seconds`.
    AppCookieDuration(SimDuration),
    /// `stickiness.app_cookie.cookie_name`.
    AppCookieName(String),
    /// `target_group_health.dns_failover.minimum_healthy_targets.count`.
    DnsFailoverCount(Option<u16>),
    /// `target_group_health.dns_failover.minimum_healthy_targets.percentage`.
    DnsFailoverPercentage(Option<u8>),
    /// `target_group_health.unhealthy_state_routing.minimum_healthy_targets.count`.
    UnhealthyRoutingCount(u16),
    /// `target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage`.
    UnhealthyRoutingPercentage(Option<u8>),
}

/// A load balancer attribute (`ModifyLoadBalancerAttributes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LoadBalancerAttribute {
    /// `idle_timeout.timeout_seconds`.
    IdleTimeout(SimDuration),
    /// `client_keep_alive.seconds`.
    ClientKeepAlive(SimDuration),
}

/// Why an attribute was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AttributeRefused {
    /// There is no such attribute here.
    #[error("there is no attribute \"{key}\" here; there are {}", .known.join(", "))]
    UnknownKey {
        /// The key that was given.
        key: String,
        /// The keys that exist.
        known: &'static [&'static str],
    },
    /// The value is not one that AWS allows.
    #[error("{key} is {allowed}, not \"{value}\"")]
    BadValue {
        /// The attribute.
        key: &'static str,
        /// The value that was given.
        value: String,
        /// What AWS allows.
        allowed: &'static str,
    },
}

/// Why a target group cannot have these attributes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Incompatible {
    /// Two features that AWS does not let go together.
    #[error("{0}")]
    Forbidden(Forbidden),
    /// ALB guide, "Target groups": the threshold for DNS failover is at least that for routing failover.
    #[error(
        "target_group_health.dns_failover.minimum_healthy_targets must be greater than or equal to \
         target_group_health.unhealthy_state_routing.minimum_healthy_targets"
    )]
    DnsBelowRouting,
    /// `app_cookie` has no cookie to wait for.
    #[error("stickiness.type app_cookie needs stickiness.app_cookie.cookie_name")]
    NoCookieName,
    /// API `TargetGroupAttribute`: names that the load balancer uses itself.
    #[error("stickiness.app_cookie.cookie_name must not begin with AWSALB, which is reserved")]
    ReservedCookieName,
}

const ALGORITHM: &str = "load_balancing.algorithm.type";
const MITIGATION: &str = "load_balancing.algorithm.anomaly_mitigation";
const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
const DELAY: &str = "deregistration_delay.timeout_seconds";
const SLOW_START: &str = "slow_start.duration_seconds";
const STICKY: &str = "stickiness.enabled";
const STICKY_TYPE: &str = "stickiness.type";
const LB_COOKIE: &str = "stickiness.lb_cookie.duration_seconds";
const APP_COOKIE: &str = "stickiness.app_cookie.duration_seconds";
const APP_COOKIE_NAME: &str = "stickiness.app_cookie.cookie_name";
const DNS_COUNT: &str = "target_group_health.dns_failover.minimum_healthy_targets.count";
const DNS_PERCENTAGE: &str = "target_group_health.dns_failover.minimum_healthy_targets.percentage";
const ROUTING_COUNT: &str = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
const ROUTING_PERCENTAGE: &str =
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage";
const IDLE_TIMEOUT: &str = "idle_timeout.timeout_seconds";
const CLIENT_KEEP_ALIVE: &str = "client_keep_alive.seconds";

/// Reads the value of one attribute.
struct Value<'a> {
    key: &'static str,
    text: &'a str,
}

impl Value<'_> {
    fn refused<T>(&self, allowed: &'static str) -> Result<T, AttributeRefused> {
        Err(AttributeRefused::BadValue { key: self.key, value: self.text.to_owned(), allowed })
    }

    fn whole(&self, min: u32, max: u32, allowed: &'static str) -> Result<u32, AttributeRefused> {
        match self.text.parse() {
            Ok(number) if (min..=max).contains(&number) => Ok(number),
            _ => self.refused(allowed),
        }
    }

    fn seconds(&self, min: u32, max: u32, allowed: &'static str) -> Result<SimDuration, AttributeRefused> {
        self.whole(min, max, allowed).map(|seconds| SimDuration::from_secs(u64::from(seconds)))
    }

    fn switch(&self, on: &str, off: &str, allowed: &'static str) -> Result<bool, AttributeRefused> {
        match self.text {
            text if text == on => Ok(true),
            text if text == off => Ok(false),
            _ => self.refused(allowed),
        }
    }

    fn off_or(&self, max: u32, allowed: &'static str) -> Result<Option<u16>, AttributeRefused> {
        if self.text == "off" { Ok(None) } else { self.whole(1, max, allowed).map(|n| Some(n as u16)) }
    }
}

impl TargetGroupAttribute {
    /// The keys of all target group attributes that exist here.
    pub const KEYS: &[&str] = &[
        ALGORITHM,
        MITIGATION,
        CROSS_ZONE,
        DELAY,
        SLOW_START,
        STICKY,
        STICKY_TYPE,
        LB_COOKIE,
        APP_COOKIE,
        APP_COOKIE_NAME,
        DNS_COUNT,
        DNS_PERCENTAGE,
        ROUTING_COUNT,
        ROUTING_PERCENTAGE,
    ];

    /// Reads an attribute as AWS writes it.
    ///
    /// # Errors
    /// When the key is unknown or the value out of AWS's range.
    pub fn parse(key: &str, text: &str) -> Result<Self, AttributeRefused> {
        const COOKIE: &str = "a whole number of seconds from 1 to 604800";
        const COUNT: &str = "off or a whole number from 1 to 1000";
        const PERCENTAGE: &str = "off or a whole number from 1 to 100";
        let Some(key) = Self::KEYS.iter().find(|known| **known == key) else {
            return Err(AttributeRefused::UnknownKey { key: key.to_owned(), known: Self::KEYS });
        };
        let value = Value { key, text };
        Ok(match *key {
            ALGORITHM => match text.parse() {
                Ok(algorithm) => Self::Algorithm(algorithm),
                Err(_) => value.refused("round_robin, least_outstanding_requests or weighted_random")?,
            },
            MITIGATION => Self::AnomalyMitigation(value.switch("on", "off", "on or off")?),
            CROSS_ZONE => Self::CrossZone(match text {
                "use_load_balancer_configuration" => CrossZone::UseLoadBalancerConfiguration,
                "true" => CrossZone::On,
                "false" => CrossZone::Off,
                _ => value.refused("true, false or use_load_balancer_configuration")?,
            }),
            DELAY => Self::DeregistrationDelay(value.seconds(
                0,
                3_600,
                "a whole number of seconds from 0 to 3600",
            )?),
            SLOW_START => {
                let seconds = text.parse().ok().and_then(SlowStart::seconds);
                match seconds {
                    Some(slow_start) => Self::SlowStart(slow_start),
                    None => value.refused("0 or a whole number of seconds from 30 to 900")?,
                }
            }
            STICKY => Self::StickinessEnabled(value.switch("true", "false", "true or false")?),
            STICKY_TYPE => Self::StickinessType(match text {
                "lb_cookie" => StickinessType::LbCookie,
                "app_cookie" => StickinessType::AppCookie,
                _ => value.refused("lb_cookie or app_cookie")?,
            }),
            LB_COOKIE => Self::LbCookieDuration(value.seconds(1, 604_800, COOKIE)?),
            APP_COOKIE => Self::AppCookieDuration(value.seconds(1, 604_800, COOKIE)?),
            APP_COOKIE_NAME => Self::AppCookieName(text.to_owned()),
            DNS_COUNT => Self::DnsFailoverCount(value.off_or(1_000, COUNT)?),
            DNS_PERCENTAGE => Self::DnsFailoverPercentage(value.off_or(100, PERCENTAGE)?.map(|n| n as u8)),
            ROUTING_COUNT => {
                Self::UnhealthyRoutingCount(value.whole(1, 1_000, "a whole number from 1 to 1000")? as u16)
            }
            _ => Self::UnhealthyRoutingPercentage(value.off_or(100, PERCENTAGE)?.map(|n| n as u8)),
        })
    }

    /// AWS's key.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Algorithm(_) => ALGORITHM,
            Self::AnomalyMitigation(_) => MITIGATION,
            Self::CrossZone(_) => CROSS_ZONE,
            Self::DeregistrationDelay(_) => DELAY,
            Self::SlowStart(_) => SLOW_START,
            Self::StickinessEnabled(_) => STICKY,
            Self::StickinessType(_) => STICKY_TYPE,
            Self::LbCookieDuration(_) => LB_COOKIE,
            Self::AppCookieDuration(_) => APP_COOKIE,
            Self::AppCookieName(_) => APP_COOKIE_NAME,
            Self::DnsFailoverCount(_) => DNS_COUNT,
            Self::DnsFailoverPercentage(_) => DNS_PERCENTAGE,
            Self::UnhealthyRoutingCount(_) => ROUTING_COUNT,
            Self::UnhealthyRoutingPercentage(_) => ROUTING_PERCENTAGE,
        }
    }

    /// The value, as AWS writes it.
    pub fn value(&self) -> String {
        let or_off =
            |number: Option<u16>| number.map_or_else(|| "off".to_owned(), |number| number.to_string());
        match self {
            Self::Algorithm(algorithm) => algorithm.as_str().to_owned(),
            Self::AnomalyMitigation(on) => if *on { "on" } else { "off" }.to_owned(),
            Self::CrossZone(cross_zone) => cross_zone.as_str().to_owned(),
            Self::StickinessEnabled(on) => on.to_string(),
            Self::StickinessType(kind) => kind.as_str().to_owned(),
            Self::SlowStart(slow_start) => whole_seconds(slow_start.duration()),
            Self::DeregistrationDelay(length)
            | Self::LbCookieDuration(length)
            | Self::AppCookieDuration(length) => whole_seconds(*length),
            Self::AppCookieName(name) => name.clone(),
            Self::DnsFailoverCount(count) => or_off(*count),
            Self::UnhealthyRoutingCount(count) => count.to_string(),
            Self::DnsFailoverPercentage(percent) | Self::UnhealthyRoutingPercentage(percent) => {
                or_off(percent.map(u16::from))
            }
        }
    }
}

fn whole_seconds(length: SimDuration) -> String {
    (length.as_micros() / 1_000_000).to_string()
}

impl TargetGroupSettings {
    /// Sets one attribute.
    pub fn set(&mut self, attribute: &TargetGroupAttribute) {
        let HealthThresholds { count: dns_count, percentage: dns_percentage } = &mut self.dns_failover;
        let routing = &mut self.unhealthy_state_routing;
        match attribute {
            TargetGroupAttribute::Algorithm(algorithm) => self.algorithm = *algorithm,
            TargetGroupAttribute::AnomalyMitigation(on) => self.anomaly_mitigation = *on,
            TargetGroupAttribute::CrossZone(cross_zone) => self.cross_zone = *cross_zone,
            TargetGroupAttribute::DeregistrationDelay(delay) => self.deregistration_delay = *delay,
            TargetGroupAttribute::SlowStart(slow_start) => self.slow_start = *slow_start,
            TargetGroupAttribute::StickinessEnabled(on) => self.stickiness.enabled = *on,
            TargetGroupAttribute::StickinessType(kind) => self.stickiness.kind = *kind,
            TargetGroupAttribute::LbCookieDuration(length) => self.stickiness.lb_cookie_duration = *length,
            TargetGroupAttribute::AppCookieDuration(length) => self.stickiness.app_cookie_duration = *length,
            TargetGroupAttribute::AppCookieName(name) => self.stickiness.app_cookie_name.clone_from(name),
            TargetGroupAttribute::DnsFailoverCount(count) => *dns_count = *count,
            TargetGroupAttribute::DnsFailoverPercentage(percent) => *dns_percentage = *percent,
            TargetGroupAttribute::UnhealthyRoutingCount(count) => routing.count = Some(*count),
            TargetGroupAttribute::UnhealthyRoutingPercentage(percent) => routing.percentage = *percent,
        }
    }

    /// Whether AWS takes these attributes together.
    ///
    /// # Errors
    /// The first combination that it refuses.
    pub fn check(&self) -> Result<(), Incompatible> {
        let sticky = &self.stickiness;
        let asked = Combination {
            algorithm: self.algorithm,
            slow_start: self.slow_start.is_on(),
            stickiness: sticky.enabled,
            cross_zone: self.cross_zone.is_on(),
            anomaly_mitigation: self.anomaly_mitigation,
        };
        if let Some(forbidden) = forbidden(asked) {
            return Err(Incompatible::Forbidden(forbidden));
        }
        let (dns, routing) = (self.dns_failover, self.unhealthy_state_routing);
        let below = |dns: Option<u16>, routing: Option<u16>| matches!((dns, routing), (Some(dns), Some(routing)) if dns < routing);
        if below(dns.count, routing.count)
            || below(dns.percentage.map(u16::from), routing.percentage.map(u16::from))
        {
            return Err(Incompatible::DnsBelowRouting);
        }
        if sticky.app_cookie_name.to_ascii_uppercase().starts_with("AWSALB") {
            return Err(Incompatible::ReservedCookieName);
        }
        if sticky.enabled && sticky.kind == StickinessType::AppCookie && sticky.app_cookie_name.is_empty() {
            return Err(Incompatible::NoCookieName);
        }
        Ok(())
    }
}

impl LoadBalancerAttribute {
    /// The keys of all load balancer attributes that exist here.
    pub const KEYS: &[&str] = &[IDLE_TIMEOUT, CLIENT_KEEP_ALIVE];

    /// Reads an attribute as AWS writes it.
    ///
    /// # Errors
    /// When the key is unknown or the value out of AWS's range.
    pub fn parse(key: &str, text: &str) -> Result<Self, AttributeRefused> {
        match key {
            IDLE_TIMEOUT => {
                let value = Value { key: IDLE_TIMEOUT, text };
                value.seconds(1, 4_000, "a whole number of seconds from 1 to 4000").map(Self::IdleTimeout)
            }
            CLIENT_KEEP_ALIVE => {
                let value = Value { key: CLIENT_KEEP_ALIVE, text };
                let allowed = "a whole number of seconds from 60 to 604800";
                value.seconds(60, 604_800, allowed).map(Self::ClientKeepAlive)
            }
            _ => Err(AttributeRefused::UnknownKey { key: key.to_owned(), known: Self::KEYS }),
        }
    }

    /// AWS's key.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::IdleTimeout(_) => IDLE_TIMEOUT,
            Self::ClientKeepAlive(_) => CLIENT_KEEP_ALIVE,
        }
    }

    /// The value, as AWS writes it.
    pub fn value(&self) -> String {
        match self {
            Self::IdleTimeout(length) | Self::ClientKeepAlive(length) => whole_seconds(*length),
        }
    }
}

impl LoadBalancerSettings {
    /// Sets one attribute.
    pub fn set(&mut self, attribute: &LoadBalancerAttribute) {
        match attribute {
            LoadBalancerAttribute::IdleTimeout(length) => self.idle_timeout = *length,
            LoadBalancerAttribute::ClientKeepAlive(length) => self.client_keep_alive = *length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API `TargetGroupAttribute`, `LoadBalancerAttribute`: keys and ranges.
    #[test]
    fn an_attribute_reads_back_as_it_is_written_and_ranges_are_awss() {
        for (key, allowed, refused) in [
            (
                ALGORITHM,
                &["round_robin", "least_outstanding_requests", "weighted_random"][..],
                &["random"][..],
            ),
            (MITIGATION, &["on", "off"], &["true", "1"]),
            (CROSS_ZONE, &["true", "false", "use_load_balancer_configuration"], &["on"]),
            (DELAY, &["0", "3600"], &["3601", "-1", "1.5"]),
            (SLOW_START, &["0", "30", "900"], &["29", "901"]),
            (STICKY, &["true", "false"], &["on"]),
            (STICKY_TYPE, &["lb_cookie", "app_cookie"], &["source_ip"]),
            (LB_COOKIE, &["1", "604800"], &["0", "604801"]),
            (APP_COOKIE, &["1", "604800"], &["0", "604801"]),
            (APP_COOKIE_NAME, &["SESSION"], &[]),
            (DNS_COUNT, &["off", "1", "1000"], &["0", "none"]),
            (DNS_PERCENTAGE, &["off", "1", "100"], &["0", "101"]),
            (ROUTING_COUNT, &["1", "1000"], &["off", "0"]),
            (ROUTING_PERCENTAGE, &["off", "1", "100"], &["0", "101"]),
        ] {
            for value in allowed {
                let attribute = TargetGroupAttribute::parse(key, value).expect(value);
                assert_eq!((attribute.key(), attribute.value().as_str()), (key, *value));
            }
            for value in refused {
                let error = TargetGroupAttribute::parse(key, value).expect_err(value).to_string();
                assert!(error.contains(key) && error.contains(value), "{error}");
            }
        }
        for (key, allowed, refused) in [
            (IDLE_TIMEOUT, ["1", "4000"], ["0", "4001"]),
            (CLIENT_KEEP_ALIVE, ["60", "604800"], ["59", "604801"]),
        ] {
            for value in allowed {
                let attribute = LoadBalancerAttribute::parse(key, value).expect(value);
                assert_eq!((attribute.key(), attribute.value().as_str()), (key, value));
            }
            for value in refused {
                assert!(LoadBalancerAttribute::parse(key, value).is_err(), "{key} {value}");
            }
        }
        assert!(TargetGroupAttribute::parse("proxy_protocol_v2.enabled", "true").is_err());
    }

    fn with(attributes: &[(&str, &str)]) -> Result<(), Incompatible> {
        let mut settings = TargetGroupSettings::new("web", 80);
        for (key, value) in attributes {
            settings.set(&TargetGroupAttribute::parse(key, value).expect(value));
        }
        settings.check()
    }

    /// ALB guide, "Edit target group attributes" and "Target groups".
    #[test]
    fn combinations_that_aws_forbids_are_refused() {
        for attributes in [
            &[(SLOW_START, "30"), (ALGORITHM, "least_outstanding_requests")][..],
            &[(SLOW_START, "30"), (ALGORITHM, "weighted_random")],
            &[(STICKY, "true"), (ALGORITHM, "weighted_random")],
            &[(STICKY, "true"), (CROSS_ZONE, "false")],
            &[(MITIGATION, "on")],
            &[(ROUTING_COUNT, "2")],
            &[(STICKY, "true"), (STICKY_TYPE, "app_cookie")],
            &[(STICKY, "true"), (STICKY_TYPE, "app_cookie"), (APP_COOKIE_NAME, "AWSALBTG")],
        ] {
            assert!(with(attributes).is_err(), "{attributes:?}");
        }
        for attributes in [
            &[(SLOW_START, "30")][..],
            &[(STICKY, "true"), (ALGORITHM, "least_outstanding_requests")],
            &[(MITIGATION, "on"), (ALGORITHM, "weighted_random")],
            &[(ROUTING_COUNT, "2"), (DNS_COUNT, "2")],
            &[(ROUTING_COUNT, "2"), (DNS_COUNT, "off")],
            &[(STICKY, "true"), (STICKY_TYPE, "app_cookie"), (APP_COOKIE_NAME, "SESSION")],
        ] {
            assert_eq!(with(attributes), Ok(()), "{attributes:?}");
        }
    }
}
