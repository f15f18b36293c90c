//! Weighted target groups: shares by weight, and no failover between groups (ALB guide, "Action types", forward).

use albatross_engine::elb::{TargetGroupId, TargetState};
use albatross_engine::trace::BalancerCause;
use albatross_engine::{Command, Simulation, ecs::TaskId};

use crate::world::*;

/// How many requests each group got, those that were answered 503 for want of a target included.
fn by_group<const N: usize>(simulation: &Simulation) -> [u64; N] {
    std::array::from_fn(|number| {
        let counters = simulation.metrics().group(TargetGroupId::new(number as u32)).expect("it exists");
        counters.get(Metric::RequestCount) + counters.get(Metric::Elb503)
    })
}

/// A group's share is its weight among the sum of all. Each share is binomial; the bound of 4.4 standard deviations
/// leaves one seed in 100,000 out, and is far below the distance between the weights.
#[test]
fn target_groups_get_requests_by_their_weights() {
    for weights in [[1, 1, 1], [1, 3, 6], [999, 1, 500], [0, 2, 1]] {
        let mut scenario = by_weight(&weights.map(|weight| (weight, 2)));
        load(&mut scenario, 100.0, 10);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 200);
        let got: [u64; 3] = by_group(&simulation);
        let (all, sum) = (got.iter().sum::<u64>(), weights.iter().sum::<u16>());
        assert!(all > 19_990, "100/s for 200 s: {all}");
        for (weight, got) in weights.into_iter().zip(got) {
            let chance = f64::from(weight) / f64::from(sum);
            let off = (got as f64 - all as f64 * chance).abs();
            // A chance of 0 has a bound of 0: a group of weight 0 gets nothing.
            assert!(off <= luck(all, chance), "weight {weight} of {weights:?}: {got} of {all}");
        }
        // Within a group round robin goes on as ever.
        let [one, other] = shares(&simulation, [5, 6]);
        assert!(one.abs_diff(other) <= 2, "{one}, {other}");
    }
}

/// There is no failover: the share of a group without registered targets is answered 503, and the other group's share
/// is as large as before.
#[test]
fn the_share_of_an_empty_group_is_503() {
    let mut scenario = by_weight(&[(3, 2), (1, 0)]);
    load(&mut scenario, 100.0, 10);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 50);
    let [_, lost] = by_group::<2>(&simulation);
    let all = by_group::<2>(&simulation).iter().sum::<u64>();
    assert!((lost as f64 - all as f64 / 4.0).abs() <= luck(all, 0.25), "{lost} of {all}");
    let answers = causes(&simulation);
    assert!(
        answers.len() as u64 == lost && answers.iter().all(|(_, cause)| *cause == BalancerCause::NoTarget)
    );
    assert_eq!(simulation.metrics().count(Metric::Elb503), lost);
    assert_eq!(simulation.metrics().count(Metric::RequestCount), all - lost);
}

/// Nor is there when all targets of a group are unhealthy: that group fails open (ALB guide, "Health checks") and keeps
/// its share, and nobody is answered 503.
#[test]
fn the_share_of_an_unhealthy_group_goes_to_its_unhealthy_targets() {
    let mut scenario = by_weight(&[(1, 2), (1, 2)]);
    load(&mut scenario, 100.0, 10);
    let mut simulation = Simulation::new(&scenario, 7);
    (3..=4).for_each(|task| apply(&mut simulation, Command::FailHealthCheck(TaskId::new(task))));
    run_to(&mut simulation, 20);
    assert_eq!([3, 4].map(|task| state_of(&simulation, task)), [TargetState::Unhealthy; 2]);
    let before = by_group::<2>(&simulation);
    let unhealthy = simulation.metrics().count(Metric::UnhealthyRoutingRequest);
    run_to(&mut simulation, 120);
    let after = by_group::<2>(&simulation);
    let got = after[1] - before[1];
    let all = got + after[0] - before[0];
    assert!((got as f64 - all as f64 / 2.0).abs() <= luck(all, 0.5), "{got} of {all}");
    assert_eq!(simulation.metrics().count(Metric::UnhealthyRoutingRequest) - unhealthy, got, "and no other");
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
}

/// All weights 0: nobody gets anything. That the client gets 503 is our choice, see "Target groups whose weights are all
/// 0"; so does one group alone with weight 0.
#[test]
fn with_all_weights_0_the_answer_is_503() {
    for weights in [[0, 0].as_slice(), &[0]] {
        let groups: Vec<(u16, u32)> = weights.iter().map(|weight| (*weight, 2)).collect();
        let mut scenario = by_weight(&groups);
        load(&mut scenario, 20.0, 10);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 30);
        let answers = causes(&simulation);
        assert!(answers.len() > 590, "{weights:?}: {}", answers.len());
        assert!(answers.iter().all(|(_, cause)| *cause == BalancerCause::NoWeight));
        assert_eq!(simulation.metrics().count(Metric::RequestCount), 0);
    }
}

/// `ModifyListener` changes the weights of a running listener, as in a blue/green deployment: 100 to 0, 90 to 10, 0 to
/// 100. That it takes effect at once is our choice.
#[test]
fn weights_can_be_changed_while_it_runs() {
    let mut scenario = by_weight(&[(100, 2), (0, 2)]);
    load(&mut scenario, 100.0, 10);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    assert_eq!(by_group::<2>(&simulation)[1], 0);
    assert_eq!(state_of(&simulation, 3), TargetState::Healthy, "a group of weight 0 is in use, and checked");
    for (weights, until) in [([90, 10], 120), ([50, 50], 220), ([0, 100], 320)] {
        let before = by_group::<2>(&simulation);
        modify_listener(&mut simulation, weighted(&weights, None));
        run_to(&mut simulation, until);
        let after = by_group::<2>(&simulation);
        let (first, second) = (after[0] - before[0], after[1] - before[1]);
        let (all, chance) = (first + second, f64::from(weights[1]) / 100.0);
        assert!(
            (second as f64 - all as f64 * chance).abs() <= luck(all, chance),
            "{weights:?}: {second} of {all}"
        );
    }
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
}
