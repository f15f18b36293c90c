//! Scaling policies.

use std::collections::BTreeSet;

use super::At;
use super::problems::{Problems, or_nothing, quoted};
use super::scaling::{Scene, Targets, only_services, resource};
use crate::autoscaling::{
    AdjustmentType, COOLDOWN, MetricAggregationType, Policy, ScalingMetric, ScalingRefused, StepAdjustment,
    StepScaling, TargetTracking,
};
use crate::command::Command;
use crate::ecs::ServiceId;
use crate::elb::TargetGroupId;
use crate::kernel::SimDuration;
use crate::scenario::AlarmMetric;
use crate::scenario::document::{
    self, ADJUSTMENTS, AGGREGATIONS, METRIC_TYPES, POLICY_TYPES, PredefinedMetric, ScalingPolicy,
};

/// Our own limit, of all services together. AWS's quota is 50 for each.
const POLICIES_MAX: usize = 100;
/// One more than there may be, which the check of the policy then tells.
const STEPS_READ: usize = 21;
/// Our own limit: whatever is beyond it is beyond every bound.
const ADJUSTMENT_MAX: i64 = 1_000_000;

/// Adds the policies to the scalable targets. Returns the places of the alarms that belong to them.
pub(super) fn policies(
    list: &[ScalingPolicy],
    scene: &Scene<'_>,
    targets: &mut Targets,
    problems: &mut Problems,
) -> BTreeSet<usize> {
    let top = At::top("ScalingPolicies");
    let mut alarms = BTreeSet::new();
    for (index, document) in problems.at_most(top, list, POLICIES_MAX, "of them").iter().enumerate() {
        let at = top.element(index);
        only_services(at, &document.service_namespace, &document.scalable_dimension, problems);
        let service = service(at, document, scene, targets, problems);
        let policy = policy(at, document, service, scene, &mut alarms, problems);
        let target = service.and_then(|service| targets.get_mut(&service));
        let (Some(target), Some(policy)) = (target, policy) else { continue };
        if let Err(refused) = policy.validate() {
            tell(at, document, &refused, problems);
            continue;
        }
        target.policies.push(policy);
        if let Err(refused) = target.validate_together() {
            tell(at, document, &refused, problems);
            target.policies.pop();
        }
    }
    alarms
}

/// The service that a policy scales, which is a scalable target.
fn service(
    at: At<'_>,
    document: &ScalingPolicy,
    scene: &Scene<'_>,
    targets: &Targets,
    problems: &mut Problems,
) -> Option<usize> {
    let (field, id) = match (&document.scaling_target_id, &document.resource_id) {
        (Some(id), None) => ("ScalingTargetId", id),
        (None, Some(id)) => ("ResourceId", id),
        (one, _) => {
            let found = if one.is_some() { "both" } else { "neither" };
            let allowed = "a policy with one of ScalingTargetId and ResourceId";
            problems.add(at, found, allowed, "\"ResourceId\" and that of a scalable target");
            return None;
        }
    };
    let at = at.field(field);
    let service = resource(at, Some(id), scene.cluster, scene.book, problems)?;
    if !targets.contains_key(&service) {
        problems.add(at, quoted(id), "the ResourceId of one of ScalableTargets", "another one");
    }
    Some(service)
}

fn policy(
    at: At<'_>,
    document: &ScalingPolicy,
    service: Option<usize>,
    scene: &Scene<'_>,
    alarms: &mut BTreeSet<usize>,
    problems: &mut Problems,
) -> Option<Policy> {
    let kind = document.policy_type.as_str();
    let (at_tracking, at_steps) =
        (at.field("TargetTrackingScalingPolicyConfiguration"), at.field("StepScalingPolicyConfiguration"));
    if kind == "PredictiveScaling" || document.predictive_scaling_policy_configuration.is_some() {
        problems.not_simulated(at, "PredictiveScaling");
    } else {
        problems.word(at.field("PolicyType"), kind, POLICY_TYPES);
    }
    let tracking = document.target_tracking_scaling_policy_configuration.as_ref();
    let steps = document.step_scaling_policy_configuration.as_ref();
    for (at, is_given, owner) in [
        (at_tracking, tracking.is_some(), POLICY_TYPES[0]),
        (at_steps, steps.is_some(), POLICY_TYPES[1]),
        (at.field("AlarmName"), document.alarm_name.is_some(), POLICY_TYPES[1]),
    ] {
        if is_given != (kind == owner) && POLICY_TYPES.contains(&kind) {
            let word = if is_given { "absent" } else { "given" };
            let allowed = format_args!("{word}: it belongs to the PolicyType {owner}");
            let (found, instead) = if is_given { ("it", "nothing") } else { ("nothing", "it") };
            problems.add(at, found, allowed, instead);
        }
    }
    let name = document.policy_name.clone();
    if kind == POLICY_TYPES[0] {
        Some(Policy::TargetTracking(target_tracking(at_tracking, name, tracking?, service, scene, problems)?))
    } else {
        let alarm = document.alarm_name.as_deref();
        let alarm =
            alarm.and_then(|alarm| scene.book.alarms.names.find(at.field("AlarmName"), alarm, problems));
        alarms.extend(alarm);
        let Steps { adjustment_type, steps, min_adjustment_magnitude, cooldown, aggregation } =
            step_scaling(at_steps, steps?, problems);
        let alarm = scene.alarms.get(alarm?)?.as_ref()?;
        let metric = scaling_metric(alarm.metric, service?);
        if metric.is_none() {
            let found = format_args!("{}, on {}", quoted(&alarm.alarm.name), alarm.metric.as_str());
            let allowed = "an alarm on CPUUtilization or MemoryUtilization of the service, or on \
                           RequestCountPerTarget";
            problems.add(at.field("AlarmName"), found, allowed, "another one");
        }
        Some(Policy::StepScaling(StepScaling {
            name,
            alarm: alarm.alarm.clone(),
            metric: metric?,
            adjustment_type,
            steps,
            min_adjustment_magnitude,
            cooldown,
            aggregation,
        }))
    }
}

