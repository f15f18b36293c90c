//! What can be set on a load balancer, its listener and its target group: AWS's names, defaults and ranges.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use crate::elb::routing::Algorithm;
use crate::kernel::SimDuration;

/// Where the nodes of a load balancer can be reached from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scheme {
    /// Nodes have public addresses.
    InternetFacing,
}

impl Scheme {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InternetFacing => "internet-facing",
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
    /// long is answered 504.
    pub idle_timeout: SimDuration,
}

impl LoadBalancerSettings {
    /// The default of `idle_timeout.timeout_seconds`.
    pub const IDLE_TIMEOUT: SimDuration = SimDuration::from_secs(60);
    /// The time in which a connection to a target must be established; it cannot be set.
    pub const CONNECT_TIMEOUT: SimDuration = SimDuration::from_secs(10);
}

/// A listener of the load balancer. Its default action forwards to the target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerSettings {
    /// The port: 1 to 65535.
    pub port: u16,
}

/// A target group of type `ip`, protocol HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroupSettings {
    /// Its name.
    pub name: String,
    /// The port on which targets receive traffic unless they are registered with another.
    pub port: u16,
    /// The health check.
    pub health_check: HealthCheckSettings,
    /// `load_balancing.algorithm.type`.
    pub algorithm: Algorithm,
    /// `deregistration_delay.timeout_seconds`: 0 to 3600 s, default 300 s.
    pub deregistration_delay: SimDuration,
}

impl TargetGroupSettings {
    /// The default of `deregistration_delay.timeout_seconds`.
    pub const DEREGISTRATION_DELAY: SimDuration = SimDuration::from_secs(300);
}

/// How a load balancer checks its targets. The defaults are those of an ALB with `ip` targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheckSettings {
    /// `HealthCheckPath`, default `/`.
    pub path: String,
    /// `HealthCheckIntervalSeconds`: 5 to 300 s, default 30 s.
    pub interval: SimDuration,
    /// `HealthCheckTimeoutSeconds`: 2 to 120 s, default 5 s.
    pub timeout: SimDuration,
    /// `HealthyThresholdCount`: 2 to 10, default 5. Counts for the way back from unhealthy only.
    pub healthy_threshold: u8,
    /// `UnhealthyThresholdCount`: 2 to 10, default 2.
    pub unhealthy_threshold: u8,
    /// Which statuses pass.
    pub matcher: Matcher,
}

impl Default for HealthCheckSettings {
    fn default() -> Self {
        Self {
            path: "/".to_owned(),
            interval: SimDuration::from_secs(30),
            timeout: SimDuration::from_secs(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: Matcher::default(),
        }
    }
}

/// The statuses with which a health check passes: single ones and ranges, `200,202` or `200-299`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matcher {
    ranges: Vec<(u16, u16)>,
}

/// Why a text is not a matcher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("statuses from 200 to 499, as a list or ranges, such as \"200\", \"200,202\" or \"200-299\"")]
pub struct NotAMatcher;

impl Default for Matcher {
    fn default() -> Self {
        Self { ranges: vec![(200, 200)] }
    }
}

impl Matcher {
    /// Whether a check that was answered with this status passes.
    pub fn accepts(&self, status: u16) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&status))
    }
}

impl FromStr for Matcher {
    type Err = NotAMatcher;

    fn from_str(text: &str) -> Result<Self, NotAMatcher> {
        let code = |text: &str| match text.trim().parse() {
            Ok(code @ 200..=499) => Ok(code),
            _ => Err(NotAMatcher),
        };
        let range = |part: &str| match part.split_once('-') {
            Some((first, last)) => Ok((code(first)?, code(last)?)),
            None => code(part).map(|code| (code, code)),
        };
        let ranges = text.split(',').map(range).collect::<Result<Vec<_>, _>>()?;
        if ranges.iter().any(|(first, last)| first > last) {
            return Err(NotAMatcher);
        }
        Ok(Self { ranges })
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.ranges.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

/// A target group attribute that can be changed while the world runs (`ModifyTargetGroupAttributes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TargetGroupAttribute {
    /// `load_balancing.algorithm.type`.
    Algorithm(Algorithm),
    /// `deregistration_delay.timeout_seconds`.
    DeregistrationDelay(SimDuration),
}

/// Why a target group attribute was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeRefused {
    /// There is no such attribute here.
    #[error("there is no target group attribute \"{key}\"; there are {known}")]
    UnknownKey {
        /// The key that was given.
        key: String,
        /// The keys that exist.
        known: &'static str,
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

impl TargetGroupAttribute {
    const ALGORITHM: &'static str = "load_balancing.algorithm.type";
    const DELAY: &'static str = "deregistration_delay.timeout_seconds";
    const KNOWN: &'static str = "load_balancing.algorithm.type and deregistration_delay.timeout_seconds";

    /// Reads an attribute as AWS writes it.
    ///
    /// # Errors
    /// When the key is unknown or the value out of AWS's range.
    pub fn parse(key: &str, value: &str) -> Result<Self, AttributeRefused> {
        match key {
            Self::ALGORITHM => value.parse().map(Self::Algorithm).map_err(|_| AttributeRefused::BadValue {
                key: Self::ALGORITHM,
                value: value.to_owned(),
                allowed: "round_robin or least_outstanding_requests",
            }),
            Self::DELAY => match value.parse() {
                Ok(seconds @ 0..=3_600) => Ok(Self::DeregistrationDelay(SimDuration::from_secs(seconds))),
                _ => Err(AttributeRefused::BadValue {
                    key: Self::DELAY,
                    value: value.to_owned(),
                    allowed: "a whole number of seconds from 0 to 3600",
                }),
            },
            _ => Err(AttributeRefused::UnknownKey { key: key.to_owned(), known: Self::KNOWN }),
        }
    }

    /// AWS's key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Algorithm(_) => Self::ALGORITHM,
            Self::DeregistrationDelay(_) => Self::DELAY,
        }
    }

    /// The value, as AWS writes it.
    pub fn value(self) -> String {
        match self {
            Self::Algorithm(algorithm) => algorithm.as_str().to_owned(),
            Self::DeregistrationDelay(delay) => (delay.as_micros() / 1_000_000).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_takes_lists_and_ranges_of_200_to_499() {
        let matcher: Matcher = "200,210-212".parse().expect("valid");
        let accepted: Vec<u16> = (100..600).filter(|status| matcher.accepts(*status)).collect();
        assert_eq!(accepted, [200, 210, 211, 212]);
        assert_eq!(matcher.to_string(), "200,210-212");
        for text in ["", "199", "500", "200-", "300-200", "ok", "200;201"] {
            assert_eq!(text.parse::<Matcher>(), Err(NotAMatcher), "{text}");
        }
    }

    #[test]
    fn an_attribute_reads_back_as_it_is_written_and_ranges_are_awss() {
        for (key, value) in [
            ("load_balancing.algorithm.type", "round_robin"),
            ("load_balancing.algorithm.type", "least_outstanding_requests"),
            ("deregistration_delay.timeout_seconds", "0"),
            ("deregistration_delay.timeout_seconds", "3600"),
        ] {
            let attribute = TargetGroupAttribute::parse(key, value).expect("valid");
            assert_eq!((attribute.key(), attribute.value().as_str()), (key, value));
        }
        assert!(TargetGroupAttribute::parse("deregistration_delay.timeout_seconds", "3601").is_err());
        assert!(TargetGroupAttribute::parse("load_balancing.algorithm.type", "random").is_err());
        assert!(TargetGroupAttribute::parse("stickiness.enabled", "true").is_err());
    }
}
