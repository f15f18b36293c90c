//! Where a service's tasks run, how they are placed there, and whether they are moved between zones.

use super::At;
use super::problems::{Problems, either, quoted};
use crate::ecs::placement::{
    BinpackField, PlacementConstraint, PlacementRules, PlacementStrategy, SpreadField,
};
use crate::ecs::rebalancing::{AvailabilityZoneRebalancing, may_rebalance};
use crate::ecs::{CapacityProvider, CapacityShare, CapacityStrategy, DeploymentConfiguration, Launch};
use crate::scenario::document::{self, CAPACITY_PROVIDERS, REBALANCING, Service};

/// API `CapacityProviderStrategyItem`.
const PROVIDERS_MAX: usize = 20;
const BASE_MAX: i64 = 100_000;
const WEIGHT_MAX: i64 = 1_000;

const PLACEMENTS: [&str; 3] = ["spread", "binpack", "random"];
const SPREAD: &[(&str, SpreadField)] = &[
    ("attribute:ecs.availability-zone", SpreadField::AvailabilityZone),
    ("instanceId", SpreadField::InstanceId),
    ("host", SpreadField::InstanceId),
];
const BINPACK: &[(&str, BinpackField)] = &[("cpu", BinpackField::Cpu), ("memory", BinpackField::Memory)];

pub(super) fn launch(at: At<'_>, service: &Service, problems: &mut Problems) -> Launch {
    let launch_type = service.launch_type.as_deref();
    if let Some(launch_type) = launch_type {
        problems.word(at.field("LaunchType"), launch_type, &["FARGATE", "EC2"]);
    }
    let at_strategy = at.field("CapacityProviderStrategy");
    let capacity = service.capacity_provider_strategy.as_ref();
    let capacity = capacity.map(|items| capacity_strategy(at_strategy, items, problems));
    if let (Some(launch_type), Some(_)) = (launch_type, capacity) {
        let allowed = "absent beside a LaunchType: AWS takes one of the two";
        problems.add(at_strategy, format_args!("it beside {launch_type}"), allowed, "nothing");
    }
    scheduling_strategy(at.field("SchedulingStrategy"), service, launch_type == Some("EC2"), problems);
    let rules = rules(at, service, problems);
    if launch_type == Some("EC2") {
        return Launch::Ec2(rules);
    }
    for (field, count, what) in [
        ("PlacementStrategies", rules.strategies.len(), "strategies"),
        ("PlacementConstraints", rules.constraints.len(), "constraints"),
    ] {
        if count > 0 {
            let allowed = format_args!(
                "absent on Fargate, where AWS supports no placement {what}: tasks spread over the zones of the service"
            );
            problems.add(at.field(field), format_args!("{count} of them"), allowed, "nothing");
        }
    }
    Launch::Fargate(capacity.unwrap_or_default())
}

fn scheduling_strategy(at: At<'_>, service: &Service, is_on_instances: bool, problems: &mut Problems) {
    match service.scheduling_strategy.as_str() {
        "DAEMON" => {
            let allowed = if is_on_instances {
                "\"REPLICA\": Albatross does not simulate DAEMON"
            } else {
                "\"REPLICA\": tasks on Fargate do not support DAEMON"
            };
            problems.add(at, quoted("DAEMON"), allowed, quoted("REPLICA"));
        }
        word => problems.word(at, word, &["REPLICA"]),
    }
}

/// API `CapacityProviderStrategyItem`: one base, and not all weights 0.
fn capacity_strategy(
    at: At<'_>,
    items: &[document::CapacityProviderStrategyItem],
    problems: &mut Problems,
) -> CapacityStrategy {
    let mut shares: [Option<CapacityShare>; 2] = [None; 2];
    for (index, item) in problems.at_most(at, items, PROVIDERS_MAX, "of them").iter().enumerate() {
        let at = at.element(index);
        let at_provider = at.field("CapacityProvider");
        let provider = problems.one_of(at_provider, &item.capacity_provider, CAPACITY_PROVIDERS);
        let share = CapacityShare {
            base: problems.whole(at.field("Base"), item.base, 0, BASE_MAX),
            weight: problems.whole(at.field("Weight"), item.weight, 0, WEIGHT_MAX),
        };
        let (own, other) = match provider {
            CapacityProvider::Fargate => (0, 1),
            CapacityProvider::FargateSpot => (1, 0),
        };
        if shares[own].is_some() {
            let found = quoted(&item.capacity_provider);
            problems.add(at_provider, found, "a capacity provider that stands once", "it once");
        }
        if share.base > 0 && shares[other].is_some_and(|other| other.base > 0) {
            let allowed = "0: only one capacity provider of a strategy has a base";
            problems.add(at.field("Base"), share.base, allowed, 0);
        }
        shares[own] = Some(share);
    }
    let [on_demand, spot] = shares.map(Option::unwrap_or_default);
    if items.is_empty() {
        let instead = "[{ \"CapacityProvider\": \"FARGATE\", \"Weight\": 1 }]";
        problems.add(at, "no capacity provider", "one or two capacity providers", instead);
    } else if on_demand.weight == 0 && spot.weight == 0 {
        let allowed = "a strategy with a weight above 0, for with weight 0 no task is placed";
        problems.add(at, "the weight 0 alone", allowed, "\"Weight\": 1");
    }
    CapacityStrategy { on_demand, spot }
}

