//! Metrics as CloudWatch would publish them: under its names, in its dimensions, and only when it would.
//!
//! | metric | published (ALB guide, "CloudWatch metrics", Reporting criteria) |
//! |---|---|
//! | `RequestCount`, `HTTPCode_Target_*`, `HealthyHostCount`, `UnHealthyHostCount` | if there are registered targets |
//! | `NonStickyRequestCount` | if stickiness is on |
//! | `RequestCountPerTarget`, `AnomalousHostCount`, `MitigatedHostCount` | always |
//! | `HealthyStateDNS`, `UnhealthyStateDNS`, `HealthyStateRouting`, `UnhealthyStateRouting` | not documented: here always |
//! | `UnhealthyRoutingRequestCount` | not documented: here if there are registered targets |
//! | all others | if they are not zero |
//!
//! What is said of targets exists only with the dimension `TargetGroup`; what is said of the load balancer's own
//! answers, connections and rules only without it.

use std::collections::BTreeMap;

use albatross_engine::Simulation;
use albatross_engine::cloudwatch::{Counters, GroupMinute, Metric, Minute};
use albatross_engine::elb::TargetGroupId;
use albatross_engine::kernel::{Histogram, SimDuration, SimTime};
use serde::Serialize;

use super::figures::{Statistics, Times, in_seconds};
use super::scaling::{self, ByService};

pub(super) type Counts = BTreeMap<&'static str, u64>;
pub(super) type ByGroup = BTreeMap<String, GroupMetrics>;

/// The metrics of the whole load balancer.
#[derive(Clone, Default, Serialize)]
pub(super) struct Metrics {
    #[serde(flatten)]
    pub(super) counts: Counts,
    #[serde(rename = "ActiveConnectionCount", skip_serializing_if = "Option::is_none")]
    pub(super) active_connections: Option<usize>,
    #[serde(rename = "TargetResponseTime", skip_serializing_if = "Option::is_none")]
    pub(super) target_response_time: Option<Times>,
}

/// The metrics of one target group.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupMetrics {
    #[serde(flatten)]
    pub(super) counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target_response_time: Option<Times>,
    #[serde(flatten)]
    pub(super) measured: Option<Measured>,
}

/// What is measured of a target group at the end of a minute.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Measured {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_count_per_target: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthy_host_count: Option<Statistics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) un_healthy_host_count: Option<Statistics>,
    pub(super) anomalous_host_count: usize,
    pub(super) mitigated_host_count: usize,
    #[serde(rename = "HealthyStateDNS")]
    pub(super) healthy_state_dns: usize,
    #[serde(rename = "UnhealthyStateDNS")]
    pub(super) unhealthy_state_dns: usize,
    pub(super) healthy_state_routing: usize,
    pub(super) unhealthy_state_routing: usize,
}

/// One minute.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MinuteRow {
    #[serde(serialize_with = "in_seconds")]
    pub(super) from: SimTime,
    #[serde(flatten)]
    pub(super) metrics: Metrics,
    pub(super) metrics_by_target_group: ByGroup,
    pub(super) metrics_by_service: ByService,
}

/// `TargetResponseTime` of the load balancer and of its target groups.
#[derive(Default)]
pub(super) struct ResponseTimes {
    whole: Histogram,
    groups: Vec<Histogram>,
}

impl ResponseTimes {
    pub(super) fn record(&mut self, group: TargetGroupId, took: SimDuration) {
        let index = group.number() as usize;
        if self.groups.len() <= index {
            self.groups.resize_with(index + 1, Histogram::default);
        }
        self.whole.record(took);
        self.groups[index].record(took);
    }

    pub(super) fn clear(&mut self) {
        self.whole.clear();
        self.groups.iter_mut().for_each(Histogram::clear);
    }
}

/// What decides on whether a metric is published.
#[derive(Clone, Copy)]
struct Occasion {
    targets: bool,
    sticky: bool,
}

fn is_of_targets(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::RequestCount
            | Metric::Target2xx
            | Metric::Target3xx
            | Metric::Target4xx
            | Metric::Target5xx
            | Metric::UnhealthyRoutingRequest
    )
}

/// Whether CloudWatch has this metric with the dimension `TargetGroup`.
fn has_group(metric: Metric) -> bool {
    is_of_targets(metric) || metric == Metric::TargetConnectionError
}

