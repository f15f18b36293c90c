use super::*;

const NEEDS: Resources = Resources::of_task(256, 512);

fn id(number: u32) -> InstanceId {
    InstanceId::new(number)
}

/// Instances in these zones, each for eight tasks by CPU and memory and seven by network interfaces.
fn cluster(zones: &[usize]) -> Vec<Instance> {
    let registered = Resources { cpu: 2_048, memory: 4_096, network_interfaces: 7 };
    (0..).zip(zones).map(|(number, zone)| Instance::new(id(number), *zone, registered)).collect()
}

fn rules(strategies: &[PlacementStrategy]) -> PlacementRules {
    PlacementRules { strategies: strategies.to_vec(), constraints: Vec::new() }
}

fn dice() -> RandomStream {
    RandomStream::new(7, "placement")
}

/// Places so many tasks, one after the other, and returns them.
fn fill(instances: &mut [Instance], rules: &PlacementRules, count: u32) -> Vec<Placed> {
    let mut tasks = Vec::new();
    let mut dice = dice();
    for number in 1..=count {
        let instance = place(NEEDS, rules, instances, &tasks, &mut dice).expect("there is room");
        instances[instance.number() as usize].take(NEEDS);
        tasks.push(Placed { task: TaskId::new(number), instance });
    }
    tasks
}

fn on(tasks: &[Placed]) -> Vec<u32> {
    tasks.iter().map(|placed| placed.instance.number()).collect()
}

fn placed(instances: &[u32]) -> Vec<Placed> {
    (1..).zip(instances).map(|(task, at)| Placed { task: TaskId::new(task), instance: id(*at) }).collect()
}

const BY_ZONE: PlacementStrategy = PlacementStrategy::Spread(SpreadField::AvailabilityZone);
const BY_INSTANCE: PlacementStrategy = PlacementStrategy::Spread(SpreadField::InstanceId);
const BY_CPU: PlacementStrategy = PlacementStrategy::Binpack(BinpackField::Cpu);
const BY_MEMORY: PlacementStrategy = PlacementStrategy::Binpack(BinpackField::Memory);

/// API `UpdateService`: without a strategy, the zone with the fewest tasks of the service, and there the instance
/// with the fewest.
#[test]
fn without_a_strategy_zones_and_then_instances_are_balanced() {
    let mut instances = cluster(&[0, 0, 1]);
    let tasks = fill(&mut instances, &PlacementRules::default(), 6);
    assert_eq!(on(&tasks), [0, 2, 1, 2, 0, 2], "three in each zone");
}

/// ECS guide, "Use strategies to define Amazon ECS task placement": `spread` by instance does not ask for zones.
#[test]
fn spread_by_instance_balances_instances() {
    let mut instances = cluster(&[0, 0, 1]);
    assert_eq!(on(&fill(&mut instances, &rules(&[BY_INSTANCE]), 6)), [0, 1, 2, 0, 1, 2]);
}

#[test]
fn equals_are_told_apart_by_their_tasks_of_the_service() {
    let mut instances = cluster(&[0, 0, 1]);
    assert_eq!(on(&fill(&mut instances, &rules(&[BY_ZONE]), 6)), [0, 2, 1, 2, 0, 2]);
}

/// ECS guide, "Use strategies to define Amazon ECS task placement": `binpack` leaves the least unused.
#[test]
fn binpack_fills_one_instance_after_the_other() {
    let mut instances = cluster(&[0, 0, 1]);
    instances[1].take(NEEDS);
    let tasks = fill(&mut instances, &rules(&[BY_CPU]), 8);
    assert_eq!(on(&tasks), [1, 1, 1, 1, 1, 1, 0, 0], "six more interfaces on the fullest");
    let mut instances = cluster(&[0, 0]);
    instances[0].take(Resources { cpu: 1_024, memory: 0, network_interfaces: 0 });
    instances[1].take(Resources { cpu: 0, memory: 1_024, network_interfaces: 0 });
    assert_eq!(on(&fill(&mut instances.clone(), &rules(&[BY_CPU]), 1)), [0]);
    assert_eq!(on(&fill(&mut instances, &rules(&[BY_MEMORY]), 1)), [1]);
}

/// ECS guide, "Example Amazon ECS task placement strategies": strategies are applied in their order.
#[test]
fn zones_can_be_spread_over_and_packed() {
    let mut instances = cluster(&[0, 0, 1, 1]);
    let tasks = fill(&mut instances, &rules(&[BY_ZONE, BY_MEMORY]), 6);
    assert_eq!(on(&tasks), [0, 2, 0, 2, 0, 2]);
}

