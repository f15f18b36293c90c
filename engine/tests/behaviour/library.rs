//! Every built-in scenario shows what its description says.

use albatross_engine::elb::TargetState;
use albatross_engine::{Simulation, scenario::BUILT_IN};

use crate::world::*;

#[test]
fn every_scenario_runs_for_ten_minutes() {
    for (name, _) in BUILT_IN {
        let mut simulation = Simulation::new(&built_in(name), 1);
        run_to(&mut simulation, 600);
        assert!(simulation.requests_received() > 1_000, "{name}");
    }
}

#[test]
fn one_slow_task_spoils_round_robin_and_not_least_outstanding_requests() {
    let mut simulation = Simulation::new(&built_in("one-slow-task"), 7);
    run_to(&mut simulation, 120);
    let by_round_robin = [1, 2, 3].map(|task| routed_to(&simulation, task));
    assert!(by_round_robin.iter().max().expect("three") - by_round_robin.iter().min().expect("three") <= 1);
    let mut simulation_on = simulation.clone();
    run_to(&mut simulation_on, 720);
    let after = [1, 2, 3].map(|task| routed_to(&simulation_on, task) - routed_to(&simulation, task));
    let share = after[0] as f64 / after.iter().sum::<u64>() as f64;
    // Ten minutes at 8/s are 4,800 requests; a third would be 33 %, give or take 0.7 %.
    assert!((0.05..0.22).contains(&share), "{share}");
    let quantile = |simulation: &Simulation| simulation.metrics().client_latency.quantile(0.75);
    assert!(quantile(&simulation_on) < quantile(&simulation), "fewer people meet the slow task");
}

#[test]
fn a_hanging_task_answers_504_and_is_replaced() {
    let mut simulation = Simulation::new(&built_in("a-task-hangs"), 7);
    run_to(&mut simulation, 120);
    let metrics = simulation.metrics();
    assert!(metrics.count(Metric::Elb504) > 10, "a third of 8/s until two checks have timed out");
    assert_eq!((metrics.count(Metric::Elb502), metrics.count(Metric::Elb503)), (0, 0));
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 3);
    assert_eq!(state_of(&simulation, 4), TargetState::Healthy);
}

#[test]
fn a_new_service_answers_503_until_its_first_task_is_healthy() {
    let mut simulation = Simulation::new(&built_in("a-service-is-created"), 7);
    run_to(&mut simulation, 120);
    let first_healthy = (1..=3).filter_map(|task| reached(&simulation, task, TargetState::Healthy)).min();
    let first_healthy = first_healthy.expect("they get healthy").as_seconds();
    let expected = first_healthy * 8.0;
    let unavailable = simulation.metrics().count(Metric::Elb503) as f64;
    // Poisson arrivals at 8/s: within four standard deviations.
    assert!((unavailable - expected).abs() < 4.0 * expected.sqrt(), "{unavailable} of {expected}");
}

#[test]
fn ten_busy_tasks_are_busy_four_fifths_of_the_time() {
    let mut simulation = Simulation::new(&built_in("ten-busy-tasks"), 7);
    let (mut busy, mut samples) = (0, 0);
    for second in 60..=660 {
        run_to(&mut simulation, second);
        let containers = simulation.cluster().tasks().filter_map(|task| task.container());
        busy += containers.map(|container| container.busy()).sum::<u32>();
        samples += 40;
    }
    let utilisation = f64::from(busy) / f64::from(samples);
    // 601 samples of 40 workers; their correlation over a second is slight: the standard error is about 0.3 %.
    assert!((utilisation - 0.8).abs() < 0.012, "{utilisation}");
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
}
