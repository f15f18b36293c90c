//! Where tasks run: container instances and their room, strategies, capacity providers, quotas.

use albatross_engine::ecs::fargate::VcpuQuota;
use albatross_engine::ecs::placement::{
    BinpackField, InstanceId, PlacementConstraint, PlacementRules, PlacementStrategy, Resources, SpreadField,
};
use albatross_engine::ecs::{
    CapacityProvider, CapacityShare, CapacityStrategy, Launch, Release, StopCode, Waiting,
};
use albatross_engine::{Command, Scenario, Simulation};

use crate::fleet::*;
use crate::world::*;

/// How many wanted tasks each instance runs.
fn by_instance(simulation: &Simulation, instances: u32) -> Vec<usize> {
    let on = |number| Some(InstanceId::new(number));
    let wanted = || simulation.cluster().tasks().filter(|task| is_wanted(task));
    (0..instances).map(|number| wanted().filter(|task| task.place().instance == on(number)).count()).collect()
}

fn rules(strategies: &[PlacementStrategy]) -> PlacementRules {
    PlacementRules { strategies: strategies.to_vec(), constraints: Vec::new() }
}

fn on(rules: PlacementRules, desired: u32, instances: &[(usize, u32)]) -> Scenario {
    let mut scenario = brisk(desired, percent(100, 200));
    on_instances(&mut scenario, rules, instances);
    scenario
}

/// ECS guide, "Amazon ECS service event messages": what no container instance has is told in AWS's words, once; the tasks
/// that there is room for run. API `Resources`: CPU, memory and network interfaces are what there can be too little of.
#[test]
fn what_container_instances_lack_is_told() {
    for (lack, sentence) in [
        (Resources { cpu: 0, memory: 9_999, network_interfaces: 9 }, "has insufficient CPU units available."),
        (Resources { cpu: 9_999, memory: 0, network_interfaces: 9 }, "has insufficient memory available."),
        (
            Resources { cpu: 9_999, memory: 9_999, network_interfaces: 0 },
            "encountered error \"RESOURCE:ENI\".",
        ),
    ] {
        let mut scenario = on(PlacementRules::default(), 2, &[(0, 1)]);
        scenario.services[0].zones = vec![0];
        let one = Resources::of_task(256, 512);
        scenario.cluster.instances[0].registers = one.plus(lack);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 600);
        let told = events_with(&simulation, "was unable to place a task");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].1.ends_with(sentence), "{told:?}");
        assert_eq!(healthy(&simulation), 1);
        assert!(matches!(the_service(&simulation).waiting(), Waiting::Place(_)));
        // With less to place the cause is gone.
        apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 1));
        run_to(&mut simulation, 620);
        assert_eq!(the_service(&simulation).waiting(), Waiting::Nothing);
    }
}

/// ECS guide, "Use strategies to define Amazon ECS task placement". Without a strategy tasks go to the zone with the fewest
/// and there to the instance with the fewest; `spread` over instances ignores zones; `binpack` fills one instance before
/// the next.
#[test]
fn strategies_decide_among_instances() {
    let three = [(0, 8), (0, 8), (1, 8)];
    let placed = |strategies: &[PlacementStrategy]| {
        let simulation = Simulation::new(&on(rules(strategies), 6, &three), 7);
        by_instance(&simulation, 3)
    };
    assert_eq!(placed(&[]).iter().take(2).sum::<usize>(), 3);
    assert_eq!(placed(&[PlacementStrategy::Spread(SpreadField::InstanceId)]), [2, 2, 2]);
    assert_eq!(placed(&[PlacementStrategy::Binpack(BinpackField::Memory)]), [6, 0, 0]);
}

