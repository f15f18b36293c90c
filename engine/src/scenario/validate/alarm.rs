//! Alarms.

use super::At;
use super::names::Book;
use super::problems::{Problems, either, or_nothing, quoted, unchecked};
use crate::cloudwatch::{AlarmRefused, AlarmSettings};
use crate::ecs::ServiceId;
use crate::elb::TargetGroupId;
use crate::kernel::SimDuration;
use crate::scenario::document::{
    Alarm, COMPARISONS, DIMENSIONS, Dimension, METRICS, MISSING_DATA, MetricOf, NAMESPACES, STATISTICS,
};
use crate::scenario::{AlarmMetric, MetricAlarm};

/// API `PutMetricAlarm`.
const DIMENSIONS_MAX: usize = 30;
const MINUTE: SimDuration = SimDuration::from_secs(60);

/// What has a name and is no list.
#[derive(Clone, Copy)]
pub(super) struct Owners<'a> {
    pub(super) book: &'a Book<'a>,
    pub(super) load_balancer: &'a str,
    pub(super) cluster: &'a str,
}

/// The alarms, in the order of the file.
pub(super) fn alarms(owners: Owners<'_>, problems: &mut Problems) -> Vec<Option<MetricAlarm>> {
    let top = At::top("Alarms");
    let mut alarms = Vec::new();
    for (index, alarm) in owners.book.alarms.list.iter().enumerate() {
        let at = top.element(index);
        for (field, is_given) in
            [("ExtendedStatistic", alarm.extended_statistic.is_some()), ("Metrics", alarm.metrics.is_some())]
        {
            if is_given {
                problems.not_simulated(at.field(field), field);
            }
        }
        let settings = settings(at, alarm, problems);
        alarms
            .push(metric(at, alarm, owners, problems).map(|metric| MetricAlarm { alarm: settings, metric }));
    }
    alarms
}

fn settings(at: At<'_>, alarm: &Alarm, problems: &mut Problems) -> AlarmSettings {
    let evaluation_periods = unchecked(alarm.evaluation_periods, 0);
    let datapoints = alarm.datapoints_to_alarm;
    let missing = alarm.treat_missing_data.as_str();
    let mut settings = AlarmSettings {
        name: alarm.alarm_name.clone(),
        comparison: problems.one_of(at.field("ComparisonOperator"), &alarm.comparison_operator, COMPARISONS),
        threshold: problems.thousandths(at.field("Threshold"), alarm.threshold),
        period: SimDuration::from_secs(u64::from(unchecked(alarm.period, 0))),
        evaluation_periods,
        datapoints_to_alarm: datapoints.map_or(evaluation_periods, |datapoints| unchecked(datapoints, 0)),
        statistic: problems.one_of(at.field("Statistic"), &alarm.statistic, STATISTICS),
        treat_missing_data: problems.one_of(at.field("TreatMissingData"), missing, MISSING_DATA),
    };
    while let Err(refused) = settings.validate() {
        let allowed = format_args!("such as AWS takes: {refused}");
        match refused {
            AlarmRefused::Name => {
                problems.add(at.field("AlarmName"), quoted(&alarm.alarm_name), allowed, "such a name");
                "alarm".clone_into(&mut settings.name);
            }
            AlarmRefused::Period => {
                problems.add(at.field("Period"), alarm.period, allowed, 60);
                settings.period = MINUTE;
            }
            AlarmRefused::EvaluationPeriods => {
                problems.add(at.field("EvaluationPeriods"), alarm.evaluation_periods, allowed, 1);
                (settings.evaluation_periods, settings.datapoints_to_alarm) = (1, 1);
            }
            AlarmRefused::DatapointsToAlarm(most) => {
                problems.add(at.field("DatapointsToAlarm"), or_nothing(datapoints), allowed, most);
                settings.datapoints_to_alarm = most;
            }
            AlarmRefused::TooLong => {
                let found = format_args!("{} periods of {} s", alarm.evaluation_periods, alarm.period);
                problems.add(at, found, allowed, "fewer or shorter periods");
                settings.period = MINUTE;
                (settings.evaluation_periods, settings.datapoints_to_alarm) = (1, 1);
            }
        }
    }
    settings
}

fn metric(at: At<'_>, alarm: &Alarm, owners: Owners<'_>, problems: &mut Problems) -> Option<AlarmMetric> {
    let kind = problems.one_of(at.field("MetricName"), &alarm.metric_name, METRICS);
    if METRICS.iter().all(|(name, _)| *name != alarm.metric_name) {
        return None;
    }
    let (namespace, own): (_, &[&str]) = match kind {
        MetricOf::LoadBalancer(_) => (NAMESPACES[0], &["LoadBalancer"]),
        MetricOf::TargetGroup(_) => (NAMESPACES[0], &["TargetGroup", "LoadBalancer"]),
        MetricOf::Service(_) => (NAMESPACES[1], &["ServiceName", "ClusterName"]),
    };
    if let Some(found) = &alarm.namespace {
        problems.word(at.field("Namespace"), found, &[namespace]);
    }
    let at = at.field("Dimensions");
    let mut named: Option<(usize, &str)> = None;
    let list = problems.at_most(at, &alarm.dimensions, DIMENSIONS_MAX, "dimensions");
    for (index, Dimension { name, value }) in list.iter().enumerate() {
        let at = at.element(index);
        let at_value = at.field("Value");
        if !own.contains(&name.as_str()) {
            let allowed = format_args!("a dimension of {}: {}", alarm.metric_name, either(own));
            let instead =
                if DIMENSIONS.contains(&name.as_str()) { "another metric".into() } else { quoted(own[0]) };
            problems.add(at.field("Name"), quoted(name), allowed, instead);
        } else if list[..index].iter().any(|other| other.name == *name) {
            problems.add(at.field("Name"), quoted(name), "a dimension that stands once", "it once");
        } else {
            match name.as_str() {
                "LoadBalancer" if owners.load_balancer.is_empty() => {}
                "LoadBalancer" => problems.word(at_value, value, &[owners.load_balancer]),
                "ClusterName" => problems.word(at_value, value, &[owners.cluster]),
                _ => named = Some((index, value)),
            }
        }
    }
    if let MetricOf::LoadBalancer(metric) = kind {
        return Some(metric);
    }
    let Some((index, name)) = named else {
        let allowed = format_args!("a list with the dimension {}", own[0]);
        let instead = format_args!("[{{ \"Name\": \"{}\", \"Value\": … }}]", own[0]);
        problems.add(at, format_args!("no {}", own[0]), allowed, instead);
        return None;
    };
    let element = at.element(index);
    let at = element.field("Value");
    match kind {
        MetricOf::LoadBalancer(metric) => Some(metric),
        MetricOf::TargetGroup(metric) => {
            let place = owners.book.target_groups.names.find(at, name, problems)?;
            Some(metric(TargetGroupId::new(place as u32)))
        }
        MetricOf::Service(metric) => {
            let place = owners.book.services.names.find(at, name, problems)?;
            Some(metric(ServiceId::new(place as u32)))
        }
    }
}
