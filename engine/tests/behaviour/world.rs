//! Small helpers to build a world, let it run and look at it.

use albatross_engine::ecs::{ServiceId, ServiceSettings, TaskId, TaskStatus};
use albatross_engine::elb::listener::{Action, Forward, WeightedTargetGroup};
use albatross_engine::elb::{
    HealthCheckPort, ListenerId, NodeId, TargetGroupAttribute, TargetGroupId, TargetId, TargetState,
};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::{Author, BalancerCause, Notice, RoutingChoice, Step};
use albatross_engine::traffic::{ClientId, KindId, Profile, RequestRate, TraceArrival};
use albatross_engine::{Command, Scenario, Simulation};

pub(crate) use albatross_engine::cloudwatch::Metric;

pub(crate) const FIRST_SERVICE: ServiceId = ServiceId::new(0);
pub(crate) const FIRST_GROUP: TargetGroupId = TargetGroupId::new(0);

/// A world that is easy to reason about: constant arrivals, constant service time, everything else as in the real
/// example.
pub(crate) fn plain() -> Scenario {
    let mut scenario = built_in("the-real-example");
    scenario.traffic.arrivals = albatross_engine::traffic::Arrivals::Constant;
    let work = SimDuration::from_millis(100);
    scenario.services[0].task_definition.container.service_time =
        albatross_engine::kernel::Distribution::Constant { value: work };
    scenario
}

/// A plain world with one service in each zone, of so many tasks, all in the first target group. Each node routes by
/// itself, and ECS leaves unhealthy tasks alone. Tasks are numbered from 1 on, those of the first zone first.
pub(crate) fn by_zone(tasks: &[u32]) -> Scenario {
    let mut scenario = plain();
    scenario.assumptions.shared_routing_memory = false;
    let web = scenario.services[0].clone();
    scenario.services = (0..)
        .zip(tasks)
        .map(|(zone, count)| ServiceSettings {
            name: format!("web-{zone}"),
            desired_count: *count,
            zones: vec![zone],
            health_check_grace_period: SimDuration::from_secs(86_400),
            ..web.clone()
        })
        .collect();
    scenario
}

/// A plain world with one target group and one service of so many tasks for each weight; the listener forwards to
/// them by weight. ECS leaves unhealthy tasks alone. Tasks are numbered from 1 on, those of the first group first.
pub(crate) fn by_weight(groups: &[(u16, u32)]) -> Scenario {
    let mut scenario = plain();
    let (group, web) = (scenario.target_groups[0].clone(), scenario.services[0].clone());
    scenario.target_groups.clear();
    scenario.services.clear();
    for (number, (_, tasks)) in (0..).zip(groups) {
        let mut group = group.clone();
        group.name = format!("web-{number}");
        scenario.target_groups.push(group);
        scenario.services.push(ServiceSettings {
            name: format!("web-{number}"),
            desired_count: *tasks,
            target_group: Some(TargetGroupId::new(number)),
            health_check_grace_period: SimDuration::from_secs(86_400),
            ..web.clone()
        });
    }
    let weights: Vec<u16> = groups.iter().map(|(weight, _)| *weight).collect();
    scenario.listeners[0].default_action = weighted(&weights, None);
    scenario
}

/// Forwards to the target groups in their order with these weights.
pub(crate) fn weighted(weights: &[u16], stickiness: Option<SimDuration>) -> Action {
    let target_groups = (0..)
        .zip(weights)
        .map(|(number, weight)| WeightedTargetGroup { group: TargetGroupId::new(number), weight: *weight });
    Action::Forward(Forward { target_groups: target_groups.collect(), stickiness })
}

/// `ModifyListener`: another default action for the first listener.
pub(crate) fn modify_listener(simulation: &mut Simulation, action: Action) {
    apply(simulation, Command::ModifyAction(ListenerId::new(0), None, action));
}

/// `ModifyTargetGroupAttributes` of the first target group.
pub(crate) fn modify_group(simulation: &mut Simulation, key: &str, value: &str) {
    let attribute = TargetGroupAttribute::parse(key, value).unwrap_or_else(|refusal| panic!("{refusal}"));
    apply(simulation, Command::ModifyTargetGroup(FIRST_GROUP, attribute));
}

