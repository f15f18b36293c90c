//! What tasks use of their CPU and memory, as CloudWatch has it (ECS guide, "Amazon ECS service utilization metrics").

use albatross_engine::cloudwatch::{ServiceMinute, Spread};
use albatross_engine::ecs::MemoryUse;
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

/// The first service, minute by minute.
fn minutes(simulation: &Simulation) -> Vec<ServiceMinute> {
    simulation.metrics().minutes().iter().map(|entry| entry.what.services[0]).collect()
}

fn cpu(minute: &ServiceMinute) -> f64 {
    minute.cpu.expect("tasks run").average
}

fn run(scenario: &Scenario, until: u64) -> Simulation {
    let mut simulation = Simulation::new(scenario, 7);
    run_to(&mut simulation, until);
    simulation
}

/// ECS guide, "Amazon ECS service utilization metrics": what is used over what the task definition gives, for all tasks
/// together, from samples every 20 s; Minimum and Maximum are the least and the greatest sample. 10 requests a second of
/// 100 ms keep one worker of eight busy.
#[test]
fn cpu_utilization_is_work_over_workers() {
    let minutes = minutes(&run(&sized(2, 10.0), 180));
    for minute in &minutes[1..] {
        let cpu = minute.cpu.expect("tasks run");
        assert!((cpu.average - 12.5).abs() < 0.02, "{cpu:?}");
        assert!(cpu.max - cpu.min < 0.2, "{cpu:?}");
        assert_eq!((minute.running, minute.desired, minute.pending, minute.live), (2, 2, 0, 2));
    }
}

/// However long a job is, each sample counts the part of it that was done in its 20 s.
#[test]
fn a_long_job_is_counted_as_it_is_done() {
    let mut scenario = sized(1, 1.0);
    silence(&mut scenario);
    scenario.traffic.clients = 1;
    at_instants(&mut scenario, 1, [5_000]);
    scenario.traffic.trace[0].work = albatross_engine::kernel::SimDuration::from_secs(40);
    let cpu = minutes(&run(&scenario, 60))[0].cpu.expect("a task runs");
    // One worker of four: busy for 15 s, 20 s and 5 s of the 20 s, less what the way there takes.
    assert!((cpu.max - 25.0).abs() < 1e-9, "{cpu:?}");
    assert!((cpu.min - 6.25).abs() < 0.1, "{cpu:?}");
    assert!((cpu.average - (18.75 + 25.0 + 6.25) / 3.0).abs() < 0.01, "{cpu:?}");
}

/// Health checks are work, too: 2 ms each, from two nodes every 5 s.
#[test]
fn health_checks_are_work() {
    let mut scenario = plain();
    silence(&mut scenario);
    let minute = minutes(&run(&scenario, 120))[1];
    let expected = 100.0 * (2.0 * 4.0 * 0.002) / (4.0 * 20.0);
    assert!((cpu(&minute) - expected).abs() < 1e-9, "{minute:?}");
}

/// ECS guide, "Amazon ECS CloudWatch metrics": without a RUNNING task there is no datapoint.
#[test]
fn without_a_running_task_there_is_no_datapoint() {
    let mut simulation = run(&sized(2, 10.0), 60);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 0));
    run_to(&mut simulation, 240);
    let minutes = minutes(&simulation);
    assert!(minutes[0].cpu.is_some() && minutes[0].memory.is_some());
    for minute in &minutes[2..] {
        assert_eq!((minute.cpu, minute.memory, minute.running, minute.desired), (None, None, 0, 0));
    }
}

/// A process that hangs does nothing, and a slow one works all the time: our choice "CPU of a task".
#[test]
fn a_hanging_process_uses_no_cpu_and_a_slow_one_more() {
    let hanging = |command: fn(TaskId) -> Command| {
        let mut scenario = sized(1, 10.0);
        scenario.services[0].health_check_grace_period =
            albatross_engine::kernel::SimDuration::from_secs(86_400);
        let mut simulation = run(&scenario, 60);
        apply(&mut simulation, command(TaskId::new(1)));
        run_to(&mut simulation, 180);
        cpu(&minutes(&simulation)[2])
    };
    assert_eq!(hanging(Command::HangTask), 0.0);
    let slow = hanging(|task| Command::SlowTask(task, 200));
    assert!((slow - 50.0).abs() < 0.1, "{slow}");
}

/// ECS guide, "Amazon ECS service utilization metrics": memory used over the memory of the task definition. 128 MiB
/// idle of 512, and 32 MiB for each of the four requests that two tasks have in hand.
#[test]
fn memory_utilization_is_memory_in_use_over_that_of_the_task_definition() {
    let mut scenario = sized(2, 10.0);
    scenario.services[0].task_definition.container.memory = MemoryUse { idle: 128, per_request: 32 * 1_024 };
    let idle = {
        let mut scenario = scenario.clone();
        silence(&mut scenario);
        minutes(&run(&scenario, 60))[0]
    };
    assert_eq!(idle.memory, Some(Spread::level(25.0)));
    scenario.traffic.clients = 4;
    at_instants(&mut scenario, 4, [1_000; 4]);
    scenario.traffic.trace.iter_mut().for_each(|arrival| {
        arrival.work = albatross_engine::kernel::SimDuration::from_secs(50);
    });
    let busy = minutes(&run(&scenario, 60))[0];
    assert_eq!(busy.memory.map(|memory| memory.max), Some(100.0 * (256.0 + 128.0) / 1_024.0));
    scenario.services[0].task_definition.container.memory.per_request = 1_024 * 1_024;
    assert_eq!(
        minutes(&run(&scenario, 60))[0].memory.map(|memory| memory.max),
        Some(100.0),
        "no more than it has"
    );
}

/// ECS guide, "Amazon ECS CloudWatch metrics": `LiveTaskCount` holds tasks in ACTIVATING, RUNNING and DEACTIVATING.
#[test]
fn draining_tasks_are_live_and_not_running() {
    let mut simulation = run(&sized(3, 10.0), 55);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 1));
    run_to(&mut simulation, 60);
    let minute = minutes(&simulation)[0];
    assert_eq!((minute.running, minute.desired, minute.live), (1, 1, 3));
}