/// ECS guide, "Use strategies to define Amazon ECS task placement": `random` is any. Of 40 tasks of 20 seeds each instance
/// gets its half, give or take what chance allows.
#[test]
fn random_takes_any_instance() {
    let on_first: usize = (0..20)
        .map(|seed| {
            let scenario = on(rules(&[PlacementStrategy::Random]), 2, &[(0, 8), (1, 8)]);
            by_instance(&Simulation::new(&scenario, seed), 2)[0]
        })
        .sum();
    assert!((on_first as f64 - 20.0).abs() <= luck(40, 0.5), "{on_first}");
}

/// ECS guide, "Define which container instances Amazon ECS uses for tasks": `distinctInstance` puts no two tasks of the
/// service on one instance, however much room there is.
#[test]
fn distinct_instances_take_one_task_each() {
    let rules =
        PlacementRules { strategies: Vec::new(), constraints: vec![PlacementConstraint::DistinctInstance] };
    let mut simulation = Simulation::new(&on(rules, 3, &[(0, 8), (1, 8)]), 7);
    run_to(&mut simulation, 60);
    assert_eq!(by_instance(&simulation, 2), [1, 1]);
    let told = events_with(&simulation, "DistinctInstance placement constraint unsatisfied.");
    assert_eq!(told.len(), 1);
}

/// ECS guide, "Amazon ECS stopped tasks error messages": tasks of an instance that is gone end with its reason, and are
/// replaced on the others.
#[test]
fn tasks_of_a_lost_instance_are_replaced_on_others() {
    let mut scenario = service(4, percent(100, 200));
    on_instances(&mut scenario, PlacementRules::default(), &[(0, 4), (1, 4)]);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    assert_eq!(by_instance(&simulation, 2), [2, 2]);
    apply(&mut simulation, Command::LoseInstance(InstanceId::new(0)));
    run_to(&mut simulation, 200);
    assert_eq!((by_instance(&simulation, 2), healthy(&simulation)), (vec![0, 4], 4));
    let gone =
        all_tasks(&simulation).into_iter().filter(|task| task.stop_code() == Some(StopCode::HostTerminated));
    assert_eq!(gone.count(), 2);
    assert!(simulation.apply(Command::LoseInstance(InstanceId::new(0))).is_err(), "it is gone already");
    // A deployment has no room on what is left at 100/200: it waits, and tells why.
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 400);
    assert_eq!((old_and_new(&simulation), healthy(&simulation)), ((4, 0), 4));
    assert_eq!(events_with(&simulation, "insufficient CPU units").len(), 1);
}

/// API `CapacityProviderStrategyItem`: two tasks on demand before weights count, then one on demand for three on Spot. A
/// deployment keeps that for its own tasks.
#[test]
fn capacity_providers_share_tasks_by_base_and_weight() {
    let mut scenario = brisk(10, percent(100, 200));
    let share = |base, weight| CapacityShare { base, weight };
    scenario.services[0].launch =
        Launch::Fargate(CapacityStrategy { on_demand: share(2, 1), spot: share(0, 3) });
    let mut simulation = Simulation::new(&scenario, 7);
    let on = |simulation: &Simulation, provider| {
        let wanted = simulation.cluster().tasks().filter(|task| is_wanted(task));
        wanted.filter(|task| task.place().provider == Some(provider)).count()
    };
    let shares = |simulation: &Simulation| {
        (on(simulation, CapacityProvider::Fargate), on(simulation, CapacityProvider::FargateSpot))
    };
    assert_eq!(shares(&simulation), (4, 6));
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 200);
    assert_eq!((old_and_new(&simulation), shares(&simulation)), ((0, 10), (4, 6)));
}

/// ECS guide, "Amazon ECS service event messages": the quota of vCPUs is told when it is reached. Five tasks of 0.25 vCPU
/// do not fit 1 vCPU.
#[test]
fn the_quota_of_vcpus_is_a_limit() {
    let mut scenario = brisk(5, percent(100, 200));
    scenario.cluster.on_demand_quota = VcpuQuota(1_024);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    assert_eq!(healthy(&simulation), 4);
    let told = events_with(&simulation, "the limit on the number of vCPUs you can run concurrently.");
    assert_eq!(told.len(), 1);
}
