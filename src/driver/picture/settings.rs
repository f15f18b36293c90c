//! The settings of a service and of what its tasks are made of, under AWS's names.

use albatross_engine::Simulation;
use albatross_engine::ecs::deployment::settings::{
    CircuitBreaker, DeploymentAlarms, DeploymentStrategy, SourceServiceRevisionCleanup, Threshold,
};
use albatross_engine::ecs::placement::{
    BinpackField, PlacementConstraint, PlacementRules, PlacementStrategy, SpreadField,
};
use albatross_engine::ecs::{CapacityShare, CapacityStrategy, Launch, Service};
use albatross_engine::elb::TargetGroupId;

use super::Fact;
use super::look::{fact, seconds};
use super::service::name_of;

pub(super) fn of(service: &Service, simulation: &Simulation) -> Vec<Fact> {
    let settings = service.settings();
    let (definition, options) = (&settings.task_definition, &settings.options);
    let group = |id: TargetGroupId| {
        let groups = simulation.load_balancer().target_groups();
        groups.get(id.number() as usize).map_or("", |group| group.settings().name.as_str())
    };
    let mut facts = vec![
        fact("taskDefinition", name_of(definition)),
        fact("image", definition.image.as_str()),
        fact("targetGroup", settings.target_group.map_or("none", group)),
    ];
    facts.extend(
        settings.blue_green.map(|two| fact("alternateTargetGroup", group(two.alternate_target_group))),
    );
    facts.push(fact("desiredCount", service.desired_count().to_string()));
    facts.extend(launch(&settings.launch));
    facts.extend(strategy(options.strategy));
    facts.push(fact("deploymentCircuitBreaker", circuit_breaker(options.circuit_breaker)));
    facts.push(fact("alarms", alarms(&options.alarms)));
    if options.early_success.enable {
        let deferred = options.early_success.cleanup == SourceServiceRevisionCleanup::Deferred;
        let cleanup = if deferred { "DEFERRED" } else { "BLOCKING" };
        facts.push(fact(
            "earlySuccessCriteria",
            format!("healthyPercent {}, {cleanup}", options.early_success.healthy_percent),
        ));
    }
    facts.push(fact("availabilityZoneRebalancing", settings.rebalancing.as_str()));
    facts.push(fact("cpu, memory", format!("{}, {}\u{a0}MiB", definition.cpu, definition.memory)));
    facts.push(fact("stopTimeout", format!("{}\u{a0}s", seconds(definition.stop_timeout))));
    let check = definition.health_check.as_ref().map(|check| {
        format!(
            "every {}\u{a0}s, timeout {}\u{a0}s, {} retries, startPeriod {}\u{a0}s",
            seconds(check.interval),
            seconds(check.timeout),
            check.retries,
            seconds(check.start_period)
        )
    });
    facts.push(fact("container healthCheck", check.unwrap_or_else(|| "none".to_owned())));
    facts
}

fn launch(launch: &Launch) -> Vec<Fact> {
    match launch {
        Launch::Fargate(strategy) if *strategy == CapacityStrategy::default() => {
            vec![fact("launchType", "FARGATE")]
        }
        Launch::Fargate(CapacityStrategy { on_demand, spot }) => {
            let share = |name: &str, share: &CapacityShare| {
                format!("{name} base {} weight {}", share.base, share.weight)
            };
            let text = format!("{}, {}", share("FARGATE", on_demand), share("FARGATE_SPOT", spot));
            vec![fact("capacityProviderStrategy", text)]
        }
        Launch::Ec2(rules) => {
            let mut facts = vec![fact("launchType", "EC2"), fact("placementStrategy", placement(rules))];
            let distinct = rules.constraints.contains(&PlacementConstraint::DistinctInstance);
            facts.extend(distinct.then(|| fact("placementConstraints", "distinctInstance")));
            facts
        }
    }
}

fn placement(rules: &PlacementRules) -> String {
    let text = |strategy: &PlacementStrategy| match strategy {
        PlacementStrategy::Spread(SpreadField::AvailabilityZone) => "spread ecs.availability-zone",
        PlacementStrategy::Spread(SpreadField::InstanceId) => "spread instanceId",
        PlacementStrategy::Binpack(BinpackField::Cpu) => "binpack cpu",
        PlacementStrategy::Binpack(BinpackField::Memory) => "binpack memory",
        PlacementStrategy::Random => "random",
    };
    let texts = rules.strategies.iter().map(text).collect::<Vec<_>>();
    if texts.is_empty() { "none: spread over zones, then instances".to_owned() } else { texts.join(", ") }
}

fn strategy(strategy: DeploymentStrategy) -> Vec<Fact> {
    let minutes = |name: &str, length| fact(name, (seconds(length) / 60).to_string());
    let percent = |name: &str, tenths: u32| fact(name, format!("{}.{}", tenths / 10, tenths % 10));
    let mut facts = vec![fact("strategy", strategy.as_str())];
    match strategy {
        DeploymentStrategy::Rolling => {}
        DeploymentStrategy::BlueGreen { bake } => facts.push(minutes("bakeTimeInMinutes", bake)),
        DeploymentStrategy::Linear { step_percent_tenths, step_bake, bake } => facts.extend([
            percent("stepPercent", step_percent_tenths),
            minutes("stepBakeTimeInMinutes", step_bake),
            minutes("bakeTimeInMinutes", bake),
        ]),
        DeploymentStrategy::Canary { percent_tenths, canary_bake, bake } => facts.extend([
            percent("canaryPercent", percent_tenths),
            minutes("canaryBakeTimeInMinutes", canary_bake),
            minutes("bakeTimeInMinutes", bake),
        ]),
    }
    facts
}

fn circuit_breaker(breaker: CircuitBreaker) -> String {
    if !breaker.enable {
        return "off".to_owned();
    }
    let (kind, value) = match breaker.threshold {
        Threshold::BoundedPercent(percent) => ("BOUNDED_PERCENT", percent),
        Threshold::UnboundedPercent(percent) => ("UNBOUNDED_PERCENT", percent),
        Threshold::Count(count) => ("COUNT", count),
    };
    format!("{}, {kind} {value}", if breaker.rollback { "on, rollback" } else { "on" })
}

fn alarms(alarms: &DeploymentAlarms) -> String {
    if !alarms.enable {
        return "off".to_owned();
    }
    format!("{}{}", alarms.names.join(", "), if alarms.rollback { ", rollback" } else { "" })
}
