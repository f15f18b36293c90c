//! Small helpers for services that are deployed, and for where their tasks run.

use albatross_engine::cloudwatch::Metric;
use albatross_engine::ecs::deployment::settings::{CircuitBreaker, DeploymentStrategy};
use albatross_engine::ecs::deployment::state::{DeploymentId, RolloutState};
use albatross_engine::ecs::placement::{PlacementRules, Resources};
use albatross_engine::ecs::rebalancing::AvailabilityZoneRebalancing;
use albatross_engine::ecs::{
    BlueGreen, DeploymentConfiguration, DeploymentRecord, DesiredStatus, InstanceSettings, Launch, Release,
    RuleReference, Service, StartTimes, Task, TaskId, TaskStatus,
};
use albatross_engine::elb::listener::Action;
use albatross_engine::elb::{ListenerId, TargetGroupId, TargetState};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Scenario, Simulation};

use crate::world::*;

pub(crate) const SECOND_GROUP: TargetGroupId = TargetGroupId::new(1);

pub(crate) const fn percent(minimum_healthy_percent: u32, maximum_percent: u32) -> DeploymentConfiguration {
    DeploymentConfiguration { minimum_healthy_percent, maximum_percent }
}

/// A plain world without requests, whose service has so many tasks and these percentages, and leaves its tasks in the
/// zones that they were started in.
pub(crate) fn service(desired: u32, limits: DeploymentConfiguration) -> Scenario {
    let mut scenario = plain();
    silence(&mut scenario);
    scenario.services[0].desired_count = desired;
    scenario.services[0].deployment = limits;
    scenario.services[0].rebalancing = AvailabilityZoneRebalancing::Disabled;
    scenario
}

/// Likewise, where everything that the scheduler asks for has happened by its next look 9 s later: a task needs 4 s
/// to start, give or take one, 1.5 s to be registered and checked, and 5 s to stop.
pub(crate) fn brisk(desired: u32, limits: DeploymentConfiguration) -> Scenario {
    let mut scenario = service(desired, limits);
    let second = SimDuration::from_secs(1);
    scenario.services[0].task_definition.start_times =
        StartTimes { provisioning: second, pending: second, image_pull: second, activating: second };
    set(&mut scenario, "deregistration_delay.timeout_seconds", "0");
    scenario
}

/// The service runs on container instances with room for so many of its tasks each, in these zones.
pub(crate) fn on_instances(scenario: &mut Scenario, rules: PlacementRules, instances: &[(usize, u32)]) {
    let service = &mut scenario.services[0];
    let (cpu, memory) = (service.task_definition.cpu, service.task_definition.memory);
    service.launch = Launch::Ec2(rules);
    let registers = |tasks| Resources { cpu: cpu * tasks, memory: memory * tasks, network_interfaces: tasks };
    let instance = |(zone, tasks): &(usize, u32)| InstanceSettings {
        instance_type: "c5.large".to_owned(),
        registers: registers(*tasks),
        zone: *zone,
    };
    scenario.cluster.instances = instances.iter().map(instance).collect();
}

pub(crate) fn breaker(rollback: bool) -> CircuitBreaker {
    CircuitBreaker { enable: true, rollback, ..CircuitBreaker::default() }
}

pub(crate) fn deploy(simulation: &mut Simulation, release: Release) {
    apply(simulation, Command::DeployRelease(FIRST_SERVICE, release));
}

pub(crate) fn the_service(simulation: &Simulation) -> &Service {
    simulation.cluster().service(FIRST_SERVICE).expect("there is one")
}

pub(crate) fn deployment(simulation: &Simulation, number: u32) -> &DeploymentRecord {
    the_service(simulation).deployment(DeploymentId::new(number)).expect("it began")
}

pub(crate) fn rollout(simulation: &Simulation, number: u32) -> RolloutState {
    deployment(simulation, number).rollout()
}

pub(crate) fn is_wanted(task: &Task) -> bool {
    task.desired_status() == DesiredStatus::Running
}

/// RUNNING, wanted, and healthy at the load balancer.
pub(crate) fn is_healthy(simulation: &Simulation, task: &Task) -> bool {
    let at_target = |target| simulation.load_balancer().target(target).health().state;
    is_wanted(task)
        && task.status() == TaskStatus::Running
        && task.target().is_some_and(|target| at_target(target) == TargetState::Healthy)
}

pub(crate) fn healthy(simulation: &Simulation) -> u32 {
    simulation.cluster().tasks_of(FIRST_SERVICE).filter(|task| is_healthy(simulation, task)).count() as u32
}

/// The tasks that are not STOPPED.
pub(crate) fn present(simulation: &Simulation) -> u32 {
    simulation.cluster().tasks_of(FIRST_SERVICE).count() as u32
}