/// What a policy of a service can scale by.
fn scaling_metric(metric: AlarmMetric, service: usize) -> Option<ScalingMetric> {
    let is_own = |id: ServiceId| id.number() as usize == service;
    match metric {
        AlarmMetric::CpuUtilization(id) if is_own(id) => Some(ScalingMetric::EcsServiceAverageCpuUtilization),
        AlarmMetric::MemoryUtilization(id) if is_own(id) => {
            Some(ScalingMetric::EcsServiceAverageMemoryUtilization)
        }
        AlarmMetric::RequestCountPerTarget(group) => Some(ScalingMetric::AlbRequestCountPerTarget { group }),
        _ => None,
    }
}

fn cooldown(at: At<'_>, seconds: Option<i64>, problems: &mut Problems) -> SimDuration {
    seconds.map_or(COOLDOWN, |seconds| problems.seconds(at, seconds, 0, i64::from(i32::MAX)))
}

fn target_tracking(
    at: At<'_>,
    name: String,
    document: &document::TargetTracking,
    service: Option<usize>,
    scene: &Scene<'_>,
    problems: &mut Problems,
) -> Option<TargetTracking> {
    if document.customized_metric_specification.is_some() {
        problems.not_simulated(at.field("CustomizedMetricSpecification"), "CustomizedMetricSpecification");
    }
    let target_value = problems.thousandths(at.field("TargetValue"), document.target_value);
    let scale_out_cooldown = cooldown(at.field("ScaleOutCooldown"), document.scale_out_cooldown, problems);
    let scale_in_cooldown = cooldown(at.field("ScaleInCooldown"), document.scale_in_cooldown, problems);
    let at_metric = at.field("PredefinedMetricSpecification");
    let Some(metric) = &document.predefined_metric_specification else {
        let instead = "{ \"PredefinedMetricType\": \"ECSServiceAverageCPUUtilization\" }";
        problems.add(at_metric, "nothing", "one of AWS's metrics", instead);
        return None;
    };
    let metric = predefined_metric(at_metric, metric, service, scene, problems)?;
    let disable_scale_in = document.disable_scale_in;
    Some(TargetTracking {
        name,
        metric,
        target_value,
        scale_out_cooldown,
        scale_in_cooldown,
        disable_scale_in,
    })
}

fn predefined_metric(
    at: At<'_>,
    document: &PredefinedMetric,
    service: Option<usize>,
    scene: &Scene<'_>,
    problems: &mut Problems,
) -> Option<ScalingMetric> {
    let kind = document.predefined_metric_type.as_str();
    let at_type = at.field("PredefinedMetricType");
    if kind.ends_with("HighResolution") {
        let allowed = "a metric of one minute: Albatross does not simulate those of 20 seconds";
        problems.add(at_type, quoted(kind), allowed, quoted(kind.trim_end_matches("HighResolution")));
        return None;
    }
    problems.word(at_type, kind, METRIC_TYPES);
    let at = at.field("ResourceLabel");
    let label = document.resource_label.as_deref();
    if kind != "ALBRequestCountPerTarget" {
        if let Some(label) = label {
            let allowed = format_args!("absent: it belongs to the metric {}", METRIC_TYPES[2]);
            problems.add(at, quoted(label), allowed, "nothing");
        }
        return match kind {
            "ECSServiceAverageCPUUtilization" => Some(ScalingMetric::EcsServiceAverageCpuUtilization),
            "ECSServiceAverageMemoryUtilization" => Some(ScalingMetric::EcsServiceAverageMemoryUtilization),
            _ => None,
        };
    }
    let own = service.and_then(|place| scene.book.services.list.get(place));
    let own = own.and_then(|own| scene.services.iter().find(|service| service.name == own.service_name));
    let Some(label) = label else {
        let allowed = "the name of the service's target group";
        let own = own.and_then(|service| service.target_group).and_then(|group| group_name(group, scene));
        problems.add(at, "nothing", allowed, own.map_or("it".to_owned(), quoted));
        return None;
    };
    let group = TargetGroupId::new(scene.book.target_groups.names.find(at, label, problems)? as u32);
    if let Some(service) = own {
        let alternate = service.blue_green.map(|blue_green| blue_green.alternate_target_group);
        if ![service.target_group, alternate].contains(&Some(group)) {
            let allowed = format_args!("a target group of the service {}", service.name);
            problems.add(at, quoted(label), allowed, "another one");
        }
    }
    Some(ScalingMetric::AlbRequestCountPerTarget { group })
}

