//! The CloudWatch alarms of the scenario: what each watches, and their evaluation at the end of every minute.

use super::Simulation;
use crate::cloudwatch::{
    Alarm, AlarmSettings, AlarmState, Datapoint, GroupMinute, Metric, Minute, ServiceMinute, Spread,
    StateChange,
};
use crate::ecs::ServiceId;
use crate::elb::TargetGroupId;
use crate::kernel::SimTime;
use crate::scenario::{AlarmMetric, MetricAlarm};
use crate::trace::Notice;

/// An alarm of the scenario, with the metric that it watches.
#[derive(Clone, Debug)]
pub struct WatchedAlarm {
    metric: AlarmMetric,
    alarm: Alarm,
}

impl WatchedAlarm {
    pub(super) fn new(settings: MetricAlarm) -> Self {
        Self { metric: settings.metric, alarm: Alarm::new(settings.alarm) }
    }

    /// `AlarmName`.
    pub fn name(&self) -> &str {
        &self.alarm.settings().name
    }

    /// Its settings.
    pub const fn settings(&self) -> &AlarmSettings {
        self.alarm.settings()
    }

    /// What it watches.
    pub const fn metric(&self) -> AlarmMetric {
        self.metric
    }

    /// Its state.
    pub const fn state(&self) -> AlarmState {
        self.alarm.state()
    }

    /// Since when it is in its state.
    pub fn since(&self) -> SimTime {
        self.alarm.since()
    }

    /// `StateReason`, in CloudWatch's words.
    pub fn reason(&self) -> String {
        self.alarm.reason()
    }

    /// The datapoints that its latest evaluation looked at, latest first.
    pub fn datapoints(&self) -> impl Iterator<Item = Datapoint> {
        self.alarm.evaluated()
    }
}

/// The value of a metric in a minute, where CloudWatch publishes one (ALB guide, "CloudWatch metrics", reporting
/// criteria; ECS guide, "Amazon ECS CloudWatch metrics").
fn published(metric: AlarmMetric, minute: &Minute) -> Option<Spread> {
    let group = |id: TargetGroupId| -> Option<&GroupMinute> { minute.groups.get(id.number() as usize) };
    let service = |id: ServiceId| -> Option<&ServiceMinute> { minute.services.get(id.number() as usize) };
    let nonzero = |metric| Some(minute.counters.get(metric)).filter(|count| *count > 0).map(level);
    match metric {
        AlarmMetric::Elb5xx => nonzero(Metric::Elb5xx),
        AlarmMetric::Elb4xx => nonzero(Metric::Elb4xx),
        AlarmMetric::Target5xx(id) => {
            let group = group(id)?;
            // Reported, if only as 0, as long as there are registered targets.
            group.healthy_hosts.map(|_| level(group.counters.get(Metric::Target5xx)))
        }
        AlarmMetric::TargetResponseTime => minute.target_response_time.map(|times| Spread {
            min: times.minimum.as_seconds(),
            average: times.average.as_seconds(),
            max: times.maximum.as_seconds(),
        }),
        AlarmMetric::UnhealthyHosts(id) => group(id)?.unhealthy_hosts,
        AlarmMetric::HealthyHosts(id) => group(id)?.healthy_hosts,
        AlarmMetric::RequestCountPerTarget(id) => group(id)?.request_count_per_target.map(Spread::level),
        AlarmMetric::CpuUtilization(id) => service(id)?.cpu,
        AlarmMetric::MemoryUtilization(id) => service(id)?.memory,
    }
}

const fn level(count: u64) -> Spread {
    Spread::level(count as f64)
}

/// The notice of an alarm's change.
pub(super) fn changed(alarm: String, change: &StateChange) -> Notice {
    Notice::AlarmChanged {
        alarm,
        before: change.before,
        after: change.after,
        reason: change.reason.to_string(),
    }
}

impl Simulation {
    /// The CloudWatch alarms of the scenario, in its order. Those of scaling policies are with
    /// [`Simulation::scaling_of`].
    pub fn alarms(&self) -> &[WatchedAlarm] {
        &self.alarms
    }

    /// Whether any of the alarms with these names is in ALARM.
    pub fn alarms_in_alarm(&self, names: &[String]) -> bool {
        let mut in_alarm = self.alarms.iter().filter(|alarm| alarm.state() == AlarmState::Alarm);
        in_alarm.any(|alarm| names.iter().any(|name| name == alarm.name()))
    }

    /// Shows every alarm the minute that was stored last.
    pub(super) fn evaluate_alarms(&mut self) {
        let Some(minute) = self.metrics.minutes().iter().next_back().map(|entry| &entry.what) else { return };
        for watched in &mut self.alarms {
            let value = published(watched.metric, minute);
            if let Some(change) = watched.alarm.observe_minute(self.now, value) {
                self.trace.notice(self.now, changed(watched.name().to_owned(), &change));
            }
        }
    }
}
