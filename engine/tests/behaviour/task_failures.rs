//! Tasks that fail again and again, and those whose capacity is taken away.

use albatross_engine::ecs::throttle::DELAY_MAX;
use albatross_engine::ecs::{
    CapacityProvider, CapacityShare, CapacityStrategy, Launch, Release, StopCode, TaskId, TaskStatus, Waiting,
};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Simulation};

use crate::fleet::*;
use crate::world::*;

/// When attempts to start tasks were made.
fn attempts(simulation: &Simulation) -> Vec<SimTime> {
    let started = notices(simulation).into_iter().filter_map(|(at, notice)| match notice {
        Notice::ServiceStartedTasks { .. } => Some(at),
        _ => None,
    });
    started.collect()
}

fn gaps(attempts: &[SimTime]) -> Vec<SimDuration> {
    attempts.windows(2).map(|pair| pair[1].since(pair[0])).collect()
}

/// ECS guide, "Amazon ECS service throttle logic": tasks that never are RUNNING are tried again after longer and longer,
/// up to 27 minutes, and for ever. Between two attempts lie the start, 23 s at the most, the delay and a look.
#[test]
fn failing_starts_are_tried_again_after_up_to_27_minutes() {
    let mut simulation = Simulation::new(&service(2, percent(100, 200)), 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::CannotPullImage);
    run_to(&mut simulation, 5 * 60 * 60);
    let gaps = gaps(&attempts(&simulation));
    assert!(gaps.windows(2).skip(1).all(|pair| pair[0] <= pair[1] + SimDuration::from_secs(25)), "{gaps:?}");
    assert!(gaps[1] < SimDuration::from_secs(60), "{gaps:?}");
    let longest = gaps.last().copied().expect("many");
    assert!(longest >= DELAY_MAX && longest <= DELAY_MAX + SimDuration::from_secs(40), "{longest}");
    assert_eq!(DELAY_MAX, SimDuration::from_secs(27 * 60));
    assert_eq!(events_with(&simulation, "is unable to consistently start tasks successfully.").len(), 1);
    assert!(matches!(the_service(&simulation).waiting(), Waiting::Throttle(_)));
    assert_eq!(old_and_new(&simulation).0, 2, "the old tasks run");
    // Another task definition ends it at once: a look comes a second later.
    let at = simulation.now();
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 5 * 60 * 60 + 100);
    let next = attempts(&simulation).into_iter().find(|started| *started >= at).expect("it goes on");
    assert!(next.since(at) <= SimDuration::from_secs(1));
    assert_eq!((old_and_new(&simulation), healthy(&simulation)), ((0, 2), 2));
}

/// ECS guide, "Amazon ECS service throttle logic": tasks that are RUNNING and crash then are replaced at full speed for
/// ever: the gaps between attempts do not grow.
#[test]
fn a_crash_loop_is_not_slowed_down() {
    let mut scenario = service(2, percent(100, 200));
    scenario.services[0].target_group = None;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Crashes { after: SimDuration::from_secs(5) });
    run_to(&mut simulation, 3_600);
    let gaps = gaps(&attempts(&simulation));
    assert!(gaps.len() > 40, "{} attempts in an hour", gaps.len());
    assert!(gaps.iter().all(|gap| *gap <= SimDuration::from_secs(100)), "{gaps:?}");
    assert!(events_with(&simulation, "unable to consistently start").is_empty());
    let crashed = all_tasks(&simulation).into_iter().filter(|task| task.exit_code() == Some(1)).count();
    assert!(crashed > 40, "{crashed}");
}

/// Four tasks on Fargate Spot alone.
fn on_spot(stop_timeout: u64) -> Simulation {
    let mut scenario = service(4, percent(100, 200));
    let strategy =
        CapacityStrategy { on_demand: CapacityShare::default(), spot: CapacityShare { base: 0, weight: 1 } };
    scenario.services[0].launch = Launch::Fargate(strategy);
    scenario.services[0].task_definition.stop_timeout = SimDuration::from_secs(stop_timeout);
    set(&mut scenario, "deregistration_delay.timeout_seconds", "300");
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    simulation
}

