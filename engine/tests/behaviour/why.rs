//! Why: explanations tell the truth, and telling it changes nothing.

use albatross_engine::elb::TargetState;
use albatross_engine::elb::routing::{Algorithm, Basis};
use albatross_engine::trace::{GroupBasis, Standing, Step, TargetBasis};
use albatross_engine::{Command, Simulation, ecs::TaskId};

use crate::world::*;

/// Every built-in world, hurt on the way, has the same history whether somebody asks why or not.
#[test]
fn recording_explanations_changes_nothing() {
    for (name, _) in albatross_engine::scenario::BUILT_IN {
        let run = |explained| {
            let mut simulation = Simulation::new(&built_in(name), 7);
            simulation.explain(explained);
            run_to(&mut simulation, 30);
            // In some scenarios there is no such task: that is part of the run, too.
            let _refused = simulation.apply(Command::KillTask(TaskId::new(2)));
            run_to(&mut simulation, 60);
            (simulation.digest(), *simulation.metrics().counters())
        };
        assert_eq!(run(0), run(1_000), "{name}");
    }
}

/// With least outstanding requests, what was compared is what decided: the chosen one has the fewest.
#[test]
fn the_candidates_show_what_the_algorithm_compared() {
    let mut scenario = built_in("one-slow-task");
    scenario.target_groups[0].algorithm = Algorithm::LeastOutstandingRequests;
    let mut simulation = Simulation::new(&scenario, 7);
    simulation.explain(10_000);
    run_to(&mut simulation, 60);
    let mut seen = 0;
    for (_, step) in steps(&simulation) {
        let Step::Routed { request, target, .. } = step else { continue };
        let Some(why) = simulation.trace().why().and_then(|why| why.get(request)) else { continue };
        let counts = why.targets.iter().filter_map(|(id, standing)| match standing {
            Standing::Candidate { outstanding, .. } => Some((*id, *outstanding)),
            _ => None,
        });
        let counts: Vec<_> = counts.collect();
        let fewest = counts.iter().map(|(_, outstanding)| *outstanding).min().expect("there are candidates");
        assert!(counts.contains(&(target, fewest)), "{counts:?}, chosen {target}");
        let (_, choice) = why.choice.expect("it was routed");
        assert!(matches!(
            choice.basis,
            TargetBasis::Algorithm(Basis::FewestOutstanding { outstanding, .. }) if outstanding == fewest
        ));
        assert_eq!(why.group, Some((FIRST_GROUP, GroupBasis::Only)));
        seen += 1;
    }
    assert!(seen > 300);
}

/// A target that is out of rotation is among the targets with its reason, and is not a candidate.
#[test]
fn a_target_that_is_not_a_candidate_is_shown_with_the_reason() {
    let mut simulation = Simulation::new(&built_in("a-task-is-killed"), 7);
    simulation.explain(10_000);
    run_to(&mut simulation, 31);
    let target = target_of(&simulation, 3);
    let Some((_, Step::Routed { request, .. })) =
        steps(&simulation).into_iter().rev().find(|(_, step)| matches!(step, Step::Routed { .. }))
    else {
        panic!("requests were routed")
    };
    let why = simulation.trace().why().and_then(|why| why.get(request)).expect("it is kept");
    let standing = why.targets.iter().find(|(id, _)| *id == target).map(|(_, standing)| *standing);
    assert!(
        matches!(standing, Some(Standing::Unhealthy(failed)) if failed.code() == "Target.FailedHealthChecks")
    );
}

/// The checks that led to a verdict are the latest ones of that node, as many as the threshold, and of one result.
#[test]
fn a_verdict_names_the_checks_that_led_to_it() {
    let mut simulation = Simulation::new(&built_in("a-task-is-killed"), 7);
    run_to(&mut simulation, 30);
    assert_eq!(state_of(&simulation, 3), TargetState::Unhealthy);
    let target = simulation.load_balancer().target(target_of(&simulation, 3));
    let threshold =
        simulation.load_balancer().target_group(FIRST_GROUP).settings().health_check.unhealthy_threshold;
    for (node, view) in simulation.load_balancer().node_ids().zip(target.nodes()) {
        let checks = view.decided_by();
        assert_eq!(checks.len(), usize::from(threshold));
        assert!(checks.iter().all(|check| check.node == node && check.result.is_err()));
        assert_eq!(checks.last().map(|check| check.at), Some(view.since()));
    }
}

/// The stories as people read them. They change only when behaviour or words change.
#[test]
fn the_story_of_a_request_and_of_a_target() {
    let mut simulation = Simulation::new(&built_in("a-task-is-killed"), 7);
    simulation.explain(10_000);
    run_to(&mut simulation, 31);
    let story_of = |wanted: &dyn Fn(&Step) -> bool| {
        let found = steps(&simulation).into_iter().find(|(_, step)| wanted(step));
        let Some((_, Step::Received { request, .. })) = found else { panic!("there is one") };
        simulation.story_of_request(request).expect("it is kept").join("\n")
    };
    let first = story_of(&|step| matches!(step, Step::Received { .. }));
    let failed = story_of(&|step| matches!(step, Step::Received { status: 502, .. }));
    let target = simulation.story_of_target(target_of(&simulation, 3)).join("\n");
    insta::assert_snapshot!(format!("{first}\n\n{failed}\n\n{target}"));
}

/// The ring keeps the latest: an older request is told to be gone, not confused with another.
#[test]
fn an_explanation_that_is_no_longer_kept_is_not_mistaken_for_another() {
    let mut simulation = Simulation::new(&plain(), 7);
    simulation.explain(16);
    run_to(&mut simulation, 20);
    let sent: Vec<_> = steps(&simulation)
        .into_iter()
        .filter_map(|(_, step)| match step {
            Step::Sent { request, .. } => Some(request),
            _ => None,
        })
        .collect();
    let kept: Vec<_> = sent
        .iter()
        .filter(|request| simulation.trace().why().is_some_and(|why| why.get(**request).is_some()))
        .copied()
        .collect();
    assert_eq!(kept, sent[sent.len() - 16..]);
}
