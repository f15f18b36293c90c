//! Automatic Target Weights: which targets are found anomalous, and what mitigation does to their share (ALB guide,
//! "Edit target group attributes", Automatic Target Weights). Thresholds and steps are our choice: see "When a target is
//! anomalous" and "How an anomaly is mitigated".

use albatross_engine::elb::routing::{AnomalyDetection, AnomalyResult};
use albatross_engine::elb::{HealthCheckPort, TargetHealth, TargetState};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const BAD: u32 = 2;
const ALGORITHM: &str = "load_balancing.algorithm.type";
const MITIGATION: &str = "load_balancing.algorithm.anomaly_mitigation";

/// So many tasks under `weighted_random`, 80 requests a second. They answer their health checks on a port of its own: a
/// task that answers 500 to its requests passes its checks all the while.
fn world(tasks: u32, mitigation: &str) -> Scenario {
    let mut scenario = by_zone(&[tasks]);
    load(&mut scenario, 80.0, 10);
    set(&mut scenario, ALGORITHM, "weighted_random");
    set(&mut scenario, MITIGATION, mitigation);
    assert_eq!(scenario.target_groups[0].check(), Ok(()));
    scenario.services[0].task_definition.container.health_port = Some(8_081);
    scenario.target_groups[0].health_check.port = HealthCheckPort::Port(8_081);
    scenario
}

fn of(simulation: &Simulation, task: u32) -> AnomalyDetection {
    simulation.load_balancer().target_group(FIRST_GROUP).anomalies().of(target_of(simulation, task))
}

fn is_anomalous(simulation: &Simulation, task: u32) -> bool {
    of(simulation, task).result == AnomalyResult::Anomalous
}

fn break_it(simulation: &mut Simulation) {
    apply(simulation, Command::FailRequests(TaskId::new(BAD), 500));
}

fn found_anomalous(simulation: &Simulation) -> Vec<(SimTime, u32, bool)> {
    notices(simulation)
        .into_iter()
        .filter_map(|(at, notice)| match notice {
            Notice::AnomalyChanged { target, anomalous } => {
                Some((at, simulation.task_behind(target).map_or(0, TaskId::number), anomalous))
            }
            _ => None,
        })
        .collect()
}

/// Detection is always on. A target that answers 5xx while its peers do not is anomalous at the next evaluation, about
/// every 5 s; its health state stays what its health checks say.
#[test]
fn a_target_that_answers_500_is_anomalous_and_healthy() {
    for mitigation in ["off", "on"] {
        let mut simulation = Simulation::new(&world(4, mitigation), 7);
        run_to(&mut simulation, 11);
        break_it(&mut simulation);
        run_to(&mut simulation, 16);
        // 80/s for 4 s from 11 s to 15 s: 80 of its 100 requests in the window failed.
        assert_eq!(found_anomalous(&simulation), [(seconds(15), BAD, true)]);
        assert_eq!([1, 2, 3, 4].map(|task| is_anomalous(&simulation, task)), [false, true, false, false]);
        run_to(&mut simulation, 61);
        assert_eq!(found_anomalous(&simulation).len(), 1, "and it stays so");
        let health = simulation.load_balancer().target(target_of(&simulation, BAD)).health();
        assert_eq!(health, TargetHealth::HEALTHY);
        let target = simulation.load_balancer().target(target_of(&simulation, BAD));
        assert!(target.checks().count() > 20 && target.checks().all(|check| check.result == Ok(())));
        let minute = simulation.metrics().minutes().iter().next_back().expect("a minute is over");
        let mitigated = usize::from(mitigation == "on");
        assert_eq!(
            (minute.what.groups[0].anomalous_hosts, minute.what.groups[0].mitigated_hosts),
            (1, mitigated)
        );
    }
}

/// Connection failures count as errors too: nothing listens on the port of a task whose process is dead.
#[test]
fn a_target_that_refuses_connections_is_anomalous() {
    let mut scenario = world(4, "off");
    scenario.target_groups[0].health_check.interval = SimDuration::from_secs(300);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 11);
    apply(&mut simulation, Command::KillTask(TaskId::new(BAD)));
    run_to(&mut simulation, 16);
    assert_eq!(found_anomalous(&simulation), [(seconds(15), BAD, true)]);
    assert_eq!(state_of(&simulation, BAD), TargetState::Healthy, "the next check comes in minutes");
}

/// Without mitigation an anomalous target keeps its share: a quarter of 80/s for 100 s, to within 4.4 standard
/// deviations; a share of 10 % would be 258 requests of 8,000 instead of 2,000.
#[test]
fn without_mitigation_its_share_is_unchanged() {
    let mut simulation = Simulation::new(&world(4, "off"), 7);
    run_to(&mut simulation, 11);
    break_it(&mut simulation);
    run_to(&mut simulation, 20);
    let gained = gains(&mut simulation, [1, 2, 3, 4], 120);
    assert!(is_anomalous(&simulation, BAD) && !of(&simulation, BAD).mitigation_in_effect());
    let all: u64 = gained.iter().sum();
    for gained in gained {
        assert!((gained as f64 - all as f64 / 4.0).abs() <= luck(all, 0.25), "{gained} of {all}");
    }
}