/// Sets an attribute of the first target group.
pub(crate) fn set(scenario: &mut Scenario, key: &str, value: &str) {
    let attribute = TargetGroupAttribute::parse(key, value).unwrap_or_else(|refusal| panic!("{refusal}"));
    scenario.target_groups[0].set(&attribute);
}

/// Nobody sends anything.
pub(crate) fn silence(scenario: &mut Scenario) {
    scenario.traffic.profile = Profile::steady(RequestRate::default());
}

/// All clients together send so many requests a second, evenly, and a task needs so many milliseconds for each.
pub(crate) fn load(scenario: &mut Scenario, per_second: f64, milliseconds: u64) {
    scenario.traffic.profile = Profile::steady(RequestRate::per_second(per_second).expect("in range"));
    let value = SimDuration::from_millis(milliseconds);
    for service in &mut scenario.services {
        service.task_definition.container.service_time =
            albatross_engine::kernel::Distribution::Constant { value };
    }
}

/// So many clients take turns, one request every `gap_ms` from the start on, `count` in all, each 10 ms of work:
/// there is no luck in who asks when. DNS gives the first client the first node, the second the second, and so on.
pub(crate) fn in_turns(scenario: &mut Scenario, clients: u32, gap_ms: u64, count: u64) {
    at_instants(scenario, clients, (0..count).map(|number| number * gap_ms));
}

/// Likewise, at these instants, in milliseconds.
pub(crate) fn at_instants(scenario: &mut Scenario, clients: u32, instants: impl IntoIterator<Item = u64>) {
    silence(scenario);
    scenario.traffic.clients = clients;
    scenario.traffic.trace = (0..)
        .zip(instants)
        .map(|(number, at): (u32, u64)| TraceArrival {
            at: SimTime::ZERO + SimDuration::from_millis(at),
            kind: KindId::new(0),
            client: ClientId::new(number % clients),
            work: SimDuration::from_millis(10),
        })
        .collect();
}

/// One way of a request through the load balancer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) at: SimTime,
    pub(crate) client: u32,
    pub(crate) node: u32,
    pub(crate) task: u32,
    pub(crate) choice: RoutingChoice,
}

/// Where every request went.
///
/// # Panics
/// When steps have been lost: they are kept for 32,768 steps only.
pub(crate) fn routes(simulation: &Simulation) -> Vec<Route> {
    let recorded = simulation.trace().steps();
    assert!(recorded.written() <= recorded.iter().count() as u64, "too long a run to see all of it");
    let mut senders = std::collections::BTreeMap::new();
    let mut routes = Vec::new();
    for (at, step) in steps(simulation) {
        match step {
            Step::Sent { request, client, .. } => {
                senders.insert(request.number(), client.number());
            }
            Step::Routed { request, node, target, choice } => {
                let task = simulation.task_behind(target).expect("a task is behind every target").number();
                let client = senders[&request.number()];
                routes.push(Route { at, client, node: node.number(), task, choice });
            }
            _ => {}
        }
    }
    routes
}

/// The causes for which the load balancer answered by itself, each with the node that did.
pub(crate) fn causes(simulation: &Simulation) -> Vec<(NodeId, BalancerCause)> {
    let answers = steps(simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Answered { node, author: Author::LoadBalancer(cause), .. } => Some((node, cause)),
        _ => None,
    });
    answers.collect()
}

/// The state of a task's target and the reason for it, as people read it.
pub(crate) fn health_of(simulation: &Simulation, task: u32) -> String {
    simulation.load_balancer().target(target_of(simulation, task)).health().to_string()
}

/// All states of a task's target so far, likewise.
pub(crate) fn states_of(simulation: &Simulation, task: u32) -> Vec<String> {
    let target = simulation.load_balancer().target(target_of(simulation, task));
    target.states().iter().map(|(_, health)| health.to_string()).collect()
}

