//! The tutorial's real example: three tasks behind an ALB, requests go round; one fails, is taken out, replaced.

use albatross_engine::ecs::TaskStatus;
use albatross_engine::elb::TargetState;
use albatross_engine::trace::{Notice, Step};
use albatross_engine::{Command, Simulation, ecs::TaskId};

use crate::world::*;

#[test]
fn request_1_goes_to_task_1_request_2_to_task_2_request_3_to_task_3_and_request_4_to_task_1_again() {
    let mut simulation = Simulation::new(&built_in("the-real-example"), 7);
    run_to(&mut simulation, 10);
    let routes: Vec<(u64, u32)> = steps(&simulation)
        .into_iter()
        .filter_map(|(_, step)| match step {
            Step::Routed { request, target, .. } => {
                Some((request.number(), simulation.task_behind(target)?.number()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(routes[..7], [(1, 1), (2, 2), (3, 3), (4, 1), (5, 2), (6, 3), (7, 1)]);
}

#[test]
fn three_tasks_get_shares_within_one_request_of_each_other_at_every_instant() {
    let mut simulation = Simulation::new(&built_in("the-real-example"), 3);
    for second in 1..=120 {
        run_to(&mut simulation, second);
        let shares = [1, 2, 3].map(|task| routed_to(&simulation, task));
        let (least, most) = (shares.iter().min().expect("three"), shares.iter().max().expect("three"));
        assert!(most - least <= 1, "{shares:?} after {second} s");
    }
}

#[test]
fn a_killed_task_is_taken_out_replaced_and_shares_are_even_again() {
    for seed in 0..20 {
        let mut simulation = Simulation::new(&built_in("the-real-example"), seed);
        run_to(&mut simulation, 20);
        let in_flight = simulation.load_balancer().target(target_of(&simulation, 3)).outstanding();
        apply(&mut simulation, Command::KillTask(TaskId::new(3)));

        // What it had in hand comes back as 502: everything that had reached the process. A request that is on
        // the wire in that instant is refused instead, which is a 502 as well.
        simulation
            .advance(simulation.now() + albatross_engine::kernel::SimDuration::from_millis(10), u64::MAX);
        assert!(simulation.metrics().count(Metric::Elb502) >= u64::from(in_flight), "seed {seed}");

        // It is unhealthy within two intervals of 5 s plus the few milliseconds that a check takes.
        run_to(&mut simulation, 31);
        assert_eq!(state_of(&simulation, 3), TargetState::Unhealthy, "seed {seed}");
        let share_when_out = routed_to(&simulation, 3);

        run_to(&mut simulation, 80);
        assert_eq!(routed_to(&simulation, 3), share_when_out, "its share is nought from then on");
        assert_eq!(status_of(&simulation, 4), TaskStatus::Running);
        assert_eq!(state_of(&simulation, 4), TargetState::Healthy);

        let before = [1, 2, 4].map(|task| routed_to(&simulation, task));
        run_to(&mut simulation, 140);
        let after = [1, 2, 4].map(|task| routed_to(&simulation, task));
        let gained: Vec<u64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        let spread = gained.iter().max().expect("three") - gained.iter().min().expect("three");
        assert!(spread <= 1, "seed {seed}: {gained:?}");
        assert!(gained[0] > 100, "about 8 × 60 / 3 = 160 requests each");
    }
}

#[test]
fn the_target_turns_unhealthy_after_exactly_the_configured_number_of_failed_checks_of_each_node() {
    for unhealthy_threshold in 2..=5 {
        let mut scenario = built_in("the-real-example");
        scenario.target_groups[0].health_check.unhealthy_threshold = unhealthy_threshold;
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 20);
        apply(&mut simulation, Command::KillTask(TaskId::new(3)));
        let target = target_of(&simulation, 3);
        while state_of(&simulation, 3) != TargetState::Unhealthy {
            assert!(simulation.now() < seconds(60), "two nodes, 5 s apart: 25 s at the most");
            simulation.advance(seconds(60), 1);
        }
        let failed_checks = |wanted| {
            let failed = steps(&simulation).into_iter().filter(|(_, step)| {
                matches!(step, Step::CheckFinished { node, target: checked, result: Err(_) }
                    if *node == wanted && *checked == target)
            });
            failed.count()
        };
        let by_node: Vec<usize> = simulation.load_balancer().node_ids().map(failed_checks).collect();
        // Each node needs the threshold; the one that was there first may have checked once more meanwhile.
        assert_eq!(by_node.iter().min(), Some(&usize::from(unhealthy_threshold)), "{by_node:?}");
        assert!(by_node.iter().max() <= Some(&(usize::from(unhealthy_threshold) + 1)), "{by_node:?}");
        let verdicts = notices(&simulation).into_iter().filter_map(|(_, notice)| match notice {
            Notice::NodeVerdict { checks, .. } => Some(checks),
            _ => None,
        });
        assert_eq!(verdicts.collect::<Vec<_>>(), [unhealthy_threshold; 2]);
    }
}

/// The story as people read it. It changes only when behaviour or words change.
#[test]
fn the_log_of_a_kill_tells_the_whole_story() {
    let mut simulation = Simulation::new(&built_in("a-task-is-killed"), 7);
    run_to(&mut simulation, 120);
    insta::assert_snapshot!(log(&simulation));
}
