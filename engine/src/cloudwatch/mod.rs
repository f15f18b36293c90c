//! Metrics under CloudWatch's own names and counting rules (namespaces `AWS/ApplicationELB` and `AWS/ECS`): since the
//! start, and minute by minute; and alarms on them.

mod alarm;
mod metric;
mod minute;
mod service;

use crate::elb::TargetGroupId;
use crate::kernel::{Histogram, SimDuration, SimTime};
use crate::trace::{Author, BalancerCause, Ring, RoutingChoice};

pub use alarm::{
    Alarm, AlarmRefused, AlarmSettings, AlarmState, ComparisonOperator, Datapoint, StateChange, StateReason,
    Statistic, TreatMissingData,
};
pub use metric::{Counters, Metric};
pub use minute::{GroupMinute, Minute, Spread, Times};
pub use service::ServiceMinute;

use service::Samples;

/// CloudWatch's period for a load balancer.
pub const PERIOD: SimDuration = SimDuration::from_secs(60);

/// A service's tasks are sampled this often (ECS guide, "Amazon ECS service utilization metrics").
pub const SAMPLING: SimDuration = SimDuration::from_secs(20);

/// How many minutes are kept.
const MINUTES_KEPT: usize = 180;

/// Counters and times.
#[derive(Clone, Debug)]
pub struct Metrics {
    total: Counters,
    groups: Vec<Counters>,
    at_minute: (Counters, Vec<Counters>),
    response_times_of_minute: Histogram,
    samples_of_minute: Vec<Samples>,
    minutes: Ring<Minute>,
    /// `TargetResponseTime`: from the request's leaving the load balancer to the target's answer.
    pub target_response_time: Histogram,
    /// What clients waited for their answers; CloudWatch has no metric for it.
    pub client_latency: Histogram,
    /// Answers by status, whoever made them, as clients received them: from 0 to 599.
    statuses: Vec<u64>,
    /// Requests that clients gave up.
    pub given_up: u64,
}

impl Metrics {
    pub(crate) fn new(groups: usize, services: usize) -> Self {
        let none = vec![Counters::default(); groups];
        Self {
            total: Counters::default(),
            groups: none.clone(),
            at_minute: (Counters::default(), none),
            response_times_of_minute: Histogram::default(),
            samples_of_minute: vec![Samples::default(); services],
            minutes: Ring::new(MINUTES_KEPT),
            target_response_time: Histogram::default(),
            client_latency: Histogram::default(),
            statuses: vec![0; 600],
            given_up: 0,
        }
    }

    /// The count of a metric since the start, for the whole load balancer.
    pub const fn count(&self, metric: Metric) -> u64 {
        self.total.get(metric)
    }

    /// All counts since the start.
    pub const fn counters(&self) -> &Counters {
        &self.total
    }

    /// The counts of a target group since the start.
    pub fn group(&self, group: TargetGroupId) -> Option<&Counters> {
        self.groups.get(group.number() as usize)
    }

    /// The latest 180 minutes, as CloudWatch would show them.
    pub const fn minutes(&self) -> &Ring<Minute> {
        &self.minutes
    }

    /// Answers that clients received, by status.
    pub fn statuses(&self) -> impl Iterator<Item = (u16, u64)> {
        (0..).zip(&self.statuses).filter(|(_, count)| **count > 0).map(|(status, count)| (status, *count))
    }

    pub(crate) fn add(&mut self, metric: Metric, group: Option<TargetGroupId>, count: u64) {
        self.total.add(metric, count);
        if let Some(counters) = group.and_then(|group| self.groups.get_mut(group.number() as usize)) {
            counters.add(metric, count);
        }
    }

    pub(crate) fn routed(&mut self, choice: &RoutingChoice) {
        let group = Some(choice.group);
        self.add(Metric::RequestCount, group, 1);
        if choice.fail_open {
            self.add(Metric::UnhealthyRoutingRequest, group, 1);
        }
        if choice.new_session {
            self.add(Metric::NonStickyRequest, group, 1);
        }
    }