fn group_name<'a>(group: TargetGroupId, scene: &Scene<'a>) -> Option<&'a str> {
    scene.book.target_groups.list.get(group.number() as usize).map(|group| group.name.as_str())
}

/// What a step scaling policy says besides its alarm.
struct Steps {
    adjustment_type: AdjustmentType,
    steps: Vec<StepAdjustment>,
    min_adjustment_magnitude: Option<u32>,
    cooldown: SimDuration,
    aggregation: MetricAggregationType,
}

fn step_scaling(at: At<'_>, document: &document::StepScaling, problems: &mut Problems) -> Steps {
    let at_type = at.field("AdjustmentType");
    let adjustment_type = problems.one_of(at_type, &document.adjustment_type, ADJUSTMENTS);
    let at_magnitude = at.field("MinAdjustmentMagnitude");
    let magnitude = document.min_adjustment_magnitude;
    if let Some(magnitude) = magnitude.filter(|_| adjustment_type != AdjustmentType::PercentChangeInCapacity)
    {
        let allowed = "absent, unless AdjustmentType is PercentChangeInCapacity";
        problems.add(at_magnitude, magnitude, allowed, "nothing");
    }
    let most = i64::from(Command::DESIRED_COUNT_MAX);
    let at_steps = at.field("StepAdjustments");
    let mut steps = Vec::new();
    for (index, step) in document.step_adjustments.iter().take(STEPS_READ).enumerate() {
        let at = at_steps.element(index);
        let adjustment = step.scaling_adjustment;
        let adjustment =
            problems.signed(at.field("ScalingAdjustment"), adjustment, -ADJUSTMENT_MAX, ADJUSTMENT_MAX);
        let mut bound =
            |field, bound: Option<f64>| bound.map(|bound| problems.thousandths(at.field(field), bound));
        steps.push(StepAdjustment {
            lower_bound: bound("MetricIntervalLowerBound", step.metric_interval_lower_bound),
            upper_bound: bound("MetricIntervalUpperBound", step.metric_interval_upper_bound),
            adjustment: adjustment as i32,
        });
    }
    let at_aggregation = at.field("MetricAggregationType");
    Steps {
        adjustment_type,
        steps,
        min_adjustment_magnitude: magnitude.map(|magnitude| problems.whole(at_magnitude, magnitude, 1, most)),
        cooldown: cooldown(at.field("Cooldown"), document.cooldown, problems),
        aggregation: problems.one_of(at_aggregation, &document.metric_aggregation_type, AGGREGATIONS),
    }
}

/// Words for what AWS would refuse.
fn tell(at: At<'_>, document: &ScalingPolicy, refused: &ScalingRefused, problems: &mut Problems) {
    let name = quoted(&document.policy_name);
    match refused {
        ScalingRefused::Name => {
            let allowed = format_args!("such as AWS takes: {refused}");
            problems.add(at.field("PolicyName"), name, allowed, "such a name");
        }
        ScalingRefused::NameTaken(_) => {
            problems.add(
                at.field("PolicyName"),
                name,
                "a name that no other policy of it has",
                "another one",
            );
        }
        ScalingRefused::TargetValue => {
            let configuration = document.target_tracking_scaling_policy_configuration.as_ref();
            let found = or_nothing(configuration.map(|one| one.target_value));
            let at = at.field("TargetTrackingScalingPolicyConfiguration");
            problems.add(at.field("TargetValue"), found, "a number greater than 0", 50);
        }
        ScalingRefused::MetricTaken(metric) => {
            let at = at.field("TargetTrackingScalingPolicyConfiguration");
            let at = at.field("PredefinedMetricSpecification");
            let allowed = format_args!("a metric of its own: {refused}");
            problems.add(at.field("PredefinedMetricType"), quoted(metric), allowed, "another metric");
        }
        ScalingRefused::Quota if document.policy_type == POLICY_TYPES[0] => {
            problems.add(at, "one policy more", refused, "fewer");
        }
        ScalingRefused::Statistic { .. } | ScalingRefused::Alarm(_) => {
            let found = or_nothing(document.alarm_name.as_ref().map(quoted));
            problems.add(
                at.field("AlarmName"),
                found,
                format_args!("an alarm that suits: {refused}"),
                "another one",
            );
        }
        refused => {
            let configuration = document.step_scaling_policy_configuration.as_ref();
            let count = configuration.map_or(0, |configuration| configuration.step_adjustments.len());
            let at = at.field("StepScalingPolicyConfiguration");
            let allowed = format_args!("such as AWS takes: {refused}");
            problems.add(at.field("StepAdjustments"), format_args!("{count} steps"), allowed, "other steps");
        }
    }
}
