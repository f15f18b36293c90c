//! Small helpers to build a world, let it run and look at it.

use albatross_engine::ecs::{ServiceId, TaskId, TaskStatus};
use albatross_engine::elb::{TargetGroupId, TargetId, TargetState};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::{Notice, Step};
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