/// With mitigation an anomalous target is cut to a minimum, 10 % of a full share here: 0.1 of 3.1 parts. When it has
/// recovered it gets its share back step by step: 10 points every 5 s here, so that 45 s later it is as before.
#[test]
fn with_mitigation_its_share_is_cut_to_a_minimum_and_comes_back_step_by_step() {
    let mut simulation = Simulation::new(&world(4, "on"), 7);
    run_to(&mut simulation, 11);
    break_it(&mut simulation);
    run_to(&mut simulation, 20);
    assert!(of(&simulation, BAD).mitigation_in_effect());
    let gained = gains(&mut simulation, [BAD, 1, 3, 4], 120);
    let all: u64 = gained.iter().sum();
    for (gained, chance) in gained.into_iter().zip([0.1 / 3.1, 1.0 / 3.1, 1.0 / 3.1, 1.0 / 3.1]) {
        assert!((gained as f64 - all as f64 * chance).abs() <= luck(all, chance), "{gained} of {all}");
    }

    apply(&mut simulation, Command::RestoreTask(TaskId::new(BAD)));
    let mut shares = Vec::new();
    for evaluation in 1..=40 {
        run_to(&mut simulation, 120 + 5 * evaluation + 1);
        shares.push(of(&simulation, BAD).share.as_per_mille());
    }
    // Some evaluations go by until the few requests of a cut target make a judgement without the old failures: ten
    // requests at 2.6 a second.
    let waits = shares.iter().take_while(|share| **share == 100).count();
    assert!((1..=4).contains(&waits), "{shares:?}");
    assert_eq!(shares[waits..waits + 9], [200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
    assert!(shares[waits + 9..].iter().all(|share| *share == 1_000));
    assert_eq!(found_anomalous(&simulation).iter().map(|(_, _, on)| *on).collect::<Vec<_>>(), [true, false]);
    let gained = gains(&mut simulation, [BAD, 1, 3, 4], 420);
    let all: u64 = gained.iter().sum();
    assert!((gained[0] as f64 - all as f64 / 4.0).abs() <= luck(all, 0.25), "{} of {all}", gained[0]);
}

/// It takes three healthy targets: with two, however one of them fails, nothing is anomalous and nothing is mitigated.
/// Nor with three of which one is unhealthy, or draining.
#[test]
fn with_fewer_than_three_healthy_targets_nothing_is_anomalous() {
    let mut two = Simulation::new(&world(2, "on"), 7);
    run_to(&mut two, 11);
    break_it(&mut two);
    run_to(&mut two, 120);
    assert_eq!(found_anomalous(&two), []);
    let [bad, good] = shares(&two, [BAD, 1]);
    assert!((bad as f64 - (bad + good) as f64 / 2.0).abs() <= luck(bad + good, 0.5), "{bad}, {good}");

    let mut three = Simulation::new(&world(3, "on"), 7);
    run_to(&mut three, 11);
    break_it(&mut three);
    run_to(&mut three, 30);
    assert!(is_anomalous(&three, BAD));
    apply(&mut three, Command::StopTask(TaskId::new(3)));
    // ECS replaces it, some 20 s later: by then the evaluation has long found only two.
    run_to(&mut three, 36);
    assert!(!is_anomalous(&three, BAD));
    assert_eq!(found_anomalous(&three).last(), Some(&(seconds(35), BAD, false)));
}

/// Mitigation exists under `weighted_random` only; detection goes on under every algorithm.
#[test]
fn under_round_robin_an_anomaly_is_found_and_nothing_follows() {
    let mut scenario = world(4, "off");
    set(&mut scenario, ALGORITHM, "round_robin");
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 11);
    break_it(&mut simulation);
    run_to(&mut simulation, 20);
    assert!(is_anomalous(&simulation, BAD));
    let gained = gains(&mut simulation, [1, 2, 3, 4], 70);
    assert!(
        gained.iter().all(|count| (998..=1_002).contains(count)),
        "a quarter of 80/s for 50 s: {gained:?}"
    );
}

/// `load_balancing.algorithm.anomaly_mitigation` can be switched on, and off again, at any time. Off, the full share is
/// back at the next evaluation (our choice).
#[test]
fn mitigation_can_be_switched_while_a_target_is_anomalous() {
    let mut simulation = Simulation::new(&world(4, "off"), 7);
    run_to(&mut simulation, 11);
    break_it(&mut simulation);
    run_to(&mut simulation, 31);
    assert!(is_anomalous(&simulation, BAD) && !of(&simulation, BAD).mitigation_in_effect());
    modify_group(&mut simulation, MITIGATION, "on");
    run_to(&mut simulation, 36);
    assert!(of(&simulation, BAD).mitigation_in_effect());
    modify_group(&mut simulation, MITIGATION, "off");
    run_to(&mut simulation, 41);
    assert!(is_anomalous(&simulation, BAD) && !of(&simulation, BAD).mitigation_in_effect());
}
