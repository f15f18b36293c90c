//! Rolling deployments that are complete before all is done, and what goes on afterwards.

use albatross_engine::Simulation;
use albatross_engine::ecs::Release;
use albatross_engine::ecs::deployment::settings::{EarlySuccessCriteria, SourceServiceRevisionCleanup};
use albatross_engine::ecs::placement::PlacementRules;

use crate::fleet::*;
use crate::world::*;

/// Four tasks at 50/200 on instances that hold four: two old ones go, two new ones start, the other two old ones go,
/// two more new ones start. Returns the healthy new tasks and the old ones that are not STOPPED at the moment of
/// completion, and the world.
fn at_completion(early: EarlySuccessCriteria) -> (u32, usize, Simulation) {
    let mut scenario = brisk(4, percent(50, 200));
    on_instances(&mut scenario, PlacementRules::default(), &[(0, 2), (1, 2)]);
    scenario.services[0].options.early_success = early;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 300, |simulation| is_completed(simulation, 2));
    let new = simulation.cluster().tasks().filter(|task| task.revision().number() == 2);
    let healthy = new.filter(|task| is_healthy(&simulation, task)).count() as u32;
    let old = simulation.cluster().tasks().filter(|task| task.revision().number() == 1).count();
    (healthy, old, simulation)
}

/// ECS guide, "Complete Amazon ECS rolling deployments early with early success criteria": half of the new tasks are
/// enough when that is asked for. `BLOCKING` waits for the old tasks to be gone, `DEFERRED` does not; either way the
/// rest is done afterwards.
#[test]
fn early_success_asks_for_fewer_healthy_tasks() {
    let default = EarlySuccessCriteria::default();
    let (healthy_then, old, _) = at_completion(default);
    assert_eq!((healthy_then, old), (4, 0));

    let blocking = EarlySuccessCriteria { enable: true, healthy_percent: 50, ..default };
    let (healthy_then, old, mut simulation) = at_completion(blocking);
    assert_eq!((healthy_then, old), (2, 0));
    run_to(&mut simulation, 300);
    assert_eq!((healthy(&simulation), old_and_new(&simulation)), (4, (0, 4)));

    let deferred = EarlySuccessCriteria { cleanup: SourceServiceRevisionCleanup::Deferred, ..blocking };
    let (healthy_then, old, mut simulation) = at_completion(deferred);
    assert_eq!((healthy_then, old), (2, 2));
    run_to(&mut simulation, 300);
    assert_eq!((healthy(&simulation), old_and_new(&simulation)), (4, (0, 4)));
}