    pub(crate) fn answered(
        &mut self,
        status: u16,
        author: Author,
        group: Option<TargetGroupId>,
        took: SimDuration,
    ) {
        match author {
            Author::Target => {
                self.target_response_time.record(took);
                self.response_times_of_minute.record(took);
                let metric = match status / 100 {
                    2 => Metric::Target2xx,
                    3 => Metric::Target3xx,
                    4 => Metric::Target4xx,
                    _ => Metric::Target5xx,
                };
                self.add(metric, group, 1);
            }
            Author::LoadBalancer(cause) => self.answered_by_balancer(status, cause, group),
        }
    }

    fn answered_by_balancer(&mut self, status: u16, cause: BalancerCause, group: Option<TargetGroupId>) {
        let class = match status / 100 {
            3 => Some(Metric::Elb3xx),
            4 => Some(Metric::Elb4xx),
            5 => Some(Metric::Elb5xx),
            _ => None,
        };
        let code = match status {
            500 => Some(Metric::Elb500),
            502 => Some(Metric::Elb502),
            503 => Some(Metric::Elb503),
            504 => Some(Metric::Elb504),
            _ => None,
        };
        let action = match cause {
            BalancerCause::Redirect { .. } => Some(Metric::Redirect),
            BalancerCause::FixedResponse { .. } => Some(Metric::FixedResponse),
            BalancerCause::RedirectTooLong => Some(Metric::RedirectUrlLimitExceeded),
            _ if cause.is_connection_error() => Some(Metric::TargetConnectionError),
            _ => None,
        };
        for metric in [class, code, action].into_iter().flatten() {
            self.add(metric, group, 1);
        }
    }

    pub(crate) fn received(&mut self, status: u16, latency: SimDuration) {
        self.client_latency.record(latency);
        if let Some(count) = self.statuses.get_mut(usize::from(status)) {
            *count += 1;
        }
    }

    /// Takes a sample of what the tasks of a service use, in percent of what they were given.
    pub(crate) fn sample(&mut self, service: usize, cpu: f64, memory: f64) {
        if let Some(samples) = self.samples_of_minute.get_mut(service) {
            samples.add(cpu, memory);
        }
    }

    /// Ends a minute: `measure` tells the gauges of a target group, given what it counted, and
    /// `measure_service` those of a service, given its CPU and memory.
    pub(crate) fn end_minute(
        &mut self,
        now: SimTime,
        active_connections: usize,
        measure: impl Fn(TargetGroupId, Counters) -> GroupMinute,
        measure_service: impl Fn(u32, Option<Spread>, Option<Spread>) -> ServiceMinute,
    ) {
        let (total_before, groups_before) = &self.at_minute;
        let groups = (0..)
            .zip(&self.groups)
            .zip(groups_before)
            .map(|((number, counters), before)| measure(TargetGroupId::new(number), counters.since(before)));
        let minute = Minute {
            from: SimTime::ZERO + now.since(SimTime::ZERO + PERIOD),
            counters: self.total.since(total_before),
            active_connections,
            target_response_time: times(&self.response_times_of_minute),
            groups: groups.collect(),
            services: (0..)
                .zip(&self.samples_of_minute)
                .map(|(number, samples)| measure_service(number, samples.cpu, samples.memory))
                .collect(),
        };
        self.minutes.push(self.minutes.written(), now, minute);
        self.at_minute.0 = self.total;
        self.at_minute.1.copy_from_slice(&self.groups);
        self.response_times_of_minute.clear();
        self.samples_of_minute.fill(Samples::default());
    }
}

fn times(histogram: &Histogram) -> Option<Times> {
    Some(Times {
        count: histogram.count(),
        average: histogram.mean()?,
        minimum: histogram.quantile(0.0)?,
        maximum: histogram.max(),
        p50: histogram.quantile(0.50)?,
        p95: histogram.quantile(0.95)?,
        p99: histogram.quantile(0.99)?,
    })
}
