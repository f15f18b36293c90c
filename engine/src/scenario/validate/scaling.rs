//! Application Auto Scaling: scalable targets with their scheduled actions. Policies are read in `scaling_policy`.

use std::collections::BTreeMap;

use super::At;
use super::names::{Book, closest};
use super::problems::{Problems, either_of_many, or_nothing, quoted};
use super::scaling_policy::policies;
use crate::autoscaling::{
    ScalableTarget, ScalingRefused, ScalingSettings, ScheduleRefused, ScheduledAction, SuspendedState,
};
use crate::command::Command;
use crate::ecs::{ServiceId, ServiceSettings};
use crate::scenario::MetricAlarm;
use crate::scenario::document::{self, DIMENSION, Document, NAMESPACE};

/// Our own limit: one for every service.
const TARGETS_MAX: usize = 16;
/// AWS General Reference, "Application Auto Scaling endpoints and quotas".
const SCHEDULED_ACTIONS_MAX: usize = 200;

/// What scaling is about.
pub(super) struct Scene<'a> {
    pub(super) book: &'a Book<'a>,
    pub(super) cluster: &'a str,
    pub(super) services: &'a [ServiceSettings],
    pub(super) alarms: &'a [Option<MetricAlarm>],
}

/// Everything that is scaled, by the service's place.
pub(super) type Targets = BTreeMap<usize, ScalingSettings>;

/// What is scaled and how, and the alarms that are left for deployments: that of a step scaling policy belongs to the
/// policy, unless a deployment watches it as well.
pub(super) fn scaling(
    document: &Document,
    scene: &Scene<'_>,
    problems: &mut Problems,
) -> (Vec<(ServiceId, ScalingSettings)>, Vec<MetricAlarm>) {
    let top = At::top("ScalableTargets");
    let mut targets = Targets::new();
    let list = problems.at_most(top, &document.scalable_targets, TARGETS_MAX, "of them");
    for (index, one) in list.iter().enumerate() {
        let at = top.element(index);
        only_services(at, &one.service_namespace, &one.scalable_dimension, problems);
        let at_id = at.field("ResourceId");
        let service = resource(at_id, Some(&one.resource_id), scene.cluster, scene.book, problems);
        let settings = target(at, one, problems);
        let Some(service) = service else { continue };
        if targets.insert(service, settings).is_some() {
            problems.add(at_id, quoted(&one.resource_id), "a service that stands once", "it once");
        }
    }
    let of_policies = policies(&document.scaling_policies, scene, &mut targets, problems);
    let is_watched = |name: &str| {
        scene.services.iter().any(|one| one.options.alarms.names.iter().any(|watched| watched == name))
    };
    let alarms = scene.alarms.iter().enumerate();
    let alarms = alarms.filter_map(|(place, alarm)| {
        alarm.as_ref().filter(|one| !of_policies.contains(&place) || is_watched(&one.alarm.name))
    });
    let settings = targets.into_iter().map(|(place, settings)| (ServiceId::new(place as u32), settings));
    (settings.collect(), alarms.cloned().collect())
}

/// Application Auto Scaling scales other things, too.
pub(super) fn only_services(at: At<'_>, namespace: &str, dimension: &str, problems: &mut Problems) {
    problems.word(at.field("ServiceNamespace"), namespace, &[NAMESPACE]);
    problems.word(at.field("ScalableDimension"), dimension, &[DIMENSION]);
}

/// The place of a service by its `ResourceId`, service/CLUSTER/SERVICE, or of the only one when there is no id.
pub(super) fn resource(
    at: At<'_>,
    id: Option<&str>,
    cluster: &str,
    book: &Book<'_>,
    problems: &mut Problems,
) -> Option<usize> {
    let services = &book.services;
    let named = id.map_or_else(
        || services.names.get_or_only(None),
        |id| {
            let (found, name) = id.strip_prefix("service/")?.split_once('/')?;
            services.names.get(name).filter(|_| found == cluster)
        },
    );
    if named.is_none() {
        // To look for the closest takes its time.
        let known = if problems.is_full() { &[][..] } else { services.list };
        let ids: Vec<String> =
            known.iter().map(|service| format!("service/{cluster}/{}", service.service_name)).collect();
        let near = closest(id.unwrap_or_default(), ids.iter());
        let found = or_nothing(id.map(quoted));
        match near.first() {
            Some(first) => problems.add(at, found, either_of_many(&near, near.len()), quoted(first)),
            None => problems.add(at, found, "service/CLUSTER/SERVICE, and there is no service", "nothing"),
        }
    }
    named
}

