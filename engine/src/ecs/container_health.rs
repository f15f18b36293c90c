//! The health check of a container, the health status that comes of it, and when the scheduler takes a task for
//! healthy (API `HealthCheck`, `DeploymentConfiguration`).

use serde::{Deserialize, Serialize};

use crate::kernel::{SimDuration, SimTime};

/// Without a load balancer and a health check, a task counts as healthy so long after it is RUNNING.
pub const HEALTHY_AFTER: SimDuration = SimDuration::from_secs(40);

/// `healthCheck` of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerHealthCheck {
    /// `interval`: 5 to 300 s, default 30 s.
    pub interval: SimDuration,
    /// `timeout`: 2 to 60 s, default 5 s. A check without a result by then has failed.
    pub timeout: SimDuration,
    /// `retries`: 1 to 10, default 3. So many failures in a row make the container unhealthy.
    pub retries: u32,
    /// `startPeriod`: 0 to 300 s, default 0. Failures do not count in it unless a check has passed before.
    pub start_period: SimDuration,
}

impl Default for ContainerHealthCheck {
    fn default() -> Self {
        Self {
            interval: SimDuration::from_secs(30),
            timeout: SimDuration::from_secs(5),
            retries: 3,
            start_period: SimDuration::ZERO,
        }
    }
}

/// Why a container's health check was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerHealthCheckRefused {
    /// A time is out of its range.
    #[error("{field} is {least} to {most} seconds, not {value}")]
    Seconds {
        /// Which.
        field: &'static str,
        /// The least that is allowed, in seconds.
        least: u64,
        /// The most that is allowed, in seconds.
        most: u64,
        /// What was given.
        value: SimDuration,
    },
    /// `retries` is out of its range.
    #[error("retries is 1 to 10, not {retries}")]
    Retries {
        /// What was given.
        retries: u32,
    },
}

impl ContainerHealthCheck {
    /// Whether AWS would take it.
    pub fn validate(&self) -> Result<(), ContainerHealthCheckRefused> {
        for (field, value, least, most) in [
            ("interval", self.interval, 5, 300),
            ("timeout", self.timeout, 2, 60),
            ("startPeriod", self.start_period, 0, 300),
        ] {
            if !(SimDuration::from_secs(least)..=SimDuration::from_secs(most)).contains(&value) {
                return Err(ContainerHealthCheckRefused::Seconds { field, least, most, value });
            }
        }
        if !(1..=10).contains(&self.retries) {
            return Err(ContainerHealthCheckRefused::Retries { retries: self.retries });
        }
        Ok(())
    }
}

/// `healthStatus` of a container or a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HealthStatus {
    /// No check has told anything yet, or there is none.
    #[default]
    Unknown,
    /// Checks pass.
    Healthy,
    /// Checks fail.
    Unhealthy,
}

impl HealthStatus {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
        }
    }

    /// The status of a task whose essential containers have these: UNHEALTHY if any is, else UNKNOWN if any is.
    pub fn of_task(essential: impl IntoIterator<Item = Self>) -> Self {
        let mut task = None;
        for container in essential {
            task = Some(match (task, container) {
                (Some(Self::Unhealthy), _) | (_, Self::Unhealthy) => Self::Unhealthy,
                (Some(Self::Unknown), _) | (_, Self::Unknown) => Self::Unknown,
                _ => Self::Healthy,
            });
        }
        task.unwrap_or(Self::Unknown)
    }
}

/// The health of one container with a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerHealth {
    started_at: SimTime,
    status: HealthStatus,
    failures: u32,
}

impl ContainerHealth {
    /// Of a container that starts now.
    pub const fn new(started_at: SimTime) -> Self {
        Self { started_at, status: HealthStatus::Unknown, failures: 0 }
    }

    /// Of a container that has long been healthy.
    pub const fn settled(now: SimTime) -> Self {
        Self { started_at: now, status: HealthStatus::Healthy, failures: 0 }
    }

    /// Its status.
    pub const fn status(&self) -> HealthStatus {
        self.status
    }

    /// When the first check begins.
    pub fn first_check(&self, settings: &ContainerHealthCheck) -> SimTime {
        self.started_at + settings.interval
    }

    /// A check that began at `begun` ended at `now`: it passed, or failed, or had no result for as long as `timeout`.
    /// Returns when the next one begins.
    pub fn checked(
        &mut self,
        passed: bool,
        begun: SimTime,
        now: SimTime,
        settings: &ContainerHealthCheck,
    ) -> SimTime {
        if passed {
            self.status = HealthStatus::Healthy;
            self.failures = 0;
        } else if self.status != HealthStatus::Unknown || begun >= self.started_at + settings.start_period {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= settings.retries {
                self.status = HealthStatus::Unhealthy;
            }
        }
        now + settings.interval
    }
}

/// What the scheduler knows of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// How long it has been RUNNING; nothing while it is not.
    pub running_for: Option<SimDuration>,
    /// Whether its target is healthy; nothing without a load balancer.
    pub target_healthy: Option<bool>,
    /// Its health status; nothing when no essential container has a health check.
    pub containers: Option<HealthStatus>,
}

