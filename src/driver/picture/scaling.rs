//! Application Auto Scaling and CloudWatch's alarms.

use albatross_engine::autoscaling::NotScaled;
use albatross_engine::cloudwatch::{AlarmSettings, AlarmState};
use albatross_engine::ecs::ServiceId;
use albatross_engine::{Activity, Simulation};

use super::Fact;
use super::look::fact;
use super::service::time;
use crate::words;

/// So many scaling activities are told, the latest.
const ACTIVITIES_TOLD: usize = 5;

/// What Application Auto Scaling does with a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScalingView {
    /// `MinCapacity`.
    pub min_capacity: u32,
    /// `MaxCapacity`.
    pub max_capacity: u32,
    /// Its policies, with what each keeps.
    pub policies: Vec<Fact>,
    /// The latest activities with their times, the latest first.
    pub activities: Vec<Fact>,
}

/// An alarm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlarmView {
    /// `AlarmName`.
    pub name: String,
    /// The index of the service that it scales; none of an alarm of the scenario.
    pub service: Option<usize>,
    /// Its state.
    pub state: &'static str,
    /// The word that the style sheet knows the state by.
    pub kind: &'static str,
    /// When it goes off.
    pub condition: String,
    /// `StateReason`.
    pub reason: String,
}

pub(super) fn of(service: ServiceId, simulation: &Simulation) -> Option<ScalingView> {
    let scaler = simulation.scaling_of(service)?;
    let target = scaler.target();
    let policies = scaler.policies().map(|(name, metric, value)| {
        let kept = value.map_or_else(
            || "StepScaling".to_owned(),
            |value| format!("TargetValue {}", words::short(value.as_f64(), 3)),
        );
        fact(name, format!("{} · {kept}", metric.metric_name()))
    });
    let activities = simulation.scaling_activities(service).rev().take(ACTIVITIES_TOLD);
    Some(ScalingView {
        min_capacity: target.min_capacity,
        max_capacity: target.max_capacity,
        policies: policies.collect(),
        activities: activities.map(|activity| (time(activity.at()), activity_text(activity))).collect(),
    })
}

fn activity_text(activity: &Activity) -> String {
    match activity {
        Activity::Scaled(scaled) => format!("{} Cause: {}.", scaled.description(), scaled.cause),
        Activity::NotScaled(not) => format!("{}: {}; {}.", NotScaled::DESCRIPTION, not.reason, not.cause),
    }
}

pub(super) fn alarms(simulation: &Simulation) -> Vec<AlarmView> {
    let of_scenario = simulation.alarms().iter().map(|alarm| AlarmView {
        reason: alarm.reason(),
        ..view(alarm.settings(), alarm.metric().as_str(), alarm.state())
    });
    let of_scaling = simulation.cluster().services().iter().flat_map(|service| {
        let scaler = simulation.scaling_of(service.id());
        scaler.into_iter().flat_map(|scaler| scaler.alarms()).map(|(metric, alarm)| AlarmView {
            reason: alarm.reason(),
            service: Some(service.id().number() as usize),
            ..view(alarm.settings(), metric.metric_name(), alarm.state())
        })
    });
    of_scenario.chain(of_scaling).collect()
}

fn view(settings: &AlarmSettings, metric: &str, state: AlarmState) -> AlarmView {
    AlarmView {
        name: settings.name.clone(),
        service: None,
        state: state.as_str(),
        kind: match state {
            AlarmState::Ok => "good",
            AlarmState::Alarm => "bad",
            AlarmState::InsufficientData => "default",
        },
        condition: format!(
            "{} of {metric} {} {}, {} of {} periods of {}\u{a0}s",
            settings.statistic.as_str(),
            settings.comparison.words(),
            words::short(settings.threshold.as_f64(), 3),
            settings.datapoints_to_alarm,
            settings.evaluation_periods,
            settings.period.as_micros() / 1_000_000
        ),
        reason: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use albatross_engine::autoscaling::{
        COOLDOWN, Policy, ScalableTarget, ScalingMetric, ScalingSettings, SuspendedState, TargetTracking,
    };
    use albatross_engine::kernel::{SimTime, Thousandths};

    use super::*;

    #[test]
    fn what_scales_a_service_is_told_with_its_alarms_and_activities() {
        let mut scenario = crate::library::first().clone();
        let policy = TargetTracking {
            name: "little-cpu".to_owned(),
            metric: ScalingMetric::EcsServiceAverageCpuUtilization,
            target_value: Thousandths::whole(20),
            scale_out_cooldown: COOLDOWN,
            scale_in_cooldown: COOLDOWN,
            disable_scale_in: false,
        };
        let settings = ScalingSettings {
            target: ScalableTarget { min_capacity: 2, max_capacity: 5, suspended: SuspendedState::default() },
            policies: vec![Policy::TargetTracking(policy)],
            scheduled_actions: Vec::new(),
        };
        scenario.scaling.push((ServiceId::new(0), settings));
        let mut simulation = Simulation::new(&scenario, 7);
        simulation.advance(SimTime::from_micros(200_000_000), u64::MAX);
        let scaling = of(ServiceId::new(0), &simulation).expect("it is scaled");
        assert_eq!((scaling.min_capacity, scaling.max_capacity), (2, 5));
        assert_eq!(scaling.policies, [fact("little-cpu", "CPUUtilization · TargetValue 20")]);
        let first = &scaling.activities.last().expect("CPU is used more than that").1;
        assert!(first.starts_with("Setting desired count to 5. Cause: monitor alarm"), "{first}");
        let told: Vec<_> =
            alarms(&simulation).into_iter().map(|alarm| (alarm.service, alarm.state)).collect();
        assert_eq!(told, [(Some(0), "ALARM"), (Some(0), "OK")]);
    }
}