/// How many requests each of these tasks got so far.
pub(crate) fn shares<const N: usize>(simulation: &Simulation, tasks: [u32; N]) -> [u64; N] {
    tasks.map(|task| routed_to(simulation, task))
}

/// How many requests each of these tasks gets until this second.
pub(crate) fn gains<const N: usize>(simulation: &mut Simulation, tasks: [u32; N], until: u64) -> [u64; N] {
    let before = shares(simulation, tasks);
    run_to(simulation, until);
    let mut gains = shares(simulation, tasks);
    gains.iter_mut().zip(before).for_each(|(after, before)| *after -= before);
    gains
}

/// What a count of `draws` that each come up with this chance may lie off its mean: 4.4 standard deviations, which
/// one in 100,000 seeds exceeds. The seeds of these tests are fixed.
pub(crate) fn luck(draws: u64, chance: f64) -> f64 {
    4.4 * (draws as f64 * chance * (1.0 - chance)).sqrt()
}

pub(crate) fn built_in(name: &str) -> Scenario {
    Scenario::built_in(name).unwrap_or_else(|| panic!("{name} is built in"))
}

pub(crate) fn seconds(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(seconds)
}

pub(crate) fn run_to(simulation: &mut Simulation, second: u64) {
    simulation.advance(seconds(second), u64::MAX);
}

pub(crate) fn apply(simulation: &mut Simulation, command: Command) {
    simulation.apply(command).unwrap_or_else(|refusal| panic!("{refusal}"));
}

pub(crate) fn target_of(simulation: &Simulation, task: u32) -> TargetId {
    let task = simulation.cluster().task(TaskId::new(task)).expect("the task exists");
    task.target().expect("it is registered")
}

pub(crate) fn state_of(simulation: &Simulation, task: u32) -> TargetState {
    simulation.load_balancer().target(target_of(simulation, task)).health().state
}

pub(crate) fn routed_to(simulation: &Simulation, task: u32) -> u64 {
    simulation.load_balancer().target(target_of(simulation, task)).routed()
}

pub(crate) fn status_of(simulation: &Simulation, task: u32) -> TaskStatus {
    simulation.cluster().task(TaskId::new(task)).expect("the task exists").status()
}

pub(crate) fn notices(simulation: &Simulation) -> Vec<(SimTime, Notice)> {
    simulation.trace().notices().iter().map(|entry| (entry.at, entry.what.clone())).collect()
}

/// When the first notice of this kind was recorded.
pub(crate) fn first(simulation: &Simulation, wanted: impl Fn(&Notice) -> bool) -> Option<SimTime> {
    notices(simulation).into_iter().find(|(_, notice)| wanted(notice)).map(|(at, _)| at)
}

/// When a task's target first reached a state.
pub(crate) fn reached(simulation: &Simulation, task: u32, state: TargetState) -> Option<SimTime> {
    let wanted = target_of(simulation, task);
    first(simulation, |notice| {
        matches!(notice, Notice::TargetHealthChanged { target, after, .. }
            if *target == wanted && after.state == state)
    })
}

/// The log as people read it, one line an entry.
pub(crate) fn log(simulation: &Simulation) -> String {
    let lines = simulation.trace().notices().iter();
    lines.map(|entry| format!("{} {}\n", entry.at, simulation.describe(&entry.what))).collect()
}

pub(crate) fn steps(simulation: &Simulation) -> Vec<(SimTime, Step)> {
    simulation.trace().steps().iter().map(|entry| (entry.at, entry.what)).collect()
}

/// A plain world of one service with so many tasks of four workers, whose health checks have a port of their own, and so
/// many requests a second of 100 ms each: its CPU is known.
pub(crate) fn sized(tasks: u32, per_second: f64) -> Scenario {
    let mut scenario = plain();
    load(&mut scenario, per_second, 100);
    let service = &mut scenario.services[0];
    service.desired_count = tasks;
    service.task_definition.container.workers = 4;
    service.task_definition.container.health_port = Some(8_081);
    scenario.target_groups[0].health_check.port = HealthCheckPort::Port(8_081);
    scenario
}