impl Signs {
    /// Whether the scheduler counts it as healthy: when it is RUNNING, and healthy by the load balancer and by its
    /// containers, as far as there is either; without both, 40 s after it is RUNNING.
    pub fn are_healthy(&self) -> bool {
        let Some(running_for) = self.running_for else { return false };
        if self.target_healthy.is_none() && self.containers.is_none() {
            return running_for >= HEALTHY_AFTER;
        }
        self.target_healthy.unwrap_or(true)
            && self.containers.is_none_or(|status| status == HealthStatus::Healthy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    fn settings(start_period: u64) -> ContainerHealthCheck {
        let start_period = SimDuration::from_secs(start_period);
        ContainerHealthCheck { start_period, ..ContainerHealthCheck::default() }
    }

    /// Checks every 30 s, from 30 s on. Returns the status after each.
    fn statuses(results: &[bool], settings: &ContainerHealthCheck) -> Vec<&'static str> {
        let mut health = ContainerHealth::new(SimTime::ZERO);
        let mut next = health.first_check(settings);
        let mut check = |passed: &bool| {
            next = health.checked(*passed, next, next, settings);
            health.status().as_str()
        };
        results.iter().map(&mut check).collect()
    }

    /// API `HealthCheck`: the defaults and the ranges.
    #[test]
    fn defaults_and_ranges_are_awss() {
        let default = ContainerHealthCheck::default();
        assert_eq!(default.validate(), Ok(()));
        assert_eq!(
            (default.interval, default.timeout),
            (SimDuration::from_secs(30), SimDuration::from_secs(5))
        );
        assert_eq!((default.retries, default.start_period), (3, SimDuration::ZERO));
        let seconds = SimDuration::from_secs;
        let valid = |check: ContainerHealthCheck| check.validate().is_ok();
        for (value, allowed) in [(4, false), (5, true), (300, true), (301, false)] {
            assert_eq!(valid(ContainerHealthCheck { interval: seconds(value), ..default }), allowed);
        }
        for (value, allowed) in [(1, false), (2, true), (60, true), (61, false)] {
            assert_eq!(valid(ContainerHealthCheck { timeout: seconds(value), ..default }), allowed);
        }
        for (value, allowed) in [(0, true), (300, true), (301, false)] {
            assert_eq!(valid(settings(value)), allowed);
        }
        for (retries, allowed) in [(0, false), (1, true), (10, true), (11, false)] {
            assert_eq!(valid(ContainerHealthCheck { retries, ..default }), allowed);
        }
        let refused = settings(301).validate().expect_err("too long");
        assert_eq!(refused.to_string(), "startPeriod is 0 to 300 seconds, not 301s");
    }

    /// API `HealthCheck`: UNKNOWN before the first result, UNHEALTHY after so many failures in a row as `retries`.
    #[test]
    fn failures_in_a_row_make_it_unhealthy() {
        let off = settings(0);
        assert_eq!(ContainerHealth::new(at(0)).status().as_str(), "UNKNOWN");
        assert_eq!(statuses(&[false, false, false], &off), ["UNKNOWN", "UNKNOWN", "UNHEALTHY"]);
        let seen = statuses(&[true, false, false, true, false, false, false, true], &off);
        assert_eq!(seen[..6], ["HEALTHY"; 6]);
        assert_eq!(seen[6..], ["UNHEALTHY", "HEALTHY"]);
        let once = ContainerHealthCheck { retries: 1, ..off };
        assert_eq!(statuses(&[false], &once), ["UNHEALTHY"]);
    }

    /// API `HealthCheck`: failures within `startPeriod` do not count.
    #[test]
    fn failures_in_the_start_period_do_not_count() {
        // Checks at 30, 60, 90, 120, 150 and 180 s: the first that counts is that at 120 s.
        let seen = statuses(&[false; 6], &settings(100));
        assert_eq!(seen, ["UNKNOWN", "UNKNOWN", "UNKNOWN", "UNKNOWN", "UNKNOWN", "UNHEALTHY"]);
    }

    /// API `HealthCheck`: after a success within `startPeriod`, failures do count.
    #[test]
    fn a_success_ends_the_start_period() {
        let seen = statuses(&[false, true, false, false, false], &settings(300));
        assert_eq!(seen, ["UNKNOWN", "HEALTHY", "HEALTHY", "HEALTHY", "UNHEALTHY"]);
    }

    /// API `HealthCheck`: the status of a task.
    #[test]
    fn a_task_is_as_healthy_as_its_worst_essential_container() {
        use HealthStatus::{Healthy, Unhealthy, Unknown};
        assert_eq!(HealthStatus::of_task([Healthy, Healthy]), Healthy);
        assert_eq!(HealthStatus::of_task([Healthy, Unknown]), Unknown);
        assert_eq!(HealthStatus::of_task([Unknown, Unhealthy, Healthy]), Unhealthy);
        assert_eq!(HealthStatus::of_task([]), Unknown);
    }

    /// API `DeploymentConfiguration`: what counts as healthy, with and without a load balancer and health checks.
    #[test]
    fn the_scheduler_asks_all_there_is_to_ask() {
        use HealthStatus::{Healthy, Unhealthy, Unknown};
        let healthy = |running_for: u64, target_healthy, containers| {
            let running_for = Some(SimDuration::from_secs(running_for));
            Signs { running_for, target_healthy, containers }.are_healthy()
        };
        assert!(!healthy(39, None, None) && healthy(40, None, None), "40 s after RUNNING");
        assert!(healthy(0, Some(true), None) && !healthy(100, Some(false), None));
        assert!(healthy(0, None, Some(Healthy)) && !healthy(100, None, Some(Unknown)));
        assert!(healthy(0, Some(true), Some(Healthy)));
        assert!(!healthy(100, Some(true), Some(Unknown)) && !healthy(100, Some(false), Some(Healthy)));
        assert!(!healthy(100, Some(true), Some(Unhealthy)));
        let starting = Signs { running_for: None, target_healthy: Some(true), containers: Some(Healthy) };
        assert!(!starting.are_healthy());
    }
}
