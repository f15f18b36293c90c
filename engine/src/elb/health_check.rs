//! What can be set on a health check: AWS's names, defaults and ranges (API `CreateTargetGroup`).

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use crate::kernel::SimDuration;

/// `HealthCheckPort`: where targets are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HealthCheckPort {
    /// `traffic-port`, AWS's default: the port on which the target receives traffic.
    #[default]
    TrafficPort,
    /// A port of its own: 1 to 65535.
    Port(u16),
}

impl HealthCheckPort {
    /// The port to check on a target that receives traffic on `traffic_port`.
    pub const fn of(self, traffic_port: u16) -> u16 {
        match self {
            Self::TrafficPort => traffic_port,
            Self::Port(port) => port,
        }
    }
}

impl fmt::Display for HealthCheckPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrafficPort => f.write_str("traffic-port"),
            Self::Port(port) => write!(f, "{port}"),
        }
    }
}

/// Why a text is not a health check port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("traffic-port or a port from 1 to 65535")]
pub struct NotAHealthCheckPort;

impl FromStr for HealthCheckPort {
    type Err = NotAHealthCheckPort;

    fn from_str(text: &str) -> Result<Self, NotAHealthCheckPort> {
        match (text, text.parse()) {
            ("traffic-port", _) => Ok(Self::TrafficPort),
            (_, Ok(port @ 1..)) => Ok(Self::Port(port)),
            _ => Err(NotAHealthCheckPort),
        }
    }
}

/// How a load balancer checks its targets. The defaults are those of an ALB with `ip` targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheckSettings {
    /// `HealthCheckPath`, default `/`.
    pub path: String,
    /// `HealthCheckPort`, default `traffic-port`.
    pub port: HealthCheckPort,
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
            port: HealthCheckPort::TrafficPort,
            interval: SimDuration::from_secs(30),
            timeout: SimDuration::from_secs(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: Matcher::default(),
        }
    }
}

/// The statuses with which a health check passes: single ones and ranges, `200,202` or `200-299`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// A setting of a health check that can be changed while the world runs (`ModifyTargetGroup`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HealthCheckChange {
    /// `HealthCheckPath`.
    Path(String),
    /// `HealthCheckPort`.
    Port(HealthCheckPort),
    /// `HealthCheckIntervalSeconds`.
    IntervalSeconds(u32),
    /// `HealthCheckTimeoutSeconds`.
    TimeoutSeconds(u32),
    /// `HealthyThresholdCount`.
    HealthyThreshold(u32),
    /// `UnhealthyThresholdCount`.
    UnhealthyThreshold(u32),
    /// `Matcher.HttpCode`.
    Matcher(Matcher),
}

/// Why a health check cannot be set so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum HealthCheckRefused {
    /// The path is not one.
    #[error("HealthCheckPath is a path of 1 to 1024 characters that begins with /")]
    Path,
    /// The interval is out of AWS's range.
    #[error("HealthCheckIntervalSeconds goes from 5 to 300, not {0}")]
    Interval(u32),
    /// The timeout is out of AWS's range.
    #[error("HealthCheckTimeoutSeconds goes from 2 to 120, not {0}")]
    Timeout(u32),
    /// A threshold is out of AWS's range.
    #[error("HealthyThresholdCount and UnhealthyThresholdCount go from 2 to 10, not {0}")]
    Threshold(u32),
    /// The timeout is not shorter than the interval: our rule, see [`crate::choices`].
    #[error("HealthCheckTimeoutSeconds must be less than HealthCheckIntervalSeconds")]
    TimeoutNotShorter,
}