/// ECS guide, "Use strategies to define Amazon ECS task placement": `random`.
#[test]
fn random_is_random() {
    let mut instances = cluster(&[0, 0, 1]);
    let tasks = on(&fill(&mut instances, &rules(&[PlacementStrategy::Random]), 12));
    assert!((0..3).all(|instance| tasks.contains(&instance)), "{tasks:?}");
}

/// API `PlacementConstraint`: with `distinctInstance` every task has an instance of its own.
#[test]
fn distinct_instances_have_one_task_each() {
    let mut instances = cluster(&[0, 0, 1]);
    let distinct =
        PlacementRules { strategies: vec![BY_CPU], constraints: vec![PlacementConstraint::DistinctInstance] };
    let tasks = fill(&mut instances, &distinct, 3);
    assert_eq!(on(&tasks), [0, 1, 2]);
    assert_eq!(
        place(NEEDS, &distinct, &instances, &tasks, &mut dice()),
        Err(PlacementFailure::NoneFits { closest: id(0), lack: Lack::DistinctInstance })
    );
}

/// ECS guide, "Amazon ECS service event messages": what the closest matching instance lacks.
#[test]
fn the_closest_instance_is_named() {
    let lack =
        |instances: &[Instance], needs| place(needs, &PlacementRules::default(), instances, &[], &mut dice());
    let mut instances = cluster(&[0, 1]);
    instances[0].take(Resources { cpu: 2_048, memory: 4_096, network_interfaces: 0 });
    instances[1].take(Resources { cpu: 2_048, memory: 0, network_interfaces: 0 });
    let none = |closest, lack| Err(PlacementFailure::NoneFits { closest: id(closest), lack });
    assert_eq!(lack(&instances, NEEDS), none(1, Lack::Cpu), "it lacks fewer things");
    let instances = cluster(&[0]);
    assert_eq!(lack(&instances, Resources::of_task(256, 9_999)), none(0, Lack::Memory));
    let mut instances = cluster(&[0]);
    instances[0].take(Resources { cpu: 0, memory: 0, network_interfaces: 7 });
    assert_eq!(lack(&instances, NEEDS), none(0, Lack::NetworkInterface));
    let mut instances = cluster(&[0]);
    instances[0].standing = Standing::AgentDisconnected;
    assert_eq!(lack(&instances, NEEDS), none(0, Lack::Agent));
    instances[0].standing = Standing::Draining;
    assert_eq!(lack(&instances, NEEDS), Err(PlacementFailure::NoInstances));
}

/// API `UpdateService`: without a strategy, the zone with the most tasks of the service, and there the instance
/// with the most.
#[test]
fn without_a_strategy_the_fullest_zone_and_instance_lose_a_task() {
    let instances = cluster(&[0, 0, 1]);
    let tasks = placed(&[0, 1, 1, 2, 2]);
    let stopped = stop(NEEDS, &PlacementRules::default(), &instances, &tasks, &mut dice());
    assert!([2, 3].map(TaskId::new).contains(&stopped.expect("there are five")), "one of instance 1");
}

/// ECS guide, "Use strategies to define Amazon ECS task placement": `spread` keeps the zones balanced, and stops
/// any task within a zone.
#[test]
fn spread_stops_any_task_of_the_fullest_zone() {
    let instances = cluster(&[0, 0, 1]);
    let tasks = placed(&[0, 1, 1, 2]);
    let mut dice = dice();
    let stopped: Vec<u32> = (0..50)
        .filter_map(|_| stop(NEEDS, &rules(&[BY_ZONE]), &instances, &tasks, &mut dice))
        .map(TaskId::number)
        .collect();
    assert!([1, 2, 3].iter().all(|task| stopped.contains(task)) && !stopped.contains(&4));
}

/// ECS guide, "Use strategies to define Amazon ECS task placement": with `binpack` the instance that will have the
/// most left loses a task.
#[test]
fn binpack_stops_where_most_is_left() {
    let mut instances = cluster(&[0, 0]);
    let tasks = placed(&[0, 0, 0, 1]);
    tasks.iter().for_each(|placed| instances[placed.instance.number() as usize].take(NEEDS));
    assert_eq!(stop(NEEDS, &rules(&[BY_CPU]), &instances, &tasks, &mut dice()), Some(TaskId::new(4)));
    assert_eq!(stop(NEEDS, &rules(&[BY_CPU]), &instances, &[], &mut dice()), None);
}