/// ECS guide, "Amazon ECS clusters for Fargate": SIGTERM comes with the warning of two minutes, and the task is replaced on
/// Spot, never on demand. Draining and shutting down share the two minutes: a delay of 300 s changes nothing about that.
#[test]
fn a_spot_task_has_two_minutes_and_is_replaced_on_spot() {
    let mut simulation = on_spot(30);
    let at = simulation.now();
    apply(&mut simulation, Command::InterruptSpot(TaskId::new(1)));
    assert_eq!(task(&simulation, 1).sigterm_at(), Some(at), "at once");
    assert_eq!(task(&simulation, 1).status(), TaskStatus::Deactivating, "and the target drains");
    run_to(&mut simulation, 400);
    assert_eq!(entered(&simulation, 1, TaskStatus::Deprovisioning).since(at), SimDuration::from_secs(120));
    let one = task(&simulation, 1);
    assert_eq!((one.stop_code(), one.exit_code()), (Some(StopCode::SpotInterruption), Some(0)));
    assert_eq!(StopCode::SpotInterruption.as_str(), "SpotInterruption");
    assert_eq!(StopCode::SpotInterruption.reason(), "Your Spot Task was interrupted.");
    let providers = simulation.cluster().tasks().map(|task| task.place().provider);
    assert_eq!(providers.collect::<Vec<_>>(), [Some(CapacityProvider::FargateSpot); 4]);
    assert_eq!(healthy(&simulation), 4);
    let started = attempts(&simulation)[0].since(at);
    assert!(started <= SimDuration::from_secs(1), "the scheduler looks at once: {started}");
}

/// Likewise: `stopTimeout` runs from the warning on, so that a process that hangs is killed within the two minutes.
#[test]
fn a_spot_task_that_hangs_is_killed_at_its_stop_timeout() {
    let mut simulation = on_spot(90);
    apply(&mut simulation, Command::HangTask(TaskId::new(1)));
    let at = simulation.now();
    apply(&mut simulation, Command::InterruptSpot(TaskId::new(1)));
    run_to(&mut simulation, 400);
    let one = task(&simulation, 1);
    assert_eq!(one.exit_code(), Some(137));
    assert_eq!(one.exited_at().map(|exited| exited.since(at)), Some(SimDuration::from_secs(90)));
}

/// API: only tasks of the capacity provider FARGATE_SPOT are interrupted.
#[test]
fn other_tasks_are_not_interrupted() {
    let mut simulation = Simulation::new(&service(2, percent(100, 200)), 7);
    assert!(simulation.apply(Command::InterruptSpot(TaskId::new(1))).is_err());
}

/// ECS guide, "Deploy Amazon ECS services by replacing tasks": during a deployment an unhealthy task is replaced by one of
/// its own revision. That the new revision's tasks fail to start, again and again, slows down that revision alone.
#[test]
fn a_revision_that_fails_to_start_does_not_hold_up_the_old_one() {
    let mut simulation = Simulation::new(&service(3, percent(100, 200)), 7);
    deploy(&mut simulation, Release::CannotPullImage);
    run_until(
        &mut simulation,
        900,
        |simulation| matches!(the_service(simulation).waiting(), Waiting::Throttle(until) if until > simulation.now() + SimDuration::from_secs(100)),
    );
    apply(&mut simulation, Command::KillTask(TaskId::new(1)));
    let lost = simulation.now();
    let replaced = run_until(&mut simulation, 2_000, |simulation| {
        healthy(simulation) == 3 && status_of(simulation, 1) != TaskStatus::Running
    });
    // Two checks of 5 s, a look every 10 s, a start of at most 25 s, a check; the process is seen to be gone after 30 s.
    assert!(replaced.since(lost) <= SimDuration::from_secs(70), "{}", replaced.since(lost));
    assert!(simulation.cluster().tasks().all(|task| task.revision().number() == 1));
}