/// The wanted tasks in each of two zones.
pub(crate) fn by_zones(simulation: &Simulation) -> [usize; 2] {
    let wanted = || simulation.cluster().tasks_of(FIRST_SERVICE).filter(|task| is_wanted(task));
    [0, 1].map(|zone| wanted().filter(|task| task.zone() == zone).count())
}

/// The wanted tasks of the first revision, and of all later ones.
pub(crate) fn old_and_new(simulation: &Simulation) -> (usize, usize) {
    let wanted = || simulation.cluster().tasks_of(FIRST_SERVICE).filter(|task| is_wanted(task));
    let old = wanted().filter(|task| task.revision().number() == 1).count();
    (old, wanted().count() - old)
}

/// All tasks that the service ever had, in the order of their start.
pub(crate) fn all_tasks(simulation: &Simulation) -> Vec<&Task> {
    let numbers = 1..=simulation.cluster().started() as u32;
    numbers.filter_map(|number| simulation.cluster().task(TaskId::new(number))).collect()
}

pub(crate) fn task(simulation: &Simulation, number: u32) -> &Task {
    simulation.cluster().task(TaskId::new(number)).expect("it was started")
}

/// Looks at the world after every event.
pub(crate) fn at_every_event(simulation: &mut Simulation, second: u64, mut look: impl FnMut(&Simulation)) {
    while !simulation.advance(seconds(second), 1).reached {
        look(simulation);
    }
}

/// Lets time pass until something is so. Returns when that was.
pub(crate) fn run_until(
    simulation: &mut Simulation,
    second: u64,
    mut is_so: impl FnMut(&Simulation) -> bool,
) -> SimTime {
    while !is_so(simulation) {
        assert!(
            !simulation.advance(seconds(second), 1).reached,
            "not until {second} s:\n{}",
            log(simulation)
        );
    }
    simulation.now()
}

/// When a task reached a status.
pub(crate) fn entered(simulation: &Simulation, number: u32, status: TaskStatus) -> SimTime {
    let entered = first(simulation, |notice| {
        matches!(notice, Notice::TaskStatusChanged { task, after, .. }
            if task.number() == number && *after == status)
    });
    entered.unwrap_or_else(|| panic!("task {number} never was {status}:\n{}", log(simulation)))
}

/// The events of the service as people read them, the oldest first, with the seconds at which they were told.
pub(crate) fn events(simulation: &Simulation) -> Vec<(u64, String)> {
    let latest = the_service(simulation).events().latest();
    let mut events: Vec<(u64, String)> =
        latest.map(|event| (event.at.as_micros() / 1_000_000, simulation.describe(&event.message))).collect();
    events.reverse();
    events
}

/// Those of them in which this is said.
pub(crate) fn events_with(simulation: &Simulation, words: &str) -> Vec<(u64, String)> {
    events(simulation).into_iter().filter(|(_, event)| event.contains(words)).collect()
}

/// Requests that were not answered well.
pub(crate) fn lost(simulation: &Simulation) -> u64 {
    let counted = |metric| simulation.metrics().count(metric);
    counted(Metric::Elb5xx) + counted(Metric::Target5xx)
}

pub(crate) fn is_completed(simulation: &Simulation, number: u32) -> bool {
    let deployments = the_service(simulation).deployments();
    deployments.get(number as usize - 1).is_some_and(|one| one.rollout() == RolloutState::Completed)
}

/// The service shifts traffic between two target groups: production on port 80, tests on port 8080.
pub(crate) fn shift_traffic(scenario: &mut Scenario, strategy: DeploymentStrategy) {
    let mut green = scenario.target_groups[0].clone();
    green.name = "green".to_owned();
    scenario.target_groups.push(green);
    let mut test = scenario.listeners[0].clone();
    test.port = 8_080;
    scenario.listeners.push(test);
    let rule = |listener| RuleReference { listener: ListenerId::new(listener), priority: None };
    let service = &mut scenario.services[0];
    service.options.strategy = strategy;
    service.blue_green =
        Some(BlueGreen { alternate_target_group: SECOND_GROUP, production: rule(0), test: Some(rule(1)) });
}

/// The weights of blue's and green's target group in the default rule of a listener.
pub(crate) fn weights(simulation: &Simulation, listener: usize) -> (u16, u16) {
    let Action::Forward(forward) = &simulation.load_balancer().listeners()[listener].default_action else {
        panic!("it forwards")
    };
    let of = |group| forward.target_groups.iter().find(|one| one.group == group).map_or(0, |one| one.weight);
    (of(FIRST_GROUP), of(SECOND_GROUP))
}