fn rules(at: At<'_>, service: &Service, problems: &mut Problems) -> PlacementRules {
    let (at_strategies, at_constraints) = (at.field("PlacementStrategies"), at.field("PlacementConstraints"));
    let strategies = &service.placement_strategies;
    let strategies = problems.at_most(at_strategies, strategies, PlacementRules::STRATEGIES_MAX, "of them");
    let constraints = &service.placement_constraints;
    let constraints =
        problems.at_most(at_constraints, constraints, PlacementRules::CONSTRAINTS_MAX, "of them");
    for (index, constraint) in constraints.iter().enumerate() {
        let at = at_constraints.element(index);
        if constraint.r#type == "memberOf" {
            let allowed = "\"distinctInstance\": Albatross does not simulate memberOf";
            problems.add(at.field("Type"), quoted("memberOf"), allowed, quoted("distinctInstance"));
        } else {
            problems.word(at.field("Type"), &constraint.r#type, &["distinctInstance"]);
        }
        if constraint.expression.is_some() {
            problems.not_simulated(at.field("Expression"), "Expression");
        }
    }
    let strategies = strategies.iter().enumerate();
    PlacementRules {
        strategies: strategies
            .map(|(index, one)| placement_strategy(at_strategies.element(index), one, problems))
            .collect(),
        constraints: vec![PlacementConstraint::DistinctInstance; constraints.len()],
    }
}

fn placement_strategy(
    at: At<'_>,
    strategy: &document::PlacementStrategy,
    problems: &mut Problems,
) -> PlacementStrategy {
    problems.word(at.field("Type"), &strategy.r#type, &PLACEMENTS);
    let at = at.field("Field");
    match (strategy.r#type.as_str(), strategy.field.as_deref()) {
        ("spread", Some(field)) => PlacementStrategy::Spread(problems.one_of(at, field, SPREAD)),
        ("binpack", Some(field)) => PlacementStrategy::Binpack(problems.one_of(at, field, BINPACK)),
        ("spread", None) => {
            let words = SPREAD.iter().map(|(word, _)| *word).collect::<Vec<_>>();
            problems.add(at, "nothing", either(&words), quoted(words[0]));
            PlacementStrategy::Spread(SpreadField::AvailabilityZone)
        }
        ("binpack", None) => {
            let words = BINPACK.iter().map(|(word, _)| *word).collect::<Vec<_>>();
            problems.add(at, "nothing", either(&words), quoted(words[0]));
            PlacementStrategy::Binpack(BinpackField::Cpu)
        }
        (kind, field) => {
            if let Some(field) = field.filter(|_| kind == "random") {
                problems.add(at, quoted(field), "absent: the Type random has none", "nothing");
            }
            PlacementStrategy::Random
        }
    }
}

/// On by default where a service may have it (API `CreateService`).
pub(super) fn rebalancing(
    at: At<'_>,
    service: &Service,
    limits: DeploymentConfiguration,
    launch: &Launch,
    problems: &mut Problems,
) -> AvailabilityZoneRebalancing {
    let strategies = match launch {
        Launch::Ec2(rules) => rules.strategies.as_slice(),
        Launch::Fargate(_) => &[],
    };
    let may = may_rebalance(limits, strategies);
    let Some(word) = &service.availability_zone_rebalancing else {
        return match may {
            Ok(()) => AvailabilityZoneRebalancing::Enabled,
            Err(_) => AvailabilityZoneRebalancing::Disabled,
        };
    };
    let rebalancing = problems.one_of(at, word, REBALANCING);
    if let (AvailabilityZoneRebalancing::Enabled, Err(refused)) = (rebalancing, may) {
        let disabled = quoted(AvailabilityZoneRebalancing::Disabled.as_str());
        problems.add(at, quoted(word), format_args!("{disabled} here: {refused}"), &disabled);
    }
    rebalancing
}