impl Occasion {
    fn publishes(self, metric: Metric, count: u64) -> bool {
        match metric {
            metric if is_of_targets(metric) => self.targets,
            Metric::NonStickyRequest => self.sticky,
            _ => count > 0,
        }
    }

    fn counts(self, counters: &Counters, wanted: impl Fn(Metric) -> bool) -> Counts {
        let published =
            counters.iter().filter(|(metric, count)| wanted(*metric) && self.publishes(*metric, *count));
        published.map(|(metric, count)| (metric.as_str(), count)).collect()
    }

    fn whole(self, counters: &Counters) -> Counts {
        self.counts(counters, |metric| metric != Metric::UnhealthyRoutingRequest)
    }
}

impl From<&GroupMinute> for Measured {
    fn from(minute: &GroupMinute) -> Self {
        Self {
            request_count_per_target: minute.request_count_per_target,
            healthy_host_count: minute.healthy_hosts.map(Statistics::from),
            un_healthy_host_count: minute.unhealthy_hosts.map(Statistics::from),
            anomalous_host_count: minute.anomalous_hosts,
            mitigated_host_count: minute.mitigated_hosts,
            healthy_state_dns: minute.dns_zones.0,
            unhealthy_state_dns: minute.dns_zones.1,
            healthy_state_routing: minute.routing_zones.0,
            unhealthy_state_routing: minute.routing_zones.1,
        }
    }
}

impl MinuteRow {
    /// Without response times: the engine keeps none by target group.
    pub(super) fn of(minute: &Minute, simulation: &Simulation) -> Self {
        let groups = simulation.load_balancer().target_groups();
        let sticky = groups.iter().any(|group| group.settings().stickiness.enabled);
        let has_targets = |group: &GroupMinute| group.healthy_hosts.is_some();
        let targets = minute.groups.iter().any(has_targets);
        let by_group = groups.iter().zip(&minute.groups).map(|(group, minute)| {
            let occasion = Occasion { targets: has_targets(minute), sticky };
            let metrics = GroupMetrics {
                counts: occasion.counts(&minute.counters, has_group),
                target_response_time: None,
                measured: Some(Measured::from(minute)),
            };
            (group.settings().name.clone(), metrics)
        });
        Self {
            from: minute.from,
            metrics: Metrics {
                counts: Occasion { targets, sticky }.whole(&minute.counters),
                active_connections: Some(minute.active_connections).filter(|count| *count > 0),
                target_response_time: None,
            },
            metrics_by_target_group: by_group.collect(),
            metrics_by_service: scaling::by_service(minute, simulation),
        }
    }

    /// Adds the response times of its requests: of all, and of those to each target group.
    pub(super) fn set_times(&mut self, times: &ResponseTimes, simulation: &Simulation) {
        self.metrics.target_response_time = Times::of(&times.whole);
        for (group, times) in simulation.load_balancer().target_groups().iter().zip(&times.groups) {
            if let Some(metrics) = self.metrics_by_target_group.get_mut(&group.settings().name) {
                metrics.target_response_time = Times::of(times);
            }
        }
    }
}

/// The metrics since the start; what is measured, not counted, is that of the last whole minute.
pub(super) fn since_start(
    simulation: &Simulation,
    times: &ResponseTimes,
    last_minute: Option<&MinuteRow>,
) -> (Metrics, ByGroup) {
    let metrics = simulation.metrics();
    let load_balancer = simulation.load_balancer();
    let groups = load_balancer.target_groups();
    let sticky = groups.iter().any(|group| group.settings().stickiness.enabled);
    let by_group = groups.iter().map(|group| {
        let targets = load_balancer.all_targets().iter().any(|target| target.group() == group.id());
        let name = group.settings().name.clone();
        let counts = metrics.group(group.id()).map(|counters| {
            let occasion = Occasion { targets, sticky };
            occasion.counts(counters, has_group)
        });
        let minute = last_minute.and_then(|minute| minute.metrics_by_target_group.get(&name));
        let of_group = GroupMetrics {
            counts: counts.unwrap_or_default(),
            target_response_time: times.groups.get(group.id().number() as usize).and_then(Times::of),
            measured: minute.and_then(|minute| minute.measured),
        };
        (name, of_group)
    });
    let occasion = Occasion { targets: !load_balancer.all_targets().is_empty(), sticky };
    let whole = Metrics {
        counts: occasion.whole(metrics.counters()),
        active_connections: last_minute.and_then(|minute| minute.metrics.active_connections),
        target_response_time: Times::of(&times.whole),
    };
    (whole, by_group.collect())
}
