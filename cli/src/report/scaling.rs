//! Services as CloudWatch and Application Auto Scaling see them: metrics, alarms, scaling activities.

use std::collections::BTreeMap;

use albatross_engine::autoscaling::{NotScaled, ScalingActivity};
use albatross_engine::cloudwatch::{Alarm, Minute, ServiceMinute};
use albatross_engine::ecs::Service;
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::{Names, Notice};
use albatross_engine::{Simulation, WatchedAlarm};
use serde::Serialize;

use super::figures::{Statistics, in_seconds};

pub(super) type ByService = BTreeMap<String, ServiceMetrics>;

/// The metrics of a service in one minute.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ServiceMetrics {
    #[serde(rename = "CPUUtilization", skip_serializing_if = "Option::is_none")]
    pub(super) cpu_utilization: Option<Statistics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory_utilization: Option<Statistics>,
    pub(super) running_task_count: u32,
    pub(super) desired_task_count: u32,
    pub(super) pending_task_count: u32,
    pub(super) live_task_count: u32,
}

impl From<&ServiceMinute> for ServiceMetrics {
    fn from(minute: &ServiceMinute) -> Self {
        Self {
            cpu_utilization: minute.cpu.map(Statistics::from),
            memory_utilization: minute.memory.map(Statistics::from),
            running_task_count: minute.running,
            desired_task_count: minute.desired,
            pending_task_count: minute.pending,
            live_task_count: minute.live,
        }
    }
}

/// The metrics of all services in a minute, by name.
pub(super) fn by_service(minute: &Minute, simulation: &Simulation) -> ByService {
    let services = simulation.cluster().services().iter().zip(&minute.services);
    services.map(|(service, minute)| (service.settings().name.clone(), minute.into())).collect()
}

/// How an alarm stands at the end of a run.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AlarmRow {
    pub(super) alarm_name: String,
    pub(super) metric_name: &'static str,
    pub(super) state: &'static str,
    #[serde(serialize_with = "in_seconds")]
    pub(super) since: SimTime,
    pub(super) state_reason: String,
}

impl From<&WatchedAlarm> for AlarmRow {
    fn from(alarm: &WatchedAlarm) -> Self {
        Self {
            alarm_name: alarm.name().to_owned(),
            metric_name: alarm.metric().as_str(),
            state: alarm.state().as_str(),
            since: alarm.since(),
            state_reason: alarm.reason(),
        }
    }
}

impl AlarmRow {
    fn of_policy(alarm: &Alarm, metric_name: &'static str) -> Self {
        Self {
            alarm_name: alarm.settings().name.clone(),
            metric_name,
            state: alarm.state().as_str(),
            since: alarm.since(),
            state_reason: alarm.reason(),
        }
    }
}

/// The alarms of the scenario, and those of scaling policies after them.
pub(super) fn alarms(simulation: &Simulation) -> Vec<AlarmRow> {
    let scaler = |service: &Service| simulation.scaling_of(service.id());
    let scalers = simulation.cluster().services().iter().filter_map(scaler);
    let of_policies = scalers.flat_map(|scaler| scaler.alarms());
    let of_policies = of_policies.map(|(metric, alarm)| AlarmRow::of_policy(alarm, metric.metric_name()));
    simulation.alarms().iter().map(AlarmRow::from).chain(of_policies).collect()
}

/// A scaling activity, as `DescribeScalingActivities` lists it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ActivityRow {
    #[serde(serialize_with = "in_seconds")]
    pub(super) at: SimTime,
    pub(super) service: String,
    pub(super) description: String,
    pub(super) cause: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_scaled: Option<NotScaledRow>,
}

/// Why nothing was done.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NotScaledRow {
    pub(super) code: Option<&'static str>,
    pub(super) reason: String,
}

impl ActivityRow {
    /// Nothing when the notice tells of something else.
    pub(super) fn of(notice: &Notice, simulation: &Simulation) -> Option<Self> {
        match notice {
            Notice::Scaled { service, activity } => {
                Some(Self::scaled(simulation.service(*service).to_owned(), activity))
            }
            Notice::NotScaled { service, activity } => {
                Some(Self::not_scaled(simulation.service(*service).to_owned(), activity))
            }
            _ => None,
        }
    }

    fn scaled(service: String, activity: &ScalingActivity) -> Self {
        Self {
            at: activity.at,
            service,
            description: activity.description(),
            cause: activity.cause.to_string(),
            from: Some(activity.from),
            to: Some(activity.to),
            not_scaled: None,
        }
    }

    fn not_scaled(service: String, activity: &NotScaled) -> Self {
        Self {
            at: activity.at,
            service,
            description: NotScaled::DESCRIPTION.to_owned(),
            cause: activity.cause.to_string(),
            from: None,
            to: None,
            not_scaled: Some(NotScaledRow {
                code: activity.reason.code(),
                reason: activity.reason.to_string(),
            }),
        }
    }
}