impl HealthCheckSettings {
    /// Changes one setting.
    ///
    /// # Errors
    /// When AWS would refuse the value; nothing is changed then.
    pub fn change(&mut self, change: &HealthCheckChange) -> Result<(), HealthCheckRefused> {
        let threshold = |count: u32| match u8::try_from(count) {
            Ok(small @ 2..=10) => Ok(small),
            _ => Err(HealthCheckRefused::Threshold(count)),
        };
        let mut changed = self.clone();
        match change {
            HealthCheckChange::Path(path) => {
                if !path.starts_with('/') || path.len() > Self::PATH_LENGTH_MAX {
                    return Err(HealthCheckRefused::Path);
                }
                changed.path.clone_from(path);
            }
            HealthCheckChange::Port(port) => changed.port = *port,
            HealthCheckChange::IntervalSeconds(seconds @ 5..=300) => {
                changed.interval = SimDuration::from_secs(u64::from(*seconds));
            }
            HealthCheckChange::IntervalSeconds(seconds) => {
                return Err(HealthCheckRefused::Interval(*seconds));
            }
            HealthCheckChange::TimeoutSeconds(seconds @ 2..=120) => {
                changed.timeout = SimDuration::from_secs(u64::from(*seconds));
            }
            HealthCheckChange::TimeoutSeconds(seconds) => return Err(HealthCheckRefused::Timeout(*seconds)),
            HealthCheckChange::HealthyThreshold(count) => changed.healthy_threshold = threshold(*count)?,
            HealthCheckChange::UnhealthyThreshold(count) => changed.unhealthy_threshold = threshold(*count)?,
            HealthCheckChange::Matcher(matcher) => changed.matcher = matcher.clone(),
        }
        if changed.timeout >= changed.interval {
            return Err(HealthCheckRefused::TimeoutNotShorter);
        }
        *self = changed;
        Ok(())
    }

    /// The longest `HealthCheckPath`, in characters.
    pub const PATH_LENGTH_MAX: usize = 1_024;
}

impl fmt::Display for HealthCheckChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "HealthCheckPath {path}"),
            Self::Port(port) => write!(f, "HealthCheckPort {port}"),
            Self::IntervalSeconds(seconds) => write!(f, "HealthCheckIntervalSeconds {seconds}"),
            Self::TimeoutSeconds(seconds) => write!(f, "HealthCheckTimeoutSeconds {seconds}"),
            Self::HealthyThreshold(count) => write!(f, "HealthyThresholdCount {count}"),
            Self::UnhealthyThreshold(count) => write!(f, "UnhealthyThresholdCount {count}"),
            Self::Matcher(matcher) => write!(f, "Matcher {matcher}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API `Matcher`: 200 to 499 for an Application Load Balancer, as a list or ranges.
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

    /// API `CreateTargetGroup` and ALB guide, "Health checks".
    #[test]
    fn the_defaults_are_those_of_an_alb_with_ip_targets() {
        let HealthCheckSettings {
            path,
            port,
            interval,
            timeout,
            healthy_threshold,
            unhealthy_threshold,
            matcher,
        } = HealthCheckSettings::default();
        assert_eq!((path.as_str(), port), ("/", HealthCheckPort::TrafficPort));
        assert_eq!((interval, timeout), (SimDuration::from_secs(30), SimDuration::from_secs(5)));
        assert_eq!((healthy_threshold, unhealthy_threshold), (5, 2));
        assert_eq!(matcher.to_string(), "200");
    }

    /// API `CreateTargetGroup`: interval 5 to 300 s, timeout 2 to 120 s, thresholds 2 to 10.
    #[test]
    fn ranges_are_awss() {
        use HealthCheckChange::*;
        let slow =
            HealthCheckSettings { interval: SimDuration::from_secs(300), ..HealthCheckSettings::default() };
        for (low, high, below, above) in [
            (TimeoutSeconds(2), TimeoutSeconds(120), TimeoutSeconds(1), TimeoutSeconds(121)),
            (HealthyThreshold(2), HealthyThreshold(10), HealthyThreshold(1), HealthyThreshold(11)),
            (UnhealthyThreshold(2), UnhealthyThreshold(10), UnhealthyThreshold(1), UnhealthyThreshold(11)),
            (IntervalSeconds(6), IntervalSeconds(300), IntervalSeconds(4), IntervalSeconds(301)),
        ] {
            for allowed in [low, high] {
                assert_eq!(slow.clone().change(&allowed), Ok(()), "{allowed}");
            }
            for refused in [below, above] {
                let mut settings = slow.clone();
                assert!(settings.change(&refused).is_err(), "{refused}");
                assert_eq!(settings, slow, "a refused change changes nothing");
            }
        }
        assert_eq!("traffic-port".parse(), Ok(HealthCheckPort::TrafficPort));
        assert_eq!("8081".parse(), Ok(HealthCheckPort::Port(8_081)));
        for nonsense in ["0", "65536", "http", ""] {
            assert_eq!(nonsense.parse::<HealthCheckPort>(), Err(NotAHealthCheckPort));
        }
    }
}