/// The bounds of a scalable target: our own limit is that of a desired count.
pub(super) fn bound(at: At<'_>, field: &'static str, value: i64, problems: &mut Problems) -> u32 {
    problems.whole(at.field(field), value, 0, i64::from(Command::DESIRED_COUNT_MAX))
}

/// Both bounds of a scalable target.
pub(super) fn bounds(at: At<'_>, min: i64, max: i64, problems: &mut Problems) -> ScalableTarget {
    let min_capacity = bound(at, "MinCapacity", min, problems);
    let max_capacity = bound(at, "MaxCapacity", max, problems);
    let target = ScalableTarget { min_capacity, max_capacity, suspended: SuspendedState::default() };
    if let Err(refused) = target.validate() {
        problems.add(at.field("MaxCapacity"), max_capacity, at_least_min(&refused), min_capacity);
    }
    target
}

fn at_least_min(refused: &ScalingRefused) -> String {
    format!("at least MinCapacity: {refused}")
}

fn target(at: At<'_>, document: &document::ScalableTarget, problems: &mut Problems) -> ScalingSettings {
    let state = &document.suspended_state;
    let target = ScalableTarget {
        suspended: SuspendedState {
            dynamic_scaling_in: state.dynamic_scaling_in_suspended,
            dynamic_scaling_out: state.dynamic_scaling_out_suspended,
            scheduled_scaling: state.scheduled_scaling_suspended,
        },
        ..bounds(at, document.min_capacity, document.max_capacity, problems)
    };
    let mut settings = ScalingSettings { target, policies: Vec::new(), scheduled_actions: Vec::new() };
    let at = at.field("ScheduledActions");
    let list = problems.at_most(at, &document.scheduled_actions, SCHEDULED_ACTIONS_MAX, "of them");
    for (index, one) in list.iter().enumerate() {
        let at = at.element(index);
        let Some(action) = scheduled_action(at, one, problems) else { continue };
        settings.scheduled_actions.push(action);
        if let Err(refused) = settings.validate_together() {
            let found = quoted(&one.scheduled_action_name);
            problems.add(
                at.field("ScheduledActionName"),
                found,
                format_args!("a name of its own: {refused}"),
                "another one",
            );
            settings.scheduled_actions.pop();
        }
    }
    settings
}

fn scheduled_action(
    at: At<'_>,
    document: &document::ScheduledAction,
    problems: &mut Problems,
) -> Option<ScheduledAction> {
    for (field, is_given) in [
        ("Timezone", document.timezone.is_some()),
        ("StartTime", document.start_time.is_some()),
        ("EndTime", document.end_time.is_some()),
    ] {
        if is_given {
            problems.not_simulated(at.field(field), field);
        }
    }
    let refused = |error: ScheduleRefused| {
        let instead = quoted("cron(0 8 * * ? *)");
        let allowed = format_args!("a schedule that can be read: {error}");
        problems.add(at.field("Schedule"), quoted(&document.schedule), allowed, instead);
    };
    let schedule = document.schedule.parse().map_err(refused).ok();
    let at_action = at.field("ScalableTargetAction");
    let action = &document.scalable_target_action;
    let min_capacity = action.min_capacity.map(|value| bound(at_action, "MinCapacity", value, problems));
    let max_capacity = action.max_capacity.map(|value| bound(at_action, "MaxCapacity", value, problems));
    let name = document.scheduled_action_name.clone();
    let action = ScheduledAction { name, schedule: schedule?, min_capacity, max_capacity };
    match action.validate() {
        Ok(()) => return Some(action),
        Err(refused @ ScalingRefused::Name) => {
            let allowed = format_args!("such as AWS takes: {refused}");
            problems.add(at.field("ScheduledActionName"), quoted(&action.name), allowed, "such a name");
        }
        Err(refused @ ScalingRefused::MaxBelowMin) => {
            let (max, min) = (max_capacity.unwrap_or_default(), min_capacity.unwrap_or_default());
            problems.add(at_action.field("MaxCapacity"), max, at_least_min(&refused), min);
        }
        Err(refused) => {
            let allowed = format_args!("such as AWS takes: {refused}");
            problems.add(at_action, "nothing", allowed, "{ \"MinCapacity\": 2 }");
        }
    }
    None
}
