//! What CloudWatch would show for one minute.

use super::{Counters, ServiceMinute};
use crate::kernel::{SimDuration, SimTime};

/// The least, the mean and the greatest of some values: those of the nodes, of the zones, or of the samples of a
/// minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// `Minimum`.
    pub min: f64,
    /// `Average`.
    pub average: f64,
    /// `Maximum`.
    pub max: f64,
}

impl Spread {
    /// Of a single value.
    pub const fn level(value: f64) -> Self {
        Self { min: value, average: value, max: value }
    }

    /// Of the values so far and one more: `before` holds so many.
    pub(super) fn with(before: Option<Self>, count: u32, value: f64) -> Self {
        let Some(Self { min, average, max }) = before else { return Self::level(value) };
        let average = average + (value - average) / (f64::from(count) + 1.0);
        Self { min: min.min(value), average, max: max.max(value) }
    }

    /// Of these values; nothing when there are none.
    pub fn of(values: impl IntoIterator<Item = usize>) -> Option<Self> {
        let (mut count, mut sum, mut min, mut max) = (0_usize, 0, usize::MAX, 0);
        for value in values {
            count += 1;
            sum += value;
            min = min.min(value);
            max = max.max(value);
        }
        (count > 0).then(|| Self { min: min as f64, average: sum as f64 / count as f64, max: max as f64 })
    }
}

/// Quantiles of a duration within one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How many there were.
    pub count: u64,
    /// `Average`.
    pub average: SimDuration,
    /// `Minimum`, as exact as a quantile.
    pub minimum: SimDuration,
    /// `Maximum`.
    pub maximum: SimDuration,
    /// `p50`.
    pub p50: SimDuration,
    /// `p95`.
    pub p95: SimDuration,
    /// `p99`.
    pub p99: SimDuration,
}

/// What is measured of a target group at the end of a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupMinute {
    /// What was counted within the minute.
    pub counters: Counters,
    /// `RequestCountPerTarget`: requests over healthy targets, or over registered ones when none is healthy.
    pub request_count_per_target: Option<f64>,
    /// `HealthyHostCount`, one value a node.
    pub healthy_hosts: Option<Spread>,
    /// `UnHealthyHostCount`, one value a node.
    pub unhealthy_hosts: Option<Spread>,
    /// `AnomalousHostCount`.
    pub anomalous_hosts: usize,
    /// `MitigatedHostCount`.
    pub mitigated_hosts: usize,
    /// `HealthyStateDNS` and `UnhealthyStateDNS`: zones.
    pub dns_zones: (usize, usize),
    /// `HealthyStateRouting` and `UnhealthyStateRouting`: zones.
    pub routing_zones: (usize, usize),
}

/// What is measured at the end of a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Minute {
    /// When it began.
    pub from: SimTime,
    /// What the load balancer counted within the minute.
    pub counters: Counters,
    /// `ActiveConnectionCount`: connections of clients and to targets together.
    pub active_connections: usize,
    /// `TargetResponseTime`, when targets answered.
    pub target_response_time: Option<Times>,
    /// The target groups, in the order of the scenario.
    pub groups: Vec<GroupMinute>,
    /// The services, in the order of the scenario.
    pub services: Vec<ServiceMinute>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_of_its_values_and_of_none_there_is_none() {
        assert_eq!(Spread::of([3, 1, 2]), Some(Spread { min: 1.0, average: 2.0, max: 3.0 }));
        assert_eq!(Spread::of([]), None);
    }
}
